"""How a service talks around its answers: error bodies, headers, and the words for a bad body.

Every service has its own; `services/<service>/service.py` makes one `Dialect` of a few short functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from fakecompute.errors import FakeError, UnsupportedMediaType
from fakecompute.rest.version import Version


@dataclass(slots=True)
class Answer:
    """What goes back: `body` is JSON-able, or text or bytes of the `content_type`; None is an empty body."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] | None = None
    content_type: str = "application/json"


class Flaw(NamedTuple):
    """The first thing that is wrong with a body or query.

    `kind` is `type`, `value`, `missing` or `unknown`; `path` leads to it from the top (names and positions);
    `sentence` is the validator's, for `missing` and `unknown` the name of the key stands in `name`.
    """

    kind: str
    path: tuple[str | int, ...]
    value: Any
    sentence: str
    name: str = ""


@dataclass(frozen=True)
class Dialect:
    """The functions and sentences in which services differ.  `unrouted` answers a path or method that is not there."""

    fault: Callable[[FakeError, str], Answer]  # (error, request id)
    headers: Callable[[Version | None, str], dict[str, str]]  # (version, request id): on every answer
    denied: Callable[[str], FakeError]  # (policy rule)
    bad_body: Callable[[Flaw], FakeError]
    bad_query: Callable[[Flaw], FakeError]
    unrouted: Callable[[str, frozenset[str]], FakeError | Answer]  # (method, the methods that the path has)
    unauthorized: Callable[[str], Answer]  # (identity's address)
    malformed: Callable[[], FakeError]
    too_large: Callable[[], FakeError | Answer]
    wrong_type: Callable[[str], FakeError] = lambda content_type: UnsupportedMediaType()
    finish: Callable[[Answer, Version | None], Answer] | None = None  # the last touch to an error, by the version
    bad_version: Callable[[str], FakeError] | None = None  # no such form
    unsupported_version: Callable[[str, Version, Version], FakeError] | None = None
    barred: Callable[[str, str], FakeError] | None = None  # (policy rule, what the token is for), if not as `denied`
    no_action: str = "There is no such action: {key}"
    wrong_project: str = (
        "Malformed request URL: URL's project_id '{url}' doesn't match Context's project_id '{context}'"
    )
    head: bool = False  # HEAD is answered as GET without its body
    versions_first: bool = False  # the version is agreed upon before the path is looked at
    routes_first: bool = False  # what is not there is told before the token is looked at
