"""Fields of one value: text, numbers, booleans, choices.  Each says the validator's sentence if it refuses."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields

from fakecompute.rest.schema.forms import BAD_BLANK_NAME, BAD_NAME, FORMS, TRIMMED, is_printable
from fakecompute.rest.version import ALWAYS, Span

TRUE = (True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes")
FALSE = (False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no")
MISSING, UNKNOWN = "missing", "unknown"


class Problem(NamedTuple):
    kind: str
    value: Any
    sentence: str


def problem(sentence: str, value: Any, kind: str = "value") -> ValidationError:
    return ValidationError([Problem(kind, value, sentence)])


class Typed(fields.Field[Any]):
    """A field of one of some JSON types; `types` are the names that the validator's sentence gives."""

    types: tuple[str, ...] = ()
    span: Span = ALWAYS

    def make_error(self, key: str, **kwargs: object) -> ValidationError:
        if key == "required":
            return ValidationError([MISSING])
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


def copy(field: Typed, **changes: Any) -> Any:
    twin = object.__new__(type(field))
    twin.__dict__.update(field.__dict__)
    twin.__dict__.update(changes)
    return twin
