"""Cinder's first nouns: volumes, their attachments, snapshots and types.  Facts: spec/volumes.yaml.

Each counts towards the totals that quotas and pools are held to; nothing is ever summed up by looking.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.walker import Walker
from fakecompute.kernel.store import Record

# spec/volumes.yaml: volume_statuses and attachment_statuses
VOLUME_STATUSES = frozenset((
    "creating", "available", "reserved", "attaching", "in-use", "detaching", "maintenance", "deleting", "error",
    "error_deleting", "error_managing", "error_extending", "error_backing-up", "error_restoring", "extending",
    "retyping", "downloading", "uploading", "backing-up", "restoring-backup", "awaiting-transfer", "managing",
    "reverting", "unmanaging", "error_unmanaging",
))  # fmt: skip
ATTACHMENT_STATUSES = (
    "reserved", "attaching", "attached", "detached", "error_attaching", "error_detaching", "deleted",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Volume(Walker):
    """`size` is in GiB; `host` is back end and pool (`storage@fast#pool`), None until it is scheduled."""

    indexes = {
        "project": lambda volume: volume.project_id,
        "host": lambda volume: volume.host,
        "type": lambda volume: volume.volume_type_id,
        "group": lambda volume: volume.group_id,
        "source": lambda volume: volume.source_volid,
        "snapshot": lambda volume: volume.snapshot_id,
        "backup": lambda volume: volume.memory("backup_id") if volume.waiting else None,
    }
    totals = {
        "project": lambda volume: (volume.project_id, (1, volume.reserved)) if volume.consumes_quota else None,
        "type": lambda volume: (
            ((volume.project_id, volume.volume_type_id), (1, volume.reserved)) if volume.consumes_quota else None
        ),
        "project_growth": lambda volume: (volume.project_id, (1, volume.growth)) if volume.promised else None,
        "type_growth": lambda volume: (
            ((volume.project_id, volume.volume_type_id), (1, volume.growth)) if volume.promised else None
        ),
        "pool": lambda volume: (volume.host, (1, volume.reserved)) if volume.host else None,
    }

    project_id: str
    user_id: str
    size: int
    name: str | None = None
    description: str | None = None
    host: str | None = None
    availability_zone: str | None = "nova"  # None: the scheduler may choose
    volume_type_id: str | None = None
    bootable: bool = False
    multiattach: bool = False
    encryption_key_id: str | None = None
    snapshot_id: str | None = None
    source_volid: str | None = None
    group_id: str | None = None
    metadata: Pairs = ()
    admin_metadata: Pairs = ()  # readonly, attached_mode
    image_metadata: Pairs = ()  # of the image that it was made from: volume_image_metadata
    attach_status: str | None = None  # as an operator has reset it; None: what its attachments make of it
    migration_status: str | None = None
    replication_status: str | None = None
    name_id: str | None = None  # of the volume that it was before a migration
    growth: int = 0  # GiB that an extension will add, while it is under way
    consumes_quota: bool = True  # not those that a migration makes for itself
    number: int = 0  # the order of creation
    launched_at: int | None = None
    created_at: int = 0

    @property
    def encrypted(self) -> bool:
        return self.encryption_key_id is not None

    @property
    def reserved(self) -> int:
        """GiB that it has or is about to have: an extension that was overtaken is none."""
        return self.size + self.growth if (self.trigger or "").startswith("extend") else self.size

    @property
    def promised(self) -> bool:
        """Is a part of it that counts still to come?"""
        return self.growth > 0 and self.consumes_quota

    @property
    def is_migrating(self) -> bool:
        """Is a migration of it under way?"""
        return self.migration_status not in (None, "deleting", "error", "success")


@dataclass(frozen=True, kw_only=True)
class Attachment(Record):
    """A volume that is meant for a server, connected to its host, or on it.

    `connector` is what the server's host told of itself, as JSON; None while nobody has.  `connection_info` is how the
    back end answered: where the host finds the volume.
    """

    indexes = {
        "volume": lambda attachment: attachment.volume_id,
        "server": lambda attachment: attachment.server_id,
        "project": lambda attachment: attachment.project_id,
    }

    volume_id: str
    project_id: str  # the volume's
    server_id: str | None = None
    status: str = "reserved"
    mode: str = "rw"
    device: str | None = None  # where the server sees it
    host: str | None = None  # that it is connected to
    connector: str | None = None
    connection_info: str | None = None
    attached_at: int | None = None
    detached_at: int | None = None
    number: int = 0  # the order of creation
    created_at: int = 0
    updated_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Snapshot(Walker):
    """`size` in GiB is its volume's at the time; it counts towards the quota of gigabytes."""

    indexes = {
        "project": lambda snapshot: snapshot.project_id,
        "volume": lambda snapshot: snapshot.volume_id,
        "group_snapshot": lambda snapshot: snapshot.group_snapshot_id,
    }
    totals = {
        "project": lambda snapshot: (
            (snapshot.project_id, (1, snapshot.size)) if snapshot.consumes_quota else None
        ),
        "type": lambda snapshot: (
            ((snapshot.project_id, snapshot.volume_type_id), (1, snapshot.size))
            if snapshot.consumes_quota
            else None
        ),
    }

    project_id: str
    user_id: str
    volume_id: str
    size: int
    name: str | None = None
    description: str | None = None
    volume_type_id: str | None = None
    encryption_key_id: str | None = None
    group_snapshot_id: str | None = None
    metadata: Pairs = ()
    progress: str = "0%"
    consumes_quota: bool = True
    number: int = 0  # the order of creation
    created_at: int = 0


class Encryption(NamedTuple):
    """How the volumes of a type are encrypted."""

    id: str
    provider: str
    control_location: str
    cipher: str | None = None
    key_size: int | None = None
    created_at: int = 0
    updated_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class VolumeType(Record):
    indexes = {"name": lambda kind: kind.name, "qos": lambda kind: kind.qos_specs_id}

    name: str
    description: str | None = None
    is_public: bool = True
    extra_specs: tuple[tuple[str, str | None], ...] = ()
    qos_specs_id: str | None = None
    access: tuple[str, ...] = ()  # projects, if it is not public
    encryption: Encryption | None = None
    number: int = 0  # the order of creation
    created_at: int = 0
    updated_at: int | None = None
