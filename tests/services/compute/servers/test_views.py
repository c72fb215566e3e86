"""What a server looks like, to whom, and since when."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Fault, Server
from fakecompute.domain.servers import boot
from fakecompute.domain.states import VM

SERVERS = "/compute/v2.1/servers"
EXTENDED = {
    "OS-EXT-SRV-ATTR:host", "OS-EXT-SRV-ATTR:hypervisor_hostname", "OS-EXT-SRV-ATTR:instance_name",
}  # fmt: skip
# when each field came, or went (spec/servers.yaml, server_view)
CAME = [
    ("2.9", "locked"), ("2.19", "description"), ("2.26", "tags"), ("2.63", "trusted_image_certificates"),
    ("2.71", "server_groups"), ("2.73", "locked_reason"), ("2.90", "OS-EXT-SRV-ATTR:hostname"),
    ("2.96", "pinned_availability_zone"), ("2.100", "scheduler_hints"),
]  # fmt: skip
CAME_FOR_ADMINS = [
    ("2.3", "OS-EXT-SRV-ATTR:hostname"), ("2.3", "OS-EXT-SRV-ATTR:kernel_id"), ("2.3", "OS-EXT-SRV-ATTR:ramdisk_id"),
    ("2.3", "OS-EXT-SRV-ATTR:launch_index"), ("2.3", "OS-EXT-SRV-ATTR:reservation_id"),
    ("2.3", "OS-EXT-SRV-ATTR:root_device_name"), ("2.3", "OS-EXT-SRV-ATTR:user_data"), ("2.16", "host_status"),
]  # fmt: skip


@pytest.fixture
def server(cloud):
    made = boot(cloud, name="web", metadata=(("k", "v"),), tags=("b", "a"))
    cloud.settle()
    return cloud.store.get(Server, made.id)


def shown(client, server, version="2.1"):
    return client.get(f"{SERVERS}/{server.id}", version=version).json["server"]


def before(version):
    major, minor = version.split(".")
    return f"{major}.{int(minor) - 1}"


@pytest.mark.parametrize(("version", "field"), CAME)
def test_a_field_comes_with_its_version(http, server, version, field):
    assert field not in shown(http, server, before(version))
    assert field in shown(http, server, version)


@pytest.mark.parametrize(("version", "field"), CAME_FOR_ADMINS)
def test_a_field_for_admins_comes_with_its_version(http, server, version, field):
    admin = http.as_("admin")
    assert field not in shown(admin, server, before(version))
    assert field in shown(admin, server, version)
    assert field not in shown(http, server, version)


def test_where_a_server_is_is_for_admins(http, server):
    assert not EXTENDED & shown(http, server).keys()
    assert shown(http.as_("admin"), server).keys() >= EXTENDED


def test_a_flavor_is_a_link_and_from_2_47_a_copy(http, server):
    assert shown(http, server, "2.46")["flavor"] == {
        "id": "42",
        "links": [{"rel": "bookmark", "href": "http://localhost/compute/flavors/42"}],
    }
    assert shown(http, server, "2.47")["flavor"] == {
        "vcpus": 1, "ram": 192, "disk": 1, "ephemeral": 0, "swap": 0, "original_name": "m1.nano", "extra_specs": {},
    }  # fmt: skip


def test_server_groups_are_not_in_lists(http, server):
    (listed,) = http.get(f"{SERVERS}/detail", version="2.71").json["servers"]
    assert "server_groups" not in listed


def test_a_short_list_has_three_fields(http, server):
    (listed,) = http.get(SERVERS, version="2.104").json["servers"]
    assert listed.keys() == {"id", "name", "links"}


def test_links_repeat_the_project_of_the_address(http, server):
    project = server.project_id
    answer = http.get(f"/compute/v2.1/{project}/servers/{server.id}").json["server"]
    assert [link["href"] for link in answer["links"]] == [
        f"http://localhost/compute/v2.1/{project}/servers/{server.id}",
        f"http://localhost/compute/{project}/servers/{server.id}",
    ]


def test_an_update_answers_less_until_2_75(http, server):
    def updated(version):
        answer = http.put(f"{SERVERS}/{server.id}", json={"server": {"name": "web"}}, version=version)
        return answer.json["server"]

    assert "OS-EXT-STS:vm_state" not in updated("2.74")
    assert "OS-EXT-IPS:type" not in updated("2.74")["addresses"]["private"][0]
    assert "OS-EXT-STS:vm_state" in updated("2.75")
    assert "OS-EXT-IPS:type" in updated("2.75")["addresses"]["private"][0]


def test_a_server_that_is_being_built_has_no_addresses_nor_groups(http, cloud):
    building = shown(http, boot(cloud))
    assert (building["status"], building["addresses"], building["hostId"]) == ("BUILD", {}, "")
    assert "security_groups" not in building
    assert building["OS-SRV-USG:launched_at"] is None


@pytest.mark.parametrize(
    ("vm_state", "told"),
    [(VM.ACTIVE, True), (VM.ERROR, False), (VM.STOPPED, False), (VM.RESIZED, True), (VM.PAUSED, False)],
)
def test_progress_is_told_of_servers_that_get_on(http, cloud, server, vm_state, told):
    cloud.store.put(server.evolve(vm_state=vm_state))
    assert ("progress" in shown(http, server)) == told


def test_a_fault_is_told_while_the_server_is_in_error(http, cloud, server):
    cloud.store.put(server.evolve(fault=Fault("It broke.", cloud.now, details="in here")))
    assert "fault" not in shown(http, server)
    cloud.store.put(cloud.store.get(Server, server.id).evolve(vm_state=VM.ERROR))
    fault = shown(http, server)["fault"]
    assert (fault["code"], fault["message"]) == (500, "It broke.")
    assert "details" not in fault
    assert shown(http.as_("admin"), server)["fault"]["details"] == "in here"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "UP"),
        ({"up": False}, "UNKNOWN"),
        ({"forced_down": True}, "DOWN"),
        ({"disabled": True}, "MAINTENANCE"),
    ],
)
def test_how_the_host_is(http, cloud, server, changes, status):
    host = cloud.store.one(Host, "name", server.host)
    cloud.store.put(host.evolve(**changes))
    assert shown(http.as_("admin"), server, "2.16")["host_status"] == status


def test_a_host_has_another_name_in_every_project(http, cloud, server):
    other = boot(cloud, "alt_demo", requested_host=server.host)
    cloud.settle()
    ids = {shown(http, server)["hostId"], shown(http.as_("alt_demo"), other)["hostId"]}
    assert len(ids) == 2
    assert all(len(id) == 56 for id in ids)


def test_hints_are_shown_as_lists(http, cloud):
    hinted = boot(cloud, scheduler_hints=(("one", "a"), ("two", ["b", "c"])))
    assert shown(http, hinted, "2.100")["scheduler_hints"] == {"one": ["a"], "two": ["b", "c"]}


def test_tags_are_in_order(http, server):
    assert shown(http, server, "2.26")["tags"] == ["a", "b"]
