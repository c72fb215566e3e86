"""Cinder's attachments: reserved for a server, connected to its host, completed, and gone again.

    reserve -> reserved     connect -> attaching     complete -> attached     delete_attachment -> gone

The volume's status is that of the attachment that is furthest.  Nova calls these in its steps, everybody else
through /attachments; both find the same records.  Facts: cinder/volume/api.py, cinder/db/api.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.volume.connections import connection_to, flat
from fakecompute.domain.volume.places import reports_volume
from fakecompute.errors import BadRequest, Conflict, NotFound, ServiceUnavailable

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

RESERVABLE = ("available", "downloading")
SHARED_RESERVABLE = ("available", "in-use", "downloading")
# attached, attaching, detaching, reserved: the first in the alphabet is the furthest
OF_VOLUME = {"attached": "in-use", "detached": "available"}
BY_ATTACHMENTS = ("available", "reserved", "attaching", "in-use")  # what they can make of a volume
RESTING = (None, "deleting", "error", "success")  # migration_status of volumes that do not migrate
UNSAID = "null"  # the mode of an attachment that nobody has named: the connector may
LONGEST = 255  # characters of a host or a mount point


class NotReservable(BadRequest):
    message = (
        "Invalid volume: Volume {id} status must be {statuses} to reserve, but the current status is {status}."
    )


class VolumeInError(BadRequest):
    message = (
        "Invalid volume: Volume attachments can not be created if the volume is in an error state."
        " The Volume {id} currently has a status of: {status} "
    )


class UpdateInError(Conflict):
    message = (
        "Resource conflict: Volume attachments can not be updated if the volume is in an error state."
        " The Volume {id} currently has a status of: {status} "
    )


class SecondConnection(Conflict):
    message = "Resource conflict: duplicate connectors detected on volume {id}"


class AttachmentNotFound(NotFound):
    message = "Volume attachment could not be found with filter: attachment_id = {id}."


class NotDetachable(BadRequest):
    message = (
        "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached'"
        " to detach."
    )


class NovaHasIt(Conflict):
    """Only Nova's own service user may take away what a server has."""

    message = "ConflictNovaUsingAttachment: Detach volume from instance {server_id} using the Compute API"


class BackendSilent(ServiceUnavailable):
    """A real Cinder waits for its back end until it gives up, with a 500."""

    message = "The back end of volume {id} does not answer."


class BadConnector(BadRequest):
    message = "Invalid input received: Connector has no usable {name}"


def attachments_of(cloud: Cloud, volume_id: str) -> list[Attachment]:
    """In the order in which they were made."""
    return sorted(cloud.store.by(Attachment, "volume", volume_id), key=lambda one: one.number)


# --- to come


def reserve(cloud: Cloud, volume: Volume, server_id: str | None, *, mode: str = UNSAID) -> Attachment:
    """Keep a volume for a server; NotReservable unless it is free, or theirs already, as in a move to another host."""
    status = check_reservable(cloud, volume, server_id)
    readonly = "readonly" in dict(volume.admin_metadata)  # whatever it says: so Cinder does
    attachment = Attachment(
        id=cloud.streams.uuid("attachment"),
        volume_id=volume.id,
        project_id=volume.project_id,
        server_id=server_id,
        mode="ro" if readonly else mode,
        number=cloud.streams.number("attachment number"),
        created_at=cloud.now,
    )
    if status != volume.status:
        cloud.store.put(volume.evolve(status=status, updated_at=cloud.now))
    return cloud.store.put(attachment)


def check_reservable(cloud: Cloud, volume: Volume, server_id: str | None) -> str:
    """May it be reserved for a server?  The status that it would have."""
    if "error" in volume.status:
        raise VolumeInError(id=volume.id, status=volume.status)
    fit = SHARED_RESERVABLE if volume.multiattach else RESERVABLE
    if volume.status in fit:
        return "reserved"
    if volume.status in ("in-use", "reserved") and _is_of(cloud, volume, server_id):
        return volume.status
    raise NotReservable(id=volume.id, statuses=" or ".join(fit), status=volume.status)


def _is_of(cloud: Cloud, volume: Volume, server_id: str | None) -> bool:
    return server_id is not None and any(
        one.server_id == server_id for one in cloud.store.by(Attachment, "volume", volume.id)
    )


def reserve_and_connect(
    cloud: Cloud, volume: Volume, server_id: str | None, connector: Mapping[str, Any], *, mode: str = UNSAID
) -> Attachment:
    """Both at once: a volume may be connected to a second host for the same server, which `connect` refuses.

    The mode stays what it was called, even if that is nothing.
    """
    reserved = reserve(cloud, volume, server_id, mode=mode)
    return cloud.store.put(_connect(cloud, reserved, connector).evolve(mode=reserved.mode))


def connect(cloud: Cloud, attachment: Attachment, connector: Mapping[str, Any]) -> Attachment:
    """The server's host tells how it can be reached, and the back end exports the volume to it."""
    volume = cloud.store.get(Volume, attachment.volume_id)
    if "host" not in connector:
        raise BadConnector(name="host")
    if "error" in volume.status:
        raise UpdateInError(id=volume.id, status=volume.status)
    all_of_it = cloud.store.by(Attachment, "volume", volume.id)
    if len(all_of_it) > 1 and not volume.multiattach and any(one.connection_info for one in all_of_it):
        raise SecondConnection(id=volume.id)
    return _connect(cloud, attachment, connector)


def _connect(cloud: Cloud, attachment: Attachment, connector: Mapping[str, Any]) -> Attachment:
    volume = cloud.store.get(Volume, attachment.volume_id)
    host, device = connector.get("host") or "", connector.get("mountpoint", "na")
    for name, value in ("host", host), ("mountpoint", device):
        if len(str(value)) > LONGEST:
            raise BadConnector(name=name)
    mode = str(connector.get("mode", "rw")) if attachment.mode == UNSAID else attachment.mode
    told = dict(connector) if attachment.mode == UNSAID else {**connector, "mode": mode}
    info = flat(connection_to(cloud, volume, told), attachment.id, told)
    check_answers(cloud, volume)
    cloud.store.put(volume.evolve(status="attaching", attach_status=None, updated_at=cloud.now))
    return cloud.store.put(
        attachment.evolve(
            status="attaching",
            mode=mode,
            connector=json.dumps(told, sort_keys=True),
            connection_info=json.dumps(info),
            host=str(host),
            device=str(device),
            attached_at=cloud.now,
            updated_at=cloud.now,
        )
    )


def check_answers(cloud: Cloud, volume: Volume) -> None:
    """Exports are made and taken back by the back end."""
    if not reports_volume(cloud, volume):
        raise BackendSilent(id=volume.id)


def complete(cloud: Cloud, attachment: Attachment) -> Attachment:
    """The server has it."""
    volume = cloud.store.get(Volume, attachment.volume_id)
    cloud.store.put(volume.evolve(status="in-use", attach_status=None, updated_at=cloud.now))
    return cloud.store.put(attachment.evolve(status="attached", updated_at=cloud.now))


# --- to go


def check_not_novas(cloud: Cloud, attachment: Attachment) -> None:
    """What a server has, its users take away through Nova; left-overs that Nova does not know anybody may."""
    if attachment.server_id is None or attachment.connection_info is None:
        return
    devices = cloud.store.by(BlockDevice, "volume", attachment.volume_id)
    if any((one.server_id, one.attachment_id) == (attachment.server_id, attachment.id) for one in devices):
        raise NovaHasIt(server_id=attachment.server_id)


def delete_attachment(cloud: Cloud, attachment: Attachment) -> Volume:
    """Have the back end take its export away, and forget the attachment; BackendSilent if it does not answer."""
    if attachment.status != "reserved":
        check_answers(cloud, cloud.store.get(Volume, attachment.volume_id))
    return detach(cloud, attachment)


def begin_detaching(cloud: Cloud, volume: Volume) -> None:
    """os-begin_detaching; one that migrates stays in-use."""
    if volume.migration_status not in RESTING:
        return
    if volume.status != "in-use" or attach_status_of(cloud, volume) != "attached":
        raise NotDetachable
    cloud.store.put(volume.evolve(status="detaching", updated_at=cloud.now))


def roll_detaching(cloud: Cloud, volume: Volume) -> None:
    """os-roll_detaching: it was not detached."""
    if volume.status == "detaching":
        cloud.store.put(volume.evolve(status="in-use", updated_at=cloud.now))


def detach(cloud: Cloud, attachment: Attachment) -> Volume:
    """The attachment is gone, and the volume what the others make of it."""
    cloud.store.drop(attachment)
    volume = cloud.store.get(Volume, attachment.volume_id)
    kept = tuple((key, value) for key, value in volume.admin_metadata if key != "attached_mode")
    return follow(cloud, volume.evolve(admin_metadata=kept, attach_status=None))


def reset_attach_status(cloud: Cloud, volume: Volume, attach_status: str) -> Volume:
    """os-reset_status: an operator says so.  `detached` forgets all attachments, and no back end is asked."""
    if attach_status != "detached":
        return cloud.store.put(volume.evolve(attach_status=attach_status, updated_at=cloud.now))
    for one in attachments_of(cloud, volume.id):
        volume = detach(cloud, one)
    return volume


# --- what they make of the volume


def follow(cloud: Cloud, volume: Volume) -> Volume:
    """Set the status by the attachments; one that nobody has keeps its own while it moves or is copied.

    What is under way with it ends in that status, too.
    """
    status = status_of(cloud, volume)
    volume = volume.evolve(previous_status=status) if volume.previous_status in BY_ATTACHMENTS else volume
    moving = volume.migration_status not in (None, "success", "error")
    if status == "available" and (moving or volume.status == "uploading"):
        return cloud.store.put(volume.evolve(updated_at=cloud.now))
    return cloud.store.put(volume.evolve(status=status, updated_at=cloud.now))


def status_of(cloud: Cloud, volume: Volume) -> str:
    """What a volume is by its attachments alone."""
    furthest = _furthest(cloud, volume)
    return OF_VOLUME.get(furthest, furthest)


def attach_status_of(cloud: Cloud, volume: Volume) -> str:
    """detached, reserved, attaching, attached: as its attachments make it, or as an operator has reset it."""
    return volume.attach_status or _furthest(cloud, volume)


def _furthest(cloud: Cloud, volume: Volume) -> str:
    """Attachments that failed do not count."""
    statuses = [
        one.status
        for one in cloud.store.by(Attachment, "volume", volume.id)
        if not one.status.startswith("error_")
    ]
    return min(statuses, default="detached")
