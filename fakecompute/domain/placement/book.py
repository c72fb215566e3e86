"""The one book of what is taken: allocations by consumer, and the generations of those who give.

Every change of an allocation goes through here, the scheduler's and an operator's alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fakecompute.domain.records.compute import ROOM, Allocation
from fakecompute.domain.records.placement import Generation

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

OF_HOST = 2  # the generation of a host's provider after nova-compute wrote its inventory and its traits


def used(cloud: Cloud, place: str, name: str) -> int:
    """How much of a resource class is taken in a place."""
    if name in ROOM:
        room = cloud.store.total(Allocation, "host", place)
        return room[ROOM.index(name)] if room else 0
    return sum(cloud.store.total(Allocation, "others", (place, name)))


def generation(cloud: Cloud, place: str, begin: int = 0) -> int:
    found = cloud.store.find(Generation, place)
    return begin + (found.number if found else 0)


def changed(cloud: Cloud, places: Iterable[str]) -> None:
    """These providers are of another generation from here on."""
    for place in places:
        found = cloud.store.find(Generation, place)
        cloud.store.put(found.evolve(number=found.number + 1) if found else Generation(id=place, number=1))


def write(cloud: Cloud, allocation: Allocation, *, newer: bool = True) -> Allocation:
    """Put what a consumer takes in the place of what it took; `newer`: who gives it is of another generation then."""
    old = cloud.store.find(Allocation, allocation.id)
    if newer:
        changed(cloud, places(allocation))
    number = old.generation + 1 if old else 1
    if (allocation.generation, allocation.updated_at) != (number, cloud.now):
        allocation = allocation.evolve(generation=number, updated_at=cloud.now)
    return cloud.store.put(allocation)


def strike(cloud: Cloud, consumer: str | None, *, newer: bool = True) -> None:
    """The consumer takes nothing any more."""
    allocation = cloud.store.find(Allocation, consumer)
    if allocation is not None:
        if newer:
            changed(cloud, places(allocation))
        cloud.store.drop(allocation)


def hand_over(cloud: Cloud, old: str, new: str) -> None:
    """What one consumer took is taken by another."""
    allocation = cloud.store.find(Allocation, old)
    if allocation is not None:  # an operator may have struck it
        cloud.store.drop(allocation)
        write(cloud, allocation.evolve(id=new))


def places(allocation: Allocation) -> list[str]:
    if allocation.host is not None and not allocation.elsewhere:
        return [allocation.host]
    return [share.place for share in allocation.shares]
