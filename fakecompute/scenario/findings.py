"""The verdict on a client: what it lost, what it made twice, what it asked too often, what it waited for in vain.

Everything is read from the timeline of a run; a finding is what an expectation (`expect` of a scenario) says must
not be.  What a file does not say is expected as DEFAULTS has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Rule
from fakecompute.domain.records.network import FloatingIP, Port
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.states import VM, status_of
from fakecompute.kernel.clock import SECOND
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
from fakecompute.scenario.timeline import Entry

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
KINDS = ("server", "volume", "snapshot", "image", "port", "floating IP")
# When something that is left is of no use to anybody
USELESS: dict[str, tuple[type[Record], Callable[[Any], bool]]] = {
    "server": (Server, lambda server: server.vm_state == VM.ERROR),
    "port": (Port, lambda port: not port.device_id),
    "volume": (Volume, lambda volume: volume.status in ("available", "error", "error_deleting")),
    "floating IP": (FloatingIP, lambda ip: ip.port_id is None),
}
# What must be true of things that nobody waits for any more: nothing more comes of them by itself
FINAL = frozenset(("ACTIVE", "ERROR", "SHUTOFF", "DELETED", "available", "in-use", "error", "error_deleting", "killed"))
LOGIN = "identity.create_token"
LOGIN = "identity.create_token"
HOT = 10  # requests of one kind in a second
VAIN = 20  # looks at what does not change any more
PATIENCE = 1800  # seconds of them
STUCK = 3600  # seconds of looking at what should go on, and does not
LOGIN = "identity.create_token"
REFUSED = 10  # times the same request with the same refusal
PASSING = frozenset((401, 408, 425, 429))  # refusals that pass by themselves


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
    no_steals: bool = True
    no_overtaking: bool = True  # nothing was asked for again while it was under way, and so begun anew
    max_request_rate: float | None = None  # a second, over any ten seconds
    max_logins: int | None = None
    every_fault_hit: bool = False
    completes: bool = True  # the workload comes to its end
    within: float | None = None  # seconds that it may take
    status: tuple[tuple[str, str], ...] = ()  # of servers and volumes by their names, at the end
    count: tuple[tuple[str, int], ...] = ()  # how many of them there are then
    apart: tuple[str, ...] = ()  # names of servers of which no two may be on one host, at the end


# --- reader


def rate(place: Place) -> Any:
    """`5/s`, `300/m`, or a number: of requests a second."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*/\s*(s|m)", place.word or "")
    if match is None:
        return number(0)(place)
    return float(match[1]) / (60 if match[2] == "m" else 1)


def _kinds(known: Iterable[str]) -> Reader:
    """`true` for all kinds, or some of them."""

    def read(place: Place) -> Any:
        if place.value is True:
            return list(known)
        kinds = one_or_more(choice([kind.replace(" ", "_") for kind in known], "kind of thing"))(place)
        return None if None in kinds else kinds

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
    of_kinds = [name for name in ("no_leaks", "no_orphans") if name in made]
    kinds = {name: tuple(kind.replace("_", " ") for kind in made[name]) for name in of_kinds}
    tables = {name: tuple(made.get(name, {}).items()) for name in ("status", "count")}
    return Expectation(**{**made, **kinds, **tables, "apart": tuple(made.get("apart", ()))})


# --- what there is to judge


@dataclass
class Evidence:
    """A run as the judges see it."""

    cloud: Cloud
    entries: Sequence[Entry]
    expect: Expectation = field(default_factory=Expectation)
    failures: Sequence[tuple[int, str]] = ()  # steps of a workload that did not come to what it wanted

    @property
    def calls(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == "call"]

    def made(self) -> Iterator[Entry]:
        """The transitions with which something began."""
        for entry in self.entries:
            if entry.kind == "transition" and entry.data["before"] is None and entry.data["resource"] in KINDS:
                yield entry

    def gone(self) -> set[str]:
        return {
            entry.data["id"]
            for entry in self.entries
            if entry.kind == "transition" and entry.data["after"] in (None, "DELETED")
        }


def judge(evidence: Evidence) -> list[Finding]:
    """All that is wrong, in the order of time."""
    found = [finding for check in CHECKS for finding in check(evidence)]
    return sorted(found, key=lambda finding: (finding.at, finding.kind, finding.text))


# --- the judges


def leaks(run: Evidence) -> Iterator[Finding]:
    """What was made in the run and is there at its end."""
    gone = run.gone()
    for entry in run.made():
        kind, id = entry.data["resource"], entry.data["id"]
        if kind in run.expect.no_leaks and id not in gone:
            said = f"{entry.subject} ({id}) is left{_by(run, entry)}"
            yield Finding("leak", entry.at, said, {"id": id, "kind": kind})


def orphans(run: Evidence) -> Iterator[Finding]:
    """What was made in the run, is there at its end, and nobody can use as it is."""
    gone = run.gone()
    for entry in run.made():
        kind, id = entry.data["resource"], entry.data["id"]
        if kind not in run.expect.no_orphans or id in gone:
            continue
        record_type, is_useless = USELESS[kind]
        record = run.cloud.store.find(record_type, id)
        if record is not None and is_useless(record):
            said = f"{entry.subject} ({id}) is left, and of no use{_by(run, entry)}"
            yield Finding("orphan", entry.at, said, {"id": id, "kind": kind})


def lost(run: Evidence) -> Iterator[Finding]:
    """What was made by a call whose answer did not arrive, and was never mentioned to the client again."""
    if not run.expect.no_lost:
        return
    gone = run.gone()
    mentioned = _mentioned(run.calls)
    for entry in run.made():
        id, call = entry.data["id"], entry.data.get("call")
        if call is None or id in gone or id in mentioned or not _is_main(run, entry):
            continue
        said = f"{entry.subject} ({id}) exists, and its client never learned of it{_by(run, entry)}"
        yield Finding("lost", entry.at, said, {"id": id, "kind": entry.data["resource"], "call": call})


def duplicates(run: Evidence) -> Iterator[Finding]:
    """Two of one name, the second made because the answer to the first was an error."""
    if not run.expect.no_duplicates:
        return
    first: dict[tuple[Any, ...], Entry] = {}
    for entry in run.made():
        line = _line(run, entry)
        if line is None or line["method"] != "POST" or not _is_main(run, entry):
            continue
        key = (entry.data["resource"], entry.subject, line.get("user"))
        before = first.get(key)
        if before is not None and _unanswered(_line(run, before)):
            said = f"{entry.subject} was made twice: the first answer was lost, and it was asked for again"
            yield Finding("duplicate", entry.at, said, {"id": entry.data["id"], "first": before.data["id"]})
        first.setdefault(key, entry)


def strangers(run: Evidence) -> Iterator[Finding]:
    """What a client deletes, and it or another client of this run has not made."""
    if not run.expect.no_strangers:
        return
    own = {entry.data["id"] for entry in run.made() if entry.data["call"] is not None}
    told: set[str] = set()
    for entry in run.entries:
        line = _line(run, entry) if entry.kind == "transition" else None
        if line is None or line["method"] != "DELETE" or not _is_main(run, entry):
            continue
        id = entry.data["id"]
        if id not in own and id not in told:
            told.add(id)
            said = f"{entry.subject} ({id}) was deleted by a client that had not made it"
            yield Finding("stranger", entry.at, said, {"id": id, "kind": entry.data["resource"]})


def retried_too_early(run: Evidence) -> Iterator[Finding]:
    """The same call, before the time that the refusal named was over."""
    if not run.expect.honours_retry_after:
        return
    until: dict[tuple[Any, ...], tuple[int, int]] = {}
    for call in run.calls:
        line = call.data
        what = line["operation"] or f"{line['method']} {line['path']}"
        key = (what, line.get("user"), line.get("client"))
        if key in until and call.at < until[key][0]:
            end, asked = until[key]
            early = (end - call.at) / SECOND
            said = f"{what} was asked again {early:g} s before its Retry-After of {asked} s was over"
            yield Finding("retry_after", call.at, said, {"operation": line["operation"], "early": early})
        if line.get("retry_after") is not None:
            asked = int(line["retry_after"])
            until[key] = (call.at + asked * SECOND, asked)
        else:
            until.pop(key, None)


def hot_loops(run: Evidence) -> Iterator[Finding]:
    """Many times the same request in one second."""
    if not run.expect.no_hot_loops:
        return
    times: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    told: set[tuple[Any, ...]] = set()
    for call in run.calls:
        key = (call.data["method"], call.data["path"], repr(call.data.get("body")), call.data.get("client"))
        last = times[key]
        last.append(call.at)
        if len(last) >= HOT and call.at - last[-HOT] < SECOND and key not in told:
            told.add(key)
            said = f"{call.data['method']} {call.data['path']} was asked {HOT} times in a second"
            yield Finding("hot_loop", call.at, said, {"path": call.data["path"]})


def vain_retries(run: Evidence) -> Iterator[Finding]:
    """The same request again and again, always refused in the same words, until the client gave up or the run ended."""
    if not run.expect.no_vain_retries:
        return
    asked: dict[tuple[Any, ...], list[Entry]] = {}
    for call in run.calls:
        key = (call.data["method"], call.data["path"], repr(call.data.get("body")), call.data.get("client"))
        refused = asked.setdefault(key, [])
        if not _is_for_good(call.data) or (refused and refused[-1].data["answer"] != call.data["answer"]):
            refused.clear()
        if _is_for_good(call.data):
            refused.append(call)
    for (method, path, *_), refused in asked.items():
        if len(refused) >= REFUSED:
            took = (refused[-1].at - refused[0].at) / SECOND
            why = " ".join(filter(None, (str(refused[0].data["status"]), _message(refused[0].data["answer"]))))
            said = f"{method} {path} was refused {len(refused)} times in {took:g} s, always with {why}"
            yield Finding("vain_retry", refused[REFUSED - 1].at, said, {"path": path, "refusals": len(refused)})


def steals(run: Evidence) -> Iterator[Finding]:
    """A floating IP that led to somebody's port leads to another one's, because of a call."""
    leads: dict[str, str] = {}
    for entry in run.entries if run.expect.no_steals else ():
        if entry.kind != "transition" or entry.data["resource"] != "floating IP":
            continue
        before = leads.pop(entry.data["id"], None)
        _, _, now = (entry.data["after"] or "").partition(" for ")
        if now:
            leads[entry.data["id"]] = now
        if before and now and before != now and entry.data["call"] is not None:
            said = f"{entry.subject} led to {before}, and was taken away from there for {now}"
            yield Finding("steal", entry.at, said, {"id": entry.data["id"], "before": before, "after": now})


def overtaken(run: Evidence) -> Iterator[Finding]:
    """The same action on a server that is busy with it, and accepted: what was done of the first is for nothing."""
    if not run.expect.no_overtaking:
        return
    busy: dict[str, str] = {}  # server -> what it does because of a call
    for entry in run.entries:
        if entry.kind == "transition" and entry.data["resource"] == "server":
            line, id = _line(run, entry), entry.data["id"]
            if "(" not in (entry.data["after"] or ""):
                busy.pop(id, None)
            elif line is not None and line["method"] == "POST":
                busy[id] = line["operation"]
        elif entry.kind == "call" and entry.data["method"] == "POST" and entry.data["status"] < 300:
            for id in UUID.findall(entry.data["path"]):
                if busy.get(id) == entry.data["operation"]:
                    said = f"{entry.data['operation']} was asked for again while the server {id} was busy with it"
                    yield Finding("overtaken", entry.at, said, {"id": id, "operation": entry.data["operation"]})


def rates(run: Evidence) -> Iterator[Finding]:
    most = run.expect.max_request_rate
    if most is None:
        return
    window: list[int] = []
    for call in run.calls:
        window = [at for at in window if at > call.at - 10 * SECOND] + [call.at]
        if len(window) / 10 > most:
            said = f"{len(window)} requests in ten seconds are more than {most:g} a second"
            yield Finding("rate", call.at, said, {"requests": len(window)})
            return


def endless_waits(run: Evidence) -> Iterator[Finding]:
    """Looking on at what has come to its end, and is not what one waits for."""
    if not run.expect.no_endless_waits:
        return
    looks: dict[tuple[Any, ...], list[Entry]] = {}
    told: set[tuple[Any, ...]] = set()
    for call in run.calls:
        key = (call.data["path"], call.data.get("client"))
        if call.data["operation"] == LOGIN or call.data["status"] == 401:
            continue  # it looks on with another token
        if call.data["method"] != "GET":
            if call.data["operation"] != LOGIN:
                looks.clear()  # the client does something
            continue
        same = looks.setdefault(key, [])
        if same and same[-1].data.get("answer") != call.data.get("answer"):
            same.clear()
        same.append(call)
        state = _final(call.data.get("answer"))
        enough = len(same) >= VAIN or (len(same) > 2 and call.at - same[0].at >= PATIENCE * SECOND)
        if state is None and call.at - same[0].at >= STUCK * SECOND:
            state, enough = _stuck(call.data.get("answer")), True
        if enough and state is not None and key not in told:
            told.add(key)
            said = f"GET {call.data['path']} was asked {len(same)} times although nothing changes any more: {state}"
            yield Finding("endless_wait", call.at, said, {"path": call.data["path"], "looks": len(same)})


def unmet_faults(run: Evidence) -> Iterator[Finding]:
    if not run.expect.every_fault_hit:
        return
    for rule in sorted(run.cloud.store.all(Rule), key=lambda rule: rule.position):
        if not rule.fired:
            why = f"{rule.matched} calls or steps fitted" if rule.matched else f"nothing fitted {rule.on}"
            end = run.cloud.now - run.cloud.begun
            yield Finding("unmet_fault", end, f"the fault {rule.name!r} was never met: {why}", {"rule": rule.name})


def statuses(run: Evidence) -> Iterator[Finding]:
    end = run.cloud.now - run.cloud.begun
    for glob, wanted in run.expect.status:
        found = [(name, now) for name, now in _states(run.cloud) if fnmatchcase(name, glob)]
        if wanted == "DELETED" and all(now == "DELETED" for _, now in found):
            continue
        alive = [(name, now) for name, now in found if now != "DELETED"]
        for name, now in alive:
            if now != wanted:
                yield Finding("status", end, f"{name} is {now}, not {wanted}", {"name": name, "status": now})
        if not alive:
            yield Finding("status", end, f"there is no {glob} that could be {wanted}", {"name": glob})


def neighbours(run: Evidence) -> Iterator[Finding]:
    end = run.cloud.now - run.cloud.begun
    for glob in run.expect.apart:
        hosts: dict[str, list[str]] = defaultdict(list)
        for server in sorted(run.cloud.store.all(Server), key=lambda one: one.number):
            if server.host and not server.deleted and fnmatchcase(server.name, glob):
                hosts[server.host].append(server.name)
        for host, names in hosts.items():
            if len(names) > 1:
                said = f"{' and '.join(names)} are on one host, {host}"
                yield Finding("together", end, said, {"host": host, "names": names})


def counts(run: Evidence) -> Iterator[Finding]:
    end = run.cloud.now - run.cloud.begun
    for glob, wanted in run.expect.count:
        found = [name for name, now in _states(run.cloud) if fnmatchcase(name, glob) and now != "DELETED"]
        if len(found) != wanted:
            said = f"there are {len(found)} {glob} at the end, not {wanted}"
            yield Finding("count", end, said, {"name": glob, "count": len(found)})


def logins(run: Evidence) -> Iterator[Finding]:
    """Tokens that were made although the ones before were good, or were refused as well."""
    most = run.expect.max_logins
    made = [call for call in run.calls if call.data["operation"] == LOGIN and call.data["status"] == 201]
    if most is not None and len(made) > most:
        said = f"{len(made)} tokens were asked for, more than {most}"
        yield Finding("logins", made[most].at, said, {"logins": len(made)})


def completed(run: Evidence) -> Iterator[Finding]:
    for at, said in run.failures if run.expect.completes else ():
        yield Finding("failed", at, said, {})
    last = max((call.at for call in run.calls), default=0)
    if run.expect.within is not None and last > run.expect.within * SECOND:
        said = f"it took {last / SECOND:g} s, more than {run.expect.within:g} s"
        yield Finding("too_slow", last, said, {"seconds": last / SECOND})


Check = Callable[[Evidence], Iterable[Finding]]
CHECKS: tuple[Check, ...] = (
    leaks, orphans, lost, duplicates, strangers, retried_too_early, hot_loops, rates, endless_waits, vain_retries,
    steals, overtaken, unmet_faults, statuses, counts, logins, neighbours, completed,
)  # fmt: skip


# --- reading the evidence


def _line(run: Evidence, entry: Entry) -> Mapping[str, Any] | None:
    """The call that made something."""
    number = entry.data.get("call")
    calls = run.calls
    return calls[number].data if number is not None and number < len(calls) else None


def _by(run: Evidence, entry: Entry) -> str:
    line = _line(run, entry)
    return f"; made by {line['operation']} at {entry.at / SECOND:g} s" if line is not None else ""


def _is_main(run: Evidence, entry: Entry) -> bool:
    """Is it what the call was for, and no consequence of it?"""
    line = _line(run, entry)
    return line is not None and entry.data["resource"].replace(" ", "") in str(line["operation"]).replace("_", "")


def _unanswered(line: Mapping[str, Any] | None) -> bool:
    return line is not None and (line["status"] >= 500 or bool(line.get("lost")))


def _mentioned(calls: Iterable[Entry]) -> set[str]:
    """The ids that arrived at a client, or that it named."""
    found: set[str] = set()
    for call in calls:
        found.update(UUID.findall(call.data["path"]))
        if not call.data.get("lost"):
            found.update(UUID.findall(repr(call.data.get("answer"))))
    return found


def _is_for_good(line: Mapping[str, Any]) -> bool:
    """Is it a refusal that the same request will meet again, as long as nobody does anything about its cause?"""
    return 400 <= line["status"] < 500 and line["status"] not in PASSING and line.get("retry_after") in (None, "0")


def _message(answer: Any) -> str:
    """The words of a refusal, whichever service's."""
    inner = next(iter(answer.values()), None) if isinstance(answer, Mapping) else None
    return str(inner.get("message") or "") if isinstance(inner, Mapping) else ""


def _final(answer: Any) -> str | None:
    """The state that everything in an answer has for good, if it has."""
    states = _statuses(answer)
    return ", ".join(sorted(states)) if states and states <= FINAL else None


def _stuck(answer: Any) -> str | None:
    """The states of what is under way."""
    return ", ".join(sorted(_statuses(answer) - FINAL)) or None


def _statuses(answer: Any) -> set[str]:
    """What an answer says of the things in it; of a server that is at work, at what."""
    states: set[str] = set()
    for inner in answer.values() if isinstance(answer, Mapping) else ():
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, Mapping) and "status" in item:
                busy = item.get("OS-EXT-STS:task_state")
                states.add(f"busy {busy}" if busy else str(item["status"]))
    return states


def _states(cloud: Cloud) -> Iterator[tuple[str, str]]:
    for server in sorted(cloud.store.all(Server), key=lambda one: one.number):
        yield server.name, "DELETED" if server.deleted else status_of(server.vm_state, server.task_state)
    for volume in sorted(cloud.store.all(Volume), key=lambda one: one.number):
        yield volume.name or volume.id, volume.status
