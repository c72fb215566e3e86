"""The cloud of a test: one that can be read, told to fail, and asked what it thinks of its client.

    cloud.fail("compute.create_server", nth=2, status=503, phase="after")
    cloud.host("compute-1").down()
    assert cloud.servers["web-1"].status == "ERROR"
    cloud.assert_no_leaks()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import yaml

from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Rule
from fakecompute.domain.happenings import happen, plan
from fakecompute.faces.rows import plain, plain_row, rows
from fakecompute.faces.testing.acts import Fault, Part, Quota
from fakecompute.faces.testing.endings import Deadlock, EndlessWait
from fakecompute.faces.testing.seen import KINDS, Call, Collection, call_of, matching
from fakecompute.faces.testing.sleeping import paused
from fakecompute.faces.testing.told import Told, read_rule
from fakecompute.kernel.clock import SECOND, ManualClock, microseconds
from fakecompute.kernel.events import Event
from fakecompute.kernel.journal import Journal
from fakecompute.scenario.evidence import Evidence
from fakecompute.scenario.expectations import KINDS as LEAKING
from fakecompute.scenario.expectations import Expectation, Finding
from fakecompute.scenario.findings import judge
from fakecompute.scenario.journals import header, mark
from fakecompute.scenario.load import Scenario
from fakecompute.scenario.replay import AFTERWARDS
from fakecompute.scenario.schema import Page, seconds
from fakecompute.scenario.timeline import Entry, Timeline, words_of

ASKED_AT_ONCE = 5000  # calls at one moment, after which a client is taken to wait without letting time pass
REMEMBERED = 1000  # states of the past, for answers that are stale
LOOKED_IN_VAIN = 100  # looks at a cloud in which nothing will happen by itself ...
IN_VAIN = 7200 * SECOND  # ... and for how long, after which a client is taken to wait for ever


class Act(NamedTuple):
    """What a test did to its cloud beside calling it: when (microseconds since it began), what, and how it was then."""

    at: int
    name: str
    told: Mapping[str, Any]
    line: int  # of the calls before it
    twin: Cloud


class Watch(Timeline):
    """The timeline of a test's cloud, and what it takes to find clients that wait in vain."""

    def __init__(self, cloud: Cloud, tired: Callable[[str], None]) -> None:
        super().__init__(cloud)
        self._tired = tired
        self._asked, self._at = 0, cloud.now
        self.looks, self.quiet_since = 0, cloud.now
        self._version = cloud.store.version

    def look(self, cloud: Cloud, event: Event | None = None) -> None:
        super().look(cloud, event)
        if event is not None:
            return
        self._asked = self._asked + 1 if cloud.now == self._at else 1
        self._at = cloud.now
        changed = any(change.kind != "Token" for change in cloud.store.changes(self._version))
        self._version = cloud.store.version
        if changed or len(cloud.events):
            self.quiet_since, self.looks = cloud.now, 0
        self.looks += 1
        if self._asked >= ASKED_AT_ONCE:
            self._asked = 0
            self._tired(f"The client has asked {ASKED_AT_ONCE} times without letting any time pass: it never sleeps.")


class TestCloud(Cloud):
    """A cloud with words for tests.  `TestCloud.of(cloud)` is a twin of one; `scenario` is where it comes from."""

    __test__ = False  # pytest: not a test

    scenario: Scenario | None
    told: Told
    _watch: Watch
    _origin: Cloud
    _acts: list[Act]
    _given: dict[str, tuple[Rule, int, int | None]]

    @classmethod
    def of(cls, cloud: Cloud, scenario: Scenario | None = None, told: Told | None = None) -> Self:
        """A twin of a cloud, watched from here on."""
        twin = object.__new__(cls)
        twin.__dict__.update(Cloud.fork(cloud).__dict__)
        twin.scenario, twin.told = scenario, told or Told()
        twin._begin()
        return twin

    def _begin(self) -> None:
        self._origin = Cloud.fork(self)
        self._watch = Watch(self, self._tired)
        self._acts, self._given = [], {}

    def fork(self) -> Self:
        return type(self).of(self, self.scenario, self.told)

    def become(self, other: Cloud) -> None:
        own = {name: self.__dict__[name] for name in ("scenario", "told", "_watch", "_origin", "_acts", "_given")}
        super().become(other)
        self.__dict__.update(own)

    def remember(self) -> None:
        """Always: a test may want to show the past of a cloud that nobody thought of when it was the present."""
        if not self._past or self._past[-1][1].store.version != self.store.version:
            self._past.append((self.now, Cloud.fork(self)))
            if len(self._past) > REMEMBERED:
                self._past.popleft()

    # --- time

    def advance(self, amount: float | str) -> None:
        """Let time pass, in seconds or as `90s`, `10m`, `2h`; and live through it."""
        with self.lock:
            super().advance(seconds_of(amount))

    def reading(self) -> int:
        """What its clock tells, in microseconds since 1970."""
        return self.clock.now()

    def go(self, at: int) -> None:
        """Let time pass until then; Deadlock if the client has looked on for hours, and nothing can change."""
        with self.lock:
            self.clock.advance(max(0, at - self.clock.now()))
            self.catch_up()
            watch, quiet = self._watch, self.now - self._watch.quiet_since
        if watch.looks >= LOOKED_IN_VAIN and quiet >= IN_VAIN and self.next_due() is None:
            watch.looks = 0
            raise Deadlock(
                f"The client has looked {LOOKED_IN_VAIN} times and more, for {quiet / SECOND / 3600:.1f} h of the "
                f"cloud's, and nothing is due: what it waits for will never happen.\n{self.standing()}"
            )

    def pause(self, seconds: float) -> None:
        """A client waits for an answer; others that share its time go on meanwhile."""
        if not paused(self, seconds):
            self.advance(seconds)

    def next_due(self) -> int | None:
        """When something happens by itself the next time."""
        return self.events.next_due()

    def _tired(self, said: str) -> None:
        raise EndlessWait(f"{said}\n{self.standing()}")

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return (self.reading() - self.begun) / SECOND

    def __repr__(self) -> str:
        return f"<cloud of {self.release.name}, {self.elapsed:g} s old>"

    def standing(self) -> str:
        """How its servers and volumes are, and the last calls, in a few lines."""
        named = [f"{one.name or one.id} is {one.status}" for kind in ("servers", "volumes") for one in self._all(kind)]
        last = [plain(entry) for entry in self.timeline if entry.kind == "call"][-3:]
        things = f"In the cloud: {', '.join(named[:12]) or 'nothing'}."
        return "\n".join([things, *(f"  {line.strip()}" for line in last)])

    def _all(self, kind: str) -> Iterator[Any]:
        return iter(Collection(self, KINDS[kind]).values())

    # --- what there is

    def __getattr__(self, name: str) -> Collection:
        """`servers`, `volumes`, `ports` and their kin: what there is, by name or id."""
        if name in KINDS:
            return Collection(self, KINDS[name])
        raise AttributeError(f"a cloud has no {name!r}")

    @property
    def timeline(self) -> Sequence[Entry]:
        """Calls, transitions, faults and events since the test began, in the order of time."""
        return self._watch.entries

    def calls(self, operation: str = "*", **wanted: Any) -> list[Call]:
        """What clients asked for: `operation`, `path` and other texts as globs, `status=404` and the like exactly."""
        seen = [call_of(entry) for entry in self.timeline if entry.kind == "call"]
        return matching(seen, {"operation": operation, **wanted})

    def cause_of(self, entry: Entry) -> str:
        """The call, the fault or the event that a transition came of."""
        if entry.data["fault"]:
            return str(entry.data["fault"])
        calls = [one for one in self.timeline if one.kind == "call"]
        number = entry.data["call"]
        return str(calls[number].data["operation"] or "") if number is not None and number < len(calls) else ""

    @property
    def faults(self) -> list[Fault]:
        """Its rules, in the order in which they are asked: `.name`, `.matched`, `.hits`, `.remove()`."""
        rules = sorted(self.store.all(Rule), key=lambda rule: rule.position)
        return [Fault(self, rule.id) for rule in rules]

    # --- the verdict

    def judge(self, expect: Expectation | None = None, **wanted: Any) -> list[Finding]:
        """What is to be said of the client, once all that it has begun has come to its end.

        `wanted` are words of a scenario's `expect`: no_leaks=("server",), max_request_rate=5.  The cloud stays as it
        is: a twin of it lives on for an hour.
        """
        twin = Cloud.fork(self)
        twin.clock = ManualClock(self.clock.now())
        later = Timeline(twin)
        twin.settle(AFTERWARDS)
        expected = expect or Expectation(**wanted)
        return judge(Evidence(twin, [*self.timeline, *later.entries], expected))

    @property
    def findings(self) -> list[Finding]:
        """What the client does badly, whatever it is for; `assert not cloud.findings`."""
        expect = (self.scenario and self.scenario.expect) or Expectation()
        return self.judge(expect.of_habits())

    def assert_no_findings(self, **wanted: Any) -> None:
        """AssertionError with all that is to be said of the client."""
        assert_none(self.judge(Expectation(**wanted)) if wanted else self.findings)

    def assert_no_leaks(self, *kinds: str) -> None:
        """AssertionError if anything that was made since the test began is left: of all kinds, or of these."""
        for kind in kinds:
            if kind not in LEAKING:
                raise ValueError(f"there is no kind {kind!r}; there are {', '.join(LEAKING)}")
        found = self.judge(Expectation(no_leaks=kinds or LEAKING))
        assert_none([one for one in found if one.kind in ("leak", "lost")])

    # --- what goes wrong

    def fault(self, on: str, effect: Mapping[str, Any], phase: str | None = None, **how: Any) -> Fault:
        """A rule as in the `faults` of a scenario file; BadDefinition tells what is wrong with it.

        `how` is which calls or steps it strikes (`nth`, `skip`, `times`, `every`, `between`, `probability`), its
        `name`, and the facts that it asks for: `server="web-*"`, `where={"server.name": "web-1"}`.
        """
        return self.add_rule(read_rule(self, on, effect, phase, how))

    def add_rule(self, rule: Rule) -> Fault:
        """A rule as it is, behind the others."""
        with self.lock:
            self.catch_up()
            last = max((one.position for one in self.store.all(Rule)), default=-1)
            rule = self.store.put(rule.evolve(id=f"rule-of-test-{len(self._given) + 1}", position=last + 1))
            self._given[rule.id] = (rule, self.now - self.begun, None)
            self._did("fault", {"name": rule.name})
        return Fault(self, rule.id)

    def fail(self, on: str, message: str | None = None, *, status: int | None = None, **how: Any) -> Fault:
        """A call is answered with a status (503 unless told), or a step fails.

        `phase="after"`: the call has been carried out, and its answer is lost.  Also `body`, `headers`, `delay`.
        """
        effect = _taken(how, "body", "headers", "delay")
        if _is_step(on):
            effect["fail"] = message or "Injected by a fault rule."
            return self.fault(on, effect | ({} if status is None else {"status": status}), **how)
        told = {} if message is None else {"message": message}
        return self.fault(on, {"status": status or 503, **told, **effect}, how.pop("phase", "before"), **how)

    def delay(self, on: str, by: float | str, **how: Any) -> Fault:
        """A call or a step takes so much longer."""
        return self.fault(on, {"delay": by}, how.pop("phase", None), **how)

    def slow(self, on: str, times: float, **how: Any) -> Fault:
        """A step takes so many times as long."""
        return self.fault(on, {"slow": times}, **how)

    def hang(self, on: str, **how: Any) -> Fault:
        """A step never ends."""
        return self.fault(on, {"hang": True}, **how)

    def lose(self, on: str, **how: Any) -> Fault:
        """A call is carried out, and the connection closes before its answer."""
        return self.fault(on, {"close": True}, "wire", **how)

    def stale(self, on: str, by: float | str, **how: Any) -> Fault:
        """A call shows what was true so long ago."""
        return self.fault(on, {"stale": by}, "read", **how)

    def happen(self, name: str, **told: Any) -> None:
        """Something happens by itself, as in the `events` of a scenario: `zone_down`, `server_crashed`."""
        with self.lock:
            self.catch_up()
            happen(self, name, **told)
            self._watch.note(self.now, words_of(name, told))
            self._did(name, told)
            self._watch.look(self)

    def plan(self, after: float | str, name: str, **told: Any) -> None:
        """The same, after a while."""
        with self.lock:
            plan(self, self.now + microseconds(seconds_of(after)), name, **told)
            self._did("plan", {"name": name})

    def host(self, name: str) -> Part:
        """`cloud.host("compute-1").down()`, `.up()`, `.disabled()`, `.enabled()`; a glob means several."""
        return Part(self, "host", name)

    def zone(self, name: str) -> Part:
        return Part(self, "zone", name)

    def cell(self, name: str) -> Part:
        return Part(self, "cell", name)

    def backend(self, name: str) -> Part:
        """A back end of Cinder."""
        return Part(self, "backend", name)

    def agent(self, host: str) -> Part:
        """The network agent of a host."""
        return Part(self, "agent", host, "host")

    def endpoint(self, service: str) -> Part:
        """The API of a service: `compute`, `volume`, `network`, `image`, `identity`."""
        return Part(self, "endpoint", service, "service")

    @property
    def message_queue(self) -> Part:
        """Without it the APIs go on to answer, and nothing that they promise is done."""
        return Part(self, "message_queue")

    def quota(self, project: str, **limits: int) -> Quota:
        """Other limits from here on, or for the length of a block: `with cloud.quota("demo", instances=1):`."""
        return Quota(self, project, limits)

    # --- for later

    def _did(self, name: str, told: Mapping[str, Any]) -> None:
        """Remember what was no call: what follows can only be repeated with it."""
        self._acts.append(Act(self.now - self.begun, name, told, len(self._watch.lines), Cloud.fork(self)))

    def removed(self, rule: Rule) -> None:
        """A rule of the test's is there no more."""
        if rule.id in self._given:
            kept, since, _ = self._given[rule.id]
            self._given[rule.id] = (kept, since, self.now - self.begun)
        self._did("fault removed", {"name": rule.name})

    def write_journal(self, path: Path) -> None:
        """All calls so far: `fakecompute replay PATH` plays them again."""
        with path.open("w") as file:
            journal = Journal(file, **header(self._origin, scenario=self.scenario.name if self.scenario else ""))
            acts = list(self._acts)
            for number, line in enumerate(self._watch.lines):
                while acts and acts[0].line <= number:
                    act = acts.pop(0)
                    journal.write(mark(act.twin, act.name))
                if number:  # the first is the timeline's own header
                    file.write(line.decode() + "\n")

    def to_scenario(self, path: str | Path | None = None, **more: Any) -> str:
        """A scenario file with this cloud, and all faults and events that the test added; `more` are other keys of it.

        It is written to `path`, if there is one.
        """
        text = self.told.scenario(self, self._given.values(), self._acts, more)
        if path is not None:
            Path(path).write_text(text, "utf-8")
        return text

    def report(self, limit: int = 200) -> str:
        """Its timeline as text, the last `limit` lines of it; equal looks are one."""
        lines = [plain_row(row) for row in rows(self.timeline)]
        left_out = [f"... {len(lines) - limit} lines before"] if len(lines) > limit else []
        return "\n".join([*left_out, *lines[-limit:]])


def seconds_of(amount: float | str) -> float:
    """Of `90s`, `10m`, or a number."""
    return _read_seconds(amount) if isinstance(amount, str) else amount


@cache
def _read_seconds(amount: str) -> float:
    page = Page("a duration", yaml.compose(amount, yaml.SafeLoader))
    found = seconds(page.top)
    page.done()
    return float(found)


def _taken(how: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: how.pop(name) for name in names if name in how}


def _is_step(on: str) -> bool:
    from fakecompute.scenario.names import matching, operations, steps

    return bool(matching(on, steps())) and not matching(on, operations())


def assert_none(findings: Sequence[Finding]) -> None:
    __tracebackhide__ = True
    if findings:
        said = [f"  {finding.at / SECOND:.3f}s  {finding.text}" for finding in findings]
        count = len(findings)
        raise AssertionError("\n".join([f"{count} finding{'s' * (count != 1)} about the client:", *said]))
