"""The verdict on a client: what it lost, what it made twice, what it asked too often, what it waited for in vain.

Everything is read from the timeline of a run; a finding is what an expectation (`expect` of a scenario) says must
not be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from fakecompute.domain.faults import Rule
from fakecompute.domain.records.server import Server
from fakecompute.kernel.clock import SECOND
from fakecompute.scenario.evidence import (
    UUID,
    Evidence,
    in_seconds,
    is_for_good,
    is_main,
    is_unanswered,
    line_of,
    made_by,
    mentioned_in,
    message_of,
    request_of,
    states_of_all,
    statuses_in,
)
from fakecompute.scenario.expectations import USELESS, Finding
from fakecompute.scenario.timeline import Entry

# What must be true of things that nobody waits for any more: nothing more comes of them by itself
FINAL = frozenset(("ACTIVE", "ERROR", "SHUTOFF", "DELETED", "available", "in-use", "error", "error_deleting", "killed"))
FAILED = frozenset(("ERROR", "error", "error_deleting", "killed"))
LOGIN = "identity.create_token"
HOT = 10  # refusals of one request in a second, or as many a second that went well, but for
BURST = 3  # seconds: several processes that begin at once are no loop
AT_ONCE = 1  # seconds in which a request may have been on its way before a refusal arrived
VAIN = 20  # looks at what does not change any more
LONG = 300  # seconds of them, if it is as one may want it: who watches a thing is not waiting
STUCK = 3600  # seconds of looking at what should go on, and does not
PAUSE = 300  # seconds between two looks, at the most, of one who waits
VERSIONS = (".show_version", ".offer_versions", ".list_versions")  # operations that tell them
REFUSED = 10  # times the same request with the same refusal


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
            said = f"{entry.subject} ({id}) is left{made_by(run, entry)}"
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
            said = f"{entry.subject} ({id}) is left, and of no use{made_by(run, entry)}"
            yield Finding("orphan", entry.at, said, {"id": id, "kind": kind})


def lost(run: Evidence) -> Iterator[Finding]:
    """What was made by a call whose answer did not arrive, and was never mentioned to the client again."""
    if not run.expect.no_lost:
        return
    gone = run.gone()
    mentioned = mentioned_in(run.calls)
    for entry in run.made():
        id, call = entry.data["id"], entry.data.get("call")
        if call is None or id in gone or id in mentioned or not is_main(run, entry):
            continue
        if not is_unanswered(line_of(run, entry)):
            continue  # of many servers of one call the answer names the first alone
        said = f"{entry.subject} ({id}) exists, and its client never learned of it{made_by(run, entry)}"
        yield Finding("lost", entry.at, said, {"id": id, "kind": entry.data["resource"], "call": call})


def duplicates(run: Evidence) -> Iterator[Finding]:
    """Two of one name, the second made because the answer to the first was an error."""
    if not run.expect.no_duplicates:
        return
    first: dict[tuple[Any, ...], Entry] = {}
    ended = run.ended()
    for entry in run.made():
        line = line_of(run, entry)
        if line is None or line["method"] != "POST" or not is_main(run, entry):
            continue
        key = (entry.data["resource"], entry.subject, line.get("user"))
        before = first.get(key)
        if before is not None and ended.get(before.data["id"], entry.at) < entry.at:
            before = None  # it was found, and cleared away
            first.pop(key)
        if before is not None and is_unanswered(line_of(run, before)):
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
        line = line_of(run, entry) if entry.kind == "transition" else None
        if line is None or line["method"] != "DELETE" or not is_main(run, entry):
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
    refused: dict[tuple[Any, ...], tuple[Entry, int]] = {}
    for call in run.calls:
        line = call.data
        what = line["operation"] or f"{line['method']} {line['path']}"
        key = (what, line.get("user"), line.get("client"))
        if key in refused:
            before, asked = refused[key]
            early = (before.at - call.at) / SECOND + asked
            if early > 0 and (request_of(call) == request_of(before) or call.at - before.at >= AT_ONCE * SECOND):
                said = f"{what} was asked again {early:.3g} s before its Retry-After of {asked} s was over"
                yield Finding("retry_after", call.at, said, {"operation": line["operation"], "early": early})
        if str(line.get("retry_after") or "").isdecimal() and not line.get("lost"):
            refused[key] = (call, int(line["retry_after"]))
        else:
            refused.pop(key, None)


def hot_loops(run: Evidence) -> Iterator[Finding]:
    """Many times the same request in one second."""
    if not run.expect.no_hot_loops:
        return
    times: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    told: set[tuple[Any, ...]] = set()
    for call in run.calls:
        line = call.data
        if str(line["operation"]).endswith(VERSIONS):
            continue  # every process begins with them
        refused = line["status"] >= 400 and (line["method"], line["status"]) != ("GET", 404)
        key = (*request_of(call), line.get("client"), refused)
        last, most = times[key], HOT if refused else HOT * BURST
        last.append(call.at)
        if len(last) >= most and call.at - last[-most] < most // HOT * SECOND and key not in told:
            told.add(key)
            said = f"{line['method']} {line['path']} was asked {most} times in {in_seconds(most // HOT)}"
            yield Finding("hot_loop", call.at, said, {"path": line["path"]})


def vain_retries(run: Evidence) -> Iterator[Finding]:
    """The same request again and again, always refused in the same words, until the client gave up or the run ended."""
    if not run.expect.no_vain_retries:
        return
    asked: dict[tuple[Any, ...], list[Entry]] = {}
    for call in run.calls:
        line = call.data
        refused = asked.setdefault((*request_of(call), line.get("client")), [])
        if not is_for_good(line) or (refused and refused[-1].data["answer"] != line["answer"]):
            refused.clear()
        if is_for_good(line):
            refused.append(call)
        elif line["status"] < 400 and line["operation"] != LOGIN:
            _found_another_way(asked, line)
    for (method, path, *_), refused in asked.items():
        if len(refused) >= REFUSED:
            took = (refused[-1].at - refused[0].at) / SECOND
            why = " ".join(filter(None, (str(refused[0].data["status"]), message_of(refused[0].data["answer"]))))
            said = f"{method} {path} was refused {len(refused)} times in {took:g} s, always with {why}"
            yield Finding("vain_retry", refused[REFUSED - 1].at, said, {"path": path, "refusals": len(refused)})


def _found_another_way(asked: Mapping[tuple[Any, ...], list[Entry]], line: Mapping[str, Any]) -> None:
    """Looks that found nothing were no retries if their client went on: many look for an id first, then for a name."""
    for (method, *_, client), refused in asked.items():
        if method == "GET" and client == line.get("client") and len(refused) < REFUSED:
            refused.clear()


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
    busy: dict[str, tuple[Any, ...]] = {}  # server -> what it does because of a call
    for entry in run.entries:
        if entry.kind == "transition" and entry.data["resource"] == "server":
            line, id = line_of(run, entry), entry.data["id"]
            if "(" not in (entry.data["after"] or ""):
                busy.pop(id, None)
            elif line is not None and line["method"] == "POST":
                busy[id] = (line["operation"], line.get("body"))
        elif entry.kind == "call" and entry.data["method"] == "POST" and entry.data["status"] < 300:
            for id in UUID.findall(entry.data["path"]):
                if busy.get(id) == (entry.data["operation"], entry.data.get("body")):
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
    """Looking on at what has come to its end, and is not what one waits for; by who has done something before."""
    if not run.expect.no_endless_waits:
        return
    looks: dict[tuple[Any, ...], list[Entry]] = {}
    told: set[tuple[Any, ...]] = set()
    active: set[str | None] = set()
    for call in run.calls:
        line = call.data
        key = (line["path"], line.get("client"))
        if line["operation"] == LOGIN or line["status"] == 401:
            continue  # it looks on with another token
        if line["method"] != "GET":
            active.add(line.get("user"))
            looks.clear()  # the client does something
            continue
        same = looks.setdefault(key, [])
        if same and (same[-1].data.get("answer") != line.get("answer") or call.at - same[-1].at > PAUSE * SECOND):
            same.clear()
        same.append(call)
        state = _vain(same)
        if state is not None and line.get("user") in active and key not in told:
            told.add(key)
            said = f"GET {line['path']} was asked {len(same)} times although nothing changes any more: {state}"
            yield Finding("endless_wait", call.at, said, {"path": line["path"], "looks": len(same)})


def _vain(looks: Sequence[Entry]) -> str | None:
    """The state of what was looked at for too long, if it was."""
    lasted = (looks[-1].at - looks[0].at) / SECOND
    states = statuses_in(looks[-1].data.get("answer"))
    if states <= FINAL:
        enough = len(looks) >= VAIN and (states & FAILED or lasted >= LONG)
    else:
        states, enough = states - FINAL, lasted >= STUCK
    return ", ".join(sorted(states)) if states and enough else None


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
        found = [(name, now) for name, now in states_of_all(run.cloud) if fnmatchcase(name, glob)]
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
        found = [name for name, now in states_of_all(run.cloud) if fnmatchcase(name, glob) and now != "DELETED"]
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
