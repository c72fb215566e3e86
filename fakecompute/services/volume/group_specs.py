"""/group_types/{id}/group_specs: what the groups of a type can do, word by word."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.volume.group_types import set_group_specs
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import MapOf, Schema, Text
from fakecompute.services.volume.group_types import found_group_type
from fakecompute.services.volume.service import volume

SPECS = "/group_types/<id>/group_specs"
SPEC = f"{SPECS}/<key>"


class AnotherKey(BadRequest):
    message = "Request body and URI mismatch"


class NoSuchSpec(NotFound):
    message = "Group Type {id} has no extra spec with key {key}."


class NoSpecToDelete(NotFound):
    message = "Group Type {id} has no specs with key {key}."


# --- request schemas ----------------------------------------------------------------------------------


def _specs(**options: Any) -> MapOf:
    return MapOf(Text(max=255, allow_none=True), key="^[a-zA-Z0-9-_:.]{1,255}$", **options)


class CreateSpecs(Schema):
    group_specs = _specs(required=True)


# --- handlers -----------------------------------------------------------------------------------------


@volume.get(SPECS, since="3.11", policy="group:group_types_specs:get_all")
def list_group_specs(call: Call, id: str) -> dict[str, Any]:
    return {"group_specs": dict(found_group_type(call, id).group_specs)}


@volume.post(SPECS, since="3.11", body=CreateSpecs, policy="group:group_types_specs:create", success=202)
def create_group_specs(call: Call, id: str) -> dict[str, Any]:
    specs = call.body["group_specs"]
    set_group_specs(call.cloud, found_group_type(call, id), specs)
    return {"group_specs": specs}


@volume.get(SPEC, since="3.11", policy="group:group_types_specs:get")
def show_group_spec(call: Call, id: str, key: str) -> dict[str, str | None]:
    specs = dict(found_group_type(call, id).group_specs)
    if key not in specs:
        raise NoSuchSpec(id=id, key=key)
    return {key: specs[key]}


@volume.put(SPEC, since="3.11", body=_specs(min=1, max=1), policy="group:group_types_specs:update")
def update_group_spec(call: Call, id: str, key: str) -> dict[str, str | None]:
    specs: dict[str, str | None] = call.body
    kind = found_group_type(call, id)
    if key not in specs:
        raise AnotherKey
    set_group_specs(call.cloud, kind, specs)
    return specs


@volume.delete(SPEC, since="3.11", policy="group:group_types_specs:delete", success=202)
def delete_group_spec(call: Call, id: str, key: str) -> None:
    kind = found_group_type(call, id)
    kept = tuple((name, value) for name, value in kind.group_specs if name != key)
    if kept == kind.group_specs:
        raise NoSpecToDelete(id=id, key=key)
    call.cloud.store.put(kind.evolve(group_specs=kept))
