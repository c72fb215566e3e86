"""The links that Nova puts on what it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute.rest.call import Call


def links(call: Call, collection: str, id: str) -> list[dict[str, str]]:
    """`self` with the version in it, `bookmark` without."""
    return [
        {"rel": "self", "href": f"{call.url}/{collection}/{id}"},
        {"rel": "bookmark", "href": f"{call.root}/{collection}/{id}"},
    ]


def linked(collection: str) -> Callable[[Any, Call], list[dict[str, str]]]:
    """The same as a source of a view's field."""
    return lambda record, call: links(call, collection, record.id)


def bookmark(call: Call, collection: str, id: str) -> dict[str, Any]:
    """A reference to something else: its id and where it is."""
    return {"id": id, "links": [{"rel": "bookmark", "href": f"{call.root}/{collection}/{id}"}]}
