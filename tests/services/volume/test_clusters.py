"""/clusters (3.7) as operators see them.  Sentences and fields are those of a real Cinder 29."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.deletion import delete_volume
from fakecompute.domain.volume.outages import backend_down
from fakecompute.wsgi.client import Http
from tests.domain.volume.making import status, volume

CLUSTERS = "/volume/v3/clusters"
NEWEST = "volume 3.71"
SHARED = {
    "extends": "default",
    "volume_backends": [
        {"host": "a", "name": "ceph", "cluster": "c", "protocol": "iSCSI"},
        {"host": "b", "name": "ceph", "cluster": "c", "protocol": "iSCSI"},
    ],
}


@pytest.fixture
def cloud():
    return Cloud(SHARED)


@pytest.fixture
def admin(cloud):
    return Http(cloud, "admin", "demo")


def down(cloud, host):
    backend_down(cloud, cloud.store.get(VolumeBackend, f"{host}@ceph"))
    cloud.advance(60)


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_a_cluster_is_listed_in_brief(admin):
    told = {"name": "c@ceph", "binary": "cinder-volume", "state": "up", "status": "enabled"}
    assert admin.get(CLUSTERS, version="volume 3.7").json == {"clusters": [told]}
    told["replication_status"] = "disabled"
    assert admin.get(CLUSTERS, version="volume 3.26").json == {"clusters": [told]}


def test_a_cluster_tells_how_many_hosts_it_has(cloud, admin):
    down(cloud, "a")
    shown = admin.get(f"{CLUSTERS}/c@ceph", version=NEWEST).json["cluster"]
    assert (shown["num_hosts"], shown["num_down_hosts"], shown["state"]) == (2, 1, "up")


def test_clusters_are_filtered(cloud, admin):
    down(cloud, "a")
    down(cloud, "b")
    assert admin.get(CLUSTERS, params={"is_up": "yes"}, version=NEWEST).json == {"clusters": []}
    found = admin.get(f"{CLUSTERS}/detail", params={"num_down_hosts": 2}, version=NEWEST).json["clusters"]
    assert [one["name"] for one in found] == ["c@ceph"]


def test_a_strange_filter_is_refused(admin):
    refused = admin.get(CLUSTERS, params={"frozen": 1}, version="volume 3.25")
    assert sentence(refused) == (400, "Invalid input received: Invalid filter keys: frozen")


def test_a_cluster_is_disabled_as_a_whole(cloud, admin):
    told = admin.put(f"{CLUSTERS}/disable", json={"name": "c@ceph", "disabled_reason": " x "}, version=NEWEST)
    assert (told.json["cluster"]["status"], told.json["cluster"]["disabled_reason"]) == ("disabled", "x")
    assert admin.get("/volume/v3/scheduler-stats/get_pools").json == {"pools": []}
    admin.put(f"{CLUSTERS}/enable", json={"name": "c@ceph"}, version=NEWEST)
    assert len(admin.get("/volume/v3/scheduler-stats/get_pools").json["pools"]) == 1


def test_a_cluster_that_is_not_there_is_told(admin):
    told = "Cluster {'binary': 'cinder-volume', 'name': 'x'} could not be found."
    assert sentence(admin.get(f"{CLUSTERS}/x", version=NEWEST)) == (404, told)


def test_its_storage_is_one_pool(cloud, admin):
    volume(cloud, 5)
    down(cloud, "a")
    volume(cloud, 6)
    (pool,) = admin.get("/volume/v3/scheduler-stats/get_pools", params={"detail": 1}).json["pools"]
    assert (pool["name"], pool["capabilities"]["allocated_capacity_gb"]) == ("c@ceph#ceph", 11)


def test_others_of_the_cluster_go_on_with_the_volumes_of_one_that_is_down(cloud):
    made = volume(cloud)
    down(cloud, "a")
    delete_volume(cloud, made)
    cloud.settle()
    assert status(cloud, made) is None


def test_they_come_with_3_7(admin):
    assert admin.get(CLUSTERS, version="volume 3.6").status_code == 404
