"""GET /messages, GET, DELETE /messages/{id} (3.3): what became of operations that had been accepted.

A real Cinder lists the messages of all projects to everybody, which must be a mistake; here they are the project's.
"""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume_message import VolumeMessage
from fakecompute.domain.volume.messages import MessageNotFound, message_of, messages_of, words
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT, View, field, moment, naive
from fakecompute.services.volume.listing import Listing, limit_of
from fakecompute.services.volume.service import links, volume

# --- response views -----------------------------------------------------------------------------------

message_detail = View(
    field("id"),
    field("event_id"),
    field("user_message", lambda message, call: words(message)),
    field("message_level"),
    field("created_at", moment("created_at", naive)),
    field("guaranteed_until", moment("expires_at", naive)),
    field("request_id"),
    field("links", lambda message, call: links(call, "messages", message.id)),
    field("resource_type", lambda message, call: message.resource_type or ABSENT),
    field("resource_uuid", lambda message, call: message.resource_uuid or ABSENT),
)

# fmt: off
COLUMNS = {
    "id":            lambda message: message.id,
    "project_id":    lambda message: message.project_id,
    "event_id":      lambda message: message.event_id,
    "request_id":    lambda message: message.request_id,
    "resource_type": lambda message: message.resource_type,
    "resource_uuid": lambda message: message.resource_uuid,
    "message_level": lambda message: message.message_level,
    "action_id":     lambda message: message.action_id,
    "detail_id":     lambda message: message.detail_id,
    "created_at":    lambda message: message.created_at,
    "updated_at":    lambda message: message.updated_at,
    "expires_at":    lambda message: message.expires_at,
}
# fmt: on
MESSAGES: Listing[VolumeMessage] = Listing(
    "messages",
    "message",
    filters=COLUMNS,
    sort_keys=COLUMNS,
    old_filters=None,
    missing=lambda marker: MessageNotFound(id=marker),
)


# --- handlers -----------------------------------------------------------------------------------------


@volume.finder("message")
def find_message(call: Call, id: str) -> VolumeMessage:
    return message_of(call.cloud, _whose(call), id)


def _whose(call: Call) -> str | None:
    return None if call.is_admin else call.project_id


@volume.get("/messages", since="3.3", policy="message:get_all")
def list_messages(call: Call) -> dict[str, Any]:
    """Until 3.4 all of them, whatever is asked: only the link knows of a limit."""
    found = messages_of(call.cloud, _whose(call))
    if call.since("3.5"):
        return MESSAGES.answer(call, found, message_detail.all)
    found.sort(key=lambda message: (message.created_at, message.number), reverse=True)
    full = found and limit_of(call, dict(call.query_pairs)) <= len(found)
    return {"messages": message_detail.all(found, call), **(MESSAGES.links(call, found[-1].id, "") if full else {})}


@volume.get("/messages/<message>", since="3.3", policy="message:get")
def show_message(call: Call, message: VolumeMessage) -> dict[str, Any]:
    return {"message": message_detail(message, call)}


@volume.delete("/messages/<message>", since="3.3", policy="message:delete", success=204)
def delete_message(call: Call, message: VolumeMessage) -> None:
    call.cloud.store.drop(message)
