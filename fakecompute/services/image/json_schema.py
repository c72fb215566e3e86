"""The check of a body against a JSON schema, in the sentences of Glance's validator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pprint import pformat
from textwrap import indent
from typing import Any, NamedTuple

from fakecompute.errors import BadRequest

Json = dict[str, Any]
Path = tuple[str | int, ...]


class SchemaMismatch(BadRequest):
    message = "Provided object does not match schema '{schema}': {reason}"


class Flaw(NamedTuple):
    """What a validator of JSON schema tells of a mismatch."""

    path: Path  # in the object
    place: Path  # in the schema
    keyword: str
    sentence: str
    rule: Json
    value: Any


def validate(value: Any, schema: Json, name: str | None = None) -> None:
    """SchemaMismatch, with all that Glance's validator says, if the value is none of the schema's.

    Of several flaws it tells the least deep one, and of those the one whose name comes last in the alphabet
    (jsonschema/exceptions.py: best_match).
    """
    flaws = list(_flaws(value, schema, schema.get("definitions", {}), (), ()))
    if flaws:
        worst = max(flaws, key=lambda flaw: (-len(flaw.path), [str(step) for step in flaw.path]))
        raise SchemaMismatch(schema=name or schema["name"], reason=_told(worst))


def _flaws(value: Any, rule: Json, known: Mapping[str, Json], path: Path, place: Path) -> Iterator[Flaw]:
    """The flaws of a value and of all that it holds; `known` is what a `$ref` may mean."""
    if "$ref" in rule:
        yield from _flaws(value, known[rule["$ref"].rpartition("/")[2]], known, path, place)
        return
    for position, part in enumerate(rule.get("allOf", ())):
        yield from _flaws(value, part, known, path, (*place, "allOf", position))
    for keyword, sentence in _broken(value, rule):
        yield Flaw(path, place, keyword, sentence, rule, value)
    if isinstance(value, list) and "items" in rule:
        for index, item in enumerate(value):
            yield from _flaws(item, rule["items"], known, (*path, index), (*place, "items"))
    if isinstance(value, dict):
        for key, inner, step in _members(value, rule):
            yield from _flaws(value[key], inner, known, (*path, key), (*place, *step))


def _members(value: Json, rule: Json) -> Iterator[tuple[str, Json, Path]]:
    """The keys of an object that a rule is for, with it and its place."""
    properties = rule.get("properties", {})
    for key, inner in properties.items():
        if key in value:
            yield key, inner, ("properties", key)
    free = rule.get("additionalProperties")
    if isinstance(free, dict):
        for key in value:
            if key not in properties:
                yield key, free, ("additionalProperties",)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


TYPES: dict[str, Any] = {
    "null": lambda value: value is None,
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
    "number": _is_number,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _broken(value: Any, rule: Json) -> Iterator[tuple[str, str]]:
    """Keywords that do not hold, with the validator's sentence."""
    types = rule["type"] if isinstance(rule.get("type"), list) else [rule["type"]] if "type" in rule else []
    if types and not any(TYPES[name](value) for name in types):
        yield "type", f"{value!r} is not of type {', '.join(map(repr, types))}"
    if "enum" in rule and value not in rule["enum"]:
        yield "enum", f"{value!r} is not one of {rule['enum']!r}"
    if isinstance(value, str):
        yield from _broken_text(value, rule)
    elif _is_number(value) and "minimum" in rule and value < rule["minimum"]:
        yield "minimum", f"{value!r} is less than the minimum of {rule['minimum']}"
    elif isinstance(value, list):
        yield from _broken_list(value, rule)
    elif isinstance(value, dict):
        yield from _broken_object(value, rule)


def _broken_text(value: str, rule: Json) -> Iterator[tuple[str, str]]:
    if len(value) > rule.get("maxLength", len(value)):
        yield "maxLength", f"{value!r} is too long"
    if len(value) < rule.get("minLength", 0):
        yield "minLength", f"{value!r} is too short"
    if not re.search(rule.get("pattern", ""), value):
        yield "pattern", f"{value!r} does not match {rule['pattern']!r}"


def _broken_list(value: list[Any], rule: Json) -> Iterator[tuple[str, str]]:
    if len(value) < rule.get("minItems", 0):
        yield "minItems", f"{value!r} should be non-empty"
    if rule.get("uniqueItems") and len({repr(item) for item in value}) < len(value):
        yield "uniqueItems", f"{value!r} has non-unique elements"


def _broken_object(value: Json, rule: Json) -> Iterator[tuple[str, str]]:
    if rule.get("additionalProperties") is False:
        unknown = [key for key in value if key not in rule.get("properties", {})]
        if unknown:
            told, verb = ", ".join(map(repr, sorted(unknown))), "was" if len(unknown) == 1 else "were"
            sentence = f"Additional properties are not allowed ({told} {verb} unexpected)"
            yield "additionalProperties", sentence
    for name in rule.get("required", ()):
        if name not in value:
            yield "required", f"{name!r} is a required property"


def _told(flaw: Flaw) -> str:
    """jsonschema/exceptions.py: _Error.__str__"""
    schema_at = "".join(f"[{step!r}]" for step in flaw.place)
    value_at = "".join(f"[{step!r}]" for step in flaw.path)
    return (
        f"{flaw.sentence}\n\nFailed validating {flaw.keyword!r} in schema{schema_at}:\n{_pretty(flaw.rule)}\n\n"
        f"On instance{value_at}:\n{_pretty(flaw.value)}"
    )


def _pretty(value: Any) -> str:
    return indent(pformat(value, width=72, sort_dicts=False), "    ")
