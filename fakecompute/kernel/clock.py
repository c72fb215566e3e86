"""What time it is: the only module that asks the machine.

Times are integers, microseconds since 1970 (UTC): `advance(a); advance(b)` is `advance(a + b)` to the last bit.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

SECOND = 1_000_000
EPOCH = 1_767_225_600 * SECOND  # 2026-01-01T00:00:00Z: where virtual clocks begin unless told otherwise


def microseconds(seconds: float) -> int:
    """Seconds, as people write them, to the engine's unit."""
    return round(seconds * SECOND)


def moment(text: str) -> int:
    """An ISO 8601 time (without a zone: UTC) in microseconds; ValueError if it is none."""
    parsed = datetime.fromisoformat(text)
    parsed = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    since = parsed - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def shown(at: int) -> str:
    """A time as people read it, to the second."""
    return (datetime(1970, 1, 1) + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Clock(Protocol):
    """`virtual` clocks move by `advance` alone; `jumps` when a look found nothing due (see `AutoClock`)."""

    virtual: bool
    jumps: bool

    def now(self) -> int: ...
    def advance(self, amount: int) -> None: ...
    def fork(self) -> Clock: ...


@dataclass
class WallClock:
    """The machine's time, moved on by `advance` if one cannot wait.  Follows freezegun with no special code."""

    offset: int = 0
    virtual = False
    jumps = False

    def now(self) -> int:
        return int(time.time() * SECOND) + self.offset

    def advance(self, amount: int) -> None:
        self.offset += amount

    def fork(self) -> WallClock:
        return type(self)(self.offset)


@dataclass
class LeapingClock(WallClock):
    """The machine's time, and ahead of it: waits and looks that were in vain go on to the next event.

    For clients in other processes, whose own waits count: a Retry-After that they heed is over when they come back.
    """

    virtual = True
    jumps = True


@dataclass
class ScaledClock:
    """`rate` seconds pass for each of the machine's: at 60 a day takes 24 minutes.  For demonstrations."""

    rate: float
    start: int | None = None
    base: float | None = None
    virtual = False
    jumps = False

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError("the rate of a clock must be more than 0")
        self.base = time.monotonic() if self.base is None else self.base
        self.start = int(time.time() * SECOND) if self.start is None else self.start

    def now(self) -> int:
        assert self.start is not None and self.base is not None
        return self.start + round((time.monotonic() - self.base) * SECOND * self.rate)

    def advance(self, amount: int) -> None:
        assert self.start is not None
        self.start += amount

    def fork(self) -> ScaledClock:
        return ScaledClock(self.rate, self.start, self.base)


@dataclass
class ManualClock:
    """Stands still until told: `cloud.advance(30)`.  For tests."""

    at: int = EPOCH
    virtual = True
    jumps = False

    def now(self) -> int:
        return self.at

    def advance(self, amount: int) -> None:
        if amount < 0:
            raise ValueError("time does not run backwards")
        self.at += amount

    def fork(self) -> ManualClock:
        return type(self)(self.at)


@dataclass
class AutoClock(ManualClock):
    """A manual clock that jumps to the next event after a GET that found nothing due was answered.

    For clients that poll and cannot be told to share the time (Terraform, the command line): each look that
    was in vain is as long as the wait for the next change.  The declared case in which reading moves the
    clock; it never moves the state.
    """

    jumps = True
