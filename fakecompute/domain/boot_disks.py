"""The disks that a server begins with: those of the request, of the image and of the flavor, as one list.

    disks = merged(wished, old=False, image=image, image_id=image.id, flavor=flavor, several=False)
    disks = check(cloud, buyer, disks, flavor, image_id=image.id, multiattach=True)     # boot_checks.py
    write(cloud, server, disks)

Facts: `_check_and_transform_bdm` of nova/compute/api.py, nova/block_device.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from re import fullmatch
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume.attachments import reserve
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

ROOT_NAME = "vda"
EPHEMERAL = r"ephemeral(0|[1-9]\d*)"
OLD = ("delete_on_termination", "snapshot_id", "volume_id", "volume_size")  # what both syntaxes have, and mean


class InvalidMapping(BadRequest):
    message = "Block Device Mapping is Invalid: {details}"


class SharedByMany(BadRequest):
    message = "Cannot attach one or more volumes to multiple instances"


class RootNameTaken(BadRequest):
    message = "The volume cannot be assigned the same device name as the root device {name}"


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A disk before there is a server for it.  `implied` ones, of image and flavor alone, are not written down."""

    source_type: str | None = None
    destination_type: str | None = None
    volume_id: str | None = None
    snapshot_id: str | None = None
    image_id: str | None = None
    volume_size: int | None = None  # GiB
    volume_type: str | None = None
    boot_index: int | None = None
    device_name: str | None = None
    device_type: str | None = None
    disk_bus: str | None = None
    guest_format: str | None = None
    tag: str | None = None
    delete_on_termination: bool = False
    no_device: bool = False
    implied: bool = False

    @property
    def is_volume(self) -> bool:
        return self.destination_type == "volume"

    @property
    def is_blank(self) -> bool:
        """Swap or an ephemeral disk."""
        return self.source_type == "blank" and self.destination_type == "local"

    @property
    def is_swap(self) -> bool:
        return self.is_blank and self.guest_format == "swap"


NAMES = tuple(field.name for field in fields(Disk) if field.name != "implied")


def root(disks: Iterable[Disk]) -> Disk | None:
    return next((disk for disk in disks if disk.boot_index == 0), None)


def bare(name: str | None) -> str:
    """`vda` of `/dev/vda`."""
    return (name or "").removeprefix("/dev/")


def _path(name: str | None) -> str | None:
    return f"/dev/{bare(name)}" if name else None


# --- the two syntaxes


def disk_of(device: dict[str, Any]) -> Disk:
    """A device of the new syntax whose source has been looked at."""
    shape = {name: device[name] for name in NAMES if device.get(name) is not None}
    shape |= {"device_name": _path(device.get("device_name")), "no_device": bool(device.get("no_device"))}
    return Disk(**shape)


def modern(device: dict[str, Any]) -> Disk:
    """A device of the old syntax in the terms of the new one."""
    shape = {name: device[name] for name in OLD if name in device}
    shape |= {"device_name": _path(device.get("device_name")), "no_device": bool(device.get("no_device"))}
    virtual = str(device.get("virtual_name"))
    if virtual == "swap" or fullmatch(EPHEMERAL, virtual):
        blank = {"source_type": "blank", "destination_type": "local", "delete_on_termination": True}
        return Disk(**{**shape, **blank, "guest_format": "swap" if virtual == "swap" else None})
    for kind in "snapshot", "volume":
        if device.get(f"{kind}_id"):
            return Disk(**shape, source_type=kind, destination_type="volume")
    if shape["no_device"]:
        return Disk(**shape)
    raise InvalidMapping(details="Unrecognized legacy format.")


def ordered(disks: Sequence[Disk], image_id: str | None, root_name: str, *, no_root: bool) -> list[Disk]:
    """The old syntax has no boot_index: the root is the device of its name, or the image."""
    if no_root:
        return [replace(disk, boot_index=-1) for disk in disks]
    found = [
        replace(disk, boot_index=0 if _is_called(disk, root_name) else None if disk.no_device else -1)
        for disk in disks
    ]
    if image_id and root(found) is None:
        return [_of_image(image_id), *found]
    return found


def _is_called(disk: Disk, root_name: str) -> bool:
    return disk.source_type in ("volume", "snapshot", "image") and bare(disk.device_name) == bare(root_name)


def _of_image(image_id: str) -> Disk:
    return Disk(
        source_type="image", destination_type="local", image_id=image_id, boot_index=0, device_type="disk",
        delete_on_termination=True, implied=True,
    )  # fmt: skip


# --- from request, image and flavor


def merged(
    wished: Sequence[Disk], *, old: bool, image: Image | None, image_id: str | None, flavor: Flavor, several: bool
) -> list[Disk]:
    """All disks of a server: the request's, then what it leaves of the image's and of the flavor's."""
    properties = dict(image.properties) if image else {}
    root_name = properties.get("root_device_name") or ROOT_NAME
    if image_id and any(disk.is_volume and bare(disk.device_name) == root_name for disk in wished):
        raise RootNameTaken(name=root_name)
    of_image = _disks_of_image(properties, flavor)
    rooted = root(of_image) is not None
    if old:
        disks = ordered(wished, image_id, root_name, no_root=rooted)
    else:
        disks = [disk for disk in wished if not (rooted and disk.boot_index == 0 and disk.source_type == "image")]
    disks = _overriding(disks, of_image)
    if several and any(disk.source_type == "volume" for disk in disks):
        raise SharedByMany
    return [*disks, *_disks_of_flavor(disks, flavor)]


def _overriding(disks: list[Disk], others: list[Disk]) -> list[Disk]:
    """Of the others those whose device is not given to another disk."""
    names = {disk.device_name for disk in disks if disk.device_name}
    return [*disks, *(other for other in others if other.device_name not in names)]


def _disks_of_flavor(disks: Sequence[Disk], flavor: Flavor) -> list[Disk]:
    blank = Disk(source_type="blank", destination_type="local", boot_index=-1, device_type="disk",
                 delete_on_termination=True, implied=True)  # fmt: skip
    found = []
    if flavor.ephemeral and not any(disk.is_blank and not disk.is_swap for disk in disks):
        found.append(replace(blank, volume_size=flavor.ephemeral))
    if flavor.swap and not any(disk.is_swap for disk in disks):
        found.append(replace(blank, volume_size=flavor.swap, guest_format="swap"))
    return found


# --- image properties: block_device_mapping, as createImage of a volume-backed server leaves it, and mappings


def _disks_of_image(properties: dict[str, str], flavor: Flavor) -> list[Disk]:
    entries = _listed(properties, "block_device_mapping")
    if properties.get("bdm_v2"):
        disks = [_from_image(entry) for entry in entries]
    else:
        old = [modern({**entry, **_shape(entry)}) for entry in entries]
        disks = ordered(old, None, properties.get("root_device_name") or ROOT_NAME, no_root=False)
    mappings = [disk for entry in _listed(properties, "mappings") for disk in _mapped(entry, flavor)]
    return _overriding(disks, mappings)


def _listed(properties: dict[str, str], name: str) -> list[dict[str, Any]]:
    """A property that holds a list of objects as JSON; what is none makes an image that nobody can boot."""
    try:
        found = json.loads(properties.get(name) or "[]")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise InvalidMapping(details=f"The image has an unreadable {name}.")
    return found


# What users may have written into an image, by its types.
_FORMS: dict[str, tuple[type, ...]] = {
    "volume_size": (int,), "boot_index": (int,), "delete_on_termination": (bool,), "no_device": (bool,),
}  # fmt: skip


def _shape(entry: dict[str, Any]) -> dict[str, Any]:
    """The fields of a disk in an entry of an image's property."""
    found: dict[str, Any] = {}
    for name in NAMES:
        value = entry.get(name)
        if value is None:
            continue
        if not isinstance(value, _FORMS.get(name, (str,))) or (isinstance(value, int) and abs(value) >= 1 << 31):
            raise InvalidMapping(details=f"The image has an unreadable {name}.")
        found[name] = value
    return found


def _from_image(entry: dict[str, Any]) -> Disk:
    shape = _shape(entry)
    if not shape.get("no_device") and "source_type" not in shape:
        raise InvalidMapping(details="Some required fields are missing")
    return disk_of(shape)


def _mapped(entry: dict[str, Any], flavor: Flavor) -> list[Disk]:
    """Swap and ephemeral disks of `mappings`, as large as the flavor has them."""
    virtual, device = str(entry.get("virtual")), str(entry.get("device"))
    if virtual != "swap" and not fullmatch(EPHEMERAL, virtual):
        return []
    swap = virtual == "swap"
    size = flavor.swap if swap else flavor.ephemeral
    return [
        Disk(
            source_type="blank", destination_type="local", device_type="disk", device_name=_path(device), boot_index=-1,
            guest_format="swap" if swap else None, delete_on_termination=True, volume_size=size,
        )
    ] if size else []  # fmt: skip


# --- written down


def write(cloud: Cloud, server: Server, disks: Iterable[Disk]) -> None:
    """The server is there: its disks are, too, and the volumes among them are kept for it."""
    for disk in disks:
        if disk.implied or disk.no_device:
            continue
        volume = cloud.store.find(Volume, disk.volume_id)
        attachment = reserve(cloud, volume, server.id) if volume else None
        shape = {name: getattr(disk, name) for name in NAMES if name not in ("no_device", "destination_type")}
        cloud.store.put(
            BlockDevice(
                id=cloud.streams.uuid("block device"),
                server_id=server.id,
                number=cloud.streams.number("block device number"),
                status="attaching" if disk.is_volume else "attached",
                attachment_id=attachment.id if attachment else None,
                destination_type=disk.destination_type or "",
                created_at=cloud.now,
                **shape,
            )
        )
