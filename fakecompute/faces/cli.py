"""`fakecompute` on the command line."""

from __future__ import annotations

import signal
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NoReturn

import click

from fakecompute import __version__
from fakecompute.errors import BadDefinition

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
    from fakecompute.faces.saving import Saver
    from fakecompute.faces.serving import Wish, announce, clouds_for
    from fakecompute.scenario.journals import BadJournal
    from fakecompute.scenario.state import BadState

    wish = Wish(**options)
    try:
        clouds = clouds_for(wish)
    except BadDefinition as error:
        _refuse(2, *error.mistakes)
    except (BadState, BadJournal, ValueError, OSError) as error:
        _refuse(2, str(error))
    from fakecompute.faces.server import Server

    if not wish.host.startswith(LOOPBACK):
        _warn(
            f"WARNING: listening on {wish.host}: whoever reaches this machine can use this cloud, whose passwords\n"
            "everybody knows. It holds nothing real, but do not leave it in the open."
        )
    told = _signals()
    server = Server(clouds, wish.host, wish.port)
    saver = Saver(server.clouds, wish.state) if wish.state is not None else None
    try:
        server.start()
    except OSError as error:
        _refuse(1, _why_not(wish.host, wish.port, error))
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
        _warn(f"The state is not saved: {error}")
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


# --- scenarios, show, replay


@main.command()
def scenarios() -> None:
    """List the shipped scenarios, a line each."""
    from fakecompute.faces.replaying import list_scenarios

    list_scenarios()


@main.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a shipped scenario.

    \b
    Example:
      fakecompute show lost-create > mine.yaml
    """
    from fakecompute.faces.replaying import show_scenario

    try:
        show_scenario(name)
    except FileNotFoundError as error:
        _refuse(2, str(error))


@main.command()
@click.argument("what", metavar="NAME|FILE|JOURNAL")
@click.option("--workload", metavar="NAME", help="Which of its workloads to play; the first by default.")
@click.option("--seed", type=int, help="In the place of the scenario's own.")
@click.option("--json", "as_json", is_flag=True, help="For programs: timeline, steps and findings.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to look at to this file.")
def replay(what: str, workload: str | None, seed: int | None, as_json: bool, html: Path | None) -> None:
    """Play a scenario in virtual time, and say what came of it.

    Exits 0 if every expectation held, 1 if one was broken, 2 if the file is wrong.  Two runs of one scenario are the
    same to the byte.

    A journal (of `serve --journal` or `run --journal`) is sent again, call by call, to a cloud like the one that it
    was written of: 0 if every answer is the same, 1 if one differs, which is shown.

    \b
    Examples:
      fakecompute replay lost-create
      fakecompute replay my.yaml --workload careful --json | jq .findings
      fakecompute replay calls.jsonl
    """
    from fakecompute.faces import replaying
    from fakecompute.scenario import journals
    from fakecompute.scenario.load import load
    from fakecompute.scenario.replay import replay as play

    if journals.is_journal(Path(what)):
        _replay_journal(Path(what), as_json)
    try:
        run = play(load(what), workload, seed=seed)
    except BadDefinition as error:
        _refuse(2, *error.mistakes)
    except KeyError:
        _refuse(2, f"{what} has no workload {workload!r}; there are {', '.join(load(what).workloads)}")
    if as_json:
        click.echo(run.as_json().decode())
    else:
        replaying.show_run(run)
    if html is not None:
        replaying.write_html(run, html)
    raise SystemExit(0 if run.ok else 1)


def _replay_journal(path: Path, as_json: bool) -> NoReturn:
    from fakecompute.faces import replaying
    from fakecompute.scenario import journals

    try:
        compared = journals.compare(journals.read(path))
    except (journals.BadJournal, OSError) as error:
        _refuse(2, str(error))
    if as_json:
        click.echo(compared.as_json().decode())
    else:
        replaying.show_compared(compared)
    raise SystemExit(0 if compared.difference is None else 1)


# --- run


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("scenario", metavar="SCENARIO")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND...")
@click.option("--journal", type=click.Path(dir_okay=False, path_type=Path), help="Write every call to this file.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the verdict here.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="The same, as tests of JUnit.")
@click.option("--timeline", is_flag=True, help="Print all that happened, too.")
def run(
    scenario: str,
    command: tuple[str, ...],
    journal: Path | None,
    json_file: Path | None,
    junit: Path | None,
    timeline: bool,
) -> None:
    """Run a command against a cloud of a scenario, and judge it.

    The cloud listens on a free port of this machine; OS_CLOUD, OS_CLIENT_CONFIG_FILE and the OS_* variables lead
    there.  The verdict goes to stderr: what was left behind or made twice, what was asked too often or too early,
    what was waited for in vain, faults that were not met.

    Exit codes: the command's own; 3 when an expectation was broken; 127 if there is no such command; 2 if the
    scenario is wrong.

    \b
    Examples:
      fakecompute run lost-create -- terraform apply -auto-approve
      fakecompute run bad-minute --junit verdict.xml -- pytest tests/integration
    """
    from rich.console import Console

    from fakecompute.faces import judging, replaying
    from fakecompute.scenario.load import load

    words = command[1:] if command[:1] == ("--",) else command
    try:
        verdict = judging.run(load(scenario), words, journal=journal)
    except BadDefinition as error:
        _refuse(2, *error.mistakes)
    except OSError as error:
        _refuse(2, str(error))
    for path, content in (json_file, verdict.as_json), (junit, verdict.as_junit):
        if path is not None:
            path.write_bytes(content())
    replaying.show_verdict(verdict, Console(stderr=True, highlight=False), timeline=timeline)
    raise SystemExit(verdict.exit_code)


# --- what goes to stderr


def _warn(text: str) -> None:
    click.secho(text, fg="yellow", bold=True, err=True)


def _refuse(code: int, *lines: str) -> NoReturn:
    for line in lines:
        click.secho(line, fg="red", err=True)
    raise SystemExit(code)
