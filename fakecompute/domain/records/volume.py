"""Volumes of Cinder, with the servers that they are attached to.  Facts: spec/volumes.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from fakecompute.domain.records.compute import Pairs
from fakecompute.kernel.store import Record

# volume_statuses and attachment_statuses
STATUSES = frozenset({
    "creating", "available", "reserved", "attaching", "in-use", "detaching", "maintenance", "deleting", "error",
    "error_deleting", "error_managing", "error_extending", "error_backing-up", "error_restoring", "extending",
    "retyping", "downloading", "uploading", "backing-up", "restoring-backup", "awaiting-transfer", "managing",
})  # fmt: skip
ATTACHMENT_STATUSES = frozenset({
    "reserved", "attaching", "attached", "detached", "error_attaching", "error_detaching", "deleted",
})  # fmt: skip


class Attachment(NamedTuple):
    """A volume on a server: Cinder's attachment and Nova's block device mapping, two rows of one fact.

    It is on the host that the server is on.
    """

    id: str
    server_id: str
    status: str = "reserved"
    device: str | None = None  # None: no host has named it yet
    attached_at: int | None = None
    mode: str = "rw"
    bdm_uuid: str = ""
    number: int = 0  # the order of a server's block devices
    boot_index: int | None = None  # 0: the root
    tag: str | None = None
    delete_on_termination: bool = False


@dataclass(frozen=True, kw_only=True)
class Volume(Record):
    """`size` is in GiB; `bootable` and `attachments` are what they say, in whatever words a view puts them."""

    indexes = {
        "project": lambda volume: volume.project_id,
        "server": lambda volume: [attachment.server_id for attachment in volume.attachments],
        "attachment": lambda volume: [attachment.id for attachment in volume.attachments],
    }

    project_id: str
    user_id: str
    size: int
    name: str | None = None
    description: str | None = None
    status: str = "creating"
    migration_status: str | None = None
    availability_zone: str = "nova"
    volume_type: str | None = None
    bootable: bool = False
    multiattach: bool = False
    encrypted: bool = False
    snapshot_id: str | None = None
    source_volid: str | None = None
    metadata: Pairs = ()
    image_metadata: Pairs = ()
    attachments: tuple[Attachment, ...] = ()
    created_at: int = 0
    updated_at: int | None = None

    def on(self, server_id: str) -> Attachment | None:
        """Its attachment to a server: there is one at most."""
        return next((one for one in self.attachments if one.server_id == server_id), None)
