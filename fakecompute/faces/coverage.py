"""`fakecompute coverage`: what there is of each API and what is missing, as a table, as JSON, as a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from textwrap import fill
from typing import Any

from rich.console import Console
from rich.table import Table

from fakecompute.rest.version import FIRST, LAST, Span
from fakecompute.services import all_services
from fakecompute.services.coverage import Row, coverage

STATES = ("done", "partly", "missing")
TITLES = {
    "identity": "Identity (Keystone)",
    "compute": "Compute (Nova)",
    "image": "Image (Glance)",
    "network": "Network (Neutron)",
    "volume": "Volume (Cinder)",
    "placement": "Placement",
}
RIGHT = (*STATES, "of")
ALL = "all"
RETIRED = "retired"
MANY = 20  # a noun with more operations is told in parts
FEW = 3  # operations that make a part
PAGE = """# What is there

Drawn from what the modules declare, against the operations of the real services; `make coverage` writes this page.
*Partly*: some versions, or some parts, answer 501. What is missing answers 501, never 200. What the real service
has retired answers 410 and counts as done.

{totals}
"""


def rows_of(service: str | None = None) -> list[Row]:
    return [row for row in coverage() if service in (None, row.service)]


# --- for programs


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [
        {
            "service": row.service,
            "method": row.operation.method,
            "path": row.operation.path,
            "action": row.operation.action,
            "versions": _ends(row.operation.span),
            "state": row.state,
            "missing_versions": [_ends(gap) for gap in row.gaps],
            "missing_parts": list(row.lacks),
            "success": row.operation.success or None,
            "policy": row.operation.policy,
        }
        for row in rows
    ]


def _ends(span: Span) -> list[str | None]:
    return [None if end in (FIRST, LAST) else str(end) for end in span]


# --- for people


def show(rows: list[Row], console: Console | None = None) -> None:
    """The totals of the services; of a single service its nouns, too."""
    console = console or Console()
    console.print(_table(("service", *STATES, "of"), _totals(rows)))
    if len({row.service for row in rows}) == 1:
        console.print()
        console.print(_table(("noun", "done", "of", "what is missing"), _nouns(rows)))


def _table(heads: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, justify="right" if head in RIGHT else "left", overflow="fold")
    for line in lines:
        table.add_row(*line)
    return table


def as_markdown(rows: list[Row]) -> str:
    """The page docs/coverage.md: what is whole in a line, what is not in a table."""
    parts = [PAGE.format(totals=_markdown(("service", *STATES, "of"), _totals(rows)))]
    for service, found in groupby(rows, key=lambda row: row.service):
        nouns = _nouns(list(found), code="`")
        whole = [f"{noun} ({of})" for noun, done, of, _ in nouns if done == of]
        absent = [f"{noun} ({of})" for noun, done, of, told in nouns if told.startswith(ALL)]
        rest = [line for line in nouns if line[1] != line[2] and not line[3].startswith(ALL)]
        parts.append(f"## {TITLES[service]}\n")
        parts += [_paragraph(f"{_spoken(service)}**There:** {', '.join(whole)}.")]
        parts += [_paragraph(f"**Missing:** {', '.join(absent)}.")] * bool(absent)
        parts += [_markdown(("noun", "done", "of", "what is missing"), rest) + "\n"] * bool(rest)
    return "\n".join(parts)


def _markdown(heads: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> str:
    rules = tuple("--:" if head in RIGHT else "---" for head in heads)
    return "\n".join("| " + " | ".join(line) + " |" for line in (heads, rules, *lines))


def _paragraph(text: str) -> str:
    return fill(text, 118, break_on_hyphens=False, break_long_words=False) + "\n"


def _spoken(service: str) -> str:
    micro = next(routes.microversions for routes in all_services() if routes.name == service)
    return f"Microversions {micro.lowest} to {micro.highest}. " if micro else ""


def _totals(rows: list[Row]) -> list[tuple[str, ...]]:
    lines = []
    for service, found in groupby(rows, key=lambda row: row.service):
        count = Counter(row.state for row in found)
        lines.append((TITLES[service], *(str(count[state]) for state in STATES), str(count.total())))
    return lines


# --- nouns


def _nouns(rows: list[Row], code: str = "") -> list[tuple[str, str, str, str]]:
    """A line a noun: how much of it is done, and what is not."""
    heads, parts = Counter(map(_head, rows)), Counter(map(_part, rows))
    nouns: dict[str, list[Row]] = {}
    for row in rows:
        noun = _part(row) if heads[_head(row)] > MANY and parts[_part(row)] >= FEW else _head(row)
        nouns.setdefault(noun, []).append(row)
    return [
        (
            noun if noun == RETIRED else f"{code}{noun}{code}",
            str(sum(row.state == "done" for row in found)),
            str(len(found)),
            _told(noun, found, code),
        )
        for noun, found in nouns.items()
    ]


def _head(row: Row) -> str:
    """`/flavors`, or that it is retired."""
    return RETIRED if row.operation.success == "410" else "/" + _words(row)[0]


def _part(row: Row) -> str:
    """`/servers/{server}/tags`, `/qos/policies`; the head, where a path goes no deeper."""
    words = _words(row)
    if len(words) < 3 or row.operation.success == "410":
        return _head(row)
    return "/" + "/".join(words[: 3 if words[1].startswith("{") else 2])


def _words(row: Row) -> list[str]:
    return _shown(row.operation.path).strip("/").split("/")


def _shown(path: str) -> str:
    return re.sub("<(?:path:)?([^>]*)>", r"{\1}", path)


# --- what is missing, in words


def _told(noun: str, rows: list[Row], code: str) -> str:
    missing = [row for row in rows if row.state == "missing"]
    if len(missing) == len(rows):
        spans = {_versions(row.operation.span) for row in rows}
        return ALL + (spans.pop() if len(spans) == 1 else "")
    places: dict[str, list[str]] = {}
    for row in missing:
        below = _shown(row.operation.path).removeprefix(noun)
        place = f"{'…' * bool(below)}{below}{_versions(row.operation.span)}"
        places.setdefault(place, []).append(row.operation.action or row.operation.method)
    told = [f"{code}{' '.join((', '.join(methods), *place.split()[:1]))}{code}" + place[len(place.split(' ')[0]) :]
            for place, methods in places.items()]  # fmt: skip
    return "; ".join(told + [_lacking(noun, row, code) for row in rows if row.state == "partly"])


def _lacking(noun: str, row: Row, code: str) -> str:
    """What a part of an operation lacks: versions, or what a body may ask for."""
    below = _shown(row.operation.path).removeprefix(noun)
    name = row.operation.action or f"{row.operation.method} {'…' * bool(below)}{below}".strip()
    versions = [_versions(gap).strip(" ()") for gap in row.gaps]
    return f"of {code}{name}{code}: {', '.join((*versions, *row.lacks))}"


def _versions(span: Span) -> str:
    """` (2.1 to 2.35)`; nothing, if it is there to this day and the beginning is no news."""
    since, until = _ends(span)
    if until is None:
        return f" (from {since})" if since and not since.endswith((".0", ".1")) else ""
    return f" ({since} to {until})"
