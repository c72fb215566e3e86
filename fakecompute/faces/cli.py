"""`fakecompute` on the command line."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import click

from fakecompute import __version__
from fakecompute.errors import BadDefinition
from fakecompute.faces import trials
from fakecompute.faces.ctl import ctl
from fakecompute.faces.saying import refuse, warn

if TYPE_CHECKING:
    from fakecompute.faces.saving import Saver

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
      fakecompute scenarios                      what can go wrong
      fakecompute run bad-minute -- ./deploy.sh  ... and whether a client copes
      fakecompute ctl clock advance 10m          what the cloud does meanwhile
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
@click.option("--record", is_flag=True, help="Record all that happens, for fakecompute ctl timeline and findings.")
@click.option(
    "--control-token",
    metavar="TOKEN",
    envvar="FAKECOMPUTE_CONTROL_TOKEN",
    help="What /_fakecompute/ wants to be sent. Beyond this machine one is made and printed if you give none.",
)
@click.option("--gzip", is_flag=True, help="Compress answers for clients that accept it.")
@click.option(
    "--state",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Go on with the cloud that this file holds, if there is one (whatever --cloud, --scenario, --seed, --clock "
    "say), and save it there: at the end, on SIGUSR1, and when the control API asks. Of several clouds, the one "
    "called west is in a file of its own: cloud.state, cloud.west.state.",
)
@click.option("--save-every", type=click.FloatRange(min=0.01), metavar="SECONDS", help="Save that often, too.")
@click.option(
    "--resume",
    metavar="JOURNAL",
    type=click.Path(dir_okay=False, path_type=Path),
    help="After a crash: live through the calls of this journal that the state has not seen.",
)
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
      fakecompute serve --state cloud.state --journal calls.jsonl --resume calls.jsonl
    """
    from fakecompute.faces.control import tended
    from fakecompute.faces.saving import Saver
    from fakecompute.faces.serving import Wish, announce, clouds_for
    from fakecompute.scenario.journals import BadJournal
    from fakecompute.scenario.state import BadState

    wish = Wish(**options)
    try:
        clouds = clouds_for(wish)
    except BadDefinition as error:
        refuse(2, *error.mistakes)
    except (BadState, BadJournal, ValueError, OSError) as error:
        refuse(2, str(error))
    from fakecompute.faces.server import Server

    if not wish.host.startswith(LOOPBACK):
        warn(
            f"WARNING: listening on {wish.host}: whoever reaches this machine can use this cloud, whose passwords\n"
            "everybody knows. It holds nothing real, but do not leave it in the open."
        )
    told = _signals()
    server = Server(clouds, wish.host, wish.port, control_token=wish.control_token)
    saver = Saver(clouds, wish.state) if wish.state is not None else None
    for name, cloud in clouds.items():
        tended(cloud).save = None if saver is None else partial(saver.save_one, name)
    try:
        server.start()
    except OSError as error:
        refuse(1, _why_not(wish.host, wish.port, error))
    saved = True
    try:
        announce(server, wish)
        while not _is_over(told, wish.save_every):
            _save(saver)
    finally:
        server.stop()
        saved = _save(saver)
        for cloud in clouds.values():
            if cloud.journal is not None:
                cloud.journal.close()
    if not saved:
        raise SystemExit(1)


END, SAVE = "end", "save"  # what signals tell


def _signals() -> SimpleQueue[str]:
    """What SIGINT, SIGTERM and SIGUSR1 tell, from now on; a queue of this kind may be written to by a handler."""
    told: SimpleQueue[str] = SimpleQueue()
    meanings = {"SIGINT": END, "SIGTERM": END, "SIGUSR1": SAVE}
    for name, meaning in meanings.items():
        if hasattr(signal, name):  # Windows has no SIGUSR1
            signal.signal(getattr(signal, name), lambda *_, meaning=meaning: told.put(meaning))
    return told


def _is_over(told: SimpleQueue[str], seconds: float | None) -> bool:
    """Wait for a signal, or so long; is it the end?"""
    try:
        return told.get(timeout=seconds) == END
    except Empty:
        return False


def _save(saver: Saver | None) -> bool:
    """Did it go well?  A disk that is full is no reason to end."""
    try:
        if saver is not None:
            saver.save()
    except OSError as error:
        warn(f"The state is not saved: {error}")
        return False
    return True


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


main.add_command(ctl)
for command in (trials.scenarios, trials.show, trials.replay, trials.run):
    main.add_command(command)


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
        refuse(2, f"There is no service {service!r}; there are {', '.join(face.TITLES)}.")
    rows = face.rows_of(service)
    if as_json:
        click.echo(json.dumps(face.as_json(rows), indent=1))
    elif as_markdown:
        click.echo(face.as_markdown(rows), nl=False)
    else:
        face.show(rows)
