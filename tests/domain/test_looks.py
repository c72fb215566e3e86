"""Steps that are over when they were looked at so often."""

from __future__ import annotations

import pytest

from fakecompute.domain import servers
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.looks import Awaited
from fakecompute.domain.timing import constant, polls
from fakecompute.kernel.clock import SECOND, AutoClock, WallClock
from fakecompute.scenario.state import dump, load_state
from fakecompute.wsgi.client import Http

SERVERS = "/compute/v2.1/servers"
VOLUMES = "/volume/v3/volumes"


@pytest.fixture
def counted(cloud):
    """A build is three looks long, and nothing else takes any time."""
    cloud.timing = cloud.timing.with_own({"server.create.spawning": polls(3), "*": constant(0)})
    server = servers.boot(cloud, name="web")
    cloud.settle()
    return server


def statuses(http, path, count):
    return [http.get(path).json["server"]["status"] for _ in range(count)]


def test_a_build_is_done_after_three_looks(http, counted):
    assert statuses(http, f"{SERVERS}/{counted.id}", 5) == ["BUILD", "BUILD", "BUILD", "ACTIVE", "ACTIVE"]


def test_time_has_no_part_in_it(cloud, http, counted):
    cloud.advance(86_400)
    assert statuses(http, f"{SERVERS}/{counted.id}", 4) == ["BUILD", "BUILD", "BUILD", "ACTIVE"]


@pytest.mark.parametrize("clock", [WallClock(), AutoClock()])
def test_whatever_the_clock_is(cloud, http, counted, clock):
    cloud.clock = clock
    assert statuses(http, f"{SERVERS}/{counted.id}", 4) == ["BUILD", "BUILD", "BUILD", "ACTIVE"]


def test_a_list_that_shows_it_is_a_look(http, counted):
    shown = [http.get(f"{SERVERS}/detail").json["servers"][0]["status"] for _ in range(4)]
    assert shown == ["BUILD", "BUILD", "BUILD", "ACTIVE"]


@pytest.mark.parametrize("path", [f"{SERVERS}?name=other", "/compute/v2.1/flavors", SERVERS + "/{id}/os-instance-actions"])
def test_what_does_not_show_it_is_none(cloud, http, counted, path):
    for _ in range(3):
        http.get(path.format(id=counted.id))
    assert cloud.store.all(Awaited)[0].looks == 3


def test_who_may_not_see_it_has_not_looked(cloud, http, counted):
    for _ in range(3):
        assert http.as_("alt_demo").get(f"{SERVERS}/{counted.id}").status_code == 404
    assert cloud.store.all(Awaited)[0].looks == 3


def test_a_volume_is_looked_at_too(cloud, http):
    cloud.timing = cloud.timing.with_own({"volume.create.creating": polls(2), "*": constant(0)})
    made = http.post(VOLUMES, json={"volume": {"size": 1}}).json["volume"]["id"]
    assert [http.get(f"{VOLUMES}/{made}").json["volume"]["status"] for _ in range(3)] == [
        "creating", "creating", "available",
    ]  # fmt: skip


def test_a_slow_step_needs_more_looks_and_a_late_one_time_after_them(cloud, http):
    cloud.timing = cloud.timing.with_own({"server.create.spawning": polls(2), "*": constant(0)})
    effect = Effect(slow=2, delay=30 * SECOND)
    cloud.set_rules([Rule(id="", name="slow", on="server.create.spawning", effect=effect)])
    server = servers.boot(cloud)
    cloud.settle()
    assert statuses(http, f"{SERVERS}/{server.id}", 5) == ["BUILD"] * 5
    cloud.advance(30)
    assert statuses(http, f"{SERVERS}/{server.id}", 1) == ["ACTIVE"]


def test_a_step_that_fails_does_so_when_it_was_looked_at(cloud, http):
    cloud.timing = cloud.timing.with_own({"server.create.spawning": polls(1), "*": constant(0)})
    effect = Effect(fail="No disk.", ends_in="error")
    cloud.set_rules([Rule(id="", name="fail", on="server.create.spawning", effect=effect)])
    server = servers.boot(cloud)
    cloud.settle()
    assert statuses(http, f"{SERVERS}/{server.id}", 2) == ["BUILD", "ERROR"]


def test_who_is_overtaken_is_not_waited_for(cloud, http, counted):
    assert http.delete(f"{SERVERS}/{counted.id}").status_code == 204
    cloud.settle()
    assert not cloud.store.count(Awaited)
    assert http.get(f"{SERVERS}/{counted.id}").status_code == 404


def test_looks_are_kept_by_forks_and_states(http, cloud, counted):
    path = f"{SERVERS}/{counted.id}"
    http.get(path)
    for other in cloud.fork(), load_state(dump(cloud)):
        assert statuses(Http(other), path, 3) == ["BUILD", "BUILD", "ACTIVE"]
    assert cloud.store.all(Awaited)[0].looks == 2


def test_a_cloud_without_such_steps_does_not_change_when_it_is_watched(cloud, http):
    server = servers.boot(cloud)
    http.get(f"{SERVERS}/{server.id}")  # which brings a token
    before = cloud.digest()
    http.get(f"{SERVERS}/{server.id}")
    assert cloud.digest() == before
