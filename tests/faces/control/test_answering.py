"""What all endpoints have in common: every refusal is JSON that says what to do."""

import pytest

from fakecompute.faces.control.chapters import control as declared

KINDS = {"Content-Type": "application/yaml"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/v1", 404),
        ("GET", "/v2/clock", 404),
        ("GET", "/v1/clock/", 404),
        ("DELETE", "/v1/clock", 405),
        ("OPTIONS", "/v1/clock", 405),
        ("PATCH", "/health", 405),
    ],
)
def test_what_is_not_there_is_refused_as_json(http, method, path, status):
    answer = http.request(method, f"/_fakecompute{path}")
    assert (answer.status_code, answer.json["error"]["status"]) == (status, status)
    assert answer.json["error"]["hint"]
    assert (status == 405) == ("Allow" in answer.headers)


@pytest.mark.parametrize(
    ("content", "headers", "said"),
    [
        (b"{", {}, "it is no JSON"),
        (b"\xff", KINDS, "it is no UTF-8"),
        (b"[" * 5000 + b"]" * 5000, {}, "it is no JSON"),
        (b"a: [", KINDS, "wrong"),
        (b"a: &x [*x]", KINDS, "wrong"),
        (b"by: 1s\nby: 2s", KINDS, "wrong"),
        (b"- 1", KINDS, "wrong"),
        (b"12", {}, "wrong"),
        (b'"by"', {}, "wrong"),
    ],
)
def test_a_body_that_makes_no_sense_is_a_400(http, content, headers, said):
    answer = http.request("POST", "/_fakecompute/v1/clock/advance", content=content, headers=headers)
    assert answer.status_code == 400, answer.text
    assert said in answer.json["error"]["message"]


def test_a_parameter_that_is_not_there_is_told(http):
    answer = http.get("/_fakecompute/v1/clock?verbose=1")
    assert answer.json["error"]["mistakes"] == ["query: verbose: there is no such key"]
    wrong = http.get("/_fakecompute/v1/events?al=true&all=perhaps").json["error"]["mistakes"]
    assert wrong == ["query: al: there is no such key; did you mean 'all'?", "query: all: must be true or false"]


def test_a_head_is_a_get_without_a_body(http):
    answer = http.head("/_fakecompute/v1/clock")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 100


def test_nothing_is_kept_by_caches(http):
    assert http.get("/_fakecompute/v1/clock").headers["Cache-Control"] == "no-store"


HOSTILE = [None, 0, -1, 1e308, 10**18, True, "", "x" * 1000, "ü\u2028", [], {}, [[]], {"": None}, {"on": {"a": 1}}, {"name": []},
           {"at": -1, "host_down": 1}, {"host_down": {"host": []}}, {"set_quota": {"project": 1}}, {"faults": {"x": 1}},
           {"by": "99999999999999999999d"}, {"to": "9999-12-31T23:59:59Z"}, {"kind": [], "rate": []}, {"effect": []}]  # fmt: skip
WRITING = [one for one in declared.endpoints if one.method in ("POST", "PUT", "PATCH")]


@pytest.mark.parametrize("endpoint", WRITING, ids=lambda one: one.operation)
def test_no_body_breaks_it(http, endpoint):
    path = "/_fakecompute" + endpoint.template.replace("{name}", "%ff").replace("{kind}", "Host").replace("{id}", "x")
    for body in HOSTILE:
        answer = http.request(endpoint.method, path, json=body)
        assert answer.status_code < 500, (endpoint.operation, body, answer.text)


@pytest.mark.parametrize("endpoint", declared.endpoints, ids=lambda one: one.operation)
@pytest.mark.parametrize("query", ["limit=x&since=-1", "limit=99999999999999999999", "a=b&a=c", "%ff=%ff", "since=1e9"])
def test_no_query_breaks_it(http, endpoint, query):
    path = "/_fakecompute" + endpoint.template.replace("{name}", "x").replace("{kind}", "Host").replace("{id}", "x")
    assert http.request(endpoint.method, f"{path}?{query}").status_code < 500
