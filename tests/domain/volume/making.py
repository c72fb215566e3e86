"""Volumes and what hangs on them: what the tests of Cinder's side share."""

from __future__ import annotations

from typing import Any

from fakecompute import Cloud
from fakecompute.domain.records.backup import Backup
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_backend import CinderService, VolumeBackend, backend_id
from fakecompute.domain.records.volume_group import GroupSnapshot, GroupType, VolumeGroup
from fakecompute.domain.records.volume_message import VolumeMessage
from fakecompute.domain.volume.backups import create_backup
from fakecompute.domain.volume.creation import create_volume
from fakecompute.domain.volume.group_snapshots import create_group_snapshot
from fakecompute.domain.volume.group_types import create_group_type
from fakecompute.domain.volume.groups import create_group
from fakecompute.domain.volume.snapshots import create_snapshot


def project(cloud: Cloud, name: str = "demo") -> str:
    found = cloud.store.one(Project, "name", ("default", name))
    assert found is not None
    return found.id


def volume(cloud: Cloud, size: int = 1, owner: str = "demo", **fields: Any) -> Volume:
    """One that is available."""
    made = create_volume(cloud, project_id=project(cloud, owner), user_id="user", size=size, **fields)
    cloud.settle()
    return fresh(cloud, made)


def in_use(cloud: Cloud, **fields: Any) -> Volume:
    return cloud.store.put(volume(cloud, **fields).evolve(status="in-use"))


def snapshot(cloud: Cloud, of: Volume, **fields: Any) -> Snapshot:
    """One on its way."""
    told = {"project_id": of.project_id, "user_id": "user", "name": "s", "description": None, **fields}
    return create_snapshot(cloud, of, **told)


def backup(cloud: Cloud, of: Volume, **fields: Any) -> Backup:
    """One on its way."""
    return create_backup(cloud, of, **{"project_id": of.project_id, "user_id": "user", **fields})


def settled(cloud: Cloud, record: Any) -> Any:
    cloud.settle()
    return fresh(cloud, record)


def fresh(cloud: Cloud, record: Any) -> Any:
    return cloud.store.get(type(record), record.id)


def status(cloud: Cloud, record: Any) -> str | None:
    """None for what is gone."""
    found = cloud.store.find(type(record), record.id)
    return found.status if found else None


def walk_of(cloud: Cloud, *records: Any) -> list[tuple[str | None, ...]]:
    """The statuses that they pass through together until nothing more happens."""
    seen: list[tuple[str | None, ...]] = []
    while True:
        now = tuple(status(cloud, record) for record in records)
        if not seen or seen[-1] != now:
            seen.append(now)
        if (due := cloud.events.next_due()) is None:
            return seen
        cloud.clock.advance(max(0, due - cloud.clock.now()))
        cloud.catch_up()


def backend(cloud: Cloud, of: Volume) -> VolumeBackend:
    return cloud.store.get(VolumeBackend, backend_id(of.host or ""))


def backup_service(cloud: Cloud) -> CinderService:
    (found,) = cloud.store.by(CinderService, "binary", "cinder-backup")
    return found


def messages(cloud: Cloud) -> list[tuple[str, str, str]]:
    """Types, actions and details, in their order."""
    found = sorted(cloud.store.all(VolumeMessage), key=lambda message: message.number)
    return [(message.resource_type, message.action_id, message.detail_id) for message in found]


def group_type(cloud: Cloud, name: str = "together", **fields: Any) -> GroupType:
    return cloud.store.one(GroupType, "name", name) or create_group_type(cloud, name, **fields)


def group(cloud: Cloud, *kinds: str, owner: str = "demo", volumes: int = 0, **fields: Any) -> VolumeGroup:
    """One that is available, with as many volumes of its first type; or in error, if there is no place for it."""
    types = [cloud.store.one(VolumeType, "name", name) for name in kinds or ("__DEFAULT__",)]
    told = {"name": "g", "description": None, "availability_zone": None, **fields}
    made = create_group(
        cloud,
        project_id=project(cloud, owner),
        user_id="user",
        group_type=told.pop("group_type", None) or group_type(cloud),
        volume_types=[kind for kind in types if kind],
        **told,
    )
    cloud.settle()
    for _ in range(volumes):
        volume(cloud, owner=owner, volume_type_id=types[0] and types[0].id, group_id=made.id)
    return fresh(cloud, made)


def group_snapshot(cloud: Cloud, of: VolumeGroup, **fields: Any) -> GroupSnapshot:
    """One on its way."""
    told = {"project_id": of.project_id, "user_id": "user", "name": "gs", "description": None, **fields}
    return create_group_snapshot(cloud, of, **told)
