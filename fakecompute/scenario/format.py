"""What a scenario file may hold, as a table, and how its faults become rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.volume import VOLUME_STATUSES
from fakecompute.domain.releases import RELEASES, release_named
from fakecompute.domain.states import STATUS, states_of
from fakecompute.kernel.clock import microseconds, moment
from fakecompute.scenario.durations import timing
from fakecompute.scenario.events import planned
from fakecompute.scenario.expectations import FINDINGS, expectation
from fakecompute.scenario.names import (
    CALL_FACTS,
    facts_of_steps,
    matching,
    operations,
    path_parameters,
    steps,
)
from fakecompute.scenario.schema import (
    Place,
    Required,
    anything,
    boolean,
    choice,
    integer,
    listing,
    mapping,
    nearest,
    number,
    one_or_more,
    pair,
    required,
    seconds,
    table,
    text,
)
from fakecompute.scenario.workload import workload

STATUSES = sorted({word for words in STATUS.values() for word in words.values()})  # of servers


# --- readers of what is a scenario's own


def release(place: Place) -> Any:
    word = text(place)
    try:
        return release_named(word).name if word is not None else None
    except ValueError:
        known = [name for row in RELEASES for name in (row.name, row.code)]
        return place.wrong(f"there is no release {word!r}{nearest(word or '', known)}")


def start(place: Place) -> Any:
    """A time of day, in microseconds."""
    try:
        return moment(place.word or "")
    except ValueError:
        return place.wrong("must be a time: 2026-01-01T00:00:00Z")


def chance(place: Place) -> Any:
    return number(0, 1)(place)


def http_status(place: Place) -> Any:
    """A status that refuses or leads astray."""
    value = place.value
    if type(value) is int and value in {int(known) for known in HTTPStatus} and value >= 300:
        return value
    return place.wrong(f"must be an HTTP status from 300 up, not {place.word or 'this'}")


def end_status(place: Place) -> Any:
    """The vm_state that a server's status means, or a status of Cinder's as it is."""
    if place.word in VOLUME_STATUSES:
        return place.word
    word = choice(STATUSES, "status of a server")(place)
    return None if word is None else min(states_of(word)[0])


# --- the table

# fmt: off
CLOCK: dict[str, Callable[[Place], Any] | Required] = {
    "kind":  required(choice(("manual", "auto", "wall", "scaled"), "clock")),
    "start": start,
    "rate":  number(0.001),
}
HITS = mapping({
    "nth":         one_or_more(integer(1)),
    "skip":        integer(0),
    "times":       integer(1),
    "every":       integer(1),
    "between":     pair(seconds),
    "probability": chance,
})
ON_CALL: dict[str, Callable[[Place], Any] | Required] = {
    "status":  http_status,
    "body":    text,              # proxy-html, plain, empty, or a literal; without it the service's own words
    "message": text,
    "headers": table(text),
    "delay":   seconds,
}
ON_WIRE: dict[str, Callable[[Place], Any] | Required] = {
    "reset":    boolean,
    "close":    boolean,
    "truncate": integer(0),       # bytes that arrive
    "dribble":  integer(1),       # bytes a second
    "corrupt":  boolean,
    "delay":    seconds,
}
ON_READ: dict[str, Callable[[Place], Any] | Required] = {
    "stale":       seconds,
    "hide":        seconds,
    "drop_fields": one_or_more(text),
    "empty_fields": one_or_more(text),
    "cap":         integer(0),
    "endless":     boolean,
    "delay":       seconds,
}
ON_STEP: dict[str, Callable[[Place], Any] | Required] = {
    "fail":    text,
    "status":  end_status,        # to end in
    "hang":    boolean,
    "delay":   seconds,
    "slow":    number(0),
}
# fmt: on


def clock(place: Place) -> Any:
    return mapping(CLOCK)(place) if place.is_mapping else place.wrong("must be a mapping: {kind: auto}")


def phase_of_call(place: Place) -> Any:
    return choice(PHASES, "phase")(place)


def phase_of_step(place: Place) -> Any:
    return place.wrong("is for calls; a step has none")


def fault(place: Place) -> Any:
    """One of `faults`, as a rule without a position."""
    if not place.is_mapping:
        return place.wrong("must be a mapping: {on: compute.create_server, effect: {status: 503}}")
    kind = _kind(place)
    otherwise = (phase_of_call if kind else anything, anything)
    phase, effect = KINDS.get(_phase(place) if kind == "call" else kind, otherwise)
    made = mapping(
        {
            "name": text,
            "on": required(anything),
            "where": table(text),
            "hits": HITS,
            "phase": phase,
            "effect": required(effect),
        }
    )(place)
    if kind is not None:
        _check_facts(place, kind)
    if kind is None or made is None or made.get("effect") is None:
        return None
    hits = made.get("hits") or {}
    between = hits.get("between")
    return Rule(
        id="",
        name=made.get("name") or made["on"],
        on=made["on"],
        phase=(made.get("phase") or "before") if kind == "call" else kind,
        where=tuple(made.get("where", {}).items()),
        skip=hits.get("skip", 0),
        times=hits.get("times"),
        nth=tuple(hits.get("nth", ())),
        every=hits.get("every"),
        between=between and (microseconds(between[0]), microseconds(between[1])),
        probability=hits.get("probability"),
        effect=made["effect"],
    )


def _kind(place: Place) -> Any:
    """Does a fault strike a call or a step?  Its `on` tells, or what is nearest to it."""
    found = (place.entries() or {}).get("on") if place.is_mapping else None
    word = text(found[1]) if found and not found[1].empty else None
    if found is None or word is None:
        return None
    calls, walks = matching(word, operations()), matching(word, steps())
    if calls and walks:
        entries = place.entries() or {}
        effect = entries["effect"][1] if "effect" in entries else None
        if "phase" in entries:
            return "call"
        if effect is not None and effect.is_mapping and (effect.entries() or {}).keys() & {"fail", "hang", "slow"}:
            return "step"
        found[1].wrong("matches calls and steps; say which: a phase for calls, or steps as server.* or volume.create.*")
        return None
    if calls or walks:
        return "call" if calls else "step"
    hint = "calls are called compute.create_server, steps server.create.spawning"
    known = (*operations(), *steps())
    found[1].wrong(f"there is no call or step {word!r}{nearest(word, known, hint)}")
    meant = get_close_matches(word, known, 1)
    return None if not meant else "step" if meant[0] in steps() else "call"


def _phase(place: Place) -> Any:
    """What a fault of a call says that its phase is; `before` if it says nothing."""
    found = (place.entries() or {}).get("phase")
    return (found[1].word if found else None) or "before"


def _on_call(place: Place) -> Any:
    made = _effect(place, ON_CALL)
    if made is not None and not made.keys() & {"status", "delay"}:
        return place.wrong("needs a status to answer with, or a delay")
    return made and _made(made)


def _on_wire(place: Place) -> Any:
    made = _effect(place, ON_WIRE)
    if made is not None and len(made.keys() - {"delay"}) > 1:
        return place.wrong("may be damaged in one way: " + ", ".join(name for name in ON_WIRE if name != "delay"))
    return made and _made(made)


def _on_read(place: Place) -> Any:
    made = _effect(place, ON_READ)
    return made and _made(made)


def _effect(place: Place, fields: Mapping[str, Callable[[Place], Any] | Required]) -> Any:
    """What an effect on a call says; None, and told, if that is not what its phase can do."""
    entries = (place.entries() or {}) if place.is_mapping else {}
    strange = [name for name in entries if name not in fields and name in PHASE_OF]
    for name in strange:
        entries[name][0].wrong(f"is for {PHASE_OF[name]}")
    if strange:
        return None
    made = mapping(dict(fields))(place)
    if made is None or None in made.values():
        return None
    if not made and not entries:
        return place.wrong("does nothing; there are " + ", ".join(fields))
    return made or None


def _made(values: dict[str, Any]) -> Effect:
    ready: dict[str, Any] = {name: microseconds(value) if name in TIMES else value for name, value in values.items()}
    if "headers" in ready:
        ready["headers"] = tuple(ready["headers"].items())
    for name in ready.keys() & {"drop_fields", "empty_fields"}:
        ready[name] = tuple(ready[name])
    return Effect(**ready)


def _on_step(place: Place) -> Any:
    made = _effect(place, ON_STEP)
    if made is None:
        return None
    if "status" in made and "fail" not in made:
        return place.wrong("a status to end in needs a message to fail with")
    return Effect(
        fail=made.get("fail"),
        ends_in=made.get("status"),
        hang=made.get("hang", False),
        delay=microseconds(made.get("delay", 0)),
        slow=made.get("slow", 1.0),
    )


KINDS = {
    "before": (phase_of_call, _on_call),
    "after": (phase_of_call, _on_call),
    "wire": (phase_of_call, _on_wire),
    "read": (phase_of_call, _on_read),
    "step": (phase_of_step, _on_step),
}
PHASES = tuple(KINDS)[:-1]  # of calls
TIMES = frozenset(("delay", "stale", "hide"))
PHASE_OF = {
    **dict.fromkeys(ON_READ, "calls, in the phase read"),
    **dict.fromkeys(ON_WIRE, "calls, in the phase wire"),
    **dict.fromkeys(ON_STEP, "steps; a call is answered with a status"),
    **dict.fromkeys(ON_CALL, "calls, in the phases before and after"),
}  # whose effect a name is, for who has put it into another's


def _check_facts(place: Place, kind: str) -> None:
    """`where` asks for facts that there are; of a call, what stands in its body is written with dots."""
    entries = place.entries() or {}
    where = entries["where"][1] if "where" in entries else None
    if where is None or not where.is_mapping:
        return
    known = list(CALL_FACTS) if kind == "call" else facts_of_steps(entries["on"][1].word or "")
    for name, (key, _) in (where.entries() or {}).items():
        if kind == "call" and ("." in name or name in path_parameters()):
            continue
        if known and name not in known:
            key.wrong(f"there is no such fact of a {kind}{nearest(name, known)}")


# fmt: off
SCENARIO: dict[str, Callable[[Place], Any] | Required] = {
    "version":     choice(("1",), "format version"),
    "description": text,
    "threads":     one_or_more(text),
    "seed":        integer(),
    "release":     release,
    "clock":       clock,
    "cloud":       anything,      # read by load.py, which knows where the file is
    "timing":      timing,
    "faults":      listing(fault),
    "events":      listing(planned),
    "workload":    workload,
    "workloads":   table(workload),
    "expect":      expectation,
    "finds":       one_or_more(choice(FINDINGS, "kind of finding")),   # what the first workload is to show
}
# fmt: on
