"""Allocation candidates: all ways to give a consumer what it asks for (placement/objects/allocation_candidate.py)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from fakecompute.domain.placement.providers import everyone
from fakecompute.domain.placement.search import Part, Question, World, parts
from fakecompute.domain.records.placement import Provider

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

MOST = 10_000  # candidates that are looked at: a question with many groups has no end otherwise


@dataclass(frozen=True)
class Candidate:
    """One way: amounts by provider, and which providers answer which group."""

    anchor: str
    amounts: Mapping[str, Mapping[str, int]]
    mappings: Mapping[str, tuple[str, ...]]


def candidates(
    cloud: Cloud, question: Question, among: Iterable[Provider] | None = None
) -> tuple[list[Candidate], World]:
    """The candidates in the order of their trees, and the providers that were looked at."""
    world = World(cloud, everyone(cloud) if among is None else among)
    roots = _roots(world, question)
    if roots is not None and not roots:
        return [], world
    by_anchor: defaultdict[str, dict[str, list[Part]]] = defaultdict(dict)
    for suffix in question.groups:
        found = parts(world, question, suffix, roots)
        if not found:
            return [], world
        for part in found:
            by_anchor[part.anchor].setdefault(suffix, []).append(part)
    ways: dict[object, Candidate] = {}
    looked = 0
    for anchor in world.providers:
        answers = by_anchor.get(anchor, {})
        if len(answers) < len(question.groups):
            continue
        for chosen in product(*(answers[suffix] for suffix in question.groups)):
            looked += 1
            if looked > MOST:
                break
            if _fits(world, question, chosen) and (way := _together(world, anchor, chosen)) is not None:
                ways.setdefault(_key(way), way)
    return [way for way in ways.values() if question.nested or _is_flat(world, way)], world


def summarised(world: World, question: Question, ways: Iterable[Candidate]) -> list[Provider]:
    """The providers that are told of: all of the trees that give something."""
    used = {id for way in ways for id in way.amounts}
    if not question.nested and world.has_trees:
        return [provider for id, provider in world.providers.items() if id in used]
    roots = {world.root(id) for id in used}
    return [provider for provider in world.providers.values() if provider.root_id in roots]


def _roots(world: World, question: Question) -> frozenset[str] | None:
    """The trees whose root has the traits that were asked of it; None if nothing was."""
    if not question.root_required and not question.root_forbidden:
        return None
    return frozenset(
        id
        for id, traits in world.traits.items()
        if world.providers[id].parent_id is None
        and question.root_required <= traits
        and not question.root_forbidden & traits
    )


def _fits(world: World, question: Question, chosen: tuple[Part, ...]) -> bool:
    """Do the answers go together?"""
    own = [part for part in chosen if part.suffix]
    if question.isolate and len({part.providers[0] for part in own}) < len(own):
        return False
    return all(
        _is_subtree(world, {id for part in chosen if part.suffix in suffixes for id in part.providers})
        for suffixes in question.same_subtrees
    )


def _is_subtree(world: World, ids: set[str]) -> bool:
    """Is one of them above all the others?"""
    if len(ids) < 2:
        return True
    common = set.intersection(*(_above(world, id) for id in ids))
    return bool(common & ids)


def _above(world: World, id: str) -> set[str]:
    """A provider and its ancestors."""
    found: set[str] = set()
    at: str | None = id
    while at is not None and at not in found:
        found.add(at)
        at = world.providers[at].parent_id if at in world.providers else None
    return found


def _together(world: World, anchor: str, chosen: tuple[Part, ...]) -> Candidate | None:
    """The sum of the answers; None if that is more than a provider has."""
    sums: Counter[tuple[str, str]] = Counter()
    for part in chosen:
        for id, name, amount in part.taken:
            sums[id, name] += amount
    amounts: dict[str, dict[str, int]] = {}
    for (id, name), amount in sums.items():
        inventory = world.inventory(id, name)
        if inventory is None or amount > inventory.max_unit:
            return None
        if world.used(id, name) + amount > int(inventory.capacity):
            return None
        amounts.setdefault(id, {})[name] = amount
    return Candidate(anchor, amounts, {part.suffix: part.providers for part in chosen})


def _key(way: Candidate) -> object:
    """Two ways to the same are one."""
    amounts = frozenset((id, name, n) for id, found in way.amounts.items() for name, n in found.items())
    return amounts, frozenset((suffix, frozenset(ids)) for suffix, ids in way.mappings.items())


def _is_flat(world: World, way: Candidate) -> bool:
    """Does no tree give by two of its providers?"""
    return len({world.root(id) for id in way.amounts}) == len(way.amounts)
