"""GET /scheduler-stats/get_pools: the pools that the scheduler knows, with what they report."""

from __future__ import annotations

import re
from typing import Any

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.volume.filters import UUID, Wish
from fakecompute.domain.volume.pools import fitting
from fakecompute.domain.volume.services import reported_at
from fakecompute.domain.volume.storage import Place, active_places, capabilities
from fakecompute.domain.volume.types import TypeNotFound, TypeNotFoundByName
from fakecompute.errors import FakeError
from fakecompute.rest.call import Call
from fakecompute.rest.view import naive
from fakecompute.services.volume.listing import RESOURCE_FILTERS, YES, BadFilters, boolean
from fakecompute.services.volume.service import type_named, volume

# --- response views -----------------------------------------------------------------------------------


def pool_detail(place: Place, call: Call) -> dict[str, Any]:
    timestamp = naive(reported_at(call.cloud, place.backend))
    return {"name": place.name, "capabilities": {**capabilities(place), "timestamp": timestamp}}


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/scheduler-stats/get_pools", policy="scheduler_extension:scheduler_stats:get_pools")
def list_pools(call: Call) -> dict[str, Any]:
    query = dict(call.query_pairs)
    detail = boolean("detail", query.pop("detail", "False"))
    shown = _filtered(call, _wanted(call, query))
    return {"pools": [pool_detail(place, call) if detail else {"name": place.name} for place in shown]}


def _wanted(call: Call, query: dict[str, str]) -> dict[str, str]:
    """Filters begin with 3.28; from 3.31 on they are those of /resource_filters, volume_type from 3.35."""
    if not call.since("3.28"):
        return {}
    if call.since("3.31"):
        strange = [name for name in query if name not in RESOURCE_FILTERS["pool"]]
        if strange:
            raise BadFilters(names=",".join(strange))
    if not call.since("3.35"):
        query.pop("volume_type", None)
    return query


def _filtered(call: Call, wanted: dict[str, str]) -> list[Place]:
    name, kind = wanted.pop("name", None), wanted.pop("volume_type", None)
    found = fitting(call.cloud, Wish(kind=_type(call, kind))) if kind else active_places(call.cloud)
    found = [place for place in found if name in (None, "", place.name)]
    return [place for place in found if all(_has(capabilities(place).get(key), value) for key, value in wanted.items())]


def _type(call: Call, name: str) -> VolumeType:
    kind = type_named(call, name)
    if kind is None:
        missing: FakeError = TypeNotFound(id=name) if re.fullmatch(UUID, name) else TypeNotFoundByName(name=name)
        raise missing
    return kind


def _has(offered: Any, wanted: str) -> bool:
    """Is a capability what the query asks for, in the query's words?"""
    if isinstance(offered, bool):
        return offered == (wanted.strip().lower() in YES)
    return offered is not None and str(offered) == wanted
