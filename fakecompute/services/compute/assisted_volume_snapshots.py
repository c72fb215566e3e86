"""/os-assisted-volume-snapshots: Cinder has Nova take the snapshot of a volume in use.  No volume is attached yet."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Choice, Object, Schema, Text
from fakecompute.services.compute.service import compute

RULE = "os_compute_api:os-assisted-volume-snapshots"


class VolumeNotInUse(BadRequest):
    message = "No volume Block Device Mapping with id {id}."


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
def create_assisted_snapshot(call: Call) -> NoReturn:
    raise VolumeNotInUse(id=call.body["snapshot"]["volume_id"])


@compute.delete(
    "/os-assisted-volume-snapshots/<snapshot_id>",
    query=DeleteAssistedSnapshot,
    strict_query="2.75",
    policy=f"{RULE}:delete",
    success=204,
)
def delete_assisted_snapshot(call: Call, snapshot_id: str) -> NoReturn:
    raise VolumeNotInUse(id=_volume_of(call.query))


def _volume_of(query: dict[str, Any]) -> str:
    """What `delete_info`, which is JSON, names as the volume; what it lacks is told in Python's words."""
    try:
        named = str(json.loads(query["delete_info"])["volume_id"])
        named.encode()  # JSON may spell what is no character
    except (KeyError, ValueError) as flaw:
        raise BadRequest(reason=str(flaw)) from None
    except (TypeError, RecursionError):  # no object, or too deep: Nova fails
        raise BadRequest(reason="'volume_id'") from None
    return named
