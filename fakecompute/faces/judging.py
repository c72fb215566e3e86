"""`fakecompute run`: a cloud for one command, and the verdict on it.

The command gets a cloud of its own on a free port, with all that clients look for in its environment.  What it does
is watched; when it has ended, what it has begun may come to its end, and then it is judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Rule
from fakecompute.faces.child import run_to_end
from fakecompute.faces.junit import junit
from fakecompute.faces.running import running
from fakecompute.kernel.clock import SECOND, Clock, LeapingClock
from fakecompute.kernel.journal import Journal
from fakecompute.scenario.evidence import Evidence
from fakecompute.scenario.expectations import Expectation, Finding
from fakecompute.scenario.findings import judge
from fakecompute.scenario.journals import header
from fakecompute.scenario.load import Scenario
from fakecompute.scenario.replay import AFTERWARDS
from fakecompute.scenario.timeline import Entry, Timeline

BROKEN = 3  # the exit code of a run in which an expectation was broken


@dataclass(frozen=True)
class Verdict:
    """What a command came to."""

    scenario: str
    command: Sequence[str]
    code: int  # the command's own
    entries: Sequence[Entry]
    findings: Sequence[Finding]
    seconds: float  # of the cloud's, until the command ended
    unmet: Sequence[str] = ()  # the faults that never struck, by name

    @property
    def exit_code(self) -> int:
        return BROKEN if self.findings else self.code

    @property
    def calls(self) -> int:
        return sum(entry.kind == "call" for entry in self.entries)

    def as_json(self) -> bytes:
        told: dict[str, Any] = {
            "scenario": self.scenario,
            "command": list(self.command),
            "exit_code": self.code,
            "calls": self.calls,
            "seconds": self.seconds,
            "unmet_faults": list(self.unmet),
            "findings": [finding._asdict() for finding in self.findings],
            "timeline": [entry._asdict() for entry in self.entries],
        }
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)

    def as_junit(self) -> bytes:
        return junit(self)


def run(scenario: Scenario, command: Sequence[str], *, journal: Path | None = None) -> Verdict:
    """Run a command against a cloud of the scenario's; NotStarted, or OSError if the journal cannot be written."""
    cloud = scenario.cloud(clock=_clock(scenario), timing="real")
    lines = Journal(journal.open("w"), **header(cloud, scenario=scenario.name)) if journal is not None else None
    timeline = Timeline(cloud, journal=lines)
    try:
        code = _run(cloud, command)
    finally:
        if lines is not None:
            lines.close()
    seconds = (cloud.now - cloud.begun) / SECOND
    cloud.settle(AFTERWARDS)
    evidence = Evidence(cloud, timeline.entries, expected_of(scenario))
    rules = sorted(cloud.store.all(Rule), key=lambda rule: rule.position)
    unmet = [rule.name for rule in rules if not rule.fired]
    return Verdict(scenario.name, command, code, timeline.entries, judge(evidence), seconds, unmet)


def expected_of(scenario: Scenario) -> Expectation:
    """What any client is judged by: of a shipped scenario, whose own client has another task, its habits alone."""
    expect = scenario.expect or Expectation()
    return expect.of_habits() if scenario.shipped else expect


def _clock(scenario: Scenario) -> Clock | None:
    """The scenario's, if it says when its time begins or how fast it runs; or else one that a client can live with."""
    told = scenario.clock or {}
    return None if "start" in told or told.get("kind") in ("wall", "scaled") else LeapingClock()


def _run(cloud: Cloud, command: Sequence[str]) -> int:
    with TemporaryDirectory(prefix="fakecompute-") as folder, running(cloud, Path(folder, "clouds.yaml")) as server:
        return run_to_end(command, {**server.env, "OS_CLOUD": "fakecompute", "FAKECOMPUTE_URL": server.url})
