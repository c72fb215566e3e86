"""How Nova's lists are asked for: limit and marker, sort keys and directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fakecompute.errors import BadRequest
from fakecompute.rest import page
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, Schema, Text

T = TypeVar("T")


class BadSortDirection(BadRequest):
    message = "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'"


class MarkerLost(BadRequest):
    message = "Marker {marker} could not be found."


class Paged(Schema):
    """The query of every paged list; others inherit from it."""

    limit = Integer(min=0, pattern="^[0-9]*$")
    marker = Text()


class Windowed(Schema):
    """The query of lists that are cut by position: volumes, snapshots, attachments, security groups."""

    limit = Integer(min=0, pattern="^[0-9]*$")
    offset = Integer(min=0, pattern="^[0-9]*$")


def window(call: Call, items: Sequence[T]) -> Sequence[T]:
    """The part of a list that `Windowed` asks for; a limit of 0 is none."""
    most, offset = call.cloud.settings.max_limit, call.query.get("offset", 0)
    return items[offset : offset + min(call.query.get("limit") or most, most)]


def address(call: Call) -> str:
    """Where the pages of a list are: below the caller's project if the request named it, be it as a filter."""
    # nova/api/openstack/common.py: _get_project_id
    project = call.project_id
    named = not call.url_project and project in "/".join(
        (call.path, *(value for _, value in call.query_pairs))
    )
    return f"{call.url}/{project}" if named else call.url


def paginate(
    call: Call, items: Sequence[T], collection: str, path: str, key: Callable[[T], str]
) -> tuple[Sequence[T], dict[str, Any]]:
    """The page that the query asks for, and the link to the next one: present whenever a page is full."""
    most = call.cloud.settings.max_limit
    limit = min(call.query.get("limit", most), most)
    rest = page.after(items, call.query.get("marker"), key)
    shown = rest[:limit]
    return shown, page.links(collection, address(call) + path, call.query_pairs, shown, limit, key)


def sort(items: Sequence[T], keys: Sequence[tuple[Callable[[T], Any], str]]) -> list[T]:
    """By several keys, each with its direction; None comes before everything."""
    ordered = list(items)
    for value_of, direction in reversed(keys):
        if direction not in ("asc", "desc"):
            raise BadSortDirection

        def rank(item: T, value_of: Callable[[T], Any] = value_of) -> tuple[bool, Any]:
            value = value_of(item)
            return value is not None, 0 if value is None else value

        ordered.sort(key=rank, reverse=direction == "desc")
    return ordered
