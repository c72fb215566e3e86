"""Snapshots: what may be taken, what is left when a stage fails or its back end dies, what counts."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import Snapshot, VolumeType
from fakecompute.domain.tables.volumes import SNAPSHOT
from fakecompute.domain.volume.outages import backend_down, backend_up
from fakecompute.domain.volume.quota import TooManySnapshots, set_limits
from fakecompute.domain.volume.snapshots import (
    CannotDeleteSnapshot,
    CannotSnapshot,
    Frozen,
    WrongVolumeStatus,
    delete_snapshot,
    unmanage_snapshot,
)
from tests.domain.volume.making import (
    backend,
    fresh,
    in_use,
    messages,
    project,
    settled,
    snapshot,
    status,
    volume,
    walk_of,
)
from tests.domain.walking import rule


def test_a_snapshot_is_creating_then_available_and_its_volume_does_not_change(cloud):
    source = volume(cloud, 3)
    taken = snapshot(cloud, source)
    assert (taken.size, taken.progress, taken.updated_at) == (3, "0%", None)
    assert walk_of(cloud, taken, source) == [("creating", "available"), ("available", "available")]
    assert fresh(cloud, taken).progress == "100%"


def test_a_volume_in_use_needs_force(cloud):
    source = in_use(cloud)
    with pytest.raises(WrongVolumeStatus) as refused:
        snapshot(cloud, source)
    assert str(refused.value) == (
        f"Invalid volume: Volume {source.id} status must be available, but current status is: in-use."
    )
    assert settled(cloud, snapshot(cloud, source, force=True)).status == "available"


# fmt: off
UNFIT = [
    ({"status": "maintenance"},        "The snapshot cannot be created when the volume is in maintenance mode."),
    ({"migration_status": "migrating"}, "Snapshot cannot be created while volume is migrating."),
    ({"status": "error"},              "The snapshot cannot be created when the volume is in error status."),
    ({"host": None},                   "The snapshot cannot be created because volume has not been scheduled to any"
                                       " host."),
]
# fmt: on


@pytest.mark.parametrize(("changes", "sentence"), UNFIT, ids=[sentence[-30:] for _, sentence in UNFIT])
def test_what_a_snapshot_cannot_be_taken_of(cloud, changes, sentence):
    source = cloud.store.put(volume(cloud).evolve(**changes))
    with pytest.raises(CannotSnapshot, match=sentence):
        snapshot(cloud, source, force=True)
    assert cloud.store.count(Snapshot) == 0


def test_nothing_changes_on_a_frozen_back_end(cloud):
    source = volume(cloud)
    taken = settled(cloud, snapshot(cloud, source))
    cloud.store.put(backend(cloud, source).evolve(frozen=True))
    with pytest.raises(Frozen):
        snapshot(cloud, source)
    with pytest.raises(Frozen):
        delete_snapshot(cloud, taken)


def test_a_snapshot_that_is_refused_by_the_scheduler_is_an_error_without_a_message(cloud):
    source = volume(cloud)
    cloud.store.put(backend(cloud, source).evolve(up=False, reporting=False))
    assert settled(cloud, snapshot(cloud, source)).status == "error"
    assert messages(cloud) == []


def test_a_snapshot_that_the_back_end_cannot_make_is_an_error_and_users_read_why(cloud):
    cloud.set_rules([rule("snapshot.create.creating", fail="no space")])
    failed = settled(cloud, snapshot(cloud, volume(cloud)))
    assert (failed.status, failed.progress) == ("error", "0%")
    assert messages(cloud) == [("VOLUME_SNAPSHOT", "009", "013")]
    assert walk_of(cloud, delete_snapshot(cloud, failed)) == [("deleting",), (None,)]


@pytest.mark.parametrize("trigger", ["delete", "unmanage"])
def test_a_deletion_that_fails_ends_in_error_deleting_which_only_force_deletes(cloud, trigger):
    taken = settled(cloud, snapshot(cloud, volume(cloud)))
    cloud.set_rules([rule(f"snapshot.{trigger}.*", fail="busy")])
    (delete_snapshot if trigger == "delete" else unmanage_snapshot)(cloud, taken)
    taken = settled(cloud, taken)
    assert taken.status == "error_deleting"
    assert messages(cloud) == [("VOLUME_SNAPSHOT", "010", "016")]

    cloud.set_rules([])
    with pytest.raises(CannotDeleteSnapshot) as refused:
        delete_snapshot(cloud, taken)
    assert str(refused.value) == (
        "Invalid snapshot: Snapshot status must be available or error and must not be part of a group."
    )
    delete_snapshot(cloud, taken, force=True)
    cloud.settle()
    assert status(cloud, taken) is None


def test_not_even_force_takes_a_snapshot_out_of_a_group(cloud):
    taken = settled(cloud, snapshot(cloud, volume(cloud), group_snapshot_id="g"))
    with pytest.raises(CannotDeleteSnapshot):
        delete_snapshot(cloud, taken, force=True)


def test_a_snapshot_waits_for_a_back_end_that_died_a_moment_ago(cloud):
    source = volume(cloud)
    taken = snapshot(cloud, source)
    backend_down(cloud, backend(cloud, source))
    cloud.advance(30)
    assert status(cloud, taken) == "creating"
    backend_up(cloud, backend(cloud, source))
    assert settled(cloud, taken).status == "available"


def test_a_snapshot_that_was_being_made_when_its_back_end_died_is_an_error_when_it_is_back(cloud):
    source = volume(cloud)
    taken = snapshot(cloud, source)
    while fresh(cloud, taken).step == 0:
        cloud.advance(0.05)
    backend_down(cloud, backend(cloud, source))
    cloud.advance(30)
    assert status(cloud, taken) == "creating"
    backend_up(cloud, backend(cloud, source))
    assert status(cloud, taken) == "error"


def test_snapshots_count_for_their_project_and_type_until_they_are_gone(cloud):
    kind = cloud.store.one(VolumeType, "name", "__DEFAULT__")
    source = volume(cloud, 4, volume_type_id=kind.id)
    owner = source.project_id
    taken = settled(cloud, snapshot(cloud, source))
    assert cloud.store.total(Snapshot, "project", owner) == (1, 4)
    assert cloud.store.total(Snapshot, "type", (owner, kind.id)) == (1, 4)
    delete_snapshot(cloud, taken)
    cloud.settle()
    assert cloud.store.total(Snapshot, "project", owner) == ()


def test_the_quota_of_snapshots_is_the_callers(cloud):
    source = volume(cloud)
    set_limits(cloud, project(cloud), {"snapshots": 0})
    with pytest.raises(TooManySnapshots) as refused:
        snapshot(cloud, source)
    assert refused.value.headers == {"Retry-After": "0"}
    assert snapshot(cloud, source, project_id=project(cloud, "admin")).status == "creating"


def test_every_stage_of_a_snapshot_can_fail_and_leaves_a_status_that_can_be_deleted_by_force(cloud):
    for step in SNAPSHOT.steps():
        if step.startswith("snapshot.create"):
            twin = cloud.fork()
            twin.set_rules([rule(step, fail="broken")])
            assert settled(twin, snapshot(twin, volume(twin))).status == "error", step
