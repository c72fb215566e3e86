"""/resource_providers/{uuid}/inventories, and one of them: what a provider has to give."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.placement import inventories, names
from fakecompute.domain.placement.providers import generation
from fakecompute.domain.records.placement import MOST, Inventory, Provider
from fakecompute.errors import BadRequest, Conflict, MethodNotAllowed, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Body, Integer, MapOf, Number, Object, Schema, Text
from fakecompute.services.placement.exchange import (
    CONCURRENT,
    IN_USE,
    Missing,
    asked,
    found,
    given,
    link_to,
    times,
    worded,
)
from fakecompute.services.placement.service import placement

RULE = "placement:resource_providers:inventories:{}".format
ALL, ONE = "/resource_providers/<id>/inventories", "/resource_providers/<id>/inventories/<item>"
MISSING = "No resource provider with uuid {id} found : {error}"
MOST_FLOAT = 3.40282e38


class GenerationConflict(Conflict):
    message = "resource provider generation conflict"
    code = CONCURRENT


class NoSuchInventory(NotFound):
    message = "No inventory of class {name} for {id}"


class NoSuchMethod(MethodNotAllowed):
    message = ""


# --- request schemas ----------------------------------------------------------------------------------


def _whole(least: int, **options: Any) -> Integer:
    return Integer(min=least, max=MOST, strict=True, **options)


class Record(Schema):
    resource_provider_generation = Integer(strict=True)
    total = _whole(1, required=True)
    reserved = _whole(0)
    min_unit = _whole(1)
    max_unit = _whole(1)
    step_size = _whole(1)
    allocation_ratio = Number(max=MOST_FLOAT)


class NewInventory(Record):
    resource_class = Text(required=True, pattern="^[A-Z0-9_]+$")


class ChangedInventory(Record):
    resource_provider_generation = Integer(strict=True, required=True)


class AllInventories(Schema):
    resource_provider_generation = Integer(strict=True, required=True)
    inventories = MapOf(Object(Record), required=True)


CREATE, UPDATE, REPLACE = Body(NewInventory), Body(ChangedInventory), Body(AllInventories)
OTHERS = ("resource_provider_generation", "resource_class")


def inventory_of(wish: dict[str, Any]) -> Inventory:
    return Inventory(**{name: value for name, value in wish.items() if name not in OTHERS})


# --- response views -----------------------------------------------------------------------------------


def _all(call: Call, provider: Provider) -> dict[str, Any]:
    shown = {name: inventory._asdict() for name, inventory in provider.inventories}
    return {"resource_provider_generation": generation(call.cloud, provider), "inventories": shown}


def _one(call: Call, provider: Provider, name: str) -> dict[str, Any]:
    shown = dict(provider.inventories)[name]._asdict()
    return {**shown, "resource_provider_generation": generation(call.cloud, provider)}


# --- handlers -----------------------------------------------------------------------------------------


@placement.get(ALL, policy=RULE("list"))
def list_inventories(call: Call, id: str) -> Answer:
    provider = found(call, id, MISSING)
    return given(call, _all(call, provider), provider.updated_at if provider.inventories else None)


@placement.post(ALL, policy=RULE("create"), success=201)
def create_inventory(call: Call, id: str) -> Answer:
    provider = found(call, id)
    wish = asked(call, CREATE)
    name, inventory = wish["resource_class"], inventory_of(wish)
    kinds = inventories.BadCapacity, names.ClassNotFound
    with worded(kinds, BadRequest, f"Unable to create inventory for resource provider {provider.id}: "):
        _check(call, provider, {name: inventory})
        changed = inventories.add(call.cloud, provider, name, inventory)
    location = {"Location": link_to(call, "resource_providers", provider.id, "inventories", name)}
    return Answer(201, _one(call, changed, name), {**location, **times(call, call.cloud.now)})


@placement.put(ALL, policy=RULE("update"))
def update_inventories(call: Call, id: str) -> Answer:
    provider = found(call, id)
    wish = asked(call, REPLACE)
    _check_generation(call, provider, wish)
    wanted = {name: inventory_of(inner) for name, inner in wish["inventories"].items()}
    of = f"resource provider {provider.id}: "
    with (
        worded(names.ClassNotFound, BadRequest, f"Unknown resource class in inventory for {of}"),
        worded(inventories.BadCapacity, BadRequest, f"Unable to update inventory for {of}"),
        worded(inventories.InventoryInUse, Conflict, "update conflict: ", IN_USE),
    ):
        _check(call, provider, wanted)
        changed = inventories.set_all(call.cloud, provider, wanted)
    return Answer(200, _all(call, changed), times(call, call.cloud.now if wanted else None))


@placement.delete(ALL, since="1.5", policy=RULE("delete"), success=204)
def delete_inventories(call: Call, id: str) -> None:
    inventories.set_all(call.cloud, found(call, id), {})


@placement.delete(ALL, until="1.4")
def refuse_to_delete_inventories(call: Call, id: str) -> None:
    """Before 1.5 there was no such method."""
    raise NoSuchMethod(method="DELETE")


@placement.get(ONE, policy=RULE("show"))
def show_inventory(call: Call, id: str, item: str) -> Answer:
    provider = found(call, id, MISSING)
    if item not in dict(provider.inventories):
        raise NoSuchInventory(name=item, id=id)
    return given(call, _one(call, provider, item), provider.updated_at)


@placement.put(ONE, policy=RULE("update"))
def update_inventory(call: Call, id: str, item: str) -> Answer:
    provider = found(call, id)
    wish = asked(call, UPDATE)
    _check_generation(call, provider, wish)
    inventory = inventory_of(wish)
    of = f"resource provider {provider.id}: "
    with (
        worded(inventories.NoInventory, BadRequest, f"No inventory record with resource class for {of}"),
        worded(inventories.BadCapacity, BadRequest, f"Unable to update inventory for {of}"),
    ):
        _check(call, provider, {item: inventory})
        changed = inventories.update(call.cloud, provider, item, inventory)
    return Answer(200, _one(call, changed, item), times(call, call.cloud.now))


@placement.delete(ONE, policy=RULE("delete"), success=204)
def delete_inventory(call: Call, id: str, item: str) -> None:
    provider = found(call, id)
    lost = inventories.NothingToDelete, names.ClassNotFound
    busy = f"Unable to delete inventory of class {item}: "
    with (
        worded(inventories.InventoryInUse, Conflict, busy, CONCURRENT),
        worded(lost, Missing, f"No inventory of class {item} found for delete: "),
    ):
        inventories.delete(call.cloud, provider, item)


def _check(call: Call, provider: Provider, wanted: dict[str, Inventory]) -> None:
    inventories.check_capacity(provider, wanted, may_be_none=call.since("1.26"))


def _check_generation(call: Call, provider: Provider, wish: dict[str, Any]) -> None:
    if wish["resource_provider_generation"] != generation(call.cloud, provider):
        raise GenerationConflict
