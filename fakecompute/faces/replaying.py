"""What `fakecompute replay`, `scenarios` and `show` print: timelines, findings, what there is to play."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from fakecompute import resources
from fakecompute.faces.judging import Verdict
from fakecompute.kernel.clock import SECOND
from fakecompute.scenario.findings import FINDINGS, Finding
from fakecompute.scenario.journals import Compared
from fakecompute.scenario.load import load
from fakecompute.scenario.replay import Run
from fakecompute.scenario.timeline import Entry

COLOURS = {"call": "cyan", "transition": "green", "fault": "bold red", "event": "magenta"}
SIGNS = {"call": ">", "transition": " ", "fault": "!", "event": "*"}


def show_run(run: Run, console: Console | None = None) -> None:
    """The timeline, the steps of the client, and the verdict."""
    console = console or Console(highlight=False)
    title = run.scenario + (f", {run.workload}" if run.workload not in ("", "workload") else "")
    console.rule(f"[bold]{title}")
    show_entries(run.entries, console)
    for outcome in run.outcomes:
        if not outcome.ok:
            what = f"{outcome.step.verb}: {outcome.text}"
            console.print(f"[yellow]{_seconds(outcome.at)}  the client gave up: {what}", highlight=False)
    show_findings(run.findings, console)


def show_verdict(verdict: Verdict, console: Console, *, timeline: bool = False) -> None:
    """What a command did, in a line, and what is to be said of it."""
    if timeline:
        show_entries(verdict.entries, console)
    command = " ".join(verdict.command)
    took = f"{verdict.calls} calls, {verdict.seconds:g} s of the cloud's time"
    console.rule(f"[bold]{escape(command)}")
    console.print(f"exit code {verdict.code}, {took}")
    show_findings(verdict.findings, console)


def show_entries(entries: Sequence[Entry], console: Console) -> None:
    if console.is_terminal:
        console.print(_timeline(entries))
        return
    for entry in entries:
        console.print(plain(entry), markup=False, soft_wrap=True)


def show_findings(findings: Sequence[Finding], console: Console) -> None:
    if not findings:
        console.print("[bold green]Everything is as expected.")
        return
    console.print(f"[bold red]{len(findings)} finding{'s' * (len(findings) != 1)}:")
    for finding in findings:
        word = FINDINGS[finding.kind]
        line = Text.assemble((f"{_seconds(finding.at):>12}  ", "dim"), (f"{word:<16}", "red"), finding.text)
        console.print(line, soft_wrap=True)


def _timeline(entries: Iterable[Entry]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=38)
    table.add_column(overflow="fold")
    for entry in entries:
        colour = COLOURS[entry.kind]
        sign, subject = Text(SIGNS[entry.kind], colour), Text(entry.subject, colour)
        table.add_row(_seconds(entry.at), sign, subject, _coloured(entry))
    return table


def _coloured(entry: Entry) -> Text:
    """Refusals and errors are red."""
    status = entry.data.get("status")
    bad = (isinstance(status, int) and status >= 400) or "ERROR" in entry.text or "error" in entry.text
    return Text(entry.text, "red" if bad else "")


def plain(entry: Entry) -> str:
    """A line without colours, aligned."""
    return f"{_seconds(entry.at):>12}  {entry.kind:<10}  {entry.subject:<34}  {entry.text}"


def _seconds(at: int) -> str:
    return f"{at / SECOND:.3f}s"


def show_compared(compared: Compared, console: Console | None = None) -> None:
    """How a journal was answered now: a count, or the first difference."""
    console = console or Console(highlight=False)
    for note in compared.notes:
        console.print(f"[yellow]{escape(note)}", soft_wrap=True)
    first = compared.difference
    if first is None:
        console.print(f"[bold green]{compared.calls} calls, and every answer is the same.")
        return
    at = _seconds(first.line["at"] - compared.begun)
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
    for name in names:
        scenario = load(name)
        console.print(f"[bold]{name:<{width}}[/]  {scenario.description}", soft_wrap=not console.is_terminal)


def show_scenario(name: str) -> None:
    """The file as it is."""
    text, _ = resources.read("scenarios", name)
    if sys.stdout.isatty():
        Console().print(Syntax(text, "yaml", background_color="default"))
    else:
        sys.stdout.write(text)


def write_html(run: Run, path: Path) -> None:
    """The same as a page that needs nothing else."""
    console = Console(record=True, width=140, file=StringIO(), force_terminal=True, highlight=False)
    show_run(run, console)
    path.write_text(console.export_html(inline_styles=False))
