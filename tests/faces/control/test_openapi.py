"""The page and the OpenAPI document: made from the declarations, and true."""

import re
from pathlib import Path
from typing import Any

import pytest

from fakecompute.faces.control.chapters import control as declared
from fakecompute.faces.control.openapi import document

DOCS = Path(__file__).parents[3] / "docs" / "control.md"
EXAMPLES = [one for one in declared.endpoints if one.example is not None]


@pytest.fixture
def told(http):
    return http.get("/_fakecompute/openapi.json").json


def test_it_is_openapi_3_1_with_every_endpoint(told):
    assert told["openapi"] == "3.1.0"
    operations = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert operations == {(one.method, f"/_fakecompute{one.template}") for one in declared.endpoints}


def test_every_operation_has_a_name_of_its_own_and_a_summary(told):
    operations = [one for methods in told["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["summary"].endswith(".") for one in operations)
    assert {one["tags"][0] for one in operations} == {tag["name"] for tag in told["tags"]}


def test_every_reference_leads_somewhere(told):
    for ref in set(references(told)):
        at: Any = told
        for part in ref.removeprefix("#/").split("/"):
            at = at[part]


def references(value):
    if isinstance(value, dict):
        yield from [value["$ref"]] if "$ref" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_parameters_of_a_path_are_declared(told):
    for path, methods in told["paths"].items():
        for operation in methods.values():
            named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


@pytest.mark.parametrize("endpoint", EXAMPLES, ids=lambda one: one.operation)
def test_its_examples_work(control, http, endpoint):
    control("PUT", "/recording", {"on": True})
    control("POST", "/faults", {"name": "it", "on": "compute.create_server", "effect": {"status": 500}}, 201)
    path = endpoint.template.replace("{name}", "it")
    answer = http.request(endpoint.method, f"/_fakecompute{path}", json=endpoint.example)
    assert answer.status_code == endpoint.success, answer.text


def test_answers_have_the_fields_that_are_declared(control, http, told):
    control("PUT", "/recording", {"on": True})
    http.get("/compute/v2.1/servers")
    control("POST", "/snapshots", {"name": "it"}, 201)
    for path, methods in told["paths"].items():
        if "get" not in methods or "{" in path or "follow" in path:
            continue
        content = methods["get"]["responses"]["200"]["content"].get("application/json", {}).get("schema")
        if content is None:
            continue  # the page
        schema = told["components"]["schemas"][content["$ref"].rpartition("/")[2]] if "$ref" in content else content
        assert set(http.get(path).json) >= set(schema.get("required", ())), path


def test_the_page_has_every_endpoint_and_needs_no_network(http):
    page = http.get("/_fakecompute/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    for one in declared.endpoints:
        assert f"id={one.operation}>" in page.text
    assert not re.search(r"<script|<link|<img|@import|url\(", page.text)


def test_of_another_cloud_it_tells_its_own_addresses(http, control):
    control("POST", "/clouds", {"name": "what-if"}, 201)
    assert "/clouds/what-if/_fakecompute/v1/clock" in http.get("/clouds/what-if/_fakecompute/docs").text
    assert http.get("/clouds/what-if/_fakecompute/openapi.json").json["servers"] == [{"url": "/clouds/what-if"}]


def test_docs_name_every_endpoint():
    text = DOCS.read_text("utf-8")
    missing = [one.path for one in declared.endpoints if not one.bare and f"`{one.method} {one.path}" not in text]
    assert not missing


def test_every_command_of_ctl_that_is_told_is_there():
    from fakecompute.faces.ctl import ctl

    for one in declared.endpoints:
        if one.ctl:
            first, *rest = one.ctl.split()
            command: Any = ctl.commands[first]
            if rest and hasattr(command, "commands"):
                assert rest[0] in command.commands, one.ctl


def test_it_is_the_same_every_time():
    assert document(declared) == document(declared)
