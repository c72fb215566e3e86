"""/snapshots/<id>/metadata: what users write on snapshots."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Snapshot
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import EXCLUDE, Schema
from fakecompute.services.volume.fields import METADATA_KEY_WITHOUT_SLASH as KEY
from fakecompute.services.volume.fields import metadata
from fakecompute.services.volume.service import volume


class NoSuchKey(NotFound):
    message = "Snapshot {id} has no metadata with key {key}."


class AnotherKey(BadRequest):
    message = "Request body and URI mismatch"


# --- request schemas ----------------------------------------------------------------------------------


class AllMetadata(Schema):
    metadata = metadata(key=KEY, required=True)

    class Meta:
        unknown = EXCLUDE


class OneItem(Schema):
    meta = metadata(key=KEY, min=1, max=1, required=True)

    class Meta:
        unknown = EXCLUDE


# --- handlers -----------------------------------------------------------------------------------------

READ, WRITE = "volume:get_snapshot_metadata", "volume:update_snapshot_metadata"


@volume.get("/snapshots/<snapshot>/metadata", policy=READ)
def show_snapshot_metadata(call: Call, snapshot: Snapshot) -> dict[str, Any]:
    return {"metadata": dict(snapshot.metadata)}


@volume.post("/snapshots/<snapshot>/metadata", body=AllMetadata, policy=WRITE)
def add_snapshot_metadata(call: Call, snapshot: Snapshot) -> dict[str, Any]:
    """What is sent is added to what there is."""
    return {"metadata": _write(call, snapshot, {**dict(snapshot.metadata), **call.body["metadata"]})}


@volume.put("/snapshots/<snapshot>/metadata", body=AllMetadata, policy=WRITE)
def replace_snapshot_metadata(call: Call, snapshot: Snapshot) -> dict[str, Any]:
    return {"metadata": _write(call, snapshot, call.body["metadata"])}


@volume.get("/snapshots/<snapshot>/metadata/<key>", policy=READ)
def show_snapshot_metadata_item(call: Call, snapshot: Snapshot, key: str) -> dict[str, Any]:
    return {"meta": {key: _item(snapshot, key)}}


@volume.put("/snapshots/<snapshot>/metadata/<key>", body=OneItem, policy=WRITE)
def set_snapshot_metadata_item(call: Call, snapshot: Snapshot, key: str) -> dict[str, Any]:
    item = call.body["meta"]
    if key not in item:
        raise AnotherKey
    _write(call, snapshot, {**dict(snapshot.metadata), **item})
    return {"meta": item}


@volume.delete("/snapshots/<snapshot>/metadata/<key>", policy="volume:delete_snapshot_metadata")
def delete_snapshot_metadata_item(call: Call, snapshot: Snapshot, key: str) -> None:
    _item(snapshot, key)
    _write(call, snapshot, {name: value for name, value in snapshot.metadata if name != key})


def _item(snapshot: Snapshot, key: str) -> str:
    found = dict(snapshot.metadata)
    if key not in found:
        raise NoSuchKey(id=snapshot.id, key=key)
    return found[key]


def _write(call: Call, snapshot: Snapshot, metadata: dict[str, str]) -> dict[str, str]:
    call.cloud.store.put(snapshot.evolve(metadata=tuple(metadata.items()), updated_at=call.cloud.now))
    return metadata
