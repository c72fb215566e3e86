"""Snapshots: a volume as it was at a moment, on the back end of the volume.

Facts: `create_snapshot_in_db` and `delete_snapshot` of cinder/volume/api.py, the methods of the same names in
cinder/scheduler/manager.py and cinder/volume/manager.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.tables.volumes import SNAPSHOT, VOLUME
from fakecompute.domain.volume.messages import SNAPSHOT as RESOURCE
from fakecompute.domain.volume.messages import Action, Detail, add_message
from fakecompute.domain.volume.places import backend_of
from fakecompute.domain.volume.pools import NoValidBackend, place_at
from fakecompute.domain.volume.quota import check_new_snapshot
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

RESTING = (None, "none", "error", "success", "deleting")  # migration_status in which a volume does not move


class CannotSnapshot(BadRequest):
    message = "Invalid volume: {reason}"


class WrongVolumeStatus(BadRequest):
    message = "Invalid volume: Volume {id} status must be {wanted}, but current status is: {status}."


class CannotDeleteSnapshot(BadRequest):
    message = "Invalid snapshot: Snapshot {status} must not be part of a group."


class Frozen(BadRequest):
    message = "Invalid input received: Modification operations are not allowed on frozen storage backends."


def create_snapshot(
    cloud: Cloud,
    volume: Volume,
    *,
    project_id: str,
    user_id: str,
    name: str | None,
    description: str | None,
    force: bool = False,
    metadata: Pairs = (),
    group_snapshot_id: str | None = None,
) -> Snapshot:
    """A snapshot on its way; `force` also of a volume that is in use.  CannotSnapshot, or a quota's 413."""
    check_thawed(cloud, volume)
    check_fit(volume, force)
    check_new_snapshot(cloud, project_id, volume.size, volume.volume_type_id)
    snapshot = Snapshot(
        id=cloud.streams.uuid("snapshot"),
        number=cloud.streams.number("snapshot number"),
        project_id=project_id,
        user_id=user_id,
        volume_id=volume.id,
        size=volume.size,
        name=name,
        description=description,
        volume_type_id=volume.volume_type_id,
        encryption_key_id=volume.encryption_key_id,
        group_snapshot_id=group_snapshot_id,
        metadata=metadata,
        created_at=cloud.now,
    )
    return SNAPSHOT.start(cloud, snapshot, "create")


def check_thawed(cloud: Cloud, volume: Volume | None) -> None:
    """An operator may freeze a back end: what is there stays as it is."""
    backend = backend_of(cloud, volume.host) if volume else None
    if backend is not None and backend.frozen:
        raise Frozen


def check_fit(volume: Volume, force: bool) -> None:
    """May a snapshot be made of it as it is?"""
    check_sound(volume)
    wanted = ("available", "in-use") if force else ("available",)
    if volume.status not in wanted:
        raise WrongVolumeStatus(id=volume.id, wanted=", ".join(wanted), status=volume.status)


def check_sound(volume: Volume) -> None:
    """Is there something that a snapshot can be made of, and does it stand still?  All that groups ask."""
    if volume.host is None:
        told = "The snapshot cannot be created because volume has not been scheduled to any host."
    elif volume.status == "maintenance":
        told = "The snapshot cannot be created when the volume is in maintenance mode."
    elif volume.migration_status not in RESTING:
        told = "Snapshot cannot be created while volume is migrating."
    elif volume.status == "error":
        told = "The snapshot cannot be created when the volume is in error status."
    else:
        return
    raise CannotSnapshot(reason=told)


def delete_snapshot(cloud: Cloud, snapshot: Snapshot, *, force: bool = False) -> Snapshot:
    """Set its deletion off; `force` in any status.  CannotDeleteSnapshot if it has none of those that are fit."""
    check_thawed(cloud, cloud.store.find(Volume, snapshot.volume_id))
    check_deletable(snapshot, force)
    return SNAPSHOT.start(cloud, snapshot, "force_delete" if force else "delete")


def unmanage_snapshot(cloud: Cloud, snapshot: Snapshot) -> Snapshot:
    """Forget it, and leave its bytes where they are."""
    check_deletable(snapshot, force=False)
    return SNAPSHOT.start(cloud, snapshot, "unmanage")


def check_deletable(snapshot: Snapshot, force: bool) -> None:
    told = "" if force else "status must be available or error and"
    if snapshot.group_snapshot_id is not None or not (force or SNAPSHOT.may(snapshot, "delete")):
        raise CannotDeleteSnapshot(status=told)


# --- what happens in its stages


@SNAPSHOT.leaving("create.scheduling")
def schedule(cloud: Cloud, snapshot: Snapshot) -> Changes:
    """The scheduler asks whether the volume's pool is up, and has room for as much again."""
    volume = cloud.store.find(Volume, snapshot.volume_id)
    place = place_at(cloud, volume.host) if volume and volume.host else None
    if place is None or not place.backend.is_up or place.backend.disabled or place.free < snapshot.size:
        raise NoValidBackend(reason="No weighed backends available")
    return {}


@SNAPSHOT.arriving("create")
def made(cloud: Cloud, snapshot: Snapshot) -> Changes:
    return {"progress": "100%"}


@SNAPSHOT.failing("create")
def not_made(cloud: Cloud, snapshot: Snapshot, reason: str) -> Changes:
    """Users read of what the back end could not do; the scheduler says nothing."""
    if snapshot.step:
        _tell(cloud, snapshot, Action.SNAPSHOT_CREATE, Detail.SNAPSHOT_CREATE_ERROR)
    return {}


@SNAPSHOT.arriving("delete", "force_delete")
def gone(cloud: Cloud, snapshot: Snapshot) -> Changes:
    _wake(cloud, snapshot)
    return {}


def _wake(cloud: Cloud, snapshot: Snapshot) -> None:
    """Its volume may wait to be deleted after it."""
    volume = cloud.store.find(Volume, snapshot.volume_id)
    if volume is not None:
        VOLUME.wake(cloud, volume)


@SNAPSHOT.failing("delete", "force_delete", "unmanage")
def not_deleted(cloud: Cloud, snapshot: Snapshot, reason: str) -> Changes:
    _wake(cloud, snapshot)
    _tell(cloud, snapshot, Action.SNAPSHOT_DELETE, Detail.SNAPSHOT_DELETE_ERROR)
    return {}


def _tell(cloud: Cloud, snapshot: Snapshot, action: Action, detail: Detail) -> None:
    add_message(
        cloud,
        project_id=snapshot.project_id,
        resource_type=RESOURCE,
        resource_id=snapshot.id,
        action=action,
        detail=detail,
    )
