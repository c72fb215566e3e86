"""What `fakecompute replay`, `run`, `scenarios` and `show` print: timelines, findings, what there is to play.

On a terminal for the eye: coloured, aligned, ids and equal looks cut short.  In a pipe a line for each entry, in
columns that stay where they are.  The page is drawn by faces/report.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from fakecompute import resources
from fakecompute.faces.judging import Verdict
from fakecompute.faces.rows import WAIT, Row, plain, rows, seconds, span
from fakecompute.scenario.expectations import FINDINGS, Finding
from fakecompute.scenario.journals import Compared
from fakecompute.scenario.load import load
from fakecompute.scenario.replay import Run
from fakecompute.scenario.timeline import Entry

# fmt: off
COLOURS = {"call": "cyan", "transition": "", "fault": "bold red", "event": "bold magenta"}
TONES = {"bad": "red", "good": "green", "hint": "magenta", "": ""}
# fmt: on
SUBJECT = 28  # columns that are for what a row is about, even on a narrow terminal


def show_run(run: Run, console: Console | None = None) -> None:
    """The timeline, the steps of the client, and the verdict."""
    console = console or Console(highlight=False)
    _headline(run.scenario + (f", {run.workload}" if run.workload not in ("", "workload") else ""), console)
    show_entries(run.entries, console)
    for at, text in given_up(run):
        _say(Text(f"{seconds(at):>12}  the client gave up: {text}", "yellow"), console)
    show_findings(run.findings, console)


def given_up(run: Run) -> list[tuple[int, str]]:
    """Steps that failed and might, by time; what may not fail is a finding."""
    told = {(finding.at, finding.text) for finding in run.findings}
    failed = [(one.at, f"{one.step.verb}: {one.text}") for one in run.outcomes if not one.ok]
    return [one for one in failed if one not in told]


def show_verdict(verdict: Verdict, console: Console, *, timeline: bool = False) -> None:
    """What a command did, in a line, and what is to be said of it."""
    if timeline:
        show_entries(verdict.entries, console)
    _headline(" ".join(verdict.command), console)
    calls = f"{verdict.calls} call{'s' * (verdict.calls != 1)}"
    _say(Text(f"exit code {verdict.code}, {calls}, {verdict.seconds:.1f} s of the cloud's time"), console)
    for name in verdict.unmet:
        _say(Text(f"the fault {name!r} was never met", "yellow"), console)
    show_findings(verdict.findings, console)


def _headline(title: str, console: Console) -> None:
    if console.is_terminal:
        console.rule(f"[bold]{escape(title)}", align="left", style="dim")
    else:
        _say(Text(f"--- {title}"), console)


def _say(text: Text, console: Console) -> None:
    """On a terminal broken between words, in a pipe never."""
    console.print(text, soft_wrap=not console.is_terminal)


# --- the timeline


def show_entries(entries: Sequence[Entry], console: Console) -> None:
    if console.is_terminal:
        console.print(_timeline(rows(entries), console.width))
        return
    for entry in entries:
        console.print(plain(entry), markup=False, soft_wrap=True)


def _timeline(found: Sequence[Row], width: int) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=max(SUBJECT, width // 4))
    table.add_column(overflow="fold")
    for row, waited in with_waits(found):
        if waited:
            table.add_row("", "", "", Text(f"... {span(waited)} later", "dim italic"))
        colour = TONES[row.tone] or COLOURS[row.kind]
        subject = Text(row.subject, COLOURS[row.kind] or "default")
        table.add_row(seconds(row.at), Text(row.sign, colour or "green"), subject, Text(row.text, TONES[row.tone]))
    return table


def with_waits(found: Iterable[Row]) -> Iterator[tuple[Row, int]]:
    """Each row, and how long nothing happened before it if that was long."""
    last: int | None = None
    for row in found:
        waited = row.at - last if last is not None else 0
        yield row, waited if waited >= WAIT else 0
        last = row.until


# --- the findings


def show_findings(findings: Sequence[Finding], console: Console) -> None:
    if not findings:
        _say(Text("Everything is as expected.", "bold green"), console)
        return
    if console.is_terminal:
        console.print()
    _say(Text(f"{len(findings)} finding{'s' * (len(findings) != 1)}:", "bold red"), console)
    if not console.is_terminal:
        for finding in findings:
            word = FINDINGS[finding.kind]
            _say(Text(f"{seconds(finding.at):>12}  {word:<16}  {finding.text}"), console)
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(style="red", no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        table.add_row(seconds(finding.at), FINDINGS[finding.kind], Text(finding.text))
    console.print(table)


# --- journals


def show_compared(compared: Compared, console: Console | None = None) -> None:
    """How a journal was answered now: a count, or the first difference."""
    console = console or Console(highlight=False)
    for note in compared.notes:
        console.print(f"[yellow]{escape(note)}", soft_wrap=True)
    first = compared.difference
    if first is None:
        console.print(f"[bold green]{compared.calls} calls, and every answer is the same.")
        return
    at = seconds(first.line["at"] - compared.begun)
    console.print(f"[bold red]Call {compared.calls}, at {at}, is answered in another way:", soft_wrap=True)
    console.print(f"  {escape(first.title)}", soft_wrap=True)
    for line in first.diff():
        console.print(Text(line, DIFF.get(line[:1], "")), soft_wrap=True)


DIFF = {"+": "green", "-": "red", "@": "cyan"}  # by the first character of a line


# --- what there is

def list_scenarios(console: Console | None = None) -> None:
    """One line each."""
    console = console or Console(highlight=False)
    names = resources.names("scenarios")
    width = max(map(len, names), default=0)
    if not console.is_terminal:
        for name in names:
            console.print(f"{name:<{width}}  {load(name).description}", markup=False, soft_wrap=True)
        return
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column()
    for name in names:
        table.add_row(name, Text(load(name).description))
    console.print(table)
    console.print("\n[dim]fakecompute show NAME prints one, fakecompute replay NAME plays it.")


def show_scenario(name: str) -> None:
    """The file as it is."""
    text, _ = resources.read("scenarios", name)
    if sys.stdout.isatty():
        Console().print(Syntax(text, "yaml", background_color="default", word_wrap=True))
    else:
        sys.stdout.write(text)
