"""POST /reshaper: inventories and allocations move from provider to provider in one go."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.placement import allocations, inventories, names
from fakecompute.domain.placement.providers import generation, provider
from fakecompute.domain.records.placement import Inventory, Provider
from fakecompute.errors import BadRequest, Conflict
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Body, MapOf, Object, Schema
from fakecompute.services.placement.allocations import CONSUMERS, UUID_PATTERN, wishes
from fakecompute.services.placement.exchange import CONCURRENT, IN_USE, asked, worded
from fakecompute.services.placement.inventories import AllInventories, inventory_of
from fakecompute.services.placement.service import placement


class NoSuchProvider(BadRequest):
    message = "Resource provider {id} in inventories not found: No resource provider with uuid {id} found"
    code = "placement.resource_provider.not_found"


class GenerationConflict(Conflict):
    message = "resource provider generation conflict for provider {id}: actual: {actual}, given: {given}"
    code = CONCURRENT


# --- request schemas ----------------------------------------------------------------------------------


class Shape(Schema):
    inventories = MapOf(Object(AllInventories), key=UUID_PATTERN, min=1, required=True)
    allocations = MapOf(CONSUMERS.value, key=UUID_PATTERN, required=True)


SHAPE = Body(Shape)

# --- handlers -----------------------------------------------------------------------------------------


@placement.post("/reshaper", since="1.30", policy="placement:reshaper:reshape", success=204)
def reshape(call: Call) -> None:
    """In between, each provider has its old inventories and the new ones."""
    wish, cloud = asked(call, SHAPE), call.cloud
    wanted = {id: _inventories(call, id, inner) for id, inner in wish["inventories"].items()}
    with (
        worded(names.ClassNotFound, BadRequest, "malformed reshaper data: "),
        worded(inventories.InventoryInUse, Conflict, "update conflict: ", IN_USE),
    ):
        consumers = wishes(call, wish["allocations"])
        for there, new in wanted.values():
            if new:
                inventories.set_all(cloud, there, {**dict(there.inventories), **new})
        allocations.replace(cloud, consumers)
        for id, (_, new) in wanted.items():
            now = provider(cloud, id)
            assert now is not None
            inventories.set_all(cloud, now, new)


def _inventories(call: Call, id: str, wish: dict[str, Any]) -> tuple[Provider, dict[str, Inventory]]:
    there = provider(call.cloud, id)
    if there is None:
        raise NoSuchProvider(id=id)
    actual, seen = generation(call.cloud, there), wish["resource_provider_generation"]
    if seen != actual:
        raise GenerationConflict(id=id, actual=actual, given=seen)
    return there, {name: inventory_of(inner) for name, inner in wish["inventories"].items()}
