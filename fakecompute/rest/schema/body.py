"""A body or a query by its schema: the loaded dict, or the one flaw that a validator would meet first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import marshmallow
from marshmallow import EXCLUDE, RAISE, ValidationError, fields

from fakecompute.rest.dialect import Flaw
from fakecompute.rest.schema.scalars import MISSING, UNKNOWN, Problem, Typed, copy
from fakecompute.rest.schema.structures import (
    AnyOf,
    ListOf,
    Object,
    Schema,
    compiled,
    unknown_keys,
)
from fakecompute.rest.version import Version


class InvalidBody(Exception):
    """A body or query does not fit; the dialect words it."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(flaw.sentence)


class Body:
    """What an endpoint wants of a body or query: a schema, or a field, for the key `wrap` or the whole body."""

    def __init__(self, wanted: type[marshmallow.Schema] | Typed, wrap: str | None = None) -> None:
        self.whole = wrap is None and isinstance(wanted, fields.Field)
        wrap = "whole" if self.whole else wrap
        if wrap is not None:
            inner = wanted if isinstance(wanted, fields.Field) else Object(wanted)
            wanted = type("Action", (Schema,), {wrap: copy(inner, required=True)})
        assert isinstance(wanted, type)
        self.schema = wanted
        self.wrap = wrap

    def load(self, value: Any, version: Version, unknown: Literal["raise", "exclude"] | None = None) -> Any:
        """The loaded dict, by attribute names with defaults; InvalidBody for the first flaw."""
        if self.whole:
            value = {self.wrap: value}
        if not isinstance(value, dict):
            raise InvalidBody(Flaw("type", (), value, f"{value!r} is not of type 'object'"))
        schema = compiled(self.schema, version)
        try:
            loaded = schema.load(value, unknown=unknown)
        except ValidationError as error:
            flaw = _first(error.messages, schema, value, ())
            raise InvalidBody(flaw._replace(path=flaw.path[1:]) if self.whole else flaw) from None
        return loaded[self.wrap] if self.wrap else loaded

    def load_query(self, pairs: Iterable[tuple[str, str]], version: Version, strict: bool) -> dict[str, Any]:
        """The same for a query: the last value of a name counts, all of them where the field is a list."""
        schema = compiled(self.schema, version)
        many = {(f.data_key or name) for name, f in schema.fields.items() if isinstance(f, ListOf)}
        value: dict[str, Any] = {}
        for name, text in pairs:
            if name in many:
                value.setdefault(name, []).append(text)
            else:
                value[name] = text
        loaded: dict[str, Any] = self.load(value, version, RAISE if strict else EXCLUDE)
        return loaded


def unknown_query(pairs: Iterable[tuple[str, str]]) -> Flaw:
    """The flaw of a query where none is wanted."""
    names = sorted({name for name, _ in pairs})
    return Flaw("unknown", (), dict(pairs), unknown_keys(names), names[0])


def _first(messages: Any, schema: Any, value: Any, path: tuple[str | int, ...]) -> Flaw:
    """The flaw that a validator would meet first: fields in their order, then missing, then unknown keys."""
    unknown, missing = [], []
    names = {f.data_key or name: f for name, f in schema.fields.items()} if schema is not None else {}
    for key in [*(n for n in names if n in messages), *(k for k in messages if k not in names)]:
        found = messages[key]
        if found == [UNKNOWN]:
            unknown.append(str(key))
        elif found == [MISSING]:
            missing.append(str(key))
        else:
            inner = names.get(str(key))
            return _inside(found, inner, value, (*path, key))
    if missing:
        return Flaw("missing", path, value, f"{missing[0]!r} is a required property", missing[0])
    order = [key for key in value if key in unknown]  # as they were sent
    return Flaw("unknown", path, value, unknown_keys(sorted(order)), order[0])


def _inside(found: Any, field: Any, value: Any, path: tuple[str | int, ...]) -> Flaw:
    if isinstance(found, list) and isinstance(found[0], Problem):
        return Flaw(found[0].kind, path, found[0].value, found[0].sentence)
    inner = value[path[-1]]
    while isinstance(field, AnyOf):
        field = None
    if isinstance(field, Object):
        return _first(found, compiled(field.schema, field.version), inner, path)
    key = next(iter(found))
    return _inside(
        found[key], getattr(field, "item", None) or getattr(field, "value", None), inner, (*path, key)
    )
