"""What many of Cinder's request bodies consist of.  Facts: cinder/api/validation/parameter_types.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError

from fakecompute.rest.schema import AnyOf, Choice, Integer, MapOf, Null, Text, Typed, is_printable, problem

METADATA_KEY = "^[a-zA-Z0-9-_:. /]{1,255}$"
METADATA_KEY_WITHOUT_SLASH = "^[a-zA-Z0-9-_:. ]{1,255}$"  # of metadata that is changed afterwards
JSON_TYPES: dict[str, type] = {"string": str, "boolean": bool, "object": dict}
# fmt: off
YES: tuple[Any, ...] = (True, "True", "TRUE", "true", "1", "ON", "On", "on", "YES", "Yes", "yes", "y", "t")
NO: tuple[Any, ...] = (False, "False", "FALSE", "false", "0", "OFF", "Off", "off", "NO", "No", "no", "n", "f")
# fmt: on


class Flag(Typed):
    """true and false, and the strings that Cinder takes for them."""

    types = ("boolean", "string")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, (bool, str)):
            raise self.wrong_type(value)
        if value not in YES and value not in NO:
            raise problem(f"{value!r} is not one of {list(YES + NO)!r}", value)
        return value in YES


class Enum(Choice):
    """One of some values, where Cinder names no type beside them."""

    def wrong_type(self, value: Any) -> ValidationError:
        return problem(f"{value!r} is not one of {list(self.values)!r}", value)


class OfTypes(Typed):
    """Anything of some JSON types, which are named in the order in which a refusal tells them."""

    def __init__(self, *types: str, **options: Any) -> None:
        super().__init__(allow_none="null" in types, **options)
        self.types = types

    def wrong_type(self, value: Any) -> ValidationError:
        names = ", ".join(repr(name) for name in self.types)
        return problem(f"{value!r} is not of type {names}", value, "type")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, tuple(JSON_TYPES[name] for name in self.types if name != "null")):
            raise self.wrong_type(value)
        return value


class Whole(Integer):
    """A number without a point, though nothing may follow it; also as digits."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, float):
            raise self.wrong_type(value)
        return super()._deserialize(value, attr, data, **kwargs)


class Name(Text):
    """Up to 255 characters of any kind, or null; blanks around it are cut off."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max": 255, "allow_none": True, **options})

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs).strip()


class Description(Name):
    """The same of printable characters."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        trimmed = super()._deserialize(value, attr, data, **kwargs)
        check_printable(value)
        return trimmed


class Printable(Text):
    """A string of printable characters, as it is."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        found = super()._deserialize(value, attr, data, **kwargs)
        check_printable(found)
        return found


def check_printable(text: str) -> None:
    if not (text.isascii() and text.isprintable()) and not printable().search(text):
        raise problem(f"{text!r} does not match {printable().pattern!r}", text)


@lru_cache(maxsize=1)
def printable() -> re.Pattern[str]:
    """All printable characters of the first plane but its last place: the sentence of a refusal repeats it."""
    ranges, first = [], None
    for code in range(0xFFFF + 1):
        inside = code < 0xFFFF and is_printable(chr(code))
        if inside and first is None:
            first = code
        elif not inside and first is not None:
            last = f"-{re.escape(chr(code - 1))}" if code - 1 > first else ""
            ranges.append(re.escape(chr(first)) + last)
            first = None
    return re.compile(f"^[{''.join(ranges)}]*$")


class Checked(Text):
    """A string with a rule of its own: `check(text)` gives the whole sentence of a refusal, or None."""

    def __init__(self, check: Callable[[str], str | None], **options: Any) -> None:
        super().__init__(**options)
        self.check = check

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if flaw := self.check(text):
            raise problem(flaw, value, "name")
        return text


def uuid_or_null(**options: Any) -> AnyOf:
    return AnyOf(Text(form="uuid"), Null(), allow_none=True, **options)


def metadata(*, key: str = METADATA_KEY, **options: Any) -> MapOf:
    return MapOf(Text(max=255), key=key, **options)
