"""The filters of Cinder's scheduler: may a volume go to a pool?  Facts: cinder/scheduler/filters.

Which of them are asked is the setting `scheduler_default_filters`; Cinder's own default leaves those for hints out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.volume.specs import meets
from fakecompute.domain.volume.storage import Place, capabilities, protocol_names, wants_thin

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

UUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)
ZONES = "RESKEY:availability_zones"


class Wish(NamedTuple):
    """What a pool is looked for: `size` in GiB is what is new, 0 for a volume that is there already.

    `stays` is the host of a volume that needs no new room where it is; `hints` are a client's.
    """

    size: int = 0
    kind: VolumeType | None = None
    zones: tuple[str, ...] = ()  # any of them; none: wherever
    hints: Mapping[str, Any] = {}
    project_id: str | None = None
    stays: str | None = None


def zones_of(kind: VolumeType | None) -> tuple[str, ...] | None:
    """The availability zones that a type is bound to, if it is."""
    specs = dict(kind.extra_specs) if kind else {}
    if ZONES not in specs:
        return None
    return tuple(zone.strip() for zone in (specs[ZONES] or "").split(",") if zone)


def _zone(cloud: Cloud, place: Place, wish: Wish) -> bool:
    return not wish.zones or place.backend.availability_zone in wish.zones


def _capacity(cloud: Cloud, place: Place, wish: Wish) -> bool:
    if wish.size == 0 or wish.stays == place.host:
        return True
    if place.pool.capacity <= 0:
        return False
    thin = wants_thin(wish.kind)
    ratio = place.pool.max_over_subscription_ratio
    if thin and place.pool.thin:
        promised = place.promised()
        if ratio < 1 or promised <= 0 or (place.allocated + wish.size) / promised > ratio:
            return False
    return place.room(thin) >= wish.size


def _capabilities(cloud: Cloud, place: Place, wish: Wish) -> bool:
    """Can the pool do what the extra specs demand?  Scoped keys but `capabilities:` are no demands."""
    if wish.kind is None:
        return True
    offers = capabilities(place)
    return all(_offers(offers, key, wanted) for key, wanted in wish.kind.extra_specs)


def _offers(offers: Mapping[str, Any], key: str, wanted: str | None) -> bool:
    scope, colon, name = key.partition(":")
    if colon and scope != "capabilities":
        return True
    name = name if colon else scope
    if name not in offers:
        return False
    if name == "storage_protocol":
        return any(meets(protocol, wanted) for protocol in protocol_names(offers[name]))
    return meets(offers[name], wanted)


# --- hints


def _same(cloud: Cloud, place: Place, wish: Wish) -> bool:
    ids = _volumes(wish.hints.get("same_host", []))
    return ids is not None and (not ids or _holds_one(cloud, place, wish, ids))


def _different(cloud: Cloud, place: Place, wish: Wish) -> bool:
    ids = _volumes(wish.hints.get("different_host", []))
    return ids is not None and not (ids and _holds_one(cloud, place, wish, ids))


def _volumes(told: Any) -> list[str] | None:
    """The ids of a hint, be it one or several; None if they are none."""
    ids = told if isinstance(told, list) else [told]
    return ids if all(isinstance(id, str) and UUID.fullmatch(id) for id in ids) else None


def _holds_one(cloud: Cloud, place: Place, wish: Wish, ids: Sequence[str]) -> bool:
    """Is one of the project's volumes in this very pool?"""
    volumes = (cloud.store.find(Volume, id) for id in ids)
    return any(
        volume.host == place.host and wish.project_id in (None, volume.project_id) for volume in volumes if volume
    )


def _local(cloud: Cloud, place: Place, wish: Wish) -> bool:
    """Is the back end on the server's own host?"""
    told = wish.hints.get("local_to_instance")
    if not told:
        return True
    server = cloud.store.find(Server, told) if isinstance(told, str) else None
    return server is not None and server.host == place.backend.host


def _json(cloud: Cloud, place: Place, wish: Wish) -> bool:
    """A query of the client's: `["and", [">", "$free_capacity_gb", 100], ["=", "$volume_backend_name", "fast"]]`."""
    query = wish.hints.get("query")
    if not query:
        return True
    try:
        result = _asked(json.loads(query), _state(place))
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    return any(result) if isinstance(result, list) else bool(result)


def _asked(query: Any, state: Mapping[str, Any]) -> Any:
    if not query:
        return True
    word, *arguments = query
    cooked = [_cooked(argument, state) for argument in arguments]
    return COMMANDS[word]([argument for argument in cooked if argument is not None])


def _cooked(argument: Any, state: Mapping[str, Any]) -> Any:
    if isinstance(argument, list):
        return _asked(argument, state)
    if not isinstance(argument, str) or not argument.startswith("$"):
        return argument or None if isinstance(argument, str) else argument
    found: Any = state
    for name in argument[1:].split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _state(place: Place) -> dict[str, Any]:
    """What a query may look at: a pool's capabilities, also by themselves, and its service."""
    backend, known = place.backend, capabilities(place)
    return {
        **known,
        "host": place.host,
        "backend_id": place.name,
        "cluster_name": backend.cluster,
        "capabilities": known,
        "service": {"host": backend.id, "availability_zone": backend.availability_zone, "disabled": backend.disabled},
    }


def _chain(compare: Callable[[Any, Any], bool]) -> Callable[[list[Any]], bool]:
    return lambda args: len(args) > 1 and all(compare(args[0], other) for other in args[1:])


# fmt: off
COMMANDS: dict[str, Callable[[list[Any]], Any]] = {
    "=":   _chain(lambda one, other: bool(one == other)),
    "<":   _chain(lambda one, other: bool(one < other)),
    ">":   _chain(lambda one, other: bool(one > other)),
    "<=":  _chain(lambda one, other: bool(one <= other)),
    ">=":  _chain(lambda one, other: bool(one >= other)),
    "in":  lambda args: len(args) > 1 and args[0] in args[1:],
    "not": lambda args: [not argument for argument in args],
    "or":  any,
    "and": all,
}

FILTERS: dict[str, Callable[[Cloud, Place, Wish], bool]] = {
    "AvailabilityZoneFilter": _zone,
    "CapacityFilter":         _capacity,
    "CapabilitiesFilter":     _capabilities,
    "SameBackendFilter":      _same,
    "DifferentBackendFilter": _different,
    "InstanceLocalityFilter": _local,
    "JsonFilter":             _json,
}
# fmt: on
