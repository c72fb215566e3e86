"""`fakecompute ctl faults`: the fault rules."""

from __future__ import annotations

from typing import Any

import click

from fakecompute.faces.ctl.root import ctl, done, file_of, flow, pass_remote, shows, table, value_of
from fakecompute.faces.remote import YAML, Remote


def _show_faults(made: Any) -> None:
    rows = [
        (
            one["hits"],
            one["matched"],
            one["phase"],
            one["fault"]["on"],
            flow(one["fault"]["effect"]),
            one["name"],
        )
        for one in made["faults"]
    ]
    table("STRUCK MATCHED PHASE ON EFFECT NAME", rows, "There are no faults: everything goes well.")


def _show_fault(made: Any) -> None:
    _show_faults({"faults": [made]})


@ctl.group(invoke_without_command=True)
@click.pass_context
def faults(context: click.Context) -> None:
    """What goes wrong: the rules, as in the `faults:` of a scenario file.

    \b
    Examples:
      fakecompute ctl faults
      echo '{on: compute.create_server, hits: {nth: [2]}, effect: {status: 504}}' | fakecompute ctl faults add -
      fakecompute ctl faults add lost-create.yaml --first
      fakecompute ctl faults change "lost create" lost-create.yaml
      fakecompute ctl faults change "lost create" --set 'hits={times: 3}' --set phase=after
      fakecompute ctl faults delete "lost create"
      fakecompute ctl faults replace chaos.yaml          a list, or a mapping with faults:
      fakecompute ctl faults clear
    """
    if context.invoked_subcommand is None:
        context.invoke(list_faults)


@faults.command("list")
@pass_remote
@shows(_show_faults)
def list_faults(remote: Remote) -> Any:
    """The rules, and how often each has struck."""
    return remote.ask("GET", "faults")


@faults.command("show")
@click.argument("name")
@pass_remote
@shows(lambda made: click.echo(flow(made["fault"])))
def show_fault(remote: Remote, name: str) -> Any:
    """One rule, as a scenario file writes it."""
    return remote.ask("GET", "faults", name)


@faults.command("add")
@click.argument("file")
@click.option("--first", is_flag=True, help="Before the others; behind them by default.")
@pass_remote
@shows(_show_fault)
def add_fault(remote: Remote, file: str, first: bool) -> Any:
    """One more rule."""
    position = "first" if first else "last"
    return remote.ask("POST", "faults", content=file_of(file), content_type=YAML, position=position)


@faults.command("change")
@click.argument("name")
@click.argument("file", required=False)
@click.option("--set", "parts", multiple=True, metavar="KEY=YAML", help="A key of the rule; its hits go on.")
@pass_remote
@shows(_show_fault)
def change_fault(remote: Remote, name: str, file: str | None, parts: tuple[str, ...]) -> Any:
    """Another rule (FILE) in the place of one, or some of its keys."""
    if (file is None) == (not parts):
        raise click.UsageError("Say FILE, or --set KEY=YAML.")
    if file is not None:
        return remote.ask("PUT", "faults", name, content=file_of(file), content_type=YAML)
    told = {key: value_of(value) for key, _, value in (part.partition("=") for part in parts)}
    return remote.ask("PATCH", "faults", name, body=told)


@faults.command("delete")
@click.argument("name")
@pass_remote
@shows(done("It is gone."))
def delete_fault(remote: Remote, name: str) -> Any:
    """Take a rule away."""
    return remote.ask("DELETE", "faults", name)


@faults.command("replace")
@click.argument("file")
@pass_remote
@shows(_show_faults)
def replace_faults(remote: Remote, file: str) -> Any:
    """These rules, and no others."""
    return remote.ask("PUT", "faults", content=file_of(file), content_type=YAML)


@faults.command("clear")
@pass_remote
@shows(done("There are no faults: everything goes well."))
def clear_faults(remote: Remote) -> Any:
    """No rules at all."""
    return remote.ask("DELETE", "faults")
