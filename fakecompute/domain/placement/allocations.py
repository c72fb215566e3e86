"""What consumers take, when somebody writes it by hand: several of them at once, all or none.

placement/objects/allocation.py: _set_allocations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.placement import book
from fakecompute.domain.placement.names import check_class
from fakecompute.domain.placement.providers import provider
from fakecompute.domain.records.compute import ROOM, Allocation, Share
from fakecompute.domain.records.placement import Provider
from fakecompute.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Amounts = Mapping[str, int]
Places = Counter[tuple[str, str]]  # by place and resource class


class ProviderUnknown(BadRequest):
    message = "Allocation for resource provider '{id}' that does not exist."


class NotInInventory(Conflict):
    message = "Unable to allocate inventory: Inventory for '{name}' on resource provider '{id}' invalid."


class BadPortion(Conflict):
    message = (
        "Unable to allocate inventory: Unable to create allocation for '{name}' on resource provider '{id}'."
        " The requested amount would violate inventory constraints."
    )


class OverCapacity(Conflict):
    message = (
        "Unable to allocate inventory: Unable to create allocation for '{name}' on resource provider '{id}'."
        " The requested amount would exceed the capacity."
    )


class Wish(NamedTuple):
    """What a consumer is to have: amounts by provider; nothing at all gives up what it had."""

    consumer: str
    amounts: Mapping[str, Amounts]
    project_id: str
    user_id: str
    consumer_type: str | None = None


def replace(cloud: Cloud, wishes: Sequence[Wish]) -> None:
    """Write what these consumers have from here on in the place of what they had."""
    providers = {id: _known(cloud, id) for wish in wishes for id in wish.amounts}
    for wish in wishes:
        for amounts in wish.amounts.values():
            for name in amounts:
                check_class(cloud, name)
    _check(cloud, wishes, providers, _held(cloud, wishes))
    touched: dict[str, None] = {}
    for wish in wishes:
        old = cloud.store.find(Allocation, wish.consumer)
        if wish.amounts:
            new = book.write(cloud, allocation(wish, providers, old), newer=False)
            touched |= dict.fromkeys(book.places(new))
        elif old is not None:
            book.strike(cloud, wish.consumer, newer=False)
            touched |= dict.fromkeys(book.places(old))
    book.changed(cloud, touched)


def _known(cloud: Cloud, id: str) -> Provider:
    found = provider(cloud, id)
    if found is None:
        raise ProviderUnknown(id=id)
    return found


def _held(cloud: Cloud, wishes: Sequence[Wish]) -> Places:
    """What the consumers have now, and will have no more."""
    held: Places = Counter()
    for wish in wishes:
        old = cloud.store.find(Allocation, wish.consumer)
        for share in old.shares if old else ():
            held.update({(share.place, name): amount for name, amount in share.resources})
    return held


def _check(cloud: Cloud, wishes: Sequence[Wish], providers: Mapping[str, Provider], held: Places) -> None:
    """Is there room?  Who is over capacity already may become less so."""
    asked: Places = Counter()
    for wish in wishes:
        for id, amounts in wish.amounts.items():
            inventories = dict(providers[id].inventories)
            if not inventories.keys() & amounts.keys():
                raise NotInInventory(name=", ".join(amounts), id=id)
            for name, amount in amounts.items():
                if name not in inventories:
                    raise NotInInventory(name=name, id=id)
                if not inventories[name].portions(amount):
                    raise BadPortion(name=name, id=id)
                place = providers[id].place, name
                asked[place] += amount
                before = book.used(cloud, *place)
                after = before - held[place] + asked[place]
                if after > inventories[name].capacity and not after <= before:
                    raise OverCapacity(name=name, id=id)


def allocation(wish: Wish, providers: Mapping[str, Provider], old: Allocation | None = None) -> Allocation:
    """The record of a wish: what it takes of the first host, and what it takes elsewhere."""
    first = next((one for id in wish.amounts if (one := providers[id]).host is not None), None)
    own = dict(wish.amounts[first.id]) if first else {}
    vcpus, ram, disk = (own.pop(name, 0) for name in ROOM)
    elsewhere = (
        Share(providers[id].place, tuple(amounts.items()))
        for id, amounts in wish.amounts.items()
        if first is None or id != first.id
    )
    return Allocation(
        id=wish.consumer,
        host=first.host if first else None,
        vcpus=vcpus,
        ram=ram,
        disk=disk,
        others=tuple(own.items()),
        elsewhere=tuple(elsewhere),
        project_id=wish.project_id,
        user_id=wish.user_id,
        consumer_type=wish.consumer_type or (old.consumer_type if old else None),
    )
