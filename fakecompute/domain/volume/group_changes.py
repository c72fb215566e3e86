"""Volumes join a group, and leave it.  Facts: `update` of cinder/group/api.py, `update_group` of the volume manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.records.volume_backend import backend_id
from fakecompute.domain.records.volume_group import VolumeGroup
from fakecompute.domain.tables.volume_groups import GROUP
from fakecompute.domain.volume.group_members import mark, volumes_of
from fakecompute.domain.volume.groups import InvalidGroup
from fakecompute.domain.volume.visibility import VolumeNotFound, visible
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

FIT_TO_JOIN = ("available", "in-use")
FIT_TO_LEAVE = ("available", "in-use", "error", "error_deleting")


class InvalidVolume(BadRequest):
    message = "Invalid volume: {reason}"


class CannotJoin(BadRequest):
    message = "Invalid volume: Cannot add volume {id} to group {group} {reason}"


class CannotLeave(BadRequest):
    message = "Invalid volume: Cannot remove volume {id} from group {group} because {reason}"


def update_group(
    cloud: Cloud,
    group: VolumeGroup,
    *,
    project_id: str,
    is_admin: bool,
    name: str | None = None,
    description: str | None = None,
    add_volumes: str | None = None,
    remove_volumes: str | None = None,
) -> VolumeGroup:
    """Another name, other volumes: ids with commas between, of those that this project or admin sees.

    A new name comes at once, and makes any group available; volumes come and go with time.
    """
    add, remove = _ids(add_volumes), _ids(remove_volumes)
    twice = [id for id in add if id in remove]
    if twice:
        raise InvalidVolume(reason=f"UUIDs {twice} are in both add and remove volume list.")
    members = volumes_of(cloud, group.id)
    for member in members:
        if member.id in add:
            add.remove(member.id)
    memo: Pairs = tuple(("add", _check_joins(cloud, group, id, project_id, is_admin).id) for id in add)
    memo += tuple(("remove", id) for id in _check_leave(group, members, remove))
    told = {"name": name, "description": description}
    changes: dict[str, Any] = {
        key: value for key, value in told.items() if value is not None and value != getattr(group, key)
    }
    if not changes and not memo:
        raise InvalidGroup(
            reason=f"Cannot update group {group.id} because no valid name, description, add_volumes, or remove_volumes"
            " were provided."
        )
    if not memo:
        return cloud.store.put(group.evolve(**changes, status="available", updated_at=cloud.now))
    if not GROUP.may(group, "update"):
        raise InvalidGroup(reason="Group status must be available.")
    return GROUP.start(cloud, group, "update", memo=memo, **changes)


def _ids(words: str | None) -> list[str]:
    return words.strip(",").split(",") if words else []


def _check_joins(cloud: Cloud, group: VolumeGroup, id: str, project_id: str, is_admin: bool) -> Volume:
    """The volume of this id, if the group can take it."""
    try:
        volume = visible(cloud, project_id, is_admin, id)
    except VolumeNotFound:
        raise CannotJoin(id=id, group=group.id, reason="because volume cannot be found.") from None
    reason = _what_keeps_out(group, volume)
    if reason is not None:
        raise CannotJoin(id=id, group=group.id, reason=reason)
    if backend_id(volume.host or "") != backend_id(group.host or ""):
        raise InvalidVolume(reason="Volume is not local to this node.")
    return volume


def _what_keeps_out(group: VolumeGroup, volume: Volume) -> str | None:
    if volume.group_id:
        return f"because it is already in group {volume.group_id}."
    if volume.project_id != group.project_id:
        return "as they belong to different projects."
    if not volume.volume_type_id:
        return "because it has no volume type."
    if volume.volume_type_id not in group.volume_types:
        return f"because volume type {volume.volume_type_id} is not supported by the group."
    if volume.status not in FIT_TO_JOIN:
        states = f"{volume.status}. Valid states are: {FIT_TO_JOIN}."
        return f"because volume is in an invalid state: {states}"
    return None


def _check_leave(group: VolumeGroup, members: list[Volume], ids: list[str]) -> list[str]:
    """The ids of those that leave."""
    leaving = [member for member in members if member.id in ids]
    for member in leaving:
        if member.status not in FIT_TO_LEAVE:
            states = f"{member.status}. Valid states are: {FIT_TO_LEAVE}."
            reason = f"volume is in an invalid state: {states}"
            raise CannotLeave(id=member.id, group=group.id, reason=reason)
    known = ",".join(member.id for member in leaving)
    for id in ids:
        if id not in known:  # a part of an id will do, as in Cinder
            raise CannotLeave(id=id, group=group.id, reason="it is not in the group.")
    return [member.id for member in leaving]


@GROUP.leaving("update.updating")
def changed(cloud: Cloud, group: VolumeGroup) -> Changes:
    for trigger, group_id in (("add", group.id), ("remove", None)):
        for volume in _concerned(cloud, group, trigger):
            cloud.store.put(volume.evolve(group_id=group_id, updated_at=cloud.now))
    return {}


@GROUP.failing("update")
def not_changed(cloud: Cloud, group: VolumeGroup, reason: str) -> Changes:
    """Who should have come or gone has not, and is in error."""
    mark(cloud, [*_concerned(cloud, group, "add"), *_concerned(cloud, group, "remove")], "error")
    return {}


def _concerned(cloud: Cloud, group: VolumeGroup, way: str) -> list[Volume]:
    """Those of the memo that are still there."""
    found = (cloud.store.find(Volume, id) for key, id in group.memo if key == way)
    return [volume for volume in found if volume is not None]
