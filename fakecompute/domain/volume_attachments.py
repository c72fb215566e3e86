"""Volumes that come to a server and leave it: what Nova does on its side, and has Cinder do on the other.

Each stage changes both in one write: available -> reserved -> attaching -> in-use -> detaching -> available.  What a
stage that never ends leaves behind (a host that died over it) is what it leaves in a real cloud: a mapping and an
attachment that an operator has to take away.  Facts: spec/volumes.yaml, server_side_effects.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain import actions
from fakecompute.domain.actions import Caller
from fakecompute.domain.block_devices import check_room, connector, next_device
from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import ActionEvent, Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.states import VM
from fakecompute.domain.tables.block_devices import BLOCK_DEVICE
from fakecompute.domain.volume.attachments import (
    AttachmentNotFound,
    begin_detaching,
    complete,
    connect,
    delete_attachment,
    reserve,
    roll_detaching,
)
from fakecompute.domain.volume_moves import end_swap, let_go
from fakecompute.domain.whereabouts import reports
from fakecompute.errors import BadRequest, Conflict, FakeError, NotFound, Unauthorized

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class VolumeNotAttached(NotFound):
    message = "Instance {server_id} is not attached to volume {id}"


class VolumeNotMapped(NotFound):
    message = "No volume Block Device Mapping with id {id}."


class AttachedElsewhere(BadRequest):
    message = "Invalid volume: volume {id} is already attached to instances: {servers}"


class AttachedHere(BadRequest):
    message = "Invalid volume: volume {id} already attached"


class TagOnShelved(BadRequest):
    message = "Tagged volume attachment is not supported for shelved-offloaded instances."


class MultiattachOnShelved(BadRequest):
    message = "Attaching multiattach volumes is not supported for shelved-offloaded instances."


class MultiattachTooOld(BadRequest):
    message = "Multiattach volumes are only supported starting with compute API version 2.60."


class Refused(BadRequest):
    """Cinder's refusal, as Nova passes it on."""

    message = "Invalid input received: {reason} (HTTP 400) (Request-ID: {request_id})"


class RefusedToDetach(Refused):
    """The same, one wrapping more."""

    message = f"Invalid volume: {Refused.message}"


class OtherZone(BadRequest):
    message = (
        "Invalid volume: Instance {server_id} and volume {id} are not in the same availability_zone."
        " Instance is in {zone}. Volume is in {volume_zone}"
    )


class HostLeft(Conflict):
    """A host that attaches a volume finds that the server is gone from it."""

    message = "Instance {server_id} is not on a host."


class NotSwapped(BadRequest):
    message = "Volume {id} could not be swapped."


class HostDown(Conflict):
    message = "Service is unavailable at this time."


class TokenOver(Unauthorized):
    message = "The request you have made requires authentication. (HTTP 401)"


class Wish(NamedTuple):
    """How a volume is to be attached.  The device that one asks for is no more than a hint, which libvirt ignores."""

    tag: str | None = None
    delete_on_termination: bool = False
    multiattach: bool = True  # does the caller's version know of such volumes?


# --- to come


def check_free(cloud: Cloud, volume: Volume, server: Server) -> None:
    """One server at a time; with multiattach several, each of them once.  What Nova has written down counts alone."""
    mappings = sorted(cloud.store.by(BlockDevice, "volume", volume.id), key=lambda device: device.number)
    holders = [device.server_id for device in mappings]
    if holders and not volume.multiattach:
        raise AttachedElsewhere(id=volume.id, servers=" ".join(holders))
    if server.id in holders:
        raise AttachedHere(id=volume.id)


def attach_volume(
    cloud: Cloud, server: Server, caller: Caller, volume: Volume, wish: Wish, *, told: bool
) -> str | None:
    """Have the host attach a volume; the device that it will be.

    Whoever is not `told` (from 2.101) does not learn what host and conductor find wrong, either.
    """
    check_free(cloud, volume, server)
    if server.vm_state == VM.OFFLOADED:
        _attach_to_nowhere(cloud, server, caller, volume, wish)
        return None
    try:
        if not reports(cloud, server.host):
            raise HostDown  # real Nova waits for the host until it gives up, with a 500
        check_room(cloud, server)
        device = _reserve(cloud, server, volume, wish, next_device(cloud, server))
    except FakeError:
        if told:
            raise
        return None
    action = actions.record(cloud, server, "attach_volume", caller)
    event = actions.begin(cloud, action.id, "compute_attach_volume", server.host)
    BLOCK_DEVICE.start(cloud, device, "attach", memo=_memo(cloud, event, caller))
    return device.device_name


def _attach_to_nowhere(cloud: Cloud, server: Server, caller: Caller, volume: Volume, wish: Wish) -> None:
    """A server without a host has the volume at once, and no device until it is unshelved."""
    if wish.tag:
        raise TagOnShelved
    if volume.multiattach:
        raise MultiattachOnShelved
    device = _reserve(cloud, server, volume, wish, None)
    actions.at_once(cloud, server, "attach_volume", "api_attach_volume", caller)
    complete(cloud, cloud.store.get(Attachment, device.attachment_id or ""))
    cloud.store.put(device.evolve(status="attached"))


def check_zone(cloud: Cloud, volume: Volume, server: Server) -> None:
    """Where volumes must be in the zone of their server ([cinder]cross_az_attach)."""
    if not cloud.settings.cross_az_attach and server.availability_zone != volume.availability_zone:
        raise OtherZone(
            server_id=server.id, id=volume.id, zone=server.availability_zone, volume_zone=volume.availability_zone
        )


def reserve_for(cloud: Cloud, server: Server, volume: Volume) -> Attachment:
    """Have Cinder create an attachment; its refusal comes as Nova passes it on."""
    try:
        return reserve(cloud, volume, server.id)
    except FakeError as refusal:
        raise Refused(reason=str(refusal), request_id=cinder_request(cloud)) from None


def cinder_request(cloud: Cloud) -> str:
    """The id of Nova's call to Cinder."""
    return "req-" + cloud.streams.uuid("cinder request")


def _reserve(cloud: Cloud, server: Server, volume: Volume, wish: Wish, name: str | None) -> BlockDevice:
    check_zone(cloud, volume, server)
    if volume.multiattach and not wish.multiattach:
        raise MultiattachTooOld
    attachment = reserve_for(cloud, server, volume)
    return cloud.store.put(
        BlockDevice(
            id=cloud.streams.uuid("block device"),
            server_id=server.id,
            number=cloud.streams.number("block device number"),
            status="attaching",
            volume_id=volume.id,
            attachment_id=attachment.id,
            volume_size=volume.size,
            device_name=name,
            tag=wish.tag,
            delete_on_termination=wish.delete_on_termination,
            created_at=cloud.now,
        )
    )


def _memo(cloud: Cloud, event: ActionEvent, caller: Caller) -> tuple[tuple[str, str], ...]:
    """What a device remembers on its way: the event of the server's action, and how long Nova may ask Cinder."""
    own = cloud.settings.send_service_user_token or caller.token_until is None
    return (("event", event.id),) if own else (("event", event.id), ("token_until", str(caller.token_until)))


def check_token(cloud: Cloud, device: BlockDevice) -> None:
    """Cinder's 401, if the user's token did not last as long as the host took."""
    until = device.memory("token_until")
    if until is not None and int(until) <= cloud.now:
        raise TokenOver


def _attachment(cloud: Cloud, device: BlockDevice) -> Attachment:
    """Cinder's half; AttachmentNotFound if an operator has taken it away."""
    found = cloud.store.find(Attachment, device.attachment_id)
    if found is None:
        raise AttachmentNotFound(id=device.attachment_id)
    return found


@BLOCK_DEVICE.leaving("attach.connecting")
def connected(cloud: Cloud, device: BlockDevice) -> Changes:
    server = cloud.store.get(Server, device.server_id)
    if server.host is None:
        raise HostLeft(server_id=server.id)
    check_token(cloud, device)
    connect(cloud, _attachment(cloud, device), connector(server, device))
    return {}


@BLOCK_DEVICE.leaving("attach.attaching")
def attached(cloud: Cloud, device: BlockDevice) -> Changes:
    check_token(cloud, device)
    complete(cloud, _attachment(cloud, device))
    return {}


@BLOCK_DEVICE.arriving("attach")
def on_server(cloud: Cloud, device: BlockDevice) -> Changes:
    tell(cloud, device)
    return {}


@BLOCK_DEVICE.failing("attach")
def not_attached(cloud: Cloud, device: BlockDevice, reason: str) -> Changes:
    """Nova forgets the volume; so does Cinder, unless its back end does not answer: then its half stays behind."""
    tell(cloud, device, reason)
    for attachment in _attachments(cloud, device):
        with suppress(FakeError):  # Nova logs it
            delete_attachment(cloud, attachment)
    return {}


def _attachments(cloud: Cloud, device: BlockDevice) -> list[Attachment]:
    """Cinder's half, as far as it is there: two of them while the server is migrated live."""
    found = (cloud.store.find(Attachment, id) for id in (device.old_attachment_id, device.attachment_id))
    return [attachment for attachment in found if attachment is not None]


def tell(cloud: Cloud, device: BlockDevice, reason: str | None = None) -> None:
    """End the event of the server's action."""
    event = cloud.store.get(ActionEvent, device.memory("event") or "")
    actions.finish(cloud, event, actions.SUCCESS if reason is None else actions.ERROR, reason)


# --- to stay


def update(cloud: Cloud, device: BlockDevice, delete_on_termination: bool) -> None:
    """Whether the volume is deleted with the server; that is Nova's affair, and no change of the volume."""
    cloud.store.put(device.evolve(delete_on_termination=delete_on_termination))


# --- to go


def check_detachable(cloud: Cloud, volume: Volume) -> None:
    """Have Cinder begin to detach; its refusal comes as Nova passes it on."""
    try:
        begin_detaching(cloud, volume)
    except FakeError as refusal:
        raise RefusedToDetach(reason=str(refusal), request_id=cinder_request(cloud)) from None


def detach_volume(cloud: Cloud, server: Server, caller: Caller, volume: Volume, device: BlockDevice) -> None:
    """Have the host let go of a volume that is attached; without a host it goes at once, as if with the server."""
    if server.vm_state == VM.OFFLOADED:
        actions.at_once(cloud, server, "detach_volume", "api_detach_volume", caller)
        return let_go(cloud, server, device)
    device = end_swap(cloud, device)
    check_detachable(cloud, cloud.store.get(Volume, volume.id))
    action = actions.record(cloud, server, "detach_volume", caller)
    event = actions.begin(cloud, action.id, "compute_detach_volume", server.host)
    BLOCK_DEVICE.start(cloud, device, "detach", memo=_memo(cloud, event, caller))
    return None


@BLOCK_DEVICE.leaving("detach.disconnecting")
def disconnected(cloud: Cloud, device: BlockDevice) -> Changes:
    """The guest has let go of it: Cinder may, too.  One that an operator has taken away is as good as gone."""
    check_token(cloud, device)
    for attachment in _attachments(cloud, device):
        delete_attachment(cloud, attachment)
    return {}


@BLOCK_DEVICE.arriving("detach")
def detached(cloud: Cloud, device: BlockDevice) -> Changes:
    tell(cloud, device)
    return {}


@BLOCK_DEVICE.failing("detach")
def not_detached(cloud: Cloud, device: BlockDevice, reason: str) -> Changes:
    """If the guest holds it, it is in use as before; if Cinder fails, it is `detaching` until an operator resets it."""
    tell(cloud, device, reason)
    volume = cloud.store.find(Volume, device.volume_id)
    if volume is not None and BLOCK_DEVICE.ways["detach"].stages[device.step].name == "detaching":
        roll_detaching(cloud, volume)
    return {}
