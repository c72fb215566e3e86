"""What there is of each API: all operations of the real service, held against what our modules declare.

`services/<service>/operations.py` lists what the real one has.  What none of our endpoints answers is declared from
that list, to answer 501; so whatever is not written yet is missing by itself, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

from fakecompute.errors import NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.routes import Endpoint, Routes, slug
from fakecompute.rest.version import ALWAYS, Span, Version, span
from fakecompute.services import all_services

Key = tuple[bool, str, str, str | None]


class Operation(NamedTuple):
    """A row of the list: what the real service answers, in which versions, with what, to whom."""

    method: str
    path: str
    action: str | None = None  # the one key of the body, where the path holds actions
    span: Span = ALWAYS
    success: str = ""  # "200", "201/204", or "200,201@2.2" where it changed
    policy: str | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" {self.action}" if self.action else "")


class Row(NamedTuple):
    """An operation, and how much of it is there."""

    service: str
    operation: Operation
    gaps: tuple[Span, ...] = ()  # versions that answer 501
    lacks: tuple[str, ...] = ()  # parts that answer 501

    @property
    def state(self) -> str:
        if self.gaps == (self.operation.span,):
            return "missing"
        return "partly" if self.gaps or self.lacks else "done"


def operations(text: str, rules: str = "") -> tuple[Operation, ...]:
    """The rows of a list, below a line that names its columns.  `-` is nothing, `path:key` an action.

    `rules` is what the names of the policy rules begin with, unless they have a prefix of their own.
    """
    head, *rows = (line.split() for line in text.strip().splitlines())
    return tuple(_operation(dict(zip(head, row, strict=True)), rules) for row in rows)


def _operation(row: dict[str, str], rules: str) -> Operation:
    told = {column: value for column, value in row.items() if value != "-"}
    path, _, action = told["path"].partition(":")
    policy = told.get("policy")
    if policy and not policy.startswith("compute:"):
        policy = rules + policy
    life = span(told.get("since"), told.get("until"))
    return Operation(told["method"], path, action or None, life, told.get("success", ""), policy)


# --- what is missing ----------------------------------------------------------------------------------------


def answer_the_rest(service: Routes, listed: Iterable[Operation]) -> None:
    """Declare what no endpoint answers: 501, in the versions in which the real service has it."""
    declared = _declared(service)
    paths = {_shape(endpoint.path): endpoint.path for endpoint in service.endpoints if not endpoint.bare}
    for operation in listed:
        path = paths.setdefault(_shape(operation.path), operation.path)
        for gap in _gaps(operation.span, declared.get(_key(operation), ())):
            _refuse(service, operation._replace(path=path), gap)


def _refuse(service: Routes, operation: Operation, gap: Span) -> None:
    def refuse(call: Call, **params: Any) -> NoReturn:
        raise NotImplementedHere(operation=f"{operation}")

    refuse.__name__ = slug(operation.method, operation.path, operation.action)
    service.route(
        operation.method,
        operation.path,
        since=None if gap.since == ALWAYS.since else str(gap.since),
        until=None if gap.until == ALWAYS.until else str(gap.until),
        action=operation.action,
        policy=operation.policy if operation.policy in service.policies else None,
        missing=True,
    )(refuse)


# --- the comparison -----------------------------------------------------------------------------------------


def coverage() -> tuple[Row, ...]:
    """Every operation of every service, in the order of the lists."""
    return tuple(row for service in all_services() for row in rows(service, listed_of(service.name)))


def listed_of(service: str) -> tuple[Operation, ...]:
    listed: tuple[Operation, ...] = import_module(f"fakecompute.services.{service}.operations").OPERATIONS
    return listed


def rows(service: Routes, listed: Iterable[Operation]) -> Iterator[Row]:
    """The listed operations; then what is declared besides: retired ones, and those of extensions."""
    declared = _declared(service)
    for operation in listed:
        endpoints = declared.pop(_key(operation), ())
        yield _row(service, operation, endpoints)
    for endpoints in declared.values():
        first = endpoints[0]
        life = Span(min(e.span.since for e in endpoints), max(e.span.until for e in endpoints))
        success = str(first.status(life.since))
        yield _row(service, Operation(first.method, first.path, first.action, life, success, first.policy), endpoints)


def _row(service: Routes, operation: Operation, endpoints: Iterable[Endpoint]) -> Row:
    lacks = tuple(dict.fromkeys(part for endpoint in endpoints for part in endpoint.lacks))
    return Row(service.name, operation, tuple(_gaps(operation.span, endpoints)), lacks)


def _declared(service: Routes) -> dict[Key, list[Endpoint]]:
    """The endpoints by what they answer; without the version documents, which stand beside the API."""
    found: dict[Key, list[Endpoint]] = {}
    for endpoint in service.endpoints:
        if endpoint.path and (endpoint.missing or not endpoint.bare):
            found.setdefault(_key(endpoint), []).append(endpoint)
    return found


def _key(operation: Operation | Endpoint) -> Key:
    bare = isinstance(operation, Endpoint) and operation.bare
    return bare, operation.method, _shape(operation.path), operation.action


def _shape(path: str) -> str:
    """The path without the names of its parameters: lists and modules call them differently."""
    return re.sub("<[^>]*>", "<>", path)


def _gaps(life: Span, endpoints: Iterable[Endpoint]) -> Iterator[Span]:
    """The versions of a span that no endpoint covers."""
    at = life.since
    for since, until in sorted(endpoint.span for endpoint in endpoints if not endpoint.missing):
        if since > at:
            yield Span(at, min(life.until, Version(since.major, since.minor - 1)))
        at = max(at, Version(until.major, until.minor + 1))
        if at > life.until:
            return
    yield Span(at, life.until)
