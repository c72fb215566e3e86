"""What a provider has to give: setting it, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fakecompute.domain.placement import book
from fakecompute.domain.placement.names import check_class
from fakecompute.domain.placement.providers import change
from fakecompute.domain.records.placement import Inventory, Provider
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class InventoryInUse(Conflict):
    message = "Inventory for '{classes}' on resource provider '{id}' in use."
    code = "placement.inventory.inuse"


class InventoryExists(Conflict):
    message = "Update conflict: there is an inventory of class {name} already."  # the real one tells its SQL
    code = "placement.concurrent_update"


class NoInventory(NotFound):
    message = "No inventory of class {name} found."


class NothingToDelete(NotFound):
    message = "No inventory of class {name} found for delete"


class BadCapacity(BadRequest):
    message = (
        "Invalid inventory for '{name}' on resource provider '{id}'. The reserved value is greater than {word}."
    )


def check_capacity(provider: Provider, inventories: Mapping[str, Inventory], *, may_be_none: bool) -> None:
    """All of it may be reserved from 1.26 on."""
    for name, inventory in inventories.items():
        if inventory.capacity <= -1 or (not may_be_none and inventory.capacity < 1):
            word = "total" if may_be_none else "or equal to total"
            raise BadCapacity(name=name, id=provider.id, word=word)


def set_all(cloud: Cloud, provider: Provider, inventories: Mapping[str, Inventory]) -> Provider:
    for name in inventories:
        check_class(cloud, name)
    lost = [name for name, _ in provider.inventories if name not in inventories]
    if busy := [name for name in lost if book.used(cloud, provider.place, name)]:
        raise InventoryInUse(classes=", ".join(busy), id=provider.id)
    return change(cloud, provider, inventories=tuple(inventories.items()))


def add(cloud: Cloud, provider: Provider, name: str, inventory: Inventory) -> Provider:
    check_class(cloud, name)
    if name in dict(provider.inventories):
        raise InventoryExists(name=name)
    return change(cloud, provider, inventories=(*provider.inventories, (name, inventory)))


def update(cloud: Cloud, provider: Provider, name: str, inventory: Inventory) -> Provider:
    """There may be less of it than is in use."""
    check_class(cloud, name)
    if name not in dict(provider.inventories):
        raise NoInventory(name=name)
    changed = {**dict(provider.inventories), name: inventory}
    return change(cloud, provider, inventories=tuple(changed.items()))


def delete(cloud: Cloud, provider: Provider, name: str) -> Provider:
    check_class(cloud, name)
    if book.used(cloud, provider.place, name):
        raise InventoryInUse(classes=name, id=provider.id)
    left = tuple((other, inventory) for other, inventory in provider.inventories if other != name)
    if len(left) == len(provider.inventories):
        raise NothingToDelete(name=name)
    return change(cloud, provider, inventories=left)
