"""What Nova checks of the disks of a server to be, before there is a server.

Facts: `_validate_bdm` of nova/compute/api.py; `get_bdm_image_metadata` of nova/block_device.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from re import fullmatch, sub
from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.boot_disks import Disk, InvalidMapping, bare
from fakecompute.domain.boot_images import image_of_volume
from fakecompute.domain.images import find_visible
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.volume.attachments import check_reservable
from fakecompute.domain.volume.visibility import SnapshotNotFound, VolumeNotFound, visible, visible_snapshot
from fakecompute.domain.volume_attachments import MultiattachTooOld
from fakecompute.errors import BadRequest, FakeError

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

DEFAULT_ZONE = "nova"  # [DEFAULT]default_availability_zone
BUSES = frozenset("fdc ide sata scsi usb virtio xen lxc uml".split())  # nova/objects/fields.py: DiskBus
TYPES = frozenset("cdrom disk floppy fs lun".split())  # BlockDeviceType


class UnknownWord(BadRequest):
    """A disk bus, or a type of device (where Nova fails), that there is not."""

    message = "Block Device Mapping is Invalid."


class WrongOrder(BadRequest):
    message = (
        "Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping"
        " combination is not valid."
    )


class NotThere(BadRequest):
    message = "Block Device Mapping is Invalid: failed to get {kind} {id}."


class TooManyLocal(BadRequest):
    message = "Block Device Mapping is Invalid: You specified more local devices than the limit allows"


class NotBootable(BadRequest):
    message = "Block Device {id} is not bootable."


class NoSize(BadRequest):
    message = "Images with destination_type 'volume' need to have a non-zero size specified"


class NoBlankSize(BadRequest):
    message = "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size"


class EphemeralTooLarge(BadRequest):
    message = (
        "Ephemeral disks requested are larger than the instance type allows. If no size is given in one block"
        " device mapping, flavor ephemeral size will be used."
    )


class SwapTooLarge(BadRequest):
    message = "Swap drive requested is larger than instance type allows."


class NoSuchVolume(BadRequest):
    message = VolumeNotFound.message


class NoSuchSnapshot(BadRequest):
    message = SnapshotNotFound.message


class NoSuchType(BadRequest):
    message = "Volume type {name} could not be found."


class WrongZone(BadRequest):
    message = "The availability zone between the server and its attached volumes do not match: {reason}."


class NotReserved(BadRequest):
    """Cinder's refusal of an attachment, as it comes out of POST /servers."""

    message = "Invalid volume: Invalid input received: {reason} (HTTP 400) (Request-ID: {request_id})"


class Buyer(NamedTuple):
    """In whose name Nova asks Cinder and Glance."""

    project_id: str
    is_admin: bool = False


def boot_image(cloud: Cloud, buyer: Buyer, disks: Sequence[Disk], *, old: bool) -> Image | None:
    """Of a server without an image: what it boots from says the same.  NotBootable, NotThere, NoSuchSnapshot."""
    for disk in disks:
        if not (_is_first(disk) if old else disk.boot_index == 0):
            continue
        volume_id = disk.volume_id
        if disk.snapshot_id:
            try:
                volume_id = visible_snapshot(cloud, *buyer, disk.snapshot_id).volume_id
            except SnapshotNotFound:
                raise NoSuchSnapshot(id=disk.snapshot_id) from None
        if disk.image_id:
            return _image(cloud, buyer, disk.image_id)
        if volume_id:
            return _bootable(cloud, buyer, volume_id)
    return None


def _is_first(disk: Disk) -> bool:
    """In the old syntax the name tells: `a` is the letter of a disk that is booted from."""
    return fullmatch("((x?v|s|h)d)?a", sub(r"\d", "", bare(disk.device_name))) is not None


def _bootable(cloud: Cloud, buyer: Buyer, volume_id: str) -> Image:
    try:
        volume = visible(cloud, *buyer, volume_id)
    except VolumeNotFound:
        raise NotThere(kind="volume", id=volume_id) from None
    if not volume.bootable:
        raise NotBootable(id=volume_id)
    return image_of_volume(volume)


def _image(cloud: Cloud, buyer: Buyer, id: str) -> Image:
    found = find_visible(cloud, id, *buyer)
    if found is None:
        raise NotThere(kind="image", id=id)
    return found


def _snapshot(cloud: Cloud, buyer: Buyer, id: str) -> Snapshot:
    try:
        return visible_snapshot(cloud, *buyer, id)
    except SnapshotNotFound:
        raise NotThere(kind="snapshot", id=id) from None


def volumes_among(cloud: Cloud, buyer: Buyer, disks: Sequence[Disk]) -> dict[str, Volume]:
    """The volumes that there are already; NoSuchVolume if one is not."""
    found = {}
    for id in filter(None, (disk.volume_id for disk in disks)):
        try:
            found[id] = visible(cloud, *buyer, id)
        except VolumeNotFound:
            raise NoSuchVolume(id=id) from None
    return found


def zone_for(cloud: Cloud, buyer: Buyer, disks: Sequence[Disk], zone: str | None) -> str | None:
    """Where the server must be: in the zone of its volumes, if the cloud says so (cross_az_attach) and nobody else."""
    volumes = volumes_among(cloud, buyer, disks).values()
    zones = list(dict.fromkeys(volume.availability_zone or "" for volume in volumes))
    if cloud.settings.cross_az_attach or not zones:
        return zone
    if len(zones) > 1:
        raise WrongZone(reason=f"Volumes are in different availability zones: {','.join(zones)}")
    if zone is None:
        return None if zones[0] == DEFAULT_ZONE else zones[0]
    if zones[0] != zone:
        raise WrongZone(
            reason="Server and volumes are not in the same availability zone."
            f" Server is in: {zone}. Volumes are in: {zones[0]}"
        )
    return zone


def check(
    cloud: Cloud, buyer: Buyer, disks: Sequence[Disk], flavor: Flavor, *, image_id: str | None, multiattach: bool
) -> list[Disk]:
    """Together they make a server that can boot; the same disks, with the sizes and types that they will have."""
    volumes = volumes_among(cloud, buyer, disks)
    indexes = sorted(disk.boot_index for disk in disks if disk.boot_index is not None and disk.boot_index >= 0)
    if not indexes or indexes != list(range(len(indexes))):
        raise WrongOrder
    checked = [_checked(cloud, buyer, disk, volumes, image_id, multiattach) for disk in disks]
    _check_local(cloud, checked, flavor)
    return [replace(disk, volume_size=_size(disk, flavor)) for disk in checked]


def _checked(
    cloud: Cloud, buyer: Buyer, disk: Disk, volumes: dict[str, Volume], image_id: str | None, multiattach: bool
) -> Disk:
    if disk.volume_type:
        disk = replace(disk, volume_type=_type(cloud, buyer, disk.volume_type).name)
    if disk.image_id:
        if disk.image_id != image_id:
            _image(cloud, buyer, disk.image_id)
        if disk.source_type == "image" and disk.is_volume and not disk.volume_size:
            raise NoSize
    elif disk.volume_id:
        volume = volumes[disk.volume_id]
        _check_reservable(cloud, volume, multiattach)
        disk = replace(disk, volume_size=volume.size)
    elif disk.snapshot_id:
        snapshot = _snapshot(cloud, buyer, disk.snapshot_id)
        disk = replace(disk, volume_size=disk.volume_size or snapshot.size)
    elif disk.source_type == "blank" and disk.is_volume and not disk.volume_size:
        raise NoBlankSize
    if (disk.disk_bus and disk.disk_bus not in BUSES) or (disk.device_type and disk.device_type not in TYPES):
        raise UnknownWord
    return disk


def _type(cloud: Cloud, buyer: Buyer, name: str) -> VolumeType:
    store = cloud.store
    found = store.find(VolumeType, name) or store.one(VolumeType, "name", name)
    if found is None or not (found.is_public or buyer.is_admin or buyer.project_id in found.access):
        raise NoSuchType(name=name)
    return found


def _check_reservable(cloud: Cloud, volume: Volume, multiattach: bool) -> None:
    if volume.multiattach and not multiattach:
        raise MultiattachTooOld
    try:
        check_reservable(cloud, volume, None)
    except FakeError as refusal:
        request_id = "req-" + cloud.streams.uuid("cinder request")
        raise NotReserved(reason=str(refusal), request_id=request_id) from None


def _check_local(cloud: Cloud, disks: Sequence[Disk], flavor: Flavor) -> None:
    """Blank disks come out of what the flavor has of ephemeral and swap space."""
    swaps = [disk for disk in disks if disk.is_swap]
    ephemeral = sum(disk.volume_size or flavor.ephemeral for disk in disks if disk.is_blank and not disk.is_swap)
    if ephemeral > flavor.ephemeral:
        raise EphemeralTooLarge
    if len(swaps) > 1:
        raise InvalidMapping(details="More than one swap drive requested.")
    if swaps and (swaps[0].volume_size or 0) > flavor.swap:  # Nova compares GiB with MiB, and so do we
        raise SwapTooLarge
    most = cloud.settings.max_local_block_devices
    if 0 <= most < sum(disk.destination_type == "local" for disk in disks):
        raise TooManyLocal


def _size(disk: Disk, flavor: Flavor) -> int | None:
    if disk.volume_size is None and disk.is_blank:
        return flavor.swap if disk.is_swap else flavor.ephemeral
    return disk.volume_size
