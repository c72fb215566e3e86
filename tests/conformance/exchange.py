"""Conversations with an API: the requests of `asked/`, and answers in a form that clouds can share.

The topics of `asked/` itself are Compute's; those of other services are in a folder of the service's name.

A script is a list of steps; `<name>` stands for what an earlier step has saved, or for one of NAMES.

    - do: POST /servers                     # below the version; `~/v2/` is below the mount
      as: admin                             # demo unless told
      at: "2.37"                            # the microversion, if not the service's usual; none is sent for ""
      send: {server: {name: web, ...}}      # JSON; `raw` is text as it is, `headers` are sent too
      save: {web: server.id}                # from the answer's body, or from `header Location`
      ignore: [server.addresses]            # what depends on the cloud
      any_order: [services]                 # what is in no order
      differs: why fakecompute answers otherwise
    - wait: web                             # until nothing happens to the server (with volumes: at all) any more
    - status: error                         # put a volume, or what else is named, into a status
      of: {volume: <v>}
    - pause: 1                              # seconds
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import yaml

HERE = Path(__file__).parent
TOPICS = sorted(path.relative_to(HERE / "asked").as_posix()[:-5] for path in (HERE / "asked").rglob("*.yaml"))

NAMES = {
    "project": "6f70656e737461636b20342065766572",
    "elsewhere": "6f70656e737461636b20342065766573",
    "image": "76fa36fc-c930-4bf3-8c8a-ea2a2420deb6",
    "network": "3cb9bc59-5699-4588-a4b1-b87f96708bc6",
    "nobody": "00000000-0000-4000-8000-000000000000",
    "long": "a" * 256,
    # the images that volumes are made of
    "small": "00000001-0000-4000-8000-000000000000",
    "min10": "00000002-0000-4000-8000-000000000000",
    "3g": "00000003-0000-4000-8000-000000000000",
    "5g": "00000004-0000-4000-8000-000000000000",
    "queued": "00000006-0000-4000-8000-000000000000",
    "hidden": "00000007-0000-4000-8000-000000000000",
}
PAUSES = {"wait", "pause", "status"}


@dataclass(frozen=True)
class Service:
    """Where its API is, the version that is asked for if a step names none, and the headers that are compared."""

    name: str
    path: str
    version: str
    headers: tuple[str, ...]
    type_of_nothing: bool = True  # is the Content-Type of an answer without a body of interest?


SERVICES = {
    each.name: each
    for each in (
        Service(
            "compute",
            "/v2.1",
            "2.1",
            ("Content-Type", "Location", "OpenStack-API-Version", "X-OpenStack-Nova-API-Version"),
        ),
        Service(
            "volume",
            "/v3",
            "3.71",
            ("Content-Type", "Location", "OpenStack-API-Version", "Retry-After", "Vary"),
            type_of_nothing=False,
        ),
        Service(
            "placement",
            "",
            "1.39",
            ("Allow", "Cache-Control", "Location", "OpenStack-API-Version"),
            type_of_nothing=False,
        ),
    )
}

# fmt: off
FORMS = (  # what no two clouds have in common: by its form ...
    (re.compile(r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),  lambda found: "(request id)"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),      lambda found: "(uuid)"),
    (re.compile(r"\br-[0-9a-z]{8}\b"),                              lambda found: "(reservation)"),
    (re.compile(r"ssh-rsa \S+ Generated-by-Nova\n?"),              lambda found: "(a generated key)"),
    (re.compile(r"Traceback \(most recent call last\)[\s\S]*"),       lambda found: "(traceback)"),
    (re.compile(r"\s+(Failed validating|On instance)[\s\S]*"),    lambda found: " (what was not met)"),
    (re.compile(r"instance-[0-9a-f]{8}"),                           lambda found: "(instance name)"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*"),        lambda found: re.sub(r"\d", "9", found[0])),
)
SECRET = {  # ... or by its key
    "adminPass", "addr", "OS-EXT-IPS-MAC:mac_addr", "private_key", "traceback",
    "OS-EXT-SRV-ATTR:root_device_name", "fingerprint",
    "auth_key", "backup_url", "target_iqn", "total_volumes", "vendor_name",
}
# fmt: on


@dataclass
class Step:
    """One request of a script, with what it is called in a test."""

    method: str
    path: str
    user: str
    version: str
    send: Any = None
    raw: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    save: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    any_order: tuple[str, ...] = ()
    differs: str | None = None
    title: str = ""


@dataclass
class Pause:
    """Time passes, a server comes to rest, or something is found in a status."""

    seconds: float = 0.0
    server: str | None = None
    status: str | None = None
    of: Mapping[str, str] = field(default_factory=dict)  # kind -> id


@dataclass
class Reply:
    """What came back, as it came."""

    status: int
    headers: Mapping[str, str]
    text: str


class Side(Protocol):
    """Somebody to ask: a real service, or fakecompute.  `root` is the address of the service without its version."""

    root: str

    def ask(self, step: Step, path: str, body: bytes | None) -> Reply: ...

    def rest(self, pause: Pause, server: str | None) -> None: ...


def service_of(topic: str) -> Service:
    return SERVICES[topic.rpartition("/")[0] or "compute"]


def script(topic: str) -> list[Step | Pause]:
    """The steps of a topic."""
    document = yaml.safe_load((HERE / "asked" / f"{topic}.yaml").read_text())
    usual = {"at": service_of(topic).version, **document.get("usual", {})}
    return [
        Pause(row.get("pause", 0.0), row.get("wait"), row.get("status"), row.get("of", {}))
        if PAUSES & row.keys()
        else _step({**usual, **row})
        for row in document["steps"]
    ]


def _step(row: dict[str, Any]) -> Step:
    method, _, path = row["do"].partition(" ")
    step = Step(method, path, row.get("as", "demo"), row["at"])
    for name in ("send", "raw", "headers", "save", "differs"):
        setattr(step, name, row.get(name, getattr(step, name)))
    step.ignore, step.any_order = tuple(row.get("ignore", ())), tuple(row.get("any_order", ()))
    sent = step.raw if step.raw is not None else json.dumps(step.send) if step.send is not None else ""
    step.title = " ".join(word for word in (step.user, step.version, row["do"], sent[:100]) if word)
    return step


def converse(topic: str, side: Side) -> Iterator[tuple[Step, dict[str, Any]]]:
    """Ask the requests of a topic one after the other: each with its answer, made comparable."""
    names, service = dict(NAMES), service_of(topic)
    for step in script(topic):
        if isinstance(step, Pause):
            step.of = {kind: fill(id, names) for kind, id in step.of.items()}
            side.rest(step, names.get(step.server) if step.server else None)
            continue
        reply = side.ask(step, fill(step.path, names), _body(step, names))
        answer = comparable(reply, names, side.root, service)  # before the names of this answer are known
        for name, place in step.save.items():
            if found := _find(reply, place):
                names[name] = found
        yield step, comparable(reply, names, side.root, service) if step.save else answer


def fill(text: str, names: Mapping[str, str]) -> str:
    return re.sub(r"<([\w-]+)>", lambda found: names.get(found[1], found[0]), text)


def _body(step: Step, names: Mapping[str, str]) -> bytes | None:
    text = step.raw if step.raw is not None else None if step.send is None else json.dumps(step.send)
    return None if text is None else fill(text, names).encode("utf-8", "surrogateescape")


def _find(reply: Reply, place: str) -> str | None:
    """What an answer has at a place; None if it is another answer than the script counts on."""
    if place.startswith("header "):
        return reply.headers.get(place.removeprefix("header "))
    try:
        value = json.loads(reply.text)
        for key in place.split("."):
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (ValueError, LookupError, TypeError):
        return None
    return str(value)


# --- making answers comparable ------------------------------------------------------------------------------


def comparable(reply: Reply, names: Mapping[str, str], root: str, service: Service) -> dict[str, Any]:
    """Status, headers and body, with names in the place of ids, and forms in the place of times."""
    hide = _hider(names, root)
    told = {name: hide(reply.headers[name]) for name in service.headers if name in reply.headers}
    try:
        body = json.loads(reply.text) if reply.text else None
    except ValueError:
        body = reply.text
    if not reply.text and not service.type_of_nothing:
        told.pop("Content-Type", None)
    return {"status": reply.status, "headers": told, "body": _walk(body, hide)}


def _hider(names: Mapping[str, str], root: str) -> Callable[[str], str]:
    known = sorted(((id, f"<{name}>") for name, id in names.items()), key=lambda pair: -len(pair[0]))

    def hide(text: str) -> str:
        text = text.replace(root, "<root>")
        for id, name in known:
            if len(id) >= 32:
                text = text.replace(id, name)
        for form, word in FORMS:
            text = form.sub(word, text)
        return text

    return hide


def _walk(value: Any, hide: Callable[[str], str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {hide(name): _walk(inner, hide, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_walk(inner, hide, key) for inner in value]
    if key in SECRET and value:
        return f"({key})"
    return hide(value) if isinstance(value, str) else value


def essence(answer: dict[str, Any], step: Step) -> dict[str, Any]:
    """The answer without the parts of its body that the step ignores, and in order what has none."""
    twin: dict[str, Any] = json.loads(json.dumps(answer))
    for place in step.ignore:
        for holder, key in _holders(twin["body"], place):
            holder.pop(key, None)
    for place in step.any_order:
        for holder, key in _holders(twin["body"], place):
            holder[key] = sorted(holder.get(key, ()), key=lambda one: json.dumps(one, sort_keys=True))
    return twin


def _holders(body: Any, place: str) -> list[tuple[dict[str, Any], str]]:
    """Where a place like `servers.*.addresses` is."""
    *way, last = place.split(".")
    found = [body]
    for key in way:
        found = [inner for outer in found for inner in _under(outer, key)]
    return [(holder, last) for holder in found if isinstance(holder, dict)]


def _under(value: Any, key: str) -> list[Any]:
    if isinstance(value, list):
        return value if key == "*" else []
    if isinstance(value, dict):
        return list(value.values()) if key == "*" else [value[key]] if key in value else []
    return []


# --- what the real ones have answered -----------------------------------------------------------------------


@cache
def observed(topic: str) -> list[dict[str, Any]]:
    """The answers that a real service gave to the requests of a topic, in their order."""
    path = HERE / "observed" / f"{topic}.json"
    return json.loads(path.read_text()) if path.exists() else []


def write(topic: str, answers: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(answer, sort_keys=True, ensure_ascii=False) for answer in answers)
    path = HERE / "observed" / f"{topic}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"[\n{lines}\n]\n")
