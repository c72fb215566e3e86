"""How long each step takes: a duration a step name, drawn from the cloud's seed.

The names are `server.<trigger>.<step>` and globs over them; the first that fits counts, a user's own before the
profile's.  Medians and spreads of `real` are those of real clouds (estimates: spec/time.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import exp, log
from typing import Any, TypeVar

from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.streams import Streams

_Z95 = 1.6449  # standard deviations from the median to the 95th percentile
_Z99 = 2.3263

D = TypeVar("D")
Facts = Callable[[], Mapping[str, Any]]  # of the step's subject, for who asks


@dataclass(frozen=True)
class Duration:
    """Seconds: lognormal around `median` with `sigma`, uniform from `low` to `high`, or exponential with a `mean`.

    With `polls` it is no time: the step is over when its subject was looked at so often (domain/looks.py).
    """

    median: float = 0.0
    sigma: float = 0.0
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    polls: int = 0

    def draw(self, streams: Streams, place: tuple[object, ...]) -> int:
        """Microseconds, the same for the same place."""
        if self.low is not None and self.high is not None:
            return round((self.low + (self.high - self.low) * streams.uniform_at(*place)) * SECOND)
        if self.mean is not None:
            return round(-self.mean * log(streams.uniform_at(*place)) * SECOND)
        spread = exp(self.sigma * streams.normal_at(*place)) if self.sigma else 1.0
        return round(self.median * spread * SECOND)


@dataclass(frozen=True)
class By:
    """Another duration for each flavor (host, zone ...) of the subject: globs, of which the first that fits counts."""

    fact: str
    cases: tuple[tuple[str, Duration | By], ...]

    def of(self, facts: Facts) -> Duration | None:
        """None if no case is its."""
        value = facts().get(self.fact)
        word = "" if value is None else str(value)
        found = next((case for glob, case in self.cases if fnmatchcase(word, glob)), None)
        return found.of(facts) if isinstance(found, By) else found


def constant(seconds: float) -> Duration:
    return Duration(seconds)


def lognormal(p50: float, *, p95: float | None = None, p99: float | None = None) -> Duration:
    """By its median and one high percentile."""
    if p95 is not None:
        return Duration(p50, log(p95 / p50) / _Z95)
    if p99 is not None:
        return Duration(p50, log(p99 / p50) / _Z99)
    return Duration(p50)


def uniform(low: float, high: float) -> Duration:
    return Duration(low=low, high=high)


def exponential(mean: float) -> Duration:
    return Duration(mean=mean)


def polls(looks: int) -> Duration:
    return Duration(polls=looks)


# spec/time.md, section 1: median and 95th percentile of the whole, split over the steps.
# fmt: off
REAL: dict[str, Duration] = {
    "server.create.scheduling":            lognormal(1.0, p95=4.0),
    "server.create.claiming":              lognormal(0.3, p95=0.6),
    "server.create.networking":            lognormal(2.0, p95=8.0),
    "server.create.block_device_mapping":  lognormal(0.3, p95=2.0),
    "server.create.spawning":              lognormal(8.0, p95=25.0),
    "server.delete.deleting":              lognormal(4.0, p95=15.0),
    "server.start.powering-on":            lognormal(4.0, p95=15.0),
    "server.stop.powering-off":            lognormal(8.0, p95=60.0),
    "server.reboot_soft.rebooting":        lognormal(1.0, p95=3.0),
    "server.reboot_soft.reboot_pending":   lognormal(1.0, p95=3.0),
    "server.reboot_soft.reboot_started":   lognormal(8.0, p95=100.0),
    "server.reboot_hard.rebooting_hard":       lognormal(1.0, p95=3.0),
    "server.reboot_hard.reboot_pending_hard":  lognormal(1.0, p95=3.0),
    "server.reboot_hard.reboot_started_hard":  lognormal(4.0, p95=14.0),
    "server.pause.pausing":                lognormal(0.7, p95=2.0),
    "server.unpause.unpausing":            lognormal(0.7, p95=2.0),
    "server.suspend.suspending":           lognormal(15.0, p95=90.0),
    "server.resume.resuming":              lognormal(10.0, p95=60.0),
    "server.resize.resize_prep":           lognormal(5.0, p95=20.0),
    "server.resize.resize_migrating":      lognormal(45.0, p95=500.0),
    "server.resize.resize_migrated":       lognormal(2.0, p95=10.0),
    "server.resize.resize_finish":         lognormal(8.0, p95=70.0),
    "server.confirmResize.confirming":     lognormal(3.0, p95=10.0),
    "server.revertResize.resize_reverting": lognormal(20.0, p95=60.0),
    "server.revertResize.powering-off":    lognormal(8.0, p95=60.0),
    "server.migrate.scheduling":           lognormal(1.0, p95=4.0),
    "server.migrate.resize_migrating":     lognormal(45.0, p95=500.0),
    "server.migrate.resize_finish":        lognormal(8.0, p95=70.0),
    "server.live_migrate.running":         lognormal(30.0, p95=170.0),
    "server.rebuild.*":                    lognormal(5.0, p95=18.0),
    "server.evacuate.*":                   lognormal(8.0, p95=24.0),
    "server.*.restarted":                  constant(0.1),
    "server.*.powering-off":               lognormal(8.0, p95=60.0),
    "server.rescue.rescuing":              lognormal(20.0, p95=80.0),
    "server.unrescue.unrescuing":          lognormal(20.0, p95=80.0),
    "server.soft_delete.soft-deleting":    lognormal(3.0, p95=8.0),
    "server.restore.restoring":            lognormal(4.0, p95=15.0),
    "server.*.image_uploading":            lognormal(50.0, p95=800.0),
    "server.shelve.shelving_image_uploading": lognormal(75.0, p95=500.0),
    "server.unshelve.spawning":            lognormal(25.0, p95=150.0),
    "server.unshelve.powering-on":         lognormal(4.0, p95=15.0),
    "server.detach_interface.detaching":   lognormal(2.0, p95=6.0),
    "volume.attach.connecting":            lognormal(2.0, p95=8.0),
    "volume.attach.attaching":             lognormal(3.0, p95=10.0),
    "volume.detach.detaching":             lognormal(5.0, p95=20.0),
    "volume.detach.disconnecting":         lognormal(1.0, p95=5.0),
    "volume.swap.swapping":                lognormal(60.0, p95=600.0),
    "volume.create.scheduling":            lognormal(0.5, p95=2.0),
    "volume.create.creating":              lognormal(1.5, p95=6.0),
    "volume.create.downloading":           lognormal(38.0, p95=200.0),
    "volume.create.copying":               lognormal(4.0, p95=30.0),
    "volume.delete.deleting":              lognormal(5.0, p95=30.0),
    "volume.*.scheduling":                 lognormal(0.2, p95=0.5),
    "volume.*.preparing":                  lognormal(2.0, p95=10.0),
    "volume.extend.extending":             lognormal(3.0, p95=12.0),
    "volume.retype.retyping":              lognormal(2.0, p95=10.0),
    "volume.retype.moving":                lognormal(60.0, p95=600.0),
    "volume.migrate.migrating":            lognormal(60.0, p95=600.0),
    "volume.migrate.completing":           lognormal(2.0, p95=10.0),
    "volume.upload.converting":            lognormal(5.0, p95=30.0),
    "volume.upload.uploading":             lognormal(50.0, p95=400.0),
    "volume.revert.reverting":             lognormal(3.0, p95=20.0),
    "volume.reimage.downloading":          lognormal(8.0, p95=16.0),   # Nova waits 20 s a GiB
    "volume.manage.managing":              lognormal(1.0, p95=4.0),
    "snapshot.create.scheduling":          lognormal(0.2, p95=0.5),
    "snapshot.create.creating":            lognormal(3.0, p95=20.0),
    "snapshot.delete.deleting":            lognormal(3.0, p95=20.0),
    "backup.create.scheduling":            lognormal(0.2, p95=0.5),
    "backup.create.preparing":             lognormal(3.0, p95=20.0),
    "backup.create.*":                     lognormal(180.0, p95=900.0),
    "backup.restore.*":                    lognormal(120.0, p95=900.0),
    "backup.delete.deleting":              lognormal(5.0, p95=30.0),
    "group.create.scheduling":             lognormal(0.5, p95=2.0),
    "group.create.creating":               lognormal(1.0, p95=4.0),
    "group.create.copying":                lognormal(8.0, p95=60.0),
    "group.update.updating":               lognormal(1.0, p95=4.0),
    "group.delete.deleting":               lognormal(8.0, p95=60.0),
    "group_snapshot.create.creating":      lognormal(5.0, p95=30.0),
    "group_snapshot.delete.deleting":      lognormal(5.0, p95=30.0),
    "server.*.failing":                    constant(0.1),   # between vm_state error and task_state null
    "image.*":                             lognormal(3.0, p95=10.0),
    "*":                                   lognormal(1.0, p95=3.0),
}
# fmt: on

FAST = 1 / 12  # a build, 12 seconds in the median, takes one


class Timing:
    """A table of durations: a profile, and what one sets oneself."""

    def __init__(
        self, table: Mapping[str, Duration], scale: float = 1.0, own: Mapping[str, Duration | By] | None = None
    ):
        self.table, self.scale, self.own = dict(table), scale, dict(own or {})

    @classmethod
    def profile(cls, name: str) -> Timing:
        """`real`; `fast`: the same proportions, a build in about a second; `instant`."""
        match name:
            case "real":
                return cls(REAL)
            case "fast":
                return cls(REAL, FAST)
            case "instant":
                return cls({"*": constant(0)})
        raise ValueError(f"there is no timing profile {name!r}; there are real, fast, instant")

    def with_own(self, own: Mapping[str, Duration | By]) -> Timing:
        """The same profile with other durations for some steps; these are not scaled."""
        return Timing(self.table, self.scale, {**self.own, **own})

    def draw(self, streams: Streams, step: str, *place: object, facts: Facts = dict) -> int:
        """Microseconds that this step takes for this subject."""
        mine = self._own(step, facts)
        if mine is not None:
            return mine.draw(streams, (step, *place))
        known = next(_fitting(self.table, step), None)
        return round(known.draw(streams, (step, *place)) * self.scale) if known else 0

    def polls(self, step: str, facts: Facts) -> int:
        """How often the subject is looked at until the step is over; 0 if time decides that."""
        mine = self._own(step, facts)
        return mine.polls if mine else 0

    def _own(self, step: str, facts: Facts) -> Duration | None:
        for found in _fitting(self.own, step):
            mine = found.of(facts) if isinstance(found, By) else found
            if mine is not None:
                return mine
        return None


def _fitting(table: Mapping[str, D], step: str) -> Iterator[D]:
    """What the step is called in the table: by its name, then by globs in their order."""
    if step in table:
        yield table[step]
    yield from (duration for glob, duration in table.items() if glob != step and fnmatchcase(step, glob))
