"""The fault rules of a cloud, written as in the `faults:` of a scenario file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Rule
from fakecompute.faces.control.declaring import Call, control
from fakecompute.faces.control.refusals import Missing
from fakecompute.faces.control.shapes import (
    COUNT,
    OBJECT,
    TEXT,
    Listed,
    View,
    Wanted,
    Whole,
    given,
    list_of,
    one_of,
    shown,
)
from fakecompute.scenario.format import PHASES, fault
from fakecompute.scenario.load import check_faults
from fakecompute.scenario.names import names_in
from fakecompute.scenario.schema import Page, Place, choice, nearest
from fakecompute.scenario.written import fault_of

noun = control.noun(
    "Faults",
    "What goes wrong: rules as in the `faults:` of a scenario file. The first that matches in a phase wins. Send JSON, "
    "or YAML for mistakes with lines.",
)

# --- request schemas ---------------------------------------------------------------------------------------

FAULT_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["on", "effect"],
    "properties": {
        "name": {**TEXT, "description": "its own; without one, what stands under `on`"},
        "on": {
            **TEXT,
            "description": "a call (compute.create_server) or a step (server.create.spawning), as a glob",
        },
        "where": {
            **OBJECT,
            "description": "facts of the call or step, as globs: server.name, host, project ...",
        },
        "phase": {**one_of(*PHASES), "description": "of a call; before if it is left out"},
        "hits": {**OBJECT, "description": "when it strikes: nth, skip, times, every, between, probability"},
        "effect": {
            **OBJECT,
            "description": "what it does: status, body, delay, reset, stale, fail, hang, slow ...",
        },
    },
}


def _places(place: Place) -> list[Place]:
    """Those of the faults: of a list, or of a mapping with it under `faults`."""
    if place.is_mapping and "faults" in (entries := place.entries() or {}):
        place = entries["faults"][1]
    return place.items() or []


def _faults(place: Place) -> Any:
    if place.is_mapping:
        for name, (key, _) in (place.entries() or {}).items():
            if name != "faults":
                key.wrong("is not read here, only faults")
    return [fault(inner) for inner in _places(place)]


def _check(call: Call, places: Iterable[Place], names: Iterable[str] = ()) -> None:
    """Hosts and projects are this cloud's, and names are nobody else's."""
    check_faults(places, names_in(call.cloud), names)


def _check_new(call: Call, place: Place) -> None:
    _check(call, [place], [rule.name for rule in call.cloud.store.all(Rule)])


def _check_in_place(call: Call, place: Place) -> None:
    mine = call.params["name"]
    _check(
        call, [place], [rule.name for rule in call.cloud.store.all(Rule) if mine not in (rule.name, rule.id)]
    )


def _part(place: Place) -> Any:
    """Keys of a fault with what stands there, nulls too."""
    entries = place.entries() or {}
    for name, (key, _) in entries.items():
        if name not in KEYS:
            key.wrong("there is no such key" + nearest(name, KEYS))
    return {name: inner.value for name, (_, inner) in entries.items()}


KEYS = tuple(FAULT_SHAPE["properties"])
FAULT = Whole(fault, FAULT_SHAPE, _check_new)
FAULT_IN_PLACE = Whole(fault, FAULT_SHAPE, _check_in_place)
PART = Whole(_part, {key: value for key, value in FAULT_SHAPE.items() if key != "required"})
FAULTS = Whole(
    _faults,
    {"oneOf": [list_of(FAULT_SHAPE), {"type": "object", "properties": {"faults": list_of(FAULT_SHAPE)}}]},
    lambda call, place: _check(call, _places(place)),
)
WHERE = Wanted(
    given("position", choice(("first", "last"), "position"), one_of("first", "last"), "last by default"),
)
EXAMPLE = {
    "name": "lost create",
    "on": "compute.create_server",
    "phase": "after",
    "hits": {"nth": [2]},
    "effect": {"status": 504},
}

# --- response views ----------------------------------------------------------------------------------------

# fmt: off
RULE = View(
    "Fault",
    shown("id",      "id",      TEXT,        "another one for each that is added or replaced"),
    shown("name",    "name",    TEXT,        "whose stream of the seed its dice come from"),
    shown("phase",   "phase",   one_of(*PHASES, "step"), "where it strikes"),
    shown("matched", "matched", COUNT,       "calls or steps that fitted so far"),
    shown("hits",    "fired",   COUNT,       "how many of them it struck"),
    shown("fault",   fault_of,  FAULT_SHAPE, "as a scenario file writes it"),
)
# fmt: on
RULES = Listed("faults", RULE)

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/faults", answers=RULES, ctl="faults")
def list_faults(call: Call) -> list[Rule]:
    """List the rules in their order, with how often each has struck."""
    return _rules(call.cloud)


@noun(
    "POST",
    "/faults",
    body=FAULT,
    query=WHERE,
    answers=RULE,
    success=201,
    example=EXAMPLE,
    ctl="faults add lost.yaml",
)
def add_fault(call: Call) -> Rule:
    """Add a rule, behind the others or before them."""
    positions = [rule.position for rule in call.cloud.store.all(Rule)]
    if call.query.get("position") == "first":
        position = min(positions, default=1) - 1
    else:
        position = max(positions, default=-1) + 1
    return _put(call.cloud, call.body, position)


@noun("PUT", "/faults", body=FAULTS, answers=RULES, example=[EXAMPLE], ctl="faults replace chaos.yaml")
def replace_faults(call: Call) -> list[Rule]:
    """Replace all rules; their hits begin at none."""
    cloud = call.cloud
    _clear(cloud)
    return [_put(cloud, rule, position) for position, rule in enumerate(call.body)]


@noun("DELETE", "/faults", ctl="faults clear")
def delete_faults(call: Call) -> None:
    """Take all rules away: everything goes well from here on."""
    _clear(call.cloud)


@noun("GET", "/faults/<path:name>", answers=RULE, ctl="faults show 'lost create'")
def show_fault(call: Call, name: str) -> Rule:
    """Show one rule, by its name or id."""
    return _rule(call.cloud, name)


@noun(
    "PUT",
    "/faults/<path:name>",
    body=FAULT_IN_PLACE,
    answers=RULE,
    example=EXAMPLE,
    ctl="faults change 'lost create' lost.yaml",
)
def replace_fault(call: Call, name: str) -> Rule:
    """Put another rule in the place of one; its hits begin at none."""
    old = _rule(call.cloud, name)
    call.cloud.store.drop(old)
    return _put(call.cloud, call.body, old.position)


@noun(
    "PATCH",
    "/faults/<path:name>",
    body=PART,
    answers=RULE,
    example={"hits": {"times": 3}},
    ctl="faults change 'lost create' --set hits='{times: 3}'",
)
def change_fault(call: Call, name: str) -> Rule:
    """Change some keys of a rule; its hits go on.

    Each key that is given replaces the whole of what was there; null takes it away.
    """
    old = _rule(call.cloud, name)
    merged = {**fault_of(old), **call.body}
    page = Page.of_mapping({key: value for key, value in merged.items() if value is not None}, "fault")
    made = fault(page.top)
    _check_in_place(call, page.top)
    page.done()
    kept = {"id": old.id, "position": old.position, "matched": old.matched, "fired": old.fired}
    changed: Rule = made.evolve(**kept)
    return call.cloud.store.put(changed)


@noun("DELETE", "/faults/<path:name>", ctl="faults delete 'lost create'")
def delete_fault(call: Call, name: str) -> None:
    """Take a rule away."""
    call.cloud.store.drop(_rule(call.cloud, name))


# --- what they share


def _rules(cloud: Cloud) -> list[Rule]:
    return sorted(cloud.store.all(Rule), key=lambda rule: (rule.position, rule.id))


def _rule(cloud: Cloud, name: str) -> Rule:
    """By name, or by id."""
    rules = _rules(cloud)
    for rule in rules:
        if name in (rule.name, rule.id):
            return rule
    raise Missing(
        what="fault", name=name, near=nearest(name, [rule.name for rule in rules], "there are none")
    )


def _put(cloud: Cloud, rule: Rule, position: int) -> Rule:
    """Under an id that no rule had before."""
    number = cloud.streams.number("fault rule")
    return cloud.store.put(rule.evolve(id=f"fault-{number}", position=position))


def _clear(cloud: Cloud) -> None:
    for rule in cloud.store.all(Rule):
        cloud.store.drop(rule)
