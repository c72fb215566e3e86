"""Who shares a test's time, and what they do: whether any thread still runs, and where those that do not wait.

Most waits are known (waiting.py).  A thread that stands still in any other way, at a lock or a function of C, is taken
to wait once it has not moved for a moment; one that speaks with the world outside is given longer, for that takes the
machine's time, and one that waits for another process all it takes.
"""

from __future__ import annotations

import sys
import threading
from asyncio import all_tasks
from collections.abc import Container
from contextlib import suppress
from enum import IntEnum
from types import FrameType
from typing import Any
from weakref import WeakSet

from fakecompute.faces.testing.watches import LIVE, OURS, real_monotonic

# Seconds of the machine's ...
STILL = 0.02  # ... after which a thread that stands still is taken to wait ...
OUTSIDE = 0.5  # ... where it speaks with another machine, or another thread of this one, over a socket ...
UNEMPLOYED = 0.002  # ... and where a pool's worker waits for work: a function of C, which nothing tells of

SPEAKING = ("socket", "ssl", "http.client", "urllib3.")  # modules in which sockets are waited for ...
OTHERS = ("subprocess", "multiprocessing", "asyncio.unix_events")  # ... and processes
SERVERS = ("fakecompute", "CP Server", "execnet")  # names of threads that live in the machine's time ...
IDLE = (*SERVERS, "pytest_timeout", "tqdm", "Dummy")  # ... and of those that nobody waits for
CHEROOTS = "(_serve_unservicable)"  # a thread of its servers, which does not end with them
MACHINERY = (
    "threading", "queue", "asyncio", "concurrent.", "selectors", "contextlib", "anyio.", OURS,
)  # fmt: skip  where no client waits: it is found further up
DEPTH = 4  # frames that are looked at for what a thread does


class Standing(IntEnum):
    """What a thread does."""

    RUN = 0
    SEEM_TO_WAIT = 1
    WAIT = 2


# Threads that began in a test's time and live on: they share that of the next one, as the workers of a pool do.
_natives: WeakSet[threading.Thread] = WeakSet()


class Crew:
    """The threads of one time: its own, and those that begin in it."""

    def __init__(self) -> None:
        self.home = threading.current_thread()
        self._known = {
            one: one in _natives or _is_idle(one) for one in threading.enumerate() if one is not self.home
        }
        self._last: dict[threading.Thread, tuple[Any, float]] = {}  # how a thread stood, and since when

    def __contains__(self, thread: threading.Thread) -> bool:
        if thread is self.home:
            return True
        if (known := self._known.get(thread)) is None:
            known = self._known[thread] = not _serves(thread)
        return known

    def others(self, without: Container[threading.Thread] = ()) -> list[threading.Thread]:
        """All but the calling thread; those of servers and of pytest's own are none."""
        me = threading.current_thread()
        return [one for one in threading.enumerate() if one is not me and one not in without and one in self]

    def is_alone(self) -> bool:
        """Is there no thread of others that may still bring something about?"""
        return all(
            one in self or one.name.startswith(IDLE) or one.name.endswith(CHEROOTS) for one in threading.enumerate()
        )

    def keep(self) -> None:
        """Those that are left share the next time, too."""
        _natives.update(one for one in threading.enumerate() if one in self and one is not self.home)

    def moved(self, thread: threading.Thread) -> None:
        """It is known to have done something."""
        self._last.pop(thread, None)

    def standing(self, thread: threading.Thread) -> Standing:
        """Of a thread that does not wait in a way that is known."""
        frame = sys._current_frames().get(thread.ident or 0)
        if frame is None:
            return Standing.RUN  # it has just begun
        switches = _switches(thread)
        if switches is None:
            self.moved(thread)
            return Standing.RUN
        stands, now = (id(frame), frame.f_lasti, switches), real_monotonic()
        before, since = self._last.get(thread, (None, now))
        if before != stands:
            since = now
        self._last[thread] = stands, since
        found, needed = _wait_in(frame)
        return found if now - since >= needed else Standing.RUN


def leave(thread: threading.Thread) -> None:
    """It shares no test's time any more."""
    _natives.discard(thread)


def _wait_in(frame: FrameType) -> tuple[Standing, float]:
    """What it is if a thread stands still there, and for how long it must."""
    if _is_worker(frame):
        return (Standing.RUN, 0.0) if frame.f_locals["work_queue"].qsize() else (Standing.WAIT, UNEMPLOYED)
    outer: FrameType | None = frame
    for _ in range(DEPTH):
        if outer is None:
            break
        name = str(outer.f_globals.get("__name__"))
        if name.startswith(OTHERS) and name != "multiprocessing.pool":
            return Standing.RUN, 0.0
        if name.startswith(SPEAKING):
            return Standing.SEEM_TO_WAIT, OUTSIDE
        outer = outer.f_back
    return Standing.SEEM_TO_WAIT, STILL


def _is_worker(frame: FrameType) -> bool:
    """Of a ThreadPoolExecutor, and without work?"""
    return frame.f_code.co_name == "_worker" and frame.f_globals.get("__name__") == "concurrent.futures.thread"


def _is_idle(thread: threading.Thread) -> bool:
    """A pool that was there before the test works for it."""
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and _is_worker(frame)


def _switches(thread: threading.Thread) -> str | None:
    """How often it has given up a processor, None while it has one: where the machine tells, as Linux does.

    One that computes in C, or waits for the interpreter, stands still and does not wait.
    """
    try:
        with open(f"/proc/self/task/{thread.native_id}/status") as file:
            told = file.read()
    except OSError:
        return ""
    return None if "\nState:\tR" in told else told[told.find("voluntary_ctxt_switches") :]


def _serves(thread: threading.Thread) -> bool:
    """Is it one of a server, or of the machinery of tests or processes?"""
    made_by, target = type(thread).__module__, getattr(thread, "_target", None)
    if made_by == "multiprocessing.dummy":
        return False  # a worker in a pool of threads
    runs = str(getattr(target, "__module__", ""))
    return f"{made_by}.".startswith(LIVE) or f"{runs}.".startswith(LIVE) or thread.name.startswith(SERVERS)


# --- where they wait, for who reads of it


def waits(thread: threading.Thread) -> list[str]:
    """`MainThread waits in client.py:41 in wait_for_server`; and its tasks, if it has an event loop."""
    frame = sys._current_frames().get(thread.ident or 0)
    told = [f"{thread.name} waits in {place_of(frame)}"]
    while frame is not None:
        if frame.f_code.co_name == "run_forever" and (loop := frame.f_locals.get("self")) is not None:
            with suppress(RuntimeError):  # they change meanwhile
                told += sorted(f"  its {task.get_name()} in {_place_of_task(task)}" for task in all_tasks(loop))
            break
        frame = frame.f_back
    return told


def place_of(frame: FrameType | None) -> str:
    """Where the code under test is; where the machinery is, if nothing else is there."""
    for names in (*MACHINERY, *LIVE), (OURS,):
        found = frame
        while found is not None and str(found.f_globals.get("__name__")).startswith(names):
            found = found.f_back
        if found is not None:
            return _line(found)
    return "a function of C"


def _place_of_task(task: Any) -> str:
    """The innermost place in code of the client's, along what it awaits."""
    awaited, place = task.get_coro(), "the machinery of asyncio"
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        if not str(frame.f_globals.get("__name__")).startswith(MACHINERY):
            place = _line(frame)
        awaited = awaited.cr_await
    return place


def _line(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"
