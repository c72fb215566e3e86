"""Backups: made by cinder-backup of what cinder-volume makes ready, restored, and deleted.

A backup leads: while it is made or restored its volume (or snapshot) only waits in `backing-up` or
`restoring-backup`, and is let go when the backup's way ends, however it ends.  Facts: cinder/backup/api.py,
cinder/backup/manager.py, `create_backup` of cinder/scheduler/manager.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.backup import Backup
from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.records.volume_backend import BACKUP as BINARY
from fakecompute.domain.records.volume_backend import VOLUME as STORAGE
from fakecompute.domain.records.volume_backend import CinderService, VolumeBackend, backend_id
from fakecompute.domain.tables.backups import BACKUP, PREPARING
from fakecompute.domain.volume.messages import BACKUP as RESOURCE
from fakecompute.domain.volume.messages import Action, Detail, add_message
from fakecompute.domain.volume.outages import when_back
from fakecompute.domain.volume.quota import check_new_backup
from fakecompute.domain.volume.services import backup_services
from fakecompute.domain.volume.visibility import VolumeNotFound
from fakecompute.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

DRIVER = "cinder.backup.drivers.swift.SwiftBackupDriver"
CONTAINER = "volumebackups"
CHUNK = 50  # MiB of an object
DELETED = "The backup is being deleted."
INTERRUPTED = "incomplete backup reset on manager restart"
REASON = 255  # characters of a fail_reason


class BackupNotFound(NotFound):
    message = "Backup {id} could not be found."


class NoBackupService(NotFound):
    message = "Service cinder-backup could not be found."


class NotScheduled(BadRequest):
    message = "Service not found for creating backup."


class CannotBackUp(BadRequest):
    message = "Invalid volume: {reason}"


class SnapshotBusy(BadRequest):
    message = (
        'Invalid snapshot: Snapshot to be backed up must be available, but the current status is "{status}".'
    )


class InvalidBackup(BadRequest):
    message = "Invalid backup: {reason}"


# --- making one


def create_backup(
    cloud: Cloud,
    volume: Volume,
    *,
    project_id: str,
    user_id: str,
    name: str | None = None,
    description: str | None = None,
    container: str | None = None,
    incremental: bool = False,
    force: bool = False,
    snapshot: Snapshot | None = None,
    availability_zone: str | None = None,
    metadata: Pairs = (),
) -> Backup:
    """A backup on its way, of the volume or of a snapshot of it; `force` if the volume is in use."""
    check_source(volume, snapshot, force)
    check_new_backup(cloud, project_id, volume.size)
    parent = _parent(cloud, volume, project_id, snapshot) if incremental else None
    backup = Backup(
        id=cloud.streams.uuid("backup"),
        number=cloud.streams.number("backup number"),
        project_id=project_id,
        user_id=user_id,
        volume_id=volume.id,
        size=volume.size,
        name=name,
        description=description,
        container=container,
        snapshot_id=snapshot.id if snapshot else None,
        parent_id=parent.id if parent else None,
        availability_zone=availability_zone,
        metadata=metadata,
        data_timestamp=snapshot.created_at if snapshot else cloud.now,
        created_at=cloud.now,
    )
    cloud.store.put((snapshot or volume).evolve(status="backing-up", updated_at=cloud.now))
    return BACKUP.start(cloud, backup, "create", memo=(("volume_status", volume.status),))


def check_source(volume: Volume, snapshot: Snapshot | None, force: bool) -> None:
    """May a backup be made of it as it is?"""
    if snapshot is not None:
        if snapshot.volume_id != volume.id:
            told = f"Volume {volume.id} does not match with snapshot.volume_id {snapshot.volume_id}."
            raise CannotBackUp(reason=told)
        if snapshot.status != "available":
            raise SnapshotBusy(status=snapshot.status)
    elif volume.status not in ("available", "in-use"):
        told = f'Volume to be backed up must be available or in-use, but the current status is "{volume.status}".'
        raise CannotBackUp(reason=told)
    elif volume.status == "in-use" and not force:
        raise CannotBackUp(reason="Backing up an in-use volume must use the force flag.")


def _parent(cloud: Cloud, volume: Volume, project_id: str, snapshot: Snapshot | None) -> Backup:
    """What an incremental backup rests on: the project's one of the youngest data, older than the snapshot."""
    own = [one for one in cloud.store.by(Backup, "volume", volume.id) if one.project_id == project_id]
    youngest_first = sorted(own, key=lambda one: one.number, reverse=True)
    before = snapshot.created_at if snapshot else cloud.now + 1

    def age(one: Backup) -> int:
        data = one.data_timestamp or 0
        return data if one.status == "available" and data < before else -1

    chosen = max(youngest_first, key=age, default=None)  # where none is older, Cinder takes the first
    if chosen is None or chosen.status != "available":
        raise InvalidBackup(reason="No backups available to do an incremental backup.")
    return chosen


@BACKUP.leaving("create.scheduling")
def schedule(cloud: Cloud, backup: Backup) -> Changes:
    """The scheduler knows which cinder-backup there are in a zone, not whether they run."""
    volume = cloud.store.find(Volume, backup.volume_id)
    if volume is None:
        raise VolumeNotFound(id=backup.volume_id)
    zone = backup.availability_zone or volume.availability_zone
    fit = [service for service in backup_services(cloud) if service.availability_zone == zone]
    if not fit:
        raise NotScheduled
    home = backend_id(volume.host or "").partition("@")[0]
    chosen = min(fit, key=lambda service: (not service.is_up, service.host != home, service.number))
    return {
        "host": chosen.host,
        "service": DRIVER,
        "availability_zone": backup.availability_zone or cloud.settings.storage_availability_zone,
    }


@BACKUP.leaving("create.backing-up")
def written(cloud: Cloud, backup: Backup) -> Changes:
    """It is where the driver keeps such things, and knows of the volume what a restored one must know."""
    volume = cloud.store.find(Volume, backup.volume_id)
    if volume is None:
        raise VolumeNotFound(id=backup.volume_id)
    place = f"volume_{backup.volume_id}/{backup.created_at}/az_{backup.availability_zone}_backup_{backup.id}"
    return {
        "container": backup.container or CONTAINER,
        "service_metadata": place,
        "object_count": 1 if backup.is_incremental else -(-backup.size * 1024 // CHUNK),
        "volume_name": volume.name,
        "volume_description": volume.description,
        "volume_metadata": volume.metadata,
        "image_metadata": volume.image_metadata,
        "encryption_key_id": cloud.streams.uuid("encryption key") if volume.encrypted else None,
    }


@BACKUP.arriving("create")
def made(cloud: Cloud, backup: Backup) -> Changes:
    _let_go(cloud, backup)
    _count(cloud, backup.parent_id, 1)
    return {}


@BACKUP.failing("create")
def not_made(cloud: Cloud, backup: Backup, reason: str) -> Changes:
    """The volume is what it was before."""
    _let_go(cloud, backup)
    details = (
        Detail.BACKUP_SCHEDULE_ERROR,
        Detail.BACKUP_CREATE_DEVICE_ERROR,
        Detail.BACKUP_CREATE_DRIVER_ERROR,
    )
    _tell(cloud, backup, Action.BACKUP_CREATE, details[backup.step])
    return {"fail_reason": reason[:REASON]}


def _let_go(cloud: Cloud, backup: Backup) -> None:
    """The snapshot, or volume, is as it was, unless somebody has made it something else since."""
    source: Snapshot | Volume | None
    if backup.snapshot_id is not None:
        source, before = cloud.store.find(Snapshot, backup.snapshot_id), "available"
    else:
        source, before = (
            cloud.store.find(Volume, backup.volume_id),
            backup.memory("volume_status") or "available",
        )
    if source is not None and source.status == "backing-up":
        cloud.store.put(source.evolve(status=before, updated_at=cloud.now))


def _count(cloud: Cloud, parent_id: str | None, more: int) -> None:
    parent = cloud.store.find(Backup, parent_id)
    if parent is not None:
        dependents = max(0, parent.dependents + more)
        cloud.store.put(parent.evolve(dependents=dependents, updated_at=cloud.now))


def _tell(cloud: Cloud, backup: Backup, action: Action, detail: Detail) -> None:
    add_message(
        cloud,
        project_id=backup.project_id,
        resource_type=RESOURCE,
        resource_id=backup.id,
        action=action,
        detail=detail,
    )


# --- deleting one


def delete_backup(cloud: Cloud, backup: Backup, *, force: bool = False) -> Backup:
    """Set its deletion off; `force` in any status.  Nothing may rest on it."""
    if not force and not BACKUP.may(backup, "delete"):
        raise InvalidBackup(reason="Backup status must be available or error")
    if cloud.store.count(Backup, "parent", backup.id):
        raise InvalidBackup(reason="Incremental backups exist for this backup.")
    host = service_for(cloud, backup.availability_zone).host
    if backup.trigger in ("create", "restore"):  # the volume that waits for it is let go
        backup = BACKUP.give_up(cloud, backup, backup.status, DELETED)
    return BACKUP.start(cloud, backup, "force_delete" if force else "delete", host=host)


@BACKUP.arriving("delete", "force_delete")
def gone(cloud: Cloud, backup: Backup) -> Changes:
    if backup.object_count:  # one that was never made has not been counted
        _count(cloud, backup.parent_id, -1)
    return {}


@BACKUP.failing("delete", "force_delete")
def not_deleted(cloud: Cloud, backup: Backup, reason: str) -> Changes:
    _tell(cloud, backup, Action.BACKUP_DELETE, Detail.BACKUP_DELETE_DRIVER_ERROR)
    return {"fail_reason": reason[:REASON]}


def service_for(cloud: Cloud, zone: str | None) -> CinderService:
    """A cinder-backup that is up; NoBackupService if there is none in the zone."""
    for service in backup_services(cloud):
        if service.is_up and not service.disabled and zone in (None, "", service.availability_zone):
            return service
    raise NoBackupService


def reset_status(cloud: Cloud, backup: Backup, status: str) -> Backup:
    """What is under way goes on, and has the last word.  One that no driver ever had stays as it is."""
    host = service_for(cloud, backup.availability_zone).host
    if backup.service is None:
        return backup
    return cloud.store.put(backup.evolve(status=status, host=host, updated_at=cloud.now))


# --- services that come back


@when_back(BINARY)
def cinder_backup_is_back(cloud: Cloud, service: CinderService | VolumeBackend) -> None:
    """It finishes deletions; the rest of what it was about is lost."""
    for backup in sorted(cloud.store.by(Backup, "host", service.host), key=lambda one: one.number):
        if backup.trigger is None:
            continue
        if backup.status == "creating":
            BACKUP.give_up(cloud, backup, "error", INTERRUPTED)
        elif backup.status == "restoring":
            BACKUP.give_up(cloud, backup, "available", INTERRUPTED)
        elif backup.status == "deleting":
            BACKUP.again(cloud, backup)


@when_back(STORAGE)
def cinder_volume_is_back(cloud: Cloud, backend: CinderService | VolumeBackend) -> None:
    """It hears which volumes it was to make ready; what it was about when it died is forgotten."""
    waiting = [
        backup
        for service in backup_services(cloud)
        for backup in cloud.store.by(Backup, "host", service.host)
        if backup.cast_in_vain and (backup.trigger, backup.step) == ("create", PREPARING)
    ]
    for backup in sorted(waiting, key=lambda one: one.number):
        volume = cloud.store.find(Volume, backup.volume_id)
        if volume is not None and backend_id(volume.host or "") == backend.id:
            BACKUP.again(cloud, backup)


# --- new volumes that it is to be restored to (restoring.py)


def is_meant_for(backup: Backup, volume: Volume) -> bool:
    return backup.status == "restoring" and backup.restore_volume_id == volume.id


def forsake(cloud: Cloud, volume: Volume) -> None:
    """The new volume will never be there: its backup is free again."""
    backup = cloud.store.find(Backup, volume.memory("backup_id"))
    if backup is not None and backup.trigger is None and is_meant_for(backup, volume):
        cloud.store.put(backup.evolve(status="available", updated_at=cloud.now))
