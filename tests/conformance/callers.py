"""Who asks: each role in the project that has the things, in another, on a domain and on the system; and nobody.

A matrix of roles is asked of a real service (its `ask_*_roles.py`) and of ours, by the same rows:

    GET  /ports/<port>
    POST /ports  {"port": {"network_id": "<shared>", "mac_address": "fa:16:3e:00:00:01"}}

An answer is a status, and what of it depends on who asks: the things that a list shows, by their names in the world,
and what one thing does not show of what it shows to an admin: `200 sees network shared`, `200 hides binding:profile`.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

IMPLIED = {
    "admin": ("admin", "manager", "member", "reader"),
    "manager": ("manager", "member", "reader"),
    "member": ("member", "reader"),
    "reader": ("reader",),
    "service": ("service",),
    "unscoped": (),
}
PLACES = ("own", "other", "domain", "system")
CALLERS = (*(f"{role}/{place}" for role in IMPLIED for place in PLACES if role != "unscoped"), "unscoped", "nobody")
PATTERNS = ("*/*", *(f"*/{place}" for place in PLACES), *(f"{role}/*" for role in IMPLIED))
OWNER, ADMIN, GUEST = "member/own", "admin/own", "member/other"
SCHEDULED = "/agents/|-agents$"  # what is on which agent is no matter of roles
PROJECTS = {"own": "a" * 32, "other": "b" * 32}

Ask = Callable[[str, str, str, Any], tuple[int, Any]]  # (method, path, caller, body) -> (status, json)
Table = dict[str, dict[str, str]]  # row -> caller -> answer


class Who(NamedTuple):
    """What a token of a caller says."""

    user: str
    roles: tuple[str, ...]
    project: str | None
    domain: str | None
    system: bool

    def headers(self) -> dict[str, str]:
        """As keystonemiddleware tells a service."""
        told = {"X-Identity-Status": "Confirmed", "X-User-Id": self.user, "X-Roles": ",".join(self.roles)}
        if self.project:
            told["X-Project-Id"] = self.project
        if self.domain:
            told["X-Domain-Id"] = self.domain
        if self.system:
            told["Openstack-System-Scope"] = "all"
        return told


def who(caller: str) -> Who:
    role, _, place = caller.partition("/")
    domain = "default" if place == "domain" else None
    return Who(caller.replace("/", "-"), IMPLIED[role], PROJECTS.get(place), domain, place == "system")


class Matrix:
    """Some service's world: `names` are the things in it, `restore` makes it as it was before anybody asked."""

    def __init__(self, ask: Ask, restore: Callable[[], None], names: Mapping[str, str]) -> None:
        self.ask, self._restore, self.names = ask, restore, names
        self._things = {id: name for name, id in names.items()}

    def answers(self, row: str) -> dict[str, str]:
        """What each caller is told; none of them sees what another has done."""
        method, path, *body = filled(row, self.names).split(None, 2)
        sent = json.loads(body[0]) if body else None
        told: dict[str, str] = {}
        shown: set[str] = set()  # to an admin
        for caller in CALLERS:
            status, answer = self.ask(method, path, caller, sent)
            if method != "GET" and not 400 <= status < 500:
                self._restore()
            told[caller] = str(status)
            inner = next(iter(answer.values()), None) if isinstance(answer, dict) and status < 300 else None
            if isinstance(inner, dict):
                shown = shown or set(inner)
                told[caller] += _words("hides", shown - set(inner)) + _words("shows", set(inner) - shown)
            elif method == "GET" and isinstance(inner, list) and not re.search(SCHEDULED, path):
                told[caller] += _words("sees", {self._things[id] for id in _ids(inner) if id in self._things})
        return told


def filled(text: str, names: Mapping[str, str]) -> str:
    return re.sub("<([a-z0-9_]+)>", lambda found: names[found[1]], text)


def _words(verb: str, words: Iterable[str]) -> str:
    return f" {verb} {' '.join(sorted(words))}" if words else ""


def _ids(items: list[Any]) -> set[str]:
    """What they are known by: most have an id, some only that of a network, a project or a host."""
    keys = ("id", "uuid", "network_id", "project_id", "name")
    return {next((item[key] for key in keys if key in item), "") for item in items if isinstance(item, dict)}


def write(table: Table, file: Path) -> None:
    """By answer, who gets it."""
    packed = {
        row: {answer: _packed([caller for caller in told if told[caller] == answer]) for answer in told.values()}
        for row, told in table.items()
    }
    file.write_text(json.dumps(packed, indent=1) + "\n")


def _packed(callers: list[str]) -> str:
    """In fewer words: `*/system` are all roles on the system, `admin/*` is the admin wherever."""
    words, left = [], callers
    for pattern in PATTERNS:
        all_such = fnmatch.filter(CALLERS, pattern)
        if set(all_such) <= set(callers) and not set(left).isdisjoint(all_such):
            words.append(pattern)
            left = [caller for caller in left if caller not in all_such]
    return " ".join(words + left)


def read(file: Path) -> Table:
    return {
        row: {
            caller: answer
            for answer, words in packed.items()
            for word in words.split()
            for caller in fnmatch.filter(CALLERS, word)
        }
        for row, packed in json.loads(file.read_text()).items()
    }


def compare(table: Table, file: Path) -> None:
    """Tell what a real service answers otherwise than it is written."""
    expected = read(file)
    for row, told in table.items():
        for caller, answer in told.items():
            if answer != (was := expected.get(row, {}).get(caller)):
                print(f"{row}: {caller} is told {answer!r}, was {was!r}")
