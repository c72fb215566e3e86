"""`fakecompute ctl clock`: the cloud's time; and `ctl health`."""

from __future__ import annotations

from typing import Any

import click

from fakecompute.faces.ctl.root import ctl, pass_remote, shows
from fakecompute.faces.remote import Remote


def seconds(amount: float) -> str:
    return f"{amount:g} s"


def show_time(clock: Any) -> None:
    kind = clock["kind"] + (f" x {clock['rate']:g}" if clock["kind"] == "scaled" else "")
    state = "paused" if clock["paused"] else kind
    click.echo(f"{clock['now']}  ({seconds(clock['elapsed'])} after the beginning; {state})")
    following = clock["next"]
    click.echo("nothing is planned" if following is None else f"the next event is in {seconds(following)}")


@ctl.command()
@pass_remote
@shows(
    lambda made: click.echo(
        f"{made['status']}: fakecompute {made['fakecompute']}, OpenStack {made['release']}"
    )
)
def health(remote: Remote) -> Any:
    """Does it answer?"""
    return remote.ask("GET", "health")


@ctl.group(invoke_without_command=True)
@click.pass_context
def clock(context: click.Context) -> None:
    """The cloud's time: show it, advance it, stop it, let it run at another rate.

    \b
    Examples:
      fakecompute ctl clock
      fakecompute ctl clock advance 10m
      fakecompute ctl clock advance --to 2026-01-01T12:00:00Z
      fakecompute ctl clock advance --next
      fakecompute ctl clock settle
      fakecompute ctl clock set auto
      fakecompute ctl clock set scaled:60
      fakecompute ctl clock pause
      fakecompute ctl clock resume
    """
    if context.invoked_subcommand is None:
        context.invoke(show_clock)


@clock.command("show")
@pass_remote
@shows(show_time)
def show_clock(remote: Remote) -> Any:
    """What time it is there."""
    return remote.ask("GET", "clock")


@clock.command()
@click.argument("duration", required=False)
@click.option("--to", metavar="TIME", help="Until this time (ISO 8601).")
@click.option("--next", "to_next", is_flag=True, help="To the next event.")
@pass_remote
@shows(show_time)
def advance(remote: Remote, duration: str | None, to: str | None, to_next: bool) -> Any:
    """Let time pass at once: 30s, 10m, 2h, 1d."""
    if sum((duration is not None, to is not None, to_next)) != 1:
        raise click.UsageError("Say one of DURATION, --to TIME and --next.")
    body = {"by": duration} if duration is not None else {"to": to or "next"}
    return remote.ask("POST", "clock", "advance", body=body)


@clock.command()
@click.option("--within", default="1d", show_default=True, help="How long at most.")
@pass_remote
@shows(show_time)
def settle(remote: Remote, within: str) -> Any:
    """Let time pass until nothing more is to come."""
    return remote.ask("POST", "clock", "settle", body={"within": within})


@clock.command("set")
@click.argument("words", metavar="wall|auto|manual|leaping|scaled:RATE")
@pass_remote
@shows(show_time)
def set_clock(remote: Remote, words: str) -> Any:
    """Let another clock take over, from the cloud's present."""
    kind, _, rate = words.partition(":")
    try:
        body = {"kind": kind, **({"rate": float(rate)} if rate else {})}
    except ValueError:
        raise click.BadParameter(f"{rate!r} is no rate: scaled:60") from None
    return remote.ask("PUT", "clock", body=body)


@clock.command()
@pass_remote
@shows(show_time)
def pause(remote: Remote) -> Any:
    """Stop time."""
    return remote.ask("POST", "clock", "pause")


@clock.command()
@pass_remote
@shows(show_time)
def resume(remote: Remote) -> Any:
    """Let it go on as before."""
    return remote.ask("POST", "clock", "resume")
