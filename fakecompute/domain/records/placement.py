"""Placement's nouns, allocations aside (they are in records/compute.py): providers, and what they have to give.

A compute host is a provider by itself: what nova-compute reports of it stands in its Host, and is told from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from fakecompute.kernel.store import Record

MOST = 2**31 - 1  # of any number in an inventory
SHARES = "MISC_SHARES_VIA_AGGREGATE"  # the trait of a provider that others of its aggregates draw on


class Inventory(NamedTuple):
    """How much of a resource class there is, and in what portions it is given out."""

    total: int
    reserved: int = 0
    min_unit: int = 1
    max_unit: int = MOST
    step_size: int = 1
    allocation_ratio: float = 1.0

    @property
    def capacity(self) -> float:
        return (self.total - self.reserved) * self.allocation_ratio

    def portions(self, amount: int) -> bool:
        """Is it ever given out in this amount?"""
        return self.min_unit <= amount <= self.max_unit and amount % self.step_size == 0

    def has(self, amount: int, used: int) -> bool:
        """Is there so much of it, beyond what is used?"""
        return self.portions(amount) and used + amount <= self.capacity


Inventories = tuple[tuple[str, Inventory], ...]  # by resource class


@dataclass(frozen=True, kw_only=True)
class Provider(Record):
    """A resource provider.  In the store are those that operators made; one of a host is made when it is looked at.

    `host` is the compute host's name; `number` orders them, hosts first.
    """

    indexes = {
        "name": lambda provider: provider.name,
        "root": lambda provider: provider.root_id,
        "far": lambda provider: provider.reaches or None,
    }

    name: str
    number: int
    root_id: str
    parent_id: str | None = None
    inventories: Inventories = ()
    traits: tuple[str, ...] = ()
    aggregates: tuple[str, ...] = ()
    host: str | None = None
    created_at: int = 0
    updated_at: int = 0

    @property
    def place(self) -> str:
        """By what allocations know it."""
        return self.host or self.id

    @property
    def reaches(self) -> bool:
        """May a server on a host draw on it?"""
        return self.parent_id is not None or SHARES in self.traits


@dataclass(frozen=True, kw_only=True)
class Rewritten(Record):
    """What operators wrote over a host's own provider; the id is the host's.  None: as Nova says it."""

    indexes = {"root": lambda rewritten: rewritten.root_id}

    name: str | None = None
    root_id: str | None = None  # of a tree that it was put into
    parent_id: str | None = None
    inventories: Inventories | None = None
    traits: tuple[str, ...] | None = None
    aggregates: tuple[str, ...] | None = None
    gone: bool = False  # it was deleted, until nova-compute makes it anew
    report: int = 0  # the ticket of the report of nova-compute that is awaited
    updated_at: int = 0


@dataclass(frozen=True, kw_only=True)
class Generation(Record):
    """How often a provider changed; the id is its place."""

    number: int = 0


@dataclass(frozen=True, kw_only=True)
class ResourceClass(Record):
    """A class that operators named; the id is the name."""

    number: int
    created_at: int = 0


@dataclass(frozen=True, kw_only=True)
class Trait(Record):
    """A trait that operators named; the id is the name."""

    number: int
    created_at: int = 0
