"""What a server boots from, as an image: Glance's own, or what a volume remembers of the one it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Snapshot, Volume

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

GIB = 1 << 30
NO_PROPERTIES = frozenset(  # nova/block_device.py: VIM_IMAGE_ATTRIBUTES
    ("image_id", "image_name", "size", "checksum", "container_format", "disk_format", "min_ram", "min_disk")
)


def image_of_volume(volume: Volume) -> Image:
    """As large as the volume, whatever the image was; it has no id, for Glance knows nothing of it."""
    told = dict(volume.image_metadata)
    return Image(
        id="",
        status="active",
        min_ram=_number(told.get("min_ram")),
        min_disk=_number(told.get("min_disk")),
        size=volume.size * GIB,
        properties=tuple((key, value) for key, value in told.items() if key not in NO_PROPERTIES),
    )


def _number(text: str | None) -> int:
    """Users write into the metadata of volumes what they like."""
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 10 else 0


def image_of_server(cloud: Cloud, server: Server) -> Image | None:
    """What a server has booted from; None if nothing is known of it."""
    if server.image_id:
        return cloud.store.find(Image, server.image_id)
    root = root_of(cloud, server.id)
    if root is None or not root.is_volume:
        return None
    if root.volume_id is None and root.image_id:
        return cloud.store.find(Image, root.image_id)
    snapshot = cloud.store.find(Snapshot, root.snapshot_id)
    made_from = snapshot.volume_id if snapshot else None
    volume = cloud.store.find(Volume, root.volume_id or made_from)
    return image_of_volume(volume) if volume else None


def root_of(cloud: Cloud, server_id: str) -> BlockDevice | None:
    """The disk that a server boots from, if it was written down."""
    return next((device for device in cloud.store.by(BlockDevice, "server", server_id) if device.is_root), None)


def is_volume_backed(cloud: Cloud, server_id: str) -> bool:
    """Is its root disk a volume?"""
    root = root_of(cloud, server_id)
    return root is not None and root.is_volume
