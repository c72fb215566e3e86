"""What a client asks of a cloud, as a scenario file writes it down; scenario/client.py carries it out.

    workload:
      - boot: {name: web, count: 3, flavor: m1.tiny, image: cirros-0.6.3-x86_64-disk, network: private}
      - wait: {servers: "web*", status: ACTIVE, within: 10m, stop_on: [ERROR]}
      - delete: {servers: "web*"}

`{ports:web}` in a body or a path is the id of the first port that is called so (`{ports:*|DOWN}`: and is DOWN;
`{ports:web#mac_address}`: not its id, but that), `{mine}` what a step `pick: {ports: web, as: mine}` once found.

A mapping `{client: {...}, steps: [...]}` says more of the client: how patient it is and what it does about refusals.
`workloads` gives several by name, of which one is played.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from fakecompute.scenario.schema import (
    Place,
    Reader,
    Required,
    anything,
    boolean,
    choice,
    integer,
    listing,
    mapping,
    nearest,
    number,
    one_or_more,
    required,
    seconds,
    table,
    text,
)


class Noun(NamedTuple):
    """A resource that clients list, wait for and delete, by its plural; a dot leads inside: `zoneState.available`."""

    path: str
    plural: str  # the key of a list's answer
    singular: str
    status: str = "status"
    name: str = "name"


# fmt: off
NOUNS: dict[str, Noun] = {
    "servers":         Noun("/compute/v2.1/servers",           "servers",         "server"),
    "keypairs":        Noun("/compute/v2.1/os-keypairs",       "keypairs",        "keypair"),
    "server_groups":   Noun("/compute/v2.1/os-server-groups",  "server_groups",   "server_group"),
    "volumes":         Noun("/volume/v3/volumes",              "volumes",         "volume"),
    "snapshots":       Noun("/volume/v3/snapshots",            "snapshots",       "snapshot"),
    "backups":         Noun("/volume/v3/backups",              "backups",         "backup"),
    "images":          Noun("/image/v2/images",                "images",          "image"),
    "networks":        Noun("/network/v2.0/networks",          "networks",        "network"),
    "subnets":         Noun("/network/v2.0/subnets",           "subnets",         "subnet"),
    "ports":           Noun("/network/v2.0/ports",             "ports",           "port"),
    "routers":         Noun("/network/v2.0/routers",           "routers",         "router"),
    "security_groups": Noun("/network/v2.0/security-groups",   "security_groups", "security_group"),
    "floatingips":     Noun("/network/v2.0/floatingips",       "floatingips",     "floatingip"),
    "flavors":         Noun("/compute/v2.1/flavors",           "flavors",         "flavor"),
    "zones":           Noun("/compute/v2.1/os-availability-zone", "availabilityZoneInfo", "zone",
                            status="zoneState.available", name="zoneName"),    # True, False
}
DETAILED = frozenset(("servers", "volumes", "snapshots", "backups", "flavors"))  # lists with a /detail of their own
VERSIONED = ("compute", "volume", "placement")
# What a client meets that is no status of HTTP
FAILURES = ("timeout", "reset", "truncated", "unreadable", "no_endpoint")
# How much of a list a client reads: up to a page that it has seen, one page, or whatever it is sent on to
LISTS = ("all_pages", "first_page", "blindly")
# fmt: on


@dataclass(frozen=True)
class Retry:
    """What a client does about a refusal: `on` which (statuses, and FAILURES), how often, after how many seconds.

    `backoff`: each pause is so many times as long as the one before; `honour`: a Retry-After counts;
    `look_first`: before it makes something again it looks whether it is there.
    """

    on: tuple[int | str, ...] = ()
    times: int = 0
    every: float = 1.0
    backoff: float = 1.0
    honour: bool = True
    look_first: bool = False


@dataclass(frozen=True)
class Client:
    """Who asks, and how.  `timeout` is seconds until it gives an answer up; `versions` are microversions by service.

    `logins` is how often it asks for another token when one is refused; one that watches the expiry does so when
    a token is over by its own clock.  It finds services in the catalogue, in its `region` if it has one, and takes
    what `versions` says, or, if it negotiates, the newest that the cloud has too.  `lists` is one of LISTS.
    """

    user: str = "demo"
    project: str | None = None
    agent: str = "fakecompute-workload"
    timeout: float | None = None
    logins: int = 1
    retry: Retry = Retry()
    versions: tuple[tuple[str, str], ...] = ()
    negotiates: bool = False
    region: str = ""
    watches_expiry: bool = False
    lists: str = LISTS[0]


@dataclass(frozen=True)
class Step:
    """One thing that a client does: `verb` with what it is told; `when` and `unless` ask before."""

    verb: str
    told: Mapping[str, Any]
    when: Mapping[str, Any] | None = None
    unless: Mapping[str, Any] | None = None
    may_fail: bool = False
    where: str = ""  # in the file


@dataclass(frozen=True)
class Workload:
    """`also` are other clients, each with the second in which it begins: the first one waits for them meanwhile."""

    client: Client = Client()
    steps: tuple[Step, ...] = ()
    also: tuple[tuple[float, Workload], ...] = ()


# --- readers


def status_or_failure(place: Place) -> Any:
    value = place.value
    if type(value) is int and 100 <= value <= 599:
        return value
    return choice(FAILURES, "failure (or a status of HTTP)")(place)


RETRY: dict[str, Reader | Required] = {
    "on": required(one_or_more(status_or_failure)),
    "times": required(integer(1)),
    "every": seconds,
    "backoff": number(1),
    "honour": boolean,
    "look_first": boolean,
}


def retry(place: Place) -> Any:
    made = mapping(RETRY)(place)
    if made is None or None in made.values():
        return None
    return Retry(**{**made, "on": tuple(made.get("on", ()))})


def microversion(place: Place) -> Any:
    word = text(place)
    if word is None or re.fullmatch(r"[0-9]+\.[0-9]+|latest", word):
        return word
    return place.wrong(f"must be a version: '2.79' or latest, not {word!r}")


def client(place: Place) -> Any:
    made = mapping(
        {
            "user": text,
            "project": text,
            "agent": text,
            "timeout": seconds,
            "logins": integer(0),
            "retry": retry,
            "versions": table(microversion, choice(VERSIONED, "service with versions")),
            "negotiates": boolean,
            "region": text,
            "watches_expiry": boolean,
            "lists": choice(LISTS, "way to read lists"),
        }
    )(place)
    if made is None or None in made.values():
        return None
    return Client(**{**made, "versions": tuple(made.get("versions", {}).items())})


def _nouns(more: Mapping[str, Reader | Required]) -> Reader:
    """A mapping that names resources of one noun by a glob, and says more."""

    def read(place: Place) -> Any:
        made = mapping({**dict.fromkeys(NOUNS, text), **more})(place)
        if made is None:
            return None
        named = [noun for noun in NOUNS if noun in made]
        if len(named) != 1:
            return place.wrong("must name things of one kind: servers, volumes, ports ...")
        return made

    return read


def _repeated(place: Place) -> Any:
    return mapping(
        {"times": required(integer(1)), "every": seconds, "until": CONDITIONS, "steps": required(listing(step))}
    )(place)


EXPECT: dict[str, Reader | Required] = {"expect": one_or_more(status_or_failure), "retry": retry}
# fmt: off
VERBS: dict[str, Reader] = {
    "boot": mapping({
        "name": required(text), "count": integer(1), "flavor": required(text), "image": text, "network": text,
        "volume": mapping({"size": required(integer(1)), "keep": boolean}), "group": text, "zone": text,
        "port": text, "body": anything, **EXPECT,
    }),
    "create": mapping({"kind": required(choice(NOUNS, "kind of thing")), "body": required(anything), **EXPECT}),
    "wait": _nouns({
        "status": required(text), "within": seconds, "every": seconds, "stop_on": one_or_more(text),
        "count": integer(0), "by_id": boolean,
    }),
    "act": _nouns({"action": required(text), "body": anything, "version": text, **EXPECT}),
    "update": _nouns({"body": required(anything), **EXPECT}),
    "delete": _nouns({"only_known": boolean, "older": seconds, "every": seconds, **EXPECT}),
    "show": _nouns({"every": seconds, **EXPECT}),
    "pick": _nouns({"status": text, "as": required(text)}),
    "list": _nouns({
        "limit": integer(1), "pages": integer(1), "every": seconds, "again": integer(1), **EXPECT,
    }),
    "attach": mapping({"server": required(text), "volume": required(text), **EXPECT}),
    "detach": mapping({"server": required(text), "volume": required(text), **EXPECT}),
    "call": mapping({
        "method": text, "path": required(text), "body": anything, "query": table(text), "version": text, **EXPECT,
    }),
    "reach": mapping({"server": required(text), "within": seconds, "every": seconds}),
    "repeat": _repeated,          # {n} in its steps is the number of the round
    "advance": seconds,
    "log_in": mapping({}),        # a new token
    "give_up": anything,          # the client dies here; what it has begun stays
}
CONDITIONS: Reader = _nouns({"status": text, "count": integer(1), "together": boolean})
# fmt: on


def step(place: Place) -> Any:
    entries = place.entries() if place.is_mapping else None
    if entries is None:
        return place.wrong("must be a step: {boot: {...}}, {advance: 60s}")
    verbs = [name for name in entries if name not in ("when", "unless", "may_fail")]
    for name in verbs:
        if name not in VERBS:
            entries[name][0].wrong(f"there is no step {name!r}{nearest(name, VERBS)}")
            return None
    if len(verbs) != 1:
        return place.wrong("must do one thing: " + ", ".join(VERBS))
    told = VERBS[verbs[0]](entries[verbs[0]][1])
    more = mapping({verbs[0]: anything, "when": CONDITIONS, "unless": CONDITIONS, "may_fail": boolean})(place) or {}
    if told is None and verbs[0] != "give_up":
        return None
    said = told if isinstance(told, dict) else {"value": told}
    return Step(
        verbs[0], said, more.get("when"), more.get("unless"), bool(more.get("may_fail")), where=place.path
    )


def workload(place: Place) -> Any:
    """A list of steps, or a mapping that says more of the client."""
    if not place.is_list and not place.is_mapping:
        return place.wrong("must be a list of steps, or a mapping: {client: {...}, steps: [...]}")
    if place.is_list:
        return _workload(None, [step(inner) for inner in place.items() or ()])
    made = mapping({"client": client, "steps": required(listing(step)), "also": listing(_other)})(place)
    return None if made is None else _workload(made.get("client"), made.get("steps") or [], made.get("also") or [])


def _other(place: Place) -> Any:
    """Another client, and when it begins."""
    made = mapping({"at": required(seconds), "client": client, "steps": required(listing(step))})(place)
    if made is None or made.get("at") is None:
        return None
    return made["at"], _workload(made.get("client"), made.get("steps") or [])


def _workload(who: Client | None, steps: list[Any], others: Iterable[Any] = ()) -> Workload:
    also = sorted((one for one in others if one is not None), key=lambda one: one[0])
    return Workload(who or Client(), tuple(one for one in steps if one is not None), tuple(also))
