"""Volumes that come to a server and leave it: Nova's side of an attachment, and what Cinder makes of it.

available -> reserved -> attaching -> in-use -> detaching -> available.  Facts: spec/volumes.yaml, server_side_effects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain import actions
from fakecompute.domain.actions import Caller
from fakecompute.domain.records.server import ActionEvent, Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.states import VM
from fakecompute.domain.volumes import STEP, follow, let_go, next_device, without
from fakecompute.domain.workflows import reports, struck
from fakecompute.errors import BadRequest, Conflict, FakeError, NotFound
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# what timing and fault rules call the steps
CONNECTING, ATTACHING = "volume.attach.connecting", "volume.attach.attaching"
DETACHING = "volume.detach.detaching"


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


class NotReservable(BadRequest):
    """Cinder's refusal, as Nova passes it on."""

    message = (
        "Invalid input received: Invalid volume: Volume {id} status must be available or downloading to reserve, "
        "but the current status is {status}. (HTTP 400) (Request-ID: {request_id})"
    )


class NotDetachable(BadRequest):
    """The same, for a volume that is not in use."""

    message = (
        "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be "
        "'in-use' and attach_status must be 'attached' to detach. (HTTP 400) (Request-ID: {request_id})"
    )


class HostDown(Conflict):
    message = "Service is unavailable at this time."


class Wish(NamedTuple):
    """How a volume is to be attached.  The device that one asks for is no more than a hint, which libvirt ignores."""

    tag: str | None = None
    delete_on_termination: bool = False
    multiattach: bool = True  # does the caller's version know of such volumes?


# --- to come


def check_free(volume: Volume, server: Server) -> None:
    """One server at a time; with multiattach several, each of them once."""
    if volume.attachments and not volume.multiattach:
        servers = " ".join(attachment.server_id for attachment in volume.attachments)
        raise AttachedElsewhere(id=volume.id, servers=servers)
    if volume.on(server.id):
        raise AttachedHere(id=volume.id)


def attach(
    cloud: Cloud, server: Server, caller: Caller, volume: Volume, wish: Wish, *, told: bool
) -> str | None:
    """Have the host attach a volume; the device that it will be.

    Whoever is not `told` (from 2.101) does not learn what the conductor finds wrong, either.
    """
    check_free(volume, server)
    if server.vm_state == VM.OFFLOADED:
        _attach_to_nowhere(cloud, server, caller, volume, wish)
        return None
    try:
        _check_wish(cloud, volume, wish)
    except FakeError:
        if told:
            raise
        return None
    if not reports(cloud, server.host):
        if told:
            raise HostDown  # real Nova waits for the host until it gives up, with a 500
        return None
    attachment = _reserve(cloud, server, volume, wish, next_device(cloud, server))
    action = actions.record(cloud, server, "attach_volume", caller)
    event = actions.begin(cloud, action.id, "compute_attach_volume", server.host)
    _schedule(cloud, server, CONNECTING, event.id, volume.id, attachment.id)
    return attachment.device


def _attach_to_nowhere(cloud: Cloud, server: Server, caller: Caller, volume: Volume, wish: Wish) -> None:
    """A server without a host has the volume at once, and no device until it is unshelved."""
    if wish.tag:
        raise TagOnShelved
    if volume.multiattach:
        raise MultiattachOnShelved
    _check_wish(cloud, volume, wish)
    attachment = _reserve(cloud, server, volume, wish, None)
    actions.at_once(cloud, server, "attach_volume", "api_attach_volume", caller)
    _change(cloud, volume.id, attachment, status="attached", attached_at=cloud.now)


def _check_wish(cloud: Cloud, volume: Volume, wish: Wish) -> None:
    if volume.multiattach and not wish.multiattach:
        raise MultiattachTooOld
    check_reservable(cloud, volume)


def check_reservable(cloud: Cloud, volume: Volume) -> None:
    """Cinder's check: a volume that others share may be on its way to them."""
    shared = volume.multiattach and bool(volume.attachments)
    if volume.status not in ("available", "downloading") and not (
        shared and volume.status in ("reserved", "attaching", "in-use")
    ):
        raise NotReservable(id=volume.id, status=volume.status, request_id=_request_id(cloud))


def _request_id(cloud: Cloud) -> str:
    """Of Nova's call to Cinder."""
    return "req-" + cloud.streams.uuid("cinder request")


def _reserve(cloud: Cloud, server: Server, volume: Volume, wish: Wish, device: str | None) -> Attachment:
    attachment = Attachment(
        id=cloud.streams.uuid("attachment"),
        server_id=server.id,
        device=device,
        bdm_uuid=cloud.streams.uuid("block device"),
        number=cloud.streams.number("block device number"),
        tag=wish.tag,
        delete_on_termination=wish.delete_on_termination,
    )
    follow(cloud, volume, (*volume.attachments, attachment))
    return attachment


# --- to stay


def update(cloud: Cloud, volume: Volume, attachment: Attachment, delete_on_termination: bool) -> None:
    """Whether the volume is deleted with the server; that is Nova's affair, and no change of the volume."""
    changed = attachment._replace(delete_on_termination=delete_on_termination)
    others = tuple(changed if one.id == attachment.id else one for one in volume.attachments)
    cloud.store.put(volume.evolve(attachments=others))


# --- to go


def check_detachable(cloud: Cloud, volume: Volume, attachment: Attachment) -> None:
    if volume.status != "in-use" or attachment.status != "attached":
        raise NotDetachable(request_id=_request_id(cloud))


def detach(cloud: Cloud, server: Server, caller: Caller, volume: Volume) -> None:
    """Have the host let go of a volume that is attached; without a host it goes at once, as if with the server."""
    attachment = volume.on(server.id)
    assert attachment is not None
    if server.vm_state == VM.OFFLOADED:
        actions.at_once(cloud, server, "detach_volume", "api_detach_volume", caller)
        return let_go(cloud, volume, attachment)
    check_detachable(cloud, volume, attachment)
    cloud.store.put(volume.evolve(status="detaching", updated_at=cloud.now))
    action = actions.record(cloud, server, "detach_volume", caller)
    if not reports(cloud, server.host):
        return  # the cast is heard by nobody
    event = actions.begin(cloud, action.id, "compute_detach_volume", server.host)
    _schedule(cloud, server, DETACHING, event.id, volume.id, attachment.id)


# --- what time brings


def _schedule(
    cloud: Cloud, server: Server, step: str, event_id: str, volume_id: str, attachment_id: str
) -> None:
    effect = struck(cloud, server, step)
    if effect is not None and effect.hang:
        return
    took, failure = cloud.timing.draw(cloud.streams, step, server.id, event_id), None
    if effect is not None:
        took, failure = round(took * effect.slow) + effect.delay, effect.fail
    cloud.events.add(cloud.now + took, STEP, server.id, 0, step, event_id, volume_id, attachment_id, failure)


def perform(cloud: Cloud, event: Event) -> None:
    """A step is over, unless what it was for is no more; if its host died over it, nobody takes up where it stopped."""
    match event.detail:
        case ("volume.delete.deleting",):
            if volume := cloud.store.find(Volume, event.subject):
                cloud.store.drop(volume)
        case (str(step), str(event_id), str(volume_id), str(attachment_id), failure):
            server, volume = cloud.store.get(Server, event.subject), cloud.store.find(Volume, volume_id)
            attachment = volume.on(server.id) if volume else None
            told = cloud.store.get(ActionEvent, event_id)
            if volume is None or attachment is None or attachment.id != attachment_id:
                actions.finish(cloud, told, actions.ERROR, str(VolumeNotMapped(id=volume_id)))
            elif reports(cloud, server.host):
                reason = None if failure is None else str(failure)
                _leave(cloud, server, step, told, volume, attachment, reason)


def _leave(
    cloud: Cloud,
    server: Server,
    step: str,
    told: ActionEvent,
    volume: Volume,
    attachment: Attachment,
    failure: str | None,
) -> None:
    """What a step was for; one that fails leaves everything as it was before the first."""
    if step == CONNECTING and failure is None:
        _change(cloud, volume.id, attachment, status="attaching")
        return _schedule(cloud, server, ATTACHING, told.id, volume.id, attachment.id)
    if step == ATTACHING and failure is None:
        _change(cloud, volume.id, attachment, status="attached", attached_at=cloud.now)
    elif step == DETACHING and failure is not None:
        follow(cloud, volume, volume.attachments)
    else:
        without(cloud, volume, attachment.id)
    actions.finish(cloud, told, actions.SUCCESS if failure is None else actions.ERROR, failure)


def _change(cloud: Cloud, volume_id: str, attachment: Attachment, **changes: object) -> None:
    volume = cloud.store.get(Volume, volume_id)
    changed = attachment._replace(**changes)  # type: ignore[arg-type]
    follow(cloud, volume, tuple(changed if one.id == changed.id else one for one in volume.attachments))
