"""What the control API keeps beside a cloud: how it began, its snapshots, the recording, a clock that is paused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fakecompute.cloud import Cloud
from fakecompute.kernel.clock import Clock
from fakecompute.scenario.timeline import Timeline

if TYPE_CHECKING:
    from fakecompute.kernel.journal import Journal
    from fakecompute.scenario.load import Scenario


class Snapshot(NamedTuple):
    """A twin that stands still, and what its clock showed when it was taken."""

    name: str
    cloud: Cloud
    showed: int
    number: int


@dataclass
class Tended:
    """Of one cloud.  `lives` counts how often it became another: what is numbered begins anew then."""

    beginning: Snapshot
    scenario: Scenario | None = None
    make: Callable[[], Cloud] | None = None  # another one of the same scenario, for a reset
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    taken: int = 0
    paused: Clock | None = None  # the one that goes on
    tape: Timeline | None = None  # the recording
    tape_ended: bool = False
    former: Journal | None = None  # the journal that it has taken the place of
    save: Callable[[], Path] | None = None  # to disk, where the server keeps its state
    lives: int = 1
    forked: bool = False  # from another, by the control API

    @property
    def recording(self) -> bool:
        return self.tape is not None and not self.tape_ended

    def record(self, cloud: Cloud) -> None:
        """Begin a recording, unless one is running; a journal that there was is written on."""
        if not self.recording:
            self.former, self.tape_ended = cloud.journal, False
            self.tape = Timeline(cloud, journal=cloud.journal)

    def stop_recording(self, cloud: Cloud) -> None:
        if self.recording:
            cloud.journal, cloud.observer, self.tape_ended = self.former, None, True


def tend(cloud: Cloud, scenario: Scenario | None = None, make: Callable[[], Cloud] | None = None) -> Tended:
    """Begin to keep things beside a cloud; a reset goes back to here, or to what `make` gives."""
    kept = cloud.beside = Tended(snapshot_of(cloud, "beginning"), scenario, make)
    return kept


def tended(cloud: Cloud) -> Tended:
    """What is kept beside a cloud, from when it is first asked for; a recording that others have begun is one."""
    kept = cloud.beside if isinstance(cloud.beside, Tended) else tend(cloud)
    if isinstance(cloud.journal, Timeline):
        kept.tape, kept.tape_ended = cloud.journal, False
    return kept


def snapshot_of(cloud: Cloud, name: str, number: int = 0) -> Snapshot:
    return Snapshot(name, cloud.fork(), cloud.clock.now(), number)


def become(cloud: Cloud, snapshot: Snapshot) -> None:
    """Let a cloud be what a snapshot was, and its time go on from there; a recording begins anew."""
    cloud.become(alive(snapshot))
    kept = tended(cloud)
    kept.paused = None
    kept.lives += 1
    if isinstance(cloud.journal, Timeline):
        cloud.journal.begin(cloud)


def alive(snapshot: Snapshot) -> Cloud:
    """A twin of a snapshot whose clock goes on from what it showed."""
    twin = snapshot.cloud.fork()
    twin.clock = showing(twin.clock, snapshot.showed)
    return twin


def for_threads(cloud: Cloud) -> Cloud:
    """A cloud that several may ask at once."""
    cloud.lock = threading.RLock()
    return cloud


def showing(clock: Clock, moment: int) -> Clock:
    """A clock of the same kind that shows a moment now, and goes on from there."""
    twin = clock.fork()
    if (distance := moment - twin.now()) != 0:
        twin.advance(distance)
    return twin
