"""Other bytes for a volume: those of its latest snapshot (revert), or of an image (os-reimage).

Facts: `revert_to_snapshot` and `reimage` of cinder/volume/api.py and cinder/volume/manager.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume import nova
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.creation import ImageGone, image_metadata
from fakecompute.domain.volume.moving import is_copied
from fakecompute.domain.volume.ordering import check_image
from fakecompute.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class NoSnapshots(BadRequest):
    message = "Volume {id} doesn't have any snapshots."


class NotTheLatest(BadRequest):
    message = "Specified snapshot {snapshot_id} is None or not the latest one of volume {id}."


class AnotherSize(BadRequest):
    message = (
        "Can't revert volume {id} to its latest snapshot {snapshot_id}. The volume size must be equal to the snapshot"
        " size."
    )


class NotRevertible(Conflict):
    message = (
        "Invalid {noun}: Can't revert volume {id} to its latest snapshot {snapshot_id}."
        " {whose}'s status must be 'available'."
    )


class NotReimageable(BadRequest):
    message = "Invalid volume: Volume {id} status must be {wanted}, but current status is {status}."


class SharedReimage(Conflict):
    message = "Cannot re-image a volume which is attached to more than one server."


class ImageSnapshotTooLarge(BadRequest):
    message = "Volume size must be greater than the image size. (Image: {image}, Volume: {size})."


# --- a snapshot


def latest_snapshot(cloud: Cloud, volume: Volume, id: str | None) -> Snapshot:
    """The snapshot of this id, if it is the last one that was made; a revert goes to no other."""
    snapshots = cloud.store.by(Snapshot, "volume", volume.id)
    if not snapshots:
        raise NoSnapshots(id=volume.id)
    latest = max(snapshots, key=lambda one: one.number)
    if latest.id != id:
        raise NotTheLatest(snapshot_id=id, id=volume.id)
    if latest.size != volume.size:
        raise AnotherSize(id=volume.id, snapshot_id=id)
    return latest


def revert(cloud: Cloud, volume: Volume, snapshot: Snapshot) -> Volume:
    """Set the way back off; nobody can use the snapshot meanwhile."""
    told: dict[str, Any] = {"id": volume.id, "snapshot_id": snapshot.id}
    if not VOLUME.may(volume, "revert") or is_copied(volume):
        raise NotRevertible(noun="volume", whose="Volume", **told)
    if snapshot.status != "available":
        raise NotRevertible(noun="snapshot", whose="Snapshot", **told)
    cloud.store.put(snapshot.evolve(status="restoring", updated_at=cloud.now))
    return VOLUME.start(cloud, volume, "revert", memo=(("snapshot", snapshot.id),))


def _release(cloud: Cloud, volume: Volume) -> Changes:
    """The snapshot is as it was."""
    snapshot = cloud.store.find(Snapshot, volume.memory("snapshot"))
    if snapshot is not None and snapshot.status == "restoring":
        cloud.store.put(snapshot.evolve(status="available", updated_at=cloud.now))
    return {}


@VOLUME.arriving("revert")
def reverted(cloud: Cloud, volume: Volume) -> Changes:
    return _release(cloud, volume)


@VOLUME.failing("revert")
def not_reverted(cloud: Cloud, volume: Volume, reason: str) -> Changes:
    return _release(cloud, volume)


# --- an image


def check_boot_snapshot(volume: Volume, snapshot: Snapshot) -> None:
    """The image of a server that boots from a volume has no bytes but those of a snapshot; do they fit?"""
    if snapshot.size > volume.size:
        raise ImageSnapshotTooLarge(image=snapshot.size, size=volume.size)


def reimage(cloud: Cloud, volume: Volume, image: Image, *, reserved: bool) -> Volume:
    """Set the download off; `reserved`: also if a server is about to have it, as Nova does in a rebuild."""
    if len(attachments_of(cloud, volume.id)) > 1:
        raise SharedReimage
    wanted = ("available", "error", "reserved") if reserved else ("available", "error")
    if volume.status not in wanted or is_copied(volume):
        raise NotReimageable(id=volume.id, wanted=" or ".join(wanted), status=volume.status)
    check_image(image, volume.size)
    return VOLUME.start(cloud, volume, "reimage", memo=(("image", image.id),))


@VOLUME.leaving("reimage.downloading")
def downloaded(cloud: Cloud, volume: Volume) -> Changes:
    image = cloud.store.find(Image, volume.memory("image"))
    if image is None:
        raise ImageGone(id=volume.memory("image"))
    told = tuple(pair for pair in image_metadata(image) if pair[0] != "signature_verified")
    return {"bootable": True, "image_metadata": told}


@VOLUME.arriving("reimage")
def reimaged(cloud: Cloud, volume: Volume) -> Changes:
    """Nova waits for it, and may go on with it at once."""
    if volume.previous_status != "reserved":
        return {}
    nova.tell(cloud, cloud.store.put(volume.evolve(status="reserved")), "volume-reimaged")
    return {"status": cloud.store.get(Volume, volume.id).status}
