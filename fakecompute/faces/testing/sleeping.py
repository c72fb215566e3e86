"""The functions that are exchanged while a time is shared: sleeps, waits with a timeout, joins and event loops."""

from __future__ import annotations

import os
import sys
import threading
from asyncio.base_events import BaseEventLoop
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from fakecompute.faces.testing.standing import OUTSIDE
from fakecompute.faces.testing.waiting import ON, SECOND, WORLD, SharedTime
from fakecompute.faces.testing.watches import (
    FAKES,
    is_live,
    monotonic,
    put_on,
    real_monotonic,
    real_sleep,
    take_off,
)


def _time(caller: FrameType) -> SharedTime | None:
    """The time of who called, if it is shared; who has a Future or a Queue wait for it is the one who calls."""
    if not ON or not ON[-1].concerns():
        return None
    asks: FrameType | None = caller
    while asks is not None and str(asks.f_globals.get("__name__")).startswith(WAITERS):
        asks = asks.f_back
    return None if asks is not None and is_live(asks) else ON[-1]


WAITERS = ("threading", "queue", "concurrent.futures.")  # modules that wait in the name of others


def is_shared(cloud: object) -> bool:
    """Does the calling thread live in the time of this cloud?"""
    return bool(ON) and ON[-1].cloud is cloud and ON[-1].concerns()


def paused(cloud: object, seconds: float) -> bool:
    """The calling thread has slept in the time of this cloud, if it lives in it."""
    if shared := is_shared(cloud):
        ON[-1].sleep(seconds)
    return shared


# --- threads

_real_wait, _real_join = threading.Condition.wait, threading.Thread.join


def _sleep(seconds: float) -> None:
    """Let the test's time pass."""
    caller = sys._getframe(1)
    time = _time(caller)
    return real_sleep(seconds) if time is None else time.sleep(_leap(time, caller, seconds))


def _leap(time: SharedTime, caller: FrameType, seconds: float) -> float:
    """Until something happens, for loops in which nothing but time goes by between two looks: openstacksdk's.

    Never longer than until the loop gives up.
    """
    if not time.leaps and caller.f_globals.get("__name__") != "openstack.utils":
        return seconds
    due, left = time.until_due(), float("inf")
    if (patience := caller.f_locals.get("timeout")) and not time.leaps:
        left = caller.f_locals["start"] + patience - time.now / SECOND
    if due is None and left == float("inf"):
        return seconds
    return max(seconds, min(left, seconds if due is None else due))


def _wait(condition: Any, timeout: float | None = None) -> bool:
    """As threading has it, but for who lets time pass."""
    time = _time(sys._getframe(1))
    if time is None or (timeout is not None and timeout <= 0) or not condition._is_owned():
        return _real_wait(condition, timeout)
    signal = threading.Lock()  # one for all looks: between two of them it may be released
    signal.acquire()
    condition._waiters.append(signal)
    state, got_it = condition._release_save(), False

    def is_signalled() -> bool:
        """Also once its thread has heard of it, and has not yet said that it waits no more."""
        return not signal.locked() or signal not in condition._waiters

    try:
        got_it = time.wait_for(lambda tick: signal.acquire(timeout=tick), timeout, ready=is_signalled)
        return got_it
    finally:
        condition._acquire_restore(state)
        if not got_it:
            with suppress(ValueError):
                condition._waiters.remove(signal)


def _join(thread: threading.Thread, timeout: float | None = None) -> None:
    time = _time(sys._getframe(1))
    if time is None or not thread.is_alive() or thread is threading.current_thread():
        return _real_join(thread, timeout)

    def ended(tick: float) -> bool:
        _real_join(thread, tick)
        return not thread.is_alive()

    def ends() -> bool:
        return not thread.is_alive() or thread not in threading.enumerate()  # which it leaves a moment before

    time.wait_for(ended, timeout, ready=ends, patience=0.0 if thread in time.crew else float("inf"))


# --- event loops

_real_loop_time, _real_run_once = BaseEventLoop.time, BaseEventLoop._run_once  # type: ignore[attr-defined]


def _loop_time(loop: BaseEventLoop) -> float:
    return monotonic() if _time(sys._getframe(1)) is not None else _real_loop_time(loop)


def _run_once(loop: Any) -> None:
    real = getattr(loop, "_selector", None)
    if real is None or isinstance(real, Selector) or not ON:
        return _real_run_once(loop)  # type: ignore[no-any-return]
    if (patient := _selectors.get(loop)) is None or patient.real is not real:
        patient = _selectors[loop] = Selector(loop, real)
    loop._selector = patient
    try:
        _real_run_once(loop)
    finally:
        if loop._selector is patient:
            loop._selector = real


class Selector:
    """What an event loop waits with: for its timers in the test's time, for sockets in the machine's.

    As long as something comes and goes there, time does not jump: timeouts would cut off what is on its way.
    """

    def __init__(self, loop: Any, real: Any) -> None:
        self.loop, self.real = loop, real
        self._stirred, self._known = 0.0, frozenset[Any]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def select(self, timeout: float | None = None) -> Any:
        time = _time(sys._getframe(1))
        if time is None or (timeout is not None and timeout <= 0):
            return self.real.select(timeout)
        found: list[Any] = []

        def is_there(tick: float) -> bool:
            found[:] = self.real.select(tick)
            return bool(found)

        outside = self._outside()
        said = self.loop._ready  # what other threads have for it
        patience = WORLD if outside else 0.0
        time.wait_for(is_there, timeout, ready=lambda: bool(said), hold=self._hold, patience=patience)
        if any(key.fd in outside for key, _ in found):
            self.stir()
        return found

    def stir(self) -> None:
        self._stirred = real_monotonic()

    def _outside(self) -> frozenset[Any]:
        """All that it hears of but the loop's own pipe, by which threads wake it."""
        own = getattr(self.loop, "_ssock", None)
        known: Mapping[Any, Any] = getattr(self.real, "get_map", dict)() or {}
        pipe = own.fileno() if own is not None else None
        outside = frozenset(key.fd for key in known.values() if key.fd != pipe)
        if outside - self._known:
            self.stir()
        self._known = outside
        return outside

    def _hold(self) -> float:
        """Seconds for which an answer may be on its way; a child process lives in the machine's time."""
        if any(map(_is_process, self._known)):
            return OUTSIDE
        return self._stirred + OUTSIDE - real_monotonic() if self._known else 0.0


def _is_process(fd: int) -> bool:
    """How asyncio waits for a child, from Python 3.12 on."""
    try:
        return "pidfd" in os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        return False


_selectors: WeakKeyDictionary[Any, Selector] = WeakKeyDictionary()


# --- while a time is shared

_EXCHANGED: tuple[tuple[Any, str, Any, Any], ...] = (
    (threading.Condition, "wait", _real_wait, _wait),
    (threading.Thread, "join", _real_join, _join),
    (BaseEventLoop, "time", _real_loop_time, _loop_time),
    (BaseEventLoop, "_run_once", _real_run_once, _run_once),
)
_FAKES = {**FAKES, real_sleep: _sleep}


@contextmanager
def in_time(time: SharedTime) -> Iterator[SharedTime]:
    """The block, and the threads that begin in it, live in this time."""
    if not ON:
        for owner, name, _, fake in _EXCHANGED:
            setattr(owner, name, fake)
    ON.append(time)
    put_on(time.reading, _FAKES)
    try:
        yield time
    finally:
        take_off(_FAKES)
        ON.remove(time)
        if not ON:
            for owner, name, real, _ in _EXCHANGED:
                setattr(owner, name, real)
        ended = time.close()
    if ended is not None:
        raise ended
