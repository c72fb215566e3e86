"""What happened in a cloud, as a list: calls, transitions, faults and events in the order of time.

    timeline = Timeline(cloud)        # watches from here on
    ...
    for entry in timeline.entries: print(entry)

It looks at what was written after every event and every request; the cloud is the same whether one looks or not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Rule
from fakecompute.domain.happenings import HAPPENING
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.network import FloatingIP, Port
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.records.volume import Attachment, Snapshot, Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.states import status_of
from fakecompute.kernel.events import Event
from fakecompute.kernel.journal import Journal
from fakecompute.kernel.store import Record


class Entry(NamedTuple):
    """`kind` is call, transition, fault or event; `subject` what it is about, `text` what there is to say.

    `at` is microseconds since the cloud began; `data` is the rest, for programs.
    """

    at: int
    kind: str
    subject: str
    text: str
    data: dict[str, Any]


def _server(server: Server) -> str:
    status = "DELETED" if server.deleted else status_of(server.vm_state, server.task_state)
    return f"{status} ({server.task_state})" if server.task_state else status


def _floating_ip(floating: FloatingIP) -> str:
    return f"{floating.status} for {floating.fixed_ip_address}" if floating.port_id else floating.status


def _up(one: Host | VolumeBackend) -> str:
    return "down" if not one.reporting else "up" if one.up else "back"


# Which records are followed, what they are called, and the words for how they are.
FOLLOWED: dict[str, tuple[type[Record], str, Callable[[Any], str]]] = {
    "Server": (Server, "server", _server),
    "Volume": (Volume, "volume", lambda one: one.status),
    "Snapshot": (Snapshot, "snapshot", lambda one: one.status),
    "Attachment": (Attachment, "attachment", lambda one: one.status),
    "Image": (Image, "image", lambda one: one.status),
    "Port": (Port, "port", lambda one: one.status),
    "FloatingIP": (FloatingIP, "floating IP", _floating_ip),
    "Migration": (Migration, "migration", lambda one: one.status),
    "Host": (Host, "host", _up),
    "VolumeBackend": (VolumeBackend, "back end", _up),
}


class Timeline(Journal):
    """A journal and more: its lines are those of the calls, its entries all that happened."""

    def __init__(self, cloud: Cloud, *, journal: Journal | None = None) -> None:
        super().__init__()
        self._also = journal
        self.begin(cloud)
        cloud.journal, cloud.observer = self, self.look

    def begin(self, cloud: Cloud) -> None:
        """Forget what happened, and watch the cloud as it is now: it has become another.  The calls stay."""
        self.entries: list[Entry] = []
        self._begun, self._seen = cloud.begun, cloud.store.version
        self._states: dict[tuple[str, str], str] = {}
        self._fired: dict[str, int] = {rule.id: rule.fired for rule in cloud.store.all(Rule)}
        self._calls = 0
        self._call: int | None = None  # the one that is being looked at
        for name, (kind, _, words) in FOLLOWED.items():
            for record in cloud.store.all(kind):
                self._states[name, record.id] = words(record)

    def look(self, cloud: Cloud, event: Event | None = None) -> None:
        """Write down what has changed since the last look, and what happened by itself."""
        if event is not None and event.kind == HAPPENING:
            self.note(cloud.now, words_of(event.subject, json.loads(str(event.detail[0]))))
        changes = cloud.store.changes(self._seen)
        self._seen = cloud.store.version
        for name, id in dict.fromkeys((change.kind, change.id) for change in changes):
            if name in FOLLOWED:
                self._transition(cloud, name, id)
            elif name == "Rule":
                self._fault(cloud, id)
        self._call = None

    def _transition(self, cloud: Cloud, name: str, id: str) -> None:
        kind, called, words = FOLLOWED[name]
        record: Any = cloud.store.find(kind, id)
        before, after = self._states.get((name, id)), None if record is None else words(record)
        if before == after:
            return
        if after is None:
            self._states.pop((name, id), None)
        else:
            self._states[name, id] = after
        label = getattr(record, "name", None) or getattr(record, "floating_ip_address", None) or id[:8]
        text = f"{before or 'new'} -> {after or 'gone'}"
        fault = getattr(record, "fault", None)
        why = fault.message if fault is not None and "ERROR" in (after or "") else None
        data = {"resource": called, "id": id, "before": before, "after": after, "fault": why, "call": self._call}
        self._add(cloud.now, "transition", f"{called} {label}", text + (f": {why}" if why else ""), data)

    def _fault(self, cloud: Cloud, id: str) -> None:
        rule = cloud.store.find(Rule, id)
        before, self._fired[id] = self._fired.get(id, 0), 0 if rule is None else rule.fired
        if rule is None or rule.fired <= before:
            return
        often = f", hit {rule.fired}" if rule.fired > 1 else ""
        self._add(cloud.now, "fault", rule.name, f"struck {rule.on}{often}", {"rule": rule.name})

    def write(self, line: Any) -> None:
        """A call, from the way of every request."""
        super().write(line)
        if "method" not in line:
            return
        if self._also is not None:
            self._also.write(line)
        subject = line["operation"] or line["path"]
        text = f"{line['method']} {line['path']} -> {line['status']}"
        self._add(line["at"], "call", subject, text, dict(line))
        self._call, self._calls = self._calls, self._calls + 1

    @property
    def behind(self) -> Journal | None:
        """The journal that is written beside it, the last of a row of them."""
        return self._also.behind if isinstance(self._also, Timeline) else self._also

    def close(self) -> None:
        """With the journal that is written beside it."""
        super().close()
        if self._also is not None:
            self._also.close()

    def note(self, at: int, text: str) -> None:
        """Something that happened by itself."""
        self._add(at, "event", "", text, {})

    def _add(self, at: int, kind: str, subject: str, text: str, data: dict[str, Any]) -> None:
        self.entries.append(Entry(at - self._begun, kind, subject, text, data))


def words_of(happening: str, told: Mapping[str, Any]) -> str:
    """An event as a file has it: `host_down compute-1`."""
    values = list(told.values())
    return " ".join([happening, *([str(values[0])] if len(values) == 1 else [json.dumps(told)] if values else [])])


def of_kind(entries: Iterable[Entry], kind: str) -> list[Entry]:
    return [entry for entry in entries if entry.kind == kind]

