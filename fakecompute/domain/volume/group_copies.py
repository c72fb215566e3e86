"""A group that begins as a copy: of another group, or of what a snapshot of one has kept.

Facts: `create_from_src` of cinder/group/api.py, `create_group_from_src` of cinder/volume/manager.py.  There a member
that could not be copied is shown as available; here it is in error, and so is its group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_group import GroupSnapshot, VolumeGroup
from fakecompute.domain.tables.volume_groups import GROUP
from fakecompute.domain.volume.group_members import (
    check_members,
    doomed,
    mark,
    part,
    snapshots_of,
    volumes_of,
)
from fakecompute.domain.volume.groups import InvalidGroup, check_thawed
from fakecompute.domain.volume.ordering import MULTIATTACH, WrongStatus
from fakecompute.domain.volume.places import volume_facts
from fakecompute.domain.volume.pools import place_at
from fakecompute.domain.volume.quota import check_new_group, check_new_volume
from fakecompute.domain.volume.storage import is_active

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def copy_group(
    cloud: Cloud,
    source: VolumeGroup | GroupSnapshot,
    *,
    project_id: str,
    user_id: str,
    name: str | None,
    description: str | None,
) -> VolumeGroup:
    """A group on its way with its volumes, on the back end and in the zone of the original."""
    check_new_group(cloud, project_id)
    original = source if isinstance(source, VolumeGroup) else cloud.store.get(VolumeGroup, source.group_id)
    group = VolumeGroup(
        id=cloud.streams.uuid("group"),
        number=cloud.streams.number("group number"),
        project_id=project_id,
        user_id=user_id,
        group_type_id=original.group_type_id,
        volume_types=original.volume_types,
        name=name,
        description=description,
        host=original.host,
        availability_zone=original.availability_zone,
        group_snapshot_id=None if source is original else source.id,
        source_group_id=source.id if source is original else None,
        created_at=cloud.now,
    )
    members = _members(cloud, group)
    place = place_at(cloud, group.host) if group.host else None
    size = sum(member.size for member in members)
    if place is None or not is_active(cloud, place.backend) or place.free < size:
        raise InvalidGroup(reason=f"No valid host to create group {group.id}.")
    check_thawed(cloud, group.host)
    if not members:
        empty = "Source Group" if source is original else "Group snapshot"
        raise InvalidGroup(reason=f"{empty} is empty. No group will be created.")
    for member in members:
        _copy_member(cloud, group, member)
    return GROUP.start(cloud, group, "create_from_src")


def _members(cloud: Cloud, group: VolumeGroup) -> list[Volume] | list[Snapshot]:
    """What its volumes are copies of."""
    if group.group_snapshot_id is not None:
        return snapshots_of(cloud, group.group_snapshot_id)
    return volumes_of(cloud, group.source_group_id) if group.source_group_id is not None else []


def _copy_member(cloud: Cloud, group: VolumeGroup, member: Volume | Snapshot) -> None:
    """A volume of the group that waits for its bytes."""
    _check_ready(member)
    check_new_volume(cloud, group.project_id, member.size, member.volume_type_id)
    snapshot = member if isinstance(member, Snapshot) else None
    kind = cloud.store.find(VolumeType, member.volume_type_id)
    encrypted = member.encryption_key_id is not None
    cloud.store.put(
        Volume(
            id=cloud.streams.uuid("volume"),
            number=cloud.streams.number("volume number"),
            project_id=group.project_id,
            user_id=group.user_id,
            size=member.size,
            host=group.host,
            availability_zone=group.availability_zone,
            volume_type_id=member.volume_type_id,
            multiattach=kind is not None and MULTIATTACH in kind.extra_specs,
            encryption_key_id=cloud.streams.uuid("encryption key") if encrypted else None,
            snapshot_id=snapshot.id if snapshot else None,
            source_volid=None if snapshot else member.id,
            group_id=group.id,
            created_at=cloud.now,
        )
    )


def _check_ready(member: Volume | Snapshot) -> None:
    if isinstance(member, Snapshot):
        noun, source, fit = "snapshot", "snapshot", ["available"]
    else:
        noun, source, fit = "volume", "source volume", ["available", "in-use"]
    if member.status not in fit:
        raise WrongStatus(noun=noun, source=source, wanted=", ".join(fit))


# --- what happens in its stage


@GROUP.entering("create_from_src.copying")
def begin_copying(cloud: Cloud, group: VolumeGroup) -> Changes:
    return {"memo": doomed(cloud, volumes_of(cloud, group.id), "volume.create.copying", volume_facts)}


@GROUP.leaving("create_from_src.copying")
def copied(cloud: Cloud, group: VolumeGroup) -> Changes:
    """The back end copies what is available alone: a volume in use was fine for the API."""
    if any(member.status != "available" for member in _members(cloud, group)):
        raise InvalidGroup(reason=f"Cannot create group {group.id}: a source is not in a valid state.")
    check_members(group)
    return {}


@GROUP.arriving("create_from_src")
def group_copied(cloud: Cloud, group: VolumeGroup) -> Changes:
    _finish(cloud, volumes_of(cloud, group.id))
    return {"created_at": cloud.now}


@GROUP.failing("create_from_src")
def not_copied(cloud: Cloud, group: VolumeGroup, reason: str) -> Changes:
    fine, failed = part(group, volumes_of(cloud, group.id))
    _finish(cloud, fine)
    mark(cloud, failed, "error")
    return {}


def _finish(cloud: Cloud, volumes: list[Volume]) -> None:
    """Copies boot if their sources do, and say the same of the image."""
    for volume in volumes:
        snapshot = cloud.store.find(Snapshot, volume.snapshot_id)
        source = cloud.store.find(Volume, snapshot.volume_id if snapshot else volume.source_volid)
        changes = {"status": "available", "created_at": cloud.now, "updated_at": cloud.now}
        if source is None:
            cloud.store.put(volume.evolve(**changes))
            continue
        cloud.store.put(
            volume.evolve(
                **changes,
                bootable=source.bootable,
                image_metadata=source.image_metadata,
                multiattach=volume.multiattach or (source.multiattach and snapshot is None),
            )
        )
