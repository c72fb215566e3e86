"""The future: one heap of plain-data events, so that it can be forked, saved and printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from typing import NamedTuple


class Event(NamedTuple):
    """Something that will happen.  Ordered by time, then by the order of scheduling.

    `workflow` is the ticket of the workflow it belongs to: whoever performs the event drops it when its
    subject has gone on to another.  `detail` is plain data (strings, numbers, tuples).
    """

    due: int
    number: int
    kind: str
    subject: str
    workflow: int
    detail: tuple[object, ...]


class EventQueue:
    """A heap of events.  What a rolled-back transaction has added was never there."""

    __slots__ = ("_heap", "_number", "_pending")

    def __init__(self) -> None:
        self._heap: list[Event] = []
        self._number = 0
        self._pending: list[Event] | None = None

    @classmethod
    def of(cls, events: Iterable[Event], number: int) -> EventQueue:
        """One with these to come, the last of all having had that number."""
        queue = cls()
        queue._heap, queue._number = sorted(events), number
        return queue

    @property
    def number(self) -> int:
        """That of the last event that was added."""
        return self._number

    def add(self, due: int, kind: str, subject: str, workflow: int = 0, *detail: object) -> Event:
        """Schedule an event; equal times keep the order of their calls."""
        self._number += 1
        event = Event(due, self._number, kind, subject, workflow, detail)
        if self._pending is None:
            heappush(self._heap, event)
        else:
            self._pending.append(event)
        return event

    def next_due(self) -> int | None:
        """When the earliest event is due; None if nothing is to come."""
        return self._heap[0].due if self._heap else None

    def pop_due(self, now: int) -> Event | None:
        """The earliest event that is due by `now`, taken out; None if there is none."""
        if self._heap and self._heap[0].due <= now:
            return heappop(self._heap)
        return None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Events that the block adds come to be when it ends well, and never were if it raises.  May be nested."""
        outermost = self._pending is None
        pending = self._pending = [] if self._pending is None else self._pending
        mark = len(pending)
        try:
            yield
        except BaseException:
            del pending[mark:]
            raise
        finally:
            if outermost:
                self._pending = None
                for event in pending:
                    heappush(self._heap, event)

    def fork(self) -> EventQueue:
        twin = EventQueue()
        twin._heap, twin._number = self._heap.copy(), self._number
        return twin

    def __iter__(self) -> Iterator[Event]:
        """In the order in which they will happen."""
        return iter(sorted(self._heap))

    def __len__(self) -> int:
        return len(self._heap)
