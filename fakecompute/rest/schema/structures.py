"""Fields of several values, schemas, and what both are in a version."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import marshmallow
from marshmallow import EXCLUDE, RAISE, ValidationError

from fakecompute.rest.schema.forms import TRIMMED
from fakecompute.rest.schema.scalars import UNKNOWN, Text, Typed, copy, problem
from fakecompute.rest.version import LENIENT, Version, span


class ListOf(Typed):
    """An array whose items fit `item`."""

    types: tuple[str, ...] = ("array",)

    def __init__(self, item: Typed, *, min: int = 0, max: int | None = None, unique: bool = False,
                 **options: Any) -> None:  # fmt: skip
        super().__init__(**options)
        self.item, self.min, self.max, self.unique = item, min, max, unique

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.wrong_type(value)
        loaded, errors = [], {}
        for index, item in enumerate(value):
            try:
                loaded.append(self.item.deserialize(item))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        if len(value) < self.min:
            raise problem(f"{value!r} {'should be non-empty' if self.min == 1 else 'is too short'}", value)
        if self.max is not None and len(value) > self.max:
            raise problem(f"{value!r} is too long", value)
        if self.unique and any(item in value[:index] for index, item in enumerate(value)):
            raise problem(f"{value!r} has non-unique elements", value)
        return loaded


class Single(ListOf):
    """A parameter of a query that may be given once: its value, not a list of one."""

    def __init__(self, item: Typed, **options: Any) -> None:
        super().__init__(item, max=1, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs)[0]


class MapOf(Typed):
    """An object with free keys of a pattern, whose values fit `value`."""

    types: tuple[str, ...] = ("object",)

    def __init__(self, value: Typed, *, key: str | None = None, min: int = 0, max: int | None = None,
                 **options: Any) -> None:  # fmt: skip
        super().__init__(**options)
        self.value, self.key, self.min, self.max = value, re.compile(key) if key else None, min, max

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise self.wrong_type(value)
        loaded: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        strange: list[str] = []
        for key, inner in value.items():
            if self.key and not self.key.search(key):
                strange.append(key)
                continue
            try:
                loaded[key] = self.value.deserialize(inner)
            except ValidationError as error:
                errors[key] = error.messages
        if errors:
            raise ValidationError(errors)
        if strange and self.key:
            names = ", ".join(map(repr, sorted(strange)))
            verb = "does" if len(strange) == 1 else "do"
            raise problem(f"{names} {verb} not match any of the regexes: {self.key.pattern!r}", value)
        if len(value) < self.min:
            raise problem(f"{value!r} should be non-empty", value)
        if self.max is not None and len(value) > self.max:
            raise problem(f"{value!r} has too many properties", value)
        return loaded


def unknown_keys(names: Sequence[str]) -> str:
    words = ", ".join(repr(name) for name in names)
    return (
        f"Additional properties are not allowed ({words} {'was' if len(names) == 1 else 'were'} unexpected)"
    )


class Object(Typed):
    """An object of a schema."""

    types: tuple[str, ...] = ("object",)

    def __init__(self, schema: type[marshmallow.Schema], **options: Any) -> None:
        super().__init__(**options)
        self.schema, self.version = schema, Version(0, 0)

    def at(self, version: Version) -> Object:
        twin: Object = copy(self, version=version)
        return twin

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise self.wrong_type(value)
        return compiled(self.schema, self.version).load(value)


class SomeOf(Object):
    """An object of a schema without required keys, of which one at least must be there."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        loaded = super()._deserialize(value, attr, data, **kwargs)
        if not loaded:
            raise problem(f"{value!r} is not valid under any of the given schemas", value)
        return loaded


class AnyOf(Typed):
    """The first of several fields that fits."""

    def __init__(self, *options: Typed, **more: Any) -> None:
        super().__init__(**more)
        self.options = options

    def wrong_type(self, value: Any) -> ValidationError:
        return problem(f"{value!r} is not valid under any of the given schemas", value)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        for option in self.options:
            try:
                return option.deserialize(value)
            except ValidationError:
                continue
        raise self.wrong_type(value)


class Either(AnyOf):
    """The one of several fields whose JSON type the value has: unlike AnyOf's, a flaw is that field's."""

    def wrong_type(self, value: Any) -> ValidationError:
        names = ", ".join(repr(name) for option in self.options for name in option.types)
        return problem(f"{value!r} is not of type {names}", value, "type")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        for option in self.options:
            if _has_type(value, option.types):
                return option.deserialize(value)
        raise self.wrong_type(value)


# fmt: off
_TYPES: dict[str, Callable[[Any], bool]] = {
    "string":  lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "object":  lambda value: isinstance(value, dict),
    "array":   lambda value: isinstance(value, list),
}
# fmt: on


def _has_type(value: Any, types: Iterable[str]) -> bool:
    return any(_TYPES[name](value) for name in types)


class Versioned(Typed):
    """A field whose shape changed: one field a span; outside of them all it is unknown."""

    def __init__(self, *shapes: Typed) -> None:
        super().__init__()
        self.shapes = shapes


def since(version: str, field: Typed, until: str | None = None) -> Any:
    """The field, from a version on."""
    return copy(field, span=span(version, until))


def until(version: str, field: Typed) -> Any:
    """The field, up to a version."""
    return copy(field, span=span(None, version))


def shapes(*fields_of_spans: Typed) -> Any:
    """`networks = shapes(until("2.36", ...), since("2.37", ...))`"""
    return Versioned(*fields_of_spans)


class Schema(marshmallow.Schema):
    """Base of all request schemas: fields in the order in which a validator would look at them."""

    error_messages = {"unknown": UNKNOWN}

    @classmethod
    def names(cls, version: Version) -> set[str]:
        """What its fields are called on the wire, in a version."""
        return {field.data_key or name for name, field in compiled(cls, version).fields.items()}


_compiled: dict[tuple[type[marshmallow.Schema], Version], marshmallow.Schema] = {}


def compiled(schema: type[marshmallow.Schema], version: Version) -> marshmallow.Schema:
    """The schema as it is in one version.  Making one is dear (100 us), so each is made once."""
    key = (schema, version)
    if key not in _compiled:
        declared = {}
        for name, declared_field in schema._declared_fields.items():
            picked = _at(declared_field, version)
            if picked is not None:
                declared[name] = picked
        bases = (Schema,) if schema._declared_fields else (schema,)  # not the fields of other versions
        twin = type(schema.__name__, bases, dict(declared))
        usual = EXCLUDE if version == LENIENT else RAISE
        _compiled[key] = twin(unknown=getattr(schema.Meta, "unknown", usual))
    return _compiled[key]


def _at(field: Any, version: Version) -> Any:
    """The field in a version, with all that is inside of it; None if it is not there."""
    if isinstance(field, Versioned):
        return next((_at(shape, version) for shape in field.shapes if version in shape.span), None)
    if version not in field.span:
        return None
    if isinstance(field, Object):
        return field.at(version)
    if isinstance(field, Text) and field.form == "name" and version == LENIENT:
        return copy(field, form=TRIMMED)
    if isinstance(field, ListOf):
        return copy(field, item=_at(field.item, version))
    if isinstance(field, MapOf):
        return copy(field, value=_at(field.value, version))
    if isinstance(field, AnyOf):
        return copy(field, options=tuple(_at(o, version) for o in field.options if version in o.span))
    return field
