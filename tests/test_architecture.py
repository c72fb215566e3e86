"""The floors of the house: imports point down, one clock, no dice, Flask at the top alone."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1] / "fakecompute"

FLOORS = (  # from the ground up; what lives on one floor may import each other
    ("errors", "resources"),
    ("kernel",),
    ("domain",),
    ("cloud",),
    ("rest",),
    ("services",),
    ("wsgi",),
    ("scenario",),
    ("faces", "testing", "strategies", "__init__", "__main__"),
)
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}
TYPES_MAY_POINT_UP = {("domain", "cloud")}  # a record's function may say that it takes a Cloud

TYPE_GUARDS = {"TYPE_CHECKING", "typing.TYPE_CHECKING"}

DICE = {"random", "uuid", "threading"}  # named streams and plain events are there instead
FLASK = {"flask", "werkzeug"}
WATCHES = {
    *(f"time.{name}{unit}" for name in ("time", "monotonic", "perf_counter") for unit in ("", "_ns")),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
}


class Import(NamedTuple):
    line: int
    target: str  # "fakecompute.domain.machine.Machine", "flask.Flask"
    alias: str | None  # what the module calls it, where it gave it a name
    only_for_types: bool


def test_imports_never_point_up():
    hold(upward)


def test_only_the_clock_reads_the_time():
    hold(watches)


def test_nobody_below_the_faces_throws_dice_or_starts_threads():
    hold(dice)


def test_flask_stays_in_wsgi_and_faces():
    hold(flask)


def test_an_import_that_points_up_is_found():
    source = "import json\nfrom fakecompute.errors import NotFound\nfrom fakecompute.rest import page\n"
    assert upward("domain/quota.py", source) == [
        "fakecompute/domain/quota.py:3: domain may not import fakecompute.rest.page, rest is above it"
    ]


def test_relative_and_hidden_imports_are_found_too():
    assert upward("kernel/clock.py", "def now():\n    from ..cloud import Cloud\n")
    assert upward("domain/records/server.py", "from ... import cloud\n")
    assert upward("errors.py", "from .kernel import clock\n")
    assert upward("rest/call.py", "from fakecompute import Cloud\n")  # the front door is at the top
    assert not upward("domain/records/server.py", "from ..machine import step\nfrom . import port\n")


def test_only_types_may_point_up_and_only_from_domain_to_cloud():
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from fakecompute.cloud import Cloud\n"
    assert not upward("domain/quota.py", source)
    assert upward("kernel/store.py", source)
    assert upward("domain/quota.py", source.replace("if TYPE_CHECKING", "if not TYPE_CHECKING"))


def test_a_module_on_no_floor_is_found():
    assert upward("utils.py", "") == ["fakecompute/utils.py:1: stands on no floor; give it one in FLOORS"]


def test_a_second_clock_is_found():
    assert watches("cloud.py", "import time as t\nt.monotonic()\n") == [
        "fakecompute/cloud.py:2: reads time.monotonic; ask the cloud's clock"
    ]
    assert watches("rest/call.py", "from datetime import datetime\ndatetime.now()\n")
    assert watches("rest/call.py", "from time import time\nsince = time()\n")
    assert not watches("rest/call.py", "from datetime import datetime\ndatetime.fromtimestamp(call.now)\n")
    assert not watches("kernel/clock.py", "import time\ntime.time()\n")


def test_dice_and_flask_below_their_floors_are_found():
    assert dice("cloud.py", "from uuid import uuid4\n") == [
        "fakecompute/cloud.py:1: uuid is for faces alone; draw from a stream, let the faces hold the lock"
    ]
    assert flask("rest/routes.py", "from werkzeug.routing import Rule\n") == [
        "fakecompute/rest/routes.py:1: werkzeug is for wsgi and faces alone"
    ]
    assert not flask("wsgi/app.py", "from flask import Flask\n")
    assert not dice("faces/server.py", "import threading\n")


# The rules: each takes a module's path below fakecompute/ and its text, and gives its complaints.


def upward(path: str, source: str) -> list[str]:
    home = floor_of(path)
    if home not in HEIGHT:
        return [f"fakecompute/{path}:1: stands on no floor; give it one in FLOORS"]
    return [
        f"fakecompute/{path}:{line}: {home} may not import {target}, {floor} is above it"
        for line, target, _, only_for_types in imports(path, source)
        if (floor := floor_named(target)) and HEIGHT[floor] > HEIGHT[home]
        if not (only_for_types and (home, floor) in TYPES_MAY_POINT_UP)
    ]


def watches(path: str, source: str) -> list[str]:
    if path == "kernel/clock.py" or floor_of(path) == "faces":
        return []
    return [
        f"fakecompute/{path}:{line}: reads {what}; ask the cloud's clock"
        for line, what in names(path, source)
        if what in WATCHES
    ]


def dice(path: str, source: str) -> list[str]:
    if floor_of(path) == "faces":
        return []
    return banned(DICE, path, source, "is for faces alone; draw from a stream, let the faces hold the lock")


def flask(path: str, source: str) -> list[str]:
    if floor_of(path) in {"wsgi", "faces"}:
        return []
    return banned(FLASK, path, source, "is for wsgi and faces alone")


def banned(packages: set[str], path: str, source: str, remedy: str) -> list[str]:
    return [
        f"fakecompute/{path}:{line}: {package} {remedy}"
        for line, target, *_ in imports(path, source)
        if (package := target.partition(".")[0]) in packages
    ]


# How a module is read.


def hold(rule: Callable[[str, str], list[str]]) -> None:
    complaints = [complaint for path, source in modules() for complaint in rule(path, source)]
    assert not complaints, "\n".join(complaints)


@cache
def modules() -> list[tuple[str, str]]:
    files = sorted(PACKAGE.rglob("*.py"))
    return [(file.relative_to(PACKAGE).as_posix(), file.read_text("utf-8")) for file in files]


def floor_of(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")


def floor_named(target: str) -> str | None:
    """The floor an import reaches: `fakecompute.Cloud` is no module, so it comes through the front door."""
    package, _, rest = target.partition(".")
    if package != "fakecompute":
        return None
    name = rest.partition(".")[0]
    return name if name in HEIGHT else "__init__"


def names(path: str, source: str) -> list[tuple[int, str]]:
    """Every name and attribute in a module, by the full name of where it was imported from."""
    origin = {alias: target for _, target, alias, _ in imports(path, source) if alias}
    spoken = [
        (node.lineno, *ast.unparse(node).partition("."))
        for node in ast.walk(ast.parse(source, path))
        if isinstance(node, ast.Name | ast.Attribute)
    ]
    return [(line, origin.get(head, head) + dot + rest) for line, head, dot, rest in spoken]


@cache
def imports(path: str, source: str) -> list[Import]:
    package = ("fakecompute", *Path(path).parent.parts)
    return list(imports_in(ast.parse(source, path), package, only_for_types=False))


def imports_in(node: ast.AST, package: tuple[str, ...], only_for_types: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for name in node.names:
            yield Import(node.lineno, name.name, name.asname, only_for_types)
    elif isinstance(node, ast.ImportFrom):
        base = package[: len(package) + 1 - node.level] if node.level else ()
        for name in node.names:
            target = ".".join((*base, *filter(None, [node.module]), name.name))
            yield Import(node.lineno, target, name.asname or name.name, only_for_types)
    guarded = node.body if isinstance(node, ast.If) and ast.unparse(node.test) in TYPE_GUARDS else []
    for child in ast.iter_child_nodes(node):
        yield from imports_in(child, package, only_for_types or child in guarded)
