"""Snapshots of all volumes of a group."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.volume import Snapshot
from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.volume.group_copies import copy_group
from fakecompute.domain.volume.group_members import snapshots_of, volumes_of
from fakecompute.domain.volume.group_snapshots import CannotDeleteGroupSnapshot, delete_group_snapshot
from fakecompute.domain.volume.groups import InvalidGroup
from fakecompute.domain.volume.outages import backend_down, backend_up
from fakecompute.domain.volume.quota import TooManySnapshots, in_use, set_limits
from fakecompute.domain.volume.snapshots import CannotDeleteSnapshot, CannotSnapshot, delete_snapshot
from tests.domain.volume.making import fresh, group, group_snapshot, project, settled, status, walk_of

EMPTY = (
    "Invalid Group: Source group cannot be empty or in 'creating' or 'updating' state. No group snapshot will be created."
)


@pytest.fixture
def source(cloud):
    return group(cloud, volumes=2)


def fails(on, times=None):
    return Rule(id="", name="no", on=on, times=times, effect=Effect(fail="no"))


def of(cloud, taken):
    return [one.status for one in snapshots_of(cloud, taken.id)]


def test_each_volume_has_its_snapshot(cloud, source):
    taken = group_snapshot(cloud, source, name="n", description="d")
    parts = snapshots_of(cloud, taken.id)
    assert [(one.volume_id, one.name, one.description) for one in parts] == [
        (volume.id, "n", "d") for volume in volumes_of(cloud, source.id)
    ]
    assert walk_of(cloud, taken, *parts) == [("creating",) * 3, ("available",) * 3]
    assert {fresh(cloud, one).progress for one in parts} == {"100%"}


@pytest.mark.parametrize("state", ["creating", "updating"])
def test_a_group_on_its_way_has_no_snapshot(cloud, source, state):
    with pytest.raises(InvalidGroup) as refusal:
        group_snapshot(cloud, source.evolve(status=state))
    assert str(refusal.value) == EMPTY


def test_nor_has_an_empty_one(cloud):
    with pytest.raises(InvalidGroup) as refusal:
        group_snapshot(cloud, group(cloud))
    assert str(refusal.value) == EMPTY


def test_a_volume_in_error_spoils_it(cloud, source):
    cloud.store.put(volumes_of(cloud, source.id)[1].evolve(status="error"))
    with pytest.raises(CannotSnapshot) as refusal:
        group_snapshot(cloud, source)
    assert str(refusal.value) == (
        "Invalid volume: The snapshot cannot be created when the volume is in error status."
    )


@pytest.mark.parametrize("state", ["in-use", "creating", "uploading"])
def test_other_statuses_of_volumes_do_not(cloud, source, state):
    cloud.store.put(volumes_of(cloud, source.id)[1].evolve(status=state))
    assert settled(cloud, group_snapshot(cloud, source)).status == "available"


def test_all_snapshots_must_be_within_the_quota(cloud, source):
    set_limits(cloud, project(cloud), {"snapshots": 1})
    with pytest.raises(TooManySnapshots):
        group_snapshot(cloud, source)
    assert not cloud.store.all(Snapshot)


def test_a_part_of_it_cannot_be_deleted_alone(cloud, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    with pytest.raises(CannotDeleteSnapshot):
        delete_snapshot(cloud, snapshots_of(cloud, taken.id)[0])


def test_it_takes_its_parts_with_it(cloud, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    part, _ = snapshots_of(cloud, taken.id)
    delete_group_snapshot(cloud, taken)
    assert walk_of(cloud, taken, part) == [("deleting", "deleting"), (None, None)]
    assert in_use(cloud, project(cloud))["snapshots"] == 0


@pytest.mark.parametrize("state", ["creating", "updating", "deleting", "error_deleting"])
def test_only_one_that_rests_is_deleted(cloud, source, state):
    taken = settled(cloud, group_snapshot(cloud, source)).evolve(status=state)
    with pytest.raises(CannotDeleteGroupSnapshot):
        delete_group_snapshot(cloud, taken)


def test_one_that_becomes_a_group_stays(cloud, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    copy_group(cloud, taken, project_id=project(cloud), user_id="user", name=None, description=None)
    with pytest.raises(CannotDeleteGroupSnapshot):
        delete_group_snapshot(cloud, taken)
    cloud.settle()
    delete_group_snapshot(cloud, taken)


# --- failures


def test_one_that_fails_as_a_whole_leaves_all_in_error(cloud, source):
    cloud.set_rules([fails("group_snapshot.create.creating")])
    taken = settled(cloud, group_snapshot(cloud, source))
    assert (taken.status, of(cloud, taken)) == ("error", ["error", "error"])


def test_one_part_that_fails_leaves_it_in_error_and_the_others_fine(cloud, source):
    cloud.set_rules([fails("snapshot.create.creating", times=1)])
    taken = settled(cloud, group_snapshot(cloud, source))
    assert (taken.status, of(cloud, taken)) == ("error", ["error", "available"])


def test_a_deletion_that_fails_as_a_whole_leaves_all_in_error(cloud, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    cloud.set_rules([fails("group_snapshot.delete.deleting")])
    delete_group_snapshot(cloud, taken)
    assert (settled(cloud, taken).status, of(cloud, taken)) == ("error", ["error", "error"])


def test_one_part_that_cannot_be_deleted_leaves_it_in_error_until_it_is_deleted_again(cloud, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    cloud.set_rules([fails("snapshot.delete.deleting", times=1)])
    delete_group_snapshot(cloud, taken)
    taken = settled(cloud, taken)
    assert (taken.status, of(cloud, taken)) == ("error", ["error", "deleted"])
    delete_group_snapshot(cloud, taken)
    cloud.settle()
    assert (status(cloud, taken), of(cloud, taken)) == (None, [])


def test_a_back_end_that_does_not_report_makes_it_when_it_is_back(cloud, source):
    backend = cloud.store.get(VolumeBackend, backend_id(source.host))
    backend_down(cloud, backend)
    taken = settled(cloud, group_snapshot(cloud, source))
    assert taken.status == "creating"
    backend_up(cloud, fresh(cloud, backend))
    assert settled(cloud, taken).status == "available"
