"""The words of the declarations: what a value looks like (JSON Schema), what a body may hold, what an answer shows.

    ADVANCE = Wanted(given("by", seconds, DURATION, "how far"), given("to", start, MOMENT, "to a time"))
    EVENT = View("Event", shown("due", lambda event: event.due, MICROSECONDS, "when it happens"))

The same tables read requests, make answers, and are the OpenAPI document: none of the three can drift.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from fakecompute.scenario.schema import Place, Reader, mapping, required

Shape = dict[str, Any]

# fmt: off
TEXT:           Shape = {"type": "string"}
WORD_OR_NONE:   Shape = {"type": ["string", "null"]}
COUNT:          Shape = {"type": "integer", "minimum": 0}
SIGNED:         Shape = {"type": "integer"}
NUMBER:         Shape = {"type": "number"}
NUMBER_OR_NONE: Shape = {"type": ["number", "null"]}
FLAG:           Shape = {"type": "boolean"}
OBJECT:         Shape = {"type": "object"}
OBJECT_OR_NONE: Shape = {"type": ["object", "null"]}
MICROSECONDS:   Shape = {"type": "integer", "description": "microseconds"}
MOMENT:         Shape = {"type": "string", "format": "date-time"}
DURATION:       Shape = {"type": ["string", "number"], "examples": ["90s", "10m", 2.5]}
# fmt: on


def list_of(item: Shape) -> Shape:
    return {"type": "array", "items": item}


def one_of(*words: str) -> Shape:
    return {"type": "string", "enum": list(words)}


def table_of(value: Shape) -> Shape:
    return {"type": "object", "additionalProperties": value}


# --- what a request may hold


class Given(NamedTuple):
    """A key of a body, or a parameter of a query."""

    name: str
    reader: Reader
    shape: Shape
    text: str
    required: bool = False


def given(name: str, reader: Reader, shape: Shape, text: str, *, required: bool = False) -> Given:
    return Given(name, reader, shape, text, required)


class Wanted:
    """A body that is a mapping of these keys, or a query of these parameters; mistakes are told all at once."""

    def __init__(self, *fields: Given) -> None:
        self.fields = fields
        self.check = None
        self.read: Reader = mapping(
            {one.name: required(one.reader) if one.required else one.reader for one in fields}
        )

    @property
    def shape(self) -> Shape:
        shape: Shape = {
            "type": "object",
            "properties": {one.name: described(one.shape, one.text) for one in self.fields},
        }
        needed = [one.name for one in self.fields if one.required]
        return {**shape, **({"required": needed} if needed else {}), "additionalProperties": False}


class Whole:
    """A body that another table reads: what a scenario file holds at some place.

    `check(call, place)` notes what only the cloud can tell to be wrong.
    """

    def __init__(
        self, reader: Reader, shape: Shape, check: Callable[[Any, Place], None] | None = None
    ) -> None:
        self.read, self.shape, self.check = reader, shape, check


def described(shape: Shape, text: str) -> Shape:
    return {**shape, "description": text}


# --- what an answer shows


class Shown(NamedTuple):
    name: str
    source: Callable[[Any], Any]
    shape: Shape
    text: str


def shown(name: str, source: Callable[[Any], Any] | str, shape: Shape, text: str) -> Shown:
    """`source` is a function of what is shown, or the name of its attribute."""
    return Shown(name, attrgetter(source) if isinstance(source, str) else source, shape, text)


class View:
    """How one kind of thing is shown."""

    def __init__(self, name: str, *fields: Shown) -> None:
        self.name, self.fields = name, fields

    def __call__(self, thing: Any) -> dict[str, Any]:
        return {one.name: one.source(thing) for one in self.fields}

    @property
    def shape(self) -> Shape:
        return {
            "type": "object",
            "properties": {one.name: described(one.shape, one.text) for one in self.fields},
            "required": [one.name for one in self.fields],
        }


class Free(View):
    """A kind of thing whose keys depend on what it is."""

    def __init__(self, name: str, show: Callable[[Any], dict[str, Any]], text: str) -> None:
        super().__init__(name)
        self._show, self._text = show, text

    def __call__(self, thing: Any) -> dict[str, Any]:
        return self._show(thing)

    @property
    def shape(self) -> Shape:
        return described(OBJECT, self._text)


def ref(view: View) -> Shape:
    return {"$ref": f"#/components/schemas/{view.name}"}


class Listed:
    """A list of things of one view, under a key; `beside` is what a handler gives with the list."""

    def __init__(self, key: str, item: View, *beside: Shown) -> None:
        self.key, self.item, self.beside = key, item, beside

    def __call__(self, made: Any) -> dict[str, Any]:
        things, told = made if isinstance(made, tuple) else (made, None)
        return {
            self.key: [self.item(one) for one in things],
            **{one.name: one.source(told) for one in self.beside},
        }

    @property
    def shape(self) -> Shape:
        items = {"type": "array", "items": ref(self.item)}
        beside = {one.name: described(one.shape, one.text) for one in self.beside}
        return {"type": "object", "properties": {self.key: items, **beside}, "required": [self.key, *beside]}
