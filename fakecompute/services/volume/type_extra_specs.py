"""GET, POST /types/{id}/extra_specs, GET, PUT, DELETE .../{key}: what a type asks of back ends, and promises.

While there are volumes of a type nothing of it changes.
"""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.volume.types import is_used
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import MapOf, Schema, Text
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.types import found_type, visible_specs

YES = "<is> True"


class SpecNotFound(NotFound):
    message = "Volume Type {id} has no extra specs with key {key}."


class CurrentlyInUse(BadRequest):
    message = "Volume Type is currently in use."


class SharedCache(BadRequest):
    message = "cacheable cannot be set with multiattach."


class KeyMismatch(BadRequest):
    message = "Request body and URI mismatch"


class StoreNotFound(NotFound):
    message = "Store {id} not enabled in glance."


# --- request schemas ----------------------------------------------------------------------------------


def specs(**options: Any) -> MapOf:
    return MapOf(Text(max=255, allow_none=True), key="^[a-zA-Z0-9-_:.]{1,255}$", **options)


class CreateSpecs(Schema):
    extra_specs = specs(required=True)


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/types/<type_id>/extra_specs", policy="volume_extension:types_extra_specs:index")
def list_type_extra_specs(call: Call, type_id: str) -> dict[str, Any]:
    return {"extra_specs": visible_specs(found_type(call, type_id), call)}


@volume.get("/types/<type_id>/extra_specs/<key>", policy="volume_extension:types_extra_specs:show")
def show_type_extra_spec(call: Call, type_id: str, key: str) -> dict[str, Any]:
    shown = visible_specs(found_type(call, type_id), call)
    if key not in shown:
        raise SpecNotFound(id=type_id, key=key)
    return {key: shown[key]}


@volume.post(
    "/types/<type_id>/extra_specs", body=CreateSpecs, policy="volume_extension:types_extra_specs:create"
)
def create_type_extra_specs(call: Call, type_id: str) -> dict[str, Any]:
    kind = _unused_type(call, type_id)
    wish = call.body["extra_specs"]
    _check_store(wish)
    _check_cache(wish, dict(kind.extra_specs))
    _change(call, kind, {**dict(kind.extra_specs), **wish})
    return {"extra_specs": wish}


@volume.put(
    "/types/<type_id>/extra_specs/<key>",
    body=specs(min=1, max=1),
    policy="volume_extension:types_extra_specs:update",
)
def update_type_extra_spec(call: Call, type_id: str, key: str) -> dict[str, Any]:
    kind, wish = _unused_type(call, type_id), call.body
    if key not in wish:
        raise KeyMismatch
    _check_store(wish)
    _change(call, kind, {**dict(kind.extra_specs), **wish})
    return {key: wish[key]}


@volume.delete("/types/<type_id>/extra_specs/<key>", success=202)
def delete_type_extra_spec(call: Call, type_id: str, key: str) -> None:
    found_type(call, type_id)
    call.demand("volume_extension:types_extra_specs:delete")
    kind = _unused_type(call, type_id)
    known = dict(kind.extra_specs)
    if key not in known:
        raise SpecNotFound(id=type_id, key=key)
    del known[key]
    _change(call, kind, known)


def _unused_type(call: Call, id: str) -> VolumeType:
    kind = found_type(call, id)
    if is_used(call.cloud, kind):
        raise CurrentlyInUse
    return kind


def _check_store(wish: dict[str, Any]) -> None:
    """This cloud's Glance has no stores that one could choose."""
    if "image_service:store_id" in wish:
        raise StoreNotFound(id=wish["image_service:store_id"])


def _check_cache(wish: dict[str, Any], known: dict[str, Any]) -> None:
    """What several servers write to cannot be cached on each of their hosts."""
    cached, shared = wish.get("cacheable") == YES, wish.get("multiattach") == YES
    if (shared and (cached or known.get("cacheable") == YES)) or (cached and known.get("multiattach") == YES):
        raise SharedCache


def _change(call: Call, kind: VolumeType, specs: dict[str, Any]) -> None:
    call.cloud.store.put(kind.evolve(extra_specs=tuple(specs.items()), updated_at=call.cloud.now))
