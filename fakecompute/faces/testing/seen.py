"""What a test sees of its cloud: servers, volumes and ports by their names, what became of them, and the calls.

    cloud.servers["web-1"].status           # also .id, .host and all else that the record has
    cloud.servers["web-1"].history          # [State(at=0.0, status='BUILD', doing='scheduling', cause=...), ...]
    cloud.calls(operation="compute.create_*", status=503)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from fakecompute.domain.records.compute import Flavor, Host, KeyPair
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.network import FloatingIP, Network, Port, Router, SecurityGroup
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.states import status_of
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.store import Record
from fakecompute.scenario.timeline import FOLLOWED, Entry

if TYPE_CHECKING:
    from fakecompute.faces.testing.cloud import TestCloud


class State(NamedTuple):
    """What something came to: `at` in seconds since the cloud began, its status, and the call or fault behind it.

    `doing` is more of how it is: a server's task_state, the address that a floating IP leads to.
    """

    at: float
    status: str
    doing: str
    cause: str


def state_of(entry: Entry, cause: str) -> State:
    """What a transition led to."""
    status, _, doing = (entry.data["after"] or "DELETED").replace(" for ", " (").partition(" (")
    return State(entry.at / SECOND, status, doing.rstrip(")"), cause)


class Call(NamedTuple):
    """A request: `at` in seconds since the cloud began; `faults` are the rules that struck it."""

    at: float
    operation: str
    method: str
    path: str
    status: int
    version: str | None
    user: str | None
    project: str | None
    client: str
    body: Any
    answer: Any
    faults: tuple[str, ...]
    lost: bool  # no answer could be read

    def __repr__(self) -> str:
        return f"<{self.at:.3f}s {self.operation}: {self.method} {self.path} -> {self.status}>"


def call_of(entry: Entry) -> Call:
    line = entry.data
    return Call(
        at=entry.at / SECOND,
        operation=line["operation"] or "",
        method=line["method"],
        path=line["path"],
        status=line["status"],
        version=line.get("version"),
        user=line.get("user"),
        project=line.get("project"),
        client=line.get("client") or "",
        body=line.get("body"),
        answer=line.get("answer"),
        faults=tuple(line.get("rules") or ()),
        lost=bool(line.get("lost")),
    )


class NotThere(LookupError):
    """There is nothing of that name in the cloud, or more than one."""


class Seen:
    """One resource, as it is whenever one looks; all fields of its record can be read."""

    def __init__(self, cloud: TestCloud, kind: Kind, id: str) -> None:
        self._cloud, self._kind, self.id = cloud, kind, id

    @property
    def record(self) -> Any:
        """NotThere, if it is gone."""
        self._cloud.catch_up()
        found = self._cloud.store.find(self._kind.record, self.id)
        if found is None:
            raise NotThere(f"the {self._kind.singular} {self.id} is gone")
        return found

    @property
    def status(self) -> str:
        """What a client would see; DELETED for what is gone."""
        self._cloud.catch_up()
        found = self._cloud.store.find(self._kind.record, self.id)
        return "DELETED" if found is None else self._kind.status(found)

    @property
    def history(self) -> list[State]:
        """Its states in the order of time, from where the test began."""
        return [
            state_of(entry, self._cloud.cause_of(entry))
            for entry in self._cloud.timeline
            if entry.kind == "transition" and entry.data["id"] == self.id
        ]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.record, name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and (self._kind, self.id) == (other._kind, other.id)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<{self._kind.singular} {self.id} {self.status}>"


class Kind(NamedTuple):
    """How the resources of a collection are called, and told apart."""

    record: type[Record]
    singular: str
    name: Callable[[Any], str | None]
    status: Callable[[Any], str]
    gone: Callable[[Any], bool] = lambda one: False


def _server_status(server: Server) -> str:
    return "DELETED" if server.deleted else status_of(server.vm_state, server.task_state)


def _name(one: Any) -> str | None:
    return str(one.name) if one.name else None


def _status(one: Any) -> str:
    return str(one.status)


def _none(one: Any) -> str:
    return ""


# fmt: off
KINDS: dict[str, Kind] = {
    "servers":         Kind(Server,        "server",         _name, _server_status, lambda one: one.deleted),
    "flavors":         Kind(Flavor,        "flavor",         _name, _none),
    "keypairs":        Kind(KeyPair,       "key pair",       _name, _none),
    "migrations":      Kind(Migration,     "migration",      lambda one: None, _status),
    "volumes":         Kind(Volume,        "volume",         _name, _status),
    "snapshots":       Kind(Snapshot,      "snapshot",       _name, _status),
    "images":          Kind(Image,         "image",          _name, _status),
    "networks":        Kind(Network,       "network",        _name, _none),
    "ports":           Kind(Port,          "port",           _name, _status),
    "routers":         Kind(Router,        "router",         _name, _none),
    "security_groups": Kind(SecurityGroup, "security group", _name, _none),
    "floating_ips":    Kind(FloatingIP,    "floating IP",    lambda one: one.floating_ip_address, _status),
    "hosts":           Kind(Host,          "host",           _name, FOLLOWED["Host"][2]),
}
# fmt: on


class Collection(Mapping[str, Seen]):
    """The resources of one kind, of all projects, by id; by name too, where one alone has it."""

    def __init__(self, cloud: TestCloud, kind: Kind) -> None:
        self._cloud, self._kind = cloud, kind

    def __getitem__(self, name: str) -> Seen:
        """By id or name, among those that there are and then among those that were; NotThere."""
        kind = self._kind
        if self._cloud.store.find(kind.record, name) is not None:
            return Seen(self._cloud, kind, name)
        alive = list(self._alive())
        found = [one for one in alive if kind.name(one) == name]
        if len(found) > 1:
            raise NotThere(f"{len(found)} {kind.singular}s are called {name!r}: {', '.join(one.id for one in found)}")
        if found:
            return Seen(self._cloud, kind, found[0].id)
        if former := self._former(name):
            return Seen(self._cloud, kind, former)
        names = sorted({known for one in alive if (known := kind.name(one))})
        near = get_close_matches(name, names, 1)
        there = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(names[:20]) or 'none'}"
        raise NotThere(f"there is no {kind.singular} {name!r}; {there}")

    def _former(self, name: str) -> str | None:
        """The id of the last one of that name that is gone."""
        marked = [one.id for one in self._cloud.store.all(self._kind.record) if self._kind.name(one) == name]
        told = [
            entry.data["id"]
            for entry in self._cloud.timeline
            if entry.kind == "transition" and entry.subject == f"{self._kind.singular} {name}"
        ]
        return next(reversed([*told, *marked]), None)

    def _alive(self) -> Iterator[Any]:
        self._cloud.catch_up()
        return (one for one in self._cloud.store.all(self._kind.record) if not self._kind.gone(one))

    def __iter__(self) -> Iterator[str]:
        """The ids of those that there are."""
        return iter([one.id for one in self._alive()])

    def __len__(self) -> int:
        return sum(1 for _ in self._alive())

    def __contains__(self, name: object) -> bool:
        return any(name in (one.id, self._kind.name(one)) for one in self._alive())

    @property
    def names(self) -> list[str]:
        return sorted(filter(None, map(self._kind.name, self._alive())))

    def __repr__(self) -> str:
        return f"<{self._kind.singular}s {', '.join(self.names)}>"


def matching(calls: Sequence[Call], wanted: Mapping[str, Any]) -> list[Call]:
    """Those that fit: texts are globs, everything else is what it is."""
    for name in wanted.keys() - set(Call._fields):
        raise TypeError(f"calls have no {name!r}; there are {', '.join(Call._fields)}")
    return [call for call in calls if all(_fits(getattr(call, name), value) for name, value in wanted.items())]


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and isinstance(value, str):
        return fnmatchcase(value, wanted)
    return bool(value == wanted)
