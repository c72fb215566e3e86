"""The rules of [security_compliance]: what a password may be, how long it lives, how often one may err.

Expectations: Keystone 30.
"""

from dataclasses import replace

import pytest

from tests.services.identity.conftest import message

DAY = 86_400


@pytest.fixture
def rules(cloud):
    def set_rules(**settings):
        cloud.settings = replace(cloud.settings, **settings)

    return set_rules


def change(keystone, user, old, new):
    body = {"user": {"original_password": old, "password": new}}
    return keystone.post(f"/users/{user}/password", body)


def make(keystone, password="first", **wish):
    return keystone.make("user", name="ann", password=password, **wish)


def test_a_password_fits_the_regex(keystone, rules):
    rules(password_regex="^[a-z]{3,8}$", password_regex_description="three to eight letters")
    refused = keystone.post("/users", {"user": {"name": "x", "password": "TOO LONG"}})
    words = "The password does not match the requirements: three to eight letters."
    assert (refused.status_code, message(refused)) == (400, words)
    user = make(keystone)
    assert message(keystone.patch(f"/users/{user}", {"user": {"password": "X"}})) == words
    assert message(change(keystone, user, "first", "X")) == words
    assert message(keystone.patch(f"/users/{user}", {"user": {"password": None}})) == (
        "Password validation error: Password must be a string type."
    )


def test_the_rules_for_passwords_are_there_to_read(keystone, http, rules):
    rules(password_regex="^a", password_regex_description="begins with a")
    shown = http.get("/identity/v3/domains/default/config/security_compliance").json
    assert shown == {
        "config": {
            "security_compliance": {"password_regex": "^a", "password_regex_description": "begins with a"}
        }
    }


def test_an_account_is_locked_for_a_while_after_some_failures(keystone, rules, cloud):
    rules(lockout_failure_attempts=2, lockout_duration=60)
    user = make(keystone)
    for _ in range(2):
        assert keystone.login(user, "wrong").status_code == 401
    locked = keystone.login(user, "first")
    assert (locked.status_code, message(locked)) == (401, "The request you have made requires authentication.")
    assert change(keystone, user, "first", "second").status_code == 401
    cloud.advance(61)
    assert keystone.login(user, "first").status_code == 201


def test_a_login_that_succeeds_forgives_the_failures(keystone, rules):
    rules(lockout_failure_attempts=2)
    user = make(keystone)
    for _ in range(3):
        assert keystone.login(user, "wrong").status_code == 401
        assert keystone.login(user, "first").status_code == 201


def test_some_are_never_locked(keystone, rules):
    rules(lockout_failure_attempts=1)
    user = make(keystone, options={"ignore_lockout_failure_attempts": True})
    keystone.login(user, "wrong")
    assert keystone.login(user, "first").status_code == 201


def test_a_password_expires(keystone, rules, cloud):
    rules(password_expires_days=90)
    user = make(keystone)
    ends = keystone.get(f"/users/{user}").json["user"]["password_expires_at"]
    assert ends == keystone.login(user, "first").json["token"]["user"]["password_expires_at"]
    cloud.advance(90 * DAY)
    refused = keystone.login(user, "first")
    words = f"The password is expired and needs to be changed for user: {user}."
    assert (refused.status_code, message(refused)) == (401, words)
    assert change(keystone, user, "first", "second").status_code == 204
    assert keystone.login(user, "second").status_code == 201


def test_some_passwords_never_expire(keystone, rules, cloud):
    rules(password_expires_days=90)
    user = make(keystone, options={"ignore_password_expiry": True})
    assert keystone.get(f"/users/{user}").json["user"]["password_expires_at"] is None
    cloud.advance(90 * DAY)
    assert keystone.login(user, "first").status_code == 201


def test_users_are_listed_by_when_their_passwords_expire(keystone, rules, cloud):
    rules(password_expires_days=90)
    make(keystone)
    assert keystone.names("/users?password_expires_at=gt:2000-01-01T00:00:00Z") == ["ann"]
    assert keystone.names("/users?password_expires_at=lt:2000-01-01T00:00:00Z") == []
    refused = keystone.get("/users?password_expires_at=xx:2000-01-01T00:00:00Z")
    assert message(refused) == (
        "The given operator xx is not valid. It must be one of the following: 'eq', 'neq', 'lt', 'lte', 'gt', or 'gte'."
    )
    assert message(keystone.get("/users?password_expires_at=gt:zz")).startswith("Timestamp not in expected format.")


def test_the_first_password_is_changed_upon_first_use(keystone, rules):
    rules(change_password_upon_first_use=True)
    user = make(keystone)
    assert "is expired" in message(keystone.login(user, "first"))
    assert change(keystone, user, "first", "second").status_code == 204
    assert keystone.login(user, "second").status_code == 201
    keystone.patch(f"/users/{user}", {"user": {"password": "third"}})
    assert "is expired" in message(keystone.login(user, "third"))


def test_old_passwords_are_not_taken_again(keystone, rules):
    rules(unique_last_password_count=2)
    user = make(keystone)
    refused = change(keystone, user, "first", "first")
    assert (refused.status_code, message(refused)) == (
        400,
        "The new password cannot be identical to a previous password. The total number which includes the new password"
        " must be unique is 2.",
    )
    assert change(keystone, user, "first", "second").status_code == 204
    assert change(keystone, user, "second", "first").status_code == 400
    assert change(keystone, user, "second", "third").status_code == 204
    assert change(keystone, user, "third", "first").status_code == 204


def test_an_own_password_is_kept_for_a_while(keystone, rules, cloud):
    rules(minimum_password_age=1)
    user = make(keystone)
    assert change(keystone, user, "first", "second").status_code == 204
    refused = change(keystone, user, "second", "third")
    assert (refused.status_code, message(refused)) == (
        400,
        "You cannot change your password at this time due to the minimum password age. Once you change your password,"
        " it must be used for 1 day(s) before it can be changed. Please try again in 1 day(s) or contact your"
        " administrator to reset your password.",
    )
    cloud.advance(DAY)
    assert change(keystone, user, "second", "third").status_code == 204


def test_a_locked_password_is_not_changed_by_its_user(keystone):
    user = make(keystone, options={"lock_password": True})
    refused = change(keystone, user, "first", "second")
    assert (refused.status_code, message(refused)) == (
        400,
        "You cannot change your password at this time due to password policy disallowing password changes. Please"
        " contact your administrator to reset your password.",
    )


def test_who_is_not_seen_for_long_is_disabled(keystone, rules, cloud):
    rules(disable_user_account_days_inactive=30)
    user = make(keystone)
    cloud.advance(20 * DAY)
    assert keystone.login(user, "first").status_code == 201
    cloud.advance(30 * DAY)
    assert keystone.login(user, "first").status_code == 401
    assert keystone.get(f"/users/{user}").json["user"]["enabled"] is False


@pytest.mark.parametrize("rules_of", [["x"], [[]], [["password", "password"]], [["totp"], ["totp"]]])
def test_bad_rules_for_several_factors_are_refused(keystone, rules_of):
    wish = {"name": "x", "options": {"multi_factor_auth_rules": rules_of}}
    assert keystone.post("/users", {"user": wish}).status_code == 400


def test_options_are_kept_and_taken_away_one_by_one(keystone):
    user = make(keystone, options={"multi_factor_auth_rules": [["password", "totp"]]})
    changed = keystone.patch(f"/users/{user}", {"user": {"options": {"multi_factor_auth_enabled": True}}})
    assert changed.json["user"]["options"] == {
        "multi_factor_auth_rules": [["password", "totp"]],
        "multi_factor_auth_enabled": True,
    }
    changed = keystone.patch(f"/users/{user}", {"user": {"options": {"multi_factor_auth_rules": None}}})
    assert changed.json["user"]["options"] == {"multi_factor_auth_enabled": True}
