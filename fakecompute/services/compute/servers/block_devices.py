"""block_device_mapping of POST /servers, in either syntax: the disks that a server begins with.

Here they are looked at one by one; what they are together is domain/boot_disks.py and boot_checks.py.
Facts: spec/volumes.yaml, boot_from_volume; nova/block_device.py, `from_api` and `from_legacy`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from fakecompute.domain import boot_checks, boot_disks
from fakecompute.domain.boot_checks import Buyer
from fakecompute.domain.boot_disks import Disk, InvalidMapping
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call

Device = dict[str, Any]


class Wished(NamedTuple):
    """The disks that were asked for, and whether it was in the old syntax: so is what asks for none."""

    disks: list[Disk]
    old: bool


class TwoSyntaxes(BadRequest):
    message = "Using different block_device_mapping syntaxes is not allowed in the same request."


class NoCertificates(BadRequest):
    message = "Image certificate validation is not supported when booting from volume"


def wished(call: Call, wish: dict[str, Any]) -> Wished:
    """One of the two syntaxes, and each device in a form that means something."""
    old, new = wish.get("block_device_mapping") or [], wish.get("block_device_mapping_v2") or []
    if old and new:
        raise TwoSyntaxes
    disks = [_disk(device, bool(wish.get("image_id"))) for device in new]
    if old or new:
        call.demand("os_compute_api:servers:create:attach_volume")
    return Wished(disks or [boot_disks.modern(device) for device in old], old=not new)


def _disk(device: Device, with_image: bool) -> Disk:
    if device.get("no_device"):
        return boot_disks.disk_of(device)
    source, id = device.get("source_type"), device.get("uuid")
    local = device.get("destination_type") == "local"
    if source == "blank" and id:
        raise InvalidMapping(details="Invalid device UUID.")
    if source != "blank" and not id:
        raise InvalidMapping(details="Missing device UUID.")
    if source == "image" and local and not (with_image and device.get("boot_index") == 0):
        raise InvalidMapping(details="Mapping image to local is not supported.")
    if device.get("volume_type") and local:
        raise InvalidMapping(details="Specifying a volume_type with destination_type=local is not supported.")
    if device.get("volume_type") and source == "volume":
        raise InvalidMapping(details="Specifying volume type to existing volume is not supported.")
    if source is None:  # Nova fails
        raise InvalidMapping(details="Some required fields are missing")
    return boot_disks.disk_of({**device, f"{source}_id": id} if id else device)


def image_of(call: Call, wish: dict[str, Any], asked: Wished) -> Image | None:
    """Without an image, a server boots from what its disks are made of."""
    if wish.get("trusted_image_certificates"):
        raise NoCertificates
    return boot_checks.boot_image(call.cloud, buyer(call), asked.disks, old=asked.old)


def merged(asked: Wished, image: Image | None, image_id: str | None, flavor: Flavor, most: int) -> list[Disk]:
    """All disks of each of the servers."""
    return boot_disks.merged(
        asked.disks, old=asked.old, image=image, image_id=image_id, flavor=flavor, several=most > 1
    )


def zone_for(call: Call, disks: list[Disk], zone: str | None) -> str | None:
    """The zone that was asked for, or that of the volumes."""
    return boot_checks.zone_for(call.cloud, buyer(call), disks, zone)


def check(call: Call, disks: list[Disk], image_id: str | None, flavor: Flavor) -> list[Disk]:
    """As they will be written down."""
    multiattach = call.since("2.60")
    return boot_checks.check(
        call.cloud, buyer(call), disks, flavor, image_id=image_id, multiattach=multiattach
    )


def buyer(call: Call) -> Buyer:
    return Buyer(call.project_id, call.is_admin)
