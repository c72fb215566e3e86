"""Logging in by more than one method, and passcodes.  Expectations: Keystone 30, RFC 6238."""

from dataclasses import replace

import pytest

from fakecompute.domain.records.identity import User
from fakecompute.domain.second_factor import passcode_at
from tests.services.identity.signing_in import V3, message, sign_in

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
HEADER = "Openstack-Auth-Receipt"


@pytest.fixture(autouse=True)
def _with_passcodes(cloud):
    cloud.settings = replace(cloud.settings, auth_methods=(*cloud.settings.auth_methods, "totp"))


@pytest.fixture
def demo(cloud, http):
    """Who has a secret for passcodes."""
    user = cloud.store.one(User, "name", ("default", "demo"))
    http.post(f"{V3}/credentials", json={"credential": {"type": "totp", "blob": SECRET, "user_id": user.id}})
    return user


@pytest.fixture
def two_methods(http, demo):
    options = {"multi_factor_auth_enabled": True, "multi_factor_auth_rules": [["password", "totp"]]}
    answer = http.as_("admin", "admin").patch(f"{V3}/users/{demo.id}", json={"user": {"options": options}})
    assert answer.status_code == 200


def passcode(cloud, later=0):
    return {"user": {"name": "demo", "domain": {"id": "default"}, "passcode": passcode_at(SECRET, cloud.now + later)}}


PASSWORD = {"user": {"name": "demo", "domain": {"id": "default"}, "password": "secret"}}


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_passcodes_are_those_of_the_standard(at, code):
    assert passcode_at(SECRET, at * 1_000_000) == code


def test_a_passcode_is_good_for_a_token(cloud, http, demo):
    answer = sign_in(http, totp=passcode(cloud))
    assert answer.status_code == 201
    assert answer.json["token"]["methods"] == ["totp"]


def test_a_passcode_is_good_for_a_minute_at_most(cloud, http, demo):
    sent = passcode(cloud)
    cloud.advance(30)
    assert sign_in(http, totp=sent).status_code == 201
    cloud.advance(30)
    assert sign_in(http, totp=sent).status_code == 401


def test_one_of_two_methods_is_good_for_a_receipt(http, demo, two_methods):
    answer = sign_in(http)
    assert answer.status_code == 401
    assert answer.headers[HEADER]
    assert answer.json["required_auth_methods"] == [["password", "totp"]]
    receipt = answer.json["receipt"]
    assert receipt["methods"] == ["password"]
    assert receipt["user"] == {"id": demo.id, "name": "demo", "domain": {"id": "default", "name": "Default"}}
    assert receipt["expires_at"] == "2026-01-01T00:05:00.000000Z"


def test_the_other_one_completes_it(cloud, http, two_methods):
    receipt = sign_in(http).headers[HEADER]
    answer = sign_in(http, totp=passcode(cloud), headers={HEADER: receipt})
    assert answer.status_code == 201
    assert set(answer.json["token"]["methods"]) == {"password", "totp"}


def test_both_at_once_are_enough(cloud, http, two_methods):
    assert sign_in(http, password=PASSWORD, totp=passcode(cloud)).status_code == 201


def test_a_receipt_ends(cloud, http, two_methods):
    receipt = sign_in(http).headers[HEADER]
    cloud.advance(301)
    answer = sign_in(http, totp=passcode(cloud), headers={HEADER: receipt})
    assert answer.status_code == 401
    assert HEADER not in answer.headers
    assert message(answer) == "The request you have made requires authentication."


def test_a_wrong_password_gets_no_receipt(http, two_methods):
    wrong = {"user": {**PASSWORD["user"], "password": "wrong"}}
    answer = sign_in(http, password=wrong)
    assert answer.status_code == 401
    assert HEADER not in answer.headers


def test_a_receipt_is_the_users_own(http, two_methods):
    receipt = sign_in(http).headers[HEADER]
    assert sign_in(http, "alt_demo", headers={HEADER: receipt}).status_code == 401


def test_rules_of_methods_that_keystone_has_not_lock_nobody_out(cloud, http, two_methods):
    cloud.settings = replace(cloud.settings, auth_methods=("token", "password"))
    assert sign_in(http).status_code == 201
