"""Lists of Cinder: filters, sorting, pages.  Facts: cinder/api/common.py and the observed answers of a real Cinder.

    VOLUMES = Listing("volumes", "volume", filters={...}, sort_keys={...}, old_filters=...)
    page, links = VOLUMES.page(call, records)
"""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.volume.service import volume

T = TypeVar("T")
COUNT = "with_count"
PAGING = frozenset(("limit", "marker", "offset", "sort", "sort_key", "sort_dir"))
MOST = (1 << 31) - 1
YES = ("1", "t", "true", "on", "y", "yes")
NO = ("0", "f", "false", "off", "n", "no")

# etc/cinder/resource_filters.json: what projects may filter by from 3.31 on
# fmt: off
RESOURCE_FILTERS: Mapping[str, tuple[str, ...]] = {
    "volume": (
        "name", "status", "metadata", "bootable", "migration_status", "availability_zone", "group_id", "size",
        "created_at", "updated_at", "consumes_quota",
    ),
    "backup":         ("name", "status", "volume_id"),
    "snapshot":       ("name", "status", "volume_id", "metadata", "availability_zone", "consumes_quota"),
    "group":          ("name",),
    "group_snapshot": ("name", "status", "group_id"),
    "attachment":     ("volume_id", "status", "instance_id", "attach_status"),
    "message":        ("resource_uuid", "resource_type", "event_id", "request_id", "message_level"),
    "pool":           ("name", "volume_type"),
    "volume_type":    ("is_public", "extra_specs"),
}
# fmt: on


class BadLimit(BadRequest):
    message = "limit param must be an integer"


class NegativeLimit(BadRequest):
    message = "limit param must be positive"


class BadOffset(BadRequest):
    message = "{reason}"


class TwoSorts(BadRequest):
    message = "The 'sort_key' and 'sort_dir' parameters are deprecated and cannot be used with the 'sort' parameter."


class BadDirection(BadRequest):
    message = "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."


class BadKey(BadRequest):
    message = "Invalid input received: Invalid sort key"


class BadBoolean(BadRequest):
    message = "Value '{value}' for '{name}' is not a boolean."


class BadFilters(BadRequest):
    message = "Invalid filters {names} are found in query options."


class NotAscii(BadRequest):
    message = "Filter keys can only contain ASCII characters."


class MarkerNotFound(NotFound):
    message = "Marker {marker} could not be found."


Value = Callable[[Any], Any]


@dataclass(frozen=True)
class Listing(Generic[T]):
    """How a collection is filtered, sorted and cut.

    `filters` and `sort_keys` give a record's value by the name in the query; `old_filters` are those that projects
    could use before 3.31, where all others were dropped without a word (None: none was); `since` are those that are
    dropped before a version.  `missing` makes the error for a marker, `counted` lists can tell how many there are
    (3.45).
    """

    collection: str  # in addresses and answers
    resource: str  # in RESOURCE_FILTERS
    filters: Mapping[str, Value]
    sort_keys: Mapping[str, Value]
    old_filters: frozenset[str] | None = frozenset()  # None: all
    since: Mapping[str, str] = field(default_factory=dict)
    counted: bool = False
    missing: Callable[[str], Exception] | None = lambda marker: MarkerNotFound(marker=marker)
    more: frozenset[str] = field(default_factory=frozenset)  # parameters that the caller sees to
    called: str = ""  # in the name of the link, if that is not the collection's
    strict: str = "3.31"  # from when on strange filters are refused

    def answer(
        self, call: Call, records: Iterable[T], view: Callable[[Sequence[T], Call], list[Any]], detail: str = ""
    ) -> dict[str, Any]:
        """The body: the page, its link, and the count if one asks."""
        page, links, count = self.page(call, records, detail)
        told = {"count": count} if self._with_count(call, dict(call.query_pairs)) else {}
        return {self.collection: view(page, call), **links, **told}

    def page(
        self, call: Call, records: Iterable[T], detail: str = ""
    ) -> tuple[Sequence[T], dict[str, list[dict[str, str]]], int]:
        """The page that is asked for, the link to what follows, and how many there are on all pages."""
        query = dict(call.query_pairs)
        limit, offset, keys = limit_of(call, query), offset_of(query), sort_of(query)
        with_count = self._with_count(call, query)
        records = list(records)
        found = self._filtered(call, query, records)
        check_directions(keys)
        if found is None:
            return [], {}, 0
        ordered = self._cut(query.get("marker"), keys, records, found)
        shown = ordered[offset : offset + limit]
        full = shown and limit <= (len(found) if with_count else len(shown))  # be there more or not
        return shown, self.links(call, _id(shown[-1]), detail) if full else {}, len(found)

    def _with_count(self, call: Call, query: Mapping[str, str]) -> bool:
        asked = self.counted and call.since("3.45") and COUNT in query
        return asked and boolean(COUNT, query[COUNT])

    def _filtered(self, call: Call, query: dict[str, str], records: list[T]) -> list[T] | None:
        """Those that fit, or None if a filter names nothing that there is."""
        wanted = {name: value for name, value in query.items() if name not in PAGING and name not in self.more}
        if self.counted and call.since("3.45"):
            wanted.pop(COUNT, None)
        wanted.pop("all_tenants", None)
        if not all(name.isascii() for name in wanted) and call.since("3.31"):
            raise NotAscii
        if not call.is_admin:
            wanted = self._allowed(call, wanted)
        for name, version in self.since.items():
            if not call.since(version):
                wanted.pop(name, None)
        tests = [self.test(call, name, value) for name, value in wanted.items()]
        if any(test is None for test in tests):
            return None
        return [one for one in records if all(test(one) for test in tests if test)]

    def _allowed(self, call: Call, wanted: dict[str, str]) -> dict[str, str]:
        """What projects may ask: until 3.30 the rest is dropped, then refused."""
        if not call.since(self.strict):
            old = self.old_filters
            return {name: value for name, value in wanted.items() if old is None or name in old}
        known = RESOURCE_FILTERS[self.resource]
        strange = [name for name in wanted if name not in known]  # not even `name~`, unless an operator lists it
        if strange:
            raise BadFilters(names=",".join(strange))
        return wanted

    def test(self, call: Call, name: str, wanted: str) -> Callable[[T], bool] | None:
        """What a filter asks of a record, None if there is none of this name; `name~` is for what is in the text."""
        value_of = self.filters.get(name.rstrip("~"))
        if value_of is None:
            return None
        if name.endswith("~"):
            return lambda one: wanted.lower() in str(value_of(one) or "").lower()
        return lambda one: fits(value_of(one), wanted)

    def _cut(self, marker: str | None, keys: list[tuple[str, str]], records: list[T], found: list[T]) -> list[T]:
        """The found ones in order, those after the marker; it may be one that a filter has left out."""
        if marker is None:
            return self._sorted(keys, found)
        last = next((one for one in records if _id(one) == marker), None)
        if last is None:
            if self.missing is None:  # some lists take no offence
                return self._sorted(keys, found)
            raise self.missing(marker)
        missed = all(one is not last for one in found)
        ordered = self._sorted(keys, [*found, last] if missed else found)
        return ordered[ordered.index(last) + 1 :]

    def _sorted(self, keys: list[tuple[str, str]], records: list[T]) -> list[T]:
        """By all keys, and what is equal in them by the order of creation."""
        first = keys[0][1] == "desc"
        if all(key != "created_at" for key, _ in keys):
            keys = [*keys, ("created_at", keys[0][1])]
        ordered = sorted(records, key=_number, reverse=first)
        for key, direction in reversed(keys):
            value_of = self.sort_keys.get(key)
            if value_of is None:
                raise BadKey
            ordered.sort(key=lambda one, value_of=value_of: _rank(value_of(one)), reverse=direction == "desc")  # type: ignore[misc]
        return ordered

    def links(self, call: Call, last: str, detail: str) -> dict[str, list[dict[str, str]]]:
        own = f"/{call.url_project}" if call.url_project else ""
        url = f"{call.base}{volume.mount}{volume.version_path}{own}/{self.collection}{detail}"
        query = [pair for pair in call.query_pairs if pair[0] != "marker"]
        href = f"{url}?{urlencode([*query, ('marker', last)])}"
        return {f"{self.called or self.collection}_links": [{"rel": "next", "href": href}]}


def _number(one: Any) -> int:
    number: int = getattr(one, "number", 0)
    return number


def _id(one: Any) -> str:
    found: str = one.id
    return found


def _rank(value: Any) -> tuple[bool, Any]:
    """None comes before everything."""
    return value is not None, 0 if value is None else value


def fits(value: Any, wanted: str) -> bool:
    """Is a value what a query asks for, in the query's words?  Pairs hold those of a literal `{'key': 'value'}`."""
    if isinstance(value, tuple):
        try:
            demanded = literal_eval(wanted)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return False
        return isinstance(demanded, dict) and demanded.items() <= dict(value).items()
    if isinstance(value, bool):
        return value == (wanted.strip().lower() in YES)
    return str(value) == wanted if value is not None else wanted in ("", "None")


def boolean(name: str, text: str) -> bool:
    """A word for yes or no; BadBoolean for any other."""
    word = text.strip().lower()
    if word not in YES and word not in NO:
        raise BadBoolean(value=text, name=name)
    return word in YES


def limit_of(call: Call, query: Mapping[str, str]) -> int:
    most = call.cloud.settings.max_limit
    try:
        limit = int(query.get("limit", most))
    except ValueError:
        raise BadLimit from None
    if limit < 0:
        raise NegativeLimit
    return min(limit, most)


def offset_of(query: Mapping[str, str]) -> int:
    text = query.get("offset", "0")
    try:
        offset = int(text)
    except ValueError:
        raise BadOffset(reason="offset must be an integer") from None
    if offset < 0:
        raise BadOffset(reason="offset must be >= 0")
    if offset > MOST:
        raise BadOffset(reason=f"offset must be <= {MOST}")
    return offset


def sort_of(query: Mapping[str, str]) -> list[tuple[str, str]]:
    """Keys with their directions; the newest first if nothing else is said."""
    if "sort" not in query:
        return [(query.get("sort_key", "created_at").strip(), query.get("sort_dir", "desc").strip())]
    if "sort_key" in query or "sort_dir" in query:
        raise TwoSorts
    keys = []
    for part in query["sort"].strip().split(","):
        key, _, direction = part.partition(":")
        keys.append((key.strip(), direction.strip() or "desc"))
    return keys


def check_directions(keys: Iterable[tuple[str, str]]) -> None:
    if any(direction not in ("asc", "desc") for _, direction in keys):
        raise BadDirection


def owned(call: Call, kind: type[T]) -> list[T]:
    """The caller's, or everybody's for an admin who says all_tenants."""
    store: Any = call.cloud.store
    told = dict(call.query_pairs).get("all_tenants", "0")
    found: list[T]
    if call.is_admin and boolean("all_tenants", told):
        found = store.all(kind)
    else:
        found = store.by(kind, "project", call.project_id)
    return found
