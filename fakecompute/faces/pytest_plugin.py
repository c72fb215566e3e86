"""Fixtures: a cloud of one's own for each test, and clients of it.

    def test_a_server_builds(openstack): ...            # an openstacksdk connection; waiting takes no time
    def test_a_refusal(http): ...                       # plain HTTP and JSON, without a socket
    def test_the_command_line(fakecompute_server): ...  # a real port, for other processes

    @pytest.mark.scenario("bad-minute")                 # a shipped scenario, or a path
    def test_retries(openstack): ...

This module is imported by every test run of its users: what is heavy is imported by the fixture that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from openstack.connection import Connection

    from fakecompute import Cloud
    from fakecompute.faces.running import Running
    from fakecompute.scenario.load import Scenario
    from fakecompute.wsgi.client import Http

MARKER = (
    "scenario(name_or_path_or_mapping, **options): what the clouds of the fixtures are; paths are relative to the "
    "test's file, options (definition, seed, release, clock, timing) replace what the scenario says"
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


# --- the cloud


@pytest.fixture(scope="session")
def scenario_cloud() -> Callable[..., Cloud]:
    """`scenario_cloud("bad-minute", seed=7)`: a new cloud, forked from one that is made once a session."""
    origins: dict[str, Cloud] = {}

    def cloud_of(source: Any = None, **options: Any) -> Cloud:
        key = repr((source, sorted(options.items())))
        if key not in origins:
            cloud: Cloud = _load(source).cloud(**options)
            if not cloud.clock.virtual or "clock" in options:
                return cloud  # its time begins when it is made
            origins[key] = cloud
        return origins[key].fork()

    return cloud_of


@pytest.fixture
def cloud(request: pytest.FixtureRequest, scenario_cloud: Callable[..., Cloud]) -> Cloud:
    """A cloud of one's own, as the test's `scenario` marker describes it.

    Its time stands still until the test says `cloud.advance(30)`, or sleeps in the cloud's time (see
    `fakecompute_time`); for clients in other processes (`fakecompute_server`) it runs by itself.
    """
    from threading import RLock

    source, options = _wanted(request)
    if _is_for_others(request):
        options = {"clock": _clock_for_others(_load(source)), **options}
    made = scenario_cloud(source, **options)
    made.lock = RLock()  # clients may have threads
    return made


def _wanted(request: pytest.FixtureRequest) -> tuple[Any, dict[str, Any]]:
    """The scenario of the marker, a path made whole, and the options."""
    from os import PathLike, fspath

    marker = request.node.get_closest_marker("scenario")
    if marker is None:
        return None, {}
    source = marker.args[0] if marker.args else None
    if isinstance(source, str | PathLike) and (beside := request.path.parent / source).is_file():
        source = fspath(beside)
    return source, dict(marker.kwargs)


def _load(source: Any) -> Scenario:
    """All mistakes of a scenario are a failure of the test, without a traceback of ours."""
    from fakecompute.errors import BadDefinition
    from fakecompute.scenario.load import load

    try:
        return load({} if source is None else source)
    except BadDefinition as error:
        pytest.fail(str(error), pytrace=False)


# --- clients


@pytest.fixture
def http(cloud: Cloud) -> Http:
    """Plain HTTP to the test's cloud as `demo`; `http.as_("admin")` is another's view of it.

    Below `/_fakecompute/v1` it reaches the control API of the cloud, as a server's clients do.
    """
    from fakecompute.faces.control import with_control
    from fakecompute.wsgi.app import app
    from fakecompute.wsgi.client import Http

    return Http(cloud, through=with_control(app()))


@pytest.fixture
def fakecompute_time(cloud: Cloud) -> Iterator[None]:
    """The test lives in its cloud's time: `time.sleep` is over at once, and `datetime.now` tells the cloud's."""
    from fakecompute.faces.virtual_time import shared_time

    with shared_time(cloud):
        yield


@pytest.fixture
def openstack_as(cloud: Cloud, fakecompute_time: None) -> Iterator[Callable[..., Connection]]:
    """`openstack_as("admin")`: an openstacksdk connection to the test's cloud for any of its users."""
    try:
        from fakecompute.faces.transport import connect
    except ModuleNotFoundError as missing:
        pytest.fail(f"{missing.name} is missing: pip install 'fakecompute[clients]'", pytrace=False)

    opened: list[Connection] = []

    def connect_as(user: str = "demo", project: str | None = None) -> Connection:
        opened.append(connect(cloud, user, project))
        return opened[-1]

    yield connect_as
    for connection in opened:
        connection.close()


@pytest.fixture
def openstack(openstack_as: Callable[..., Connection]) -> Connection:
    """An openstacksdk connection to the test's cloud as `demo`, without a socket and in the cloud's time."""
    return openstack_as()


# --- a server for other processes


@pytest.fixture
def fakecompute_server(cloud: Cloud, tmp_path: Path) -> Iterator[Running]:
    """The test's cloud on a free port: `.url`, `.cloud`, `.clouds_yaml` (a path), `.env` for a subprocess.

    Whenever a client polls in vain, the cloud's clock goes to the next thing that happens; a scenario that names
    its clock keeps it.
    """
    from fakecompute.faces.running import running

    with running(cloud, tmp_path / "clouds.yaml") as server:
        yield server


def _is_for_others(request: pytest.FixtureRequest) -> bool:
    return "fakecompute_server" in request.fixturenames and "fakecompute_time" not in request.fixturenames


def _clock_for_others(scenario: Scenario) -> Any:
    """The one that the scenario names, or one that jumps; from today on, or clients find their tokens expired."""
    from fakecompute.kernel.clock import AutoClock, WallClock

    return None if scenario.clock else AutoClock(WallClock().now())
