"""Carries out a workload: a client of the cloud in the same process and in its time.

It is as careful or as careless as its file says; what came of it stands in the outcome, what it did in the journal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, urlsplit

from fakecompute.cloud import Cloud
from fakecompute.kernel.clock import SECOND, microseconds, moment
from fakecompute.scenario.workload import DETAILED, NOUNS, Noun, Retry, Step, Workload
from fakecompute.wsgi.client import Answer, Http
from fakecompute.wsgi.wire import Truncated

TOKENS = "/identity/v3/auth/tokens"
PASSWORD = "secret"
POLL = 5.0  # seconds between two looks, unless a step says otherwise
WITHIN = 600.0  # seconds that a wait may last
# {mine}, {ports:web}, {ports:*|DOWN}, {floatingips:*#floating_ip_address}
PAGES = 200  # of a list, after which it is taken for endless
ROOTS = {"compute": "/compute/v2.1/", "volume": "/volume/v3/", "placement": "/placement/"}  # tell versions
REFERENCE = re.compile(r"\{(\w+)(?::([^{}|#]+)(?:\|([\w-]+))?(?:#(\w+))?)?\}")
LONGEST = 7 * 86_400  # seconds that a workload may take: a retry or wait beyond it is broken off


class Met(NamedTuple):
    """What a call came to: a status of HTTP, or one of FAILURES; and the answer, if there is one."""

    status: int | str
    answer: Answer | None

    @property
    def went_well(self) -> bool:
        return isinstance(self.status, int) and self.status < 400

    @property
    def json(self) -> Any:
        return self.answer.json if self.answer is not None else None


@dataclass(frozen=True)
class Outcome:
    """How a step ended: `ok`, what there is to say, and when (microseconds since the cloud began)."""

    step: Step
    ok: bool
    text: str
    at: int


class Failed(Exception):
    """A step did not come to what its client wanted."""


class MarkerGone(Exception):
    """What a page began behind is no more."""


class GaveUp(Exception):
    """The client dies here."""


class Over(Exception):
    """The workload has come to its end before its last step."""


class Player:
    """Plays one workload on a cloud.  `outcomes` tells of the steps that were begun."""

    def __init__(self, cloud: Cloud, workload: Workload) -> None:
        self.cloud, self.workload = cloud, workload
        self.http = Http(cloud, workload.client.user, workload.client.project)
        self.outcomes: list[Outcome] = []
        self.known: dict[str, dict[str, str]] = {}  # what it was told that it has made: id -> name, by plural
        self.picked: dict[str, str] = {}  # ids by the names that it gave them
        self.token, self.expires_at = "", 0
        self.found: frozenset[str] | None = None  # the services that its catalogue has
        self.agreed: dict[str, str] = {}  # microversions that both sides know
        self.others = [(cloud.begun + microseconds(at), other) for at, other in workload.also]

    def play(self) -> list[Outcome]:
        with suppress(Over):
            self._take(self.workload.steps)
        while self.others:
            self.sleep(max(0, self.others[0][0] - self.cloud.now) / SECOND)
        return self.outcomes

    def _take(self, steps: Iterable[Step]) -> None:
        """One step after the other; Over if the client comes no further."""
        for step in steps:
            try:
                if not (self._is_so(step.when, True) and self._is_so(step.unless, False)):
                    continue
                if step.verb == "repeat":
                    self._repeat(step)
                    continue
                said = VERBS[step.verb](self, step.told)
            except Failed as failure:
                self._note(step, False, str(failure))
                if not step.may_fail:
                    raise Over from None
            except GaveUp as end:
                self._note(step, True, str(end))
                raise Over from None
            else:
                self._note(step, True, said)

    def _repeat(self, step: Step) -> None:
        """The same steps again, as often as it is told, or until a condition holds."""
        told = step.told
        for number in range(1, told["times"] + 1):
            if number > 1 and "every" in told:
                self.sleep(told["every"])
            self._take(_numbered(inner, number) for inner in told["steps"])
            if "until" in told and self._is_so(_with_number(told["until"], number), True):
                break

    def _note(self, step: Step, ok: bool, text: str) -> None:
        self.outcomes.append(Outcome(step, ok, text, self.cloud.now - self.cloud.begun))

    def _is_so(self, condition: Mapping[str, Any] | None, wanted: bool) -> bool:
        """Are there (so many) things of a name and status, (no two of them on one host), or not, as it is wanted?"""
        if condition is None:
            return True
        found = self._find_by(condition)
        hosts = [one["hostId"] for one in found if one.get("hostId")]
        together = len(set(hosts)) < len(hosts)
        holds = len(found) >= condition.get("count", 1) and together is condition.get("together", together)
        return holds is wanted

    # --- calls

    def once(
        self, method: str, path: str, *, json: Any = None, params: Mapping[str, str] | None = None, version: str = ""
    ) -> Met:
        """One request, and what came of it: waiting for it costs the cloud's time."""
        client = self.workload.client
        service = path.split("/")[1]
        version = version or dict(client.versions).get(service, "")
        if version and " " not in version:
            version = f"{service} {self._agree(service, version) if client.negotiates else version}"
        if self.found is not None and service not in self.found and path != TOKENS:
            return Met("no_endpoint", None)
        before = self.cloud.clock.now()
        try:
            answer = self.http.request(
                method,
                path,
                json=json,
                params=params,
                version=version or None,
                timeout=client.timeout,
                headers={"User-Agent": client.agent, "X-Auth-Token": self.token or None},
            )
        except Truncated:
            return Met("truncated", None)
        except ConnectionError:
            return Met("reset", None)
        except TimeoutError:
            return Met("timeout", None)
        took = (self.cloud.clock.now() - before) / SECOND
        if client.timeout is not None and took > client.timeout:
            return Met("timeout", None)
        if answer.unreadable:
            return Met("unreadable", None)
        return Met(answer.status_code, answer)

    def call(
        self,
        method: str,
        path: str,
        told: Mapping[str, Any],
        is_there: Callable[[], bool] = lambda: False,
        **more: Any,
    ) -> Met:
        """A request with all the patience that the client has; Failed if it comes to what was not expected."""
        retry: Retry = told.get("retry") or self.workload.client.retry
        expected = tuple(told.get("expect") or ())
        if not self.token or (self.workload.client.watches_expiry and self.expires_at <= self.cloud.now):
            self.log_in()
        met = self._again_with_a_new_token(self.once(method, path, **more), method, path, **more)
        for number in range(retry.times):
            if met.status not in retry.on or met.status in expected:
                break
            self.sleep(self._pause(retry, met, number))
            if retry.look_first and is_there():
                return Met(200, None)
            if met.status == "no_endpoint":
                self.log_in()  # brings another catalogue
            met = self._again_with_a_new_token(self.once(method, path, **more), method, path, **more)
        if met.status in expected or (not expected and met.went_well):
            return met
        raise Failed(f"{method} {path}: {met.status}{_said(met)}" + (f", not {_words(expected)}" if expected else ""))

    def _again_with_a_new_token(self, met: Met, method: str, path: str, **more: Any) -> Met:
        """As keystoneauth does it: one login, and the request once more."""
        for _ in range(self.workload.client.logins):
            if met.status != 401:
                break
            self.log_in()
            met = self.once(method, path, **more)
        return met

    def log_in(self) -> None:
        """Ask Keystone for a token; Failed if there is none to be had."""
        client = self.workload.client
        password = {"user": {"name": client.user, "domain": {"id": "default"}, "password": PASSWORD}}
        scope = {"project": {"name": self.http.project, "domain": {"id": "default"}}}
        identity = {"methods": ["password"], "password": password}
        self.token = ""
        met = self.once("POST", TOKENS, json={"auth": {"identity": identity, "scope": scope}})
        for number in range(client.retry.times):
            if met.status not in client.retry.on:
                break
            self.sleep(self._pause(client.retry, met, number))
            met = self.once("POST", TOKENS, json={"auth": {"identity": identity, "scope": scope}})
        if met.answer is None or not met.went_well:
            raise Failed(f"POST {TOKENS}: {met.status}{_said(met)}")
        self.token = met.answer.headers["X-Subject-Token"]
        self.expires_at = moment(met.json["token"]["expires_at"])
        self.found = _found_in(met.json["token"]["catalog"], client.region)

    def _agree(self, service: str, wanted: str) -> str:
        """The version that it wants, or the newest of an older cloud."""
        if service not in self.agreed:
            told = self.http.request("GET", ROOTS[service], headers={"X-Auth-Token": None}).json
            newest = told["version"] if "version" in told else told["versions"][0]
            self.agreed[service] = newest["version"]
        return min(wanted, self.agreed[service], key=lambda version: tuple(map(int, version.split("."))))

    def _pause(self, retry: Retry, met: Met, number: int) -> float:
        own = retry.every * retry.backoff**number
        told = met.answer.headers.get("Retry-After") if met.answer is not None else None
        if retry.honour and told is not None and told.isdecimal():
            return max(own, float(told))
        return own

    def sleep(self, seconds: float) -> None:
        if (self.cloud.now - self.cloud.begun) / SECOND + seconds > LONGEST:
            raise Failed("it goes on for ever")
        end = self.cloud.clock.now() + microseconds(seconds)
        while self.others and self.others[0][0] <= end:
            at, other = self.others.pop(0)
            self._until(at)
            self.outcomes += Player(self.cloud, other).play()
        self._until(end)

    def _until(self, at: int) -> None:
        self.cloud.clock.advance(max(0, at - self.cloud.clock.now()))
        self.cloud.catch_up()

    def one_by_one(self, found: Iterable[dict[str, Any]], told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """With a pause between each two, if the client makes one."""
        for number, one in enumerate(found):
            if number and "every" in told:
                self.sleep(told["every"])
            yield one

    # --- finding things

    def find(self, plural: str, glob: str) -> list[dict[str, Any]]:
        """The things whose name (or id) fits; Failed if the list cannot be had."""
        noun = NOUNS[plural]
        path = f"{noun.path}/detail" if plural in DETAILED else noun.path
        return [one for page in self.pages(plural, path, {}) for one in page if _fits(one, glob, noun)]

    def pages(
        self, plural: str, path: str, told: Mapping[str, Any], params: Mapping[str, str] | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """A list page by page, as far as the client reads; MarkerGone if its place in it is lost."""
        noun, lists = NOUNS[plural], self.workload.client.lists
        followed: set[str] = set()
        for number in range(told.get("pages", PAGES)):
            if number and "every" in told:
                self.sleep(told["every"])
            met = self.call("GET", path, told, params=params)
            if met.status == 400:
                raise MarkerGone
            page = [_unwrapped(one, noun) for one in (met.json or {}).get(noun.plural, ())]
            yield page
            link = _next(met.json, noun)
            if link is None or lists == "first_page" or (lists != "blindly" and (not page or link in followed)):
                return
            followed.add(link)
            params = dict(parse_qsl(urlsplit(link).query))
        raise Failed(f"the list of {plural} does not end")

    def _find_by(self, told: Mapping[str, Any]) -> list[dict[str, Any]]:
        plural = plural_of(told)
        found = self.find(plural, told[plural])
        status = told.get("status")
        return [one for one in found if status is None or _status(one, NOUNS[plural]) in status.split("|")]

    def look_up(self, plural: str, glob: str) -> list[dict[str, Any]]:
        """What it has made and calls so, each by its id; those that are gone are left out."""
        noun, found = NOUNS[plural], []
        for id, name in self.known.get(plural, {}).items():
            if fnmatchcase(name, glob):
                met = self.call("GET", f"{noun.path}/{id}", {"expect": (200, 404)})
                found += [met.json[noun.singular]] if met.status == 200 else []
        return found

    def one(self, plural: str, name: str, status: str | None = None, field: str = "id") -> str:
        """The id of what is called so, or what else it says of it."""
        found = self._find_by({plural: name, "status": status})
        if not found:
            raise Failed(f"there is no {NOUNS[plural].singular} {name!r}" + (f" that is {status}" if status else ""))
        return _id(found[0]) if field == "id" else str(found[0].get(field))

    def filled(self, value: Any) -> Any:
        """The same with ids in the place of references."""
        if isinstance(value, str):
            return REFERENCE.sub(self._meant, value)
        if isinstance(value, Mapping):
            return {key: self.filled(inner) for key, inner in value.items()}
        return [self.filled(inner) for inner in value] if isinstance(value, list) else value

    def _meant(self, reference: re.Match[str]) -> str:
        word, glob, status, field = reference.groups()
        if glob is not None and word in NOUNS:
            return self.one(word, glob, status, field or "id")
        if glob is None and word in self.picked:
            return self.picked[word]
        raise Failed(f"there is nothing that {reference[0]} could be")

    def remember(self, plural: str, met: Met, name: str | None = None) -> None:
        made = (met.json or {}).get(NOUNS[plural].singular) or {}
        if "id" in made or "name" in made:
            self.known.setdefault(plural, {})[_id(made)] = str(name or made.get("name") or "")


class Verb(Protocol):
    def __call__(self, player: Player, told: Mapping[str, Any]) -> str: ...


# --- the verbs


def _boot(player: Player, told: Mapping[str, Any]) -> str:
    flavor = player.one("flavors", told["flavor"])
    networks: Any = [{"uuid": player.one("networks", told["network"])}] if "network" in told else "auto"
    if "port" in told:
        networks = [{"port": player.one("ports", told["port"])}]
    image = player.one("images", told["image"]) if "image" in told else ""
    for number in range(1, told.get("count", 1) + 1):
        name = told["name"] if told.get("count", 1) == 1 else f"{told['name']}-{number}"
        server: dict[str, Any] = {"name": name, "flavorRef": flavor, "networks": networks, "imageRef": image}
        if "volume" in told:
            disk = told["volume"]
            server["block_device_mapping_v2"] = [
                {
                    "boot_index": 0, "uuid": image, "source_type": "image", "destination_type": "volume",
                    "volume_size": disk["size"], "delete_on_termination": not disk.get("keep", False),
                }
            ]  # fmt: skip
            del server["imageRef"]
        if "zone" in told:
            server["availability_zone"] = told["zone"]
        body: dict[str, Any] = {"server": {**server, **player.filled(told.get("body") or {})}}
        if "group" in told:
            body["os:scheduler_hints"] = {"group": player.one("server_groups", told["group"])}

        def is_there(name: str = name) -> bool:
            return bool(player.find("servers", name))

        version = dict(player.workload.client.versions).get("compute", "2.37")
        met = player.call("POST", NOUNS["servers"].path, told, is_there, json=body, version=version)
        player.remember("servers", met, name)
    return f"asked for {told.get('count', 1)} x {told['name']}"


def _create(player: Player, told: Mapping[str, Any]) -> str:
    noun, body = NOUNS[told["kind"]], player.filled(told["body"])
    name = body.get("name")

    def is_there() -> bool:
        return bool(name and player.find(told["kind"], name))

    sent = body if told["kind"] == "images" else {noun.singular: body}
    met = player.call("POST", noun.path, told, is_there, json=sent)
    player.remember(told["kind"], met)
    return f"made a {noun.singular}"


def _wait(player: Player, told: Mapping[str, Any]) -> str:
    """Look again and again, until all that fit have the status."""
    plural, status = plural_of(told), told["status"]
    noun, every = NOUNS[plural], told.get("every", POLL)
    end = player.cloud.now + microseconds(told.get("within", WITHIN))
    while True:
        found = (player.look_up if told.get("by_id") else player.find)(plural, told[plural])
        states = [_status(one, noun) for one in found]
        if status == "DELETED":
            if not found:
                return f"{plural} {told[plural]} are gone"
        elif found and all(state in status.split("|") for state in states) and len(found) >= told.get("count", 1):
            return f"{len(found)} {plural} are {status}"
        for one, state in zip(found, states, strict=True):
            if state in told.get("stop_on", ()):
                raise Failed(f"{noun.singular} {one.get('name') or one.get('id')} is {state}, not {status}")
        if player.cloud.now + microseconds(every) > end:
            now = ", ".join(sorted(set(states))) or "none"
            raise Failed(f"{plural} {told[plural]} are {now}, not {status}: too late")
        player.sleep(every)


def _act(player: Player, told: Mapping[str, Any]) -> str:
    plural = plural_of(told)
    found = player.find(plural, told[plural])
    for one in found:
        path = f"{NOUNS[plural].path}/{_id(one)}/action"
        body = {told["action"]: player.filled(told.get("body"))}
        player.call("POST", path, told, json=body, version=told.get("version", ""))
    return f"{told['action']} on {len(found)} {plural}"


def _update(player: Player, told: Mapping[str, Any]) -> str:
    plural = plural_of(told)
    noun, found = NOUNS[plural], player.find(plural, told[plural])
    for one in found:
        player.call("PUT", f"{noun.path}/{_id(one)}", told, json={noun.singular: player.filled(told["body"])})
    return f"changed {len(found)} {plural}"


def _delete(player: Player, told: Mapping[str, Any]) -> str:
    """What is found by name; with `only_known` just what it was told that it has made."""
    plural = plural_of(told)
    noun, found = NOUNS[plural], player.find(plural, told[plural])
    if told.get("only_known"):
        found = [one for one in found if _id(one) in player.known.get(plural, ())]
    if "older" in told:
        found = [one for one in found if _made_at(one) <= player.cloud.now - microseconds(told["older"])]
    for one in player.one_by_one(found, told):
        player.call("DELETE", f"{noun.path}/{_id(one)}", told)
    return f"deleted {len(found)} {plural}"


def _show(player: Player, told: Mapping[str, Any]) -> str:
    plural = plural_of(told)
    found = player.find(plural, told[plural])
    for one in player.one_by_one(found, told):
        player.call("GET", f"{NOUNS[plural].path}/{_id(one)}", told)
    return f"looked at {len(found)} {plural}"


def _pick(player: Player, told: Mapping[str, Any]) -> str:
    """Remember which one it is: the cloud may change, what the client knows does not."""
    plural = plural_of(told)
    player.picked[told["as"]] = player.one(plural, told[plural], told.get("status"))
    return f"{told['as']} is {player.picked[told['as']]}"


def _list(player: Player, told: Mapping[str, Any]) -> str:
    """Page after page, as long as there is a next one; `again` from the beginning if its place in it is lost."""
    plural = plural_of(told)
    params = {"limit": str(told["limit"])} if "limit" in told else None
    asked = {**told, "expect": (200, 400)} if "again" in told else told
    for _ in range(told.get("again", 0) + 1):
        with suppress(MarkerGone):
            return f"{sum(map(len, player.pages(plural, NOUNS[plural].path, asked, params)))} {plural}"
    raise Failed(f"the list of {plural} changes too quickly")


def _attach(player: Player, told: Mapping[str, Any]) -> str:
    server, volume = player.one("servers", told["server"]), player.one("volumes", told["volume"])
    path = f"{NOUNS['servers'].path}/{server}/os-volume_attachments"
    player.call("POST", path, told, json={"volumeAttachment": {"volumeId": volume}})
    return f"attaching {told['volume']} to {told['server']}"


def _detach(player: Player, told: Mapping[str, Any]) -> str:
    server, volume = player.one("servers", told["server"]), player.one("volumes", told["volume"])
    player.call("DELETE", f"{NOUNS['servers'].path}/{server}/os-volume_attachments/{volume}", told)
    return f"detaching {told['volume']} from {told['server']}"


def _call(player: Player, told: Mapping[str, Any]) -> str:
    """Any request."""
    method, path, query = told.get("method", "GET"), player.filled(told["path"]), player.filled(told.get("query"))
    body, version = player.filled(told.get("body")), told.get("version", "")
    met = player.call(method, path, told, json=body, params=query, version=version)
    return f"{method} {path}: {met.status}"


def _reach(player: Player, told: Mapping[str, Any]) -> str:
    """Connect to the first address of a server; who has patience waits until it has one."""
    end = player.cloud.now + microseconds(told.get("within", 0))
    every = microseconds(told.get("every", POLL))
    while True:
        for one in player.find("servers", told["server"]):
            networks = one.get("addresses") or {}
            if addresses := [address["addr"] for network in networks.values() for address in network]:
                return f"{one['name']} is at {addresses[0]}"
        if player.cloud.now + every > end:
            raise Failed(f"server {told['server']} has no address")
        player.sleep(every / SECOND)


def _advance(player: Player, told: Mapping[str, Any]) -> str:
    player.sleep(told["value"])
    return f"{told['value']:g} s passed"


def _log_in(player: Player, told: Mapping[str, Any]) -> str:
    player.log_in()
    return f"a new token for {player.workload.client.user}"


def _give_up(player: Player, told: Mapping[str, Any]) -> str:
    raise GaveUp("the client is gone")


# fmt: off
VERBS: dict[str, Verb] = {
    "boot": _boot, "create": _create, "wait": _wait, "act": _act, "update": _update, "delete": _delete,
    "show": _show, "pick": _pick, "list": _list, "attach": _attach, "detach": _detach, "call": _call,
    "reach": _reach, "advance": _advance, "log_in": _log_in, "give_up": _give_up,
}
# fmt: on


# --- small things


def plural_of(told: Mapping[str, Any]) -> str:
    """Which noun a step names."""
    return next(noun for noun in NOUNS if noun in told)


def _next(body: Any, noun: Noun) -> str | None:
    """Where the next page is: Nova's, Neutron's and Cinder's links, or Glance's `next`."""
    links = body.get(f"{noun.plural}_links", ()) if isinstance(body, dict) else ()
    hrefs = [link["href"] for link in links if link["rel"] == "next"]
    return hrefs[0] if hrefs else (body or {}).get("next")


def _found_in(catalog: Iterable[Mapping[str, Any]], region: str) -> frozenset[str]:
    """The services that a catalogue has, by the first word of their addresses."""
    endpoints = (endpoint for entry in catalog for endpoint in entry["endpoints"])
    urls = (urlsplit(endpoint["url"]) for endpoint in endpoints if region in ("", endpoint["region"]))
    return frozenset(url.path.split("/")[1] for url in urls)


def _made_at(item: Mapping[str, Any]) -> int:
    return moment(item.get("created") or item["created_at"])


def _unwrapped(item: Mapping[str, Any], noun: Noun) -> dict[str, Any]:
    """Key pairs are wrapped one by one."""
    return dict(item.get(noun.singular, item) if len(item) == 1 else item)


def _id(item: Mapping[str, Any]) -> str:
    return str(item.get("id") or item["name"])


def _status(item: Mapping[str, Any], noun: Noun) -> str:
    value: Any = item
    for part in noun.status.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return str(value)


def _numbered(step: Step, number: int) -> Step:
    """A step of a round."""
    when, unless = _with_number(step.when, number), _with_number(step.unless, number)
    return replace(step, told=_with_number(step.told, number), when=when, unless=unless)


def _with_number(value: Any, number: int) -> Any:
    """The same with the number of the round in the place of `{n}`."""
    if isinstance(value, str):
        return value.replace("{n}", str(number))
    if isinstance(value, Mapping):
        return {key: _with_number(inner, number) for key, inner in value.items()}
    if isinstance(value, Step):
        return _numbered(value, number)
    return [_with_number(inner, number) for inner in value] if isinstance(value, list) else value


def _fits(item: Mapping[str, Any], glob: str, noun: Noun) -> bool:
    names = (item.get(noun.name), item.get("id"), item.get("floating_ip_address"))
    return any(name is not None and fnmatchcase(str(name), glob) for name in names)


def _said(met: Met) -> str:
    """The message of a fault, whichever service's."""
    body = met.json
    inner = next(iter(body.values()), None) if isinstance(body, dict) and body else None
    message = inner.get("message") if isinstance(inner, dict) else None
    return f" ({message})" if message else ""


def _words(expected: tuple[int | str, ...]) -> str:
    return " or ".join(map(str, expected))
