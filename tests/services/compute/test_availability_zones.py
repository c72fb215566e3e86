"""Zones, and who is in them."""

import pytest
from werkzeug.test import Client

from fakecompute import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.compute import Host
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import bind

ZONES = "/compute/v2.1/os-availability-zone"
HOSTS = {
    "hosts": [
        {"name": "c1", "zone": "west", "vcpus": 1, "ram": 1024, "disk": 1},
        {"name": "c2", "zone": "east", "vcpus": 1, "ram": 1024, "disk": 1},
    ]
}


@pytest.fixture
def cloud():
    return Cloud(HOSTS)


def listed(cloud, path=ZONES, user="admin"):
    headers = {"X-Auth-Token": token_for(cloud, user, "demo").id}
    return Client(bind(app(), cloud)).get(path, headers=headers)


def evolve(cloud, name, **changes):
    cloud.store.put(cloud.store.one(Host, "name", name).evolve(**changes))


def zone(name, available=True):
    return {"zoneName": name, "zoneState": {"available": available}, "hosts": None}


def test_zones_are_listed_without_the_internal_one(cloud):
    shown = listed(cloud, user="demo").json
    assert shown == {"availabilityZoneInfo": [zone("east"), zone("west")]}


def test_a_zone_of_disabled_hosts_is_not_available_and_stands_last(cloud):
    evolve(cloud, "c2", disabled=True)
    assert listed(cloud).json == {"availabilityZoneInfo": [zone("west"), zone("east", False)]}


def test_a_zone_whose_hosts_are_down_is_available(cloud):
    evolve(cloud, "c2", up=False)
    assert zone("east") in listed(cloud).json["availabilityZoneInfo"]


def test_the_detail_tells_the_services(cloud):
    evolve(cloud, "c2", up=False)
    shown = {z["zoneName"]: z["hosts"] for z in listed(cloud, f"{ZONES}/detail").json["availabilityZoneInfo"]}
    assert shown["west"]["c1"]["nova-compute"]["available"] is True
    assert shown["east"]["c2"]["nova-compute"]["available"] is False
    assert shown["internal"].keys() == {"controller"}


def test_services_report_every_ten_seconds(cloud):
    cloud.advance(25)
    hosts = listed(cloud, f"{ZONES}/detail").json["availabilityZoneInfo"][-1]["hosts"]
    assert hosts["c1"]["nova-compute"]["updated_at"].endswith(":20.000000")


def test_the_detail_is_for_admins(cloud):
    assert listed(cloud, f"{ZONES}/detail", user="demo").status_code == 403
