"""`fakecompute scenarios`, `show`, `replay` and `run` on the command line: what goes wrong, and who copes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from fakecompute.errors import BadDefinition
from fakecompute.faces.saying import refuse

if TYPE_CHECKING:
    from fakecompute.faces.judging import Verdict
    from fakecompute.scenario.load import Scenario
    from fakecompute.scenario.replay import Run

FILE = click.Path(dir_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
def scenarios() -> None:
    """List the shipped scenarios, a line each.

    \b
    Examples:
      fakecompute scenarios
      fakecompute scenarios | grep volume
      fakecompute show rate-limit                one of them
      fakecompute replay rate-limit              ... and what becomes of its client
    """
    from fakecompute.faces.replaying import list_scenarios

    list_scenarios()


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a shipped scenario, to read or to begin one's own with.

    \b
    Examples:
      fakecompute show create-false-negative
      fakecompute show bad-minute > mine.yaml
    """
    from fakecompute import resources
    from fakecompute.faces.replaying import show_scenario
    from fakecompute.scenario.schema import nearest

    known = resources.names("scenarios")
    if name not in known:
        otherwise = "`fakecompute scenarios` lists them"
        refuse(2, f"there is no scenario {name!r}{nearest(name, known, otherwise)}")
    show_scenario(name)


# --- replay


@click.command()
@click.argument("what", metavar="NAME|FILE|JOURNAL")
@click.option("--workload", metavar="NAME", help="Which of its workloads to play; the first by default.")
@click.option("--seed", type=int, help="In the place of the scenario's own.")
@click.option("--json", "as_json", is_flag=True, help="For programs: timeline, steps and findings.")
@click.option("--html", type=WRITTEN, metavar="FILE", help="Write a page to look at.")
def replay(what: str, workload: str | None, seed: int | None, as_json: bool, html: Path | None) -> None:
    """Play a scenario in virtual time, and say what came of it.

    Exits 0 if every expectation held, 1 if one was broken, 2 if the file is wrong. Two runs of one scenario are the
    same to the byte. On a terminal equal looks are folded; in a pipe each is a line.

    A journal (of `serve --journal` or `run --journal`) is sent again, call by call, to a cloud like the one that it
    was written of: 0 if every answer is the same, 1 if one differs, which is shown.

    \b
    Examples:
      fakecompute replay create-false-negative
      fakecompute replay create-false-negative --workload careful
      fakecompute replay my.yaml --html run.html
      fakecompute replay my.yaml --json | jq .findings
      fakecompute replay calls.jsonl
    """
    from fakecompute.faces import replaying
    from fakecompute.scenario.replay import replay as play

    if _is_journal(what):
        _replay_journal(Path(what), as_json)
    scenario = _scenario(what)
    _check_workload(scenario, workload)
    _check_writable(html)
    played = play(scenario, workload, seed=seed)
    if as_json:
        click.echo(played.as_json().decode())
    else:
        replaying.show_run(played)
    if html is not None:
        html.write_text(_page_of_run(scenario, played), "utf-8")
    raise SystemExit(0 if played.ok else 1)


def _is_journal(what: str) -> bool:
    """Is it, or could it not be anything else?"""
    from fakecompute.scenario import journals
    from fakecompute.scenario.definition import SUFFIXES

    path = Path(what)
    return path.is_file() and (not what.endswith(SUFFIXES) or journals.is_journal(path))


def _replay_journal(path: Path, as_json: bool) -> NoReturn:
    from fakecompute.faces import replaying
    from fakecompute.scenario import journals

    try:
        compared = journals.compare(journals.read(path))
    except journals.BadJournal as error:
        refuse(2, str(error))
    except OSError as error:
        refuse(2, f"{path}: {error.strerror}")
    if as_json:
        click.echo(compared.as_json().decode())
    else:
        replaying.show_compared(compared)
    raise SystemExit(0 if compared.difference is None else 1)


def _scenario(what: str) -> Scenario:
    from fakecompute.scenario.load import load

    try:
        return load(what)
    except BadDefinition as error:
        refuse(2, *error.mistakes)


def _check_workload(scenario: Scenario, name: str | None) -> None:
    from fakecompute.scenario.schema import nearest

    if name is not None and name not in scenario.workloads:
        there = nearest(name, scenario.workloads) if scenario.workloads else "; it has none at all"
        refuse(2, f"{scenario.name} has no workload {name!r}{there}")


def _check_writable(*paths: Path | None) -> None:
    """Before anything begins: what came of it would be lost."""
    for path in filter(None, paths):
        is_new = not path.exists()
        try:
            path.open("ab").close()
        except OSError as error:
            refuse(2, f"{path}: {error.strerror}")
        if is_new:
            path.unlink()


# --- run


@click.command()
@click.argument("scenario", metavar="SCENARIO")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND...")
@click.option("--journal", type=WRITTEN, metavar="FILE", help="Write every call there, for `fakecompute replay`.")
@click.option("--json", "json_file", type=WRITTEN, metavar="FILE", help="Write the verdict there, for programs.")
@click.option("--junit", type=WRITTEN, metavar="FILE", help="Write it there as CI reads the results of tests.")
@click.option("--html", type=WRITTEN, metavar="FILE", help="Write it there as a page to look at.")
@click.option("--timeline", is_flag=True, help="Print all that happened, too.")
def run(
    scenario: str,
    command: tuple[str, ...],
    journal: Path | None,
    json_file: Path | None,
    junit: Path | None,
    html: Path | None,
    timeline: bool,
) -> None:
    """Run a command against a cloud of a scenario, and judge it.

    The cloud listens on a free port of this machine; OS_CLOUD, OS_CLIENT_CONFIG_FILE and the OS_* variables lead
    there, and FAKECOMPUTE_URL for `fakecompute ctl`. What the command reads and writes is its own affair; the verdict
    goes to stderr: what was left behind or made twice, what was asked too often or too early, what was waited for in
    vain, faults that were not met. Options of `run` stand before the --, those behind it are the command's.

    Signals are passed on to the command, and what it did until then is judged. Time is the machine's, but waits in
    vain are cut short: when nothing happens between two looks, the cloud goes on to what happens next.

    \b
    Exit codes:
      the command's own   if every expectation held
      3                   an expectation was broken
      2                   the scenario is wrong, or a file cannot be written
      126, 127            the command cannot be run, or there is none

    \b
    Examples:
      fakecompute run create-false-negative -- terraform apply -auto-approve
      fakecompute run bad-minute --junit verdict.xml -- pytest tests/integration
      fakecompute run my.yaml --journal calls.jsonl --html verdict.html -- ./deploy.sh
    """
    from rich.console import Console

    from fakecompute.faces import judging, replaying
    from fakecompute.faces.child import NotStarted

    loaded = _scenario(scenario)
    _check_writable(journal, json_file, junit, html)
    try:
        verdict = judging.run(loaded, command, journal=journal)
    except NotStarted as error:
        refuse(error.code, str(error))
    for path, content in (json_file, verdict.as_json), (junit, verdict.as_junit):
        if path is not None:
            path.write_bytes(content())
    if html is not None:
        html.write_text(_page_of_verdict(loaded, verdict), "utf-8")
    replaying.show_verdict(verdict, Console(stderr=True, highlight=False), timeline=timeline)
    raise SystemExit(verdict.exit_code)


# --- pages


def _page_of_run(scenario: Scenario, played: Run) -> str:
    from fakecompute.faces.replaying import given_up
    from fakecompute.faces.report import Told, page
    from fakecompute.kernel.clock import SECOND

    calls = sum(entry.kind == "call" for entry in played.entries)
    took = max((entry.at for entry in played.entries), default=0) / SECOND
    facts = [f"the client: {played.workload}"] if played.workload else []
    facts += [f"{calls} calls", f"{took:.1f} s of virtual time", f"seed {played.cloud.streams.seed}"]
    failed = given_up(played)
    return page(Told(scenario.name, scenario.description, facts, played.entries, played.findings, failed))


def _page_of_verdict(scenario: Scenario, verdict: Verdict) -> str:
    from fakecompute.faces.report import Told, page

    facts = [
        f"scenario: {scenario.name}",
        f"exit code {verdict.code}",
        f"{verdict.calls} calls",
        f"{verdict.seconds:.1f} s of the cloud's time",
    ]
    return page(Told(" ".join(verdict.command), scenario.description, facts, verdict.entries, verdict.findings))
