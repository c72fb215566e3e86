"""Response views: a table of fields, compiled once for each version and audience."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from fakecompute.rest.call import Call
from fakecompute.rest.version import Span, span

Source = str | Callable[[Any, Call], Any]
ABSENT = object()  # a source that gives this leaves its field out

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Field(NamedTuple):
    name: str
    source: Source
    span: Span
    rule: str | None


def field(
    name: str, source: Source | None = None, *, since: str | None = None, until: str | None = None,
    rule: str | None = None,
) -> Field:  # fmt: skip
    """`name` in the answer comes from an attribute (of the same name by default) or from `source(record, call)`.

    Shown from `since` to `until`, and only to whom the policy rule `rule` allows it.  The same name twice, with
    disjoint spans, means that its shape changed.
    """
    return Field(name, source or name, span(since, until), rule)


class View:
    """Makes the answer's dict of a record: `view(record, call)`, `view.all(records, call)`."""

    def __init__(self, *fields: Field) -> None:
        self.fields = fields
        self._rules = tuple(sorted({f.rule for f in fields if f.rule}))
        self._readers: dict[Any, Callable[[Any, Call], dict[str, Any]]] = {}

    def __call__(self, record: Any, call: Call) -> dict[str, Any]:
        return self._reader(call)(record, call)

    def all(self, records: Iterable[Any], call: Call) -> list[dict[str, Any]]:
        read = self._reader(call)
        return [read(record, call) for record in records]

    def _reader(self, call: Call) -> Callable[[Any, Call], dict[str, Any]]:
        allowed = tuple(call.may(rule) for rule in self._rules) if self._rules else ()
        key = (call.version, allowed)
        reader = self._readers.get(key)
        if reader is None:
            shown = {rule for rule, may in zip(self._rules, allowed, strict=True) if may}
            fields = [
                f for f in self.fields if call.version in f.span and (f.rule is None or f.rule in shown)
            ]
            reader = self._readers[key] = _compile(fields)
        return reader


def _compile(fields: Sequence[Field]) -> Callable[[Any, Call], dict[str, Any]]:
    plain = [(f.name, f.source) for f in fields if isinstance(f.source, str)]
    made = [(f.name, f.source) for f in fields if not isinstance(f.source, str)]
    names = [name for name, _ in plain]
    values: Callable[[Any], Iterable[Any]]
    match [source for _, source in plain]:
        case []:
            values = lambda record: ()  # noqa: E731
        case [one]:
            get_one = attrgetter(one)
            values = lambda record: (get_one(record),)  # noqa: E731
        case several:
            values = attrgetter(*several)

    def read(record: Any, call: Call) -> dict[str, Any]:
        shown = dict(zip(names, values(record), strict=True))
        for name, source in made:
            value = source(record, call)
            if value is not ABSENT:
                shown[name] = value
        return shown

    return read


# --- times, in the forms that the services use; all are UTC ---------------------------------------------


@lru_cache(maxsize=8192)
def isotime(at: int | None) -> str | None:
    """`2026-01-01T00:00:00Z`: seconds; servers, images, networks."""
    return None if at is None else (_EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=8192)
def naive(at: int | None) -> str | None:
    """`2026-01-01T00:00:00.000000`: microseconds, no zone; instance actions, key pairs, services."""
    return None if at is None else (_EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.%f")


@lru_cache(maxsize=8192)
def isoformat(at: int | None) -> str | None:
    """The same without a fraction of zero: launched_at and terminated_at of servers."""
    return None if at is None else (_EPOCH + timedelta(microseconds=at)).replace(tzinfo=None).isoformat()


@lru_cache(maxsize=8192)
def zulu(at: int | None) -> str | None:
    """`2026-01-01T00:00:00.000000Z`: microseconds; Keystone's tokens."""
    return None if at is None else f"{naive(at)}Z"


def moment(
    attribute: str, form: Callable[[int | None], str | None] = isotime
) -> Callable[[Any, Call], str | None]:
    """A source that shows a time of the record."""
    get = attrgetter(attribute)
    return lambda record, call: form(get(record))


def listed(attribute: str) -> Callable[[Any, Call], list[Any]]:
    """A source that shows a tuple of the record as a list."""
    get = attrgetter(attribute)
    return lambda record, call: list(get(record))


def mapped(attribute: str) -> Callable[[Any, Call], dict[str, Any]]:
    """A source that shows pairs of the record as an object."""
    get = attrgetter(attribute)
    return lambda record, call: dict(get(record))
