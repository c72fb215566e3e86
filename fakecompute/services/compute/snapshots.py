"""/os-snapshots (to 2.35): Cinder's snapshots, in Nova's words.  Cinder knows of none yet."""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.domain.volumes import VolumeNotFound
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Booleanish, Object, Schema, Text
from fakecompute.services.compute.paging import Windowed
from fakecompute.services.compute.service import compute

RULE = "os_compute_api:os-volumes:snapshots"


class SnapshotNotFound(NotFound):
    message = "Snapshot {id} could not be found."


# --- request schemas ----------------------------------------------------------------------------------


class NewSnapshot(Schema):
    volume_id = Text(required=True)
    force = Booleanish()
    display_name = Text()
    display_description = Text()


class CreateSnapshot(Schema):
    snapshot = Object(NewSnapshot, required=True)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-snapshots", until="2.35", query=Windowed, policy=f"{RULE}:list")
def list_snapshots(call: Call) -> dict[str, Any]:
    return {"snapshots": []}


@compute.get("/os-snapshots/detail", until="2.35", query=Windowed, policy=f"{RULE}:detail")
def list_snapshots_detail(call: Call) -> dict[str, Any]:
    return {"snapshots": []}


@compute.get("/os-snapshots/<snapshot_id>", until="2.35", policy=f"{RULE}:show")
def show_snapshot(call: Call, snapshot_id: str) -> NoReturn:
    raise SnapshotNotFound(id=snapshot_id)


@compute.post("/os-snapshots", until="2.35", body=CreateSnapshot, policy=f"{RULE}:create")
def create_snapshot(call: Call) -> NoReturn:
    """Nova, which expects no 404 here, wraps the same refusal in a 500."""
    raise VolumeNotFound(id=call.body["snapshot"]["volume_id"])


@compute.delete("/os-snapshots/<snapshot_id>", until="2.35", policy=f"{RULE}:delete", success=202)
def delete_snapshot(call: Call, snapshot_id: str) -> NoReturn:
    raise SnapshotNotFound(id=snapshot_id)
