"""`fakecompute ctl recording`, `journal`, `timeline`, `findings`, `state` and `changes`: what happened, and what is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import click

from fakecompute.faces.ctl.root import as_json, ctl, file_of, flow, pass_remote, shows, table
from fakecompute.faces.remote import YAML, Remote
from fakecompute.kernel.clock import SECOND

BROKEN = 3  # the exit code for findings, as of `fakecompute run`
PAGE = 1000  # how much is asked for at once
COLOURS = {"call": "cyan", "transition": "green", "fault": "red", "event": "magenta"}

# --- the recording


@ctl.command()
@click.argument("switch", required=False, type=click.Choice(["on", "off"]))
@pass_remote
@shows(
    lambda made: click.echo(
        f"{'on' if made['on'] else 'off'}: {made['calls']} calls, {made['entries']} entries"
    )
)
def recording(remote: Remote, switch: str | None) -> Any:
    """Whether all that happens is recorded: show it, or switch it.

    \b
    Examples:
      fakecompute ctl recording
      fakecompute ctl recording on
      fakecompute ctl recording off
    """
    if switch is None:
        return remote.ask("GET", "recording")
    return remote.ask("PUT", "recording", body={"on": switch == "on"})


@ctl.command()
@click.option("--follow", is_flag=True, help="Go on with those that come.")
@click.option("--since", type=click.IntRange(min=0), default=0, metavar="N", help="Those after the N-th.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than so many.")
@pass_remote
def journal(remote: Remote, follow: bool, since: int, limit: int | None) -> None:
    """The calls, a JSON line each.

    \b
    Examples:
      fakecompute ctl journal
      fakecompute ctl journal --since 100 --limit 20
      fakecompute ctl journal --follow | jq -c '[.method, .path, .status]'
    """
    if follow:
        found = (line for _, line in remote.follow("journal", since=since, limit=limit))
    else:
        found = (one["line"] for one in _pages(remote, "journal", "lines", since, limit))
    for line in found:
        click.echo(json.dumps(line))


@ctl.command()
@click.option("--follow", is_flag=True, help="Go on with what comes.")
@click.option(
    "--kind", type=click.Choice(list(COLOURS)), multiple=True, help="Of this kind alone; may be repeated."
)
@click.option(
    "--since", type=click.IntRange(min=0), default=0, metavar="N", help="What comes after the N-th."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than so many.")
@pass_remote
def timeline(remote: Remote, follow: bool, kind: tuple[str, ...], since: int, limit: int | None) -> None:
    """All that happened: calls, transitions, faults that struck, events.

    \b
    Examples:
      fakecompute ctl timeline
      fakecompute ctl timeline --kind fault --kind transition
      fakecompute ctl timeline --follow
    """
    show: Callable[[Any], None] = _print if as_json() else _show_entry
    if follow:
        for _, entry in remote.follow("timeline", since=since, limit=limit):
            if not kind or entry["kind"] in kind:
                show(entry)
        return
    for entry in _pages(remote, "timeline", "entries", since, limit, kind=kind or None):
        show(entry)


def _print(told: Any) -> None:
    click.echo(json.dumps(told))


def _show_entry(entry: Any) -> None:
    kind = click.style(f"{entry['kind']:<10}", fg=COLOURS[entry["kind"]])
    click.echo(f"{entry['at'] / SECOND:>12.3f} s  {kind}  {entry['subject']:<32}  {entry['text']}")


def _pages(
    remote: Remote, noun: str, key: str, since: int, limit: int | None, **query: Any
) -> Iterable[dict[str, Any]]:
    """Page after page."""
    left = limit
    while left is None or left > 0:
        page = remote.ask("GET", noun, since=since, limit=min(PAGE, left or PAGE), **query)
        yield from page[key]
        if not page[key]:
            return
        since, left = page["last"], None if left is None else left - len(page[key])


@ctl.command()
@click.option(
    "--expect", metavar="FILE", help="Other expectations: what a scenario has under `expect`, as a file."
)
@pass_remote
def findings(remote: Remote, expect: str | None) -> None:
    """What the clients did wrong so far; exits 3 if there is anything.

    It is measured by what the scenario expects, from what was recorded.

    \b
    Examples:
      fakecompute ctl findings
      fakecompute ctl clock settle && fakecompute ctl findings
      echo '{no_leaks: true}' | fakecompute ctl findings --expect -
    """
    if expect is None:
        made = remote.ask("GET", "findings")
    else:
        made = remote.ask("POST", "findings", content=file_of(expect), content_type=YAML)
    if as_json():
        click.echo(json.dumps(made, indent=2))
    else:
        rows = [(f"{one['at'] / SECOND:g} s", one["kind"], one["text"]) for one in made["findings"]]
        table("TIME KIND FINDING", rows, "Everything is as expected, so far.")
    raise SystemExit(0 if made["ok"] else BROKEN)


# --- state


@ctl.command()
@click.argument("kind", required=False)
@click.argument("words", nargs=-1, metavar="[ID | FIELD=GLOB...]")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than so many.")
@pass_remote
def state(remote: Remote, kind: str | None, words: tuple[str, ...], limit: int | None) -> None:
    """The records that the cloud consists of.

    \b
    Examples:
      fakecompute ctl state                               how many there are of each kind
      fakecompute ctl state Server
      fakecompute ctl state Server status=ERROR 'name=web-*'
      fakecompute ctl state Server 5b0b2f3e-...
      fakecompute ctl state totals                        what quotas are measured by
    """
    if kind is None or kind == "totals":
        made = remote.ask("GET", "state", *([kind] if kind else []))
        if as_json() or kind is not None:
            click.echo(json.dumps(made, indent=2))
        else:
            table("KIND RECORDS", made["kinds"].items(), "There is nothing.")
            click.echo(
                f"{made['planned']} events planned; version {made['version']}, digest {made['digest']}"
            )
        return
    if len(words) == 1 and "=" not in words[0]:
        click.echo(json.dumps(remote.ask("GET", "state", kind, words[0]), indent=2))
        return
    strange = [word for word in words if "=" not in word]
    if strange:
        raise click.UsageError(f"{strange[0]!r} is no FIELD=GLOB.")
    asked = dict(word.split("=", 1) for word in words)
    _show_records(remote.ask("GET", "state", kind, limit=limit, fields=asked), asked)


def _show_records(made: Any, asked: dict[str, str]) -> None:
    if as_json():
        click.echo(json.dumps(made, indent=2))
        return
    records = made["records"]
    usual = ("id", "name", "status", "host", "project_id")
    columns = [key for key in (*usual, *asked) if records and key in records[0]]
    rows = [[flow(record[key]) for key in dict.fromkeys(columns)] for record in records]
    table(" ".join(dict.fromkeys(columns)).upper() or "ID", rows, "There are none.")
    if made["last"] is not None and len(records) >= 100:  # a page
        click.echo(f"... and perhaps more: after={made['last']}")


@ctl.command()
@click.option("--follow", is_flag=True, help="Go on with those that come; from now on, without --since.")
@click.option("--since", type=click.IntRange(min=0), default=0, metavar="N", help="Those after the N-th.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than so many.")
@click.option("--records", is_flag=True, help="With each record as it is now.")
@pass_remote
def changes(remote: Remote, follow: bool, since: int, limit: int | None, records: bool) -> None:
    """What was written: the change feed, a JSON line each.

    \b
    Examples:
      fakecompute ctl changes --limit 20
      fakecompute ctl changes --since 120 --records
      fakecompute ctl changes --follow
    """
    if follow:
        for _, change in remote.follow("state", "changes", since=since, limit=limit):
            _print(change)
        return
    made = remote.ask(
        "GET", "state", "changes", since=since, limit=limit, records="true" if records else None
    )
    for change in made["changes"]:
        _print(change)
    if made["missed"]:
        click.echo("There were more than the feed remembers.", err=True)
