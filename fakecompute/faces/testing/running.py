"""A cloud for a block, a function or a test: in process, in its own time, and found by every client.

    with fakecompute.running("bad-minute") as cloud:
        deploy(openstack.connect())
        assert cloud.servers["web-1"].status == "ACTIVE"

    @fakecompute.running(release="zed")
    def main(cloud): ...
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import wraps
from os import PathLike, fspath
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

import orjson

from fakecompute.domain.faults import Rule
from fakecompute.domain.settings import Settings
from fakecompute.faces.in_process import ADDRESS, Clouds
from fakecompute.faces.testing.cloud import TestCloud, seconds_of
from fakecompute.faces.testing.interception import intercepted
from fakecompute.faces.testing.sleeping import in_time
from fakecompute.faces.testing.told import Told
from fakecompute.faces.testing.waiting import SharedTime
from fakecompute.faces.testing.way_in import way_in
from fakecompute.kernel.clock import microseconds
from fakecompute.scenario.load import load

T = TypeVar("T")

TIME_LIMIT = "1d"  # of the cloud's, for a test that says nothing else


@dataclass(frozen=True)
class Manner:
    """How the code under test lives beside its cloud.

    `shares_time`: sleeping lets the cloud's time pass, and watches tell it; `time_limit` is how much of it there is;
    `leaps`: whoever sleeps does so until something happens.  `finds`: clients find it by clouds.yaml, `OS_*` and its
    host; `hosts` are others that lead to it, and all others can be refused.
    """

    shares_time: bool = True
    time_limit: float | str = TIME_LIMIT
    leaps: bool = False
    finds: bool = True
    hosts: tuple[str, ...] = ()
    refuse_other_hosts: bool = False

    def apply(self, cloud: TestCloud, stack: ExitStack, address: str = ADDRESS) -> None:
        """Begin it; the stack ends it."""
        cloud.lock = RLock()  # clients may have threads
        if self.finds:
            clouds = Clouds(cloud)
            stack.enter_context(way_in(cloud, address))
            hosts = dict.fromkeys((address.partition("//")[2], *self.hosts), clouds)
            stack.enter_context(intercepted(hosts, refuses=self.refuse_other_hosts))
        if self.shares_time and cloud.clock.virtual:
            limit = microseconds(seconds_of(self.time_limit))
            stack.enter_context(in_time(SharedTime(cloud, limit=limit, leaps=self.leaps)))


MANNERS = frozenset(Manner.__dataclass_fields__)


def new_cloud(source: Any = None, **options: Any) -> TestCloud:
    """A cloud of a scenario (a shipped one's name, a path, its content): the twin of one that is made once.

    `definition`, `seed`, `release`, `clock`, `timing` and `settings` replace what the scenario says.
    """
    source = fspath(source) if isinstance(source, PathLike) else source
    own = options.get("clock") is not None
    key = orjson.dumps((_stamped(source), {**options, "clock": None}), default=repr, option=orjson.OPT_SORT_KEYS)
    if own or (made := _MADE.get(key)) is None:
        told = Told(source, options)
        if isinstance(options.get("settings"), Mapping):
            options = {**options, "settings": Settings(**options["settings"])}
        scenario = load({} if source is None else source)
        made = TestCloud.of(scenario.cloud(**options), scenario, told)
        if own or not made.clock.virtual:
            return made  # its time begins when it is made
        _MADE[key] = made
    return made.fork()


_MADE: dict[bytes, TestCloud] = {}  # templates, of this process
BEGUN: list[TestCloud] = []  # those of the test that runs, for who tells of its failure


def begun(cloud: TestCloud) -> TestCloud:
    BEGUN.append(cloud)
    return cloud


def _stamped(source: Any) -> Any:
    """A file is another when it has changed."""
    path = Path(source) if isinstance(source, str) else None
    return (str(path.resolve()), path.stat().st_mtime_ns) if path is not None and path.is_file() else source


class running:
    """A cloud for a block or, as a decorator, for every call of a function, which gets it as `cloud` if it asks for it.

    Takes what `new_cloud` and `Manner` take, and `rules`, more faults.
    """

    def __init__(self, scenario: Any = None, /, *, rules: Iterable[Rule] = (), **options: Any) -> None:
        self._source, self._rules = scenario, tuple(rules)
        self._manner = Manner(**{name: options.pop(name) for name in MANNERS & options.keys()})
        self._options = options
        self._stacks: list[ExitStack] = []

    def __enter__(self) -> TestCloud:
        cloud = begun(new_cloud(self._source, **self._options))
        for rule in self._rules:
            cloud.add_rule(rule)
        stack = ExitStack()
        self._manner.apply(cloud, stack)
        self._stacks.append(stack)
        return cloud

    def __exit__(self, *error: object) -> None:
        self._stacks.pop().close()

    def __call__(self, function: Callable[..., T]) -> Callable[..., T]:
        wants = "cloud" in inspect.signature(function).parameters

        @wraps(function)
        def within(*args: Any, **named: Any) -> T:
            with self as cloud:
                return function(*args, **({"cloud": cloud} if wants else {}), **named)

        return within
