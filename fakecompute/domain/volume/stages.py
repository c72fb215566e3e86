"""All modules that declare what stages do: whoever imports this has whole lifecycles."""

from __future__ import annotations

from fakecompute.domain import volume_attachments, volume_swaps
from fakecompute.domain.image_tasks import LIFECYCLES as IMAGE_LIFECYCLES
from fakecompute.domain.tables.backups import BACKUP
from fakecompute.domain.tables.block_devices import BLOCK_DEVICE
from fakecompute.domain.tables.volume_groups import GROUP, GROUP_SNAPSHOT
from fakecompute.domain.tables.volumes import SNAPSHOT, VOLUME
from fakecompute.domain.volume import (
    backup_records,
    creation,
    deletion,
    extending,
    group_changes,
    group_copies,
    group_snapshots,
    groups,
    managing,
    migrating,
    restoring,
    retyping,
    rewriting,
    snapshots,
    uploading,
)

__all__ = [
    "LIFECYCLES",
    "backup_records",
    "creation",
    "deletion",
    "extending",
    "group_changes",
    "group_copies",
    "group_snapshots",
    "groups",
    "managing",
    "migrating",
    "restoring",
    "retyping",
    "rewriting",
    "snapshots",
    "uploading",
    "volume_attachments",
    "volume_swaps",
]

LIFECYCLES = (VOLUME, SNAPSHOT, BACKUP, GROUP, GROUP_SNAPSHOT, BLOCK_DEVICE, *IMAGE_LIFECYCLES)
