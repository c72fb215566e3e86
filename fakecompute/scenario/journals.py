"""Journals that are played again: the same calls at the same times to the same cloud, and whether it says the same.

    recorded = read("calls.jsonl")
    compared = compare(recorded)      # on a cloud of its own; compared.difference is the first, or None
    resume(cloud, recorded)           # what a cloud has not lived through yet

The first line of a journal (`header`) tells how its cloud was made, and holds it as it was then, without passwords and
tokens (scenario/state.py).  Ids are the same because streams repeat, and what happened by itself happens at its own
time, so that the times of the lines are all it takes.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import unified_diff
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import orjson

from fakecompute import resources
from fakecompute.cloud import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.delegation import Credential
from fakecompute.domain.records.identity import ApplicationCredential, Token, User
from fakecompute.domain.second_factor import passcode_at
from fakecompute.kernel.clock import (
    SECOND,
    AutoClock,
    Clock,
    ManualClock,
    ScaledClock,
    WallClock,
    shown,
)
from fakecompute.kernel.journal import SCRUBBED, Journal, scrub
from fakecompute.scenario.state import BadState, dump, load_state
from fakecompute.scenario.timeline import Timeline
from fakecompute.wsgi.app import app
from fakecompute.wsgi.journaling import CALLS, JSON, UNKNOWN
from fakecompute.wsgi.many import PROJECT, bind

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Line = Mapping[str, Any]


class BadJournal(Exception):
    """A file that is no journal, or none that can be played again; the text says why."""


@dataclass(frozen=True)
class Recorded:
    """A journal on disk; its lines are read when they are asked for."""

    path: Path
    header: Line

    def lines(self) -> Iterator[Line]:
        """One a call.  The last may have been cut off in the middle, by a crash; it is left out."""
        with self.path.open("rb") as file:
            next(file)
            for number, text in enumerate(file, 2):
                try:
                    yield orjson.loads(text)
                except orjson.JSONDecodeError:
                    if text.endswith(b"\n"):
                        raise BadJournal(f"{self.path}, line {number}: this is no JSON") from None


def header(cloud: Cloud, *, scenario: str, definition: str | None = None) -> dict[str, Any]:
    """The first line: how to make the same cloud again."""
    return {
        "fakecompute": resources.version(),
        "scenario": scenario,
        "definition": definition,
        "seed": cloud.streams.seed,
        "release": cloud.release.name,
        "clock": type(cloud.clock).__name__,
        "timing": {"scale": cloud.timing.scale, "own": sorted(cloud.timing.own)},
        "begun": cloud.begun,
        "now": cloud.now,
        "calls": answered(cloud),
        "digest": cloud.digest(),
        "state": b64encode(dump(_without_secrets(cloud))).decode(),
    }


def answered(cloud: Cloud) -> int:
    """How many calls of a journal it has lived through."""
    return cloud.streams.counts().get(CALLS, 0)


@contextmanager
def explained(cloud: Cloud, what: str) -> Iterator[None]:
    """What the block does to a cloud that is no call: its journal tells how it is then, for what follows to repeat."""
    journal = cloud.journal.behind if isinstance(cloud.journal, Timeline) else cloud.journal
    before = None if journal is None else _standing(cloud)
    yield
    if journal is None or before is None or _standing(cloud) == before:
        return
    cloud.streams.reach(CALLS, before[0])
    journal.write(mark(cloud, what))


def mark(cloud: Cloud, what: str) -> dict[str, Any]:
    """A line that tells how a cloud is after something that was no call."""
    return {
        "at": cloud.now,
        "control": what,
        "number": answered(cloud),
        "seed": cloud.streams.seed,
        "begun": cloud.begun,
        "state": b64encode(dump(_without_secrets(cloud))).decode(),
    }


def _standing(cloud: Cloud) -> tuple[Any, ...]:
    """What is another if a cloud is another."""
    return (
        answered(cloud), cloud.digest(), cloud.now, cloud.begun, cloud.release, cloud.settings, cloud.timing,
        type(cloud.clock), cloud.streams.counts(), cloud.events.number, len(cloud.events),
    )  # fmt: skip


def _without_secrets(cloud: Cloud) -> Cloud:
    """A twin in which every secret is the same: the one that a journal writes for all of them."""
    twin = cloud.fork()
    for user in twin.store.all(User):
        if user.password is not None:
            twin.store.put(user.evolve(password=SCRUBBED))
    for credential in twin.store.all(ApplicationCredential):
        twin.store.put(credential.evolve(secret=SCRUBBED))
    for number, token in enumerate(twin.store.all(Token)):
        twin.store.drop(token)
        twin.store.put(token.evolve(id=f"{SCRUBBED}{number}"))
    return twin


def _give_secrets(cloud: Cloud, former: Cloud) -> None:
    """The same the other way round, as far as a former cloud knows them."""
    for user in cloud.store.all(User):
        known = former.store.one(User, "name", (user.domain_id, user.name))
        if known is not None and user.password == SCRUBBED:
            cloud.store.put(user.evolve(password=known.password))
    for credential in cloud.store.all(ApplicationCredential):
        held = former.store.find(ApplicationCredential, credential.id)
        if held is not None:
            cloud.store.put(credential.evolve(secret=held.secret))
    for token in cloud.store.all(Token):
        own = next((one for one in former.store.by(Token, "chain", token.audit_ids[0])), None)
        if own is not None and own.audit_ids == token.audit_ids:
            cloud.store.drop(token)
            cloud.store.put(token.evolve(id=own.id))


def is_journal(path: Path) -> bool:
    try:
        read(path)
    except (BadJournal, OSError):
        return False
    return True


def read(path: Path) -> Recorded:
    """BadJournal if it is none; OSError if it cannot be read."""
    with path.open("rb") as file:
        first = file.readline()
    try:
        told = orjson.loads(first)
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict) or not {"fakecompute", "scenario", "seed"} <= told.keys():
        raise BadJournal(f"{path} is no journal: its first line does not tell of a cloud")
    return Recorded(path, told)


def beginning(recorded: Recorded) -> Cloud:
    """A cloud as it was when the journal began."""
    if "state" not in recorded.header:
        version = recorded.header["fakecompute"]
        raise BadJournal(f"{recorded.path} was written by fakecompute {version}, which did not keep its cloud in it")
    return _cloud_of(recorded.header)


def _cloud_of(line: Line) -> Cloud:
    """As a line tells that it was."""
    try:
        return load_state(b64decode(line["state"]))
    except BadState as error:
        raise BadJournal(f"The cloud that the journal was written of: {error}") from None
    except (KeyError, ValueError):
        raise BadJournal("The cloud that the journal was written of is damaged") from None


# --- what comes of it


@dataclass(frozen=True)
class Difference:
    """A call that was answered in another way than it is now."""

    line: Line
    then: Line  # status and answer
    now: Line

    @property
    def title(self) -> str:
        who = " on ".join(filter(None, (self.line.get("user"), self.line.get("project"))))
        return f"{self.line['method']} {self.line['path']}" + (f" by {who}" if who else "")

    def diff(self) -> list[str]:
        """The two answers, as lines of a unified diff."""
        then, now = (orjson.dumps(side, option=PRETTY).decode().splitlines() for side in (self.then, self.now))
        return list(unified_diff(then, now, fromfile="recorded", tofile="replayed", lineterm=""))


PRETTY = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2


@dataclass
class Compared:
    """`calls` were sent again; `notes` tell what could not be sent as it was."""

    calls: int = 0
    begun: int = 0
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    clock: Clock | None = None  # that the cloud was given by something that was no call

    @property
    def difference(self) -> Difference | None:
        """The first."""
        return self.differences[0] if self.differences else None

    def as_json(self) -> bytes:
        first = self.difference
        told: dict[str, Any] = {"calls": self.calls, "same": first is None, "notes": self.notes}
        if first is not None:
            at = (first.line["at"] - self.begun) / SECOND
            told["difference"] = {
                "call": first.line, "seconds": at, "then": first.then, "now": first.now, "diff": first.diff(),
            }  # fmt: skip
        return orjson.dumps(told, option=PRETTY)


def compare(recorded: Recorded) -> Compared:
    """Play all of a journal, up to the first answer that differs, on a cloud of its own."""
    cloud = beginning(recorded)
    return _play(cloud, recorded.lines(), first=True)


def resume(cloud: Cloud, recorded: Recorded, then: Clock | None = None) -> Compared:
    """Let a cloud live through what a journal has and it has not; its clock goes on from there.

    BadJournal if it is another cloud's, or begins after something that is missing.
    """
    told, clock = recorded.header, then or cloud.clock
    if not any(_is_of(line, cloud) for line in (told, *_marks(recorded))):
        raise BadJournal(
            f"{recorded.path} is of another cloud: seed {told['seed']}, begun {shown(told.get('begun', 0))}, "
            f"not seed {cloud.streams.seed}, begun {shown(cloud.begun)}"
        )
    missing = told.get("calls", 0) - answered(cloud)
    if missing > 0:
        raise BadJournal(f"{recorded.path} begins {missing} calls after where this cloud stands: they are lost")
    if not missing and told["now"] == cloud.now and told["digest"] != cloud.digest():
        raise BadJournal(f"{recorded.path} is of a cloud that was made in another way; give the same options again")
    known = answered(cloud)
    lines = (line for line in recorded.lines() if line["number"] + ("control" in line) > known)
    compared = _play(cloud, lines, first=False)
    cloud.clock, cloud.journal = going_on(compared.clock or clock, cloud.now), None
    return compared


def _is_of(line: Line, cloud: Cloud) -> bool:
    return (line["seed"], line.get("begun")) == (cloud.streams.seed, cloud.begun)


def _marks(recorded: Recorded) -> Iterator[Line]:
    """The lines that tell how the cloud was after something that was no call."""
    return (line for line in recorded.lines() if "control" in line)


def _play(cloud: Cloud, lines: Iterable[Line], *, first: bool) -> Compared:
    compared = Compared(begun=cloud.begun)
    again = _Again(cloud, compared.notes, tells=not first)
    for line in lines:
        if "control" in line:
            compared.clock = again.become(line)
            continue
        compared.calls += 1
        then = {"status": line["status"], "answer": line["answer"]}
        now = again.send(line)
        if now != then:
            compared.differences.append(Difference(line, then, now))
            if first:
                break
    return compared


# --- sending calls again


class LineClock(ManualClock):
    """Shows the time of the line that is played; nothing else moves it, not even an answer that is late."""

    virtual = False


def going_on(clock: Clock, now: int) -> Clock:
    """A clock of the same kind that shows this time; the machine's shows its own, once that is later."""
    match clock:
        case ScaledClock():
            return ScaledClock(clock.rate, now)
        case WallClock():
            clock.advance(max(0, now - clock.now()))
            return clock
        case AutoClock():
            return AutoClock(now)
    return ManualClock(now)


class _Last(Journal):
    """Keeps the last line alone, and its answer with all secrets."""

    line: Line = {}
    answer: Any = None

    def write(self, line: Line) -> None:
        self.line, self.answer = orjson.loads(orjson.dumps(scrub(line))), line.get("answer")


class _Again:
    """A client that does what another did."""

    def __init__(self, cloud: Cloud, notes: list[str], *, tells: bool) -> None:
        self.cloud, self.notes = cloud, notes
        self._tells = tells  # of passwords that are not what they were
        self.clock = cloud.clock = LineClock(cloud.now)
        cloud.journal = self._last = _Last()
        self._app: WSGIApplication = bind(app(), cloud)
        self._own: dict[str, str] = {}  # tokens of those who logged in without a call, by audit id
        self._keys: dict[str, str] = {}  # of volume transfers

    def become(self, line: Line) -> Clock:
        """What the cloud was after something that was no call; the clock that it had."""
        then = _cloud_of(line)
        if self._tells:
            _give_secrets(then, self.cloud)
        self.cloud.become(then)
        self.clock = self.cloud.clock = LineClock(self.cloud.now)
        return then.clock

    def send(self, line: Line) -> Line:
        """Status and answer of a call, scrubbed."""
        self.clock.at = max(self.clock.at, line["at"])
        self.cloud.catch_up()
        chunks = self._app(self._environ(line), lambda *told: cast(Any, None))
        for _ in chunks:
            pass
        getattr(chunks, "close", bool)()
        transfer = self._last.answer.get("transfer") if isinstance(self._last.answer, dict) else None
        if isinstance(transfer, dict) and "auth_key" in transfer:
            self._keys[transfer["id"]] = transfer["auth_key"]
        return {"status": self._last.line["status"], "answer": self._last.line["answer"]}

    def _environ(self, line: Line) -> dict[str, Any]:
        base = urlsplit(line.get("base", "http://localhost"))
        path, _, query = line["path"].partition("?")
        body = self._body(line, path)
        headers = {**line.get("headers", {}), "User-Agent": line.get("client", "")}
        headers |= {name: self._token(audit, line) for name, audit in line.get("tokens", {}).items()}
        kind = headers.pop("Content-Type", JSON if body else "")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": line["method"],
            "SCRIPT_NAME": base.path,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": base.hostname or "localhost",
            "SERVER_PORT": str(base.port or (443 if base.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": base.netloc,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": kind,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": base.scheme,
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items() if value},
        }
        if line.get("url_project"):
            environ[PROJECT] = line["url_project"]
        return environ

    def _token(self, audit: str, line: Line) -> str:
        """The one of this audit id; of a client that never asked for one, as if it had."""
        if audit == UNKNOWN:
            return UNKNOWN
        for token in self.cloud.store.by(Token, "chain", audit):
            if token.audit_ids[0] == audit:
                return token.id
        if audit not in self._own:
            try:
                self._own[audit] = token_for(self.cloud, line["user"] or "", line["project"] or "").id
            except KeyError:
                self._note(line, "its token is not known")
                self._own[audit] = UNKNOWN
        return self._own[audit]

    def _body(self, line: Line, path: str) -> bytes:
        if "upload" in line:
            return b64decode(line["upload"])
        if "bytes" in line:
            self._note(line, f"{line['bytes']} bytes are not in the journal, and zeros were sent")
            return bytes(line["bytes"])
        if line["body"] is None:
            return b""
        return orjson.dumps(self._filled(line["body"], line, path))

    def _note(self, line: Line, text: str) -> None:
        self.notes.append(f"{line['method']} {line['path']} at {(line['at'] - self.cloud.begun) / SECOND:g} s: {text}")

    # --- secrets, which a journal does not tell

    def _filled(self, body: Any, line: Line, path: str) -> Any:
        """The body with secrets that are as good as those that were scrubbed."""
        if not isinstance(body, dict):
            return body
        body = cast(dict[str, Any], orjson.loads(orjson.dumps(body)))
        if self._tells and "/identity/v3/users" in path and _is_there(body, "password") and line["status"] < 400:
            self._note(line, f"the password is not in the journal, and is {SCRUBBED} now")
        refused = line["status"] == 401
        for name, fill in FILLS.items():
            for holder in _holders(body, name):
                secret = None if refused else fill(self, holder, path)
                holder[name] = secret if secret is not None else SCRUBBED * (1 + refused)
        return body

    def _password(self, holder: dict[str, Any], path: str) -> str | None:
        """Of a user who logs in; whoever is made, or changes it, gets the one that is written for all."""
        if "original_password" in holder or not path.endswith("/auth/tokens"):
            return None
        user = self._user(holder)
        return user.password if user else None

    def _original(self, holder: dict[str, Any], path: str) -> str | None:
        user = self.cloud.store.find(User, path.split("/")[-2])
        return user.password if user else None

    def _user(self, told: Any) -> User | None:
        if not isinstance(told, dict):
            return None
        domain = told.get("domain") or {}
        place = domain.get("id") or ("default" if domain.get("name", "Default") == "Default" else None)
        found = self.cloud.store.find(User, str(told.get("id")))
        return found or self.cloud.store.one(User, "name", (place, told.get("name")))

    def _passcode(self, holder: dict[str, Any], path: str) -> str | None:
        """The one of the moment, where the user has a secret for them."""
        user = self._user(holder)
        secrets = self.cloud.store.by(Credential, "of_type", (user.id, "totp")) if user else []
        return passcode_at(secrets[0].blob, self.cloud.now) if secrets else None

    def _credential(self, holder: dict[str, Any], path: str) -> str | None:
        if not path.endswith("/auth/tokens"):
            return None
        user = self._user(holder.get("user"))
        found = self.cloud.store.find(ApplicationCredential, str(holder.get("id"))) or (
            user and self.cloud.store.one(ApplicationCredential, "name", (user.id, holder.get("name")))
        )
        return found.secret if found else None

    def _key(self, holder: dict[str, Any], path: str) -> str | None:
        return next((key for id, key in self._keys.items() if f"/{id}/" in path), None)

    def _user_data(self, holder: dict[str, Any], path: str) -> str:
        return b64encode(SCRUBBED.encode()).decode()


FILLS = {
    "password": _Again._password,
    "original_password": _Again._original,
    "passcode": _Again._passcode,
    "secret": _Again._credential,
    "auth_key": _Again._key,
    "user_data": _Again._user_data,
}


def _is_there(body: Any, name: str) -> bool:
    return any(True for _ in _holders(body, name))


def _holders(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """The mappings in which a secret of this name was scrubbed."""
    if isinstance(value, dict):
        if value.get(name) == SCRUBBED:
            yield value
        for inner in value.values():
            yield from _holders(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _holders(inner, name)
