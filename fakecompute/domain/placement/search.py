"""What a question for allocation candidates asks, and which providers fit one group of it.

placement/objects/research_context.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from fakecompute.domain.placement import book
from fakecompute.domain.records.placement import SHARES, Inventory, Provider

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Sets = tuple[frozenset[str], ...]  # one at least of each


@dataclass(frozen=True)
class Group:
    """Resources of one provider (with a suffix), or of one tree (the group without); and what those must be like."""

    resources: Mapping[str, int] = field(default_factory=dict)
    required: Sets = ()
    forbidden: frozenset[str] = frozenset()
    member_of: Sets = ()
    not_member_of: frozenset[str] = frozenset()
    in_tree: str | None = None


@dataclass(frozen=True)
class Question:
    """Groups by suffix, and what holds for all of them together.  `nested`: does the caller know trees (1.29)?"""

    groups: Mapping[str, Group]
    isolate: bool = False
    root_required: frozenset[str] = frozenset()
    root_forbidden: frozenset[str] = frozenset()
    same_subtrees: tuple[frozenset[str], ...] = ()
    nested: bool = True


@dataclass(frozen=True)
class Part:
    """An answer to one group, for the tree of `anchor`: (provider, resource class, amount)."""

    anchor: str
    suffix: str
    taken: tuple[tuple[str, str, int], ...]
    providers: tuple[str, ...]


class World:
    """All providers, looked up once for a question."""

    def __init__(self, cloud: Cloud, providers: Iterable[Provider]) -> None:
        self.cloud = cloud
        self.providers = {provider.id: provider for provider in providers}
        self.inventories = {id: dict(provider.inventories) for id, provider in self.providers.items()}
        self.traits = {id: frozenset(provider.traits) for id, provider in self.providers.items()}
        self.aggregates = {id: frozenset(provider.aggregates) for id, provider in self.providers.items()}
        self.sharing = [id for id, traits in self.traits.items() if SHARES in traits]
        self.has_trees = any(provider.parent_id is not None for provider in self.providers.values())

    def root(self, id: str) -> str:
        return self.providers[id].root_id

    def inventory(self, id: str, name: str) -> Inventory | None:
        return self.inventories[id].get(name)

    def used(self, id: str, name: str) -> int:
        return book.used(self.cloud, self.providers[id].place, name)

    def with_room(self, name: str, amount: int, root_id: str | None) -> list[str]:
        """Providers that have so much of a class left; of one tree, if that was asked for."""
        return [
            id
            for id, provider in self.providers.items()
            if root_id in (None, provider.root_id)
            and (found := self.inventories[id].get(name)) is not None
            and found.has(amount, self.used(id, name))
        ]

    def anchors(self, id: str) -> list[str]:
        """The trees that may draw on a sharing provider: those with a provider in one of its aggregates."""
        shared = self.aggregates[id]
        return list(dict.fromkeys(self.root(one) for one in self.providers if shared & self.aggregates[one]))

    def is_member(self, id: str, sets: Sets) -> bool:
        return all(one & self.aggregates[id] for one in sets)


def parts(world: World, question: Question, suffix: str, roots: frozenset[str] | None) -> list[Part]:
    """All answers to one group; `roots` are the only trees that will do, if there is such a wish."""
    group = question.groups[suffix]
    root_id = None
    if group.in_tree is not None:
        if group.in_tree not in world.providers:
            return []
        root_id = world.root(group.in_tree)
    room = {name: world.with_room(name, amount, root_id) for name, amount in group.resources.items()}
    if not all(room.values()):
        return []
    if not suffix and (world.sharing or world.has_trees):
        return _of_trees(world, group, room, root_id, roots)
    return _of_one(world, group, suffix, room, roots)


def _of_one(
    world: World, group: Group, suffix: str, room: Mapping[str, list[str]], roots: frozenset[str] | None
) -> list[Part]:
    """One provider gives everything."""
    sets = [set(ids) for ids in room.values()]
    found = []
    for id, traits in world.traits.items():
        fits = (
            all(id in ids for ids in sets)
            and all(one & traits for one in group.required)
            and not group.forbidden & traits
            and world.is_member(id, group.member_of)
            and not group.not_member_of & world.aggregates[id]
        )
        if not fits or (not room and group.in_tree is not None and world.root(id) != world.root(group.in_tree)):
            continue
        anchors = [world.root(id)]
        if SHARES in traits:
            anchors += [anchor for anchor in world.anchors(id) if anchor != world.root(id)]
        taken = tuple((id, name, amount) for name, amount in group.resources.items())
        found += [
            Part(anchor, suffix, taken, (id,)) for anchor in anchors if roots is None or anchor in roots
        ]
    return found


def _of_trees(
    world: World, group: Group, room: Mapping[str, list[str]], root_id: str | None, roots: frozenset[str] | None
) -> list[Part]:
    """The providers of one tree, and those that share with it, give everything together."""
    trees: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, ids in room.items():
        pairs = [(id, world.root(id)) for id in ids]
        if root_id is None:
            pairs += [(id, anchor) for id in ids if id in world.sharing for anchor in world.anchors(id)]
        for id, anchor in dict.fromkeys(pairs):
            if (roots is None or anchor in roots) and _is_placed(world, group, id, anchor):
                trees[anchor][name].append(id)
    found = []
    for anchor, by_class in trees.items():
        if len(by_class) < len(room):
            continue
        for choice in product(*(by_class[name] for name in group.resources)):
            if _has_traits(world, group, choice):
                amounts = group.resources.items()
                taken = tuple((id, name, amount) for id, (name, amount) in zip(choice, amounts, strict=True))
                found.append(Part(anchor, "", taken, tuple(dict.fromkeys(choice))))
    return found


def _is_placed(world: World, group: Group, id: str, anchor: str) -> bool:
    """Is it, or the root of its tree, in the right aggregates, and neither of them in a wrong one?"""
    member = world.is_member(id, group.member_of) or (
        anchor in world.providers and world.is_member(anchor, group.member_of)
    )
    aggregates = world.aggregates[id] | world.aggregates.get(anchor, frozenset())
    return member and not group.not_member_of & aggregates


def _has_traits(world: World, group: Group, choice: tuple[str, ...]) -> bool:
    """Together they have what is required, and none has what is forbidden."""
    together = frozenset().union(*(world.traits[id] for id in choice))
    return not group.forbidden & together and all(one & together for one in group.required)
