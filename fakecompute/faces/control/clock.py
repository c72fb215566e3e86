"""The cloud's time: look at it, let it pass, stop it, let it run at another rate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fakecompute.cloud import Cloud
from fakecompute.faces.control.declaring import Call, control
from fakecompute.faces.control.refusals import Backwards, NothingPlanned
from fakecompute.faces.control.shapes import (
    DURATION,
    FLAG,
    MICROSECONDS,
    MOMENT,
    NUMBER,
    NUMBER_OR_NONE,
    TEXT,
    View,
    Wanted,
    Whole,
    given,
    one_of,
    shown,
)
from fakecompute.faces.control.tended import showing, tended
from fakecompute.kernel.clock import SECOND, Clock, ManualClock, ScaledClock, WallClock
from fakecompute.scenario.format import start
from fakecompute.scenario.schema import Place, choice, number, seconds
from fakecompute.scenario.state import CLOCKS

noun = control.noun(
    "Clock",
    "The cloud's time. It never runs backwards: whatever clock takes over goes on from what the last one showed.",
)

LONGEST = 366 * 86_400.0  # seconds that one request may let pass
FASTEST = 1_000_000.0

# --- request schemas ---------------------------------------------------------------------------------------


def span(place: Place) -> Any:
    """A duration that one request can live through."""
    amount = seconds(place)
    if amount is not None and amount > LONGEST:
        return place.wrong("must be no more than 366d")
    return amount


def moment_or_next(place: Place) -> Any:
    return "next" if place.word == "next" else start(place)


_ADVANCE = Wanted(
    given("by", span, DURATION, "how long"),
    given("to", moment_or_next, TEXT, "until when: an ISO 8601 time, or `next` for that of the next event"),
)


def advance(place: Place) -> Any:
    """One of the two."""
    made = _ADVANCE.read(place)
    if made is not None and len(place.entries() or {}) != 1:
        return place.wrong("must say by or to: {by: 30s}, {to: next}")
    return made


ADVANCE = Whole(advance, _ADVANCE.shape)
SETTLE = Wanted(given("within", span, DURATION, "how long at most; a day by default"))
_SWITCH = Wanted(
    given("kind", choice(CLOCKS, "clock"), one_of(*CLOCKS), "how time runs"),
    given(
        "rate",
        number(0.001, FASTEST),
        NUMBER,
        "of a scaled clock: the cloud's seconds for each of the machine's",
    ),
)


def switch(place: Place) -> Any:
    """A rate alone is a scaled clock's."""
    made = _SWITCH.read(place)
    if not made:
        return place.wrong("must say kind or rate: {kind: auto}, {rate: 60}") if made is not None else None
    if made.get("kind", "scaled") != "scaled" and "rate" in made:
        return place.wrong("only a scaled clock has a rate")
    return made


SWITCH = Whole(switch, _SWITCH.shape)

# --- response views ----------------------------------------------------------------------------------------


def kind_of(clock: Clock) -> str:
    return next((name for name, known in CLOCKS.items() if type(clock) is known), type(clock).__name__)


def iso(at: int) -> str:
    """To the microsecond."""
    return (datetime(1970, 1, 1) + timedelta(microseconds=at)).isoformat(timespec="microseconds") + "Z"


def _until_next(cloud: Cloud) -> float | None:
    due = cloud.events.next_due()
    return None if due is None else max(0, due - cloud.now) / SECOND


def elapsed(cloud: Cloud) -> float:
    """Seconds since it began."""
    return (cloud.now - cloud.begun) / SECOND


def _is_paused(cloud: Cloud) -> bool:
    return tended(cloud).paused is not None


def _rate(cloud: Cloud) -> float:
    match cloud.clock:
        case ScaledClock(rate=rate):
            return rate
        case WallClock():
            return 1.0
    return 0.0


# fmt: off
CLOCK = View(
    "Clock",
    shown("kind",    lambda cloud: kind_of(cloud.clock), one_of(*CLOCKS),  "manual while it is paused"),
    shown("paused",  _is_paused,                         FLAG,             "is there a clock that waits to go on?"),
    shown("now",     lambda cloud: iso(cloud.now),       MOMENT,           "the cloud's time"),
    shown("at",      "now",                              MICROSECONDS,     "the same, since 1970"),
    shown("elapsed", elapsed,                            NUMBER,           "seconds since the cloud began"),
    shown("rate",    _rate,                              NUMBER,           "its seconds for each of the machine's"),
    shown("virtual", "clock.virtual",                    FLAG,             "do delays of faults cost its time alone?"),
    shown("jumps",   "clock.jumps",                      FLAG,             "does a look in vain go to the next event?"),
    shown("next",    _until_next,                        NUMBER_OR_NONE,   "seconds until the next event"),
)
# fmt: on

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/clock", answers=CLOCK, ctl="clock")
def show_clock(call: Call) -> Cloud:
    """Show what time it is in the cloud, and how time runs."""
    return call.cloud


@noun("PUT", "/clock", body=SWITCH, answers=CLOCK, example={"rate": 60}, ctl="clock set scaled:60")
def set_clock(call: Call) -> Cloud:
    """Let another clock take over, or this one run at another rate.

    `manual` stands still until it is advanced; `auto` does too, but goes to the next event whenever a client looks
    in vain; `wall` runs as the machine's; `scaled` runs `rate` times as fast; `leaping` is the machine's, and goes
    ahead as auto does.  Each begins at the cloud's present.  A clock that was paused is forgotten.
    """
    kind = call.body.get("kind", "scaled")
    rate = call.body.get("rate", 60.0)
    make = CLOCKS[kind]
    made: Clock = make(rate) if kind == "scaled" else make()
    call.cloud.clock = _at(made, call.cloud.now)
    call.tended.paused = None
    return call.cloud


@noun("POST", "/clock/advance", body=ADVANCE, answers=CLOCK, example={"by": "30s"}, ctl="clock advance 30s")
def advance_clock(call: Call) -> Cloud:
    """Let time pass at once, and live through all that is due by then.

    Any clock can be advanced; those that run go on from there.
    """
    cloud = call.cloud
    to = call.body.get("to")
    if to == "next":
        if cloud.events.next_due() is None:
            raise NothingPlanned
        cloud.jump()
        cloud.catch_up()
        return cloud
    by = call.body["by"] if to is None else (to - cloud.now) / SECOND
    if by < 0:
        raise Backwards(now=iso(cloud.now))
    if by > LONGEST:
        raise TooFar(now=iso(cloud.now))
    cloud.advance(by)
    return cloud


class TooFar(Backwards):
    message = "One request lets no more than 366 days pass; it is {now}."
    hint = "Go there in several steps."


@noun("POST", "/clock/settle", body=SETTLE, answers=CLOCK, example={"within": "1h"}, ctl="clock settle")
def settle_clock(call: Call) -> Cloud:
    """Let time pass until nothing more is to come."""
    call.cloud.settle(call.body.get("within", 86_400.0))
    return call.cloud


@noun("POST", "/clock/pause", answers=CLOCK, ctl="clock pause")
def pause_clock(call: Call) -> Cloud:
    """Stop time.  It can still be advanced; `resume` lets it run again."""
    cloud, kept = call.cloud, call.tended
    if kept.paused is None:
        kept.paused = cloud.clock
        cloud.clock = ManualClock(max(cloud.now, cloud.clock.now()))
        cloud.catch_up()
    return cloud


@noun("POST", "/clock/resume", answers=CLOCK, ctl="clock resume")
def resume_clock(call: Call) -> Cloud:
    """Let the clock that was paused go on, from the cloud's present."""
    cloud, kept = call.cloud, call.tended
    if kept.paused is not None:
        cloud.clock, kept.paused = showing(kept.paused, cloud.clock.now()), None
    return cloud


def _at(made: Clock, moment: int) -> Clock:
    """A new clock that begins at a moment; those of tests are made long before or after it."""
    if isinstance(made, ManualClock):
        return type(made)(moment)
    return showing(made, moment)


def alike(clock: Clock, begun: int) -> Clock:
    """A new clock of the same kind, for another cloud.

    One that runs begins at the machine's time, one that stands still at `begun`.
    """
    match clock:
        case ScaledClock(rate=rate):
            return ScaledClock(rate)
        case WallClock():
            return type(clock)()
        case ManualClock():
            return type(clock)(begun)
    return clock.fork()
