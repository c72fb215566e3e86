"""From the options of `fakecompute serve` to clouds, and what it says when it is ready."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from re import fullmatch

import click
from rich.console import Console
from rich.table import Table

from fakecompute import __version__
from fakecompute.cloud import Cloud
from fakecompute.domain.releases import release_named
from fakecompute.domain.settings import Settings
from fakecompute.faces.environment import Login, entries, exports, write_clouds_yaml
from fakecompute.faces.server import Server
from fakecompute.kernel.clock import Clock, WallClock
from fakecompute.kernel.journal import Journal
from fakecompute.scenario.load import Scenario, clock_of, load


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The options of `serve`; None is what the scenario says, or the default."""

    host: str = "127.0.0.1"
    port: int = 8774
    clouds: tuple[str, ...] = ()
    scenario: str | None = None
    release: str | None = None
    seed: int | None = None
    clock: str | None = None
    timing: str | None = None
    clouds_yaml: Path = Path("clouds.yaml")
    journal: Path | None = None
    gzip: bool = False


def clouds_for(wish: Wish) -> dict[str, Cloud]:
    """By name, "" first; BadDefinition, ValueError or OSError if a wish cannot be fulfilled."""
    scenario = load({} if wish.scenario is None else wish.scenario)
    if wish.release is not None:
        release_named(wish.release)
    named: dict[str, str | None] = {"": None}
    for text in wish.clouds:
        name, is_named, file = text.rpartition("=")
        if is_named and not fullmatch(r"[A-Za-z0-9._-]+", name):
            raise ValueError(f"--cloud {text}: a name is made of letters, digits and . _ -")
        if is_named and name in named:
            raise ValueError(f"--cloud {text}: there is another cloud of that name")
        if not is_named and named[""] is not None:
            raise ValueError(f"--cloud {text}: there is a first cloud already; NAME={text} adds another")
        named[name] = file
    clouds = {name: _cloud(scenario, file, wish) for name, file in named.items()}
    if wish.journal is not None:
        main = clouds[""]
        header = {"fakecompute": __version__, "scenario": scenario.name, "seed": main.streams.seed}
        main.journal = Journal(wish.journal.open("w", encoding="utf-8"), **header, release=main.release.name)
    return clouds


def _cloud(scenario: Scenario, definition: str | None, wish: Wish) -> Cloud:
    return scenario.cloud(
        definition=definition,
        seed=wish.seed,
        release=wish.release,
        clock=_clock(wish.clock, scenario),
        timing=wish.timing,
        settings=Settings(gzip=wish.gzip),
    )


def _clock(words: str | None, scenario: Scenario) -> Clock | None:
    """`wall`, `auto`, `scaled:60` or `manual`; virtual clocks begin now, or when the scenario says."""
    if words is None:
        return None if scenario.clock else WallClock()
    kind, _, rate = words.partition(":")
    start = (scenario.clock or {}).get("start") or WallClock().now()
    try:
        if rate and kind != "scaled":
            raise ValueError
        return clock_of(kind, start, float(rate) if rate else None)
    except ValueError:
        raise ValueError(f"there is no clock {words!r}; there are wall, auto, manual and scaled:60") from None


# --- what people read


def announce(server: Server, wish: Wish) -> None:
    """Where it is, who may log in and how; plain lines for a pipe."""
    logins = entries(server.clouds, server.url)
    written = _written(wish.clouds_yaml, logins)  # before the address is told: whoever reads that may begin
    click.echo(f"fakecompute {__version__} serves OpenStack {server.clouds[''].release.name} on {server.url}")
    if sys.stdout.isatty():
        Console().print(_table(logins))
    click.echo(written)
    first = next(iter(logins.values()), None)
    if first is not None:
        click.echo("\n" + exports(first.variables()))
    click.echo("Ctrl-C ends it.")
    sys.stdout.flush()


def _table(logins: Mapping[str, Login]) -> Table:
    table = Table("--os-cloud", "user", "project", "password", "address", box=None, pad_edge=False)
    for name, login in logins.items():
        table.add_row(name, login.username, login.project_name, login.password, login.auth_url)
    return table


def _written(path: Path, logins: Mapping[str, Login]) -> str:
    """What has become of clouds.yaml."""
    try:
        write_clouds_yaml(path, logins)
    except FileExistsError as error:
        return f"{error}; --clouds-yaml writes another."
    except OSError as error:
        return f"{path} could not be written: {error.strerror}."
    example = f"openstack --os-cloud {next(iter(logins), '')} flavor list"
    return f"{path} tells clients how to log in: {', '.join(logins)}. Try: {example}"
