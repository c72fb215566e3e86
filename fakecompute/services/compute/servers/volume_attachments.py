"""/servers/{id}/os-volume_attachments: the volumes of a server.  Cinder knows of none yet."""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import ServerBusy, check_states, check_unlocked
from fakecompute.domain.states import VM
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Booleanish, Integer, Object, Schema, Text, since
from fakecompute.services.compute.servers.schemas import TAG
from fakecompute.services.compute.service import compute

PATH = "/servers/<server>/os-volume_attachments"
DEVICE = r"(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$"
ATTACHABLE = frozenset(
    {VM.ACTIVE, VM.PAUSED, VM.STOPPED, VM.RESIZED, VM.SOFT_DELETED, VM.SHELVED, VM.OFFLOADED}
)


class VolumeNotFound(NotFound):
    message = "Volume {id} could not be found."


class VolumeNotAttached(NotFound):
    message = "Instance {server_id} is not attached to volume {id}"


class VolumeNotMapped(NotFound):
    message = "No volume Block Device Mapping with id {id}."


# --- request schemas ----------------------------------------------------------------------------------


class ListAttachments(Schema):
    limit = Integer(min=0, pattern="^[0-9]*$")
    offset = Integer(min=0, pattern="^[0-9]*$")


class Attachment(Schema):
    volume_id = Text(form="uuid", required=True, data_key="volumeId")
    device = Text(pattern=DEVICE, allow_none=True)
    tag = since("2.49", Text(min=1, max=60, pattern=TAG))
    delete_on_termination = since("2.79", Booleanish())


class NewAttachment(Schema):
    attachment = Object(Attachment, required=True, data_key="volumeAttachment")


class ChangedAttachment(Schema):
    volume_id = Text(form="uuid", required=True, data_key="volumeId")
    device = since("2.85", Text(pattern=DEVICE, allow_none=True))
    tag = since("2.85", Text(min=1, max=60, pattern=TAG))
    delete_on_termination = since("2.85", Booleanish())
    server_id = since("2.85", Text(form="uuid", data_key="serverId"))
    id = since("2.85", Text(form="uuid"))


class UpdateAttachment(Schema):
    attachment = Object(ChangedAttachment, required=True, data_key="volumeAttachment")


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(
    PATH, query=ListAttachments, policy="os_compute_api:os-volumes-attachments:index", strict_query="2.75"
)
def list_volume_attachments(call: Call, server: Server) -> dict[str, Any]:
    return {"volumeAttachments": []}


@compute.get(f"{PATH}/<volume_id>", policy="os_compute_api:os-volumes-attachments:show")
def show_volume_attachment(call: Call, server: Server, volume_id: str) -> NoReturn:
    raise VolumeNotAttached(server_id=server.id, id=volume_id)


@compute.post(
    PATH,
    body=NewAttachment,
    policy="os_compute_api:os-volumes-attachments:create",
    success={"2.1": 200, "2.101": 202},
)
def attach_volume(call: Call, server: Server) -> NoReturn:
    _check_shelved(call, server, "attach_volume")
    check_unlocked(server, call.is_admin)
    check_states(server, "attach_volume", ATTACHABLE, {None}, True)
    raise VolumeNotFound(id=call.body["attachment"]["volume_id"])


@compute.put(f"{PATH}/<volume_id>", body=UpdateAttachment, success=202)
def update_volume_attachment(call: Call, server: Server, volume_id: str) -> NoReturn:
    """Until 2.84 it swaps volumes, for Cinder; then it changes the attachment, and swaps if the volume is another."""
    swap = not call.since("2.85") or call.body["attachment"]["volume_id"] != volume_id
    if swap:
        call.demand("os_compute_api:os-volumes-attachments:swap")
    else:
        call.demand("os_compute_api:os-volumes-attachments:update", server.project_id)
    raise VolumeNotMapped(id=volume_id) if call.since("2.85") else VolumeNotFound(id=volume_id)


@compute.delete(f"{PATH}/<volume_id>", policy="os_compute_api:os-volumes-attachments:delete", success=202)
def detach_volume(call: Call, server: Server, volume_id: str) -> NoReturn:
    """The volume is looked for before anything is asked of the server."""
    _check_shelved(call, server, "detach_volume")
    raise VolumeNotFound(id=volume_id)


def _check_shelved(call: Call, server: Server, word: str) -> None:
    """Shelved servers have been let in since 2.20."""
    if server.vm_state in (VM.SHELVED, VM.OFFLOADED) and not call.since("2.20"):
        raise ServerBusy(server_id=server.id, word=word, attribute="vm_state", state=server.vm_state)
