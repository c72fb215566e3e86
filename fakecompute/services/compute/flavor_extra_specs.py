"""/flavors/{id}/os-extra_specs: what else a flavor asks of a host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import MapOf, Schema, Text
from fakecompute.services.compute.extra_specs import check_spec
from fakecompute.services.compute.flavors import find_flavor
from fakecompute.services.compute.service import compute


class NoSuchSpec(NotFound):
    message = "Flavor {id} has no extra specs with key {key}."


class Mismatch(BadRequest):
    message = "Request body and URI mismatch"


# --- request schemas ----------------------------------------------------------------------------------


class SpecValue(Text):
    """Text, or a number, which is kept as text."""

    types = ("string", "number")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        return super()._deserialize(value, attr, data, **kwargs)


def _specs(**options: Any) -> MapOf:
    return MapOf(SpecValue(max=255), key="^[a-zA-Z0-9-_:. ]{1,255}$", **options)


class CreateSpecs(Schema):
    extra_specs = _specs(required=True)


# --- handlers -----------------------------------------------------------------------------------------

INDEX = "/flavors/<flavor_id>/os-extra_specs"
ITEM = "/flavors/<flavor_id>/os-extra_specs/<key>"


@compute.get(INDEX, strict_query="2.102", policy="os_compute_api:os-flavor-extra-specs:index")
def list_extra_specs(call: Call, flavor_id: str) -> dict[str, Any]:
    return {"extra_specs": dict(find_flavor(call, flavor_id).extra_specs)}


@compute.post(INDEX, body=CreateSpecs, policy="os_compute_api:os-flavor-extra-specs:create")
def create_extra_specs(call: Call, flavor_id: str) -> dict[str, Any]:
    specs = call.body["extra_specs"]
    _set(call, flavor_id, specs)
    return {"extra_specs": specs}  # numbers as they came


@compute.get(ITEM, strict_query="2.102", policy="os_compute_api:os-flavor-extra-specs:show")
def show_extra_spec(call: Call, flavor_id: str, key: str) -> dict[str, str]:
    specs = dict(find_flavor(call, flavor_id).extra_specs)
    if key not in specs:
        raise NoSuchSpec(id=flavor_id, key=key)
    return {key: specs[key]}


@compute.put(ITEM, body=_specs(min=1, max=1), policy="os_compute_api:os-flavor-extra-specs:update")
def update_extra_spec(call: Call, flavor_id: str, key: str) -> dict[str, Any]:
    spec: dict[str, Any] = call.body
    _check(call, spec)
    if key not in spec:
        raise Mismatch
    _set(call, flavor_id, spec)
    return spec


@compute.delete(ITEM, policy="os_compute_api:os-flavor-extra-specs:delete")
def delete_extra_spec(call: Call, flavor_id: str, key: str) -> None:
    flavor = find_flavor(call, flavor_id)
    kept = tuple(pair for pair in flavor.extra_specs if pair[0] != key)
    if len(kept) == len(flavor.extra_specs):
        raise NoSuchSpec(id=flavor_id, key=key)
    call.cloud.store.put(flavor.evolve(extra_specs=kept))


def _set(call: Call, flavor_id: str, specs: Mapping[str, Any]) -> None:
    _check(call, specs)
    flavor = find_flavor(call, flavor_id)
    kept = {**dict(flavor.extra_specs), **{key: str(value) for key, value in specs.items()}}
    call.cloud.store.put(flavor.evolve(extra_specs=tuple(kept.items())))


def _check(call: Call, specs: Mapping[str, Any]) -> None:
    if call.since("2.86"):
        for key, value in specs.items():
            check_spec(key, str(value))
