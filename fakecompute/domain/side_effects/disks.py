"""What steps do besides taking time: the volumes that a server begins with, and a new image on its root volume.

Facts: `_prep_block_device`, `_cleanup_volumes`, `_shutdown_instance` and `_rebuild_volume_backed_instance` of
nova/compute/manager.py, nova/virt/block_device.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from fakecompute.domain.block_devices import VIRTIO, connector, devices_of, next_device
from fakecompute.domain.boot_images import root_of
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Attachment, Snapshot, Volume, VolumeType
from fakecompute.domain.volume.attachments import AttachmentNotFound, complete, connect, detach, reserve
from fakecompute.domain.volume.deletion import delete_volume
from fakecompute.domain.volume.ordering import Order, order_volume
from fakecompute.domain.volume.visibility import VolumeNotFound
from fakecompute.domain.volume_attachments import Refused
from fakecompute.domain.volume_moves import call_cinder, disconnect_all
from fakecompute.errors import BadRequest, FakeError
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.store import Record

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

R = TypeVar("R", bound=Record)
Changes = dict[str, Any]
MAKING = ("creating", "downloading")
PREFIXES = {"ide": "hd", "scsi": "sd", "usb": "sd", "sata": "sd", "fdc": "fd", "xen": "xvd"}  # others are virtio's
BUSES = {"cdrom": "ide", "floppy": "fdc"}  # of devices that ask for none


class SourceGone(BadRequest):
    message = "{kind} {id} could not be found."


class VolumeNotCreated(BadRequest):
    message = (
        "Volume {id} did not finish being created even after we waited {seconds} seconds or {attempts} attempts."
        " And its status is {status}."
    )


# --- the names of the devices


def name_devices(cloud: Cloud, server: Server) -> Changes:
    """As libvirt does: the root is called as it was asked for, for all others that is no more than a hint."""
    devices = [_suited(cloud, device) for device in devices_of(cloud, server.id)]
    for device in sorted(devices, key=lambda device: (device.is_volume, device.number)):
        if not device.is_root:
            cloud.store.put(device.evolve(device_name=next_device(cloud, server, _prefix(device))))
    root = root_of(cloud, server.id)
    return {"root_device_name": root.device_name} if root else {}


def _suited(cloud: Cloud, device: BlockDevice) -> BlockDevice:
    """With a bus and a type; without a name, if it is not the root."""
    kind = device.device_type or "disk"
    suited = device.evolve(device_type=kind, disk_bus=device.disk_bus or BUSES.get(kind, "virtio"))
    named = (device.device_name or f"/dev/{_prefix(suited)}a") if device.is_root else None
    return cloud.store.put(suited.evolve(device_name=named))


def _prefix(device: BlockDevice) -> str:
    return PREFIXES.get(device.disk_bus or "", VIRTIO)


# --- the volumes


def prepare(cloud: Cloud, server: Server) -> int:
    """Make, connect and attach one volume after the other; how long to wait (0: all are there)."""
    for device in devices_of(cloud, server.id):
        if not device.is_volume:
            continue
        if device.volume_id is None:
            wait = _make(cloud, server, device)
            if wait:
                return wait
            device = cloud.store.get(BlockDevice, device.id)
        attachment = cloud.store.find(Attachment, device.attachment_id)
        if attachment is None:
            raise AttachmentNotFound(id=device.attachment_id)
        if attachment.status != "attached":
            call_cinder(cloud, "volume.boot.connecting", server, device)
            complete(cloud, connect(cloud, attachment, connector(server, device)))
            cloud.store.put(device.evolve(status="attached"))
    return 0


def _make(cloud: Cloud, server: Server, device: BlockDevice) -> int:
    """Have Cinder make a volume, and look every few seconds whether it is there; then it is the server's."""
    id = device.memory("volume")
    if id is None:
        volume = _create(cloud, server, device)
        cloud.store.put(device.evolve(memo=(("volume", volume.id),)))
        return _interval(cloud)
    found = cloud.store.find(Volume, id)
    if found is None:
        raise VolumeNotFound(id=id)
    if found.status != "available":
        return _wait(cloud, found)
    attachment = reserve(cloud, found, server.id)
    cloud.store.put(device.evolve(volume_id=id, attachment_id=attachment.id, memo=()))
    return 0


def _create(cloud: Cloud, server: Server, device: BlockDevice) -> Volume:
    """In the name of the server's owner.  What Cinder has against it is told in its words."""
    order = Order(
        project_id=server.project_id,
        user_id=server.user_id,
        size=device.volume_size,
        name=f"{server.id}-blank-vol" if device.source_type == "blank" else "",
        description="",
        kind=cloud.store.one(VolumeType, "name", device.volume_type) if device.volume_type else None,
        zone=None if cloud.settings.cross_az_attach else server.availability_zone,
        snapshot=_source(cloud, Snapshot, "snapshot", device),
        image=_source(cloud, Image, "image", device),
    )
    try:
        return order_volume(cloud, order)
    except BadRequest as refusal:
        request_id = "req-" + cloud.streams.uuid("cinder request")
        raise Refused(reason=str(refusal), request_id=request_id) from None


def _source(cloud: Cloud, record: type[R], source: str, device: BlockDevice) -> R | None:
    """What a volume is to be made from, if it is of this kind; it may have gone since the server was asked for."""
    if device.source_type != source:
        return None
    id: str | None = getattr(device, f"{source}_id")
    found = cloud.store.find(record, id)
    if found is None:
        raise SourceGone(kind=source.capitalize(), id=id)
    return found


def _interval(cloud: Cloud) -> int:
    return max(cloud.settings.block_device_allocate_retries_interval, 1) * SECOND


def _wait(cloud: Cloud, volume: Volume) -> int:
    """Until Nova looks again; VolumeNotCreated if that is of no use, or was done often enough."""
    waited = cloud.now - volume.created_at
    looks, most = waited // _interval(cloud) + 1, max(cloud.settings.block_device_allocate_retries, 0) + 1
    if volume.status in MAKING and looks <= most:
        return _interval(cloud)
    raise VolumeNotCreated(
        id=volume.id, seconds=waited // SECOND, attempts=min(looks, most), status=volume.status
    )


# --- when a build fails, or is tried elsewhere


def clean_up(cloud: Cloud, server: Server) -> None:
    """A build is given up: no volume stays attached, and those that were to go with the server are gone already."""
    disconnect(cloud, server)
    for device in devices_of(cloud, server.id):
        made = device.volume_id or device.memory("volume")
        if made is None:
            continue
        cloud.store.put(device.evolve(memo=()))
        volume = cloud.store.find(Volume, made)
        if device.delete_on_termination and volume is not None:
            cloud.store.drop(device)
            _delete(cloud, volume)


def _delete(cloud: Cloud, volume: Volume) -> None:
    try:
        delete_volume(cloud, volume)
    except FakeError:  # Nova logs it, and goes on
        return


def disconnect(cloud: Cloud, server: Server) -> None:
    """The host lets go of the volumes; Nova remembers which there were."""
    for device in devices_of(cloud, server.id):
        attachment = cloud.store.find(Attachment, device.attachment_id)
        if attachment is not None:
            detach(cloud, attachment)


def renew(cloud: Cloud, server: Server) -> None:
    """The build goes on elsewhere: the volumes stay reserved for the server."""
    try:
        with cloud.transaction():
            disconnect_all(cloud, server)
    except FakeError:  # the next host finds out
        return


def let_go_of_making(cloud: Cloud, server: Server) -> int:
    """A host deletes a server when it has done with building it: how long it waits for a volume that is made."""
    for device in devices_of(cloud, server.id):
        volume = cloud.store.find(Volume, device.memory("volume"))
        if volume is None or device.volume_id is not None:
            continue
        if volume.status in MAKING:
            try:
                return _wait(cloud, volume)
            except VolumeNotCreated:
                pass
        cloud.store.put(device.evolve(volume_id=volume.id, memo=()))
    return 0
