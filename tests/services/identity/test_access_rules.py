"""Access rules of application credentials, at Keystone and at the other services.  Expectations: Keystone 30,
keystonemiddleware 13."""

import pytest

from fakecompute.domain.records.identity import User
from tests.services.identity.signing_in import V3, bearer, message, sign_in

READ_SERVERS = {"service": "compute", "method": "GET", "path": "/v2.1/servers"}


@pytest.fixture
def own(cloud):
    return f"{V3}/users/{cloud.store.one(User, 'name', ('default', 'demo')).id}"


@pytest.fixture
def create(http, own):
    def do(*rules, name="c"):
        wish = {"name": name, "access_rules": list(rules)}
        return http.post(f"{own}/application_credentials", json={"application_credential": wish})

    return do


@pytest.fixture
def program(http, create):
    """Somebody who may do no more than the rules say."""

    def do(*rules):
        made = create(*rules).json["application_credential"]
        return bearer(sign_in(http, application_credential={"id": made["id"], "secret": made["secret"]}))

    return do


def test_rules_are_shown_with_the_credential_and_with_its_token(http, create):
    made = create(READ_SERVERS).json["application_credential"]
    (rule,) = made["access_rules"]
    assert rule.items() >= READ_SERVERS.items()
    token = sign_in(http, application_credential={"id": made["id"], "secret": made["secret"]}).json["token"]
    assert token["application_credential"]["access_rules"] == [rule]


def test_a_rule_is_there_once_for_a_user(create, http, own):
    first = create(READ_SERVERS).json["application_credential"]["access_rules"]
    assert create(READ_SERVERS, name="d").json["application_credential"]["access_rules"] == first
    assert create({"id": first[0]["id"]}, name="e").json["application_credential"]["access_rules"] == first
    assert [one["id"] for one in http.get(f"{own}/access_rules").json["access_rules"]] == [first[0]["id"]]


def test_no_rule_is_another_users(http, create):
    rule = create(READ_SERVERS).json["application_credential"]["access_rules"][0]
    alt = http.as_("alt_demo")
    wish = {"application_credential": {"name": "c", "access_rules": [{"id": rule["id"]}]}}
    answer = alt.post(f"{V3}/users/{alt.token.user_id}/application_credentials", json=wish)
    assert (answer.status_code, message(answer)) == (404, f"Could not find Access Rule: {rule['id']}.")


@pytest.mark.parametrize(("change", "sentence"), [
    ({"path": "x"}, "Invalid input for field/attribute path. Value: x. 'x' does not match '^/\\\\.*'"),
    ({"method": "FOO"}, "Invalid input for field/attribute method. Value: FOO. 'FOO' is not one of ['DELETE', 'GET'"),
    ({"service": "a b"}, "Invalid input for field/attribute service. Value: a b. 'a b' does not match"),
])  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(create, change, sentence):
    answer = create({**READ_SERVERS, **change})
    assert answer.status_code == 400
    assert message(answer).startswith(sentence)


def test_a_rule_in_use_stays(http, own, create):
    made = create(READ_SERVERS).json["application_credential"]
    address = f"{own}/access_rules/{made['access_rules'][0]['id']}"
    answer = http.delete(address)
    assert (answer.status_code, message(answer)) == (403, "May not delete access rule in use")
    http.delete(f"{own}/application_credentials/{made['id']}")
    assert http.delete(address).status_code == 204
    assert http.get(address).status_code == 404


# --- what a program may do


def test_it_may_do_what_the_rules_say_and_no_more(http, program):
    headers = program(READ_SERVERS)
    assert http.get("/compute/v2.1/servers", headers=headers).status_code == 200
    assert http.get("/compute/v2.1/servers/detail", headers=headers).status_code == 401
    assert http.post("/compute/v2.1/servers", json={}, headers=headers).status_code == 401
    assert http.get("/image/v2/images", headers=headers).status_code == 401


@pytest.mark.parametrize(("path", "statuses"), [
    ("/compute/v2.1/servers", [200, 401, 401]),
    ("/v2.1/*", [200, 401, 401]),
    ("/v2.1/**", [200, 200, 200]),
    ("/v2.1/{what}/detail", [401, 200, 401]),
    ("/v2.1/*/*", [401, 200, 401]),
])  # fmt: skip
def test_stars_stand_for_parts_of_a_path(http, program, path, statuses):
    headers = program({**READ_SERVERS, "path": path})
    asked = ("servers", "servers/detail", "os-quota-sets/x/detail")
    known = [http.get(f"/compute/v2.1/{one}", headers=headers).status_code for one in asked]
    assert [401 if status == 401 else 200 for status in known] == statuses


def test_a_service_goes_by_each_of_its_types(http, program):
    headers = program({"service": "block-storage", "method": "GET", "path": "/v3/**"})
    assert http.get("/volume/v3/volumes", headers=headers).status_code == 200


def test_keystone_minds_the_rules_too(http, own, program):
    headers = program({"service": "identity", "method": "GET", "path": "/v3/users/*"})
    assert http.get(own, headers=headers).status_code == 200
    assert http.get(f"{V3}/auth/projects", headers=headers).status_code == 401


def test_whoever_looks_at_the_token_must_know_of_rules(http, program):
    subject = {"X-Subject-Token": program(READ_SERVERS)["X-Auth-Token"]}
    service = http.as_("service")
    assert service.get(f"{V3}/auth/tokens", headers=subject).status_code == 404
    known = {**subject, "OpenStack-Identity-Access-Rules": "1"}
    assert service.get(f"{V3}/auth/tokens", headers=known).status_code == 200
