"""The group `fakecompute ctl`, and what its commands share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
import yaml

from fakecompute.faces.remote import Refused, Remote

JSON = "fakecompute.json"  # key of the context

pass_remote = click.make_pass_decorator(Remote)


class Nouns(click.Group):
    """Refusals of the server are for people, and no tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            _refuse(refused)
        except KeyboardInterrupt:
            raise SystemExit(130) from None


def _refuse(refused: Refused) -> NoReturn:
    first, *others = refused.lines
    click.secho(first, fg="red", err=True)
    for line in others:
        click.echo(line, err=True)
    raise SystemExit(1)


@click.group(cls=Nouns)
@click.option(
    "--url",
    default="http://127.0.0.1:8774",
    show_default=True,
    envvar="FAKECOMPUTE_URL",
    help="Where the server is.",
)
@click.option(
    "--cloud", metavar="NAME", envvar="FAKECOMPUTE_CLOUD", help="One of several clouds behind the address."
)
@click.option(
    "--token",
    envvar="FAKECOMPUTE_CONTROL_TOKEN",
    help="What a server beyond this machine printed when it started.",
)
@click.option("--json", "as_json", is_flag=True, help="Answers as they come, for programs.")
@click.pass_context
def ctl(context: click.Context, url: str, cloud: str | None, token: str | None, as_json: bool) -> None:
    """Control a cloud that is being served: its time, its faults, what happens to it, what happened.

    Everything here is a request to /_fakecompute/v1; the page /_fakecompute/docs of the server has all of them.
    FILE is YAML or JSON, and - is what comes in.  Exit codes: 0; 1 when the server refuses or is not there; 2 for
    words that make no sense; 3 when there are findings.

    \b
    Time:
      fakecompute ctl clock                                what time it is, and what is next
      fakecompute ctl clock advance 10m                    ten minutes later, at once
      fakecompute ctl clock set scaled:60                  a minute a second; wall, auto, manual, leaping
      fakecompute ctl clock pause                          ... and clock resume

    \b
    What goes wrong:
      fakecompute ctl faults                               the rules, and how often each struck
      fakecompute ctl faults add lost-create.yaml          one more: {on: compute.create_server, effect: {status: 504}}
      fakecompute ctl faults change "lost create" --set 'hits={times: 3}'
      fakecompute ctl events add host_down compute-1       now
      fakecompute ctl events add --in 90s host_up compute-1
      fakecompute ctl scenario load bad-minute             another cloud in the place of this one
      fakecompute ctl scenario reset                       from the beginning

    \b
    Back and elsewhere:
      fakecompute ctl snapshots take before                ... snapshots restore before
      fakecompute ctl snapshots download before cloud.state
      fakecompute ctl clouds fork what-if                  a twin under /clouds/what-if/; --cloud what-if controls it
      fakecompute ctl save                                 to the file of `serve --state`

    \b
    What happened:
      fakecompute ctl recording on                         from here on
      fakecompute ctl timeline --follow                    calls, transitions, faults, events as they come
      fakecompute ctl journal --limit 20                   the calls, as JSON lines
      fakecompute ctl findings                             what the clients did wrong so far
      fakecompute ctl state Server status=ERROR            records, by kind and field
      fakecompute ctl --json state | jq .kinds
    """
    context.obj = Remote(url, cloud, token)
    context.meta[JSON] = as_json


# --- what commands share


def as_json() -> bool:
    return bool(click.get_current_context().meta[JSON])


def shows(show: Callable[[Any], None]) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """A command's answer: as it came with --json, or as `show` has it."""

    def declare(command: Callable[..., Any]) -> Callable[..., None]:
        @wraps(command)
        def run(*args: Any, **kwargs: Any) -> None:
            made = command(*args, **kwargs)
            if as_json():
                click.echo(json.dumps(made, indent=2))
            else:
                show(made)

        return run

    return declare


def table(columns: str, rows: Iterable[Iterable[Any]], otherwise: str) -> None:
    """Aligned; plain text in a pipe."""
    lines = [[str(cell) for cell in row] for row in rows]
    if not lines:
        click.echo(otherwise)
        return
    heads = columns.split()
    widths = [max(len(line[n]) for line in [heads, *lines]) for n in range(len(heads))]
    for number, line in enumerate([heads, *lines]):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        click.secho(text, bold=number == 0)


def file_of(path: str) -> bytes:
    """A file of YAML or JSON, or what comes in."""
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}") from None


def done(text: str) -> Callable[[Any], None]:
    return lambda made: click.echo(text)


def value_of(text: str) -> Any:
    """What YAML makes of a word: 3, true, [a, b], {times: 3}, or the word."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise click.BadParameter(f"{text!r} is no YAML: {getattr(error, 'problem', error)}") from None


def flow(value: Any) -> str:
    """As YAML writes it in a line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)
