"""The runs of a test that is to survive faults: without any, with those that Hypothesis draws, or with a file's."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shlex import quote
from types import TracebackType
from typing import TYPE_CHECKING, Any
from unittest import SkipTest

from fakecompute.domain.faults import Rule
from fakecompute.faces.testing.case import CloudTestCase
from fakecompute.faces.testing.clients import CLIENTS
from fakecompute.faces.testing.cloud import TestCloud, assert_none
from fakecompute.faces.testing.endings import NeverEnds
from fakecompute.faces.testing.homes import Home
from fakecompute.faces.testing.running import BEGUN, MANNERS, new_cloud, running
from fakecompute.faces.testing.told import as_yaml
from fakecompute.scenario.expectations import Expectation, expectation
from fakecompute.scenario.findings import VERSIONS
from fakecompute.scenario.names import matching, operations, steps
from fakecompute.scenario.schema import Page
from fakecompute.scenario.written import fault_of

if TYPE_CHECKING:
    from hypothesis import settings as Settings
    from hypothesis.strategies import SearchStrategy

    from fakecompute.faces.testing.strategies import Place

IN_A_FILE = ("definition", "seed", "release", "settings")  # options that a scenario file tells
NEVER = 1 << 40  # the number of a step that does not come


@dataclass(frozen=True)
class Trial:
    """What a test is to survive; the words of `survives`."""

    faults: SearchStrategy[Rule] | None
    max_faults: int
    max_examples: int
    gives_up: tuple[type[BaseException], ...]
    scenario: Any
    expect: Expectation | None
    operations: tuple[str, ...]
    steps: tuple[str, ...]
    settings: Settings | None
    options: Mapping[str, Any]


def as_expectation(told: Expectation | Mapping[str, Any] | None, cloud: TestCloud) -> Expectation:
    """What is expected of a client: what is told, in the words of a scenario, or habits, as the cloud's has them.

    BadDefinition with all mistakes of the words.
    """
    if told is None:
        return ((cloud.scenario and cloud.scenario.expect) or Expectation()).of_habits()
    return told if isinstance(told, Expectation) else read_expectation(told)


def read_expectation(words: Mapping[str, Any]) -> Expectation:
    """Of the words of a scenario's `expect`; BadDefinition with all their mistakes."""
    page = Page.of_mapping(words, "expect")
    made = expectation(page.top)
    page.done()
    assert isinstance(made, Expectation)
    return made


class Attempts:
    """One test with its other arguments, tried on one cloud after the other."""

    def __init__(
        self,
        trial: Trial,
        test: Callable[..., Any],
        args: tuple[Any, ...],
        named: Mapping[str, Any],
        home: Home,
        asked: Mapping[str, Any],
    ) -> None:
        self._trial, self._test, self._args, self._named, self._home = trial, test, args, named, home
        self._source = home.scenario if trial.scenario is None else trial.scenario
        self._options = {**(asked.get("cloud_options") or {}), **home.options, **trial.options}
        if asked.get("cloud_release"):
            self._options["release"] = asked["cloud_release"]
        self._wanted = [name for name in inspect.signature(test).parameters if name in CLIENTS]
        self._before = len(BEGUN)
        self.examples, self.found = 0, 0  # how many there were, and the first that broke it
        self._broken: BaseException | None = None
        self._rules: tuple[Rule, ...] = ()  # of the last run
        self._notes: list[str] = []

    def run(self) -> None:
        """AssertionError, or what the test raises, if it does not survive."""
        __tracebackhide__ = True
        if find_spec("hypothesis") is None:
            raise ModuleNotFoundError("@survives draws its faults with Hypothesis: pip install hypothesis")
        if self._home.faults is not None:
            return self._with_those_of(self._home.faults)
        places = self._without_faults()
        self._search(places)

    # --- the runs

    def _with_those_of(self, file: str) -> None:
        """A single run; the file tells all of the cloud."""
        __tracebackhide__ = True
        self._source = file
        self._options = {name: value for name, value in self._options.items() if name not in IN_A_FILE}
        with _noted(f"With the faults of {file}."):
            self._once((), self._trial.gives_up)

    def _without_faults(self) -> list[Place]:
        """The calls and steps that the test uses."""
        __tracebackhide__ = True
        walked: dict[str, int] = {}
        with _noted("There was no fault yet: the test does not pass by itself."):
            cloud = self._once((), (), walked)
        return self._places(cloud, walked)

    def _search(self, places: Sequence[Place]) -> None:
        __tracebackhide__ = True
        from hypothesis import given
        from hypothesis import strategies as st

        one = self._faults_at(places) if self._trial.faults is None else self._trial.faults
        several = st.lists(one, max_size=self._trial.max_faults, unique_by=lambda rule: rule.name)

        def under_faults(rules: list[Rule]) -> None:
            __tracebackhide__ = True
            if rules:  # it has been tried without any
                self._under(tuple(rules))

        # by which Hypothesis tells tests apart, for its dice and its database: as its own plugin of pytest does
        under_faults._hypothesis_internal_add_digest = self._home.node.encode()  # type: ignore[attr-defined]
        try:
            self._settings()(given(rules=several)(under_faults))()
        except BaseException as error:
            if error is self._broken and not _is_skip(error):
                error.__notes__ = [*self._notes, self._said()]
            raise error.with_traceback(_of_a_run(error.__traceback__)) from error.__cause__
        del BEGUN[self._before :]

    def _under(self, rules: tuple[Rule, ...]) -> None:
        """One example."""
        __tracebackhide__ = True
        self.examples += 1
        self._rules = rules
        try:
            self._once(rules, self._trial.gives_up)
        except BaseException as error:
            self._broken, self._notes = error, list(getattr(error, "__notes__", ()))
            self.found = self.found or self.examples
            raise

    def _once(
        self,
        rules: tuple[Rule, ...],
        excused: tuple[type[BaseException], ...],
        walked: dict[str, int] | None = None,
    ) -> TestCloud:
        """A run in a cloud of its own, and the verdict on it; `walked` is told how often each step came."""
        __tracebackhide__ = True
        del BEGUN[self._before :]
        with running(self._source, rules=rules, **self._options) as cloud, ExitStack() as stack:
            if walked is not None:
                stack.enter_context(counted_steps(cloud, walked))
            self._call(cloud, excused)
        assert_none(cloud.judge(as_expectation(self._trial.expect, cloud)))
        return cloud

    def _call(self, cloud: TestCloud, excused: tuple[type[BaseException], ...]) -> None:
        """The test itself, which may raise what is excused."""
        __tracebackhide__ = True
        if self._args and isinstance(self._args[0], CloudTestCase):
            self._args[0].cloud = cloud
        with ExitStack() as stack:
            clients = {name: CLIENTS[name](cloud, stack) for name in self._wanted}
            try:
                done = self._test(*self._args, **self._named, **clients)
                if inspect.iscoroutine(done):
                    asyncio.run(done)
            except excused:
                pass
            except NeverEnds as endless:  # Hypothesis makes none but ordinary failures smaller
                raise AssertionError(f"{type(endless).__name__}: {endless}") from endless

    # --- what may go wrong

    def _places(self, cloud: TestCloud, walked: Mapping[str, int]) -> list[Place]:
        """Where, of all that the test's description allows."""
        from fakecompute.faces.testing.strategies import Place, reads

        known = {on for on in operations() if not on.endswith(VERSIONS) or on in self._trial.operations}
        asked = Counter(call.operation for call in cloud.calls() if call.operation in known)
        called = [Place(on, "read" if on in reads() else "call", often) for on, often in asked.items()]
        gone = [Place(on, "step", often) for on, often in walked.items()]
        return [
            *(one for one in called if any(matching(glob, [one.on]) for glob in self._trial.operations)),
            *(one for one in gone if any(matching(glob, [one.on]) for glob in self._trial.steps)),
        ]

    def _faults_at(self, places: Sequence[Place]) -> SearchStrategy[Rule]:
        from fakecompute.faces.testing.strategies import faults_at

        if not places:
            raise ValueError("nothing can go wrong: the test asks for nothing that `operations` or `steps` mean")
        return faults_at(places)

    def _settings(self) -> Settings:
        from hypothesis import HealthCheck, Phase
        from hypothesis import settings as Settings

        told = self._trial.settings
        base = told or Settings(max_examples=self._trial.max_examples, derandomize=True, database=None)
        return Settings(
            base,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
            phases=[phase for phase in base.phases if phase is not Phase.explain],
        )

    # --- what is said of it

    def _said(self) -> str:
        """Which faults broke it, and how to have them again."""
        several = len(self._rules) != 1
        what = f"These {len(self._rules)} faults break it" if several else "This fault breaks it"
        text = as_yaml({"faults": [fault_of(rule) for rule in self._rules]})
        lines = [f"{what} (the first that did was found in example {self.found}):", "", *_indented(text), ""]
        try:
            path = self._written()
        except OSError as error:
            return "\n".join([*lines, f"They could not be written down: {error}"])
        again = [f"Once more:  {self._home.again(path)}", f"Elsewhere:  fakecompute run {quote(str(path))} -- COMMAND"]
        return "\n".join([*lines, *again])

    def _written(self) -> Path:
        """The scenario with these faults, without what the test itself does to its cloud."""
        path = self._home.path(".yaml")
        cloud = new_cloud(self._source, **{key: self._options[key] for key in self._options.keys() - MANNERS})
        for rule in self._rules:
            cloud.add_rule(rule)
        cloud.to_scenario(path)
        return path


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]


def _of_a_run(trace: TracebackType | None) -> TracebackType | None:
    """Without Hypothesis, if it is the way of one run."""
    found = trace
    while found is not None and found.tb_frame.f_code is not Attempts._once.__code__:
        found = found.tb_next
    return found or trace


@contextmanager
def _noted(text: str) -> Iterator[None]:
    """What a failure of the block is told with."""
    __tracebackhide__ = True
    try:
        yield
    except BaseException as error:
        if not _is_skip(error):
            error.add_note(text)
        raise


def _is_skip(error: BaseException) -> bool:
    return isinstance(error, SkipTest) or type(error).__name__ == "Skipped"  # pytest's


@contextmanager
def counted_steps(cloud: TestCloud, found: dict[str, int]) -> Iterator[None]:
    """How often each step came in the block."""
    last = 1 + max((rule.position for rule in cloud.store.all(Rule)), default=0)
    counting = [
        cloud.store.put(Rule(id=f"counts {step}", name=f"counts {step}", on=step, nth=(NEVER,), position=last))
        for step in steps()
    ]
    try:
        yield
    finally:
        for rule in counting:
            rule = cloud.store.get(Rule, rule.id)
            if rule.matched:
                found[rule.on] = rule.matched
            cloud.store.drop(rule)
