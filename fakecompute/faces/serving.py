"""From the options of `fakecompute serve` to clouds, and what it says when it is ready."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from re import fullmatch
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from fakecompute import __version__
from fakecompute.cloud import Cloud
from fakecompute.domain.releases import release_named
from fakecompute.domain.settings import Settings
from fakecompute.faces.control import tend
from fakecompute.faces.environment import Login, entries, exports, write_clouds_yaml
from fakecompute.faces.saving import Saver, path_for, read_state
from fakecompute.faces.server import Server
from fakecompute.kernel.clock import Clock, WallClock, shown
from fakecompute.kernel.journal import Journal
from fakecompute.scenario.journals import Recorded, header, resume
from fakecompute.scenario.journals import read as read_journal
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
    state: Path | None = None
    save_every: float | None = None
    resume: Path | None = None
    control_token: str | None = None
    record: bool = False


def clouds_for(wish: Wish) -> dict[str, Cloud]:
    """By name, "" first; BadDefinition, BadState, BadJournal, ValueError or OSError if a wish cannot be fulfilled."""
    scenario = load({} if wish.scenario is None else wish.scenario)
    if wish.release is not None:
        release_named(wish.release)
    named = _named(wish)
    if wish.save_every is not None and wish.state is None:
        raise ValueError("--save-every: where to? --state names the file")
    recorded = _recorded(wish)
    kept = {name: None if wish.state is None else read_state(path_for(wish.state, name)) for name in named}
    clouds = {
        name: kept[name] or _cloud(scenario, file, wish, None if name else recorded) for name, file in named.items()
    }
    main = clouds[""]
    if recorded is not None:
        _resume(main, recorded, _clock(wish.clock, scenario) if kept[""] is None else None)
        if wish.state is not None:
            Saver(clouds, wish.state).save()  # before the journal is begun anew
    for name, cloud in kept.items():
        if cloud is not None and wish.state is not None:
            click.echo(f"{path_for(wish.state, name)}: the cloud of {shown(cloud.now)} goes on")
            cloud.settings = replace(cloud.settings, gzip=wish.gzip)
    if wish.journal is not None:
        told = header(main, scenario=scenario.name, definition=named[""])
        main.journal = _journal(wish.journal, told)
    for name, cloud in clouds.items():
        _tend(cloud, scenario, named[name], wish, made=kept[name] is None and (name or recorded is None))
    return clouds


def _tend(cloud: Cloud, scenario: Scenario, definition: str | None, wish: Wish, *, made: bool | str) -> None:
    """For the control API: how to make it again, unless it came from disk."""
    again = partial(_cloud, scenario, definition, wish, None)
    kept = tend(cloud, scenario if made else None, again if made else None)
    if wish.record:
        kept.record(cloud)


def _named(wish: Wish) -> dict[str, str | None]:
    """The clouds that were wished for: their definitions by name, "" first."""
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
    return named


def _recorded(wish: Wish) -> Recorded | None:
    """The journal to resume; a server that is always started in the same way has none the first time."""
    if wish.resume is None or (wish.resume == wish.journal and not _is_filled(wish.resume)):
        return None
    return read_journal(wish.resume)


def _is_filled(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _journal(path: Path, told: Mapping[str, Any]) -> Journal:
    """Begun anew in one go, for a crash to leave no half of a first line."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return Journal(path.open("w", encoding="utf-8"), **told)
    path.touch()  # which tells by its own name if it may not be written
    new = path.with_name(f"{path.name}.new")
    journal = Journal(new.open("w", encoding="utf-8"), **told)
    new.replace(path)
    return journal


def _resume(cloud: Cloud, recorded: Recorded, clock: Clock | None) -> None:
    """Live through what a journal has, and say what came of it."""
    resumed = resume(cloud, recorded, clock)
    click.echo(f"{recorded.path}: {resumed.calls} calls sent again; the cloud stands at {shown(cloud.now)}")
    for note in resumed.notes:
        click.echo(f"  {note}")
    if resumed.difference is not None:
        others = len(resumed.differences)
        click.echo(f"  {others} answered in another way than before, the first: {resumed.difference.title}")


@dataclass
class Standing(WallClock):
    """Shows the moment at which a cloud began, for one to be made again as it was then."""

    at: int = 0

    def now(self) -> int:
        return self.at


def _cloud(scenario: Scenario, definition: str | None, wish: Wish, recorded: Recorded | None) -> Cloud:
    """A new one; for a journal that is to be resumed, one that begins when that one's did."""
    clock = _clock(wish.clock, scenario)
    return scenario.cloud(
        definition=definition,
        seed=wish.seed,
        release=wish.release,
        clock=clock if recorded is None else Standing(at=recorded.header["begun"]),
        timing=wish.timing or ("fast" if isinstance(clock, WallClock) else "real"),
        settings=Settings(gzip=wish.gzip),
    )


def _clock(words: str | None, scenario: Scenario) -> Clock:
    """`wall`, `auto`, `scaled:60` or `manual`; virtual clocks begin now, or when the scenario says."""
    if words is None:
        return clock_of(**scenario.clock) if scenario.clock else WallClock()
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
    click.echo(_control(server, wish))
    click.echo("Ctrl-C ends it.")
    sys.stdout.flush()


def _control(server: Server, wish: Wish) -> str:
    """Where time, faults and snapshots are, and how to get there if not everybody may."""
    told = f"{server.url}/_fakecompute/docs controls it: time, faults, snapshots; so does fakecompute ctl."
    if server.control_token is not None and wish.control_token is None:
        told += f"\nIts control token: export FAKECOMPUTE_CONTROL_TOKEN={server.control_token}"
    return told


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
