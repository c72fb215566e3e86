"""Nova's side of a volume on a server: the block device mapping."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.domain.records.walker import Walker


@dataclass(frozen=True, kw_only=True)
class BlockDevice(Walker):
    """A disk that a server was given, or is to be made for it; those of image and flavor alone are not written down.

    `status` is what Nova is about with it: attaching, attached, detaching.  `volume_id` is None until the volume is
    made, `attachment_id` until it is reserved; `device_name` until a host has named it.  During a live migration
    `old_attachment_id` is that of the host which it leaves.
    """

    indexes = {"server": lambda device: device.server_id, "volume": lambda device: device.volume_id}

    server_id: str
    number: int  # the order in which they came to the server
    source_type: str = "volume"  # volume, snapshot, image, blank
    destination_type: str = "volume"  # volume, local
    volume_id: str | None = None
    attachment_id: str | None = None
    old_attachment_id: str | None = None
    snapshot_id: str | None = None
    image_id: str | None = None
    volume_size: int | None = None  # GiB
    volume_type: str | None = None  # name or id, as it was asked for
    boot_index: int | None = None  # 0: the root
    device_name: str | None = None
    device_type: str | None = None
    disk_bus: str | None = None
    guest_format: str | None = None
    tag: str | None = None
    delete_on_termination: bool = False
    created_at: int = 0

    @property
    def is_root(self) -> bool:
        return self.boot_index == 0

    @property
    def is_volume(self) -> bool:
        return self.destination_type == "volume"
