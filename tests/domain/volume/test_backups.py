"""Backups: the statuses of all parties, whatever goes wrong and wherever; chains, services, quotas."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.backup import Backup
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.backups import (
    CannotBackUp,
    InvalidBackup,
    NoBackupService,
    SnapshotBusy,
    delete_backup,
    reset_status,
)
from fakecompute.domain.volume.outages import backend_down, backend_up, service_down, service_up
from fakecompute.domain.volume.quota import TooManyBackupGigabytes, TooManyBackups, set_limits
from fakecompute.domain.volume.snapshots import CannotDeleteSnapshot, delete_snapshot
from tests.domain.volume.making import (
    backend,
    backup,
    backup_service,
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


def made(cloud, source, **fields):
    return settled(cloud, backup(cloud, source, **fields))


def until(cloud, record, trigger, step):
    while (now := fresh(cloud, record)).trigger == trigger and now.step < step:
        cloud.advance(0.05)
    return fresh(cloud, record)


# --- making one


def test_the_volume_is_backing_up_until_its_backup_is_available(cloud):
    source = volume(cloud, 2)
    copy = backup(cloud, source, name="b")
    assert walk_of(cloud, copy, source) == [("creating", "backing-up"), ("available", "available")]
    copy = fresh(cloud, copy)
    assert (copy.size, copy.container, copy.availability_zone) == (2, "volumebackups", "nova")
    assert copy.object_count > 0
    assert not copy.is_incremental


def test_a_volume_in_use_needs_force_and_is_in_use_again_afterwards(cloud):
    source = in_use(cloud)
    with pytest.raises(CannotBackUp) as refused:
        backup(cloud, source)
    assert str(refused.value) == "Invalid volume: Backing up an in-use volume must use the force flag."
    copy = backup(cloud, source, force=True)
    assert walk_of(cloud, copy, source) == [("creating", "backing-up"), ("available", "in-use")]


@pytest.mark.parametrize("was", ["error", "backing-up", "extending", "awaiting-transfer"])
def test_a_volume_in_any_other_status_is_refused(cloud, was):
    source = cloud.store.put(volume(cloud).evolve(status=was))
    with pytest.raises(CannotBackUp, match=f'but the current status is "{was}"'):
        backup(cloud, source, force=True)


def test_of_a_snapshot_the_volume_knows_nothing(cloud):
    source = volume(cloud)
    taken = settled(cloud, snapshot(cloud, source))
    cloud.advance(60)
    copy = backup(cloud, source, snapshot=taken)
    taken = fresh(cloud, taken)
    assert (taken.status, status(cloud, source)) == ("backing-up", "available")
    with pytest.raises(SnapshotBusy):
        backup(cloud, source, snapshot=taken)
    with pytest.raises(CannotDeleteSnapshot):
        delete_snapshot(cloud, taken)
    copy = settled(cloud, copy)
    assert (copy.snapshot_id, copy.data_timestamp) == (taken.id, taken.created_at)
    assert status(cloud, taken) == "available"


def test_a_snapshot_of_another_volume_is_refused(cloud):
    one, other = volume(cloud), volume(cloud)
    taken = settled(cloud, snapshot(cloud, one))
    with pytest.raises(CannotBackUp, match=f"does not match with snapshot.volume_id {one.id}."):
        backup(cloud, other, snapshot=taken)


# fmt: off
FAILURES = [
    # stage                       detail of the message
    ("backup.create.scheduling",  "024"),
    ("backup.create.preparing",   "019"),
    ("backup.create.backing-up",  "020"),
]
# fmt: on


@pytest.mark.parametrize("before", ["available", "in-use"])
@pytest.mark.parametrize(("step", "detail"), FAILURES)
def test_whichever_stage_fails_the_volume_is_what_it_was(cloud, step, detail, before):
    cloud.set_rules([rule(step, fail="the driver is broken")])
    source = cloud.store.put(volume(cloud).evolve(status=before))
    copy = backup(cloud, source, force=True)
    assert walk_of(cloud, copy, source)[-1] == ("error", before)
    assert fresh(cloud, copy).fail_reason == "the driver is broken"
    assert messages(cloud) == [("VOLUME_BACKUP", "013", detail)]


@pytest.mark.parametrize("step", [step for step, _ in FAILURES])
def test_whichever_stage_fails_the_snapshot_is_available_again(cloud, step):
    source = volume(cloud)
    taken = settled(cloud, snapshot(cloud, source))
    cloud.set_rules([rule(step, fail="broken")])
    copy = backup(cloud, source, snapshot=taken)
    assert walk_of(cloud, copy, taken, source)[-1] == ("error", "available", "available")


def test_in_a_zone_without_a_backup_service_it_cannot_be_scheduled(cloud):
    source = volume(cloud)
    copy = made(cloud, source, availability_zone="mars")
    assert (copy.status, copy.fail_reason) == ("error", "Service not found for creating backup.")
    assert status(cloud, source) == "available"
    with pytest.raises(NoBackupService):
        delete_backup(cloud, copy)
    with pytest.raises(NoBackupService):
        reset_status(cloud, copy, "available")


def test_what_somebody_made_of_the_volume_meanwhile_stays(cloud):
    source = volume(cloud)
    copy = backup(cloud, source)
    cloud.store.put(fresh(cloud, source).evolve(status="maintenance"))
    assert walk_of(cloud, copy, source)[-1] == ("available", "maintenance")


@pytest.mark.parametrize("step", [0, 1, 2])
def test_a_volume_that_is_taken_away_meanwhile_spoils_the_backup(cloud, step):
    source = volume(cloud)
    copy = until(cloud, backup(cloud, source), "create", step)
    VOLUME.start(cloud, fresh(cloud, source), "force_delete")
    assert walk_of(cloud, copy, source)[-1] == ("error", None)


# --- services that die


def test_a_dead_cinder_volume_is_waited_for(cloud):
    source = volume(cloud)
    copy = backup(cloud, source)
    backend_down(cloud, backend(cloud, source))
    cloud.advance(3600)
    assert (status(cloud, copy), status(cloud, source)) == ("creating", "backing-up")
    backend_up(cloud, backend(cloud, source))
    assert walk_of(cloud, copy, source)[-1] == ("available", "available")


def test_a_dead_cinder_backup_leaves_both_as_they_are_until_it_is_back_and_gives_up(cloud):
    source = volume(cloud)
    copy = until(cloud, backup(cloud, source), "create", 2)
    service_down(cloud, backup_service(cloud))
    cloud.advance(3600)
    assert (status(cloud, copy), status(cloud, source)) == ("creating", "backing-up")
    service_up(cloud, backup_service(cloud))
    assert walk_of(cloud, copy, source)[-1] == ("error", "available")
    assert fresh(cloud, copy).fail_reason == "incomplete backup reset on manager restart"


def test_a_deletion_goes_on_when_cinder_backup_is_back(cloud):
    copy = made(cloud, volume(cloud))
    delete_backup(cloud, copy)
    service_down(cloud, backup_service(cloud))
    cloud.advance(3600)
    assert status(cloud, copy) == "deleting"
    service_up(cloud, backup_service(cloud))
    cloud.settle()
    assert status(cloud, copy) is None


def test_nothing_begins_where_cinder_backup_is_known_to_be_down(cloud):
    copy = made(cloud, volume(cloud))
    service_down(cloud, backup_service(cloud))
    cloud.advance(61)
    with pytest.raises(NoBackupService) as refused:
        delete_backup(cloud, copy)
    assert str(refused.value) == "Service cinder-backup could not be found."


# --- chains


def test_an_incremental_backup_rests_on_the_youngest_and_holds_it_fast(cloud):
    source = volume(cloud)
    first, second = made(cloud, source), made(cloud, source)
    third = made(cloud, source, incremental=True)
    assert (third.parent_id, third.is_incremental) == (second.id, True)
    assert fresh(cloud, second).has_dependent_backups
    assert not fresh(cloud, first).has_dependent_backups
    for force in False, True:
        with pytest.raises(InvalidBackup, match="Incremental backups exist for this backup"):
            delete_backup(cloud, fresh(cloud, second), force=force)
    delete_backup(cloud, third)
    cloud.settle()
    assert not fresh(cloud, second).has_dependent_backups
    delete_backup(cloud, fresh(cloud, second))


def test_without_an_earlier_backup_there_is_none_to_rest_on(cloud):
    source = volume(cloud)
    with pytest.raises(InvalidBackup, match="No backups available to do an incremental backup"):
        backup(cloud, source, incremental=True)
    cloud.set_rules([rule("backup.create.*", fail="broken")])
    made(cloud, source)
    with pytest.raises(InvalidBackup):
        backup(cloud, fresh(cloud, source), incremental=True)
    assert status(cloud, source) == "available"


def test_of_an_older_snapshot_the_parent_is_older_still(cloud):
    source = volume(cloud)
    old = made(cloud, source)
    taken = settled(cloud, snapshot(cloud, source))
    cloud.advance(60)
    made(cloud, source)
    assert made(cloud, source, snapshot=taken, incremental=True).parent_id == old.id


def test_an_incremental_backup_that_fails_does_not_count(cloud):
    source = volume(cloud)
    first = made(cloud, source)
    cloud.set_rules([rule("backup.create.backing-up", fail="broken")])
    made(cloud, source, incremental=True)
    assert not fresh(cloud, first).has_dependent_backups


# --- deleting


def test_only_force_deletes_what_is_neither_available_nor_an_error(cloud):
    copy = backup(cloud, volume(cloud))
    with pytest.raises(InvalidBackup, match="Backup status must be available or error"):
        delete_backup(cloud, copy)
    assert walk_of(cloud, delete_backup(cloud, copy, force=True)) == [("deleting",), (None,)]


def test_a_deletion_that_fails_is_an_error_that_can_be_tried_again(cloud):
    copy = made(cloud, volume(cloud))
    cloud.set_rules([rule("backup.delete.deleting", fail="the shelf is locked")])
    copy = settled(cloud, delete_backup(cloud, copy))
    assert (copy.status, copy.fail_reason) == ("error", "the shelf is locked")
    assert messages(cloud) == [("VOLUME_BACKUP", "014", "025")]
    cloud.set_rules([])
    delete_backup(cloud, copy)
    cloud.settle()
    assert status(cloud, copy) is None


# --- quotas


def test_backups_have_quotas_of_their_own(cloud):
    source = volume(cloud, 5)
    set_limits(cloud, project(cloud), {"backups": 1, "backup_gigabytes": 8})
    copy = made(cloud, source)
    assert cloud.store.total(Backup, "project", project(cloud)) == (1, 5)
    with pytest.raises(TooManyBackupGigabytes):
        backup(cloud, fresh(cloud, source))
    set_limits(cloud, project(cloud), {"backup_gigabytes": 10})
    with pytest.raises(TooManyBackups):
        backup(cloud, fresh(cloud, source))
    assert status(cloud, source) == "available"
    delete_backup(cloud, copy)
    cloud.settle()
    assert made(cloud, source).status == "available"
