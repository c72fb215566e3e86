"""A run as the judges see it: its calls and transitions, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fakecompute.cloud import Cloud
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.states import status_of
from fakecompute.kernel.clock import SECOND
from fakecompute.scenario.expectations import KINDS, Expectation
from fakecompute.scenario.timeline import Entry

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
PASSING = frozenset((401, 408, 425, 429))  # refusals that pass by themselves


@dataclass
class Evidence:
    """A run as the judges see it."""

    cloud: Cloud
    entries: Sequence[Entry]
    expect: Expectation = field(default_factory=Expectation)
    failures: Sequence[tuple[int, str]] = ()  # steps of a workload that did not come to what it wanted

    @cached_property
    def calls(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == "call"]

    def made(self) -> Iterator[Entry]:
        """The transitions with which something began."""
        for entry in self.entries:
            if entry.kind == "transition" and entry.data["before"] is None and entry.data["resource"] in KINDS:
                yield entry

    def ended(self) -> dict[str, int]:
        """When what is gone went, by id."""
        return {
            entry.data["id"]: entry.at
            for entry in self.entries
            if entry.kind == "transition" and entry.data["after"] in (None, "DELETED")
        }

    def gone(self) -> set[str]:
        return set(self.ended())


# --- reading the evidence


def line_of(run: Evidence, entry: Entry) -> Mapping[str, Any] | None:
    """The call that made something."""
    number = entry.data.get("call")
    calls = run.calls
    return calls[number].data if number is not None and number < len(calls) else None


def made_by(run: Evidence, entry: Entry) -> str:
    line = line_of(run, entry)
    if line is None:
        return ""
    who = f"{line['user']} with " if line.get("user") else ""
    return f"; made by {who}{line['operation']} at {in_seconds(entry.at / SECOND)}"


def request_of(call: Entry) -> tuple[Any, ...]:
    """What makes two requests the same one."""
    return call.data["method"], call.data["path"], repr(call.data.get("body"))


def in_seconds(amount: float) -> str:
    return "a second" if amount == 1 else f"{round(amount, 3):g} s" if amount < 1000 else f"{amount:.0f} s"


def is_main(run: Evidence, entry: Entry) -> bool:
    """Is it what the call was for, and no consequence of it?"""
    line = line_of(run, entry)
    resource = entry.data["resource"].replace(" ", "").lower()
    return line is not None and resource in str(line["operation"]).replace("_", "")


def is_unanswered(line: Mapping[str, Any] | None) -> bool:
    return line is not None and (line["status"] >= 400 or bool(line.get("lost")))


def mentioned_in(calls: Iterable[Entry]) -> set[str]:
    """The ids that arrived at a client, or that it named."""
    found: set[str] = set()
    for call in calls:
        found.update(UUID.findall(call.data["path"]))
        if not call.data.get("lost"):
            found.update(UUID.findall(repr(call.data.get("answer"))))
    return found


def is_for_good(line: Mapping[str, Any]) -> bool:
    """Is it a refusal that the same request will meet again, as long as nobody does anything about its cause?"""
    return 400 <= line["status"] < 500 and line["status"] not in PASSING and line.get("retry_after") in (None, "0")


def message_of(answer: Any) -> str:
    """The words of a refusal, whichever service's."""
    inner = next(iter(answer.values()), None) if isinstance(answer, Mapping) else None
    return str(inner.get("message") or "") if isinstance(inner, Mapping) else ""


def statuses_in(answer: Any) -> set[str]:
    """What an answer says of the things in it; of a server that is at work, at what."""
    states: set[str] = set()
    for inner in answer.values() if isinstance(answer, Mapping) else ():
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, Mapping) and "status" in item:
                busy = item.get("OS-EXT-STS:task_state")
                states.add(f"busy {busy}" if busy else str(item["status"]))
    return states


def states_of_all(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for server in sorted(cloud.store.all(Server), key=lambda one: one.number):
        yield server.name, "DELETED" if server.deleted else status_of(server.vm_state, server.task_state)
    for volume in sorted(cloud.store.all(Volume), key=lambda one: one.number):
        yield volume.name or volume.id, volume.status
