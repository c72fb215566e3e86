"""The verdict so far: what clients lost, made twice, asked too often or waited for in vain."""

from __future__ import annotations

from fakecompute.faces.control.declaring import Call, control
from fakecompute.faces.control.refusals import NotRecorded
from fakecompute.faces.control.shapes import (
    FLAG,
    MICROSECONDS,
    OBJECT,
    TEXT,
    Listed,
    View,
    Whole,
    one_of,
    shown,
)
from fakecompute.scenario.evidence import Evidence
from fakecompute.scenario.expectations import EXPECT, FINDINGS, Expectation, Finding, expectation
from fakecompute.scenario.findings import judge

noun = control.noun(
    "Findings",
    "The verdict on the clients, so far: from the recording, measured by what the scenario expects. Let the cloud "
    "settle first (POST /clock/settle) if what was begun may still come to its end.",
)

# --- request schemas ---------------------------------------------------------------------------------------

EXPECTED = Whole(
    expectation, {"type": "object", "properties": {key: {} for key in EXPECT}, "additionalProperties": False}
)

# --- response views ----------------------------------------------------------------------------------------

FINDING = View(
    "Finding",
    shown("kind", "kind", one_of(*FINDINGS), "the expectation that was broken"),
    shown("at", "at", MICROSECONDS, "since the cloud began"),
    shown("text", "text", TEXT, "what there is to say"),
    shown("data", "data", OBJECT, "for programs"),
)
VERDICT = Listed("findings", FINDING, shown("ok", lambda ok: ok, FLAG, "is there none?"))

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/findings", answers=VERDICT, ctl="findings")
def list_findings(call: Call) -> tuple[list[Finding], bool]:
    """Judge what was recorded by what the scenario expects, or by what is expected of anybody."""
    scenario = call.tended.scenario
    return _judged(call, (scenario and scenario.expect) or Expectation())


@noun(
    "POST",
    "/findings",
    body=EXPECTED,
    answers=VERDICT,
    example={"no_leaks": True, "max_request_rate": "5/s"},
    ctl="findings --expect expect.yaml",
)
def judge_by(call: Call) -> tuple[list[Finding], bool]:
    """Judge it by other expectations: what a scenario file has under `expect`."""
    return _judged(call, call.body)


def _judged(call: Call, expect: Expectation) -> tuple[list[Finding], bool]:
    tape = call.tended.tape
    if tape is None:
        raise NotRecorded(verb="judge")
    found = judge(Evidence(call.cloud, tape.entries, expect))
    return found, not found
