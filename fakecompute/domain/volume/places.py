"""Which back end something is on, whether that listens, and what fault rules may match of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.identity import Project, User
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.records.volume_group import GroupSnapshot, GroupType, VolumeGroup

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def backend_of(cloud: Cloud, host: str | None) -> VolumeBackend | None:
    """The back end of a volume's host."""
    return cloud.store.find(VolumeBackend, backend_id(host)) if host else None


def reports_host(cloud: Cloud, host: str | None) -> bool:
    """Does its service run, or another of its cluster?  Where there is none, nobody could be deaf."""
    backend = backend_of(cloud, host)
    return backend is None or any(one.reporting for one in peers(cloud, backend))


def peers(cloud: Cloud, backend: VolumeBackend) -> list[VolumeBackend]:
    """The back ends of its cluster, or itself alone."""
    return cloud.store.by(VolumeBackend, "cluster", backend.cluster) if backend.cluster else [backend]


def volumes_on(cloud: Cloud, backend: VolumeBackend) -> list[Volume]:
    """In the order in which they were made."""
    hosts = (f"{backend.id}#{pool.name}" for pool in backend.pools)
    return sorted((one for host in hosts for one in cloud.store.by(Volume, "host", host)), key=lambda one: one.number)


def reports_volume(cloud: Cloud, volume: Volume) -> bool:
    return reports_host(cloud, volume.host)


def reports_snapshot(cloud: Cloud, snapshot: Snapshot) -> bool:
    volume = cloud.store.find(Volume, snapshot.volume_id)
    return volume is None or reports_volume(cloud, volume)


def project_name(cloud: Cloud, id: str) -> str | None:
    project = cloud.store.find(Project, id)
    return project.name if project else None


def owner_facts(cloud: Cloud, project_id: str, user_id: str | None) -> dict[str, Any]:
    user = cloud.store.find(User, user_id)
    return {"project": project_name(cloud, project_id), "user": user.name if user else None}


def volume_facts(cloud: Cloud, volume: Volume) -> dict[str, Any]:
    """`host` is the back end with its pool."""
    kind = cloud.store.find(VolumeType, volume.volume_type_id)
    return {
        "volume": volume.name,
        "volume.name": volume.name,
        "volume.id": volume.id,
        "volume.size": volume.size,
        "volume_type": kind.name if kind else None,
        "host": volume.host,
        "zone": volume.availability_zone,
        **owner_facts(cloud, volume.project_id, volume.user_id),
    }


def snapshot_facts(cloud: Cloud, snapshot: Snapshot) -> dict[str, Any]:
    volume = cloud.store.find(Volume, snapshot.volume_id)
    about = volume_facts(cloud, volume) if volume else {}
    mine = {"snapshot": snapshot.name, "snapshot.name": snapshot.name, "snapshot.id": snapshot.id}
    return {**about, **mine, **owner_facts(cloud, snapshot.project_id, snapshot.user_id)}


def reports_group(cloud: Cloud, group: VolumeGroup) -> bool:
    return reports_host(cloud, group.host)


def reports_group_snapshot(cloud: Cloud, snapshot: GroupSnapshot) -> bool:
    group = cloud.store.find(VolumeGroup, snapshot.group_id)
    return group is None or reports_group(cloud, group)


def group_facts(cloud: Cloud, group: VolumeGroup) -> dict[str, Any]:
    kind = cloud.store.find(GroupType, group.group_type_id)
    return {
        "group": group.name,
        "group.name": group.name,
        "group.id": group.id,
        "group_type": kind.name if kind else None,
        "host": group.host,
        "zone": group.availability_zone,
        **owner_facts(cloud, group.project_id, group.user_id),
    }


def group_snapshot_facts(cloud: Cloud, snapshot: GroupSnapshot) -> dict[str, Any]:
    group = cloud.store.find(VolumeGroup, snapshot.group_id)
    about = group_facts(cloud, group) if group else {}
    mine = {
        "group_snapshot": snapshot.name,
        "group_snapshot.name": snapshot.name,
        "group_snapshot.id": snapshot.id,
    }
    return {**about, **mine, **owner_facts(cloud, snapshot.project_id, snapshot.user_id)}
