"""What back ends hold and Cinder does not know."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import Snapshot, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume import managing
from fakecompute.domain.volume.deletion import CannotDelete
from fakecompute.domain.volume.managing import (
    Held,
    ManagedAlready,
    NoSuchService,
    ServiceOff,
    leave,
    service_for,
    unmanage,
    volume_name,
)
from fakecompute.domain.volume.snapshots import unmanage_snapshot
from tests.domain.volume.making import backend, fresh, project, settled, snapshot, volume, walk_of


@pytest.fixture
def there(cloud):
    """The first back end, with a volume and its snapshot from before Cinder's time."""
    leave(cloud, "storage@lvm-1", "lvm-1", "old", 3)
    leave(cloud, "storage@lvm-1", "lvm-1", "old-snap", 3, "old")
    return cloud.store.get(VolumeBackend, "storage@lvm-1")


def managed(cloud, there, name="old", **fields):
    kind = cloud.store.one(VolumeType, "name", "__DEFAULT__")
    told = {"project_id": project(cloud), "user_id": "user", "kind": kind, **fields}
    return managing.manage(cloud, there, {"source-name": name}, **told)


def managed_snapshot(cloud, of, name="old-snap"):
    told = {"project_id": of.project_id, "user_id": "user", "name": "s", "description": None}
    return managing.manage_snapshot(cloud, of, {"source-name": name}, **told)


def test_it_is_listed_beside_what_cinder_has(cloud, there):
    mine = cloud.store.put(volume(cloud).evolve(host="storage@lvm-1#lvm-1"))
    assert managing.volumes_on(cloud, there) == [Held(volume_name(mine), 1, mine.id), Held("old", 3)]
    assert managing.snapshots_on(cloud, there) == [Held("old-snap", 3, None, "old")]


def test_taken_over_it_is_a_volume_of_the_size_that_it_has(cloud, there):
    mine = managed(cloud, there)
    assert mine.size == 0
    assert walk_of(cloud, mine) == [("managing",), ("available",)]
    after = fresh(cloud, mine)
    assert (after.size, after.host) == (3, "storage@lvm-1#lvm-1")
    assert managing.volumes_on(cloud, there) == [Held(volume_name(mine), 3, mine.id)]


def test_its_snapshots_are_of_the_new_name(cloud, there):
    mine = settled(cloud, managed(cloud, there))
    assert managing.snapshots_on(cloud, there) == [Held("old-snap", 3, None, volume_name(mine))]
    taken = settled(cloud, managed_snapshot(cloud, mine))
    assert (taken.status, taken.size) == ("available", 3)
    assert [one.cinder_id for one in managing.snapshots_on(cloud, there)] == [taken.id]


def test_what_is_not_there_cannot_be_taken_over(cloud, there):
    assert settled(cloud, managed(cloud, there, "nope")).status == "error_managing"
    assert settled(cloud, managed(cloud, there, "old-snap")).status == "error_managing"
    mine = settled(cloud, managed(cloud, there))
    assert settled(cloud, managed_snapshot(cloud, mine, "nope")).status == "error"


def test_a_snapshot_of_another_volume_is_not_taken_over(cloud, there):
    other = cloud.store.put(volume(cloud).evolve(host="storage@lvm-1#lvm-1"))
    assert settled(cloud, managed_snapshot(cloud, other)).status == "error"


def test_let_go_it_is_left_where_it_was(cloud):
    mine = volume(cloud)
    there = backend(cloud, mine)
    unmanage(cloud, mine)
    assert walk_of(cloud, mine) == [("unmanaging",), (None,)]
    assert managing.volumes_on(cloud, there) == [Held(volume_name(mine), 1)]


def test_and_may_be_taken_over_again(cloud):
    mine = volume(cloud)
    there = backend(cloud, mine)
    unmanage(cloud, mine)
    cloud.settle()
    again = settled(cloud, managed(cloud, there, volume_name(mine)))
    assert managing.volumes_on(cloud, there) == [Held(volume_name(again), 1, again.id)]


def test_a_snapshot_is_let_go_too(cloud):
    mine = volume(cloud)
    of = settled(cloud, snapshot(cloud, mine))
    unmanage_snapshot(cloud, of)
    cloud.settle()
    assert cloud.store.count(Snapshot, "volume", mine.id) == 0
    (left,) = managing.snapshots_on(cloud, backend(cloud, mine))
    assert (left.cinder_id, left.source) == (None, volume_name(mine))


def test_one_with_snapshots_or_in_use_stays(cloud):
    mine = volume(cloud)
    with pytest.raises(CannotDelete):
        unmanage(cloud, cloud.store.put(mine.evolve(status="in-use")))
    mine = cloud.store.put(mine.evolve(status="available"))
    settled(cloud, snapshot(cloud, mine))
    with pytest.raises(CannotDelete):
        unmanage(cloud, mine)


def test_what_cinder_has_is_not_taken_over_again(cloud):
    mine = volume(cloud)
    with pytest.raises(ManagedAlready):
        managing.check_unmanaged(cloud, {"source-name": volume_name(mine)})
    managing.check_unmanaged(cloud, "source-name")


def test_a_host_is_called_by_itself_its_back_end_or_a_pool(cloud, there):
    assert {service_for(cloud, host, None) for host in ("storage", "storage@lvm-1", "storage@lvm-1#x")} == {there}
    with pytest.raises(NoSuchService, match=r"^Service cinder-volume could not be found on host nope\.$"):
        service_for(cloud, "nope", None)
    with pytest.raises(NoSuchService, match=r"^Service cinder-volume could not be found\.$"):
        service_for(cloud, None, "nope")


def test_a_service_that_is_off_tells_nothing(cloud, there):
    cloud.store.put(there.evolve(disabled=True))
    with pytest.raises(ServiceOff):
        service_for(cloud, there.id, None)
