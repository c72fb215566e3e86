"""Who may do what with a namespace and its parts, and the bodies and pages that they have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from fakecompute.domain.image_metadefs import find_namespace, is_visible
from fakecompute.domain.records.image_metadefs import MetadefNamespace
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.image import json_schema
from fakecompute.services.image.json_schema import Json
from fakecompute.services.image.policies import Denied
from fakecompute.services.image.service import ReadOnly, sent_body

DEFAULT_LIMIT, MOST = 25, 1000  # [DEFAULT]limit_param_default, api_limit_max
STAMPS = ("created_at", "updated_at")
READ_ONLY = ("self", "schema", *STAMPS)

R = TypeVar("R")


class NamespaceNotFound(NotFound):
    message = "Namespace {name} not found"


class NamespaceUnknown(NotFound):
    """The same where the database tells it."""

    message = "Metadata definition namespace={name} was not found."


class LimitNoInteger(BadRequest):
    message = "limit param must be an integer"


class LimitNegative(BadRequest):
    message = "limit param must be positive"


class BadSortDirection(BadRequest):
    message = "Invalid sort direction: {direction}"


class BadSortKey(BadRequest):
    """Glance fails with a 500."""

    message = "Invalid sort key: {key}"


class BadVisibility(BadRequest):
    message = "Invalid visibility value: {value}"


# --- who may ----------------------------------------------------------------------------------------------


def namespace_for(
    call: Call, name: str, rule: str, unknown: type[NotFound] = NamespaceNotFound
) -> MetadefNamespace:
    """The namespace, if the caller may know of it and do this to it."""
    namespace = find_namespace(call.cloud, name)
    if namespace is None:
        raise unknown(name=name)
    if not is_visible(namespace, call.context.project_id, call.is_admin):
        raise NamespaceNotFound(name=name)
    demand(call, rule, namespace)
    return namespace


def demand(call: Call, rule: str, namespace: MetadefNamespace | None = None) -> None:
    """Denied, or not found for those who may not even read it."""
    if not permits(call, rule, namespace):
        seen = rule != "get_metadef_namespace" and permits(call, "get_metadef_namespace", namespace)
        raise Denied(rule=rule) if seen else NotFound


def permits(call: Call, rule: str, namespace: MetadefNamespace | None = None) -> bool:
    if call.is_admin:
        return True
    own = namespace is None or namespace.visibility == "public" or namespace.owner == call.context.project_id
    return call.may(rule) and own


# --- bodies -----------------------------------------------------------------------------------------------


def checked_body(call: Call, schema: Json, read_only: Sequence[str] = READ_ONLY) -> dict[str, Any]:
    """The body, which is of the schema and does not write what is the server's."""
    body = sent_body(call)
    for name in read_only:
        if name in body:
            raise ReadOnly(name=name)
    json_schema.validate(body, {"type": "object", **schema} if isinstance(body, list) else schema)
    checked: dict[str, Any] = body
    return checked


# --- pages ------------------------------------------------------------------------------------------------


def check_visibility(query: Mapping[str, str]) -> None:
    visibility = query.get("visibility")
    if visibility and visibility not in ("public", "private"):
        raise BadVisibility(value=visibility)


def limit_of(query: Mapping[str, str], least: int = 0) -> int:
    text = query.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"\s*[+-]?\d{1,18}\s*", text, re.ASCII):
        raise LimitNoInteger
    if int(text) < least:
        raise LimitNegative
    return min(int(text), MOST)


def direction_of(query: Mapping[str, str]) -> str:
    direction = query.get("sort_dir", "desc")
    if direction not in ("asc", "desc"):
        raise BadSortDirection(direction=direction)
    return direction


def page(records: Sequence[R], query: Mapping[str, str], keys: Sequence[str], marker: R | None) -> list[R]:
    """In the order that is asked for (by default the newest first), after the marker, so many."""
    direction, limit, key = direction_of(query), limit_of(query), query.get("sort_key", "created_at")
    if key not in keys:
        raise BadSortKey(key=key)
    found = list(records) if marker is None or marker in records else [*records, marker]
    ordered = sorted(found, key=lambda record: _rank(record, key), reverse=direction == "desc")
    first = 0 if marker is None else ordered.index(marker) + 1
    return ordered[first : first + limit]


def _rank(record: Any, key: str) -> tuple[Any, ...]:
    value = getattr(record, key)
    return value is not None, value if value is not None else 0, record.number
