"""What a list of images may be narrowed by: every field, `in:` and comparisons, tags, custom properties."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest
from fakecompute.kernel.clock import SECOND, moment

Test = Callable[[Image], bool]

FLAGS = ("os_hidden", "protected")
CHOICES = ("name", "id", "status", "container_format", "disk_format")  # take `in:` and `eq:`
TIMES = ("created_at", "updated_at")  # take all of OPERATORS
NUMBERS = ("size", "virtual_size", "min_ram", "min_disk")  # take _min and _max
COLUMNS = frozenset(field.name for field in fields_of(Image)) - {"tags", "properties", "locations"}
OPERATORS = {"gt": gt, "gte": ge, "lt": lt, "lte": le, "neq": ne, "eq": eq}


class BadFlag(BadRequest):
    message = "Invalid value '{value}' for '{name}' filter. Valid values are 'true' or 'false'."


class BadBound(BadRequest):
    message = "Unable to filter on a range with a non-numeric value."


class BadTime(BadRequest):
    message = 'Bad "{name}" query filter format. Use ISO 8601 DateTime notation.'


class UnknownOperator(BadRequest):
    message = "Unable to filter by unknown operator '{operator}'."


class UnknownComparison(BadRequest):
    message = "Unable to filter on a unknown operator."


class BadQuotes(BadRequest):
    message = "Invalid filter value {value}. {reason}"


def tests(
    filters: Mapping[str, str], visibility: str | None, tags: list[str], project_id: str | None
) -> list[Test]:
    """One test for each thing that is asked for; an image has to pass them all."""
    hidden = _flag("os_hidden", filters.get("os_hidden", "false").lower())
    made: list[Test] = [lambda image: image.os_hidden == hidden]
    if visibility is None:
        made.append(lambda image: image.visibility != "community" or image.owner == project_id)
    elif visibility != "all":
        made.append(lambda image: image.visibility == visibility)
    if tags:
        wanted = frozenset(tags)
        made.append(lambda image: wanted.issubset(image.tags))
    return made + [
        _test(name, value) for name, value in filters.items() if name not in ("os_hidden", "deleted")
    ]


def _flag(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise BadFlag(name=name, value=text)
    return text == "true"


def _test(name: str, value: str) -> Test:
    if name.endswith(("_min", "_max")):
        return _bound(name[:-4], ge if name.endswith("_min") else le, value)
    if name in TIMES:
        return _time(name, value)
    if name in CHOICES:
        return _choice(name, value)
    if name == "protected":
        flag = _flag(name, value)
        return lambda image: image.protected == flag
    if name in COLUMNS:
        return lambda image: _text(getattr(image, name)) == value
    return lambda image: dict(image.properties).get(name) == value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _bound(name: str, holds: Callable[[Any, Any], bool], text: str) -> Test:
    if name not in NUMBERS or not re.fullmatch(r"\s*[+-]?\d{1,18}\s*", text, re.ASCII):
        raise BadBound  # for a name that is no number of an image Glance fails with a 500
    limit = int(text)
    return lambda image: getattr(image, name) is not None and holds(getattr(image, name), limit)


def _operator(text: str) -> tuple[str, str]:
    """`gt:2026-01-01T00:00:00Z` into its halves; a time has colons of its own."""
    left, colon, right = text.partition(":")
    return (left, right) if colon and _moment(text) is None else ("eq", text)


def _moment(text: str) -> int | None:
    try:
        return moment(text)
    except (ValueError, OverflowError):
        return None


def _time(name: str, text: str) -> Test:
    operator, value = _operator(text)
    threshold = _moment(value)
    if threshold is None:
        raise BadTime(name=name)
    if operator not in OPERATORS:
        raise UnknownComparison
    holds = OPERATORS[operator]
    return lambda image: bool(
        holds(getattr(image, name) // SECOND * SECOND, threshold)
    )  # a database keeps seconds


def _choice(name: str, text: str) -> Test:
    operator, value = _operator(text)
    if operator == "eq":
        return lambda image: getattr(image, name) == value
    if operator != "in":
        raise UnknownOperator(operator=operator)
    wanted = frozenset(_split(value))
    return lambda image: getattr(image, name) in wanted


_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)",?|([^,]+),?|,')


def _split(text: str) -> list[str]:
    """Values between commas; a value in quotes may hold some.  (glance/common/utils.py)"""
    _check_quotes(text)
    return [quoted or plain for quoted, plain in _QUOTED.findall(text)]


def _check_quotes(text: str) -> None:
    opens = True
    for position, letter in enumerate(text):
        if letter != '"' or (position and text[position - 1] == "\\"):
            continue
        if opens and position and text[position - 1] != ",":
            raise BadQuotes(value=text, reason="There is no comma before opening quotation mark.")
        if not opens and position + 1 != len(text) and text[position + 1] != ",":
            raise BadQuotes(value=text, reason="There is no comma after closing quotation mark.")
        opens = not opens
    if not opens:
        raise BadQuotes(value=text, reason="The quote is not closed.")
