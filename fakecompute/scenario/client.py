"""Carries out a workload: a client of the cloud in the same process and in its time.

It is as careful or as careless as its file says; what came of it stands in the outcome, what it did in the journal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from fakecompute.cloud import Cloud
from fakecompute.kernel.clock import SECOND, microseconds, moment
from fakecompute.scenario.answers import (
    Met,
    fits,
    id_of,
    next_page,
    plural_of,
    said_by,
    services_in,
    status_in,
    unwrapped,
    words_of,
)
from fakecompute.scenario.workload import DETAILED, NOUNS, Retry, Step, Workload
from fakecompute.wsgi.client import Http
from fakecompute.wsgi.wire import Truncated

TOKENS = "/identity/v3/auth/tokens"
PASSWORD = "secret"
PAGES = 200  # of a list, after which it is taken for endless
ROOTS = {"compute": "/compute/v2.1/", "volume": "/volume/v3/", "placement": "/placement/"}  # tell versions
# {mine}, {ports:web}, {ports:*|DOWN}, {floatingips:*#floating_ip_address}
REFERENCE = re.compile(r"\{(\w+)(?::([^{}|#]+)(?:\|([\w-]+))?(?:#(\w+))?)?\}")
LONGEST = 7 * 86_400  # seconds that a workload may take: a retry or wait beyond it is broken off


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


class Verb(Protocol):
    def __call__(self, player: Player, told: Mapping[str, Any]) -> str: ...


class Player:
    """Plays one workload on a cloud.  `outcomes` tells of the steps that were begun."""

    def __init__(self, cloud: Cloud, workload: Workload, verbs: Mapping[str, Verb]) -> None:
        self.cloud, self.workload, self.verbs = cloud, workload, verbs
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
                said = self.verbs[step.verb](self, step.told)
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
        instead = f", not {words_of(expected)}" if expected else ""
        raise Failed(f"{method} {path}: {met.status}{said_by(met)}{instead}")

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
            raise Failed(f"POST {TOKENS}: {met.status}{said_by(met)}")
        self.token = met.answer.headers["X-Subject-Token"]
        self.expires_at = moment(met.json["token"]["expires_at"])
        self.found = services_in(met.json["token"]["catalog"], client.region)

    def _agree(self, service: str, wanted: str) -> str:
        """The version that it wants, or the newest of an older cloud."""
        if service not in self.agreed:
            try:
                told = self.http.request("GET", ROOTS[service], headers={"X-Auth-Token": None}).json
                about = told["version"] if "version" in told else told["versions"][0]
                self.agreed[service] = str(about["version"])
            except (Truncated, OSError, LookupError, TypeError, ValueError):  # nothing of the kind has come
                raise Failed(f"GET {ROOTS[service]}: tells no versions") from None
        newest = self.agreed[service]
        if wanted == "latest" or not newest:
            return newest or wanted
        return min(wanted, newest, key=lambda version: tuple(map(int, version.split("."))))

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
            self.outcomes += Player(self.cloud, other, self.verbs).play()
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
        return [one for page in self.pages(plural, path, {}) for one in page if fits(one, glob, noun)]

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
            page = [unwrapped(one, noun) for one in (met.json or {}).get(noun.plural, ())]
            yield page
            link = next_page(met.json, noun)
            if link is None or lists == "first_page" or (lists != "blindly" and (not page or link in followed)):
                return
            followed.add(link)
            params = dict(parse_qsl(urlsplit(link).query))
        raise Failed(f"the list of {plural} does not end")

    def _find_by(self, told: Mapping[str, Any]) -> list[dict[str, Any]]:
        plural = plural_of(told)
        found = self.find(plural, told[plural])
        status = told.get("status")
        return [one for one in found if status is None or status_in(one, NOUNS[plural]) in status.split("|")]

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
        return id_of(found[0]) if field == "id" else str(found[0].get(field))

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
            self.known.setdefault(plural, {})[id_of(made)] = str(name or made.get("name") or "")


# --- the rounds of a repetition


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
