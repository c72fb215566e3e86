"""block_device_mapping of POST /servers: the disks that a server begins with.

Local disks are checked as Nova does.  There are no volumes yet: one that is named does not exist, one that is to be
made answers 501.  Facts: spec/volumes.yaml, boot_from_volume; nova/compute/api.py, _validate_bdm.
"""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.compute import Flavor
from fakecompute.errors import BadRequest, NotImplementedHere
from fakecompute.rest.call import Call

Device = dict[str, Any]
MAX_LOCAL_DEVICES = 3  # [DEFAULT]max_local_block_devices


class InvalidMapping(BadRequest):
    message = "Block Device Mapping is Invalid: {details}"


class EphemeralTooLarge(BadRequest):
    message = (
        "Ephemeral disks requested are larger than the instance type allows. If no size is given in one block"
        " device mapping, flavor ephemeral size will be used."
    )


class SwapTooLarge(BadRequest):
    message = "Swap drive requested is larger than instance type allows."


def check_forms(call: Call, wish: dict[str, Any]) -> None:
    """One of the two syntaxes, and each device in a form that means something."""
    if wish.get("block_device_mapping") or wish.get("block_device_mapping_v2"):
        call.demand("os_compute_api:servers:create:attach_volume")
    if wish.get("block_device_mapping") and wish.get("block_device_mapping_v2"):
        raise BadRequest(
            reason="Using different block_device_mapping syntaxes is not allowed in the same request."
        )
    for device in _devices(wish):
        source = device.get("source_type")
        if source == "blank" and device.get("uuid"):
            raise InvalidMapping(details="Invalid device UUID.")
        if source != "blank" and not _uuid(device):
            raise InvalidMapping(details="Missing device UUID.")
        local = device.get("destination_type") == "local"
        if source == "image" and local and not (wish.get("image_id") and device.get("boot_index") == 0):
            raise InvalidMapping(details="Mapping image to local is not supported.")
        if local and device.get("volume_type"):
            raise InvalidMapping(
                details="Specifying a volume_type with destination_type=local is not supported."
            )


def check(wish: dict[str, Any], flavor: Flavor) -> None:
    """Together they make a server that can boot, within what the flavor has."""
    devices = _devices(wish)
    if not devices:
        return
    _check_boot_order(devices, bool(wish.get("image_id")))
    for device in devices:
        if device["source_type"] in ("volume", "snapshot"):
            raise InvalidMapping(details=f"failed to get {device['source_type']} {_uuid(device)}.")
        if device.get("destination_type") != "local":
            raise NotImplementedHere(operation="volumes that are made with a server (block_device_mapping_v2)")
    _check_sizes([device for device in devices if device["source_type"] == "blank"], flavor)
    if len(devices) + (_root(devices) is None) > MAX_LOCAL_DEVICES:
        raise InvalidMapping(details="You specified more local devices than the limit allows")


def _devices(wish: dict[str, Any]) -> list[Device]:
    old = [_modern(device) for device in wish.get("block_device_mapping") or ()]
    new = wish.get("block_device_mapping_v2") or ()
    return [device for device in (*old, *new) if not device.get("no_device")]


def _modern(device: Device) -> Device:
    """A device of the old syntax in the terms of the new."""
    source = "snapshot" if device.get("snapshot_id") else "volume"
    uuid = device.get("snapshot_id") or device.get("volume_id")
    if uuid is None and not device.get("no_device"):
        raise InvalidMapping(details="Unrecognized legacy format.")
    index = 0 if device.get("device_name", "").endswith("vda") else None
    return {**device, "source_type": source, "destination_type": "volume", "uuid": uuid, "boot_index": index}


def _uuid(device: Device) -> str | None:
    return device.get("uuid") or device.get(f"{device.get('source_type')}_id")


def _root(devices: list[Device]) -> Device | None:
    return next((device for device in devices if device.get("boot_index") == 0), None)


def _check_boot_order(devices: list[Device], with_image: bool) -> None:
    """Boot indexes run from 0 without a gap, and somebody is the root: the image, if no device is."""
    given = [device.get("boot_index") for device in devices]
    indexes = sorted(index for index in given if index is not None and index >= 0)
    if with_image and 0 not in indexes:
        indexes = [0, *indexes]
    if not indexes or indexes != list(range(len(indexes))):
        raise InvalidMapping(
            details="Boot sequence for the instance and image/block device mapping combination is not valid."
        )


def _check_sizes(blank: list[Device], flavor: Flavor) -> None:
    """Blank disks come out of what the flavor has of ephemeral and swap space."""
    swaps = [device for device in blank if device.get("guest_format") == "swap"]
    if sum(d.get("volume_size") or flavor.ephemeral for d in blank if d not in swaps) > flavor.ephemeral:
        raise EphemeralTooLarge
    if len(swaps) > 1:
        raise InvalidMapping(details="More than one swap drive requested.")
    if swaps and (swaps[0].get("volume_size") or 0) > flavor.swap:  # Nova compares GiB with MiB, and so do we
        raise SwapTooLarge
