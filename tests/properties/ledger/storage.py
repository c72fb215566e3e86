"""What must add up in Cinder, whatever has happened: limits, room in pools, and who belongs to whom."""

from __future__ import annotations

from fakecompute import Cloud
from fakecompute.domain.records.backup import Backup, Transfer
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.records.volume_group import GroupSnapshot, VolumeGroup
from fakecompute.domain.volume.moving import TARGET
from fakecompute.domain.volume.quota import in_use, limits
from fakecompute.domain.volume.storage import places

# What a volume is only while somebody works on it.
BUSY = (
    "creating", "downloading", "deleting", "extending", "retyping", "uploading", "maintenance", "reverting",
    "backing-up", "restoring-backup",
)  # fmt: skip


def assert_stored(cloud: Cloud, told: frozenset[str], *, cut_off: bool) -> None:
    """`told` are volumes whose status an operator has set; `cut_off`, work may have ended without a word."""
    _assert_limits(cloud)
    _assert_room(cloud)
    _assert_kept_together(cloud)
    for volume in cloud.store.all(Volume):
        assert volume.reserved == volume.size or (volume.trigger or "").startswith("extend"), "it will never grow"
        if cut_off or told & {volume.id, _moves_from(volume)}:
            continue
        assert volume.status not in BUSY or _is_worked_on(cloud, volume), "nobody works on a busy volume"
        first = cloud.store.find(Volume, _moves_from(volume))
        assert _moves_from(volume) is None or (first and first.is_migrating), "it is there for a move that is none"


def _assert_limits(cloud: Cloud) -> None:
    for project in cloud.store.all(Project):
        limit_of = limits(cloud, project.id)
        for resource, used in in_use(cloud, project.id).items():
            assert limit_of[resource] < 0 or used <= limit_of[resource], (project.name, resource)


def _assert_room(cloud: Cloud) -> None:
    """No pool has promised more than it may; what a volume asks to grow by is not promised yet."""
    known = {place.host for place in places(cloud)}
    assert {volume.host for volume in cloud.store.all(Volume)} <= known | {None}
    for place in places(cloud):
        volumes = cloud.store.by(Volume, "host", place.host)
        asked = sum(one.growth for one in volumes if (one.trigger or "").startswith("extend") and one.step == 0)
        assert place.allocated - asked <= place.promised(), place.host


def _assert_kept_together(cloud: Cloud) -> None:
    store = cloud.store
    for snapshot in store.all(Snapshot):
        assert store.find(Volume, snapshot.volume_id), "a snapshot outlived its volume"
        assert snapshot.group_snapshot_id is None or store.find(GroupSnapshot, snapshot.group_snapshot_id)
    for group_snapshot in store.all(GroupSnapshot):
        assert store.find(VolumeGroup, group_snapshot.group_id), "a group snapshot outlived its group"
    for volume in store.all(Volume):
        assert volume.group_id is None or store.find(VolumeGroup, volume.group_id), "a volume outlived its group"
    for transfer in store.all(Transfer):
        assert store.find(Volume, transfer.volume_id), "an offer outlived its volume"
    for backup in store.all(Backup):
        assert backup.parent_id is None or store.find(Backup, backup.parent_id), "a backup rests on nothing"


def _is_worked_on(cloud: Cloud, volume: Volume) -> bool:
    """By itself, by a backup that is made or restored, or with its group."""
    backups = cloud.store.all(Backup)
    group = cloud.store.find(VolumeGroup, volume.group_id)
    return (
        volume.trigger is not None
        or any(one.trigger is not None and volume.id in (one.volume_id, one.restore_volume_id) for one in backups)
        or (group is not None and group.trigger is not None)
        or (volume.status == "retyping" and volume.is_migrating)  # by Nova
    )


def _moves_from(volume: Volume) -> str | None:
    """The volume whose place it is to take."""
    status = volume.migration_status or ""
    return status.removeprefix(TARGET.format(id="")) if status.startswith(TARGET.format(id="")) else None
