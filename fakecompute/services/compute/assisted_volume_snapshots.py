"""/os-assisted-volume-snapshots: Cinder has Nova take the snapshot of a volume in use."""

from __future__ import annotations

import json
from typing import Any

from fakecompute.domain import assisted_snapshots
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Choice, Object, Schema, Text
from fakecompute.services.compute.service import compute

RULE = "os_compute_api:os-assisted-volume-snapshots"


# --- request schemas ----------------------------------------------------------------------------------


class CreateInfo(Schema):
    snapshot_id = Text(min=1, required=True)
    type = Choice("qcow2", required=True)
    new_file = Text(min=1, required=True)
    id = Text(min=1)


class NewSnapshot(Schema):
    volume_id = Text(min=1, required=True)
    create_info = Object(CreateInfo, required=True)


class CreateAssistedSnapshot(Schema):
    snapshot = Object(NewSnapshot, required=True)


class DeleteAssistedSnapshot(Schema):
    delete_info = Text()


# --- handlers -----------------------------------------------------------------------------------------


@compute.post("/os-assisted-volume-snapshots", body=CreateAssistedSnapshot, policy=f"{RULE}:create")
def create_assisted_snapshot(call: Call) -> dict[str, Any]:
    wish = call.body["snapshot"]
    assisted_snapshots.create(call.cloud, wish["volume_id"], wish["create_info"]["snapshot_id"])
    return {"snapshot": {"id": wish["create_info"].get("id"), "volumeId": wish["volume_id"]}}


@compute.delete(
    "/os-assisted-volume-snapshots/<snapshot_id>",
    query=DeleteAssistedSnapshot,
    strict_query="2.75",
    policy=f"{RULE}:delete",
    success=204,
)
def delete_assisted_snapshot(call: Call, snapshot_id: str) -> None:
    volume_id, merges = _info(call.query)
    assisted_snapshots.delete(call.cloud, volume_id, snapshot_id, merges=merges)


def _info(query: dict[str, Any]) -> tuple[str, bool]:
    """What `delete_info`, which is JSON, names as the volume; what it lacks is told in Python's words."""
    try:
        info = json.loads(query["delete_info"])
        named = str(info["volume_id"])
        named.encode()  # JSON may spell what is no character
    except (KeyError, ValueError) as flaw:
        raise BadRequest(reason=str(flaw)) from None
    except (TypeError, RecursionError):  # no object, or too deep: Nova fails
        raise BadRequest(reason="'volume_id'") from None
    return named, info.get("merge_target_file") is not None
