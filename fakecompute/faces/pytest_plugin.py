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
    from collections.abc import Callable

    from fakecompute import Cloud
    from fakecompute.faces.client import Http


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "scenario(name_or_path, **options): the cloud of the fixtures is that of a scenario; "
        "options replace what the file says (seed, release, timing, clock)",
    )


@pytest.fixture(scope="session")
def scenario_cloud() -> Callable[..., Cloud]:
    """Clouds by scenario, each made once a session."""
    from fakecompute.cloud import Cloud

    made: dict[Any, Cloud] = {}

    def cloud_of(scenario: Any = None, **options: Any) -> Cloud:
        key = (scenario, tuple(sorted(options.items())))
        if key not in made:
            made[key] = Cloud(**options)
        return made[key]

    return cloud_of


@pytest.fixture
def cloud(request: pytest.FixtureRequest, scenario_cloud: Callable[..., Cloud]) -> Cloud:
    """A cloud of one's own: a fork of the one its scenario describes."""
    marker = request.node.get_closest_marker("scenario")
    origin = scenario_cloud(*marker.args, **marker.kwargs) if marker else scenario_cloud()
    return origin.fork()


@pytest.fixture
def http(cloud: Cloud) -> Http:
    """Plain HTTP to the test's cloud as `demo`; `http.as_("admin")` is another's view of it."""
    from fakecompute.faces.client import Http

    return Http(cloud)
