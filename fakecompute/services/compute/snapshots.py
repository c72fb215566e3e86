"""/os-snapshots (to 2.35): Cinder's snapshots, in Nova's words."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Snapshot
from fakecompute.domain.volume.snapshots import create_snapshot as create
from fakecompute.domain.volume.snapshots import delete_snapshot as delete
from fakecompute.domain.volume.visibility import visible, visible_snapshot
from fakecompute.errors import FakeError, Forbidden, TooLarge
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Booleanish, Object, Schema, Text
from fakecompute.rest.view import View, field, moment, naive
from fakecompute.services.compute.neighbours import refused_by_cinder
from fakecompute.services.compute.paging import Windowed, window
from fakecompute.services.compute.service import compute

RULE = "os_compute_api:os-volumes:snapshots"


class TooManySnapshots(Forbidden):
    message = "Quota exceeded for resources: snapshots"


# --- request schemas ----------------------------------------------------------------------------------


class NewSnapshot(Schema):
    volume_id = Text(required=True)
    force = Booleanish()
    display_name = Text()
    display_description = Text()


class CreateSnapshot(Schema):
    snapshot = Object(NewSnapshot, required=True)


# --- response views -----------------------------------------------------------------------------------


# fmt: off
snapshot_view = View(
    field("id"),
    field("volumeId",           "volume_id"),
    field("status"),
    field("size"),
    field("createdAt",          moment("created_at", naive)),
    field("displayName",        "name"),
    field("displayDescription", "description"),
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _list(call: Call) -> dict[str, Any]:
    """The caller's project's, the newest first."""
    snapshots = call.cloud.store.by(Snapshot, "project", call.project_id)
    newest = sorted(snapshots, key=lambda snapshot: (-snapshot.created_at, -snapshot.number))
    return {"snapshots": snapshot_view.all(window(call, newest), call)}


@compute.get("/os-snapshots", until="2.35", query=Windowed, policy=f"{RULE}:list")
def list_snapshots(call: Call) -> dict[str, Any]:
    return _list(call)


@compute.get("/os-snapshots/detail", until="2.35", query=Windowed, policy=f"{RULE}:detail")
def list_snapshots_detail(call: Call) -> dict[str, Any]:
    return _list(call)


@compute.get("/os-snapshots/<snapshot_id>", until="2.35", policy=f"{RULE}:show")
def show_snapshot(call: Call, snapshot_id: str) -> dict[str, Any]:
    found = visible_snapshot(call.cloud, call.project_id, call.is_admin, snapshot_id)
    return {"snapshot": snapshot_view(found, call)}


@compute.post("/os-snapshots", until="2.35", body=CreateSnapshot, policy=f"{RULE}:create")
def create_snapshot(call: Call) -> dict[str, Any]:
    """Of a volume that is not there Nova, which expects no 404 here, makes a 500."""
    wish = call.body["snapshot"]
    volume = visible(call.cloud, call.project_id, call.is_admin, wish["volume_id"])
    try:
        made = create(
            call.cloud,
            volume,
            project_id=call.project_id,
            user_id=call.user_id,
            name=wish.get("display_name"),
            description=wish.get("display_description"),
            force=wish.get("force", False),
        )
    except TooLarge:
        raise TooManySnapshots from None
    except FakeError as refusal:
        raise refused_by_cinder(call, refusal) from None
    return {"snapshot": snapshot_view(made, call)}


@compute.delete("/os-snapshots/<snapshot_id>", until="2.35", policy=f"{RULE}:delete", success=202)
def delete_snapshot(call: Call, snapshot_id: str) -> None:
    found = visible_snapshot(call.cloud, call.project_id, call.is_admin, snapshot_id)
    try:
        delete(call.cloud, found)
    except FakeError as refusal:
        raise refused_by_cinder(call, refusal) from None
