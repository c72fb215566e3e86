"""/servers/{id}/metadata: the key-value pairs of a server."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import quota
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import check_states, check_unlocked
from fakecompute.domain.states import VM
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.compute.servers.schemas import Metadata, MetadataItem
from fakecompute.services.compute.service import compute

PATH = "/servers/<server>/metadata"
WRITABLE = frozenset({VM.ACTIVE, VM.PAUSED, VM.SUSPENDED, VM.STOPPED})


class NoSuchItem(NotFound):
    message = "Metadata item was not found"


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(PATH, policy="os_compute_api:server-metadata:index", strict_query="2.102")
def list_server_metadata(call: Call, server: Server) -> dict[str, Any]:
    return {"metadata": dict(server.metadata)}


@compute.post(PATH, body=Metadata, policy="os_compute_api:server-metadata:create")
def merge_server_metadata(call: Call, server: Server) -> dict[str, Any]:
    return {"metadata": _write(call, server, {**dict(server.metadata), **call.body["metadata"]})}


@compute.put(PATH, body=Metadata, policy="os_compute_api:server-metadata:update_all")
def replace_server_metadata(call: Call, server: Server) -> dict[str, Any]:
    return {"metadata": _write(call, server, call.body["metadata"])}


@compute.get(f"{PATH}/<key>", policy="os_compute_api:server-metadata:show", strict_query="2.102")
def show_server_metadata_item(call: Call, server: Server, key: str) -> dict[str, Any]:
    return {"meta": {key: _item(server, key)}}


@compute.put(f"{PATH}/<key>", body=MetadataItem, policy="os_compute_api:server-metadata:update")
def set_server_metadata_item(call: Call, server: Server, key: str) -> dict[str, Any]:
    item = call.body["meta"]
    if key not in item:
        raise BadRequest(reason="Request body and URI mismatch")
    _write(call, server, {**dict(server.metadata), **item})
    return {"meta": item}


@compute.delete(f"{PATH}/<key>", policy="os_compute_api:server-metadata:delete", success=204)
def delete_server_metadata_item(call: Call, server: Server, key: str) -> None:
    _item(server, key)
    _check(call, server, "delete metadata")
    kept = tuple(pair for pair in server.metadata if pair[0] != key)
    call.cloud.store.put(server.evolve(metadata=kept))  # `updated` stays: Nova does not touch the row


def _item(server: Server, key: str) -> str:
    metadata = dict(server.metadata)
    if key not in metadata:
        raise NoSuchItem
    return metadata[key]


def _check(call: Call, server: Server, word: str) -> None:
    check_unlocked(server, call.is_admin)
    check_states(server, word, WRITABLE, None, True)


def _write(call: Call, server: Server, metadata: dict[str, str]) -> dict[str, str]:
    _check(call, server, "update metadata")
    quota.check_metadata(call.cloud, server.project_id, len(metadata))
    call.cloud.store.put(server.evolve(metadata=tuple(metadata.items()), updated_at=call.cloud.now))
    return metadata
