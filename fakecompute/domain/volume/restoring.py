"""Backups that become volumes again: one that is there, or a new one.

Where a real Cinder keeps the caller waiting until the new volume is made, this one answers at once: the backup is
`restoring` from then on, and the volume `creating` until it is there to be restored to.  Facts:
cinder/backup/manager.py, `_create_from_backup` of cinder/volume/flows/manager/create_volume.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes, NotYet
from fakecompute.domain.records.backup import Backup
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.tables.backups import BACKUP
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.backups import InvalidBackup, is_meant_for, service_for
from fakecompute.domain.volume.creation import create_volume
from fakecompute.domain.volume.messages import BACKUP as RESOURCE
from fakecompute.domain.volume.messages import Action, Detail, add_message
from fakecompute.domain.volume.quota import check_new_volume
from fakecompute.domain.volume.types import default_type
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

MADE_FOR_IT = "restore_backup_"  # what a volume's name begins with that was made to restore to
WAITING = ("restoring-backup", "creating")  # what a volume is while a backup is restored to it


class CannotRestoreTo(BadRequest):
    message = "Invalid volume: {reason}"


class Aborted(BadRequest):
    message = "Restore backup aborted, expected volume status restoring-backup,creating but got {status}."


def check_restorable(backup: Backup) -> None:
    if backup.status != "available":
        raise InvalidBackup(reason="Backup status must be available")


def restore_to(cloud: Cloud, backup: Backup, volume: Volume) -> Volume:
    """Overwrite a volume, which must be free and large enough."""
    check_restorable(backup)
    if volume.status != "available":
        raise CannotRestoreTo(reason="Volume to be restored to must be available")
    if backup.size > volume.size:
        told = f"volume size {volume.size} is too small to restore backup of size {backup.size}."
        raise CannotRestoreTo(reason=told)
    host = service_for(cloud, backup.availability_zone).host
    BACKUP.start(cloud, backup, "restore", restore_volume_id=volume.id, host=host)
    return cloud.store.put(volume.evolve(status="restoring-backup", updated_at=cloud.now))


def restore_to_new(
    cloud: Cloud, backup: Backup, *, project_id: str, user_id: str, name: str | None
) -> Volume:
    """Make a volume of the backup's size for it; a quota's 413."""
    check_restorable(backup)
    host = service_for(cloud, backup.availability_zone).host
    kind = default_type(cloud, project_id)
    check_new_volume(cloud, project_id, backup.size, kind.id)
    volume = create_volume(
        cloud,
        project_id=project_id,
        user_id=user_id,
        size=backup.size,
        backup_id=backup.id,
        name=f"{MADE_FOR_IT}{backup.id}" if name is None else name,
        description="auto-created_from_restore_from_backup",
        volume_type_id=kind.id,
        availability_zone=cloud.settings.storage_availability_zone,
    )
    cloud.store.put(
        backup.evolve(status="restoring", restore_volume_id=volume.id, host=host, updated_at=cloud.now)
    )
    return volume


# --- a new volume is there


@VOLUME.leaving("create_from_backup.creating")
def wait_for_backup(cloud: Cloud, volume: Volume) -> Changes:
    """A real cinder-backup restores a backup to several volumes at once; here it is one after the other."""
    backup = cloud.store.find(Backup, volume.memory("backup_id"))
    if backup is not None and backup.trigger == "restore":
        raise NotYet
    return {}


@VOLUME.arriving("create_from_backup")
def begin(cloud: Cloud, volume: Volume) -> Changes:
    """The empty volume is there: now its backup comes into it, unless that is gone or goes."""
    backup = cloud.store.find(Backup, volume.memory("backup_id"))
    if backup is None or backup.trigger is not None:
        return {"status": "error"}
    asked_to_restore = is_meant_for(backup, volume)
    BACKUP.start(cloud, backup, "restore", previous_status="available", restore_volume_id=volume.id)
    return (
        {"status": "restoring-backup", "launched_at": cloud.now}
        if asked_to_restore
        else {"status": "creating"}
    )


def _next(cloud: Cloud, backup: Backup) -> None:
    """The backup is free for the volumes that wait for it."""
    for volume in sorted(cloud.store.by(Volume, "backup", backup.id), key=lambda one: one.number):
        VOLUME.wake(cloud, volume)


# --- the work of cinder-backup


@BACKUP.leaving("restore.restoring")
def restored(cloud: Cloud, backup: Backup) -> Changes:
    """The volume has the bytes, and what the backup knew of its name, its metadata and an image."""
    volume = cloud.store.find(Volume, backup.restore_volume_id)
    status = volume.status if volume else "deleted"
    if volume is None or status not in WAITING:
        raise Aborted(status=status)
    changes: Changes = {"status": "available", "metadata": _told(backup, volume), "updated_at": cloud.now}
    if backup.volume_name and (not volume.name or volume.name.startswith(MADE_FOR_IT)):
        changes |= {"name": backup.volume_name, "description": backup.volume_description}
    if status == "creating":
        changes["launched_at"] = cloud.now
    if backup.image_metadata:
        changes |= {"bootable": True, "image_metadata": backup.image_metadata}
    if backup.encryption_key_id:
        changes["encryption_key_id"] = cloud.streams.uuid("encryption key")
    cloud.store.put(volume.evolve(**changes))
    return {}


def _told(backup: Backup, volume: Volume) -> tuple[tuple[str, str], ...]:
    """Its metadata are those of the backup, and name it, unless that is its own and it never had another's."""
    # cinder/backup/driver.py: BackupMetadataAPI.put
    known = dict(backup.volume_metadata or volume.metadata)
    if backup.volume_id != volume.id or known.get("src_backup_id", backup.id) != backup.id:
        known["src_backup_id"] = backup.id
    return tuple(known.items())


@BACKUP.arriving("restore")
def done(cloud: Cloud, backup: Backup) -> Changes:
    _next(cloud, backup)
    return {}


@BACKUP.failing("restore")
def not_restored(cloud: Cloud, backup: Backup, reason: str) -> Changes:
    """The volume has half of it; the backup is as good as it was."""
    _next(cloud, backup)
    volume = cloud.store.find(Volume, backup.restore_volume_id)
    if volume is not None and volume.status in WAITING:
        cloud.store.put(volume.evolve(status="error_restoring", updated_at=cloud.now))
    add_message(
        cloud,
        project_id=backup.project_id,
        resource_type=RESOURCE,
        resource_id=backup.id,
        action=Action.BACKUP_RESTORE,
        detail=Detail.BACKUP_RESTORE_ERROR,
    )
    return {}
