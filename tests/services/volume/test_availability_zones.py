"""/os-availability-zone as clients see it."""

from fakecompute import Cloud
from fakecompute.wsgi.client import Http

ZONES = "/volume/v3/os-availability-zone"


def zones(http):
    shown = http.get(ZONES).json["availabilityZoneInfo"]
    return {zone["zoneName"]: zone["zoneState"]["available"] for zone in shown}


def test_all_back_ends_are_in_one_zone(http):
    assert zones(http) == {"nova": True}


def test_a_zone_of_disabled_back_ends_is_not_available():
    admin = Http(Cloud("two-zones"), "admin", "demo")
    admin.put("/volume/v3/os-services/disable", json={"host": "storage-south@lvm", "binary": "cinder-volume"})
    assert zones(admin) == {"north": True, "south": False}
