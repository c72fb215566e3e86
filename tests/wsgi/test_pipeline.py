"""The way of every request: tokens, versions, bodies, policy, transactions, answers.

Expectations are Nova's, observed: Compute's flavors are the example.
"""

import gzip
from typing import Any
from unittest.mock import Mock

import orjson
import pytest
from werkzeug.test import Client, EnvironBuilder

from fakecompute import Cloud
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.settings import Settings
from fakecompute.errors import Conflict
from fakecompute.kernel.clock import AutoClock
from fakecompute.kernel.journal import Journal
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import DELAY, bind

FLAVORS = "/compute/v2.1/flavors"
NEW = {"flavor": {"name": "new", "ram": 512, "vcpus": 1, "disk": 1}}


@pytest.fixture
def admin(http):
    return http.as_("admin")


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


# --- tokens


@pytest.mark.parametrize("token", [None, "", "nonsense", "gAAAAAB" + "x" * 5000, "\u00fc"])
def test_without_a_token_the_middleware_answers(http, token):
    answer = http.get(FLAVORS, headers={"X-Auth-Token": token})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Keystone uri="http://localhost/identity"'
    assert answer.json["error"]["title"] == "Unauthorized"


def test_a_token_expires(cloud, http):
    token = http.token.id
    cloud.advance(3600)
    assert http.get(FLAVORS, headers={"X-Auth-Token": token}).status_code == 401


def test_an_unknown_path_needs_a_token_too(http):
    assert http.get("/compute/v2.1/nothing", headers={"X-Auth-Token": None}).status_code == 401


def test_versions_need_none(http):
    assert http.get("/compute/", headers={"X-Auth-Token": None}).status_code == 200


def test_the_project_of_the_address_is_that_of_the_token(http):
    project = http.token.project_id
    assert http.get(f"/compute/v2.1/{project}/flavors").status_code == 200
    other = "0" * 32
    answer = http.get(f"/compute/v2.1/{other}/flavors")
    assert answer.status_code == 400
    assert message(answer) == (
        f"Malformed request URL: URL's project_id '{other}' doesn't match Context's project_id '{project}'"
    )


# --- versions


@pytest.mark.parametrize(("wanted", "used"), [(None, "2.1"), ("2.26", "2.26"), ("latest", "2.104")])
def test_an_answer_tells_its_version_in_both_headers(http, wanted, used):
    headers = http.get(FLAVORS, version=wanted).headers
    assert headers["OpenStack-API-Version"] == f"compute {used}"
    assert headers["X-OpenStack-Nova-API-Version"] == used
    assert headers["Vary"] == "OpenStack-API-Version, X-OpenStack-Nova-API-Version"


def test_the_old_header_is_heard(http):
    answer = http.get(FLAVORS, headers={"X-OpenStack-Nova-API-Version": "2.55"})
    assert answer.headers["OpenStack-API-Version"] == "compute 2.55"


@pytest.mark.parametrize("version", ["2.0", "2.105", "3.0"])
def test_a_version_that_is_not_there_is_a_406_that_repeats_it(http, version):
    answer = http.get(FLAVORS, version=version)
    assert answer.status_code == 406
    assert answer.headers["OpenStack-API-Version"] == f"compute {version}"
    assert answer.json == {
        "computeFault": {
            "code": 406,
            "message": f"Version {version} is not supported by the API. Minimum is 2.1 and maximum is 2.104.",
        }
    }


@pytest.mark.parametrize("version", ["abc", "2.01", "2", "2.x", "2." + "9" * 5000])
def test_what_is_no_version_is_a_400_without_version_headers(http, version):
    answer = http.get(FLAVORS, version=version)
    assert answer.status_code == 400
    assert message(answer) == (
        f"API Version String {version} is of invalid format. Must be of format MajorNum.MinorNum."
    )
    assert "OpenStack-API-Version" not in answer.headers


def test_an_operation_outside_of_its_versions_is_a_404(admin):
    body = {"flavor": {"description": "new"}}
    assert admin.put(f"{FLAVORS}/1", json=body, version="2.54").json["itemNotFound"]["code"] == 404
    assert admin.put(f"{FLAVORS}/1", json=body, version="2.55").status_code == 200


def test_an_older_release_speaks_older_versions():
    cloud = Cloud(release="zed")
    headers = {"X-Auth-Token": token_for(cloud, "demo", "demo").id, "OpenStack-API-Version": "compute latest"}
    answer = Client(bind(app(), cloud)).get(FLAVORS, headers=headers)
    assert answer.headers["OpenStack-API-Version"] == "compute 2.93"


def test_every_answer_has_a_request_id_of_its_own(http):
    ids = [http.get(FLAVORS).headers["x-openstack-request-id"] for _ in range(2)]
    assert ids[0] != ids[1]
    assert ids[0].startswith("req-")
    last = http.get(FLAVORS).headers
    assert last["x-compute-request-id"] == last["x-openstack-request-id"]


# --- actions


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (None, 400, "Malformed request body"),
        ({}, 400, "Malformed request body"),
        ({"addTenantAccess": {}, "other": {}}, 400, "Malformed request body"),
        ([], 400, "Malformed request body"),
        (["dance"], 404, "The resource could not be found."),
        ({"dance": {}}, 400, "There is no such action: dance"),
    ],
)
def test_an_action_is_a_body_of_one_key(admin, body, status, told):
    answer = admin.post(f"{FLAVORS}/1/action", json=body)
    assert (answer.status_code, message(answer)) == (status, told)


def test_an_action_of_null_is_not_found(admin):
    assert admin.post(f"{FLAVORS}/1/action", content=b"null").status_code == 404


# --- queries


def test_a_query_is_checked_by_its_schema(http):
    answer = http.get(FLAVORS + "?limit=-1")
    assert (
        message(answer)
        == "Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'"
    )


def test_unknown_parameters_are_refused_from_a_version_on(http):
    assert http.get(FLAVORS + "?zzz=1", version="2.74").status_code == 200
    answer = http.get(FLAVORS + "?zzz=1", version="2.75")
    assert message(answer) == "Additional properties are not allowed ('zzz' was unexpected)"


@pytest.mark.parametrize("query", ["name=%ff", "&".join(f"a{number}=1" for number in range(1001))])
def test_a_query_that_cannot_be_read_is_a_400(http, query):
    assert http.get(f"{FLAVORS}?{query}").status_code == 400


# --- policy and change


def test_policy_is_asked_and_named(http):
    answer = http.post(FLAVORS, json=NEW)
    assert answer.status_code == 403
    assert message(answer) == "Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed."


def test_a_body_is_checked_before_the_policy(http):
    assert http.post(FLAVORS, json={}).status_code == 400


@pytest.mark.parametrize("error", [Conflict(reason="taken"), ZeroDivisionError()])
def test_an_error_takes_back_what_was_done(cloud, admin, monkeypatch, error):
    def refuse(record, call):
        raise error

    admin.token  # noqa: B018  made before
    before = cloud.digest()
    monkeypatch.setattr("fakecompute.services.compute.flavors.flavor_detail", refuse)
    answer = admin.post(FLAVORS, json=NEW)
    assert answer.status_code >= 400
    assert cloud.store.one(Flavor, "name", "new") is None
    assert cloud.digest() == before


def test_a_mistake_of_ours_is_not_hidden_from_tests(admin, monkeypatch):
    monkeypatch.setattr(app(), "testing", True)
    monkeypatch.setattr("fakecompute.services.compute.flavors.flavor_detail", lambda record, call: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        admin.post(FLAVORS, json=NEW)


# --- time


def test_a_request_lives_through_what_is_due(cloud, http):
    cloud.events.add(cloud.now + 1, "server.step", "nobody")
    cloud.clock.advance(1)
    http.get(FLAVORS)
    assert len(cloud.events) == 0


def test_an_auto_clock_jumps_when_a_look_found_nothing_due():
    cloud = Cloud(clock=AutoClock())
    client, headers = Client(bind(app(), cloud)), {"X-Auth-Token": token_for(cloud, "demo", "demo").id}
    cloud.events.add(cloud.now + 60, "server.step", "nobody")
    client.post(FLAVORS, headers=headers)
    assert cloud.clock.now() == cloud.begun
    client.get(FLAVORS, headers=headers)
    assert cloud.clock.now() == cloud.begun + 60


# --- faults


def ruled(cloud, **effect):
    cloud.set_rules(
        [Rule(id="", name="one", on="compute.list_flavors", phase="before", effect=Effect(**effect))]
    )


def test_a_rule_answers_in_the_dialect(cloud, http):
    ruled(cloud, status=503, headers=(("Retry-After", "5"),))
    answer = http.get(FLAVORS)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json == {
        "serviceUnavailable": {
            "code": 503,
            "message": "The server is currently unavailable. Please try again at a later time.",
        }
    }


def test_a_rule_answers_as_a_proxy_would(cloud, http):
    ruled(cloud, status=502, body="proxy-html")
    answer = http.get(FLAVORS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")


def test_a_delay_passes_on_a_virtual_clock(cloud, http):
    ruled(cloud, status=503, delay=2_000_000)
    token: dict[str, Any] = {"HTTP_X_AUTH_TOKEN": http.token.id}
    environ = EnvironBuilder(path=FLAVORS).get_environ() | token
    bind(app(), cloud)(environ, Mock())
    assert cloud.clock.now() == cloud.begun + 2_000_000
    assert environ[DELAY] == 2_000_000


def test_other_operations_are_left_alone(cloud, http):
    ruled(cloud, status=503)
    assert http.get(f"{FLAVORS}/1").status_code == 200


# --- the journal


def test_a_call_is_a_line_of_the_journal(cloud, http):
    http.token  # noqa: B018  made before
    cloud.journal = Journal()
    answer = http.get(FLAVORS + "?limit=1", version="2.26").json
    assert orjson.loads(cloud.journal.lines[-1]) == {
        "number": 1,
        "at": cloud.now,
        "operation": "compute.list_flavors",
        "method": "GET",
        "path": "/compute/v2.1/flavors?limit=1",
        "version": "2.26",
        "user": "demo",
        "project": "demo",
        "body": None,
        "status": 200,
        "answer": answer,
        "digest": cloud.digest(),
        "base": "http://localhost",
        "headers": {"Openstack-Api-Version": "compute 2.26"},
        "tokens": {"X-Auth-Token": http.token.audit_ids[0]},
    }


def test_what_cannot_be_read_is_a_line_too(cloud, http):
    cloud.journal = Journal()
    http.post(FLAVORS, content=b"\xff")
    line = orjson.loads(cloud.journal.lines[-1])
    assert (line["status"], line["body"]) == (400, None)


# --- answers


def test_an_answer_has_the_length_of_its_body(http):
    answer = http.get(FLAVORS)
    assert answer.headers["Content-Type"] == "application/json"
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_a_location_is_quoted(http):
    admin = http.as_("admin")
    answer = admin.put(f"/identity/v3/projects/{admin.token.project_id}/tags/a%0A%C3%BC%20b")
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith("/tags/a%0A%C3%BC%20b")


def test_answers_are_compressed_where_the_cloud_has_it_so(cloud):
    cloud.settings = Settings(gzip=True)
    headers = {"X-Auth-Token": token_for(cloud, "demo", "demo").id, "Accept-Encoding": "gzip"}
    answer = Client(bind(app(), cloud)).get(f"{FLAVORS}/detail", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert orjson.loads(gzip.decompress(answer.data))["flavors"]
