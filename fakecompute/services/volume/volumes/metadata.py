"""GET, POST, PUT /volumes/{id}/metadata, GET, PUT, DELETE /volumes/{id}/metadata/{key}."""

from __future__ import annotations

import json
import re
from hashlib import md5
from typing import Any

from fakecompute.domain.records.volume import Volume
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.volumes.schemas import SetMetadata, SetMetadataItem

BUSY = ("maintenance", "uploading")  # statuses in which metadata stays as it is
HTML = "text/html; charset=UTF-8"  # what Cinder says of answers that it writes by hand, JSON though they are


class NoSuchKey(NotFound):
    message = "Volume {id} has no metadata with key {key}."


class AnotherKey(BadRequest):
    message = "Request body and URI mismatch"


class CannotUpdate(BadRequest):
    message = "Invalid volume: {doing} volume metadata is not allowed for volumes in {status} status."


# --- handlers ----------------------------------------------------------------------------------


@volume.get("/volumes/<volume>/metadata", policy="volume:get_volume_metadata")
def list_metadata(call: Call, volume: Volume) -> Any:
    """With an ETag from 3.15 on, for updates that are to fail if somebody was faster."""
    if not call.since("3.15"):
        return {"metadata": dict(volume.metadata)}
    return Answer(body=_written(volume), headers={"Etag": _etag(volume)}, content_type=HTML)


@volume.post("/volumes/<volume>/metadata", body=SetMetadata, policy="volume:create_volume_metadata")
def add_metadata(call: Call, volume: Volume) -> dict[str, Any]:
    return {"metadata": _set(call, volume, {**dict(volume.metadata), **call.body["metadata"]})}


@volume.put("/volumes/<volume>/metadata", body=SetMetadata)
def replace_metadata(call: Call, volume: Volume) -> Any:
    if _is_stale(call, volume):
        return Answer(412)
    call.demand("volume:update_volume_metadata", volume.project_id)
    return {"metadata": _set(call, volume, call.body["metadata"])}


@volume.get("/volumes/<volume>/metadata/<key>", policy="volume:get_volume_metadata")
def show_metadata_item(call: Call, volume: Volume, key: str) -> dict[str, Any]:
    return {"meta": {key: _value(volume, key)}}


@volume.put("/volumes/<volume>/metadata/<key>", body=SetMetadataItem)
def set_metadata_item(call: Call, volume: Volume, key: str) -> Any:
    if _is_stale(call, volume):
        return Answer(412)
    if key not in call.body["meta"]:
        raise AnotherKey
    call.demand("volume:update_volume_metadata", volume.project_id)
    _set(call, volume, {**dict(volume.metadata), **call.body["meta"]})
    return {"meta": call.body["meta"]}


@volume.delete("/volumes/<volume>/metadata/<key>")
def delete_metadata_item(call: Call, volume: Volume, key: str) -> None:
    _value(volume, key)
    call.demand("volume:delete_volume_metadata", volume.project_id)
    _set(call, volume, {name: value for name, value in volume.metadata if name != key}, doing="Deleting")


def _value(volume: Volume, key: str) -> str:
    metadata = dict(volume.metadata)
    if key not in metadata:
        raise NoSuchKey(id=volume.id, key=key)
    return metadata[key]


def _set(call: Call, volume: Volume, metadata: dict[str, str], doing: str = "Updating") -> dict[str, str]:
    """Metadata is no change of the volume: its `updated_at` stays."""
    if volume.status in BUSY:
        raise CannotUpdate(doing=doing, status=volume.status)
    call.cloud.store.put(volume.evolve(metadata=tuple(metadata.items())))
    return metadata


def _written(volume: Volume) -> bytes:
    return json.dumps({"metadata": dict(volume.metadata)}).encode()


def _etag(volume: Volume) -> str:
    return md5(_written(volume), usedforsecurity=False).hexdigest()


def _is_stale(call: Call, volume: Volume) -> bool:
    """Does the client know another state of it than there is?"""
    wanted = (call.header("If-Match") or "*").strip()
    if not call.since("3.15") or wanted == "*":
        return False
    return _etag(volume) not in re.findall('"([^"]*)"', wanted)
