"""Which pool a volume goes to: the pools that pass the filters of Cinder's scheduler, and the weightiest of them.

Facts: cinder/scheduler/filter_scheduler.py, cinder/scheduler/weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.volume.filters import FILTERS, Wish, zones_of
from fakecompute.domain.volume.storage import (
    Place,
    active_places,
    capabilities,
    place_at,
    places,
    wants_thin,
)
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

__all__ = [
    "NoValidBackend",
    "Place",
    "Wish",
    "capabilities",
    "choose",
    "fitting",
    "place_at",
    "places",
    "retyped_place",
    "suitable",
    "weighed",
    "zones_of",
]


class NoValidBackend(BadRequest):
    message = "No valid backend was found. {reason}"


def choose(
    cloud: Cloud,
    size: int,
    kind: VolumeType | None,
    *,
    zone: str | None = None,
    zones: Iterable[str] = (),
    backend: str | None = None,
    excluded: Iterable[str] = (),
    hints: Mapping[str, Any] | None = None,
    project_id: str | None = None,
) -> Place:
    """The weightiest pool that passes all filters; NoValidBackend if none does.

    A `zone` binds it, else the type's zones do, or those of `zones`; `backend` is the one where a source is;
    `excluded` are hosts that were tried, or are to be left.
    """
    wanted = (zone,) if zone else tuple(zones) or zones_of(kind) or ()
    wish = Wish(size, kind, wanted, hints or {}, project_id)
    for place in weighed(cloud, wish, excluded):
        if backend in (None, place.backend.id, place.backend.cluster):
            return place
    raise NoValidBackend(reason="No weighed backends available")


def suitable(
    cloud: Cloud,
    kind: VolumeType | None,
    *,
    zone: str | None = None,
    backend: str | None = None,
    excluded: Iterable[str] = (),
) -> Iterator[Place]:
    """Pools that suit type and zone, whatever room they have."""
    wish = Wish(0, kind, (zone,) if zone else zones_of(kind) or ())
    for place in fitting(cloud, wish, excluded):
        if backend in (None, place.backend.id, place.backend.cluster):
            yield place


def retyped_place(
    cloud: Cloud, host: str, size: int, kind: VolumeType, *, may_move: bool, id: str, zones: tuple[str, ...] = ()
) -> Place:
    """Where a volume goes with its new type: it stays if it can; NoValidBackend if there is no place for it."""
    # cinder/scheduler/filter_scheduler.py: find_retype_backend
    found = weighed(cloud, Wish(size, kind, zones_of(kind) or zones, stays=host))
    if not found:
        raise NoValidBackend(reason=f"No valid backends for volume {id} with type {kind.name}")
    for place in found:
        if place.host == host:
            return place
    if not may_move:
        raise NoValidBackend(
            reason=f"Current backend not valid for volume {id} with type {kind.name}, migration not allowed"
        )
    return found[0]


def fitting(cloud: Cloud, wish: Wish, excluded: Iterable[str] = ()) -> list[Place]:
    """The pools that pass the filters which this cloud asks."""
    left = frozenset(excluded)
    asked = [FILTERS[name] for name in cloud.settings.scheduler_default_filters]
    return [
        place
        for place in active_places(cloud)
        if place.host not in left and all(passes(cloud, place, wish) for passes in asked)
    ]


def weighed(cloud: Cloud, wish: Wish, excluded: Iterable[str] = ()) -> list[Place]:
    """The same, the weightiest first; each weigher's values count from 0 for the least to 1 for the most."""
    found = fitting(cloud, wish, excluded)
    weights = dict.fromkeys(range(len(found)), 0.0)
    for weigh, multiplier in WEIGHERS:
        values = [weigh(place, wish) for place in found]
        spread = max(values, default=0) - min(values, default=0)
        for index, value in enumerate(values):
            weights[index] += getattr(cloud.settings, multiplier) * (value - min(values)) / spread if spread else 0
    return [found[index] for index in sorted(weights, key=lambda index: -weights[index])]


WEIGHERS: tuple[tuple[Callable[[Place, Wish], float], str], ...] = (
    (lambda place, wish: place.room(wants_thin(wish.kind)), "capacity_weight_multiplier"),
    (lambda place, wish: place.allocated, "allocated_capacity_weight_multiplier"),
    (lambda place, wish: place.volumes, "volume_number_multiplier"),
)
