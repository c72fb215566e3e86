"""`fakecompute run`: a cloud for one command, and the verdict on it.

The command gets a cloud of its own on a free port, with all that clients look for in its environment.  What it does
is watched; when it has ended, what it has begun may come to its end, and then it is judged.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import orjson

from fakecompute.cloud import Cloud
from fakecompute.faces.running import running
from fakecompute.kernel.clock import SECOND, Clock, LeapingClock
from fakecompute.kernel.journal import Journal
from fakecompute.scenario.findings import Evidence, Expectation, Finding, judge
from fakecompute.scenario.journals import header
from fakecompute.scenario.load import Scenario
from fakecompute.scenario.replay import AFTERWARDS
from fakecompute.scenario.timeline import Entry, Timeline

BROKEN = 3  # the exit code of a run in which an expectation was broken
NOT_FOUND = 127  # the shell's, for a command that there is not


@dataclass(frozen=True)
class Verdict:
    """What a command came to."""

    scenario: str
    command: Sequence[str]
    code: int  # the command's own
    entries: Sequence[Entry]
    findings: Sequence[Finding]
    seconds: float  # of the cloud's

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
            "findings": [finding._asdict() for finding in self.findings],
            "timeline": [entry._asdict() for entry in self.entries],
        }
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)

    def as_junit(self) -> bytes:
        """One test that is the command, and one for each finding."""
        suite = ElementTree.Element(
            "testsuite",
            name=f"fakecompute {self.scenario}",
            tests=str(1 + len(self.findings)),
            failures=str(len(self.findings) + bool(self.code)),
        )
        own = ElementTree.SubElement(suite, "testcase", classname=self.scenario, name=" ".join(self.command))
        if self.code:
            ElementTree.SubElement(own, "failure", message=f"exit code {self.code}")
        for finding in self.findings:
            case = ElementTree.SubElement(suite, "testcase", classname=self.scenario, name=finding.kind)
            failure = ElementTree.SubElement(case, "failure", message=finding.text)
            failure.text = f"{finding.at / SECOND:g} s: {finding.text}"
        ElementTree.indent(suite)
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite) + b"\n"


def run(scenario: Scenario, command: Sequence[str], *, journal: Path | None = None) -> Verdict:
    """Run a command against a cloud of the scenario's; OSError if the journal cannot be written."""
    cloud = scenario.cloud(clock=_clock(scenario), timing="real")
    lines = Journal(journal.open("w"), **header(cloud, scenario=scenario.name)) if journal is not None else None
    timeline = Timeline(cloud, journal=lines)
    try:
        code = _run(cloud, command)
    finally:
        if lines is not None:
            lines.close()
    cloud.settle(AFTERWARDS)
    evidence = Evidence(cloud, timeline.entries, scenario.expect or Expectation())
    seconds = (cloud.now - cloud.begun) / SECOND
    return Verdict(scenario.name, command, code, timeline.entries, judge(evidence), seconds)


def _clock(scenario: Scenario) -> Clock | None:
    """The scenario's, if it says when its time begins or how fast it runs; or else one that a client can live with."""
    told = scenario.clock or {}
    return None if "start" in told or told.get("kind") in ("wall", "scaled") else LeapingClock()


def _run(cloud: Cloud, command: Sequence[str]) -> int:
    with TemporaryDirectory(prefix="fakecompute-") as folder, running(cloud, Path(folder, "clouds.yaml")) as server:
        try:
            return subprocess.run(command, check=False, env=server.env).returncode
        except FileNotFoundError:
            return NOT_FOUND
