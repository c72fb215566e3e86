"""Request schemas: marshmallow, with spans of versions and the sentences of the jsonschema validator.

    class NewServer(Schema):
        name = Text(required=True, form="name", min=1, max=255)
        tags = since("2.52", ListOf(Text(min=1, max=60), max=50, load_default=()))

Real OpenStack validates with jsonschema, and its clients read the sentences.  The fields below say them; the
service's dialect puts the frame around (`Invalid input for field/attribute name. Value: 5. ...`).
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import marshmallow
from marshmallow import EXCLUDE, INCLUDE, RAISE, ValidationError, fields

from fakecompute.rest.dialect import Flaw
from fakecompute.rest.version import ALWAYS, LENIENT, Span, Version, span

__all__ = ["EXCLUDE", "INCLUDE", "RAISE"]

TRUE = (True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes")
FALSE = (False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no")
_MISSING, _UNKNOWN = "missing", "unknown"


class Problem(NamedTuple):
    kind: str
    value: Any
    sentence: str


def problem(sentence: str, value: Any, kind: str = "value") -> ValidationError:
    return ValidationError([Problem(kind, value, sentence)])


class InvalidBody(Exception):
    """A body or query does not fit; the dialect words it."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(flaw.sentence)


# --- forms of strings ------------------------------------------------------------------------------------


_UUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)  # oslo_utils.uuidutils


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _is_base64(text: str) -> bool:
    """Padded as it must be; what is not of the alphabet is passed over, as oslo.serialization does."""
    try:
        base64.b64decode(text)
    except (ValueError, binascii.Error):
        return False
    return True


def _is_ip(version: int) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return ipaddress.ip_address(text).version == version and "%" not in text  # no zone: fe80::1%eth0
        except ValueError:
            return False

    return check


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """What a client sent as a regular expression; ValueError if it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # `[[` may mean a set in a set one day
            return re.compile(text, flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None


def _is_regex(text: str) -> bool:
    try:
        regex(text)
    except ValueError:
        return False
    return text != ""


def _is_time(text: str) -> bool:
    from fakecompute.kernel.clock import moment

    try:
        moment(text)
    except (ValueError, OverflowError):
        return False
    return True


def is_printable(text: str) -> bool:
    """No control characters, no separators other than blanks: Nova's rule for names."""
    return all(
        c == " " or unicodedata.category(c)[0] not in "CZ" or unicodedata.category(c) == "Zs" for c in text
    )


TRIMMED = "name that is trimmed"
FORMS: dict[str, Callable[[str], bool]] = {
    "uuid": _is_uuid,
    "base64": _is_base64,
    "ipv4": _is_ip(4),
    "ipv6": _is_ip(6),
    "regex": _is_regex,
    "date-time": _is_time,
    "uri": lambda text: bool(re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE)),
}
BAD_NAME = (
    "An invalid 'name' value was provided. The name must be: printable characters."
    " Can not start or end with whitespace."
)
BAD_BLANK_NAME = (
    "An invalid 'name' value was provided. The name must be: printable characters with at least one non space"
    " character"
)


# --- fields ----------------------------------------------------------------------------------------------


class Typed(fields.Field[Any]):
    """A field of one of some JSON types; `types` are the names that the validator's sentence gives."""

    types: tuple[str, ...] = ()
    span: Span = ALWAYS

    def make_error(self, key: str, **kwargs: object) -> ValidationError:
        if key == "required":
            return ValidationError([_MISSING])
        return self.wrong_type(None)

    def wrong_type(self, value: Any) -> ValidationError:
        names = ", ".join(f"'{name}'" for name in self.types + (("null",) if self.allow_none else ()))
        return problem(f"{value!r} is not of type {names}", value, "type")


class Anything(Typed):
    """No rule at all, null included."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return value


class Null(Typed):
    """Nothing but null."""

    types: tuple[str, ...] = ("null",)

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, **options)

    def wrong_type(self, value: Any) -> ValidationError:
        return problem(f"{value!r} is not of type 'null'", value, "type")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        raise self.wrong_type(value)


class Text(Typed):
    """A string; lengths in characters, `pattern` a regular expression, `form` one of FORMS or `name`."""

    types: tuple[str, ...] = ("string",)

    def __init__(self, *, min: int = 0, max: int | None = None, pattern: str | None = None,
                 form: str | None = None, **options: Any) -> None:  # fmt: skip
        super().__init__(**options)
        self.min, self.max, self.form = min, max, form
        self.pattern = re.compile(pattern) if pattern else None

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.wrong_type(value)
        if self.form == "name" and (not is_printable(value) or value != value.strip()):
            raise problem(BAD_NAME, value, "name")
        if self.form == TRIMMED and (not is_printable(value) or not value.strip()):
            raise problem(BAD_BLANK_NAME, value, "name")
        if self.form in FORMS and not FORMS[self.form](value):
            raise problem(f"{value!r} is not a '{self.form}'", value)
        if len(value) < self.min:
            raise problem(f"{value!r} {'should be non-empty' if self.min == 1 else 'is too short'}", value)
        if self.max is not None and len(value) > self.max:
            raise problem(f"{value!r} is too long", value)
        if self.pattern and not self.pattern.search(value):
            raise problem(f"{value!r} does not match {self.pattern.pattern!r}", value)
        return value.strip() if self.form == TRIMMED else value


class Choice(Typed):
    """One of some values."""

    def __init__(self, *values: Any, **options: Any) -> None:
        super().__init__(**options)
        self.values = values

    def wrong_type(self, value: Any) -> ValidationError:
        if all(isinstance(option, str) for option in self.values) and not isinstance(value, str):
            return problem(f"{value!r} is not of type 'string'", value, "type")
        return problem(f"{value!r} is not one of {list(self.values)!r}", value)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not any(value == option and type(value) is type(option) for option in self.values):
            raise self.wrong_type(value)
        return value


class Boolean(Typed):
    """true or false, and nothing like them."""

    types: tuple[str, ...] = ("boolean",)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.wrong_type(value)
        return value


class Booleanish(Typed):
    """true and false, and the strings that Nova takes for them."""

    types: tuple[str, ...] = ("boolean", "string")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, (bool, str)):
            raise self.wrong_type(value)
        for meaning, words in (True, TRUE), (False, FALSE):
            if value in words:
                return meaning
        raise problem(f"{value!r} is not one of {list(TRUE + FALSE)!r}", value)


class Integer(Typed):
    """A whole number; also as a string of digits unless `strict`.  Bounds are inclusive."""

    types: tuple[str, ...] = ("integer", "string")

    def __init__(self, *, min: int | None = None, max: int | None = None, strict: bool = False,
                 pattern: str = r"^-?[0-9]+$", **options: Any) -> None:  # fmt: skip
        super().__init__(**options)
        self.min, self.max, self.strict, self.pattern = min, max, strict, pattern
        if strict:
            self.types = ("integer",)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int if self.strict else (int, str, float)):
            raise self.wrong_type(value)
        if isinstance(value, float) and not value.is_integer():
            raise self.wrong_type(value)
        if isinstance(value, str) and not (
            value.isascii() and re.search(self.pattern, value) and len(value) < 40
        ):
            raise problem(f"{value!r} does not match {self.pattern!r}", value)
        if value == "":
            raise problem("'' should be non-empty", value)
        number = int(value)
        if self.min is not None and number < self.min:
            raise problem(f"{number} is less than the minimum of {self.min}", value)
        if self.max is not None and number > self.max:
            raise problem(f"{number} is greater than the maximum of {self.max}", value)
        return number


class Number(Typed):
    """A number that may have a fraction."""

    types: tuple[str, ...] = ("number",)

    def __init__(self, *, min: float | None = None, max: float | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.min, self.max = min, max

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.wrong_type(value)
        if self.min is not None and value < self.min:
            raise problem(f"{value!r} is less than the minimum of {self.min}", value)
        if self.max is not None and value > self.max:
            raise problem(f"{value!r} is greater than the maximum of {self.max}", value)
        return value


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


def _unknown_keys(names: Sequence[str]) -> str:
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
        twin: Object = _copy(self, version=version)
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


def _copy(field: Typed, **changes: Any) -> Any:
    twin = object.__new__(type(field))
    twin.__dict__.update(field.__dict__)
    twin.__dict__.update(changes)
    return twin


def since(version: str, field: Typed, until: str | None = None) -> Any:
    """The field, from a version on."""
    return _copy(field, span=span(version, until))


def until(version: str, field: Typed) -> Any:
    """The field, up to a version."""
    return _copy(field, span=span(None, version))


def shapes(*fields_of_spans: Typed) -> Any:
    """`networks = shapes(until("2.36", ...), since("2.37", ...))`"""
    return Versioned(*fields_of_spans)


# --- schemas ---------------------------------------------------------------------------------------------


class Schema(marshmallow.Schema):
    """Base of all request schemas: fields in the order in which a validator would look at them."""

    error_messages = {"unknown": _UNKNOWN}

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
        return _copy(field, form=TRIMMED)
    if isinstance(field, ListOf):
        return _copy(field, item=_at(field.item, version))
    if isinstance(field, MapOf):
        return _copy(field, value=_at(field.value, version))
    if isinstance(field, AnyOf):
        return _copy(field, options=tuple(_at(o, version) for o in field.options if version in o.span))
    return field


class Body:
    """What an endpoint wants of a body or query: a schema, or a field, for the key `wrap` or the whole body."""

    def __init__(self, wanted: type[marshmallow.Schema] | Typed, wrap: str | None = None) -> None:
        self.whole = wrap is None and isinstance(wanted, fields.Field)
        wrap = "whole" if self.whole else wrap
        if wrap is not None:
            inner = wanted if isinstance(wanted, fields.Field) else Object(wanted)
            wanted = type("Action", (Schema,), {wrap: _copy(inner, required=True)})
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
    return Flaw("unknown", (), dict(pairs), _unknown_keys(names), names[0])


def _first(messages: Any, schema: Any, value: Any, path: tuple[str | int, ...]) -> Flaw:
    """The flaw that a validator would meet first: fields in their order, then missing, then unknown keys."""
    unknown, missing = [], []
    names = {f.data_key or name: f for name, f in schema.fields.items()} if schema is not None else {}
    for key in [*(n for n in names if n in messages), *(k for k in messages if k not in names)]:
        found = messages[key]
        if found == [_UNKNOWN]:
            unknown.append(str(key))
        elif found == [_MISSING]:
            missing.append(str(key))
        else:
            inner = names.get(str(key))
            return _inside(found, inner, value, (*path, key))
    if missing:
        return Flaw("missing", path, value, f"{missing[0]!r} is a required property", missing[0])
    order = [key for key in value if key in unknown]  # as they were sent
    return Flaw("unknown", path, value, _unknown_keys(sorted(order)), order[0])


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
