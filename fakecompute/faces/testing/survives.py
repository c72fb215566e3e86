"""A test under faults: it is run again and again, each time with others, until the simplest that break it are found.

    @survives(gives_up=DeployFailed)
    def test_a_deployment_leaves_nothing_behind(cloud, openstack):
        deploy(openstack)
        undeploy(openstack)

Needs Hypothesis, which is imported when such a test runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from fakecompute.faces.testing.attempts import Attempts, Trial, read_expectation
from fakecompute.faces.testing.clients import CLIENTS
from fakecompute.faces.testing.homes import HOMES, home_of
from fakecompute.scenario.expectations import Expectation

if TYPE_CHECKING:
    from hypothesis import settings as Settings

Test = TypeVar("Test", bound=Callable[..., Any])

ASKED_FOR = ("cloud_release", "cloud_options")  # fixtures that tell which cloud a test is to have


def survives(
    faults: Any = None,
    max_faults: int = 3,
    max_examples: int = 200,
    gives_up: type[BaseException] | tuple[type[BaseException], ...] = (),
    scenario: Any = None,
    expect: Expectation | Mapping[str, Any] | None = None,
    time_limit: float | str = "2h",
    *,
    operations: str | Sequence[str] = "*",
    steps: str | Sequence[str] = "*",
    settings: Settings | None = None,
    **options: Any,
) -> Any:
    """Run a test under faults that pass, up to `max_faults` at once, at the calls and steps that it uses.

    Each time it has a cloud of its own: `cloud`, `http`, `openstack`, `nova` and their kin are of that one, clients
    find it, and time is shared.  What the test raises breaks it, but for what is in `gives_up`; so does a wait without
    end, and what `cloud.findings` would tell afterwards.  `expect` are words of a scenario instead:
    `{"no_leaks": ["server"]}`.

    `operations` and `steps` are globs over what may go wrong (documents of versions only if they are named in full);
    `faults` is a strategy of rules in the place of that.  `scenario` and `options` are those of `running`; `settings`
    Hypothesis' own, in the place of `max_examples` runs that are always the same.  A failure tells the faults, writes
    them down as a scenario, and how to have them again.
    """
    plain = inspect.isfunction(faults)
    trial = Trial(
        None if plain else faults,
        max_faults,
        max_examples,
        gives_up if isinstance(gives_up, tuple) else (gives_up,),
        scenario,
        read_expectation(expect) if isinstance(expect, Mapping) else expect,
        _globs(operations),
        _globs(steps),
        settings,
        {"time_limit": time_limit, **options},
    )
    return wrapped(trial, faults) if plain else lambda test: wrapped(trial, test)


def _globs(told: str | Sequence[str]) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told)


def wrapped(trial: Trial, test: Test) -> Test:
    """The test as pytest sees it: it asks for its other fixtures, and makes its clients itself."""
    signature = inspect.signature(test)
    own = list(signature.parameters)

    @wraps(test)
    def run(*args: Any, **named: Any) -> None:
        __tracebackhide__ = True
        asked = {name: named[name] if name in own else named.pop(name, None) for name in ASKED_FOR if name in named}
        home = HOMES[-1] if HOMES else home_of(test)
        Attempts(trial, test, args, named, home, asked).run()

    kept = [one for one in signature.parameters.values() if one.name not in CLIENTS]
    added = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ASKED_FOR if name not in own]
    run.__signature__ = signature.replace(parameters=[*kept, *added])  # type: ignore[attr-defined]
    run.fakecompute_survives = True  # type: ignore[attr-defined]
    return run  # type: ignore[return-value]
