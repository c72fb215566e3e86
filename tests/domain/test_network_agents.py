"""Network agents that say nothing, and guests that wait for them."""

from __future__ import annotations

import pytest

from fakecompute.domain.happenings import happen
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot

AGENTS = "/network/v2.0/agents?agent_type=Open%20vSwitch%20agent"


@pytest.fixture
def silent(cloud):
    happen(cloud, "agent_down", host="compute-*")
    return cloud


def now(cloud, server):
    return cloud.store.get(Server, server.id)


def test_a_guest_waits_five_minutes_for_its_ports_and_fails(silent):
    server = boot(silent, name="web")
    silent.advance(250)
    assert now(silent, server).task_state == "spawning"
    silent.advance(120)
    failed = now(silent, server)
    assert failed.vm_state == "error"
    assert failed.fault.message == (
        f"Build of instance {server.id} aborted: Failed to allocate the network(s), not rescheduling."
    )


def test_an_agent_that_comes_back_in_time_is_soon_enough(silent):
    server = boot(silent, name="web")
    silent.advance(200)
    happen(silent, "agent_up", host="compute-*")
    silent.settle()
    assert now(silent, server).vm_state == "active"


def test_a_guest_without_ports_does_not_wait(silent):
    server = boot(silent, name="web", networks=())
    silent.settle()
    assert now(silent, server).vm_state == "active"


def test_a_cloud_may_start_guests_without_their_ports(silent):
    happen(silent, "set_settings", vif_plugging_timeout=30, vif_plugging_is_fatal=False)
    server = boot(silent, name="web")
    silent.settle()
    assert now(silent, server).vm_state == "active"


def test_a_silent_agent_is_found_dead(silent, http):
    def alive():
        return {agent["alive"] for agent in http.as_("admin").get(AGENTS).json["agents"]}

    assert alive() == {True}
    silent.advance(76)
    assert alive() == {False}
    happen(silent, "agent_up", host="compute-*")
    assert alive() == {True}
