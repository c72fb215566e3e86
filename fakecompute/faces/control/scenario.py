"""The scenario of a cloud: what it was made from, another one, and back to the beginning."""

from __future__ import annotations

from dataclasses import asdict, replace
from operator import itemgetter
from typing import Any

import yaml

from fakecompute import resources
from fakecompute.cloud import Cloud
from fakecompute.faces.control.clock import CLOCK, alike
from fakecompute.faces.control.declaring import Call, control
from fakecompute.faces.control.refusals import Missing
from fakecompute.faces.control.shapes import (
    COUNT,
    OBJECT_OR_NONE,
    SIGNED,
    TEXT,
    WORD_OR_NONE,
    Listed,
    View,
    Wanted,
    Whole,
    given,
    list_of,
    ref,
    shown,
)
from fakecompute.faces.control.tended import become, snapshot_of, tended
from fakecompute.scenario.format import SCENARIO
from fakecompute.scenario.load import Scenario, load, load_page
from fakecompute.scenario.schema import Place, choice, integer, mapping, nearest, text

noun = control.noun(
    "Scenario",
    "What the cloud was made from. Loading and resetting replace all that it holds: clients log in again, recordings "
    "begin anew; snapshots stay.",
)

# --- request schemas ---------------------------------------------------------------------------------------

TIMINGS = ("real", "fast", "instant")
NAMED = mapping({"name": text, "seed": integer(), "timing": choice(TIMINGS, "timing")})


def _wish(place: Place) -> Any:
    """{name: lost-create}, or the content of a scenario file."""
    if place.is_mapping and "name" in (place.entries() or {}):
        return NAMED(place)
    return load_page(place.page)


NAMED_SHAPE = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {**TEXT, "description": "of a shipped one; GET /scenarios lists them"},
        "seed": {**SIGNED, "description": "in the place of the scenario's own"},
        "timing": {
            "enum": list(TIMINGS),
            "description": "how long things take; by the clock, if it is left out",
        },
    },
    "additionalProperties": False,
}
INLINE_SHAPE = {"type": "object", "properties": {key: {} for key in SCENARIO}, "additionalProperties": False}
WISH = Whole(_wish, {"oneOf": [NAMED_SHAPE, INLINE_SHAPE]})
CALLED = Wanted(given("name", text, TEXT, "what to call a scenario that is sent; `scenario` by default"))

# --- response views ----------------------------------------------------------------------------------------


def _of(name: str, otherwise: Any) -> Any:
    def read(cloud: Cloud) -> Any:
        scenario = tended(cloud).scenario
        return otherwise if scenario is None else getattr(scenario, name)

    return read


def _workloads(cloud: Cloud) -> list[str]:
    return sorted(_of("workloads", {})(cloud))


def _expect(cloud: Cloud) -> Any:
    expect = _of("expect", None)(cloud)
    return None if expect is None else asdict(expect)


# fmt: off
SCENARIO_VIEW = View(
    "Scenario",
    shown("name",        _of("name", None),                   WORD_OR_NONE,   "null for a cloud made without one"),
    shown("description", _of("description", ""),              TEXT,           "what it is about"),
    shown("seed",        "streams.seed",                      SIGNED,         "decides every id and every draw"),
    shown("release",     "release.name",                      TEXT,           "the OpenStack that it plays"),
    shown("workloads",   _workloads,                          list_of(TEXT),  "what `fakecompute replay` can play"),
    shown("expect",      _expect,                             OBJECT_OR_NONE, "what findings are measured by"),
    shown("lives",       lambda cloud: tended(cloud).lives,   COUNT,          "how often the cloud became another one"),
    shown("clock",       CLOCK,                               ref(CLOCK),     "its time"),
)
SHIPPED = View(
    "ShippedScenario",
    shown("name",        itemgetter(0), TEXT, "to load it by"),
    shown("description", itemgetter(1), TEXT, "what goes wrong"),
)
# fmt: on

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/scenario", answers=SCENARIO_VIEW, ctl="scenario")
def show_scenario(call: Call) -> Cloud:
    """Show what the cloud was made from."""
    return call.cloud


@noun(
    "PUT",
    "/scenario",
    body=WISH,
    query=CALLED,
    answers=SCENARIO_VIEW,
    example={"name": "bad-minute", "seed": 7},
    ctl="scenario load bad-minute",
)
def load_scenario(call: Call) -> Cloud:
    """Let the cloud be another one: of a shipped scenario by name, or of one that is sent.

    Its clock is the scenario's; if that names none, it stays of the kind that it is.  A definition that is named
    under `cloud` by a path is looked for where the server runs.
    """
    wish = call.body
    options: dict[str, Any] = {}
    if isinstance(wish, dict):
        options = {key: wish[key] for key in ("seed", "timing") if key in wish}
        wish = _shipped(wish["name"])
    if "name" in call.query:
        wish = replace(wish, name=call.query["name"])
    cloud, kept = call.cloud, call.tended
    like, begun = kept.paused or cloud.clock, cloud.begun

    def make() -> Cloud:
        made: Cloud = wish.cloud(clock=None if wish.clock else alike(like, begun), **options)
        return made

    kept.scenario, kept.make, kept.beginning = wish, make, snapshot_of(make(), "beginning")
    become(cloud, kept.beginning)
    return cloud


@noun("POST", "/scenario/reset", answers=SCENARIO_VIEW, ctl="scenario reset")
def reset_scenario(call: Call) -> Cloud:
    """Let the cloud be as it was in the beginning: when the server started, or the scenario was loaded.

    On a clock that stands still its time is the beginning's too; on one that runs the cloud begins now.
    """
    kept = call.tended
    made = kept.beginning if kept.make is None else snapshot_of(kept.make(), "beginning")
    become(call.cloud, made)
    return call.cloud


@noun("GET", "/scenarios", answers=Listed("scenarios", SHIPPED), ctl="scenario list")
def list_scenarios(call: Call) -> list[tuple[str, str]]:
    """List the shipped scenarios."""
    return [(name, _description(name)) for name in resources.names("scenarios")]


def _shipped(name: str) -> Scenario:
    known = resources.names("scenarios")
    if name not in known:
        raise Missing(what="scenario", name=name, near=nearest(name, known, "GET /scenarios lists them"))
    return load(name)


def _description(name: str) -> str:
    """The first sentence."""
    content, _ = resources.read("scenarios", name)
    loader = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
    described = (yaml.load(content, loader) or {}).get("description") or ""
    return " ".join(described.split())
