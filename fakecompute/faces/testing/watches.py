"""Every watch of the process tells another time: `time.time`, `time.monotonic`, `datetime.now` and their kin.

freezegun's `datetime` and `date` are what is read; they are put in place here, because freezegun's own search through
all modules, anew for each test, takes ten times as long as a test's cloud.
"""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

from freezegun import api as freezegun

from fakecompute.faces.testing.endings import EndlessWait

NANOSECONDS = 1000  # in one of the cloud's units
LOOKS = 500_000  # at a watch that stands still, after which a loop is taken to wait for it

# Modules that need the machine's time, whichever thread they run in: they speak with other processes, or measure the
# test run.
LIVE = (
    "_pytest.", "cheroot.", "coverage.", "execnet.", "fakecompute.faces.child", "fakecompute.faces.server",
    "fakecompute.kernel.clock", "freezegun", "hypothesis.", "multiprocessing.", "pluggy.", "pytest_timeout",
    "subprocess", "xdist.",
)  # fmt: skip

OURS = "fakecompute.faces.testing."  # in which real_time is what it says

real_time, real_time_ns = time.time, time.time_ns
real_monotonic, real_monotonic_ns = time.monotonic, time.monotonic_ns
real_sleep = time.sleep
real_datetime = datetime.datetime


def is_live(frame: FrameType) -> bool:
    """Is it code that needs the machine's time?  A pool of threads calls on what does not."""
    name = str(frame.f_globals.get("__name__"))
    return name.startswith(LIVE) and (name != "multiprocessing.pool" or frame.f_code.co_name.startswith("_"))


class Reading:
    """What the watches of the process tell while one is on: `now` in microseconds since 1970, if `concerns` says so.

    `concerns` is asked whether the thread that looks is meant.
    """

    def __init__(self, now: Callable[[], int], concerns: Callable[[], bool]) -> None:
        self.now, self.concerns = now, concerns
        self._began, self._ticked, self._counted = now(), time.monotonic_ns(), time.perf_counter_ns()
        self._seen, self._looks = self._began, 0

    def look(self) -> int:
        """What it is now; EndlessWait for who does nothing but look."""
        now = self.now()
        if now != self._seen:
            self._seen, self._looks = now, 0
        self._looks += 1
        if self._looks > LOOKS:
            self._looks = 0
            raise EndlessWait("The client looks at the watch again and again, and never sleeps: no time would pass.")
        return now

    def nanoseconds(self) -> int:
        return self.look() * NANOSECONDS

    def ticks(self) -> int:
        """Of the monotonic clock, which goes on from where it stood."""
        return self._ticked + (self.look() - self._began) * NANOSECONDS

    def counts(self) -> int:
        """The same of the performance counter."""
        return self._counted + (self.look() - self._began) * NANOSECONDS

    def __call__(self) -> datetime.datetime:
        """For freezegun's `datetime`: now, in UTC and without a zone."""
        asks: FrameType | None = sys._getframe(1)
        while asks is not None and asks.f_globals.get("__name__") == freezegun.__name__:
            asks = asks.f_back
        live = not self.concerns() or (asks is not None and is_live(asks))
        now = real_time_ns() // NANOSECONDS if live else self.look()
        return real_datetime(1970, 1, 1) + datetime.timedelta(microseconds=now)

    def tick(self, delta: datetime.timedelta) -> None:
        """freezegun offers it; time goes on with the cloud alone."""
        raise TypeError("this is the time of a cloud: cloud.advance(30) moves it")


_on: list[Reading] = []  # the last one counts


def _reading() -> Reading | None:
    """What tells the time to who asked the caller's caller; None: the machine."""
    if not _on or not _on[-1].concerns() or is_live(sys._getframe(2)):
        return None
    return _on[-1]


# --- the watches


def _nanoseconds(real: Callable[[], int], shown: Callable[[Reading], int]) -> Callable[[], int]:
    @wraps(real)
    def watch() -> int:
        reading = _reading()
        return real() if reading is None else shown(reading)

    return watch


def _seconds(real: Callable[[], float], shown: Callable[[Reading], int]) -> Callable[[], float]:
    @wraps(real)
    def watch() -> float:
        reading = _reading()
        return real() if reading is None else shown(reading) / 1_000_000_000

    return watch


def _broken_down(real: Callable[[float], time.struct_time]) -> Callable[..., time.struct_time]:
    @wraps(real)
    def watch(seconds: float | None = None) -> time.struct_time:
        reading = _reading() if seconds is None else None
        if reading is not None:
            seconds = reading.nanoseconds() / 1_000_000_000
        return real(real_time() if seconds is None else seconds)

    return watch


def _written(real: Callable[..., str], local: Callable[[float], time.struct_time]) -> Callable[..., str]:
    @wraps(real)
    def watch(format: str, at: Any = None) -> str:
        reading = _reading() if at is None else None
        if reading is not None:
            at = local(reading.nanoseconds() / 1_000_000_000)
        return real(format) if at is None else real(format, at)

    return watch


def _told(real: Callable[..., str], made: Callable[[float], Any]) -> Callable[..., str]:
    @wraps(real)
    def watch(at: Any = None) -> str:
        reading = _reading() if at is None else None
        if reading is not None:
            at = made(reading.nanoseconds() / 1_000_000_000)
        return real() if at is None else real(at)

    return watch


# What is exchanged, and for what.
FAKES: dict[Any, Any] = {
    time.time: _seconds(time.time, Reading.nanoseconds),
    time.time_ns: _nanoseconds(time.time_ns, Reading.nanoseconds),
    time.monotonic: _seconds(time.monotonic, Reading.ticks),
    time.monotonic_ns: _nanoseconds(time.monotonic_ns, Reading.ticks),
    time.perf_counter: _seconds(time.perf_counter, Reading.counts),
    time.perf_counter_ns: _nanoseconds(time.perf_counter_ns, Reading.counts),
    time.gmtime: _broken_down(time.gmtime),
    time.localtime: _broken_down(time.localtime),
    time.strftime: _written(time.strftime, time.localtime),
    time.ctime: _told(time.ctime, lambda seconds: seconds),
    time.asctime: _told(time.asctime, time.localtime),
    datetime.datetime: freezegun.FakeDatetime,
    datetime.date: freezegun.FakeDate,
}
monotonic: Callable[[], float] = FAKES[time.monotonic]


def put_on(reading: Reading, fakes: Mapping[Any, Any] = FAKES) -> None:
    """From here on it is what watches tell; `fakes` are all functions that are exchanged."""
    if not _on:
        PLACES.exchange(fakes)
    _on.append(reading)
    freezegun.freeze_factories.append(reading)  # type: ignore[arg-type]
    freezegun.tz_offsets.append(datetime.timedelta(0) if time.timezone == 0 else _local_offset())
    freezegun.ignore_lists.append(())
    freezegun.tick_flags.append(False)


def take_off(fakes: Mapping[Any, Any] = FAKES) -> None:
    """They tell what they told before."""
    for stack in freezegun.freeze_factories, freezegun.tz_offsets, freezegun.ignore_lists, freezegun.tick_flags:
        stack.pop()
    _on.pop()
    if not _on:
        PLACES.restore(fakes)


def _local_offset() -> datetime.timedelta:
    return datetime.timedelta(seconds=time.localtime(0).tm_gmtoff)


def is_on() -> bool:
    return bool(_on)


# --- putting them in place


@dataclass
class Places:
    """Where functions of the standard library were kept under names of others; modules are looked through once.

    That is in a module, in a class, or as the default of an argument: `def poll(sleep=time.sleep)`.
    """

    _known: dict[int, Any] = field(default_factory=dict)
    _found: dict[int, list[Place]] = field(default_factory=dict)  # by the real one's id
    _seen: list[Any] = field(default_factory=list)

    def exchange(self, fakes: Mapping[Any, Any]) -> None:
        self._look(fakes)
        for real, fake in fakes.items():
            for place in self._found.get(id(real), ()):
                place.put(real, fake)

    def restore(self, fakes: Mapping[Any, Any]) -> None:
        self._look(fakes)
        for real, fake in fakes.items():
            for place in self._found.get(id(real), ()):
                place.put(fake, real)

    def _look(self, fakes: Mapping[Any, Any]) -> None:
        """Through the modules that are new; one that was imported meanwhile has a fake where others have the real."""
        modules = list(sys.modules.values())
        if modules == self._seen:
            return
        new = [one for one in modules if id(one) not in self._known]
        self._seen = modules
        wanted = {id(one): id(real) for pair in fakes.items() for real in pair[:1] for one in pair}
        for module in new:
            self._known[id(module)] = module
            name = str(getattr(module, "__name__", ""))
            if isinstance(module, ModuleType) and not name.startswith((*LIVE, OURS)):
                for value, place in _places(module, name):
                    if id(value) in wanted:
                        self._found.setdefault(wanted[id(value)], []).append(place)


class Place(NamedTuple):
    """Where something is kept: the name in a module or class, or among the defaults of a function."""

    owner: Any
    name: str | int

    def put(self, old: Any, new: Any) -> None:
        """Another, if it is still the one that was there."""
        owner, name = self
        if isinstance(owner, FunctionType):
            _default(owner, name, old, new)
        elif isinstance(owner, type):
            kept = vars(owner).get(str(name))
            if kept is old:
                setattr(owner, str(name), new)
            elif isinstance(kept, staticmethod) and kept.__func__ is old:
                setattr(owner, str(name), staticmethod(new))
        elif owner.get(name) is old:
            owner[name] = new


def _default(function: FunctionType, name: str | int, old: Any, new: Any) -> None:
    if isinstance(name, str):
        named = function.__kwdefaults__ or {}
        if named.get(name) is old:
            named[name] = new
    elif name < len(defaults := function.__defaults__ or ()) and defaults[name] is old:
        function.__defaults__ = (*defaults[:name], new, *defaults[name + 1 :])


def _places(module: ModuleType, name: str) -> Iterator[tuple[Any, Place]]:
    """All that a module keeps, and where: what it has made itself is looked into."""
    for key, value in list(vars(module).items()):
        yield value, Place(vars(module), key)
        if isinstance(value, FunctionType) and value.__module__ == name:
            yield from _defaults(value)
        elif type(value) is type and value.__module__ == name:
            for inner, kept in list(vars(value).items()):
                plain = kept.__func__ if isinstance(kept, staticmethod | classmethod) else kept
                yield plain, Place(value, inner)
                if isinstance(plain, FunctionType):
                    yield from _defaults(plain)


def _defaults(function: FunctionType) -> Iterator[tuple[Any, Place]]:
    for number, value in enumerate(function.__defaults__ or ()):
        yield value, Place(function, number)
    for name, value in (function.__kwdefaults__ or {}).items():
        yield value, Place(function, name)


PLACES = Places()
