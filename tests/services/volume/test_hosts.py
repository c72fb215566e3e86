"""/os-hosts as operators see them.  Sentences and fields are those of a real Cinder 29."""

from __future__ import annotations

import pytest

from tests.domain.volume.making import project, settled, snapshot, volume

HOSTS = "/volume/v3/os-hosts"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


def test_services_are_hosts(admin):
    first = admin.get(HOSTS).json["hosts"][0]
    assert first.pop("last-update")
    assert first == {
        "host_name": "storage@lvm-1",
        "service": "cinder-volume",
        "zone": "nova",
        "service-status": "available",
        "service-state": "enabled",
    }


def test_those_that_are_disabled_are_left_out(admin):
    admin.put("/volume/v3/os-services/disable", json={"host": "storage@lvm-1", "binary": "cinder-volume"})
    assert "storage@lvm-1" not in [host["host_name"] for host in admin.get(HOSTS).json["hosts"]]
    assert admin.get(f"{HOSTS}/storage@lvm-1").status_code == 404


def test_a_zone_has_hosts_of_its_own(admin):
    assert admin.get(HOSTS, params={"zone": "mars"}).json == {"hosts": []}


def test_a_host_tells_what_each_project_has_there(cloud, admin):
    made = volume(cloud, 3)
    settled(cloud, snapshot(cloud, made))
    total, mine = (one["resource"] for one in admin.get(f"{HOSTS}/storage@lvm-1").json["host"])
    numbers = {
        "host": "storage@lvm-1",
        "volume_count": "1",
        "total_volume_gb": "3",
        "snapshot_count": "1",
        "total_snapshot_gb": "3",
    }
    assert total == {**numbers, "project": "(total)"}
    assert mine == {**numbers, "project": project(cloud)}


def test_a_host_without_back_ends_is_not_there(admin):
    refused = admin.get(f"{HOSTS}/controller").json["itemNotFound"]["message"]
    assert refused == "Service cinder-volume could not be found on host controller."
