"""Snapshots of groups: one of each volume, at the same moment.

Facts: `create_group_snapshot` and `delete_group_snapshot` of cinder/group/api.py and cinder/volume/manager.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.records.volume_group import GroupSnapshot, VolumeGroup
from fakecompute.domain.tables.volume_groups import GROUP_SNAPSHOT
from fakecompute.domain.volume.group_members import (
    check_members,
    doomed,
    mark,
    part,
    snapshots_of,
    volumes_of,
)
from fakecompute.domain.volume.groups import InvalidGroup, check_thawed
from fakecompute.domain.volume.places import snapshot_facts
from fakecompute.domain.volume.quota import check_new_snapshots
from fakecompute.domain.volume.snapshots import check_sound
from fakecompute.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class GroupSnapshotNotFound(NotFound):
    message = "GroupSnapshot {id} could not be found."


class CannotDeleteGroupSnapshot(BadRequest):
    message = (
        "Invalid GroupSnapshot: GroupSnapshot status must be available or error, and no Group can be currently using it"
        " as source for its creation."
    )


def visible_group_snapshot(cloud: Cloud, project_id: str, is_admin: bool, id: str) -> GroupSnapshot:
    snapshot = cloud.store.find(GroupSnapshot, id)
    if snapshot is None or not (is_admin or snapshot.project_id == project_id):
        raise GroupSnapshotNotFound(id=id)
    return snapshot


def create_group_snapshot(
    cloud: Cloud, group: VolumeGroup, *, project_id: str, user_id: str, name: str | None, description: str | None
) -> GroupSnapshot:
    """A snapshot of the group on its way, with those of its volumes."""
    check_thawed(cloud, group.host)
    volumes = volumes_of(cloud, group.id)
    if not volumes or group.status in ("creating", "updating"):
        raise InvalidGroup(
            reason="Source group cannot be empty or in 'creating' or 'updating' state. No group snapshot will be"
            " created."
        )
    for volume in volumes:
        check_sound(volume)
    check_new_snapshots(cloud, project_id, volumes)
    snapshot = GroupSnapshot(
        id=cloud.streams.uuid("group snapshot"),
        number=cloud.streams.number("group snapshot number"),
        project_id=project_id,
        user_id=user_id,
        group_id=group.id,
        group_type_id=group.group_type_id,
        name=name,
        description=description,
        created_at=cloud.now,
    )
    for volume in volumes:
        _keep(cloud, snapshot, volume)
    return GROUP_SNAPSHOT.start(cloud, snapshot, "create")


def _keep(cloud: Cloud, group_snapshot: GroupSnapshot, volume: Volume) -> None:
    """The snapshot of one volume, as yet without its bytes."""
    cloud.store.put(
        Snapshot(
            id=cloud.streams.uuid("snapshot"),
            number=cloud.streams.number("snapshot number"),
            project_id=group_snapshot.project_id,
            user_id=group_snapshot.user_id,
            volume_id=volume.id,
            size=volume.size,
            name=group_snapshot.name,
            description=group_snapshot.description,
            volume_type_id=volume.volume_type_id,
            encryption_key_id=volume.encryption_key_id,
            group_snapshot_id=group_snapshot.id,
            created_at=cloud.now,
        )
    )


def delete_group_snapshot(cloud: Cloud, snapshot: GroupSnapshot) -> None:
    """Set its deletion off, and that of the volumes' snapshots."""
    group = cloud.store.find(VolumeGroup, snapshot.group_id)
    check_thawed(cloud, group.host if group else None)
    copies = cloud.store.by(VolumeGroup, "source_snapshot", snapshot.id)
    if not GROUP_SNAPSHOT.may(snapshot, "delete") or any(copy.status == "creating" for copy in copies):
        raise CannotDeleteGroupSnapshot
    mark(cloud, snapshots_of(cloud, snapshot.id), "deleting")
    GROUP_SNAPSHOT.start(cloud, snapshot, "delete")


# --- what happens in its stages


@GROUP_SNAPSHOT.entering("create.creating")
def begin(cloud: Cloud, snapshot: GroupSnapshot) -> Changes:
    return {"memo": doomed(cloud, snapshots_of(cloud, snapshot.id), "snapshot.create.creating", snapshot_facts)}


@GROUP_SNAPSHOT.entering("delete.deleting")
def begin_deletion(cloud: Cloud, snapshot: GroupSnapshot) -> Changes:
    return {"memo": doomed(cloud, snapshots_of(cloud, snapshot.id), "snapshot.delete.deleting", snapshot_facts)}


@GROUP_SNAPSHOT.leaving("create.creating", "delete.deleting")
def end(cloud: Cloud, snapshot: GroupSnapshot) -> Changes:
    check_members(snapshot)
    return {}


@GROUP_SNAPSHOT.arriving("create")
def made(cloud: Cloud, snapshot: GroupSnapshot) -> Changes:
    _finish(cloud, snapshots_of(cloud, snapshot.id))
    return {}


@GROUP_SNAPSHOT.failing("create")
def not_made(cloud: Cloud, snapshot: GroupSnapshot, reason: str) -> Changes:
    fine, failed = part(snapshot, snapshots_of(cloud, snapshot.id))
    _finish(cloud, fine)
    mark(cloud, failed, "error")
    return {}


def _finish(cloud: Cloud, snapshots: list[Snapshot]) -> None:
    for one in snapshots:
        cloud.store.put(one.evolve(status="available", progress="100%", updated_at=cloud.now))


@GROUP_SNAPSHOT.arriving("delete")
def gone(cloud: Cloud, snapshot: GroupSnapshot) -> Changes:
    for one in snapshots_of(cloud, snapshot.id):
        cloud.store.drop(one)
    return {}


@GROUP_SNAPSHOT.failing("delete")
def not_deleted(cloud: Cloud, snapshot: GroupSnapshot, reason: str) -> Changes:
    """Those whose bytes are gone show it until the group snapshot is deleted again."""
    fine, failed = part(snapshot, snapshots_of(cloud, snapshot.id))
    mark(cloud, fine, "deleted")
    mark(cloud, failed, "error")
    return {}
