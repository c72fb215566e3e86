"""The disks of a server as Nova keeps them: which there are, how they are called, what its host tells of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import Server
from fakecompute.errors import Forbidden

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

VIRTIO = "vd"  # what names of virtio's devices begin with
INITIATOR = "iqn.1993-08.org.debian:01:{host}"


class TooManyDisks(Forbidden):
    message = "The maximum allowed number of disk devices ({most}) to attach to a single instance has been exceeded."


def devices_of(cloud: Cloud, server_id: str) -> list[BlockDevice]:
    """What is written down of a server's disks, as they came to it."""
    return sorted(cloud.store.by(BlockDevice, "server", server_id), key=lambda device: device.number)


def volumes_of(cloud: Cloud, server_id: str) -> list[BlockDevice]:
    """Those that are volumes and have been made."""
    return [device for device in devices_of(cloud, server_id) if device.volume_id is not None]


def device_on(cloud: Cloud, server_id: str, volume_id: str) -> BlockDevice | None:
    """A volume's mapping to a server: there is one at most."""
    found = cloud.store.by(BlockDevice, "volume", volume_id)
    return next((device for device in found if device.server_id == server_id), None)


# --- the names of devices


def local_disks(cloud: Cloud, server: Server) -> int:
    """The block devices that nobody wrote down: the image's disk, an ephemeral one, swap."""
    written = devices_of(cloud, server.id)
    root = not any(device.is_root for device in written)
    local = [device for device in written if not device.is_volume and device.source_type == "blank"]
    swap = server.flavor.swap and not any(device.guest_format == "swap" for device in local)
    ephemeral = server.flavor.ephemeral and not any(device.guest_format != "swap" for device in local)
    return root + bool(ephemeral) + bool(swap)


def next_device(cloud: Cloud, server: Server, prefix: str = VIRTIO) -> str:
    """The first free name of a bus; the local disks have the first ones."""
    taken = {device.device_name for device in devices_of(cloud, server.id)}
    index = local_disks(cloud, server) if prefix == VIRTIO else 0
    while (name := f"/dev/{prefix}{_letters(index)}") in taken:
        index += 1
    return name


def check_room(cloud: Cloud, server: Server) -> None:
    """TooManyDisks if the host takes no more; local disks count."""
    most = cloud.settings.max_disk_devices_to_attach
    named = sum(device.device_name is not None for device in devices_of(cloud, server.id))
    if 0 <= most <= local_disks(cloud, server) + named:
        raise TooManyDisks(most=most)


def _letters(index: int) -> str:
    """a, b ... z, aa, ab ..."""
    more, last = divmod(index, 26)
    return (_letters(more - 1) if more else "") + chr(ord("a") + last)


# --- with the host


def connector(server: Server, device: BlockDevice) -> dict[str, Any]:
    """What os-brick on the server's host tells Cinder."""
    host = server.host or ""
    return {
        "platform": "x86_64",
        "os_type": "linux",
        "ip": "127.0.0.1",
        "host": host,
        "multipath": False,
        "initiator": INITIATOR.format(host=host),
        "do_local_attach": False,
        "mountpoint": device.device_name or "na",
    }
