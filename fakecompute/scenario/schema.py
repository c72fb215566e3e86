"""YAML that knows where it stands: all mistakes of a file at once, each with its place and the nearest right word.

A *reader* is a function (place) -> value.  It notes what is wrong on the page and gives None in its stead: one pass
finds everything.  The functions below make readers; `scenario/format.py` and `scenario/definition.py` are
the tables made of them.

    read = mapping({"name": required(text), "delay": duration})
    page = Page.of(yaml_text, "my.yaml")
    value = read(page.top)
    page.done()          # BadDefinition, if anything is wrong
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.representer import RepresenterError, SafeRepresenter

from fakecompute.errors import BadDefinition

Reader = Callable[["Place"], Any]

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")  # of a path

# --- pages and places


class Page:
    """One file and what is wrong with it.  `name` is how messages call it."""

    def __init__(self, name: str, node: Node | None) -> None:
        self.name = name
        self.loader = yaml.SafeLoader("")
        self.top = Place(self, node or MappingNode("tag:yaml.org,2002:map", []), "")
        self._mistakes: list[tuple[int, int, str]] = []

    @classmethod
    def of(cls, text: str, name: str) -> Page:
        """The page of a text; BadDefinition if it is no YAML at all."""
        try:
            return cls(name, yaml.compose(text, yaml.SafeLoader))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
            raise BadDefinition([f"{at}: {error.problem or error.context}"]) from None
        except yaml.YAMLError as error:
            raise BadDefinition([f"{name}: {' '.join(str(error).split())}"]) from None

    @classmethod
    def of_mapping(cls, value: Mapping[str, Any], name: str) -> Page:
        """The page of what is no file: places have paths, but no lines."""
        try:
            return cls(name, SafeRepresenter().represent_data(dict(value)))
        except RepresenterError as error:
            raise BadDefinition([f"{name}: holds what YAML cannot say: {error.args[-1]!r}"]) from None

    def note(self, node: Node, path: str, text: str) -> None:
        mark = node.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        at = f"{self.name}:{line}:{column}" if mark else self.name
        self._mistakes.append((line, column, ": ".join(filter(None, (at, path, text)))))

    @property
    def mistakes(self) -> list[str]:
        """In the order of the file."""
        found = sorted(dict.fromkeys(self._mistakes), key=lambda mistake: mistake[:2])
        return [text for _, _, text in found]

    def done(self) -> None:
        """BadDefinition, if there is any mistake."""
        if self.mistakes:
            raise BadDefinition(self.mistakes)


@dataclass(frozen=True)
class Place:
    """A value in a page: `path` is the way to it (`faults[1].effect.status`)."""

    page: Page
    node: Node
    path: str

    def wrong(self, text: str) -> Any:
        """Note a mistake here; gives the None that a reader returns then."""
        self.page.note(self.node, self.path, text)
        return None

    def at(self, path: str) -> Place | None:
        """What stands further on (`networks[0].subnets[1]`), or the last thing on the way that is there."""
        found = None
        place = self
        for name, position in _STEP.findall(path):
            inner = (place.entries() or {}).get(name) if name and place.is_mapping else None
            items = place.items() or [] if position and place.is_list else []
            if inner is not None:
                found = place = inner[1]
            elif items[int(position or 0) :]:
                found = place = items[int(position)]
            else:
                break
        return found

    @property
    def empty(self) -> bool:
        return self.node.tag == "tag:yaml.org,2002:null"

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.node, MappingNode)

    @property
    def is_list(self) -> bool:
        return isinstance(self.node, SequenceNode)

    @property
    def word(self) -> str | None:
        """The text of a scalar as it is written; None for lists, mappings and nothing."""
        return self.node.value if isinstance(self.node, ScalarNode) and not self.empty else None

    @property
    def value(self) -> Any:
        """What YAML makes of it."""
        try:
            return self.page.loader.construct_object(self.node, deep=True)
        except (yaml.YAMLError, ValueError) as error:
            self.wrong(str(getattr(error, "problem", error)))
            return None

    def entries(self) -> dict[str, tuple[Place, Place]] | None:
        """name -> (the key's place, the value's place); None, and a mistake, if this is no mapping."""
        if self.empty:
            return {}
        if not isinstance(self.node, MappingNode):
            self.wrong("must be a mapping")
            return None
        self._tidy(self.node)
        path = f"{self.path}." if self.path else ""
        return {
            str(key.value): (Place(self.page, key, f"{path}{key.value}"), Place(self.page, value, f"{path}{key.value}"))
            for key, value in self.node.value
        }

    def _tidy(self, node: MappingNode) -> None:
        """Note what is said twice, and carry out YAML's merges (`<<`); a second time there is nothing left to do."""
        said: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in said:
                self.page.note(key, f"{self.path}.{key.value}".lstrip("."), "is said twice")
            said.add(str(key.value))
        try:
            self.page.loader.flatten_mapping(node)
        except yaml.MarkedYAMLError as error:
            self.wrong(error.problem or "cannot be merged")
        node.value = list({str(key.value): (key, value) for key, value in node.value}.values())

    def items(self) -> list[Place] | None:
        """None, and a mistake, if this is no list."""
        if self.empty:
            return []
        if not self.is_list:
            self.wrong("must be a list")
            return None
        return [Place(self.page, node, f"{self.path}[{n}]") for n, node in enumerate(self.node.value)]


def nearest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`; did you mean 'spawning'?`, or what there is to say if nothing is near."""
    words = list(known)
    near = get_close_matches(word, words, 1, 0.6) or get_close_matches(word.lower(), words, 1, 0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    told = "there are " + ", ".join(sorted(words)) if 0 < len(words) <= 40 else ""
    return f"; {otherwise or told}" if otherwise or told else ""


# --- readers of scalars


def anything(place: Place) -> Any:
    return place.value


def text(place: Place) -> Any:
    """Any scalar, as it is written: names that look like numbers are names."""
    word = place.word
    return word if word is not None else place.wrong("must be a text")


def integer(least: int | None = None, most: int | None = None) -> Reader:
    def read(place: Place) -> Any:
        value = place.value
        if type(value) is not int:
            return place.wrong("must be a whole number")
        if (least is not None and value < least) or (most is not None and value > most):
            return place.wrong(f"must be {_range(least, most)}")
        return value

    return read


def number(least: float | None = None, most: float | None = None) -> Reader:
    def read(place: Place) -> Any:
        value = place.value
        if type(value) not in (int, float):
            return place.wrong("must be a number")
        if not (least if least is not None else value) <= value <= (most if most is not None else value):
            return place.wrong(f"must be {_range(least, most)}")
        return float(value)

    return read


def _range(least: float | None, most: float | None) -> str:
    return f"at least {least}" if most is None else f"at most {most}" if least is None else f"from {least} to {most}"


def boolean(place: Place) -> Any:
    value = place.value
    return value if type(value) is bool else place.wrong("must be true or false")


def choice(known: Iterable[str], what: str) -> Reader:
    """One of some words; `what` is what they are."""
    words = list(known)

    def read(place: Place) -> Any:
        word = text(place)
        if word is None or word in words:
            return word
        return place.wrong(f"there is no {what} {word!r}{nearest(word, words)}")

    return read


UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_MEANT = {"sec": "s", "second": "s", "min": "m", "minute": "m", "hr": "h", "hour": "h", "day": "d", "msec": "ms"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")


def seconds(place: Place) -> Any:
    """`8s`, `300ms`, `10m`, or a number: of seconds."""
    word = place.word
    match = _DURATION.fullmatch(word) if word is not None else None
    if match is None:
        return place.wrong("must be a duration: 8s, 300ms, 10m, 2h, 1d or a number of seconds")
    amount, unit = float(match[1]), match[2] or "s"
    if unit not in UNITS:
        meant = _MEANT.get(unit.lower().removesuffix("s")) or (unit.lower() if unit.lower() in UNITS else None)
        hint = f"; did you mean '{match[1]}{meant}'?" if meant else f"; there are {', '.join(UNITS)}"
        return place.wrong(f"there is no unit {unit!r}{hint}")
    return amount * UNITS[unit]


# --- readers of mappings and lists


@dataclass(frozen=True)
class Required:
    """A key that must be there."""

    reader: Reader


def required(reader: Reader) -> Required:
    return Required(reader)


def mapping(keys: Mapping[str, Reader | Required]) -> Reader:
    """A mapping of these keys and no others; keys without a value count as absent."""

    def read(place: Place) -> Any:
        entries = place.entries()
        if entries is None:
            return None
        for name, (key, _) in entries.items():
            if name not in keys:
                key.wrong("there is no such key" + nearest(name, keys))
        for name, reader in keys.items():
            if isinstance(reader, Required) and (name not in entries or entries[name][1].empty):
                place.wrong(f"{name!r} is missing")
        return {
            name: (reader.reader if isinstance(reader, Required) else reader)(entries[name][1])
            for name, reader in keys.items()
            if name in entries and not entries[name][1].empty
        }

    return read


def table(value: Reader, key: Reader = text) -> Reader:
    """A mapping of any keys that `key` accepts."""

    def read(place: Place) -> Any:
        entries = place.entries() or {}
        return {name: value(inner) for name, (outer, inner) in entries.items() if key(outer) is not None}

    return read


def listing(item: Reader) -> Reader:
    def read(place: Place) -> Any:
        return [item(inner) for inner in place.items() or ()]

    return read


def one_or_more(item: Reader) -> Reader:
    """A list, or one thing that needs no brackets."""

    def read(place: Place) -> Any:
        return listing(item)(place) if place.is_list else [item(place)]

    return read


def pair(item: Reader) -> Reader:
    """Two values, the second not less than the first."""

    def read(place: Place) -> Any:
        values = listing(item)(place) if place.is_list else []
        if None in values:
            return None
        if len(values) != 2:
            return place.wrong("must be a list of two: [from, to]")
        if values[0] > values[1]:
            return place.wrong("must begin before it ends: [from, to]")
        return values[0], values[1]

    return read
