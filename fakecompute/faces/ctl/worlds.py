"""`fakecompute ctl events`, `scenario`, `snapshots`, `clouds` and `save`: what the cloud is, and what happens to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fakecompute.faces.ctl.clock import seconds, show_time
from fakecompute.faces.ctl.root import ctl, done, file_of, flow, pass_remote, shows, table, value_of
from fakecompute.faces.remote import YAML, Remote

# --- events


def _show_events(made: Any) -> None:
    rows = [(seconds(one["in"]), one["due"], one["kind"], _words(one)) for one in made["events"]]
    table("IN DUE KIND EVENT", rows, "Nothing is planned.")


def _words(event: Any) -> str:
    return flow(event["event"])[1:-1] or event["subject"]


def _show_happened(made: Any) -> None:
    for name in made["happened"]:
        click.echo(f"{name}: it has happened")
    for one in made["planned"]:
        click.echo(f"{_words(one)}: in {seconds(one['in'])}, at {one['due']}")


@ctl.group(invoke_without_command=True)
@click.pass_context
def events(context: click.Context) -> None:
    """What happens by itself, as in the `events:` of a scenario file.

    \b
    Examples:
      fakecompute ctl events                                       what is planned
      fakecompute ctl events add host_down compute-1               now
      fakecompute ctl events add --in 90s host_up compute-1
      fakecompute ctl events add set_quota project=demo instances=2
      fakecompute ctl events add message_queue_down
      fakecompute ctl events load storm.yaml                       a list, or one
    """
    if context.invoked_subcommand is None:
        context.invoke(list_events)


@events.command("list")
@click.option("--all", "everything", is_flag=True, help="Also the steps that the engine has planned.")
@pass_remote
@shows(_show_events)
def list_events(remote: Remote, everything: bool = False) -> Any:
    """What is planned, in order."""
    return remote.ask("GET", "events", all="true" if everything else None)


@events.command("add")
@click.option("--in", "later", metavar="DURATION", help="From now on.")
@click.option("--at", metavar="DURATION", help="Since the cloud began.")
@click.argument("name")
@click.argument("words", nargs=-1, metavar="[WORD | KEY=VALUE...]")
@pass_remote
@shows(_show_happened)
def add_event(remote: Remote, later: str | None, at: str | None, name: str, words: tuple[str, ...]) -> Any:
    """Let something happen: now, --in a while, or --at a time."""
    when = {key: value for key, value in (("in", later), ("at", at)) if value is not None}
    return remote.ask("POST", "events", body={**when, name: _told(words)})


@events.command("load")
@click.argument("file")
@pass_remote
@shows(_show_happened)
def load_events(remote: Remote, file: str) -> Any:
    """All that a file has."""
    return remote.ask("POST", "events", content=file_of(file), content_type=YAML)


def _told(words: tuple[str, ...]) -> Any:
    """Nothing, the one thing that it is told, or several by name."""
    if not words:
        return True
    if len(words) == 1 and "=" not in words[0]:
        return words[0]
    strange = [word for word in words if "=" not in word]
    if strange:
        raise click.UsageError(f"{strange[0]!r}: more than one word is told as KEY=VALUE.")
    return {key: value_of(value) for key, _, value in (word.partition("=") for word in words)}


# --- scenario


def _show_scenario(made: Any) -> None:
    click.secho(made["name"] or "no scenario", bold=True)
    if made["description"]:
        click.echo(made["description"])
    click.echo(f"OpenStack {made['release']}, seed {made['seed']}")
    show_time(made["clock"])


@ctl.group(invoke_without_command=True)
@click.pass_context
def scenario(context: click.Context) -> None:
    """What the cloud was made from: show it, load another, go back to the beginning.

    \b
    Examples:
      fakecompute ctl scenario
      fakecompute ctl scenario list
      fakecompute ctl scenario load bad-minute --seed 7
      fakecompute ctl scenario load mine.yaml
      fakecompute ctl scenario reset
    """
    if context.invoked_subcommand is None:
        context.invoke(show_scenario)


@scenario.command("show")
@pass_remote
@shows(_show_scenario)
def show_scenario(remote: Remote) -> Any:
    """What it was made from."""
    return remote.ask("GET", "scenario")


@scenario.command("list")
@pass_remote
@shows(
    lambda made: table(
        "NAME DESCRIPTION", [(one["name"], one["description"]) for one in made["scenarios"]], "None."
    )
)
def list_scenarios(remote: Remote) -> Any:
    """The scenarios that the server has."""
    return remote.ask("GET", "scenarios")


@scenario.command("load")
@click.argument("what", metavar="NAME|FILE")
@click.option("--seed", type=int, help="In the place of the scenario's own; of a shipped one.")
@click.option(
    "--timing", type=click.Choice(["real", "fast", "instant"]), help="How long things take; of a shipped one."
)
@pass_remote
@shows(_show_scenario)
def load_scenario(remote: Remote, what: str, seed: int | None, timing: str | None) -> Any:
    """Another cloud in the place of this one: a shipped scenario, or a file of yours."""
    if what.endswith((".yaml", ".yml", ".json")) or what == "-":
        if seed is not None or timing is not None:
            raise click.UsageError("A file says itself what its seed is.")
        name = "scenario" if what == "-" else Path(what).stem
        return remote.ask("PUT", "scenario", content=file_of(what), content_type=YAML, name=name)
    told = {"name": what, "seed": seed, "timing": timing}
    return remote.ask(
        "PUT", "scenario", body={key: value for key, value in told.items() if value is not None}
    )


@scenario.command("reset")
@pass_remote
@shows(_show_scenario)
def reset_scenario(remote: Remote) -> Any:
    """As it was in the beginning."""
    return remote.ask("POST", "scenario", "reset")


# --- snapshots


def _show_snapshots(made: Any) -> None:
    rows = [(one["name"], one["now"], seconds(one["elapsed"]), one["servers"]) for one in made["snapshots"]]
    table("NAME TIME ELAPSED SERVERS", rows, "There are no snapshots.")


def _show_snapshot(made: Any) -> None:
    _show_snapshots({"snapshots": [made]})


@ctl.group(invoke_without_command=True)
@click.pass_context
def snapshots(context: click.Context) -> None:
    """The cloud as it was: take it, go back to it, take it elsewhere.

    \b
    Examples:
      fakecompute ctl snapshots take before
      fakecompute ctl snapshots restore before
      fakecompute ctl snapshots download before cloud.state
      fakecompute serve --state cloud.state
      fakecompute ctl snapshots upload old cloud.state
      fakecompute ctl snapshots delete before
      fakecompute ctl clouds fork what-if --from before
    """
    if context.invoked_subcommand is None:
        context.invoke(list_snapshots)


@snapshots.command("list")
@pass_remote
@shows(_show_snapshots)
def list_snapshots(remote: Remote) -> Any:
    """Those of this cloud."""
    return remote.ask("GET", "snapshots")


@snapshots.command("show")
@click.argument("name")
@pass_remote
@shows(_show_snapshot)
def show_snapshot(remote: Remote, name: str) -> Any:
    """One of them."""
    return remote.ask("GET", "snapshots", name)


@snapshots.command("take")
@click.argument("name", required=False)
@click.option("--replace", is_flag=True, help="Also if there is one of that name.")
@pass_remote
@shows(_show_snapshot)
def take_snapshot(remote: Remote, name: str | None, replace: bool) -> Any:
    """Keep how the cloud is now."""
    return remote.ask("POST", "snapshots", body={**({"name": name} if name else {}), "replace": replace})


@snapshots.command("restore")
@click.argument("name")
@pass_remote
@shows(show_time)
def restore_snapshot(remote: Remote, name: str) -> Any:
    """Let the cloud be what it was; `beginning` is always there."""
    return remote.ask("POST", "snapshots", name, "restore")


@snapshots.command("delete")
@click.argument("name")
@pass_remote
@shows(done("It is gone."))
def delete_snapshot(remote: Remote, name: str) -> Any:
    """Forget one."""
    return remote.ask("DELETE", "snapshots", name)


@snapshots.command("download")
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_remote
def download_snapshot(remote: Remote, name: str, file: Path) -> None:
    """To a file, which `fakecompute serve --state` begins from."""
    content = remote.ask("GET", "snapshots", name, "state")
    try:
        file.write_bytes(content)
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}") from None
    click.echo(f"{file}: {len(content)} bytes")


@snapshots.command("upload")
@click.argument("name")
@click.argument("file")
@pass_remote
@shows(_show_snapshot)
def upload_snapshot(remote: Remote, name: str, file: str) -> Any:
    """From a file."""
    return remote.ask(
        "PUT", "snapshots", name, "state", content=file_of(file), content_type="application/octet-stream"
    )


@ctl.command()
@pass_remote
@shows(lambda made: click.echo(f"saved to {made['path']}"))
def save(remote: Remote) -> Any:
    """Save the cloud to the file of `fakecompute serve --state`, now."""
    return remote.ask("POST", "state", "save")


# --- clouds


def _show_clouds(made: Any) -> None:
    rows = [
        (one["name"] or "(first)", one["path"] or "/", one["release"], one["clock"]["now"])
        for one in made["clouds"]
    ]
    table("NAME PATH RELEASE TIME", rows, "There are none.")


@ctl.group(invoke_without_command=True)
@click.pass_context
def clouds(context: click.Context) -> None:
    """The clouds behind the server; more of them, as forks.

    \b
    Examples:
      fakecompute ctl clouds
      fakecompute ctl clouds fork what-if
      fakecompute ctl clouds fork what-if --from before
      fakecompute ctl --cloud what-if events add host_down compute-1
      eval "$(fakecompute env --cloud what-if)"
      fakecompute ctl clouds delete what-if
    """
    if context.invoked_subcommand is None:
        context.invoke(list_clouds)


@clouds.command("list")
@pass_remote
@shows(_show_clouds)
def list_clouds(remote: Remote) -> Any:
    """Those that there are."""
    return remote.ask("GET", "clouds")


@clouds.command("fork")
@click.argument("name", required=False)
@click.option("--from", "snapshot", metavar="SNAPSHOT", help="As it was then; as it is now by default.")
@pass_remote
@shows(lambda made: _show_clouds({"clouds": [made]}))
def fork_cloud(remote: Remote, name: str | None, snapshot: str | None) -> Any:
    """A twin of this cloud, under /clouds/NAME/."""
    told = {"name": name, "snapshot": snapshot}
    return remote.ask("POST", "clouds", body={key: value for key, value in told.items() if value is not None})


@clouds.command("delete")
@click.argument("name")
@pass_remote
@shows(done("It is gone."))
def delete_cloud(remote: Remote, name: str) -> Any:
    """Forget a fork."""
    return remote.ask("DELETE", "clouds", name)
