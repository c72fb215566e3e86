"""POST /volumes/{id}/action: how volumes came to servers before there were /attachments (3.27)."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume import attachments, old_attachments
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Choice, Object, Schema, Text, problem
from fakecompute.services.volume.fields import OfTypes, uuid_or_null
from fakecompute.services.volume.service import from_service
from fakecompute.services.volume.service import volume as routes
from fakecompute.services.volume.volume_actions.state import ACTION, ADMIN

ACTIONS = "volume_extension:volume_actions"

# --- request schemas ----------------------------------------------------------------------------------------


class Wish(Schema):
    instance_uuid = Text(form="uuid")
    mountpoint = Text(min=1, max=255, required=True)
    host_name = Text(max=255)
    mode = Choice("rw", "ro")


class SomeHolder(Object):
    """A server or a host must be named."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        loaded = super()._deserialize(value, attr, data, **kwargs)
        if "instance_uuid" not in loaded and "host_name" not in loaded:
            raise problem(f"{value!r} is not valid under any of the given schemas", value)
        return loaded


class Detachment(Schema):
    attachment_id = uuid_or_null()


class OrNull(Object):
    """Null, which its schema lets in, breaks a real Cinder (500): it is refused."""

    types = ("object", "null")


class Connection(Schema):
    connector = OfTypes("object", "string", required=True)


class Termination(Schema):
    connector = OfTypes("string", "object", "null", required=True)


class ForcedDetachment(Schema):
    connector = OfTypes("string", "object", "null")
    attachment_id = Text(allow_none=True)


# --- handlers: to come ----------------------------------------------------------------------------------------


@routes.action(ACTION, "os-reserve", body=Anything(), policy=f"{ACTIONS}:reserve", success=202)
def reserve_volume(call: Call, volume: Volume) -> None:
    old_attachments.reserve(call.cloud, volume)


@routes.action(ACTION, "os-unreserve", body=Anything(), policy=f"{ACTIONS}:unreserve", success=202)
def unreserve_volume(call: Call, volume: Volume) -> None:
    old_attachments.unreserve(call.cloud, volume)


@routes.action(ACTION, "os-initialize_connection", body=Connection, policy=f"{ACTIONS}:initialize_connection")
def initialize_connection(call: Call, volume: Volume) -> dict[str, Any]:
    """A connector that is text says nothing of a host."""
    told = call.body["connector"]
    connector = told if isinstance(told, dict) else {}
    info = old_attachments.initialize_connection(call.cloud, volume, connector)
    multipath = {"enforce_multipath": connector.get("enforce_multipath", False)}
    return {"connection_info": {**info, "data": {**info["data"], **multipath}, **multipath}}


@routes.action(ACTION, "os-attach", body=SomeHolder(Wish), policy=f"{ACTIONS}:attach", success=202)
def attach_volume(call: Call, volume: Volume) -> None:
    wish = call.body
    old_attachments.attach(
        call.cloud,
        volume,
        server_id=wish.get("instance_uuid"),
        host=wish.get("host_name"),
        device=wish["mountpoint"],
        mode=wish.get("mode", "rw"),
    )


# --- handlers: to go ------------------------------------------------------------------------------------------


@routes.action(ACTION, "os-begin_detaching", body=Anything(), policy=f"{ACTIONS}:begin_detaching", success=202)
def begin_detaching(call: Call, volume: Volume) -> None:
    attachments.begin_detaching(call.cloud, volume)


@routes.action(ACTION, "os-roll_detaching", body=Anything(), policy=f"{ACTIONS}:roll_detaching", success=202)
def roll_detaching(call: Call, volume: Volume) -> None:
    attachments.roll_detaching(call.cloud, volume)


@routes.action(ACTION, "os-terminate_connection", body=Termination, policy=f"{ACTIONS}:terminate_connection",
               success=202)  # fmt: skip
def terminate_connection(call: Call, volume: Volume) -> None:
    call.demand(f"{ACTIONS}:unreserve", volume.project_id)
    old_attachments.terminate_connection(call.cloud, volume, by_service=from_service(call))


@routes.action(ACTION, "os-detach", body=OrNull(Detachment), policy=f"{ACTIONS}:detach", success=202)
def detach_volume(call: Call, volume: Volume) -> None:
    id = call.body.get("attachment_id")
    old_attachments.detach(call.cloud, volume, id, by_service=from_service(call))


@routes.action(ACTION, "os-force_detach", body=ForcedDetachment, policy=f"{ADMIN}:force_detach", success=202)
def force_detach_volume(call: Call, volume: Volume) -> None:
    """The connection goes, too; what a server has is Nova's even so."""
    service = from_service(call)
    old_attachments.terminate_connection(call.cloud, volume, by_service=service)
    volume = call.cloud.store.get(Volume, volume.id)
    old_attachments.detach(call.cloud, volume, call.body.get("attachment_id"), by_service=service)
