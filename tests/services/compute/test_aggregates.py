"""/os-aggregates; what a real Nova answered to the same requests is in tests/conformance/asked/aggregates.yaml."""

import pytest

from fakecompute.domain.records.image import Image

AGGREGATES = "/compute/v2.1/os-aggregates"


@pytest.fixture
def admin(http):
    return http.as_("admin", "admin")


def make(admin, name="a", **more):
    return admin.post(AGGREGATES, json={"aggregate": {"name": name, **more}}).json["aggregate"]["id"]


def act(admin, id, **action):
    return admin.post(f"{AGGREGATES}/{id}/action", json=action)


def boot(http, cloud, **more):
    image = cloud.store.all(Image)[0].id
    wish = {"name": "web", "flavorRef": "42", "imageRef": image, "networks": "none", **more}
    made = http.post("/compute/v2.1/servers", json={"server": wish}, version="2.37")
    cloud.settle()
    return http.as_("admin", "demo").get(f"/compute/v2.1/servers/{made.json['server']['id']}").json["server"]


@pytest.mark.parametrize(("version", "uuid"), [("2.40", False), ("2.41", True)])
def test_the_uuid_comes_with_2_41(admin, version, uuid):
    id = make(admin)
    assert ("uuid" in admin.get(f"{AGGREGATES}/{id}", version=version).json["aggregate"]) is uuid


def test_what_is_created_has_neither_hosts_nor_metadata(admin):
    made = admin.post(AGGREGATES, json={"aggregate": {"name": "a"}}).json["aggregate"]
    assert not {"hosts", "metadata"} & made.keys()


def test_servers_go_to_the_hosts_of_the_zone_that_they_want(admin, http, cloud):
    act(admin, make(admin, availability_zone="north"), add_host={"host": "compute-2"})
    servers = [boot(http, cloud, availability_zone="north") for _ in range(2)]
    assert {server["OS-EXT-SRV-ATTR:host"] for server in servers} == {"compute-2"}
    assert {server["OS-EXT-AZ:availability_zone"] for server in servers} == {"north"}


def zones(http):
    shown = http.get("/compute/v2.1/os-availability-zone").json["availabilityZoneInfo"]
    return [zone["zoneName"] for zone in shown]


def test_a_zone_is_listed_while_a_host_is_in_it(admin, http):
    id = make(admin, availability_zone="north")
    assert zones(http) == ["nova"]
    act(admin, id, add_host={"host": "compute-1"})
    assert zones(http) == ["north", "nova"]
    act(admin, id, remove_host={"host": "compute-1"})
    assert zones(http) == ["nova"]


def test_a_name_that_is_taken_changes_nothing(admin):
    make(admin, "a")
    id = make(admin, "b", availability_zone="north")
    wish = {"aggregate": {"name": "a", "availability_zone": "south"}}
    assert admin.put(f"{AGGREGATES}/{id}", json=wish).status_code == 409
    shown = admin.get(f"{AGGREGATES}/{id}").json["aggregate"]
    assert (shown["name"], shown["availability_zone"]) == ("b", "north")


def test_a_zone_that_is_refused_does_not_rename(admin, http, cloud):
    """Nova keeps the name here; nothing is done by halves in this cloud."""
    id = make(admin, "b")
    wish = {"aggregate": {"name": "c", "availability_zone": None}}
    assert admin.put(f"{AGGREGATES}/{id}", json=wish).status_code == 400
    assert admin.get(f"{AGGREGATES}/{id}").json["aggregate"]["name"] == "b"


def test_numbers_are_not_given_twice(admin):
    first = make(admin)
    admin.delete(f"{AGGREGATES}/{first}")
    assert make(admin) == first + 1


def test_members_may_not_look(http):
    assert http.get(AGGREGATES).status_code == 403
