"""How Keystone lists: filters with comparators, limit and marker, and the links around a collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from fakecompute.errors import BadRequest
from fakecompute.kernel.store import Record
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Schema, Text
from fakecompute.rest.view import View
from fakecompute.services.identity.service import MarkerNotFound, identity

R = TypeVar("R", bound=Record)
FALSE = frozenset({"0", "false", "f", "no", "n", "off"})


class BadLimit(BadRequest):
    message = "Invalid input for field/attribute limit. Value: {limit}. {limit!r} is not of type 'integer'"


class Listed(Schema):
    """The query of a list.  `filters` are the attributes that one may ask for; others are passed over."""

    filters: ClassVar[tuple[str, ...]] = ()
    limit = Text()
    marker = Text()


def linked(collection: str) -> Callable[[Any, Call], dict[str, str]]:
    """The `links` of a member, as a source of a view's field."""
    return lambda record, call: {"self": f"{call.url}/{collection}/{record.id}"}


def collection(call: Call, name: str, records: Iterable[Record], view: View) -> dict[str, Any]:
    """`{"projects": [...], "links": {...}}`: what the query asks for of the records."""
    endpoint = call.endpoint
    names = endpoint.query.schema.filters if endpoint and endpoint.query else ()  # type: ignore[attr-defined]
    found = filtered(call, list(records), names)
    page, more = _page(call, found)
    shown: dict[str, Any] = {name: view.all(page, call), "links": links(call)}
    if more:
        query = urlencode({**dict(call.query_pairs), "marker": page[-1].id})
        shown["links"]["next"] = f"{_address(call)}?{query}"
        shown["truncated"] = True
    return shown


def links(call: Call) -> dict[str, str | None]:
    query = call.environ.get("QUERY_STRING", "")
    return {"next": None, "self": _address(call) + (f"?{query}" if query else ""), "previous": None}


def of_domain(call: Call, records: Iterable[Any]) -> list[Any]:
    """By id; a token for a domain sees none of another."""
    mine = call.context.domain_id
    found = (record for record in records if mine is None or record.domain_id == mine)
    return sorted(found, key=lambda record: record.id)


def _address(call: Call) -> str:
    return call.url + call.path.removeprefix(identity.prefix)


def _page(call: Call, records: list[Record]) -> tuple[list[Record], bool]:
    limit, marker = call.query.get("limit"), call.query.get("marker")
    if marker is not None:
        places = [place for place, record in enumerate(records) if record.id == marker]
        if not places:
            raise MarkerNotFound(marker=marker)
        records = records[places[0] + 1 :]
    if limit is None:
        return records, False
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise BadLimit(limit=limit)
    page = records[: int(limit) or None]
    return page, bool(page) and len(page) == int(limit)  # full, whether or not anything follows


# fmt: off
COMPARATORS: dict[str, Callable[[str, str], bool]] = {
    "contains":    lambda value, wanted: wanted in value,
    "startswith":  lambda value, wanted: value.startswith(wanted),
    "endswith":    lambda value, wanted: value.endswith(wanted),
    "icontains":   lambda value, wanted: wanted.lower() in value.lower(),
    "istartswith": lambda value, wanted: value.lower().startswith(wanted.lower()),
    "iendswith":   lambda value, wanted: value.lower().endswith(wanted.lower()),
}
# fmt: on


def filtered(call: Call, records: Sequence[R], names: Iterable[str]) -> list[R]:
    """The records that fit `name=` and `name__contains=` of the query."""
    known = set(names)
    kept = list(records)
    for key, wanted in call.query_pairs:
        name, _, comparator = key.partition("__")
        if name not in known or (comparator and comparator not in COMPARATORS):
            continue
        kept = [record for record in kept if _fits(getattr(record, name), comparator, wanted)]
    return kept


def _fits(value: Any, comparator: str, wanted: str) -> bool:
    if isinstance(value, bool):
        return value is is_true(wanted)
    if comparator:
        return isinstance(value, str) and COMPARATORS[comparator](value, wanted)
    return bool(value == (wanted or None if value is None else wanted))


def is_true(text: str) -> bool:
    """Whatever is not a word for false is true, the empty string too: `?enabled`."""
    return text.lower() not in FALSE
