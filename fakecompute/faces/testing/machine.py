"""A cloud in which anything may go wrong at any time, for the rules of one's own client.

    class Deployer(CloudMachine):
        faults = faults("compute.*")            # and None for no faults at all

        names = Bundle("names")

        @rule(target=names, name=st.sampled_from(["web", "db"]))
        def deploy(self, name):
            deployer.deploy(self.http, name)
            return name

        @rule(name=consumes(names))
        def undeploy(self, name):
            deployer.undeploy(self.http, name)

        def check(self):
            assert len(self.cloud.servers) <= 2

    TestDeployer = Deployer.TestCase
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import wraps
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    INITIALIZE_RULE_MARKER,
    INVARIANT_MARKER,
    RULE_MARKER,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from fakecompute.domain.faults import Rule
from fakecompute.faces.testing.attempts import as_expectation
from fakecompute.faces.testing.clients import CLIENTS
from fakecompute.faces.testing.cloud import TestCloud, assert_none
from fakecompute.faces.testing.endings import NeverEnds
from fakecompute.faces.testing.running import BEGUN, running
from fakecompute.faces.testing.strategies import faults as any_fault
from fakecompute.scenario.expectations import Expectation
from fakecompute.wsgi.client import Http

Seconds = st.SearchStrategy[int]
# By which Hypothesis knows what it is to call; each holds the function.
MARKS = (RULE_MARKER, INITIALIZE_RULE_MARKER, INVARIANT_MARKER)
SERVICES = ("compute", "volume", "network", "image")  # whose endpoints may blink


def _of_this_run(draws: Callable[[Any], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """What the machine that runs says is to be drawn."""
    return st.runner().flatmap(draws)


class CloudMachine(RuleBasedStateMachine):
    """A new `cloud` for each run, found by clients and in one time with them; people add rules that use it.

    Beside them time passes, faults begin, hosts go down and come back, and endpoints blink: each as its strategy
    draws, or not at all where that is None.  After every step `check` must hold; at the end comes the verdict:
    habits, as `cloud.findings` tells them, or what `expect` says in the words of a scenario.
    """

    scenario: ClassVar[Any] = None  # a shipped one's name, a path, or content
    options: ClassVar[Mapping[str, Any]] = {}  # of `fakecompute.running`
    expect: ClassVar[Expectation | Mapping[str, Any] | None] = None

    faults: ClassVar[st.SearchStrategy[Rule] | None] = any_fault()
    pauses: ClassVar[Seconds | None] = st.sampled_from((1, 10, 60, 600))
    outages: ClassVar[Seconds | None] = st.sampled_from((60, 600, 3600))  # of a host, and how long
    blinks: ClassVar[Seconds | None] = st.sampled_from((5, 30))  # of an endpoint

    def __init__(self) -> None:
        super().__init__()
        self._around = sys.exc_info()[1]  # not of this run
        self._stack = ExitStack()
        _forget_the_last()
        self.cloud: TestCloud = self._stack.enter_context(running(self.scenario, **self.options))
        _LAST.append(self.cloud)
        self.http: Http = self.client("http")

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        _make_ordinary(cls)

    def client(self, name: str) -> Any:
        """Another client of its cloud: `openstack`, `openstack_admin`, `nova` and all others that are fixtures."""
        return CLIENTS[name](self.cloud, self._stack)

    def check(self) -> None:
        """What holds after every step: for who extends it."""

    @invariant()
    def it_holds(self) -> None:
        self.check()

    # --- what happens by itself

    @precondition(lambda self: self.pauses is not None)
    @rule(seconds=_of_this_run(lambda self: self.pauses))
    def time_passes(self, seconds: int) -> None:
        self.cloud.advance(seconds)

    @precondition(lambda self: self.faults is not None)
    @rule(fault=_of_this_run(lambda self: self.faults))
    def a_fault_begins(self, fault: Rule) -> None:
        number = len(self.cloud.faults) + 1
        self.cloud.add_rule(fault.evolve(name=f"{fault.name} ({number})"))  # two may be the same

    @precondition(lambda self: self.outages is not None)
    @rule(
        host=_of_this_run(lambda self: st.sampled_from(self.cloud.hosts.names)),
        seconds=_of_this_run(lambda self: self.outages),
    )
    def a_host_goes_down(self, host: str, seconds: int) -> None:
        self.cloud.host(host).down()
        self.cloud.plan(seconds, "host_up", host=host)

    @precondition(lambda self: self.blinks is not None)
    @rule(service=st.sampled_from(SERVICES), seconds=_of_this_run(lambda self: self.blinks))
    def an_endpoint_blinks(self, service: str, seconds: int) -> None:
        self.cloud.endpoint(service).down()
        self.cloud.plan(seconds, "endpoint_up", service=service)

    # --- the end

    def teardown(self) -> None:
        """The verdict, if nothing has failed before."""
        self._stack.close()
        if sys.exc_info()[1] is self._around:
            assert_none(self.cloud.judge(as_expectation(self.expect, self.cloud)))


_LAST: list[TestCloud] = []  # of the machine that ran last


def _forget_the_last() -> None:
    """Of all the runs of a test only the last one's cloud is told of."""
    BEGUN[:] = [cloud for cloud in BEGUN if all(cloud is not one for one in _LAST)]
    _LAST.clear()


def _make_ordinary(machine: type[CloudMachine]) -> None:
    """A wait without end in one of its rules is a failure like others: one that Hypothesis makes smaller."""
    for value in vars(machine).values():
        for mark in MARKS:
            marked = getattr(value, mark, None)
            if marked is not None:
                object.__setattr__(marked, "function", _ordinary(marked.function))


def _ordinary(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def run(*args: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        try:
            return function(*args, **named)
        except NeverEnds as endless:
            raise AssertionError(f"{type(endless).__name__}: {endless}") from endless

    return run


_make_ordinary(CloudMachine)
