"""/attachments: which server has a volume, and how its host finds it (from 3.27 on; Nova uses it from 3.44 on)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from fakecompute.domain.records.volume import Attachment
from fakecompute.domain.volume import attachments
from fakecompute.domain.volume.attachments import UNSAID, AttachmentNotFound
from fakecompute.domain.volume.visibility import visible
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Choice, MapOf, Object, Schema, Text, since
from fakecompute.rest.view import View, field, naive
from fakecompute.services.volume.listing import Listing
from fakecompute.services.volume.service import from_service, volume

FIRST = "3.27"
ONE = "/attachments/<attachment>"


@volume.finder("attachment")
def find_attachment(call: Call, id: str) -> Attachment:
    found = call.cloud.store.find(Attachment, id)
    if found is None or not (call.is_admin or found.project_id == call.project_id):
        raise AttachmentNotFound(id=id)
    return found


# --- request schemas ----------------------------------------------------------------------------------------


class WishedAttachment(Schema):
    instance_uuid = Text(form="uuid")
    connector = MapOf(Anything(), allow_none=True)
    volume_uuid = Text(form="uuid", required=True)
    mode = since("3.54", Choice("rw", "ro"))


class NewAttachment(Schema):
    attachment = Object(WishedAttachment, required=True)


class Connection(Schema):
    connector = MapOf(Anything(), min=1, required=True)


class ChangedAttachment(Schema):
    attachment = Object(Connection, required=True)


# --- response views -----------------------------------------------------------------------------------------


def _moment(at: int | None) -> str:
    return naive(at) or ""


def _connection(attachment: Attachment, call: Call) -> dict[str, Any]:
    return json.loads(attachment.connection_info) if attachment.connection_info else {}


# fmt: off
SUMMARY = (
    field("id"),
    field("status"),
    field("instance",        "server_id"),
    field("volume_id"),
)
summary = View(*SUMMARY)
detail = View(
    *SUMMARY,
    field("attached_at",     lambda attachment, call: _moment(attachment.attached_at)),
    field("detached_at",     lambda attachment, call: _moment(attachment.detached_at)),
    field("attach_mode",     "mode"),
    field("connection_info", _connection),
)

COLUMNS = {
    "id":            lambda one: one.id,
    "volume_id":     lambda one: one.volume_id,
    "instance_uuid": lambda one: one.server_id,
    "attached_host": lambda one: one.host,
    "mountpoint":    lambda one: one.device,
    "attach_time":   lambda one: one.attached_at,
    "detach_time":   lambda one: one.detached_at,
    "attach_status": lambda one: one.status,
    "attach_mode":   lambda one: one.mode,
    "created_at":    lambda one: (one.created_at, one.number),
    "updated_at":    lambda one: one.updated_at,
}
ATTACHMENTS: Listing[Attachment] = Listing(
    "attachments",
    "attachment",  # its filter `status` is of no column, and fits nothing
    filters={**COLUMNS, "instance_id": COLUMNS["instance_uuid"], "project_id": lambda one: one.project_id},
    sort_keys=COLUMNS,
    old_filters=frozenset(("volume_id", "status", "instance_id", "attach_status")),
    missing=lambda marker: AttachmentNotFound(id=marker),
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------------


@volume.get("/attachments", since=FIRST)
def list_attachments(call: Call) -> dict[str, Any]:
    return {"attachments": summary.all(_page(call), call)}


@volume.get("/attachments/detail", since=FIRST)
def list_attachments_in_detail(call: Call) -> dict[str, Any]:
    return {"attachments": detail.all(_page(call), call)}


def _page(call: Call) -> Iterable[Attachment]:
    """There are no links to what follows, and `all_tenants` means yes whatever it says."""
    store = call.cloud.store
    everybodys = call.is_admin and any(name == "all_tenants" for name, _ in call.query_pairs)
    mine = store.all(Attachment) if everybodys else store.by(Attachment, "project", call.project_id)
    return ATTACHMENTS.page(call, mine)[0]


@volume.get(ONE, since=FIRST)
def show_attachment(call: Call, attachment: Attachment) -> dict[str, Any]:
    return {"attachment": detail(attachment, call)}


@volume.post("/attachments", since=FIRST, body=NewAttachment)
def create_attachment(call: Call) -> dict[str, Any]:
    """With a connector it is connected, which the answer tells by the connection alone: the rest is as before."""
    wish = call.body["attachment"]
    wanted = visible(call.cloud, call.project_id, call.is_admin, wish["volume_uuid"])
    call.demand("volume:attachment_create", wanted.project_id)
    if wanted.multiattach and wanted.bootable and wanted.status == "in-use":
        call.demand("volume:multiattach_bootable_volume", wanted.project_id)
    server_id, connector, mode = wish.get("instance_uuid"), wish.get("connector"), wish.get("mode", UNSAID)
    if not connector:
        return {"attachment": detail(attachments.reserve(call.cloud, wanted, server_id, mode=mode), call)}
    made = attachments.reserve_and_connect(call.cloud, wanted, server_id, connector, mode=mode)
    return {"attachment": detail(made.evolve(status="reserved", attached_at=None), call)}


@volume.put(ONE, since=FIRST, body=ChangedAttachment, policy="volume:attachment_update")
def update_attachment(call: Call, attachment: Attachment) -> dict[str, Any]:
    """The answer, too, tells the connection alone."""
    made = attachments.connect(call.cloud, attachment, call.body["attachment"]["connector"])
    return {"attachment": detail(attachment.evolve(connection_info=made.connection_info), call)}


@volume.delete(ONE, since=FIRST, policy="volume:attachment_delete")
def delete_attachment(call: Call, attachment: Attachment) -> dict[str, Any]:
    """The other attachments of the volume come back."""
    if not from_service(call):
        attachments.check_not_novas(call.cloud, attachment)
    attachments.delete_attachment(call.cloud, attachment)
    return {"attachments": summary.all(attachments.attachments_of(call.cloud, attachment.volume_id), call)}


@volume.action(
    f"{ONE}/action", "os-complete", since="3.44", body=Anything(), policy="volume:attachment_complete", success=204
)
def complete_attachment(call: Call, attachment: Attachment) -> None:
    """The server has it; that it is connected nobody looks at."""
    attachments.complete(call.cloud, attachment)
