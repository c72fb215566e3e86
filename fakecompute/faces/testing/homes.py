"""Where a test stands: what it is called, how it is run again, and where what it writes belongs.

The pytest plugin knows more of that than a function of itself does.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

FOLDER = Path(".fakecompute")  # for what is written, unless a runner of tests has a place for it


@dataclass(frozen=True)
class Home:
    """`node` is the test as pytest calls it; `scenario` and `options` what its markers say of the cloud.

    `faults` is a scenario file: the test is to have those, and no others.
    """

    node: str
    folder: Path
    scenario: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)
    faults: str | None = None

    def path(self, suffix: str) -> Path:
        """For a file of this test's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9_.-]+", "-", self.node.replace("::", "-")).strip("-")
        return self.folder / f"{name[-100:]}{suffix}"

    def again(self, faults: Path) -> str:
        """The command that runs it with these faults."""
        return f"pytest {quote(self.node)} --fakecompute-faults {quote(str(faults))}"


HOMES: list[Home] = []  # of the tests that run; the last counts


@contextmanager
def at_home(home: Home) -> Iterator[None]:
    HOMES.append(home)
    try:
        yield
    finally:
        HOMES.remove(home)


def home_of(test: Callable[..., Any]) -> Home:
    """Of a test that is run by something else than pytest."""
    file = Path(inspect.getsourcefile(test) or sys.argv[0])
    if file.is_relative_to(Path.cwd()):
        file = file.relative_to(Path.cwd())
    return Home("::".join([str(file), *test.__qualname__.split(".")]), FOLDER)
