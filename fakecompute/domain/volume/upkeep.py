"""What is changed of a volume at once: statuses by an operator's word, whether it boots, what it says of an image.

Facts: cinder/api/contrib/admin_actions.py, cinder/volume/api.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.attachments import attach_status_of, attachments_of, reset_attach_status
from fakecompute.domain.volume.snapshots import check_thawed
from fakecompute.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class CannotReset(BadRequest):
    message = "Cannot reset-state to {status}"


class CannotResetToInUse(BadRequest):
    message = "Cannot reset-state to in-use because volume does not have any attachments."


class CannotForce(BadRequest):
    message = (
        "Invalid volume: Volume  must not be migrating, attached, belong to a group, have snapshots, awaiting a"
        " transfer, or be disassociated from snapshots after volume transfer."
    )


class InMaintenance(BadRequest):
    message = "Invalid volume: The volume cannot be updated during maintenance."


class NotFree(BadRequest):
    message = (
        "Invalid volume: Volume {id} status must be available to update readonly flag, but current status is: {status}."
    )


class MetadataHeld(BadRequest):
    message = "Invalid volume: {doing} volume metadata is not allowed for volumes in {status} status."


class NoImageMetadata(NotFound):
    message = "Glance metadata for volume/snapshot {id} cannot be found."


# --- by an operator


def reset(
    cloud: Cloud,
    volume: Volume,
    *,
    status: str | None = None,
    attach_status: str | None = None,
    migration_status: str | None = None,
) -> None:
    """Say what it is, whatever is true; work under way goes on, and has the last word.

    `detached` takes all attachments away, of which no host learns; a migration_status of `none` is none.
    """
    if status == "deleting":
        raise CannotReset(status=status)
    if status == "in-use" and not attachments_of(cloud, volume.id):
        raise CannotResetToInUse
    told = {"status": status, "migration_status": migration_status}
    changes: dict[str, str | None] = {key: value for key, value in told.items() if value}
    if migration_status == "none":
        changes["migration_status"] = None
    if attach_status == "detached":
        changes["attach_status"] = None
    volume = cloud.store.put(volume.evolve(**changes, updated_at=cloud.now))
    if attach_status:
        reset_attach_status(cloud, volume, attach_status)


def force_delete(cloud: Cloud, volume: Volume) -> None:
    """Set its deletion off, in whatever status it is; CannotForce if something holds it."""
    if volume.host is None:
        cloud.store.drop(volume)
        return
    check_thawed(cloud, volume)
    if (
        volume.is_migrating
        or attach_status_of(cloud, volume) == "attached"
        or volume.group_id is not None
        or cloud.store.count(Snapshot, "volume", volume.id)
    ):
        raise CannotForce
    VOLUME.start(cloud, volume, "force_delete")


# --- by its users


def set_bootable(cloud: Cloud, volume: Volume, bootable: bool) -> None:
    if volume.status == "maintenance":
        raise InMaintenance
    cloud.store.put(volume.evolve(bootable=bootable, updated_at=cloud.now))


def set_readonly(cloud: Cloud, volume: Volume, readonly: bool) -> None:
    if volume.status != "available":
        raise NotFree(id=volume.id, status=volume.status)
    told = {**dict(volume.admin_metadata), "readonly": str(readonly)}
    cloud.store.put(volume.evolve(admin_metadata=tuple(told.items()), updated_at=cloud.now))


def image_metadata_of(volume: Volume) -> Pairs:
    """What it says of an image; NoImageMetadata if it says nothing."""
    if not volume.image_metadata:
        raise NoImageMetadata(id=volume.id)
    return volume.image_metadata


def set_image_metadata(cloud: Cloud, volume: Volume, entries: Mapping[str, str]) -> Volume:
    """Add to it, and overwrite."""
    _check_open(volume, "Updating")
    merged = {**dict(volume.image_metadata), **entries}
    return cloud.store.put(volume.evolve(image_metadata=tuple(merged.items())))


def unset_image_metadata(cloud: Cloud, volume: Volume, key: str) -> None:
    told = dict(image_metadata_of(volume))
    if key not in told:
        raise NoImageMetadata(id=volume.id)
    _check_open(volume, "Deleting")
    del told[key]
    cloud.store.put(volume.evolve(image_metadata=tuple(told.items())))


def _check_open(volume: Volume, doing: str) -> None:
    if volume.status in ("maintenance", "uploading"):
        raise MetadataHeld(doing=doing, status=volume.status)
