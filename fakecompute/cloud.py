"""The root: a whole cloud in one object.

cloud = Cloud(seed=42)                # the cloud that devstack's users know, in virtual time
cloud.advance(30)                     # half a minute later
what_if = cloud.fork()                # a twin that lives alone; costs microseconds
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from fakecompute.domain import (
    hosts,
    interfaces,
    network_floatingips,
    volume_attachments,
    volume_swaps,
    volumes,
    workflows,
)
from fakecompute.domain.bootstrap import populate, read_definition
from fakecompute.domain.faults import Rule
from fakecompute.domain.releases import NEWEST, Release, release_named
from fakecompute.domain.settings import Settings
from fakecompute.domain.timing import Timing
from fakecompute.kernel.clock import Clock, ManualClock, microseconds
from fakecompute.kernel.events import EventQueue
from fakecompute.kernel.journal import Journal
from fakecompute.kernel.store import Store
from fakecompute.kernel.streams import Streams

PERFORM = {
    workflows.STEP: workflows.perform,
    workflows.CLEAR: workflows.perform,
    workflows.TIMER: workflows.perform,
    hosts.SILENT: hosts.silent,
    hosts.SYNC: hosts.synchronise,
    network_floatingips.SETTLE: network_floatingips.settle,
    interfaces.DETACH: interfaces.detached,
    volumes.STEP: volume_attachments.perform,
    volume_swaps.SWAP: volume_swaps.swapped,
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
        self.store = Store()
        self.events = EventQueue()
        self.streams = Streams(seed)
        self.clock: Clock = clock or ManualClock()
        self.timing = timing if isinstance(timing, Timing) else Timing.profile(timing)
        self.release: Release = release_named(release)
        self.settings = settings or Settings()
        self.journal: Journal | None = None
        self.lock: AbstractContextManager[Any] = nullcontext()  # a server with threads sets a real one
        self.now = self.begun = self.clock.now()
        populate(self, read_definition(definition) if isinstance(definition, str) else definition)
        self.set_rules(rules)

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
        self.now = limit
        return lived

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
        twin.journal = None
        twin.lock = nullcontext()
        return twin

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
