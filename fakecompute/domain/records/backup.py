"""Backups of volumes, and volumes that are offered to another project."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.walker import Walker
from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class Backup(Walker):
    """`size` in GiB is its volume's at the time; `host` is whose cinder-backup has it, None until one is found.

    `parent_id` is what an incremental one rests on.  `dependents` counts those that rest on this one, as Cinder does:
    when they are made and when they go.  `data_timestamp` is when the volume was as the backup has it.
    """

    indexes = {
        "project": lambda backup: backup.project_id,
        "volume": lambda backup: backup.volume_id,
        "snapshot": lambda backup: backup.snapshot_id,
        "parent": lambda backup: backup.parent_id,
        "host": lambda backup: backup.host,
        "restoring": lambda backup: backup.restore_volume_id if backup.status == "restoring" else None,
    }
    totals = {"project": lambda backup: (backup.project_id, (1, backup.size))}

    project_id: str
    user_id: str
    volume_id: str
    size: int
    name: str | None = None
    description: str | None = None
    container: str | None = None
    snapshot_id: str | None = None
    parent_id: str | None = None
    dependents: int = 0
    availability_zone: str | None = None
    host: str | None = None
    service: str | None = None  # the driver that wrote it
    service_metadata: str | None = None  # where the driver put it
    object_count: int = 0
    fail_reason: str | None = None
    metadata: Pairs = ()
    encryption_key_id: str | None = None
    volume_name: str | None = None  # what the volume said of itself, and of the image that it was made from
    volume_description: str | None = None
    volume_metadata: Pairs = ()
    image_metadata: Pairs = ()
    restore_volume_id: str | None = None
    data_timestamp: int | None = None
    number: int = 0  # the order of creation
    created_at: int = 0

    @property
    def is_incremental(self) -> bool:
        return self.parent_id is not None

    @property
    def has_dependent_backups(self) -> bool:
        return self.dependents > 0


@dataclass(frozen=True, kw_only=True)
class Transfer(Record):
    """An offer of a volume to whoever has its key, of which `crypt_hash` is kept; `project_id` is who offers."""

    indexes = {"project": lambda transfer: transfer.project_id, "volume": lambda transfer: transfer.volume_id}

    project_id: str
    volume_id: str
    name: str | None
    salt: str
    crypt_hash: str
    no_snapshots: bool = False
    number: int = 0  # the order of creation
    created_at: int = 0
