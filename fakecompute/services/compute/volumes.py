"""/os-volumes (to 2.35): Cinder's volumes, in Nova's words."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Attachment, Snapshot, Volume, VolumeType
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.deletion import delete_volume as delete
from fakecompute.domain.volume.ordering import Order, order_volume
from fakecompute.domain.volume.types import may_use
from fakecompute.domain.volume.visibility import visible, visible_snapshot
from fakecompute.errors import FakeError
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Anything, Body, Integer, InvalidBody, MapOf, Object, Schema, Text
from fakecompute.rest.view import View, field, mapped, moment, naive
from fakecompute.services.compute.neighbours import NotFoundThere, refused_by_cinder
from fakecompute.services.compute.paging import Windowed, window
from fakecompute.services.compute.service import compute
from fakecompute.services.volume.service import volume as cinder
from fakecompute.services.volume.volumes.schemas import CreateVolume as CindersVolume

RULE = "os_compute_api:os-volumes"


# --- request schemas ----------------------------------------------------------------------------------


class NewVolume(Schema):
    volume_type = Text()
    metadata = MapOf(Anything())
    snapshot_id = Text()
    size = Integer(min=1, pattern="^[0-9]+$", required=True)
    availability_zone = Text()
    display_name = Text()
    display_description = Text()


class CreateVolume(Schema):
    volume = Object(NewVolume, required=True)


# --- response views -----------------------------------------------------------------------------------


def _attachments(volume: Volume, call: Call) -> list[dict[str, Any]]:
    """The first server that has it; an empty object if none has."""
    holders = (one for one in attachments_of(call.cloud, volume.id) if one.status == "attached")
    return [next((_attachment(one) for one in holders), {})]


def _attachment(one: Attachment) -> dict[str, Any]:
    shown = {"id": one.volume_id, "volumeId": one.volume_id, "serverId": one.server_id}
    return {**shown, "device": one.device} if one.device else shown


def _type(volume: Volume, call: Call) -> str | None:
    kind = call.cloud.store.find(VolumeType, volume.volume_type_id)
    return kind.name if kind else None


# fmt: off
volume_view = View(
    field("id"),
    field("status"),
    field("size"),
    field("availabilityZone",   "availability_zone"),
    field("createdAt",          moment("created_at", naive)),
    field("attachments",        _attachments),
    field("displayName",        "name"),
    field("displayDescription", "description"),
    field("volumeType",         _type),
    field("snapshotId",         "snapshot_id"),
    field("metadata",           mapped("metadata")),
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _list(call: Call) -> dict[str, Any]:
    """The caller's project's, the newest first."""
    volumes = call.cloud.store.by(Volume, "project", call.project_id)
    newest = sorted(volumes, key=lambda volume: (-volume.created_at, -volume.number))
    return {"volumes": volume_view.all(window(call, newest), call)}


@compute.get("/os-volumes", until="2.35", query=Windowed, policy=f"{RULE}:list")
def list_volumes(call: Call) -> dict[str, Any]:
    return _list(call)


@compute.get("/os-volumes/detail", until="2.35", query=Windowed, policy=f"{RULE}:detail")
def list_volumes_detail(call: Call) -> dict[str, Any]:
    return _list(call)


@compute.get("/os-volumes/<volume_id>", until="2.35", policy=f"{RULE}:show")
def show_volume(call: Call, volume_id: str) -> dict[str, Any]:
    volume = visible(call.cloud, call.project_id, call.is_admin, volume_id)
    return {"volume": volume_view(volume, call)}


@compute.post("/os-volumes", until="2.35", body=CreateVolume, policy=f"{RULE}:create")
def create_volume(call: Call) -> Answer:
    """The snapshot that it is to be made from is looked for before anything is asked of Cinder."""
    wish, snapshot = call.body["volume"], None
    if "snapshot_id" in wish:
        snapshot = visible_snapshot(call.cloud, call.project_id, call.is_admin, wish["snapshot_id"])
    try:
        volume = order_volume(call.cloud, _order(call, _read_by_cinder(wish), snapshot))
    except FakeError as refusal:
        raise refused_by_cinder(call, refusal) from None
    headers = {"Location": f"{call.base}{call.path}/{volume.id}"}
    return Answer(200, {"volume": volume_view(volume, call)}, headers)


def _read_by_cinder(wish: dict[str, Any]) -> dict[str, Any]:
    """The same as it comes out of Cinder's schema, which knows more of what a volume may have."""
    told = {name.removeprefix("display_"): value for name, value in wish.items() if name != "snapshot_id"}
    assert cinder.microversions
    try:
        loaded = Body(CindersVolume).load({"volume": told}, cinder.microversions.lowest)
    except InvalidBody as invalid:
        raise cinder.dialect.bad_body(invalid.flaw) from None
    read: dict[str, Any] = loaded["volume"]
    return read


def _order(call: Call, wish: dict[str, Any], snapshot: Snapshot | None) -> Order:
    return Order(
        project_id=call.project_id,
        user_id=call.user_id,
        size=wish["size"],
        name=wish.get("name"),
        description=wish.get("description"),
        kind=_wished_type(call, wish["volume_type"]) if wish.get("volume_type") else None,
        zone=wish.get("availability_zone"),
        snapshot=snapshot,
        metadata=tuple(wish.get("metadata", {}).items()),
        request_id=call.request_id,
    )


def _wished_type(call: Call, name: str) -> VolumeType:
    store = call.cloud.store
    found = store.find(VolumeType, name) or store.one(VolumeType, "name", name)
    if found is None or not may_use(found, call.project_id, call.is_admin):
        raise NotFoundThere(reason=f"Volume type with name {name} could not be found.")
    return found


@compute.delete("/os-volumes/<volume_id>", until="2.35", policy=f"{RULE}:delete", success=202)
def delete_volume(call: Call, volume_id: str) -> None:
    volume = visible(call.cloud, call.project_id, call.is_admin, volume_id)
    try:
        delete(call.cloud, volume)
    except FakeError as refusal:
        raise refused_by_cinder(call, refusal) from None
