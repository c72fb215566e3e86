"""What is missing is known, answers 501, and nothing else does."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain.records.identity import Domain, Project, Role, User
from fakecompute.domain.servers import boot
from fakecompute.errors import NotImplementedHere
from fakecompute.rest.routes import Endpoint, Routes
from fakecompute.rest.version import FIRST, Microversions, Span, Version
from fakecompute.services import all_services
from fakecompute.services.compute.service import compute
from fakecompute.services.coverage import Operation, Row, answer_the_rest, coverage, operations, rows
from fakecompute.wsgi.client import Answer, Http

SERVICES = Path(__file__).parents[2] / "fakecompute" / "services"
OTHERWISE = ("version ", "this part of the ")  # what is no part of an operation: whole APIs, unknown paths
NOBODYS_ID = "11111111-2222-4333-8444-555555555555"


# --- how a list is read


def test_a_list_names_its_columns():
    (operation,) = operations(
        """
        method path                success policy
        GET    /resource_classes   200     -
        """
    )
    assert operation == Operation("GET", "/resource_classes", success="200")


def test_an_action_stands_behind_its_path():
    (operation,) = operations(
        """
        method path                            since until policy
        POST   /servers/<server>/action:pause  2.1   2.35  os-pause-server:pause
        """,
        rules="os_compute_api:",
    )
    assert (operation.path, operation.action) == ("/servers/<server>/action", "pause")
    assert operation.span == Span(Version(2, 1), Version(2, 35))
    assert operation.policy == "os_compute_api:os-pause-server:pause"


# --- how it is held against the declarations


LISTED = operations(
    """
    method path          since until
    GET    /things       2.1   -
    PUT    /things/<id>  2.10  2.35
    """
)


@pytest.fixture
def service():
    """A service that has declared nothing yet."""
    micro = Microversions(types=("toy",), lowest=Version(2, 1), highest=Version(2, 50))
    return Routes("toy", "/toy", "/v2.1", compute.dialect, microversions=micro)


def states(service: Routes) -> list[str]:
    return [row.state for row in rows(service, LISTED)]


def handler(call: Any, **found: Any) -> None:
    """Does what it should."""


def test_what_is_not_declared_is_missing(service):
    assert states(service) == ["missing", "missing"]


def test_what_is_declared_under_another_name_of_the_parameter_is_done(service):
    service.put("/things/<thing>", since="2.10", until="2.35")(handler)
    assert states(service) == ["missing", "done"]


def test_what_lacks_versions_is_there_in_part(service):
    service.get("/things", until="2.20")(handler)
    service.get("/things", since="2.40")(handler)
    row = next(rows(service, LISTED))
    assert (row.state, row.gaps) == ("partly", (Span(Version(2, 21), Version(2, 39)),))


def test_what_says_that_it_lacks_something_is_there_in_part(service):
    service.get("/things", lacks=["green ones"])(handler)
    row = next(rows(service, LISTED))
    assert (row.state, row.lacks) == ("partly", ("green ones",))


def test_what_is_declared_and_not_listed_is_told_as_well(service):
    service.delete("/things/<thing>", success=204)(handler)
    (*_, row) = rows(service, LISTED)
    assert (str(row.operation), row.state, row.operation.success) == ("DELETE /things/<thing>", "done", "204")


def test_what_is_missing_is_declared_in_the_versions_that_are_missing(service):
    service.put("/things/<thing>", since="2.20")(handler)
    answer_the_rest(service, LISTED)
    refusing = [endpoint for endpoint in service.endpoints if endpoint.missing]
    assert [(e.method, e.path, e.span.since, e.span.until) for e in refusing[1:]] == [
        ("PUT", "/things/<thing>", Version(2, 10), Version(2, 19)),
    ]


def test_what_is_missing_stays_missing_once_it_is_declared(service):
    answer_the_rest(service, LISTED)
    assert states(service) == ["missing", "missing"]


def test_who_calls_what_is_missing_is_told_so(service):
    answer_the_rest(service, LISTED)
    with pytest.raises(NotImplementedHere, match="fakecompute does not implement GET /things"):
        service.endpoints[0].handler(None)


# --- what our services declare


@pytest.mark.parametrize("service", all_services(), ids=lambda service: service.name)
def test_no_two_paths_differ_in_the_names_of_their_parameters_alone(service):
    """The URL map would find the first, and know the methods of that one only."""
    shapes: dict[tuple[bool, str], set[str]] = {}
    for endpoint in service.endpoints:
        shape = endpoint.bare, re.sub("<[^>]*>", "<>", endpoint.path)
        shapes.setdefault(shape, set()).add(endpoint.path)
    assert not [paths for paths in shapes.values() if len(paths) > 1]


def test_whoever_raises_501_says_so_in_the_declaration():
    declared = {part for service in all_services() for endpoint in service.endpoints for part in endpoint.lacks}
    assert not [words for words in raised() if not any(part.startswith(words) for part in declared)]
    assert not [part for part in declared if not any(part.startswith(words) for words in raised())]


@cache
def raised() -> tuple[str, ...]:
    """What `NotImplementedHere(operation=...)` is raised with: the text, or as much of it as is the same always."""
    found = []
    for file in SERVICES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "NotImplementedHere":
                words = node.keywords[0].value
                first = words.values[0] if isinstance(words, ast.JoinedStr) else words
                if isinstance(first, ast.Constant) and not str(first.value).startswith(OTHERWISE):
                    found.append(str(first.value).strip())
    return tuple(found)


DONE = [row for row in coverage() if row.state != "missing"]
OF_COMPUTE = [row for row in DONE if row.service == "compute" and row.operation.success != "410"]


@pytest.mark.parametrize("row", [row for row in OF_COMPUTE if row.operation.policy], ids=lambda row: str(row.operation))
def test_compute_asks_nova_s_rule(row):
    """In the handler, where not in the declaration."""
    assert {endpoint.policy for endpoint in endpoints(row)} <= {row.operation.policy, None}


@pytest.mark.parametrize("row", OF_COMPUTE, ids=lambda row: str(row.operation))
def test_compute_succeeds_with_nova_s_status(row):
    first, *later = row.operation.success.split(",")  # "201/204" is for the handler to tell
    expected = {max(row.operation.span.since, Version(2, 1)): first}
    expected |= {Version.parse(since): status for status, _, since in (text.partition("@") for text in later)}
    for since, status in expected.items():
        declared = {str(endpoint.status(since)) for endpoint in endpoints(row) if since in endpoint.span}
        assert declared <= {status} or "/" in status


def endpoints(row: Row) -> list[Endpoint]:
    service = next(service for service in all_services() if service.name == row.service)
    shape = re.sub("<[^>]*>", "<>", row.operation.path)
    return [
        endpoint
        for endpoint in service.endpoints
        if (endpoint.method, re.sub("<[^>]*>", "<>", endpoint.path)) == (row.operation.method, shape)
        and endpoint.action == row.operation.action
        and not endpoint.bare
    ]


# --- what they answer


@cache
def world() -> tuple[Cloud, dict[str, str]]:
    """A cloud with a server, and what its things are called in paths."""
    cloud = Cloud()
    image = Http(cloud).get("/image/v2/images").json["images"][0]["id"]
    server = boot(cloud, name="web", image_id=image).id
    cloud.settle()
    names = {
        kind.__name__.lower(): next(iter(cloud.store.all(kind))).id for kind in (Domain, Project, Role, User)
    }
    return cloud, {**names, "server": server, "image_id": image, "project_id": names["project"]}


def answer(row: Row, version: Version) -> Answer:
    """To a call as admin, with what there is in the path and nothing in the body."""
    origin, names = world()
    service = next(service for service in all_services() if service.name == row.service)
    operation = row.operation
    named = endpoints(row)[0].path
    path = service.prefix + re.sub("<(?:path:)?([^>]*)>", lambda found: names.get(found[1], NOBODYS_ID), named)
    body = {operation.action: None} if operation.action else {}
    sent: dict[str, Any] = {"json": body} if operation.method in ("POST", "PUT", "PATCH") else {}
    if version != FIRST:
        sent["version"] = f"{row.service} {version}"
    admin = Http(origin.fork(), "admin")
    return admin.request(operation.method, path, **sent)


def cases(*wanted: str) -> list[Any]:
    """The rows in a state, each in its newest version; what is missing in its oldest, too."""
    found = []
    for row in coverage():
        service = next(service for service in all_services() if service.name == row.service)
        micro = service.microversions
        life = row.operation.span
        ends = {max(life.since, micro.lowest), min(life.until, micro.highest)} if micro else {FIRST}
        if row.state == "partly" and row.gaps:
            continue  # in which versions, its state does not tell
        if row.state in wanted:
            ends = ends if row.state == "missing" else {max(ends)}
            found += [pytest.param(row, end, id=f"{row.service} {row.operation} {end}") for end in sorted(ends)]
    return found


@pytest.mark.parametrize(("row", "version"), cases("missing"))
def test_what_is_missing_answers_501(row, version):
    assert answer(row, version).status_code == 501


@pytest.mark.parametrize(("row", "version"), cases("done", "partly"))
def test_what_is_there_does_not(row, version):
    """But in the words of the real service: a Nova without Ironic says 501 itself."""
    got = answer(row, version)
    assert got.status_code < 500 or (got.status_code == 501 and "fakecompute" not in got.text)
