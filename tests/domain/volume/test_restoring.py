"""Backups that become volumes again, and what is left of both when that fails."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import Volume
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.backups import InvalidBackup, NoBackupService, delete_backup
from fakecompute.domain.volume.creation import create_volume
from fakecompute.domain.volume.outages import service_down, service_up
from fakecompute.domain.volume.quota import TooManyVolumes, set_limits
from fakecompute.domain.volume.restoring import CannotRestoreTo, restore_to, restore_to_new
from tests.domain.volume.making import (
    backup,
    backup_service,
    fresh,
    messages,
    project,
    settled,
    status,
    volume,
    walk_of,
)
from tests.domain.walking import rule

WALK = ["available", "restoring"]


@pytest.fixture
def source(cloud):
    return volume(cloud, 2)


@pytest.fixture
def copy(cloud, source):
    return settled(cloud, backup(cloud, source))


def anew(cloud, copy, **fields):
    return restore_to_new(
        cloud, copy, **{"project_id": copy.project_id, "user_id": "u", "name": None, **fields}
    )


def test_a_volume_is_overwritten(cloud, copy):
    target = volume(cloud, 3)
    restore_to(cloud, copy, target)
    assert walk_of(cloud, copy, target) == [("restoring", "restoring-backup"), ("available", "available")]
    assert dict(fresh(cloud, target).metadata) == {"src_backup_id": copy.id}


def test_its_own_volume_is_told_nothing_of_the_backup(cloud, copy, source):
    restore_to(cloud, copy, fresh(cloud, source))
    cloud.settle()
    assert fresh(cloud, source).metadata == ()


def test_a_new_volume_is_made_first(cloud, copy):
    target = anew(cloud, copy)
    assert (target.name, target.description) == (
        f"restore_backup_{copy.id}",
        "auto-created_from_restore_from_backup",
    )
    assert walk_of(cloud, copy, target) == [
        ("restoring", "creating"),
        ("restoring", "restoring-backup"),
        ("available", "available"),
    ]


def test_a_volume_that_is_created_from_a_backup_is_creating_to_the_end(cloud, copy):
    target = create_volume(cloud, project_id=copy.project_id, user_id="u", size=2, backup_id=copy.id)
    assert walk_of(cloud, copy, target) == [
        ("available", "creating"),
        ("restoring", "creating"),
        ("available", "available"),
    ]
    assert fresh(cloud, target).launched_at is not None


def test_what_boots_boots_again(cloud, source):
    image = (("image_id", "i"), ("image_name", "cirros"))
    source = cloud.store.put(source.evolve(bootable=True, image_metadata=image))
    target = settled(cloud, anew(cloud, settled(cloud, backup(cloud, source))))
    assert (target.bootable, target.image_metadata) == (True, image)


def test_a_volume_gets_back_its_name_and_metadata(cloud, source):
    """As the backup drivers of Cinder do: cinder/backup/driver.py."""
    source = cloud.store.put(source.evolve(name="data", description="mine", metadata=(("color", "red"),)))
    copy = settled(cloud, backup(cloud, source))
    target = settled(cloud, anew(cloud, copy))
    assert (target.name, target.description) == ("data", "mine")
    assert dict(target.metadata) == {"color": "red", "src_backup_id": copy.id}


def test_only_a_free_volume_of_the_size_will_do(cloud, copy, source):
    with pytest.raises(CannotRestoreTo, match="volume size 1 is too small to restore backup of size 2"):
        restore_to(cloud, copy, volume(cloud, 1))
    busy = cloud.store.put(fresh(cloud, source).evolve(status="in-use"))
    with pytest.raises(CannotRestoreTo, match="Volume to be restored to must be available"):
        restore_to(cloud, copy, busy)
    assert status(cloud, copy) == "available"


def test_a_backup_that_is_restored_can_be_neither_restored_nor_deleted(cloud, copy, source):
    restore_to(cloud, copy, fresh(cloud, source))
    copy = fresh(cloud, copy)
    with pytest.raises(InvalidBackup, match="Backup status must be available"):
        restore_to(cloud, copy, volume(cloud.fork(), 2))
    with pytest.raises(InvalidBackup, match="Backup status must be available or error"):
        delete_backup(cloud, copy)


def test_a_restoration_that_fails_spoils_the_volume_alone(cloud, copy, source):
    cloud.set_rules([rule("backup.restore.restoring", fail="a bad tape")])
    restore_to(cloud, copy, fresh(cloud, source))
    assert walk_of(cloud, copy, source)[-1] == ("available", "error_restoring")
    assert messages(cloud) == [("VOLUME_BACKUP", "015", "026")]


# fmt: off
BROKEN = [
    # stage                       the new volume
    ("volume.create.scheduling",  "error"),
    ("volume.create.creating",    "error"),
    ("backup.restore.restoring",  "error_restoring"),
]
# fmt: on


@pytest.mark.parametrize(("step", "left"), BROKEN)
def test_whatever_fails_on_the_way_to_a_new_volume_the_backup_is_good(cloud, copy, step, left):
    cloud.set_rules([rule(step, fail="broken")])
    assert walk_of(cloud, copy, anew(cloud, copy))[-1] == ("available", left)


def test_a_new_volume_that_is_deleted_by_force_sets_the_backup_free(cloud, copy):
    target = anew(cloud, copy)
    VOLUME.start(cloud, target, "force_delete")
    assert walk_of(cloud, copy, target)[-1] == ("available", None)


def test_a_volume_that_is_taken_away_meanwhile_ends_the_restoration(cloud, copy, source):
    restore_to(cloud, copy, fresh(cloud, source))
    VOLUME.start(cloud, fresh(cloud, source), "force_delete")
    assert walk_of(cloud, copy, source)[-1] == ("available", None)


def test_a_volume_that_somebody_reset_meanwhile_is_left_alone(cloud, copy, source):
    restore_to(cloud, copy, fresh(cloud, source))
    cloud.store.put(fresh(cloud, source).evolve(status="maintenance"))
    assert walk_of(cloud, copy, source)[-1] == ("available", "maintenance")


def test_a_restart_of_cinder_backup_ends_it(cloud, copy, source):
    restore_to(cloud, copy, fresh(cloud, source))
    service_down(cloud, backup_service(cloud))
    cloud.advance(3600)
    assert (status(cloud, copy), status(cloud, source)) == ("restoring", "restoring-backup")
    service_up(cloud, backup_service(cloud))
    assert walk_of(cloud, copy, source)[-1] == ("available", "error_restoring")


def test_nothing_is_restored_without_a_cinder_backup(cloud, copy):
    cloud.store.put(backup_service(cloud).evolve(disabled=True))
    before = cloud.store.count(Volume)
    with pytest.raises(NoBackupService):
        anew(cloud, copy)
    assert cloud.store.count(Volume) == before


def test_a_new_volume_counts(cloud, copy):
    set_limits(cloud, project(cloud), {"volumes": 1})
    with pytest.raises(TooManyVolumes):
        anew(cloud, copy)
    assert status(cloud, copy) == "available"
