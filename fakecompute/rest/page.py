"""Pages of a list: limit, marker and the link to what follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from fakecompute.errors import BadRequest

T = TypeVar("T")


class MarkerNotFound(BadRequest):
    message = "marker [{marker}] not found"


def after(items: Sequence[T], marker: str | None, key: Callable[[T], str]) -> Sequence[T]:
    """What follows the item that is called `marker`; MarkerNotFound if none is."""
    if marker is None:
        return items
    for index, item in enumerate(items):
        if key(item) == marker:
            return items[index + 1 :]
    raise MarkerNotFound(marker=marker)


def next_link(url: str, query: Sequence[tuple[str, str]], marker: str) -> str:
    """The address of the next page: the same query, sorted, with another marker; a first marker stands last."""
    # nova/api/openstack/common.py: _get_next_link
    return f"{url}?{urlencode({**dict(sorted(query)), 'marker': marker})}"


def links(collection: str, url: str, query: Sequence[tuple[str, str]], page: Sequence[Any], limit: int | None,
          key: Callable[[Any], str]) -> dict[str, Any]:  # fmt: skip
    """`{"servers_links": [...]}` if the page is full, as Nova has it; nothing otherwise."""
    if not limit or len(page) < limit:
        return {}
    return {f"{collection}_links": [{"rel": "next", "href": next_link(url, query, key(page[-1]))}]}
