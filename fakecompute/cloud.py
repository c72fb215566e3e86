"""The root: a whole cloud in one object.

cloud = Cloud(seed=42)                # the cloud that devstack's users know, in virtual time
cloud.advance(30)                     # half a minute later
what_if = cloud.fork()                # a twin that lives alone; costs microseconds
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from fakecompute.domain import (
    happenings,
    hosts,
    interfaces,
    message_queue,
    network_floatingips,
    network_trunks,
    workflows,
)
from fakecompute.domain.bootstrap import populate, read_definition
from fakecompute.domain.faults import Rule
from fakecompute.domain.placement import hosts as placement_hosts
from fakecompute.domain.releases import NEWEST, Release, release_named
from fakecompute.domain.settings import Settings
from fakecompute.domain.timing import Timing
from fakecompute.domain.volume import outages, services
from fakecompute.domain.volume.stages import LIFECYCLES
from fakecompute.kernel.clock import Clock, ManualClock, microseconds
from fakecompute.kernel.events import EventQueue
from fakecompute.kernel.journal import Journal
from fakecompute.kernel.store import Store
from fakecompute.kernel.streams import Streams

PERFORM = {
    workflows.STEP: workflows.perform,
    workflows.CLEAR: workflows.perform,
    workflows.TIMER: workflows.perform,
    happenings.HAPPENING: happenings.perform,
    hosts.SILENT: hosts.silent,
    hosts.SYNC: hosts.synchronise,
    placement_hosts.REPORT: placement_hosts.report_due,
    network_floatingips.SETTLE: network_floatingips.settle,
    network_trunks.WIRE: network_trunks.wired,
    interfaces.DETACH: interfaces.detached,
    message_queue.SILENT: message_queue.silent,
    outages.SILENT: outages.silent,
    services.FAILOVER: services.failed_over,
    **{lifecycle.event: lifecycle.perform for lifecycle in LIFECYCLES},
}  # who lives through which kind of event


class Cloud:
    """An OpenStack cloud in memory.

    `definition` is the name of a file of `fixtures/`, a path, or its content; `seed` decides every id and every
    draw; `clock` how time runs (by default it stands still until told); `timing` is a profile (`real`, `fast`,
    `instant`) or a Timing; `release` which OpenStack it is (`zed`, `2025.1`; the newest by default); `rules` what
    goes wrong.  BadDefinition lists all that is wrong with a definition.
    """

    def __init__(
        self,
        definition: str | Mapping[str, Any] = "default",
        *,
        seed: int = 0,
        clock: Clock | None = None,
        timing: str | Timing = "real",
        release: str = NEWEST,
        rules: Iterable[Rule] = (),
        settings: Settings | None = None,
    ) -> None:
        self._equip(
            store=Store(),
            events=EventQueue(),
            streams=Streams(seed),
            clock=clock or ManualClock(),
            timing=timing if isinstance(timing, Timing) else Timing.profile(timing),
            release=release_named(release),
            settings=settings or Settings(),
        )
        self.now = self.begun = self.clock.now()
        populate(self, read_definition(definition) if isinstance(definition, str) else definition)
        self.set_rules(rules)

    @classmethod
    def restored(cls, *, now: int, begun: int, **parts: Any) -> Cloud:
        """One of parts that were kept (scenario/state.py)."""
        cloud = object.__new__(cls)
        cloud._equip(**parts)
        cloud.now, cloud.begun = now, begun
        return cloud

    def _equip(
        self,
        *,
        store: Store,
        events: EventQueue,
        streams: Streams,
        clock: Clock,
        timing: Timing,
        release: Release,
        settings: Settings,
    ) -> None:
        """With all that a cloud has but its time."""
        self.store, self.events, self.streams = store, events, streams
        self.clock, self.timing, self.release, self.settings = clock, timing, release, settings
        self.journal: Journal | None = None
        self.observer: Callable[..., None] | None = None  # told after every event (with it) and every request
        self.lock: AbstractContextManager[Any] = nullcontext()  # a server with threads sets a real one
        self.beside: object | None = None  # what a face keeps: snapshots, a recording
        self._past: deque[tuple[int, Cloud]] = deque()  # what reads that are stale may look at

    # --- time

    def catch_up(self) -> bool:
        """Live through everything that is due; was there anything?

        `now` is an event's own time while it is performed, so that the history does not depend on who looks when.
        """
        limit = max(self.now, self.clock.now())
        lived = False
        while event := self.events.pop_due(limit):
            self.now = max(self.now, event.due)
            with self.transaction():
                PERFORM[event.kind](self, event)
            lived = True
            if self.observer is not None:
                self.observer(self, event)
        self.now = limit
        return lived

    def remember(self) -> None:
        """Keep how things are, as long as a rule may want to show it later: a fork, which costs next to nothing."""
        reads = self.store.by(Rule, "phase", "read")
        longest = max((max(rule.effect.stale, rule.effect.hide) for rule in reads), default=0)
        if not longest:
            self._past.clear()
            return
        self._past.append((self.now, self.fork()))
        while len(self._past) > 1 and self._past[1][0] <= self.now - longest:
            self._past.popleft()

    def as_it_was(self, at: int) -> Cloud:
        """A twin that stands at an earlier time, as far as one remembers."""
        known = [twin for then, twin in self._past if then <= at] or [twin for _, twin in self._past][:1] or [self]
        twin = known[-1].fork()
        twin.clock = ManualClock(max(at, twin.now))
        twin.catch_up()
        return twin

    def advance(self, seconds: float) -> None:
        """Let time pass, and live through it."""
        self.clock.advance(microseconds(seconds))
        self.catch_up()

    def settle(self, limit: float = 86_400) -> None:
        """Let time pass until nothing more is to come (or `limit` seconds of the cloud's are over)."""
        end = self.now + microseconds(limit)
        while (due := self.events.next_due()) is not None and due <= end:
            self.clock.advance(max(0, due - self.clock.now()))
            self.catch_up()

    def jump(self) -> None:
        """Move the clock to the next event, without performing it."""
        due = self.events.next_due()
        if due is not None and due > self.clock.now():
            self.clock.advance(due - self.clock.now())

    # --- change

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All records and events of the block, or none of them."""
        with self.store.transaction(), self.events.transaction():
            yield

    def fork(self) -> Cloud:
        """A twin with the same past, the same future and a life of its own."""
        twin = object.__new__(Cloud)
        twin.__dict__.update(self.__dict__)
        twin.store = self.store.fork()
        twin.events = self.events.fork()
        twin.streams = self.streams.fork()
        twin.clock = self.clock.fork()
        twin.journal = twin.observer = twin.beside = None
        twin._past = deque()
        twin.lock = nullcontext()
        return twin

    def become(self, other: Cloud) -> None:
        """Be what another is, from here on; who watches, locks or keeps things beside this one goes on to."""
        mine = {name: self.__dict__[name] for name in ("lock", "journal", "observer", "beside")}
        self.__dict__.update({**other.fork().__dict__, **mine})

    def digest(self) -> str:
        """Two clouds of the same records have the same digest."""
        return self.store.digest()

    # --- faults

    def set_rules(self, rules: Iterable[Rule]) -> None:
        """Replace all fault rules; their hits begin at none."""
        for old in self.store.all(Rule):
            self.store.drop(old)
        for position, rule in enumerate(rules):
            self.store.put(rule.evolve(id=rule.id or f"rule-{position + 1}", position=position))
