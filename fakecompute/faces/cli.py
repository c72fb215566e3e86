"""`fakecompute` on the command line."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import click

from fakecompute import __version__
from fakecompute.errors import BadDefinition

LOOPBACK = ("127.", "::1", "localhost")
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(context_settings=HELP)
@click.version_option(__version__, prog_name="fakecompute")
def main() -> None:
    """An OpenStack cloud in memory, for tests: real APIs, virtual time, faults on demand.

    \b
    Examples:
      fakecompute serve                          a cloud on http://127.0.0.1:8774
      eval "$(fakecompute env)"                  the variables that clients read
      openstack server list                      ... and a client
    """


# --- serve


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8774, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option(
    "--cloud",
    "clouds",
    multiple=True,
    metavar="NAME|FILE",
    help="What is in the cloud: a shipped definition (default, two-zones, large) or a YAML file. NAME=FILE adds "
    "another cloud under /clouds/NAME/; may be repeated.",
)
@click.option("--scenario", metavar="NAME|FILE", help="What goes wrong: a shipped scenario or a YAML file.")
@click.option("--release", metavar="R", help="Which OpenStack it is: zed, 2025.1 ...; the newest by default.")
@click.option("--seed", type=int, help="Decides every id and every draw; 0 by default.")
@click.option(
    "--clock",
    metavar="wall|auto|scaled:RATE|manual",
    help="How time runs. wall (default): as yours. auto: goes to the next change when a client polls in vain. "
    "scaled:60: a minute a second. manual: stands still.",
)
@click.option(
    "--timing",
    type=click.Choice(["real", "fast", "instant"]),
    help="How long things take: real (a build about 12 s), fast (1 s), instant. By default fast on the wall "
    "clock, real on the others.",
)
@click.option(
    "--clouds-yaml",
    default="clouds.yaml",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write how clients log in. A file that fakecompute did not write is left alone.",
)
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every call to this file, a JSON line each; it is begun anew.",
)
@click.option("--gzip", is_flag=True, help="Compress answers for clients that accept it.")
def serve(**options: Any) -> None:
    """Serve a cloud until interrupted.

    It is ready when its address is printed; GET /_fakecompute/health answers 200 from then on. Users are demo,
    admin and alt_demo, the password of each is secret.

    \b
    Examples:
      fakecompute serve
      fakecompute serve --port 0 --scenario bad-minute
      fakecompute serve --cloud two-zones --release zed --seed 7
      fakecompute serve --cloud east.yaml --cloud west=west.yaml
      fakecompute serve --clock scaled:60 --timing real
    """
    from fakecompute.faces.serving import Wish, announce, clouds_for

    wish = Wish(**options)
    try:
        clouds = clouds_for(wish)
    except BadDefinition as error:
        _refuse(2, *error.mistakes)
    except (ValueError, OSError) as error:
        _refuse(2, str(error))
    from fakecompute.faces.server import Server

    if not wish.host.startswith(LOOPBACK):
        _warn(
            f"WARNING: listening on {wish.host}: whoever reaches this machine can use this cloud, whose passwords\n"
            "everybody knows. It holds nothing real, but do not leave it in the open."
        )
    done = _until_told()
    server = Server(clouds, wish.host, wish.port)
    try:
        server.start()
    except OSError as error:
        _refuse(1, _why_not(wish.host, wish.port, error))
    try:
        announce(server, wish)
        done()
    finally:
        server.stop()
        for cloud in clouds.values():
            if cloud.journal is not None:
                cloud.journal.close()


def _until_told() -> Callable[[], object]:
    """A function that waits for SIGINT or SIGTERM, from now on."""
    told = threading.Event()
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, lambda *_: told.set())
    return told.wait


def _why_not(host: str, port: int, error: OSError) -> str:
    said = str(error)
    if "Address already in use" in said or "Errno 98" in said or "Errno 48" in said:
        return (
            f"Port {port} on {host} is taken. Is another fakecompute, or a real Nova, running there?\n"
            f"Stop it, or take another port: fakecompute serve --port {port + 1} (0: any free one)"
        )
    if "Permission denied" in said:
        return f"You may not listen on port {port}: ports below 1024 belong to root. Try --port 8774."
    return f"Cannot listen on {host}, port {port}: {said}"


# --- env


@main.command()
@click.option("--url", default="http://127.0.0.1:8774", show_default=True, help="Where the cloud is.")
@click.option("--user", default="demo", show_default=True, help="Who logs in: demo, admin, alt_demo ...")
@click.option("--project", help="On which project; the one called as the user by default.")
@click.option("--password", default="secret", show_default=True, help="The user's.")
@click.option("--cloud", metavar="NAME", help="One of several clouds behind the address.")
def env(url: str, user: str, project: str | None, password: str, cloud: str | None) -> None:
    """Print the OS_* variables that clients read, for a shell.

    \b
    Examples:
      eval "$(fakecompute env)"
      eval "$(fakecompute env --url http://127.0.0.1:9000 --user admin)"
    """
    from fakecompute.faces.environment import Login, auth_url, exports

    base = url.rstrip("/") + (f"/clouds/{cloud}" if cloud else "")
    login = Login(auth_url(base), user, password, project or user)
    click.echo(exports(login.variables()), nl=False)


# --- coverage


@main.command()
@click.option("--service", metavar="NAME", help="Of one service, noun by noun: compute, identity, image ...")
@click.option("--json", "as_json", is_flag=True, help="Every operation, for programs.")
@click.option("--markdown", "as_markdown", is_flag=True, help="The page docs/coverage.md.")
def coverage(service: str | None, as_json: bool, as_markdown: bool) -> None:
    """Tell which operations of the real services are there, and which answer 501.

    \b
    Examples:
      fakecompute coverage
      fakecompute coverage --service compute
      fakecompute coverage --json | jq '.[] | select(.state == "missing")'
    """
    import json

    from fakecompute.faces import coverage as face

    if service not in (None, *face.TITLES):
        _refuse(2, f"There is no service {service!r}; there are {', '.join(face.TITLES)}.")
    rows = face.rows_of(service)
    if as_json:
        click.echo(json.dumps(face.as_json(rows), indent=1))
    elif as_markdown:
        click.echo(face.as_markdown(rows), nl=False)
    else:
        face.show(rows)


# --- what goes to stderr


def _warn(text: str) -> None:
    click.secho(text, fg="yellow", bold=True, err=True)


def _refuse(code: int, *lines: str) -> NoReturn:
    for line in lines:
        click.secho(line, fg="red", err=True)
    raise SystemExit(code)
