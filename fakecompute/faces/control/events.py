"""What happens by itself: hosts that go down, quotas that change, other people; now, or later."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import Any, NamedTuple

from fakecompute.cloud import Cloud
from fakecompute.domain.happenings import HAPPENING, HAPPENINGS, happen, plan
from fakecompute.faces.control.clock import LONGEST, iso
from fakecompute.faces.control.declaring import Call, control
from fakecompute.faces.control.refusals import Backwards
from fakecompute.faces.control.shapes import (
    COUNT,
    DURATION,
    MOMENT,
    NUMBER,
    OBJECT,
    TEXT,
    Listed,
    View,
    Wanted,
    Whole,
    given,
    list_of,
    ref,
    shown,
)
from fakecompute.kernel.clock import SECOND, microseconds
from fakecompute.kernel.events import Event
from fakecompute.scenario.events import happening
from fakecompute.scenario.schema import Place, boolean, seconds
from fakecompute.scenario.timeline import Timeline, words_of

noun = control.noun(
    "Events",
    "What happens by itself, as in the `events:` of a scenario file: " + ", ".join(f"`{name}`" for name in HAPPENINGS)
    + ".",
)  # fmt: skip


class Wish(NamedTuple):
    """`at` is seconds since the cloud began, `later` from now on; neither: now."""

    at: float | None
    later: float | None
    name: str
    told: dict[str, Any]


# --- request schemas ---------------------------------------------------------------------------------------


def distance(place: Place) -> Any:
    amount = seconds(place)
    return (
        place.wrong("must be no more than 3660d") if amount is not None and amount > 10 * LONGEST else amount
    )


def _wish(place: Place) -> Any:
    made = happening(place, {"at": distance, "in": distance})
    if made is None:
        return None
    when, name, told = made
    if len(when) > 1:
        return place.wrong("must say one of at and in")
    return Wish(when.get("at"), when.get("in"), name, told)


def _wishes(place: Place) -> Any:
    return [_wish(inner) for inner in place.items() or ()] if place.is_list else [_wish(place)]


WISH_SHAPE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "at": {**DURATION, "description": "since the cloud began, as in a scenario file"},
        "in": {**DURATION, "description": "from now on; without at and in it happens now"},
        **{
            name: {"description": (kind.__doc__ or "").strip().partition("\n")[0]} if kind.__doc__ else {}
            for name, kind in HAPPENINGS.items()
        },
    },
}
WISHES = Whole(_wishes, {"oneOf": [WISH_SHAPE, list_of(WISH_SHAPE)]})
WHICH = Wanted(
    given("all", boolean, {"type": "boolean"}, "also what the engine has planned: steps of workflows")
)

# --- response views ----------------------------------------------------------------------------------------


class Coming(NamedTuple):
    """An event of a cloud's future."""

    cloud: Cloud
    event: Event

    @property
    def at(self) -> float:
        return (self.event.due - self.cloud.begun) / SECOND

    @property
    def later(self) -> float:
        return max(0, self.event.due - self.cloud.now) / SECOND

    @property
    def told(self) -> dict[str, Any]:
        if self.event.kind != HAPPENING:
            return {}
        return {self.event.subject: json.loads(str(self.event.detail[0])) or True}


# fmt: off
EVENT = View(
    "Event",
    shown("number",  "event.number",                       COUNT,  "in the order of planning"),
    shown("due",     lambda one: iso(one.event.due),       MOMENT, "when it happens"),
    shown("at",      "at",                                 NUMBER, "seconds since the cloud began"),
    shown("in",      "later",                              NUMBER, "seconds from now"),
    shown("kind",    "event.kind",                         TEXT,   "happening, or a kind of the engine's"),
    shown("subject", "event.subject",                      TEXT,   "what happens, or whom it is about"),
    shown("event",   "told",                               OBJECT, "of a happening: as it was told"),
)
EVENTS = Listed("events", EVENT)
HAPPENED = View(
    "Happened",
    shown("happened", itemgetter("happened"),              list_of(TEXT),       "what has happened now"),
    shown("planned",  lambda made: [EVENT(one) for one in made["planned"]], list_of(ref(EVENT)), "what is to come"),
)
# fmt: on

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/events", query=WHICH, answers=EVENTS, ctl="events")
def list_events(call: Call) -> list[Coming]:
    """List what is planned, in the order in which it will happen."""
    wanted = call.query.get("all", False)
    return [Coming(call.cloud, event) for event in call.cloud.events if wanted or event.kind == HAPPENING]


@noun(
    "POST",
    "/events",
    body=WISHES,
    answers=HAPPENED,
    example={"in": "90s", "host_down": "compute-1"},
    ctl="events add in 90s host_down compute-1",
)
def add_events(call: Call) -> Any:
    """Let something happen: now, `in` a while, or `at` a time since the cloud began.

    One mapping or a list of them.  All of it happens or is planned, or nothing is.
    """
    cloud = call.cloud
    now, later = [], []
    with cloud.transaction():
        for wish in call.body:
            if wish.at is None and wish.later is None:
                happen(cloud, wish.name, **wish.told)
                now.append(wish)
                continue
            due = (
                cloud.begun + microseconds(wish.at)
                if wish.at is not None
                else cloud.now + microseconds(wish.later)
            )
            if due < cloud.now:
                raise Backwards(now=f"{(cloud.now - cloud.begun) / SECOND:g} s after the beginning")
            later.append(Coming(cloud, plan(cloud, due, wish.name, **wish.told)))
    if isinstance(cloud.journal, Timeline):
        for wish in now:
            cloud.journal.note(cloud.now, words_of(wish.name, wish.told))
    return {"happened": [wish.name for wish in now], "planned": later}
