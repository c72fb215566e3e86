"""Whatever a scenario says that is right: it is played, no call is answered 500 but by a rule, all adds up, twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from fakecompute.cloud import Cloud
from fakecompute.domain.records.volume import Volume
from fakecompute.scenario.load import load
from fakecompute.scenario.replay import Run, replay
from fakecompute.strategies import scenarios
from tests.properties.checks import assert_balanced, strays
from tests.properties.thorough import examples

pytestmark = pytest.mark.filterwarnings("error")


def assert_answered(run: Run) -> None:
    for entry in run.entries:
        if entry.kind == "call" and entry.data["status"] == 500:
            assert entry.data.get("rules"), entry


def assert_adds_up(cloud: Cloud, scenario: dict[str, Any]) -> None:
    """Attachments may have been cut off, and statuses set, by faults and operators; all else is as ever."""
    interfered = scenario["faults"] or scenario["events"]
    allowed = frozenset(one.id for one in strays(cloud)) if interfered else frozenset()
    was_reset = any("volume_reset" in event for event in scenario["events"])
    reset = frozenset(volume.id for volume in cloud.store.all(Volume)) if was_reset else frozenset()
    assert_balanced(cloud, allowed=allowed, reset=reset)


@pytest.mark.parametrize("half", [1, 2])
def test_a_scenario_is_played_and_adds_up(half):
    check()


@settings(max_examples=examples(250), deadline=None, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios())
def check(scenario: dict[str, Any]) -> None:
    loaded = load(scenario)
    run = replay(loaded)
    assert_answered(run)
    assert_adds_up(run.cloud, scenario)
    assert replay(loaded).as_json() == run.as_json()
