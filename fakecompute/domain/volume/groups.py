"""Groups of volumes that are snapshotted, copied and deleted together: how they begin and end.

Facts: cinder/group/api.py, `schedule_create_group` of cinder/scheduler/filter_scheduler.py, `create_group` and
`delete_group` of cinder/volume/manager.py.  What happens in between: group_changes.py, group_copies.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.volume import Attachment, Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VOLUME, CinderService, VolumeBackend
from fakecompute.domain.records.volume_group import GroupSnapshot, GroupType, VolumeGroup
from fakecompute.domain.tables.volume_groups import GROUP, GROUP_SNAPSHOT
from fakecompute.domain.volume.deletion import gone as volume_gone
from fakecompute.domain.volume.group_members import check_members, doomed, mark, part, volumes_of
from fakecompute.domain.volume.outages import when_back
from fakecompute.domain.volume.places import backend_of, volume_facts
from fakecompute.domain.volume.pools import NoValidBackend, Wish, weighed
from fakecompute.domain.volume.quota import check_new_group
from fakecompute.domain.volume.snapshots import Frozen
from fakecompute.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class GroupNotFound(NotFound):
    message = "Group {id} could not be found."


class InvalidGroup(BadRequest):
    message = "Invalid Group: {reason}"


class UnknownZone(BadRequest):
    message = "Invalid input received: Availability zone '{zone}' is invalid."


def visible_group(cloud: Cloud, project_id: str, is_admin: bool, id: str) -> VolumeGroup:
    group = cloud.store.find(VolumeGroup, id)
    if group is None or not (is_admin or group.project_id == project_id):
        raise GroupNotFound(id=id)
    return group


def check_thawed(cloud: Cloud, host: str | None) -> None:
    """An operator may freeze a back end: what is there stays as it is."""
    backend = backend_of(cloud, host)
    if backend is not None and backend.frozen:
        raise Frozen


# --- the beginning


def create_group(
    cloud: Cloud,
    *,
    project_id: str,
    user_id: str,
    group_type: GroupType,
    volume_types: Iterable[VolumeType],
    name: str | None,
    description: str | None,
    availability_zone: str | None,
) -> VolumeGroup:
    """A group on its way, without volumes yet."""
    usual = cloud.settings.storage_availability_zone
    zone = usual if availability_zone is None else availability_zone
    if zone not in {usual, *(backend.availability_zone for backend in cloud.store.all(VolumeBackend))}:
        raise UnknownZone(zone=zone)
    check_new_group(cloud, project_id)
    group = VolumeGroup(
        id=cloud.streams.uuid("group"),
        number=cloud.streams.number("group number"),
        project_id=project_id,
        user_id=user_id,
        group_type_id=group_type.id,
        volume_types=tuple(sorted({kind.id for kind in volume_types})),
        name=name,
        description=description,
        availability_zone=zone,
        created_at=cloud.now,
    )
    return GROUP.start(cloud, group, "create")


@GROUP.leaving("create.scheduling")
def place_group(cloud: Cloud, group: VolumeGroup) -> Changes:
    """Find a back end that suits all of its volume types: the weightiest for the first."""
    kinds = [cloud.store.find(VolumeType, id) for id in group.volume_types]
    fit = [weighed(cloud, Wish(kind=kind, zones=(group.availability_zone,))) for kind in kinds]
    shared = set.intersection(*({place.backend.id for place in places} for places in fit))
    chosen = next((place for place in fit[0] if place.backend.id in shared), None)
    if chosen is None:
        raise NoValidBackend(reason="No weighed backends available")
    return {"host": chosen.host}


@GROUP.arriving("create")
def group_made(cloud: Cloud, group: VolumeGroup) -> Changes:
    return {"created_at": cloud.now}


# --- the end


def delete_group(cloud: Cloud, group: VolumeGroup, *, delete_volumes: bool = False) -> None:
    """Set its deletion off, with its volumes if one says so; one that no back end has is gone at once.

    To delete volumes means to delete the group in whatever status, too.
    """
    if group.host is None:
        cloud.store.drop(group)
        return
    check_thawed(cloud, group.host)
    volumes = volumes_of(cloud, group.id)
    flaw = _what_holds(cloud, group, volumes, delete_volumes)
    if flaw is not None:
        raise InvalidGroup(reason=flaw)
    mark(cloud, volumes, "deleting")
    GROUP.start(cloud, group, "delete")


def _what_holds(cloud: Cloud, group: VolumeGroup, volumes: list[Volume], delete_volumes: bool) -> str | None:
    """Why a group cannot be deleted, in Cinder's order and words."""
    store = cloud.store
    if not delete_volumes and group.status not in ("available", "error"):
        return f"Group status must be available or error, but current status is: {group.status}"
    if store.count(GroupSnapshot, "group", group.id):
        return "Group has existing snapshots."
    if volumes and not delete_volumes:
        return f"Group {group.id} still contains volumes. The delete-volumes flag is required to delete it."
    for volume in volumes:
        if any(one.status == "attached" for one in store.by(Attachment, "volume", volume.id)):
            return f"Volume in group {group.id} is attached. Need to detach first."
        if store.count(Snapshot, "volume", volume.id):
            return "Volume in group still has dependent snapshots."
    if any(copy.status == "creating" for copy in store.by(VolumeGroup, "source", group.id)):
        must = (
            "Group status must be available or error and must not have dependent group snapshots"
            if delete_volumes
            else "Group must not have attached volumes, volumes with snapshots, or dependent group snapshots"
        )
        return (
            f"Cannot delete group {group.id}. {must}, and it cannot be the source for an ongoing group or group"
            " snapshot creation."
        )
    return None


@GROUP.entering("delete.deleting")
def begin_deletion(cloud: Cloud, group: VolumeGroup) -> Changes:
    return {"memo": doomed(cloud, volumes_of(cloud, group.id), "volume.delete.deleting", volume_facts)}


@GROUP.leaving("delete.deleting")
def end_deletion(cloud: Cloud, group: VolumeGroup) -> Changes:
    check_members(group)
    return {}


@GROUP.arriving("delete")
def group_gone(cloud: Cloud, group: VolumeGroup) -> Changes:
    for volume in volumes_of(cloud, group.id):
        volume_gone(cloud, volume)
        cloud.store.drop(volume)
    return {}


@GROUP.failing("delete")
def not_deleted(cloud: Cloud, group: VolumeGroup, reason: str) -> Changes:
    """Those whose bytes are gone show it until the group is deleted again."""
    fine, failed = part(group, volumes_of(cloud, group.id))
    mark(cloud, fine, "deleted")
    mark(cloud, failed, "error")
    return {}


# --- after an outage


@when_back(VOLUME)
def resume_groups(cloud: Cloud, service: VolumeBackend | CinderService) -> None:
    """A back end is back: it hears the calls that wait for it.  What it was about stays as it is until it is reset."""
    backend = cloud.store.find(VolumeBackend, service.id)
    if backend is None:
        return
    hosts = [f"{backend.id}#{pool.name}" for pool in backend.pools]
    found = [group for host in hosts for group in cloud.store.by(VolumeGroup, "host", host)]
    for group in sorted(found, key=lambda one: one.number):
        if group.trigger is not None:
            _found(cloud, group)
        for snapshot in sorted(cloud.store.by(GroupSnapshot, "group", group.id), key=lambda one: one.number):
            if snapshot.trigger is not None:
                _found_snapshot(cloud, snapshot)


def _found(cloud: Cloud, group: VolumeGroup) -> None:
    if group.cast_in_vain:
        GROUP.again(cloud, group)
    else:
        cloud.store.put(group.evolve(workflow=cloud.streams.number("workflow")))


def _found_snapshot(cloud: Cloud, snapshot: GroupSnapshot) -> None:
    if snapshot.cast_in_vain:
        GROUP_SNAPSHOT.again(cloud, snapshot)
    else:
        cloud.store.put(snapshot.evolve(workflow=cloud.streams.number("workflow")))
