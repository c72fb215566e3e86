"""POST /servers: what is checked, and what a server has of it."""

from __future__ import annotations

from base64 import b64encode

import pytest

from fakecompute.domain.hosts import host_down
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def image(http):
    """Ids by name."""
    images = http.get("/image/v2/images").json["images"]
    return {image["name"]: image["id"] for image in images}


@pytest.fixture
def create(http, image):
    def create(client=http, version=None, hints=None, **fields):
        network = {"networks": "auto"} if version not in (None, "2.19") and "networks" not in fields else {}
        server = {
            "name": "web",
            "imageRef": image["cirros-0.6.3-x86_64-disk"],
            "flavorRef": "42",
            **network,
            **fields,
        }
        body = {"server": server} | ({} if hints is None else {"os:scheduler_hints": hints})
        return client.post(SERVERS, json=body, version=version)

    return create


def told(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def record(cloud, answer):
    assert answer.status_code == 202, answer.text
    return cloud.store.get(Server, answer.json["server"]["id"])


def test_the_answer_is_short_and_tells_where_the_server_is(create):
    answer = create()
    server = answer.json["server"]
    assert server.keys() == {"id", "links", "adminPass", "OS-DCF:diskConfig", "security_groups"}
    assert answer.headers["Location"] == f"http://localhost{SERVERS}/{server['id']}"


def test_a_password_of_ones_own_is_kept(create):
    assert create(adminPass="mine").json["server"]["adminPass"] == "mine"


def test_nothing_is_left_of_a_server_that_is_refused(cloud, create):
    assert create(key_name="none").status_code == 400
    assert cloud.store.all(Server) == []


def test_until_2_19_the_description_is_the_name(cloud, create):
    assert record(cloud, create()).description == "web"
    assert record(cloud, create(version="2.19")).description is None


def test_several_servers_have_numbers(cloud, create):
    create(min_count=2)
    assert sorted(server.name for server in cloud.store.all(Server)) == ["web-1", "web-2"]
    assert sorted(server.hostname for server in cloud.store.all(Server)) == ["web-1", "web-2"]


def test_as_many_as_the_quota_has_room_for(cloud, create):
    create(min_count=1, max_count=50)
    assert len(cloud.store.all(Server)) == 10


def test_fewer_than_the_least_are_none(cloud, create):
    refused = 403, "Quota exceeded for instances: Requested 11, but already used 0 of 10 instances"
    assert told(create(min_count=11)) == refused


def test_an_image_that_wants_more_memory(create, image):
    ubuntu = image["ubuntu-24.04-server"]
    assert told(create(imageRef=ubuntu)) == (400, "Flavor's memory is too small for requested image.")


def test_an_image_that_wants_more_disk(create, image):
    refused = told(create(imageRef=image["ubuntu-24.04-server"], flavorRef="1"))
    assert refused == (
        400,
        "Flavor's disk is smaller than the minimum size specified in image metadata."
        " Flavor disk is 1073741824 bytes, minimum size is 4294967296 bytes.",
    )


def test_a_flavor_without_a_disk_is_for_admins(http, create):
    flavor = {"name": "thin", "id": "thin", "ram": 512, "vcpus": 1, "disk": 0}
    http.as_("admin").post("/compute/v2.1/flavors", json={"flavor": flavor})
    refused = 403, "Only volume-backed servers are allowed for flavors with zero disk."
    assert told(create(flavorRef="thin")) == refused
    assert create(http.as_("admin", "demo"), flavorRef="thin").status_code == 202


def test_a_key_pair_of_ones_own(cloud, http, create):
    http.post("/compute/v2.1/os-keypairs", json={"keypair": {"name": "mine"}})
    assert record(cloud, create(key_name="mine")).key_name == "mine"
    assert told(create(http.as_("admin", "demo"), key_name="mine")) == (400, "Invalid key_name provided.")


def test_files_are_measured_as_they_are_once_decoded(create):
    def sent(length):
        contents = b64encode(b"x" * length).decode()
        return create(personality=[{"path": "/x", "contents": contents}])

    assert sent(10_240).status_code == 202
    assert told(sent(10_241)) == (403, "Personality file content exceeds maximum 10240")


def test_a_zone_without_a_host_that_works(cloud, create):
    for host in cloud.store.all(Host):
        cloud.store.put(host.evolve(disabled=True))
    assert told(create(availability_zone="nova")) == (400, "The requested availability zone is not available")


def test_a_zone_whose_hosts_are_down_takes_servers_that_fail_to_build(cloud, create):
    """nova/availability_zones.py asks which services are enabled, not which are up."""
    for host in cloud.store.all(Host):
        host_down(cloud, host)
    cloud.settle()
    answer = create(availability_zone="nova")
    assert answer.status_code == 202
    cloud.settle()
    assert record(cloud, answer).vm_state == "error"


def test_a_forced_host_may_be_disabled_and_brings_its_zone(cloud, http, create):
    answer = create(http.as_("admin", "demo"), availability_zone="nova:compute-2")
    server = record(cloud, answer)
    assert (server.requested_zone, server.requested_host) == ("nova", "compute-2")


def test_a_zone_that_is_not_the_forced_hosts_does_not_count(cloud, http, create):
    answer = create(http.as_("admin", "demo"), availability_zone="elsewhere:compute-2")
    server = record(cloud, answer)
    assert (server.requested_zone, server.requested_host) == (None, "compute-2")


def test_a_host_is_asked_for_by_admins(create):
    refused = 403, "Policy doesn't allow compute:servers:create:requested_destination to be performed."
    assert told(create(version="2.74", host="compute-1")) == refused


def test_a_network_and_an_address_of_ones_own(cloud, http, create):
    (network,) = http.get("/network/v2.0/networks?name=private").json["networks"]
    answer = create(networks=[{"uuid": network["id"], "fixed_ip": "10.0.0.77"}])
    cloud.settle()
    server = http.get(f"{SERVERS}/{answer.json['server']['id']}").json["server"]
    assert "10.0.0.77" in [entry["addr"] for entry in server["addresses"]["private"]]


def test_no_network_at_all(cloud, http, create):
    answer = create(version="2.37", networks="none")
    cloud.settle()
    server = http.get(f"{SERVERS}/{answer.json['server']['id']}").json["server"]
    assert (server["status"], server["addresses"]) == ("ACTIVE", {})


def test_a_group_of_servers_takes_it_in(http, create):
    group = {"name": "g", "policies": ["anti-affinity"]}
    made = http.post("/compute/v2.1/os-server-groups", json={"server_group": group}).json["server_group"]
    server = create(hints={"group": made["id"]}).json["server"]
    shown = http.get(f"/compute/v2.1/os-server-groups/{made['id']}").json["server_group"]
    assert shown["members"] == [server["id"]]


def test_a_reservation_is_answered_with_its_id(cloud, create):
    answer = create(return_reservation_id=True)
    assert list(answer.json) == ["reservation_id"]
    assert "Location" not in answer.headers
    assert [server.reservation_id for server in cloud.store.all(Server)] == [answer.json["reservation_id"]]


def test_tags_are_kept_once(cloud, create):
    assert set(record(cloud, create(version="2.52", tags=["b", "a", "b"])).tags) == {"a", "b"}
