"""Volumes that end, and the snapshots that go with them.  Facts: `delete` of cinder/volume/api.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes, NotYet
from fakecompute.domain.records.volume import Attachment, Snapshot, Volume
from fakecompute.domain.tables.volumes import SNAPSHOT, VOLUME
from fakecompute.domain.volume.backups import forsake
from fakecompute.domain.volume.snapshots import check_thawed
from fakecompute.domain.volume.transfers import forget_offers
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

RESTING = (None, "error", "success", "deleting")  # migration_status in which a volume does not move


class CannotDelete(BadRequest):
    message = (
        "Invalid volume: Volume {status} must not be migrating, attached, belong to a group, have snapshots, awaiting"
        " a transfer, or be disassociated from snapshots after volume transfer."
    )

    def __init__(self, *, force: bool = False) -> None:
        fit = "status must be available or error or error_restoring or error_extending or error_managing and"
        super().__init__(status="" if force else fit)


class SnapshotStays(BadRequest):
    message = "Snapshot {id} of the volume could not be deleted."


def delete_volume(
    cloud: Cloud, volume: Volume, *, cascade: bool = False, force: bool = False, is_admin: bool = False
) -> None:
    """Set its deletion off; one that no back end has is gone at once.  CannotDelete if something holds it.

    `cascade` takes its snapshots along, `force` deletes in any status; the projects of snapshots are no matter to
    an admin.
    """
    if volume.host is None:
        cloud.store.drop(volume)
        return
    check_thawed(cloud, volume)
    snapshots = cloud.store.by(Snapshot, "volume", volume.id)
    if (
        not (force or VOLUME.may(volume, "delete"))
        or volume.migration_status not in RESTING
        or volume.group_id is not None
        or is_attached(cloud, volume)
        or not (_may_go(volume, snapshots, force, is_admin) if cascade else not snapshots)
    ):
        raise CannotDelete(force=force)
    VOLUME.start(cloud, volume, "force_delete" if force else "delete")
    for snapshot in sorted(snapshots, key=lambda one: one.number):
        SNAPSHOT.start(cloud, snapshot, "force_delete" if force else "delete")


def is_attached(cloud: Cloud, volume: Volume) -> bool:
    """Its attach_status, in one word."""
    if volume.attach_status is not None:
        return volume.attach_status == "attached"
    return any(one.status == "attached" for one in cloud.store.by(Attachment, "volume", volume.id))


def _may_go(volume: Volume, snapshots: list[Snapshot], force: bool, is_admin: bool) -> bool:
    """May all of its snapshots be deleted?"""
    if any(one.group_snapshot_id is not None for one in snapshots):
        return False
    foreign = any(one.project_id != volume.project_id for one in snapshots)
    return force or (all(SNAPSHOT.may(one, "delete") for one in snapshots) and (is_admin or not foreign))


@VOLUME.leaving("delete.deleting", "force_delete.deleting")
def snapshots_first(cloud: Cloud, volume: Volume) -> Changes:
    """The back end deletes it after its snapshots; if one of them stays, so does the volume."""
    for snapshot in cloud.store.by(Snapshot, "volume", volume.id):
        if snapshot.status != "deleting":
            raise SnapshotStays(id=snapshot.id)
        raise NotYet  # snapshots.py wakes it
    return {}


@VOLUME.arriving("delete", "force_delete")
def gone(cloud: Cloud, volume: Volume) -> Changes:
    """Attachments that somebody forced it away from go with it."""
    forsake(cloud, volume)
    forget_offers(cloud, volume)
    for attachment in cloud.store.by(Attachment, "volume", volume.id):
        cloud.store.drop(attachment)
    return {}
