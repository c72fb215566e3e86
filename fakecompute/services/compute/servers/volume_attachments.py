"""/servers/{id}/os-volume_attachments: the volumes of a server."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import volume_attachments, volume_swaps
from fakecompute.domain.block_devices import device_on, devices_of, local_disks
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import ServerBusy, ServerNotReady, alive, check_states, check_unlocked
from fakecompute.domain.states import VM
from fakecompute.domain.volume.nova import SWAPPABLE
from fakecompute.domain.volume.visibility import VolumeNotFound, visible
from fakecompute.domain.volume_attachments import (
    HostDown,
    VolumeNotAttached,
    VolumeNotMapped,
    Wish,
)
from fakecompute.errors import BadRequest, Conflict
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Booleanish, Object, Schema, Text, since
from fakecompute.rest.view import ABSENT, View, field
from fakecompute.services.compute.paging import Windowed
from fakecompute.services.compute.servers.create import caller_of
from fakecompute.services.compute.servers.image_actions import HTML
from fakecompute.services.compute.servers.schemas import TAG
from fakecompute.services.compute.service import compute

PATH = "/servers/<server>/os-volume_attachments"
DEVICE = r"(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$"
ATTACHABLE = frozenset(
    {VM.ACTIVE, VM.PAUSED, VM.STOPPED, VM.RESIZED, VM.SOFT_DELETED, VM.SHELVED, VM.OFFLOADED}
)


class RootStays(BadRequest):
    message = "Cannot detach a root device volume"


class NotMutable(BadRequest):
    message = "The {name} property is not mutable"


class NotMigrating(Conflict):
    message = "volume {id} is not migrating; this API should only be called by Cinder"


class NewVolumeNotFound(BadRequest):
    message = VolumeNotFound.message


# --- request schemas ----------------------------------------------------------------------------------


class WishedAttachment(Schema):
    volume_id = Text(form="uuid", required=True, data_key="volumeId")
    device = Text(pattern=DEVICE, allow_none=True)
    tag = since("2.49", Text(min=1, max=60, pattern=TAG))
    delete_on_termination = since("2.79", Booleanish())


class NewAttachment(Schema):
    attachment = Object(WishedAttachment, required=True, data_key="volumeAttachment")


class ChangedAttachment(Schema):
    volume_id = Text(form="uuid", required=True, data_key="volumeId")
    device = since("2.85", Text(pattern=DEVICE, allow_none=True))
    tag = since("2.85", Text(min=1, max=60, pattern=TAG))
    delete_on_termination = since("2.85", Booleanish())
    server_id = since("2.85", Text(form="uuid", data_key="serverId"))
    id = since("2.85", Text(form="uuid"))


class UpdateAttachment(Schema):
    attachment = Object(ChangedAttachment, required=True, data_key="volumeAttachment")


# --- response views -----------------------------------------------------------------------------------


# fmt: off
attachment_view = View(
    field("id",                    "volume_id", until="2.88"),
    field("volumeId",              "volume_id"),
    field("serverId",              "server_id"),
    field("device",                lambda device, call: device.device_name or ABSENT),
    field("tag",                   since="2.70"),
    field("delete_on_termination", since="2.79"),
    field("attachment_id",         since="2.89"),
    field("bdm_uuid",              "id", since="2.89"),
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(
    PATH, query=Windowed, policy="os_compute_api:os-volumes-attachments:index", strict_query="2.75"
)
def list_volume_attachments(call: Call, server: Server) -> dict[str, Any]:
    """Pages are cut from all block devices, and only then are those left out that are no volumes: so Nova does."""
    unwritten: list[BlockDevice | None] = [None] * local_disks(call.cloud, server)
    devices = [*unwritten, *devices_of(call.cloud, server.id)]
    most, offset = call.cloud.settings.max_limit, call.query.get("offset", 0)
    shown = devices[offset : offset + min(call.query.get("limit") or most, most)]
    volumes = (device for device in shown if device is not None and _is_shown(device, call))
    return {"volumeAttachments": attachment_view.all(volumes, call)}


@compute.get(f"{PATH}/<volume_id>", policy="os_compute_api:os-volumes-attachments:show")
def show_volume_attachment(call: Call, server: Server, volume_id: str) -> dict[str, Any]:
    device = device_on(call.cloud, server.id, volume_id)
    if device is None or not _is_shown(device, call):
        raise VolumeNotAttached(server_id=server.id, id=volume_id)
    return {"volumeAttachment": attachment_view(device, call)}


def _is_shown(device: BlockDevice, call: Call) -> bool:
    """Volumes alone; where the attachment is told, those that have one."""
    return device.volume_id is not None and (device.attachment_id is not None or not call.since("2.89"))


@compute.post(
    PATH,
    body=NewAttachment,
    policy="os_compute_api:os-volumes-attachments:create",
    success={"2.1": 200, "2.101": 202},
)
def attach_volume(call: Call, server: Server) -> dict[str, Any] | Answer:
    """Until 2.100 one waits for the name of the device; then for nothing."""
    _check_shelved(call, server, "attach_volume")
    check_unlocked(server, call.is_admin)
    check_states(server, "attach_volume", ATTACHABLE, {None}, True)
    body, told = call.body["attachment"], not call.since("2.101")
    volume = visible(call.cloud, call.project_id, call.is_admin, body["volume_id"])
    wish = Wish(body.get("tag"), body.get("delete_on_termination", False), call.since("2.60"))
    device = volume_attachments.attach_volume(call.cloud, server, caller_of(call), volume, wish, told=told)
    if not told:
        return Answer(202, None, content_type=HTML)
    shown: dict[str, Any] = {"id": volume.id, "serverId": server.id, "volumeId": volume.id, "device": device}
    if call.since("2.70"):
        shown["tag"] = wish.tag
    if call.since("2.79"):
        shown["delete_on_termination"] = wish.delete_on_termination
    return {"volumeAttachment": shown}


@compute.put(f"{PATH}/<volume_id>", body=UpdateAttachment, success=202)
def update_volume_attachment(call: Call, server: Server, volume_id: str) -> None:
    """Until 2.84 it swaps volumes, for Cinder; then it changes the attachment, and swaps if the volume is another."""
    changes = call.body["attachment"]
    swap = not call.since("2.85") or changes["volume_id"] != volume_id
    if swap:
        call.demand("os_compute_api:os-volumes-attachments:swap")
    else:
        call.demand("os_compute_api:os-volumes-attachments:update", server.project_id)
    if call.since("2.85"):
        _update(call, server, volume_id, changes)
    if swap:
        _swap(call, server, volume_id, changes["volume_id"])


def _update(call: Call, server: Server, volume_id: str, changes: dict[str, Any]) -> None:
    mapping = device_on(call.cloud, server.id, volume_id)
    if mapping is None:
        raise VolumeNotMapped(id=volume_id)
    # fmt: off
    for key,         name,       is_now in (
        ("id",        "id",       volume_id),
        ("server_id", "serverId", server.id),
        ("device",    "device",   mapping.device_name),
        ("tag",       "tag",      mapping.tag),
    ):
        # fmt: on
        if key in changes and changes[key] != is_now:
            raise NotMutable(name=name)
    if "delete_on_termination" in changes:
        volume_attachments.update(call.cloud, mapping, changes["delete_on_termination"])


def _swap(call: Call, server: Server, old_id: str, new_id: str) -> None:
    old = visible(call.cloud, call.project_id, call.is_admin, old_id)
    if not old.migration_status:
        raise NotMigrating(id=old_id)
    try:
        new = visible(call.cloud, call.project_id, call.is_admin, new_id)
    except VolumeNotFound:
        raise NewVolumeNotFound(id=new_id) from None
    check_unlocked(server, call.is_admin)
    check_states(server, "swap_volume", SWAPPABLE, {None}, True)
    device = device_on(call.cloud, server.id, old.id)
    volume_swaps.swap(call.cloud, server, caller_of(call), old, new, device)


@compute.delete(f"{PATH}/<volume_id>", policy="os_compute_api:os-volumes-attachments:delete", success=202)
def detach_volume(call: Call, server: Server, volume_id: str) -> None:
    """The volume is looked for before anything is asked of the server."""
    _check_shelved(call, server, "detach_volume")
    volume = visible(call.cloud, call.project_id, call.is_admin, volume_id)
    device = device_on(call.cloud, server.id, volume.id)
    if device is None:
        raise VolumeNotAttached(server_id=server.id, id=volume_id)
    if device.is_root:
        raise RootStays
    check_unlocked(server, call.is_admin)
    check_states(server, "detach_volume", ATTACHABLE, {None}, True)
    if server.vm_state != VM.OFFLOADED:
        if server.host is None:
            raise ServerNotReady(server_id=server.id)
        if not alive(call.cloud, server.host):
            raise HostDown
    volume_attachments.detach_volume(call.cloud, server, caller_of(call), volume, device)


def _check_shelved(call: Call, server: Server, word: str) -> None:
    """Shelved servers have been let in since 2.20."""
    if server.vm_state in (VM.SHELVED, VM.OFFLOADED) and not call.since("2.20"):
        raise ServerBusy(server_id=server.id, word=word, attribute="vm_state", state=server.vm_state)
