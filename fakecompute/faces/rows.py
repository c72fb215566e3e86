"""A timeline as people read it: a row for each entry, and one for many looks at what stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakecompute.kernel.clock import SECOND
from fakecompute.scenario.evidence import UUID
from fakecompute.scenario.expectations import Finding
from fakecompute.scenario.timeline import Entry

SERVICE = re.compile(r"^/\w+(?:/v\d[\d.]*)?(?=/)")  # the operation names it
FOLDED = 3  # equal calls in a row that become one
WAIT = 30 * SECOND  # between two rows that is worth a word
SIGNS = {"transition": "", "fault": "!", "event": "*"}


@dataclass(frozen=True)
class Row:
    """One line.  `sign` is the status of a call; `tone` is good, bad, hint or nothing."""

    kind: str
    at: int
    until: int
    sign: str
    subject: str
    text: str
    tone: str
    entries: tuple[tuple[int, Entry], ...]  # with their numbers in the timeline

    @property
    def data(self) -> Mapping[str, Any]:
        return self.entries[0][1].data


def rows(entries: Iterable[Entry]) -> list[Row]:
    return [_row(tuple(group)) for group in _folded(enumerate(entries))]


def plain(entry: Entry) -> str:
    """A line without colours, aligned."""
    return f"{seconds(entry.at):>12}  {entry.kind:<10}  {entry.subject:<34}  {entry.text}".rstrip()


def plain_row(row: Row) -> str:
    """The same of a row."""
    return f"{seconds(row.at):>12}  {row.sign:>3}  {row.subject:<34}  {row.text}".rstrip()


def seconds(at: int) -> str:
    return f"{at / SECOND:.3f}s"


def span(amount: int) -> str:
    """A duration in words that one reads at a glance."""
    whole = round(amount / SECOND)
    minutes, hours = whole // 60, whole // 3600
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min {whole % 60} s".removesuffix(" 0 s") if minutes else f"{whole} s"


def row_of(finding: Finding, table: Sequence[Row]) -> int | None:
    """The number of the row that a finding is about; None if there is none at its time."""
    at_that_time = [number for number, row in enumerate(table) if row.at <= finding.at <= row.until]
    hints = {str(finding.data[key]) for key in ("id", "path", "operation") if finding.data.get(key)}
    for number in at_that_time:
        if any(hints & _marks(entry) for _, entry in table[number].entries):
            return number
    return at_that_time[-1] if at_that_time else None


def _marks(entry: Entry) -> set[str]:
    return {str(entry.data[key]) for key in ("id", "path", "operation") if entry.data.get(key)}


def _folded(numbered: Iterable[tuple[int, Entry]]) -> Iterator[list[tuple[int, Entry]]]:
    group: list[tuple[int, Entry]] = []
    for number, entry in numbered:
        if group and not (entry.kind == "call" and _same(group[-1][1], entry)):
            yield from _groups(group)
            group = []
        group.append((number, entry))
    yield from _groups(group)


def _groups(group: list[tuple[int, Entry]]) -> Iterator[list[tuple[int, Entry]]]:
    """Two of one kind are no crowd."""
    if len(group) >= FOLDED:
        yield group
    else:
        yield from ([one] for one in group)


def _same(one: Entry, other: Entry) -> bool:
    return one.kind == other.kind and all(
        one.data.get(key) == other.data.get(key) for key in ("method", "path", "body", "status", "answer", "client")
    )


def _row(group: tuple[tuple[int, Entry], ...]) -> Row:
    entry, last = group[0][1], group[-1][1]
    sign, subject, text, tone = PARTS[entry.kind](entry)
    if len(group) > 1:
        text = f"{len(group)} x {text}, unchanged for {span(last.at - entry.at)}"
    return Row(entry.kind, entry.at, last.at, sign, subject, text, tone, group)


def _call(entry: Entry) -> tuple[str, str, str, str]:
    data = entry.data
    path = SERVICE.sub("", data["path"])
    lost = ", lost on its way" if data.get("lost") else ""
    tone = "bad" if lost or data["status"] >= 400 else ""
    subject = data["operation"] or data["path"].split("/")[1] or "-"
    return str(data["status"]), subject, short(f"{data['method']} {path}") + lost, tone


def _transition(entry: Entry) -> tuple[str, str, str, str]:
    after = str(entry.data["after"] or "")
    good = after in ("ACTIVE", "available", "in-use", "active", "attached")
    return "", entry.subject, short(entry.text), "bad" if "error" in after.lower() else "good" if good else ""


def _fault(entry: Entry) -> tuple[str, str, str, str]:
    return SIGNS["fault"], "fault", f"{entry.subject}: {entry.text}", "bad"


def _event(entry: Entry) -> tuple[str, str, str, str]:
    return SIGNS["event"], "event", entry.text, "hint"


PARTS = {"call": _call, "transition": _transition, "fault": _fault, "event": _event}


def short(text: str) -> str:
    """With the beginnings of ids alone, which are enough for the eye."""
    return UUID.sub(lambda found: found[0][:8], text)
