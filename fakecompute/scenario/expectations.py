"""What is expected of a client, and what is found when it does not hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from fakecompute.domain.records.network import FloatingIP, Port
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.states import VM
from fakecompute.kernel.store import Record
from fakecompute.scenario.schema import (
    Place,
    Reader,
    Required,
    boolean,
    choice,
    integer,
    mapping,
    number,
    one_or_more,
    seconds,
    table,
    text,
)

KINDS = ("server", "volume", "snapshot", "image", "port", "floating IP")
# When something that is left is of no use to anybody
USELESS: dict[str, tuple[type[Record], Callable[[Any], bool]]] = {
    "server": (Server, lambda server: server.vm_state == VM.ERROR),
    "port": (Port, lambda port: not port.device_id),
    "volume": (Volume, lambda volume: volume.status in ("available", "error", "error_deleting")),
    "floating IP": (FloatingIP, lambda ip: ip.port_id is None),
}
# What can be found, and the words for it
# fmt: off
FINDINGS: dict[str, str] = {
    "leak":         "left behind",        # no_leaks
    "orphan":       "of no use",          # no_orphans
    "lost":         "lost",               # no_lost
    "duplicate":    "made twice",         # no_duplicates
    "stranger":     "not its own",        # no_strangers
    "retry_after":  "asked too early",    # honours_retry_after
    "hot_loop":     "hot loop",           # no_hot_loops
    "rate":         "too many requests",  # max_request_rate
    "endless_wait": "waits for ever",     # no_endless_waits
    "vain_retry":   "refused for good",   # no_vain_retries
    "steal":        "taken away",         # no_steals
    "overtaken":    "begun twice",        # no_overtaking
    "unmet_fault":  "fault not met",      # every_fault_hit
    "status":       "not as expected",    # status
    "count":        "too many or few",    # count
    "logins":       "too many logins",    # max_logins
    "together":     "on one host",        # apart
    "failed":       "gave up",            # completes
    "too_slow":     "too slow",           # within
}
# fmt: on


class Finding(NamedTuple):
    """`kind` is the expectation that was broken; `at` microseconds since the cloud began."""

    kind: str
    at: int
    text: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Expectation:
    """What a scenario expects of its client."""

    no_leaks: tuple[str, ...] = ()  # kinds of which nothing may be left at the end
    no_orphans: tuple[str, ...] = ()  # kinds of which nothing may be left that is of no use to anybody
    no_lost: bool = True  # nothing was made that the client never learned of
    no_duplicates: bool = True
    no_strangers: bool = False  # nothing was deleted that the client had not made
    honours_retry_after: bool = True
    no_hot_loops: bool = True
    no_endless_waits: bool = True
    no_vain_retries: bool = True
    no_steals: bool = False  # no floating IP was led from one port to another
    no_overtaking: bool = True  # nothing was asked for again while it was under way, and so begun anew
    max_request_rate: float | None = None  # a second, over any ten seconds
    max_logins: int | None = None
    every_fault_hit: bool = False
    completes: bool = True  # the workload comes to its end
    within: float | None = None  # seconds that it may take
    status: tuple[tuple[str, str], ...] = ()  # of servers and volumes by their names, at the end
    count: tuple[tuple[str, int], ...] = ()  # how many of them there are then
    apart: tuple[str, ...] = ()  # names of servers of which no two may be on one host, at the end

    def of_habits(self) -> Expectation:
        """The same of a client with another task: nothing of what is left, how that is called, how long it takes."""
        kinds = tuple(kind for kind in self.no_orphans if kind in ("server", "port"))
        own = replace(self, no_leaks=(), no_orphans=kinds, status=(), count=(), apart=())
        return replace(own, no_strangers=False, within=None, max_request_rate=None, max_logins=None)


# --- reader


def rate(place: Place) -> Any:
    """`5/s`, `300/m`, or a number: of requests a second."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*/\s*(s|m)", place.word or "")
    if match is None:
        return number(0)(place) if type(place.value) in (int, float) else place.wrong("must be a rate: 5/s, 300/m")
    return float(match[1]) / (60 if match[2] == "m" else 1)


def _kinds(known: Iterable[str]) -> Reader:
    """`true` for all kinds, or some of them."""

    def read(place: Place) -> Any:
        if place.value is True:
            return tuple(known)
        words = {kind.replace(" ", "_").lower(): kind for kind in known}
        found = one_or_more(choice(words, "kind of thing"))(place)
        return None if None in found else tuple(words[word] for word in found)

    return read


EXPECT: dict[str, Reader | Required] = {
    "no_leaks": _kinds(KINDS),
    "no_orphans": _kinds(USELESS),
    "no_lost": boolean,
    "no_duplicates": boolean,
    "no_strangers": boolean,
    "honours_retry_after": boolean,
    "no_hot_loops": boolean,
    "no_endless_waits": boolean,
    "no_vain_retries": boolean,
    "no_steals": boolean,
    "no_overtaking": boolean,
    "max_request_rate": rate,
    "max_logins": integer(1),
    "every_fault_hit": boolean,
    "completes": boolean,
    "within": seconds,
    "status": table(text),
    "count": table(integer(0)),
    "apart": one_or_more(text),
}


def expectation(place: Place) -> Any:
    made = mapping(EXPECT)(place)
    if made is None or None in made.values():
        return None
    tables = {name: tuple(made.get(name, {}).items()) for name in ("status", "count")}
    return Expectation(**{**made, **tables, "apart": tuple(made.get("apart", ()))})
