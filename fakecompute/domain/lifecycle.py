"""How whatever has a status moves: a table of ways, and the walk through it, event by event.

    VOLUME = Lifecycle("volume", Volume, ..., way("extend", "available", SAME, "error_extending", stage("extending")))
    VOLUME.start(cloud, volume, "extend")      # the first stage begins; the rest comes with time

Servers have a machine of their own (domain/machine.py): two states, power, hosts, instance actions.  Volumes,
snapshots, backups, groups and block devices have this one.  What a stage does besides taking time is a function that
names its place:

    @VOLUME.leaving("create.scheduling")      # also: entering, arriving, failing
    def place(cloud, volume): return {"host": ...}      # the fields that change in the same write

A FakeError that `leaving` raises is the failure of its stage; NotYet makes the stage longer, by a time or until
somebody wakes the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fakecompute.domain.faults import Effect, Rule, match_faults
from fakecompute.domain.looks import End, begin_step
from fakecompute.domain.records.walker import Walker
from fakecompute.domain.whereabouts import carries
from fakecompute.errors import FakeError
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

W = TypeVar("W", bound=Walker)
Changes = dict[str, Any]
Hook = Callable[["Cloud", W], Changes]
FailureHook = Callable[["Cloud", W, str], Changes]
RetryHook = Callable[["Cloud", W, str, str], Changes | None]


class Ends(Enum):
    """Ends that are no status."""

    SAME = "the status it was in before"
    GONE = "it exists no longer"


class NotYet(Exception):
    """What a stage waits for is not there; it is asked again after `delay` microseconds, or when it is woken."""

    def __init__(self, delay: int | None = None) -> None:
        self.delay = delay


@dataclass(frozen=True)
class Stage:
    """A stretch of time with one status (None: it stays as it is).

    A stage `on_host` stands still while the host of its subject does not report.
    """

    name: str
    status: str | None
    on_host: bool = True


@dataclass(frozen=True)
class Way:
    """What sets it off, the statuses that it may begin in (None: any), its stages, its end, its end in failure."""

    trigger: str
    begins: frozenset[str] | None
    stages: tuple[Stage, ...]
    ends: str | Ends
    fails: str | Ends
    family: str  # what its stages are called by: variants of one operation share it


def stage(name: str, *, status: str | None = "", on_host: bool = True) -> Stage:
    """The status is the stage's name unless `status` says otherwise; None leaves it as it is."""
    return Stage(name, name if status == "" else status, on_host)


def way(
    trigger: str,
    begins: str | None,
    ends: str | Ends,
    fails: str | Ends,
    *stages: Stage,
    family: str = "",
) -> Way:
    """`begins` is words, None for any status; `family` is the trigger's name unless it is given."""
    known = None if begins is None else frozenset(begins.split())
    return Way(trigger, known, stages, ends, fails, family or trigger)


class Lifecycle(Generic[W]):
    """A table of ways, by trigger.

    `kind` is what timing and fault rules call it (`volume.extend.extending`); `reports(cloud, record)` tells whether
    the host that the work is done on listens, `facts(cloud, record)` what fault rules may match, `shown(record)` the
    ids by which clients see how far it is.
    """

    def __init__(
        self,
        kind: str,
        record: type[W],
        *ways: Way,
        reports: Callable[[Cloud, W], bool],
        facts: Callable[[Cloud, W], Mapping[str, Any]],
        event: str = "",
        shown: Callable[[W], tuple[str, ...]] = lambda record: (record.id,),
    ) -> None:
        self.kind, self.record, self._reports, self._facts, self._shown = kind, record, reports, facts, shown
        self.event = event or f"{kind}.step"  # the kind of event in which a stage is over
        self.ways: Mapping[str, Way] = {way.trigger: way for way in ways}
        self._entering: dict[str, Hook[W]] = {}
        self._leaving: dict[str, Hook[W]] = {}
        self._arriving: dict[str, Hook[W]] = {}
        self._failing: dict[str, FailureHook[W]] = {}
        self._retrying: dict[str, RetryHook[W]] = {}

    def steps(self) -> list[str]:
        """The names of all stages, in the order of the table."""
        return list(dict.fromkeys(f"{self.kind}.{w.family}.{s.name}" for w in self.ways.values() for s in w.stages))

    # --- what stages do, declared where it is written

    def entering(self, *places: str) -> Callable[[Hook[W]], Hook[W]]:
        """When a stage (`trigger.stage`) begins."""
        return self._declare(self._entering, places)

    def leaving(self, *places: str) -> Callable[[Hook[W]], Hook[W]]:
        """When a stage (`trigger.stage`) is over."""
        return self._declare(self._leaving, places)

    def arriving(self, *triggers: str) -> Callable[[Hook[W]], Hook[W]]:
        """When the last stage is over."""
        return self._declare(self._arriving, triggers)

    def failing(self, *triggers: str) -> Callable[[FailureHook[W]], FailureHook[W]]:
        """When any stage has failed; the function is also told why."""
        return self._declare(self._failing, triggers)

    def retrying(self, *triggers: str) -> Callable[[RetryHook[W]], RetryHook[W]]:
        """When a stage has failed, whose name and reason the function is told: changes to begin anew with, or None."""
        return self._declare(self._retrying, triggers)

    def _declare(self, table: dict[str, Any], places: tuple[str, ...]) -> Callable[[Any], Any]:
        known = set(self.ways) | {f"{w.trigger}.{s.name}" for w in self.ways.values() for s in w.stages}
        for place in places:
            if place not in known or place in table:
                raise LookupError(f"{self.kind}: {place!r} is no place of the table, or is taken")

        def declare(function: Any) -> Any:
            table.update(dict.fromkeys(places, function))
            return function

        return declare

    # --- the walk

    def may(self, record: W, trigger: str) -> bool:
        """Does the table let it begin in its status?"""
        begins = self.ways[trigger].begins
        return begins is None or record.status in begins

    def start(self, cloud: Cloud, record: W, trigger: str, **changes: Any) -> W:
        """Set a way off; what was under way before is overtaken."""
        changes.setdefault("previous_status", record.status)
        ticket = cloud.streams.number("workflow")
        record = record.evolve(trigger=trigger, workflow=ticket, **changes)
        return self._enter(cloud, record, self.ways[trigger], 0)

    def again(self, cloud: Cloud, record: W) -> W:
        """Begin the stage in which it stands once more."""
        assert record.trigger is not None
        return self._enter(cloud, record, self.ways[record.trigger], record.step)

    def wake(self, cloud: Cloud, record: W) -> None:
        """What it waits for is there, or will never be; one that does not wait sleeps on."""
        if record.waiting:
            self._wait(cloud, cloud.store.put(record.evolve(waiting=False)), 0)

    def give_up(self, cloud: Cloud, record: W, status: str, reason: str = "") -> W:
        """End a way from outside, in a status; what it has begun is taken back."""
        changes = self._idle(cloud) | {"status": status, "workflow": cloud.streams.number("workflow")}
        if record.trigger in self._failing:
            changes = self._failing[record.trigger](cloud, record, reason) | changes
        return cloud.store.put(cloud.store.get(self.record, record.id).evolve(**changes))

    def perform(self, cloud: Cloud, event: Event) -> None:
        """Live through the end of a stage, unless its subject has gone on to something else."""
        record = cloud.store.find(self.record, event.subject)
        if record is None or record.workflow != event.workflow:
            return
        trigger, index, failure, ends_in = event.detail
        self._leave(cloud, record, self.ways[str(trigger)], int(str(index)), failure, ends_in)

    def _enter(self, cloud: Cloud, record: W, way: Way, index: int) -> W:
        """Begin a stage, or arrive if none is left."""
        if index == len(way.stages):
            return self._arrive(cloud, cloud.store.put(record), way)
        stage = way.stages[index]
        changes: Changes = {"step": index, "cast_in_vain": False, "waiting": False}
        if cloud.store.find(self.record, record.id) is not None:  # what is new was never changed
            changes["updated_at"] = cloud.now
        if stage.status is not None:
            changes["status"] = stage.status
        hook = self._entering.get(f"{way.trigger}.{stage.name}")
        if hook is not None:
            changes |= hook(cloud, record)
        record = cloud.store.put(record.evolve(**changes))
        place = f"{self.kind}.{way.family}.{stage.name}"
        effect = self._struck(cloud, record, place)
        if effect is not None and effect.hang:
            return record
        if not self._heard(cloud, stage, record):
            return cloud.store.put(record.evolve(cast_in_vain=True))
        failure, ends_in = (effect.fail, effect.ends_in) if effect is not None else (None, None)
        end = End(self.event, record.id, record.workflow, (way.trigger, index, failure, ends_in))
        facts, shown = partial(self._facts, cloud, record), self._shown(record)
        begin_step(cloud, place, end, record.id, record.workflow, facts=facts, effect=effect, shown=shown)
        return record

    def _struck(self, cloud: Cloud, record: W, place: str) -> Effect | None:
        """What a fault rule does to this stage, if one does."""
        if not cloud.store.count(Rule, "phase", "step"):
            return None
        return match_faults(cloud, phase="step", on=place, **self._facts(cloud, record))

    def _leave(self, cloud: Cloud, record: W, way: Way, index: int, failure: Any, ends_in: Any) -> None:
        """A stage is over: do what it was for, and go on to the next."""
        stage = way.stages[index]
        if not carries(cloud):
            cloud.store.put(record.evolve(cast_in_vain=True))  # what it has to say waits
            return
        if not self._heard(cloud, stage, record):
            return  # it died in the middle: who brings it back sees to it
        if failure is not None:
            return self._fail(cloud, record, way, str(failure), ends_in)
        hook = self._leaving.get(f"{way.trigger}.{stage.name}")
        changes: Changes = {}
        if hook is not None:
            try:
                with cloud.transaction():
                    changes = hook(cloud, record)
            except NotYet as wait:
                return self._wait(cloud, record, wait.delay)
            except FakeError as error:
                return self._fail(cloud, record, way, str(error), None)
        self._enter(cloud, self._fresh(cloud, record).evolve(**changes), way, index + 1)
        return None

    def _wait(self, cloud: Cloud, record: W, delay: int | None) -> None:
        """Ask again whether the stage is over."""
        if delay is None:
            cloud.store.put(record.evolve(waiting=True))
        else:
            detail = (record.trigger, record.step, None, None)
            cloud.events.add(cloud.now + delay, self.event, record.id, record.workflow, *detail)

    def _heard(self, cloud: Cloud, stage: Stage, record: W) -> bool:
        """Is there somebody to do the stage, and does the call arrive?"""
        return carries(cloud) and (not stage.on_host or self._reports(cloud, record))

    def _arrive(self, cloud: Cloud, record: W, way: Way) -> W:
        """The last stage is over: the final status, in one write."""
        hook = self._arriving.get(way.trigger)
        changes = hook(cloud, record) if hook is not None else {}
        record = self._fresh(cloud, record)
        if way.ends is Ends.GONE:
            cloud.store.drop(record)
            return record
        status = record.previous_status if way.ends is Ends.SAME else way.ends
        return cloud.store.put(record.evolve(**{"status": status, **self._idle(cloud), **changes}))

    def _fail(self, cloud: Cloud, record: W, way: Way, reason: str, ends_in: str | None) -> None:
        """End where the table says, or in the status `ends_in` that a fault rule asked for; or try again."""
        retry = self._retrying.get(way.trigger) if ends_in is None else None
        anew = retry(cloud, record, way.stages[record.step].name, reason) if retry is not None else None
        if anew is not None:
            self._enter(cloud, self._fresh(cloud, record).evolve(**anew), way, 0)
            return None
        hook = self._failing.get(way.trigger)
        changes = hook(cloud, record, reason) if hook is not None else {}
        record = self._fresh(cloud, record)
        if way.fails is Ends.GONE and ends_in is None:
            return cloud.store.drop(record)
        status = ends_in or (record.previous_status if way.fails is Ends.SAME else way.fails)
        cloud.store.put(record.evolve(**{"status": status, **self._idle(cloud), **changes}))
        return None

    def _fresh(self, cloud: Cloud, record: W) -> W:
        """The record as it is now: what a hook did besides may have touched it."""
        return cloud.store.find(self.record, record.id) or record

    def _idle(self, cloud: Cloud) -> Changes:
        return {
            "trigger": None,
            "step": 0,
            "previous_status": None,
            "cast_in_vain": False,
            "waiting": False,
            "memo": (),
            "updated_at": cloud.now,
        }
