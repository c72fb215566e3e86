"""A run as a page to read: plain HTML of our own, which needs no network and no script.

What is to be said of the client stands at the top, each finding with a link to its moment in the timeline; a row opens
to what was asked and answered.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from fakecompute import resources
from fakecompute.faces.replaying import with_waits
from fakecompute.faces.report_style import STYLE
from fakecompute.faces.rows import Row, row_of, rows, seconds, span
from fakecompute.scenario.expectations import FINDINGS, Finding
from fakecompute.scenario.timeline import Entry

LONGEST = 4000  # characters of an answer that are shown
KINDS = ("call", "transition", "fault", "event")


@dataclass(frozen=True)
class Told:
    """What a page is about: `facts` are words of a line below the title, `given_up` steps that failed, by time."""

    title: str
    description: str
    facts: Sequence[str]
    entries: Sequence[Entry]
    findings: Sequence[Finding]
    given_up: Sequence[tuple[int, str]] = ()


def page(told: Told) -> str:
    table = rows(told.entries)
    places = [row_of(finding, table) for finding in told.findings]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(told.title)} - fakecompute</title>\n<style>{STYLE}</style></head>\n<body><main>\n"
        f"{_header(told)}\n{_verdict(told, places)}\n{_timeline(table, places, told.findings)}\n"
        f"<footer>fakecompute {escape(resources.version())}</footer></main></body></html>\n"
    )


def _header(told: Told) -> str:
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in told.facts)
    description = f"<p>{escape(told.description)}</p>" if told.description else ""
    return f"<header><h1>{escape(told.title)}</h1>{description}<ul class=facts>{facts}</ul></header>"


# --- the findings


def _verdict(told: Told, places: Sequence[int | None]) -> str:
    given_up = "".join(
        f"<p class=given-up><time>{seconds(at)}</time> The client gave up: {escape(text)}</p>"
        for at, text in told.given_up
    )
    if not told.findings:
        return f"<section class='verdict fine'><h2>Everything is as expected</h2>{given_up}</section>"
    count = len(told.findings)
    items = "".join(map(_finding, range(count), told.findings, places))
    title = f"{count} finding{'s' * (count != 1)}"
    return f"<section class='verdict broken'><h2>{title}</h2><ol>{items}</ol>{given_up}</section>"


def _finding(number: int, finding: Finding, place: int | None) -> str:
    at = f"<time>{seconds(finding.at)}</time>"
    link = at if place is None else f"<a href='#row-{place}' title='show it in the timeline'>{at}</a>"
    word, text = escape(FINDINGS[finding.kind]), escape(finding.text)
    return f"<li id=finding-{number}>{link}<b>{word}</b><span>{text}</span></li>"


# --- the timeline


def _timeline(table: Sequence[Row], places: Sequence[int | None], findings: Sequence[Finding]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for row in table:
        counts[row.kind] += len(row.entries)
    boxes = "".join(_box(kind, counts[kind]) for kind in KINDS if counts[kind])
    marks: dict[int, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        if place is not None:
            marks[place].append(number)
    body = "\n".join(_rows(table, marks, findings))
    return f"<section class=timeline><h2>Timeline</h2><div class=boxes>{boxes}</div>\n<ol>\n{body}\n</ol></section>"


def _box(kind: str, count: int) -> str:
    """Shows the rows of a kind, or hides them."""
    words = f"{count} {kind}{'s' * (count != 1)}"
    return f"<label class={kind}><input type=checkbox id=show-{kind} checked> {words}</label>"


def _rows(table: Sequence[Row], marks: Mapping[int, list[int]], findings: Sequence[Finding]) -> Iterator[str]:
    for number, (row, waited) in enumerate(with_waits(table)):
        if waited:
            yield f"<li class=wait>{span(waited)} later</li>"
        chips = "".join(
            f"<a class=chip href='#finding-{one}'>{escape(FINDINGS[findings[one].kind])}</a>"
            for one in marks.get(number, ())
        )
        yield _item(number, row, chips)


def _item(number: int, row: Row, chips: str) -> str:
    cells = (
        f"<time>{seconds(row.at)}</time><i>{escape(row.sign)}</i>"
        f"<b>{escape(row.subject)}</b><span>{escape(row.text)}{chips}</span>"
    )
    inside = _inside(row)
    opened = f"<details><summary>{cells}</summary>{inside}</details>" if inside else f"<div>{cells}</div>"
    names = " ".join(filter(None, (row.kind, row.tone, "marked" if chips else "")))
    return f"<li id=row-{number} class='{names}'>{opened}</li>"


def _inside(row: Row) -> str:
    """What there is to see of a row that is opened."""
    data = row.data
    if row.kind != "call":
        facts = {key: data[key] for key in ("id", "fault") if data.get(key)}
        return _facts(facts) if facts else ""
    last = row.entries[-1][1].data
    facts = {
        "request": f"{data['method']} {data['path']}",
        "microversion": data.get("version"),
        "user": data.get("user"),
        "client": data.get("client"),
        "retry-after": data.get("retry_after"),
        "struck by": ", ".join(map(str, data.get("rules") or ())),
        "times": len(row.entries) if len(row.entries) > 1 else None,
    }
    bodies = (("sent", data.get("body")), ("answered", last.get("answer")))
    shown = "".join(f"<h4>{name}</h4><pre>{_json(body)}</pre>" for name, body in bodies if body not in (None, ""))
    return _facts({key: value for key, value in facts.items() if value}) + shown


def _facts(facts: Mapping[str, object]) -> str:
    return "<dl>" + "".join(f"<dt>{key}</dt><dd>{escape(str(value))}</dd>" for key, value in facts.items()) + "</dl>"


def _json(body: object) -> str:
    text = json.dumps(body, indent=2, ensure_ascii=False)
    more = f"\n... {len(text) - LONGEST} characters more" if len(text) > LONGEST else ""
    return escape(text[:LONGEST] + more, quote=False)
