"""What back ends hold, in pages: common to /manageable_volumes and /manageable_snapshots."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.managing import Held, service_for
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.services.volume.listing import limit_of, offset_of, sort_of
from fakecompute.services.volume.whereto import host_or_cluster

SORT_KEYS: dict[str, Callable[[Held], Any]] = {"reference": lambda held: held.name, "size": lambda held: held.size}


class BadSort(BadRequest):
    message = "Invalid sort {what} passed: {words}"


class UnreadableMarker(BadRequest):
    message = "Invalid input received: marker {marker} can not be analysed, please use json like format"


class NoSuchMarker(BadRequest):
    message = "Invalid input received: marker not found: {marker}"


Holdings = Callable[[Any, VolumeBackend], Iterable[Held]]


def page(call: Call, holdings: Holdings) -> list[Held]:
    """What a host's back end holds of a kind, sorted and cut as the query wants it."""
    query = dict(call.query_pairs)
    host, cluster = host_or_cluster(call, query, "3.17")
    limit, offset = limit_of(call, query), offset_of(query)
    keys = _sort(query)
    held = list(holdings(call.cloud, service_for(call.cloud, host, cluster)))
    for key, direction in reversed(keys):
        held.sort(key=SORT_KEYS[key], reverse=direction == "desc")
    first = _after(held, query["marker"]) if query.get("marker") else 0
    return held[first + offset : first + offset + limit]


def _sort(query: dict[str, str]) -> list[tuple[str, str]]:
    usual = {} if "sort" in query or "sort_key" in query else {"sort_key": "reference"}
    keys = sort_of({**query, **usual})
    for what, words, known in (
        ("keys", [key for key, _ in keys], tuple(SORT_KEYS)),
        ("dirs", [direction for _, direction in keys], ("asc", "desc")),
    ):
        if strange := [word for word in words if word not in known]:
            raise BadSort(what=what, words=", ".join(strange))
    return keys


def _after(held: list[Held], text: str) -> int:
    """The place behind the one whose reference the marker is."""
    try:
        marker = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableMarker(marker=text) from None
    for index, one in enumerate(held):
        if {"source-name": one.name} == marker:
            return index + 1
    raise NoSuchMarker(marker=marker)


def shown(held: Held, detail: bool) -> dict[str, Any]:
    """What Cinder knows already is not safe to take over."""
    managed = held.cinder_id is not None
    source = {"source_reference": {"source-name": held.source}} if held.source is not None else {}
    about: dict[str, Any] = {"reference": {"source-name": held.name}, "size": held.size, "safe_to_manage": not managed}
    if detail:
        about["reason_not_safe"] = "already managed" if managed else None
        about["cinder_id"] = held.cinder_id
        about["extra_info"] = None
    return about | source
