"""Images of servers, and servers from other images: createImage, createBackup, shelve, unshelve, rebuild, rescue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain import actions
from fakecompute.domain.actions import Caller
from fakecompute.domain.block_devices import devices_of
from fakecompute.domain.boot_images import image_of_server, is_volume_backed
from fakecompute.domain.images import create_empty, create_snapshot
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.servers import check_may
from fakecompute.domain.states import VM
from fakecompute.domain.volume.quota import in_use, limits
from fakecompute.domain.volume.snapshots import create_snapshot as take_snapshot
from fakecompute.domain.volume.visibility import VolumeNotFound
from fakecompute.domain.volume_attachments import Refused
from fakecompute.domain.workflows import start
from fakecompute.errors import BadRequest, Conflict, FakeError, Forbidden, TooLarge

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


# What an image tells of a disk (nova/block_device.py: get_image_mapping), and what a snapshot takes over of it.
DESCRIBED = (
    "source_type", "destination_type", "guest_format", "device_type", "disk_bus", "boot_index", "device_name",
    "delete_on_termination", "snapshot_id", "volume_id", "volume_size", "image_id", "tag", "volume_type",
)  # fmt: skip
KEPT_BY_SNAPSHOTS = ("disk_bus", "device_type", "boot_index", "delete_on_termination", "volume_size", "device_name")
UNTOLD = ("no_device", "encrypted", "encryption_secret_uuid", "encryption_format", "encryption_options")


class NoBackup(BadRequest):
    message = "Backup is not supported for volume-backed instances."


class TooManySnapshots(Forbidden):
    message = "Quota exceeded for resources: snapshots"


class ImagesFull(Forbidden):
    """Glance's 413, for which a real Nova has no words (500): as it tells of Cinder's."""

    message = "{reason}"


class OnlyOffloaded(Conflict):
    message = (
        'Specifying an availability zone or a host when unshelving server "{id}" with status "{vm_state}" is not'
        " supported. The server status must be SHELVED_OFFLOADED."
    )


class VolumesElsewhere(Conflict):
    message = (
        "The availability zone between the server and its attached volumes do not match: The specified availability"
        " zone does not match the volume {id} attached to the server. Specified availability zone is {zone}. Volume is"
        " in {volume_zone}.."
    )


class HostNotInZone(Conflict):
    message = 'Host "{host}" is not in the availability zone "{zone}".'


def create_image(
    cloud: Cloud, server: Server, caller: Caller, name: str, properties: Mapping[str, str], **memo: Any
) -> Image:
    """An image of the server, queued; the bytes come with time.  With `rotation` and `backup_type` it is a backup."""
    backup = "backup_type" in memo
    trigger = "createBackup" if backup else "createImage"
    check_may(server, trigger, True)
    if backup and is_volume_backed(cloud, server.id):
        raise NoBackup
    told = {"image_type": "backup", "backup_type": str(memo["backup_type"])} if backup else {}
    image = _snapshot(cloud, server, caller, name, {**properties, **told})
    start(cloud, server, trigger, caller, memo=(("image_id", image.id), *memo.items()))
    return image


def create_volume_image(
    cloud: Cloud, server: Server, caller: Caller, name: str, properties: Mapping[str, str]
) -> Image:
    """Of a volume-backed server: snapshots of its volumes, and an image without bytes that tells which they are.

    TooManySnapshots if Cinder has no room for them, ImagesFull if Glance has none.
    """
    check_may(server, "createImage", True)
    devices = devices_of(cloud, server.id)
    volumes = [device for device in devices if device.is_volume]
    most, used = limits(cloud, caller.project_id)["snapshots"], in_use(cloud, caller.project_id)["snapshots"]
    if 0 <= most < used + len(volumes):
        raise TooManySnapshots
    actions.at_once(cloud, server, "createImage", "api_snapshot_instance", caller)
    mapping = [_described(device) for device in devices if not device.is_volume]
    mapping += [_described(device, _snapshot_of(cloud, device, caller, name)) for device in volumes]
    base = image_of_server(cloud, server)
    told = {"root_device_name": server.root_device_name} if server.root_device_name else {}
    if mapping:
        told |= {"block_device_mapping": json.dumps(mapping), "bdm_v2": "True"}
    try:
        return create_empty(
            cloud,
            name=name,
            owner=server.project_id,
            base=base,
            min_disk=server.flavor.disk,
            properties={"base_image_ref": server.image_id or "", **properties, **told},
        )
    except TooLarge as refusal:
        raise ImagesFull(reason=str(refusal)) from None


def _snapshot_of(cloud: Cloud, device: BlockDevice, caller: Caller, name: str) -> Snapshot:
    """Cinder's words for what it refuses."""
    volume = cloud.store.find(Volume, device.volume_id)
    if volume is None:
        raise VolumeNotFound(id=device.volume_id)
    try:
        return take_snapshot(
            cloud,
            volume,
            project_id=caller.project_id,
            user_id=caller.user_id,
            name=f"snapshot for {name}",
            description=volume.description,
            force=True,
        )
    except TooLarge:
        raise TooManySnapshots from None
    except FakeError as refusal:
        request_id = "req-" + cloud.streams.uuid("cinder request")
        raise Refused(reason=str(refusal), request_id=request_id) from None


def _described(device: BlockDevice, snapshot: Snapshot | None = None) -> dict[str, Any]:
    """A disk as an image knows it: what another server is to begin with."""
    shape = {name: getattr(device, name) for name in DESCRIBED}
    if snapshot is None:
        return {**dict.fromkeys(UNTOLD), **shape}
    kept = {name: shape[name] for name in KEPT_BY_SNAPSHOTS}
    mine = {"source_type": "snapshot", "destination_type": "volume", "snapshot_id": snapshot.id}
    return {**dict.fromkeys((*UNTOLD, *DESCRIBED)), **kept, **mine}


def _snapshot(
    cloud: Cloud, server: Server, caller: Caller, name: str, properties: Mapping[str, str]
) -> Image:
    """ImagesFull if Glance takes no image more."""
    try:
        return create_snapshot(
            cloud,
            name=name,
            server_id=server.id,
            owner=server.project_id,
            user_id=caller.user_id,
            base=cloud.store.find(Image, server.image_id),
            properties=properties,
        )
    except TooLarge as refusal:
        raise ImagesFull(reason=str(refusal)) from None


def shelve(cloud: Cloud, server: Server, caller: Caller, is_admin: bool) -> None:
    """Off, with a snapshot; without a host as well, unless the cloud keeps it there for a while."""
    check_may(server, "shelve", is_admin)
    if is_volume_backed(cloud, server.id):
        start(cloud, server, "shelve_volume_backed", caller, memo=())
        return
    image = _snapshot(cloud, server, caller, f"{server.name}-shelved", {})
    trigger = "shelve" if cloud.settings.shelved_offload_time == 0 else "shelve_here"
    start(cloud, server, trigger, caller, memo=(("image_id", image.id),))


def unshelve(
    cloud: Cloud, server: Server, caller: Caller, is_admin: bool, wish: Mapping[str, str | None]
) -> None:
    """Back to a host; `wish` may name availability_zone and host if the server is offloaded."""
    check_may(server, "unshelve", is_admin)
    zone, host = wish.get("availability_zone"), wish.get("host")
    if wish and server.vm_state != VM.OFFLOADED:
        raise OnlyOffloaded(id=server.id, vm_state=server.vm_state)
    if zone is not None and not cloud.store.count(Host, "zone", zone):
        raise BadRequest(reason="The requested availability zone is not available")
    if zone is not None:
        _check_volumes_are_in(cloud, server, zone)
    changes: dict[str, Any] = {}
    if host is not None:
        found = cloud.store.one(Host, "name", host)
        if found is None:
            raise BadRequest(reason=f"Compute host {host} could not be found.")
        if zone is not None and found.availability_zone != zone:
            raise HostNotInZone(host=host, zone=zone)
    if "availability_zone" in wish:
        changes["pinned_availability_zone"] = zone
    offloaded = "unshelve_offloaded" if server.shelved_image_id else "unshelve_volume_backed"
    trigger = offloaded if server.vm_state == VM.OFFLOADED else "unshelve"
    start(cloud, server, trigger, caller, memo=(("zone", zone), ("host", host)), **changes)


def _check_volumes_are_in(cloud: Cloud, server: Server, zone: str) -> None:
    for device in [] if cloud.settings.cross_az_attach else devices_of(cloud, server.id):
        volume = cloud.store.find(Volume, device.volume_id)
        if volume is not None and volume.availability_zone != zone:
            raise VolumesElsewhere(id=volume.id, zone=zone, volume_zone=volume.availability_zone)


def rebuild(
    cloud: Cloud, server: Server, caller: Caller, is_admin: bool, *, reimage: str | None = None, **changes: Any
) -> Server:
    """The same server on a new disk; one that was stopped is stopped again.

    `reimage` is the image that the volume of a volume-backed server is to have; others have an `image_id` in `changes`.
    """
    check_may(server, "rebuild", is_admin)
    trigger = "rebuild_stopped" if server.vm_state == VM.STOPPED else "rebuild"
    memo: tuple[tuple[str, Any], ...] = (("reimage", reimage),) if reimage else ()
    if changes.get("image_id", server.image_id) != server.image_id:
        memo = (("old_image", server.image_id),)
    return start(cloud, server, trigger, caller, progress=0, memo=memo, **changes)
