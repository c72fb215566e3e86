"""Steps that take time, and those that are over when their subject was looked at so often.

A scenario asks for the latter (`timing: {"server.create.*": {polls: 3}}`), for clients whose tests count their
requests.  Besides AutoClock, which moves the clock, it is the one declared case in which watching changes something:
a look is a GET whose answer shows the subject, alone or in a list.  Looks are counted in the store, so that a fork,
a saved cloud and a replay go on where it stood; the time of the clock has no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from fakecompute.domain.faults import Effect
from fakecompute.domain.timing import Facts
from fakecompute.kernel.store import Record

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class End(NamedTuple):
    """The event in which a step is over."""

    kind: str
    subject: str
    workflow: int
    detail: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Awaited(Record):
    """A step that waits for `looks` more at what has one of the ids `shown`, and goes on `delay` after the last.

    The id is the kind of the event and its subject: whose step begins is not on another any more.
    """

    indexes = {"shown": lambda awaited: list(awaited.shown)}

    shown: tuple[str, ...]
    looks: int
    delay: int
    workflow: int
    detail: tuple[Any, ...]


def begin_step(
    cloud: Cloud,
    step: str,
    end: End,
    *place: object,
    facts: Facts,
    effect: Effect | None = None,
    most: int | None = None,
    shown: tuple[str, ...] = (),
) -> None:
    """Let a step come to its end: in its time (no more than `most` microseconds), or when it was looked at enough.

    A fault that makes it `slow` makes it need more looks; its `delay` counts from the last one.
    """
    slow, delay = (effect.slow, effect.delay) if effect is not None else (1.0, 0)
    id = f"{end.kind} {end.subject}"
    former = cloud.store.find(Awaited, id)
    looks = cloud.timing.polls(step, facts)
    if looks:
        looks, shown = max(1, round(looks * slow)), shown or (end.subject,)
        told: dict[str, Any] = {"looks": looks, "delay": delay, "workflow": end.workflow, "detail": end.detail}
        cloud.store.put(Awaited(id=id, shown=shown, **told))
        return
    if former is not None:
        cloud.store.drop(former)
    took = cloud.timing.draw(cloud.streams, step, *place, facts=facts)
    took = took if most is None else min(took, most)
    cloud.events.add(cloud.now + round(took * slow) + delay, end.kind, end.subject, end.workflow, *end.detail)


def looked_at(cloud: Cloud, ids: Iterable[str]) -> None:
    """Count a look at each of these."""
    found = {awaited.id: awaited for id in ids for awaited in cloud.store.by(Awaited, "shown", id)}
    for _, awaited in sorted(found.items()):
        if awaited.looks > 1:
            cloud.store.put(awaited.evolve(looks=awaited.looks - 1))
            continue
        cloud.store.drop(awaited)
        kind, _, subject = awaited.id.partition(" ")
        cloud.events.add(cloud.now + awaited.delay, kind, subject, awaited.workflow, *awaited.detail)
