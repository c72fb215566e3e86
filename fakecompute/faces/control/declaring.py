"""Endpoints of the control API as declarations, and what a handler gets.

    noun = control.noun("Clock", "The cloud's time.")

    @noun("POST", "/clock/advance", body=ADVANCE, answers=CLOCK, example={"by": "30s"}, ctl="clock advance 30s")
    def advance_clock(call: Call) -> Cloud: ...

The first line of a handler's docstring is its summary.  It is called with the cloud locked and up to date, and gives
what `answers` shows; what it refuses it raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from fakecompute.faces.control.shapes import Listed, View, Wanted, Whole
from fakecompute.faces.control.tended import Tended, tended

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from fakecompute.cloud import Cloud

Handler = TypeVar("Handler", bound=Callable[..., Any])
PREFIX = "/_fakecompute"
VERSION = "v1"

_PARAMETER = re.compile(r"<(path:)?(\w+)>")


@dataclass
class Call:
    """One request to the control API: `body` and `query` are what the declarations made of them."""

    cloud: Cloud
    clouds: MutableMapping[str, Cloud]
    environ: WSGIEnvironment
    params: Mapping[str, str] = field(default_factory=dict)  # of the path
    body: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)  # the query as it was sent

    @property
    def tended(self) -> Tended:
        return tended(self.cloud)


class Stream(NamedTuple):
    """An answer that goes on, as server-sent events: `source(since)` gives (number, what) of what is new."""

    source: Callable[[int], list[tuple[int, Any]]]
    since: int
    limit: int | None = None


class Octets(NamedTuple):
    """An answer of bytes, and what a browser calls the file."""

    content: bytes
    filename: str


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    handler: Callable[..., Any]
    noun: str  # the chapter of the page
    body: Wanted | Whole | None = None
    query: Wanted | None = None
    answers: View | Listed | None = None
    success: int = 200
    example: Any = None  # of a body
    ctl: str = ""  # the same on the command line
    octets: bool = False  # the body is bytes
    gives: str = "application/json"
    any_query: bool = False  # parameters that no table names go to the handler
    public: bool = False  # needs no token
    bare: bool = False  # beside, not below, the version

    @property
    def at(self) -> str:
        """Its path below PREFIX."""
        return self.path if self.bare else f"/{VERSION}{self.path}"

    @property
    def operation(self) -> str:
        return self.handler.__name__

    @property
    def summary(self) -> str:
        return cleandoc(self.handler.__doc__ or "").partition("\n")[0]

    @property
    def description(self) -> str:
        return cleandoc(self.handler.__doc__ or "").partition("\n")[2].strip()

    @property
    def parameters(self) -> list[str]:
        return [name for _, name in _PARAMETER.findall(self.path)]

    @property
    def template(self) -> str:
        """As OpenAPI writes it: `/faults/{name}`."""
        return _PARAMETER.sub(r"{\2}", self.at)


@dataclass
class Control:
    """All endpoints, in the order of the page; `nouns` are its chapters with a sentence each."""

    endpoints: list[Endpoint] = field(default_factory=list)
    nouns: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)

    def noun(self, name: str, text: str) -> Noun:
        """Begin a chapter; gives what declares its endpoints."""
        self.nouns[name] = text
        return Noun(self, name)

    def arrange(self, nouns: Iterable[Noun]) -> None:
        """The order of the page; and of paths that could be meant, the one without parameters comes first."""
        self.nouns = {noun.name: self.nouns[noun.name] for noun in nouns}
        places = list(self.nouns)
        self.endpoints.sort(key=lambda one: places.index(one.noun))
        self.patterns = dict(sorted(self.patterns.items(), key=lambda pair: pair[0].count("<")))

    def matching(self, path: str) -> tuple[dict[str, Endpoint], dict[str, str]]:
        """The endpoints of a path by method, with the values of its parameters."""
        for at, pattern in self.patterns.items():
            if match := pattern.fullmatch(path):
                return {one.method: one for one in self.endpoints if one.at == at}, match.groupdict()
        return {}, {}


@dataclass(frozen=True)
class Noun:
    """A chapter: `noun("GET", "/clock", answers=CLOCK)` declares an endpoint of it."""

    control: Control
    name: str

    def __call__(self, method: str, path: str, **options: Any) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            endpoint = Endpoint(method, path, handler, self.name, **options)
            self.control.endpoints.append(endpoint)
            self.control.patterns[endpoint.at] = _compiled(endpoint.at)
            return handler

        return declare


def _compiled(path: str) -> re.Pattern[str]:
    parts = re.split(r"(<(?:path:)?\w+>)", path)
    return re.compile("".join(_piece(part) for part in parts), re.DOTALL)


def _piece(part: str) -> str:
    match = _PARAMETER.fullmatch(part)
    if match is None:
        return re.escape(part)
    return f"(?P<{match[2]}>{'.+' if match[1] else '[^/]+'})"


control = Control()
