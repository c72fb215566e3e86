"""Plays a scenario in virtual time: its workload, its faults and events, and the verdict at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from fakecompute.cloud import Cloud
from fakecompute.kernel.clock import SECOND, ManualClock
from fakecompute.scenario.client import Outcome, Player
from fakecompute.scenario.evidence import Evidence
from fakecompute.scenario.expectations import Expectation, Finding
from fakecompute.scenario.findings import judge
from fakecompute.scenario.load import Scenario
from fakecompute.scenario.timeline import Entry, Timeline
from fakecompute.scenario.verbs import VERBS

AFTERWARDS = 3600.0  # seconds in which what was begun may come to its end before it is judged


@dataclass(frozen=True)
class Run:
    """What a replay came to."""

    scenario: str
    workload: str
    cloud: Cloud
    entries: Sequence[Entry]
    outcomes: Sequence[Outcome]
    findings: Sequence[Finding]

    @property
    def ok(self) -> bool:
        return not self.findings

    def as_json(self) -> bytes:
        """The same bytes for the same run."""
        steps = [{"at": one.at, "step": one.step.verb, "ok": one.ok, "text": one.text} for one in self.outcomes]
        told: dict[str, Any] = {
            "scenario": self.scenario,
            "workload": self.workload,
            "timeline": [entry._asdict() for entry in self.entries],
            "steps": steps,
            "findings": [finding._asdict() for finding in self.findings],
            "seconds": (self.cloud.now - self.cloud.begun) / SECOND,
            "digest": self.cloud.digest(),
        }
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def replay(scenario: Scenario, workload: str | None = None, *, seed: int | None = None) -> Run:
    """Play one of a scenario's workloads, the first unless it is named; KeyError if there is none of that name."""
    name = workload if workload is not None else next(iter(scenario.workloads), "")
    clock = ManualClock(scenario.start) if scenario.start is not None else ManualClock()
    cloud = scenario.cloud(clock=clock, seed=seed, timing="real")
    timeline = Timeline(cloud)
    player = Player(cloud, scenario.workloads[name], VERBS) if name else None
    outcomes = player.play() if player else []
    cloud.settle(AFTERWARDS)
    cloud.journal = cloud.observer = None
    failures = [(one.at, f"{one.step.verb}: {one.text}") for one in outcomes if not one.ok and not one.step.may_fail]
    evidence = Evidence(cloud, timeline.entries, scenario.expect or Expectation(), failures)
    return Run(scenario.name, name, cloud, timeline.entries, outcomes, judge(evidence))
