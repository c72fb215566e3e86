"""One time for a cloud and the process that tests it.

While `shared_time(cloud)` holds, `time.sleep` moves the cloud's clock instead of waiting, and `time.time`,
`time.monotonic`, `datetime.now` and their kin tell what the cloud's clock tells: a wait of ten minutes is over at
once, and timeouts, token lifetimes and timestamps agree.  `asyncio.sleep` and waits on locks and sockets take real
time.

Sleeps are exact, but for openstacksdk's own: when it waits for a server, it looks again when something has happened,
however long that takes, and its timeouts hold.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any

from freezegun import freeze_time

from fakecompute.kernel.clock import AutoClock, ManualClock, microseconds

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# modules that need the machine's time: they speak with sockets and other processes, or measure the test run
LIVE = ["_pytest.timing", "cheroot", "execnet", "fakecompute.faces.server", "xdist"]
_PATIENT = tuple(LIVE)
# openstacksdk's loop over a deadline: between two looks nothing but time goes by, so it may go by at once
_POLLS = "openstack.utils"


class SharedClock(ManualClock):
    """A virtual clock that moves the frozen time of the process along."""

    def __init__(self, own: ManualClock, frozen: Any) -> None:
        super().__init__(own.at)
        self.jumps = own.jumps
        self._frozen = frozen

    def advance(self, amount: int) -> None:
        super().advance(amount)
        self._frozen.tick(timedelta(microseconds=amount))

    def fork(self) -> ManualClock:
        """A twin's time is its own."""
        return AutoClock(self.at) if self.jumps else ManualClock(self.at)


@contextmanager
def shared_time(cloud: Cloud) -> Iterator[None]:
    """The block lives in the cloud's time, if that is virtual; all is as it was afterwards, but for the time."""
    own = cloud.clock
    if not isinstance(own, ManualClock):
        yield
        return
    freezer = freeze_time(datetime(1970, 1, 1) + timedelta(microseconds=own.at), ignore=LIVE, real_asyncio=True)
    cloud.clock = clock = SharedClock(own, freezer.start())
    real = time.sleep
    fake = _sleep(cloud, real)
    _exchange(real, fake)
    try:
        yield
    finally:
        _exchange(fake, real)
        freezer.stop()
        own.at = clock.at
        cloud.clock = own


def _sleep(cloud: Cloud, real: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float) -> None:
        """Let the cloud's time pass."""
        caller = str(sys._getframe(1).f_globals.get("__name__", ""))
        if caller.startswith(_PATIENT):
            return real(seconds)
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        with cloud.lock:
            amount = microseconds(seconds)
            if caller == _POLLS and (due := cloud.events.next_due()) is not None:
                amount = max(amount, due - cloud.clock.now())
            cloud.clock.advance(amount)
            cloud.catch_up()

    return sleep


def _exchange(old: object, new: object) -> None:
    """Put one function in the place of the other in `time`, and where it was imported by its name."""
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and vars(module).get("sleep") is old and not name.startswith(_PATIENT):
            vars(module)["sleep"] = new


