"""Waiting without waiting: the time of a test goes on when all of its threads wait, and to when the first is due.

Time stands still as long as any thread of the test does something.  Once all of them wait, it goes on to when the
first of them is due, and that one alone goes on: threads are served in the order of their due times.  If nobody is
due the test would hang, and ends with Deadlock; if it waits for longer than it may, with EndlessWait.  Nobody waits
for longer than the machine's time would have it: who sleeps for a second beside a thread that computes for a minute
goes on after a second.

Threads that were there before the test, and modules that speak with other processes, live in the machine's time.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Protocol

from fakecompute.faces.testing.endings import Deadlock, EndlessWait, Left, NeverEnds
from fakecompute.faces.testing.standing import Crew, Standing, leave, place_of, waits
from fakecompute.faces.testing.watches import Reading, real_monotonic, real_sleep

SECOND = 1_000_000
DAY = 86_400 * SECOND
TICK = 0.0005  # seconds of the machine's between two looks at the others, at first ...
LONGEST_TICK = 0.008  # ... and at last ...
SLOW_TICK = 0.064  # ... of those for whom others look
AFTERWARDS = 1.0  # the same for those that are left when the test is over
NOISE = 0.0005  # microseconds: what a difference of two times as floats may be off; half of what asyncio heeds
# Seconds of nothing at all after which nobody is taken to bring about anything any more ...
STRANGERS = 5.0  # ... where there are other threads than the test's ...
WORLD = 60.0  # ... and where a socket is waited for


class Timed(Protocol):
    """What the time is of: a cloud."""

    def reading(self) -> int: ...
    def go(self, at: int) -> None:
        """Let time pass, and live through it."""

    def next_due(self) -> int | None: ...
    def standing(self) -> str:
        """How things are, for who has waited in vain."""


def _never() -> bool:
    return False


def _at_once() -> float:
    return 0.0


@dataclass(eq=False)
class Waiter:
    """A thread that waits: for how long (None: for something alone), since which moment of all."""

    thread: threading.Thread
    amount: int | None
    due: int | None
    number: int
    ready: Callable[[], bool] = _never  # has it come, and the thread not seen it yet?
    hold: Callable[[], float] = _at_once  # seconds for which something may come from outside
    patience: float = 0.0  # seconds of nothing at all before it is taken to wait in vain
    hears: bool = False  # the bell
    since: float = field(default_factory=real_monotonic)
    _bell: Any = field(default_factory=threading.Lock)

    def awake(self) -> None:
        """Let it look again at once."""
        with suppress(RuntimeError):
            self._bell.release()

    def rest(self, tick: float) -> bool:
        """For so many of the machine's seconds, or until it is to look again; nothing is signalled to a sleeper."""
        self._bell.acquire(timeout=tick)
        return False

    def is_late(self) -> bool:
        """Has it waited for as long as it would have without us?"""
        return self.amount is not None and (real_monotonic() - self.since) * SECOND >= self.amount


class SharedTime:
    """The one time of a test, which is a cloud's; `limit` is how much of it there is, in microseconds.

    A client that `leaps` sleeps until something happens, if that is longer than it wanted to.
    """

    def __init__(self, cloud: Timed, *, limit: int = DAY, leaps: bool = False) -> None:
        self.cloud, self._now = cloud, cloud.reading
        self._end, self._limit, self.leaps = cloud.reading() + limit, limit, leaps
        self.crew = Crew()
        self.over = False
        self._mutex = threading.Lock()
        self._waiting: dict[threading.Thread, Waiter] = {}
        self._ends: dict[threading.Thread, NeverEnds] = {}  # who is to end, as soon as it waits
        self._number = 0
        self.reading = Reading(self._now, self.concerns)

    @property
    def now(self) -> int:
        return self._now()

    def until_due(self) -> float | None:
        """Seconds until something happens by itself."""
        due = self.cloud.next_due()
        return None if due is None else max(0, due - self._now()) / SECOND

    def concerns(self) -> bool:
        """Does the calling thread live in this time?"""
        return threading.current_thread() in self.crew

    def close(self) -> NeverEnds | None:
        """Those that wait still do so in the machine's time; the EndlessWait that another thread has come to."""
        self.over = True
        self.crew.keep()
        for waiter in list(self._waiting.values()):
            waiter.awake()
        return self._ends.pop(self.crew.home, None)

    # --- waiting

    def sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        amount = round(seconds * SECOND)
        if not self.crew.others():
            return self._pass_to(self._now() + amount)
        waiter = self._waiter(amount, hears=True)
        self.wait(waiter, waiter.rest)

    def wait_for(self, signalled: Callable[[float], bool], seconds: float | None, **how: Any) -> bool:
        """Whether something was signalled within its time; `signalled` looks for so many of the machine's seconds.

        `how` is what else is known of the Waiter.
        """
        amount = None if seconds is None else ceil(seconds * SECOND - NOISE)
        return self.wait(self._waiter(amount, **how), signalled)

    def _waiter(self, amount: int | None, **how: Any) -> Waiter:
        with self._mutex:
            self._number += 1
            due = None if amount is None else self._now() + amount
            return Waiter(threading.current_thread(), amount, due, self._number, **how)

    def wait(self, me: Waiter, signalled: Callable[[float], bool]) -> bool:
        """False when it is due, True if it was signalled before."""
        tick, held = 0.0, real_monotonic()
        try:
            while True:
                self._begin(me)
                found = signalled(tick)
                self._heed(me)
                if found:
                    return True
                if self.over:
                    return self._wait_alone(me, signalled)
                stopped, first = self._look()
                if first is not None and first is not me:
                    first.awake()  # it may be its turn
                mine = first is me or first is None
                if not (stopped and mine) and not (first is me and me.is_late()):
                    tick, held = min(max(tick * 2, TICK), self._longest_tick(me, first)), real_monotonic()
                    continue
                if first is not None or real_monotonic() - held >= self._patience(me, stopped):
                    if signalled(0.0):  # before the others began to wait
                        return True
                    if self._end_of(me, first):
                        return False
                tick = TICK
        finally:
            self._stop(me)

    def _begin(self, me: Waiter) -> None:
        with self._mutex:
            self._waiting[me.thread] = me

    def _stop(self, me: Waiter) -> None:
        with self._mutex:
            self._waiting.pop(me.thread, None)
            first = self._first()
        self.crew.moved(me.thread)
        if first is not None:
            first.awake()  # to look after all the others from here on

    def _first(self) -> Waiter | None:
        """Who is due first."""
        due = [one for one in self._waiting.values() if one.due is not None]
        return min(due, key=lambda one: (one.due, one.number), default=None)

    def _longest_tick(self, me: Waiter, first: Waiter | None) -> float:
        """Seconds between two looks, of one who waits for others to do something."""
        looked_after = first is not me and me.thread is not self.crew.home and (me.hears or me.due is None)
        return SLOW_TICK if looked_after else LONGEST_TICK

    def _look(self) -> tuple[Standing, Waiter | None]:
        """What all others do, RUN being 0; and who is due first."""
        with self._mutex:
            if ON[-1:] != [self]:
                return Standing.RUN, None  # another time is on within this one
            standing = Standing.WAIT
            for thread in self.crew.others(self._waiting):
                if not _waits_elsewhere(self, thread):
                    standing = min(standing, self.crew.standing(thread))
            for waiter in self._waiting.values():
                if waiter.hold() > 0 or waiter.ready() or waiter.thread in self._ends:
                    standing = Standing.RUN
            return standing, self._first()

    def _patience(self, me: Waiter, standing: Standing) -> float:
        """Seconds for which all must wait before they are taken to do so for ever."""
        known = standing is Standing.WAIT and self.crew.is_alone()
        return max(0.0 if known else STRANGERS, *(one.patience for one in [me, *self._waiting.values()]))

    def _end_of(self, me: Waiter, first: Waiter | None) -> bool:
        """Is its wait over, because it is due?"""
        if first is None:
            self._fail(me)
            return False
        with self._mutex:  # somebody else may have gone on meanwhile
            if me.thread not in self._waiting:
                return False
            del self._waiting[me.thread]
        self.crew.moved(me.thread)
        assert me.due is not None
        self._pass_to(me.due)
        return True

    def _pass_to(self, at: int) -> None:
        """Let time pass; EndlessWait if there is not so much of it."""
        if at > self._end:
            self.cloud.go(max(self._end, self._now()))
            error = EndlessWait(self._too_long())
            if threading.current_thread() is not self.crew.home:
                self._ends[self.crew.home] = error
            raise error
        if at > self._now():
            self.cloud.go(at)

    def _wait_alone(self, me: Waiter, signalled: Callable[[float], bool]) -> bool:
        """In the machine's time, for what was left when the test was over."""
        leave(me.thread)
        left = None if me.due is None else (me.due - self._now()) / SECOND
        end = None if left is None else real_monotonic() + left
        while end is None or real_monotonic() < end:
            if signalled(AFTERWARDS if end is None else max(0.0, min(AFTERWARDS, end - real_monotonic()))):
                return True
        return False

    # --- what is said when there is no end

    def _too_long(self) -> str:
        place = place_of(sys._getframe(1))
        return "\n".join(filter(None, (
            f"More than {duration(self._limit)} of the cloud's time have passed, and {place} still waits.",
            "Give the code under test a timeout; a test that needs more time says so: time_limit=\"3d\".",
            self.cloud.standing(),
        )))  # fmt: skip

    def _fail(self, me: Waiter) -> None:
        """The test's own thread tells, if it is one of those that wait; the others end, too."""
        with self._mutex:
            waiting = list(self._waiting.values())
        if me.thread is not self.crew.home and any(one.thread is self.crew.home for one in waiting):
            real_sleep(TICK)
            return
        said = ["Everybody waits, and nothing is due: this would never end."]
        for thread in [me.thread, *self.crew.others()]:
            said += [f"  {line}" for line in waits(thread)]
        for one in waiting:
            if one is not me:
                self._ends[one.thread] = Left()
                one.awake()
        raise Deadlock("\n".join(filter(None, (*said, self.cloud.standing()))))

    def _heed(self, me: Waiter) -> None:
        if self._ends and (error := self._ends.pop(me.thread, None)):
            raise error


ON: list[SharedTime] = []  # the last one counts


def _waits_elsewhere(time: SharedTime, thread: threading.Thread) -> bool:
    """In a time around this one, which stands still."""
    return any(thread in other._waiting for other in ON if other is not time)


def duration(amount: int) -> str:
    """Of microseconds, in the largest unit that fits."""
    for unit, size in ("d", DAY), ("h", 3600 * SECOND), ("min", 60 * SECOND):
        if amount >= size and amount % size == 0:
            return f"{amount // size} {unit}"
    return f"{amount / SECOND:g} s"
