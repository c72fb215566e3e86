"""Fixtures: a cloud of one's own for each test, and clients of it.

    def test_a_server_builds(openstack): ...            # an openstacksdk connection; waiting takes no time
    def test_a_refusal(http): ...                       # plain HTTP and JSON, without a socket
    def test_the_command_line(fakecompute_server): ...  # a real port, for other processes

    @pytest.mark.scenario("bad-minute")                 # a shipped scenario, or a path
    def test_retries(cloud): deploy(openstack.connect())

This module is imported by every test run of its users: what is heavy is imported by the fixture that needs it.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from pathlib import Path

    from fakecompute.faces.running import Running
    from fakecompute.faces.server import Server
    from fakecompute.faces.testing.cloud import TestCloud
    from fakecompute.faces.testing.running import Manner

RUNNING = "fakecompute.faces.testing.running"  # not imported, if no test has asked for a cloud
HOMES = "fakecompute.faces.testing.homes"  # nor this, if none is to survive faults
MARKERS = (
    "scenario(name_or_path_or_mapping, **options): what the clouds of the fixtures are; paths are relative to the "
    "test's file, options (definition, seed, release, clock, timing, settings) replace what the scenario says, and "
    "others (time_limit, leaps, hosts, refuse_other_hosts ...) tell how the test lives beside its cloud",
    "cloud(**options): the same options without a scenario",
)


def pytest_configure(config: pytest.Config) -> None:
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("fakecompute")
    group.addoption("--fakecompute-scenario", metavar="NAME_OR_PATH", help="the scenario of all tests that name none")
    group.addoption(
        "--fakecompute-faults", metavar="FILE", help="tests with @survives run once, with the faults of this scenario"
    )


# --- when a test fails


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What happened in its clouds is told beside the failure, and how it can be played again."""
    report = yield
    if report.failed:
        for number, cloud in enumerate(_clouds_of(item)):
            report.sections.append((f"fakecompute{f' {number + 1}' * bool(number)}", _told(item, cloud, number)))
    if call.when == "teardown":
        _forget()
    return report


def _clouds_of(item: pytest.Item) -> list[TestCloud]:
    """Those that began in a test, the first few; none if it has not asked for any."""
    running = sys.modules.get(RUNNING)
    return [] if running is None else running.BEGUN[:3]


def _forget() -> None:
    if (running := sys.modules.get(RUNNING)) is not None:
        running.BEGUN.clear()


def _told(item: pytest.Item, cloud: TestCloud, number: int) -> str:
    """The timeline, and the line that replays it."""
    if not cloud.timeline:
        return "Nothing happened in the cloud."
    try:
        path = _journal(item, cloud, number)
    except Exception as error:  # a report that fails would end the whole run
        return f"{cloud.report()}\n\nThe journal could not be written: {type(error).__name__}: {error}"
    return f"{cloud.report()}\n\nPlay it again: fakecompute replay {path}"


def _folder(item: pytest.Item) -> Path:
    """For what is written; pytest clears it away after some runs."""
    folder: Path = item.config._tmp_path_factory.getbasetemp() / "fakecompute"  # type: ignore[attr-defined]
    return folder


def _journal(item: pytest.Item, cloud: TestCloud, number: int) -> Path:
    import re

    folder = _folder(item)
    folder.mkdir(exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", item.nodeid.replace("::", "-"))[-100:]
    path = folder / f"{name}{f'-{number + 1}' * bool(number)}.jsonl"
    cloud.write_journal(path)
    return path


# --- tests that are to survive faults


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """They make their clouds themselves, and are told which."""
    __tracebackhide__ = True
    homes = sys.modules.get(HOMES)
    if homes is None:
        return (yield)
    source, options = _wanted(item, None, {})
    faults = item.config.getoption("--fakecompute-faults")
    with homes.at_home(homes.Home(item.nodeid, _folder(item), source, options, faults)):
        return (yield)


def _refuse_if_it_survives(request: pytest.FixtureRequest) -> None:
    """Its other fixtures are made once, and cannot be of clouds that come and go."""
    if not getattr(getattr(request.node, "obj", None), "fakecompute_survives", False):
        return
    from fakecompute.faces.testing.clients import CLIENTS

    known: Mapping[str, Any] = request.node._fixtureinfo.name2fixturedefs
    asking = [
        repr(name) for name, made in known.items() if name not in CLIENTS and CLIENTS.keys() & set(made[-1].argnames)
    ]
    who = f"{', '.join(asking)} asks for `cloud` or a client of it" if asking else "somebody asks for `cloud`"
    pytest.fail(
        f"{who}, which would be made once; but @survives runs the test with a new cloud each time.\n"
        "Let the test itself make what it needs, of the `cloud` that it gets.",
        pytrace=False,
    )


# --- the cloud


@pytest.fixture
def cloud_release() -> str | None:
    """The OpenStack that `cloud` plays; override it, or parametrise: `parametrize("cloud_release", ["zed", ...])`."""
    return None


@pytest.fixture
def cloud_options() -> Mapping[str, Any]:
    """What all clouds of a module or a package have, unless a test's marker says something else: override it."""
    return {}


@pytest.fixture
def scenario_cloud() -> Callable[..., TestCloud]:
    """`scenario_cloud("bad-minute", seed=7)`: a new cloud, forked from one that is made once."""
    return _new_cloud


@pytest.fixture
def cloud(
    request: pytest.FixtureRequest, cloud_release: str | None, cloud_options: Mapping[str, Any]
) -> Iterator[TestCloud]:
    """A cloud of one's own, as the test's `scenario` and `cloud` markers describe it.

    The test lives in its time: `time.sleep` is over at once and lets the cloud's time pass, as `cloud.advance(30)`
    does; watches tell it.  Clients find it by `clouds.yaml`, `OS_*` and its host, and need no socket.  For clients in
    other processes (`fakecompute_server`) it runs by itself.
    """
    from fakecompute.faces.testing.running import begun

    _refuse_if_it_survives(request)
    source, options = _wanted(request.node, cloud_release, cloud_options)
    for_others = _is_for_others(request)
    manner = _manner(options, for_others)
    if for_others:
        options = {"clock": _clock_for_others(source), **options}
    with ExitStack() as stack:
        made = begun(_new_cloud(source, **options))
        manner.apply(made, stack)
        yield made


def _new_cloud(source: Any = None, **options: Any) -> TestCloud:
    """All mistakes of a scenario are a failure of the test, without a traceback of ours."""
    from fakecompute.errors import BadDefinition
    from fakecompute.faces.testing.running import new_cloud

    try:
        return new_cloud(source, **options)
    except BadDefinition as error:
        pytest.fail(str(error), pytrace=False)


def _wanted(item: pytest.Item, release: str | None, options: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The scenario of the marker, a path made whole, and the options of all markers, the nearest of which count."""
    from os import PathLike, fspath

    source: Any = item.config.getoption("--fakecompute-scenario")
    told = dict(options)
    for marker in reversed([one for one in item.iter_markers() if one.name in ("scenario", "cloud")]):
        source = marker.args[0] if marker.args else source
        told |= marker.kwargs
    if release is not None:
        told["release"] = release
    if isinstance(source, str | PathLike) and (beside := item.path.parent / source).is_file():
        source = fspath(beside)
    return source, told


def _manner(options: dict[str, Any], for_others: bool) -> Manner:
    """How the test lives beside its cloud, taken out of the options."""
    from fakecompute.faces.testing.running import MANNERS, Manner

    own = {name: options.pop(name) for name in MANNERS & options.keys()}
    if for_others:
        own = {"shares_time": False, "finds": False, **own}
    return Manner(**own)


# --- clients


# Its name in faces/testing/clients.py, and what `pytest --fixtures` says of it.
CLIENTS = {
    "http": "Plain HTTP to the test's cloud as `demo`; `http.as_(\"admin\")` is another's view of it. Below "
    "`/_fakecompute/v1` it reaches the control API of the cloud, as a server's clients do.",
    "fakecompute_time": "The test lives in its cloud's time, even if other processes are its clients, too.",
    "openstack_as": "`openstack_as(\"admin\")`: an openstacksdk connection for any of the cloud's users.",
    "openstack": "An openstacksdk connection to the test's cloud as `demo`, without a socket and in the cloud's time.",
    "openstack_admin": "The same as `admin`.",
    "keystone_session": "A session of keystoneauth as `demo`, without a socket.",
    **{
        name: f"`get`, `post` and their kin at the {api} API, as keystoneauth's adapters have them."
        for name, api in (
            ("nova", "Compute"), ("cinder", "Block Storage"), ("glance", "Image"), ("keystone", "Identity"),
            ("neutron", "Network"), ("placement", "Placement"),
        )
    },
}  # fmt: skip


def _client(name: str) -> Any:
    def client(cloud: TestCloud) -> Iterator[Any]:
        from fakecompute.faces.testing import clients

        with ExitStack() as stack:
            try:
                made = clients.CLIENTS[name](cloud, stack)
            except ModuleNotFoundError as missing:
                pytest.fail(f"{missing.name} is missing: pip install 'fakecompute[clients]'", pytrace=False)
            yield made

    client.__doc__ = CLIENTS[name]
    return pytest.fixture(client, name=name)


for _name in CLIENTS:
    globals()[_name] = _client(_name)


# --- a server for other processes


@pytest.fixture
def fakecompute_server(cloud: TestCloud, tmp_path: Path) -> Iterator[Running]:
    """The test's cloud on a free port: `.url`, `.cloud`, `.clouds_yaml` (a path), `.env` for a subprocess.

    Whenever a client polls in vain, the cloud's clock goes to the next thing that happens; a scenario that names
    its clock keeps it.
    """
    from fakecompute.faces.running import running

    with running(cloud, tmp_path / "clouds.yaml") as server:
        yield server


@pytest.fixture(scope="session")
def _session_server() -> Iterator[Server]:
    from fakecompute.faces.server import Server

    with Server({}) as server:
        yield server


@pytest.fixture
def fakecompute_shared_server(cloud: TestCloud, _session_server: Server, tmp_path: Path) -> Iterator[Running]:
    """The same below `/clouds/<id>/` of one server, which runs as long as the session."""
    from fakecompute.faces.running import running_at

    name = f"test-{len(_NAMES) + 1}"
    _NAMES.append(name)
    with running_at(_session_server, name, cloud, tmp_path / "clouds.yaml") as server:
        yield server


_NAMES: list[str] = []  # of the clouds that the session's server had
SERVERS = {"fakecompute_server", "fakecompute_shared_server"}


def _is_for_others(request: pytest.FixtureRequest) -> bool:
    asked = set(request.fixturenames)
    return bool(SERVERS & asked) and "fakecompute_time" not in asked


def _clock_for_others(source: Any) -> Any:
    """The one that the scenario names, or one that jumps; from today on, or clients find their tokens expired."""
    from fakecompute.kernel.clock import AutoClock, WallClock
    from fakecompute.scenario.load import load

    return None if load({} if source is None else source).clock else AutoClock(WallClock().now())
