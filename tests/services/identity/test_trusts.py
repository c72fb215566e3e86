"""/OS-TRUST/trusts, and tokens by trust.  Expectations: Keystone 30 on the same requests."""

import pytest

from fakecompute.domain.records.identity import Project, Role, User
from tests.services.identity.signing_in import V3, bearer, message, sign_in

TRUSTS = f"{V3}/OS-TRUST/trusts"
REFUSED = "You are not authorized to perform the requested action."


@pytest.fixture
def ids(cloud):
    users = {user.name: user.id for user in cloud.store.all(User)}
    roles = {role.name: role.id for role in cloud.store.all(Role)}
    return {**users, **roles, "project": cloud.store.one(Project, "name", ("default", "demo")).id}


@pytest.fixture
def trust(http, ids):
    """demo lets alt_demo act as a member of the project demo."""

    def make(**more):
        wish = {"trustor_user_id": ids["demo"], "trustee_user_id": ids["alt_demo"], "impersonation": True,
                "project_id": ids["project"], "roles": [{"name": "member"}], **more}  # fmt: skip
        return http.post(TRUSTS, json={"trust": wish})

    return make


def by_trust(http, trust, user="alt_demo"):
    id = trust if isinstance(trust, str) else trust.json["trust"]["id"]
    return sign_in(http, user, scope={"OS-TRUST:trust": {"id": id}})


# --- making one


def test_a_trust_tells_who_trusts_whom_with_what(trust, ids):
    answer = trust()
    assert answer.status_code == 201
    made = answer.json["trust"]
    assert made["roles"][0].items() >= {"id": ids["member"], "name": "member"}.items()
    wanted = {"trustor_user_id": ids["demo"], "trustee_user_id": ids["alt_demo"], "project_id": ids["project"],
              "impersonation": True, "expires_at": None, "remaining_uses": None, "deleted_at": None,
              "redelegated_trust_id": None, "redelegation_count": 0}  # fmt: skip
    assert made.items() >= wanted.items()


@pytest.mark.parametrize(("more", "status", "sentence"), [
    ({"roles": []}, 403, "You are not authorized to perform the requested action: At least one role should be specified."),
    ({"trustee_user_id": "nope"}, 404, "Could not find user: nope."),
    ({"roles": [{"name": "nope"}]}, 404, "Role nope is not defined"),
    ({"roles": [{"id": "nope"}]}, 404, "Could not find role: nope."),
    ({"project_id": "nope"}, 404, "Could not find project: nope."),
    ({"remaining_uses": 0}, 400,
     "Invalid input for field/attribute remaining_uses. Value: 0. 0 is less than the minimum of 1"),
    ({"remaining_uses": 2, "allow_redelegation": True}, 400, "remaining_uses must not be set if redelegation is allowed"),
    ({"allow_redelegation": True, "redelegation_count": 9}, 403, REFUSED),
    ({"impersonation": None}, 400,
     "Invalid input for field/attribute impersonation. Value: None. None is not of type 'boolean'"),
    ({"trustor_user_id": "x"}, 403, "You are not authorized to perform the requested action: identity:create_trust."),
])  # fmt: skip
def test_a_trust_that_cannot_be_is_refused(trust, more, status, sentence):
    answer = trust(**more)
    assert (answer.status_code, message(answer)) == (status, sentence)


def test_nobody_trusts_another_with_a_role_that_he_has_not(trust, ids):
    answer = trust(roles=[{"name": "admin"}])
    assert (answer.status_code, message(answer)) == (404, f"Could not find role: {ids['admin_role']}.")


@pytest.fixture(autouse=True)
def _two_admins(ids, cloud):
    """`admin` is a user and a role."""
    ids["admin_role"] = cloud.store.one(Role, "name", "admin").id


def test_an_implied_role_is_held_too(trust):
    assert trust(roles=[{"name": "reader"}]).status_code == 201


def test_not_even_an_admin_trusts_for_another(http, ids):
    wish = {"trustor_user_id": ids["demo"], "trustee_user_id": ids["alt_demo"], "impersonation": False}
    assert http.as_("admin", "admin").post(TRUSTS, json={"trust": wish}).status_code == 403


# --- looking


def test_a_trust_is_for_both_and_for_admins(http, trust):
    id = trust().json["trust"]["id"]
    seen = [face.get(f"{TRUSTS}/{id}").status_code for face in (http, http.as_("alt_demo"), http.as_("admin", "admin"))]
    assert seen == [200, 200, 200]
    assert http.as_("service").get(f"{TRUSTS}/{id}").status_code == 200  # an admin too
    assert message(http.get(f"{TRUSTS}/nope")) == "Could not find trust: nope."


def test_one_lists_the_trusts_that_one_gave_or_got(http, trust, ids):
    id = trust().json["trust"]["id"]
    given = http.get(TRUSTS, params={"trustor_user_id": ids["demo"]}).json["trusts"]
    got = http.as_("alt_demo").get(TRUSTS, params={"trustee_user_id": ids["alt_demo"]}).json["trusts"]
    assert [one["id"] for one in given] == [one["id"] for one in got] == [id]
    assert "roles" not in given[0]
    assert http.get(TRUSTS).status_code == 403
    assert http.get(TRUSTS, params={"trustee_user_id": ids["alt_demo"]}).status_code == 403


def test_the_roles_of_a_trust(http, trust, ids):
    id = trust().json["trust"]["id"]
    assert [role["name"] for role in http.get(f"{TRUSTS}/{id}/roles").json["roles"]] == ["member"]
    assert http.get(f"{TRUSTS}/{id}/roles/{ids['member']}").json["role"]["name"] == "member"
    assert http.head(f"{TRUSTS}/{id}/roles/{ids['member']}").status_code == 200
    assert message(http.get(f"{TRUSTS}/{id}/roles/{ids['reader']}")) == f"Could not find role: {ids['reader']}."


# --- tokens


def test_the_trustee_acts_as_the_trustor(http, trust, ids):
    answer = by_trust(http, trust())
    token = answer.json["token"]
    assert answer.status_code == 201
    assert token["user"]["id"] == ids["demo"]
    assert token["OS-TRUST:trust"]["trustee_user"] == {"id": ids["alt_demo"]}
    assert [role["name"] for role in token["roles"]] == ["member", "reader"]
    assert http.get("/compute/v2.1/servers", headers=bearer(answer)).status_code == 200


def test_without_impersonation_the_trustee_stays_who_he_is(http, trust, ids):
    assert by_trust(http, trust(impersonation=False)).json["token"]["user"]["id"] == ids["alt_demo"]


def test_a_trust_is_for_the_trustee_alone(http, trust):
    answer = by_trust(http, trust(), "demo")
    assert (answer.status_code, message(answer)) == (403, REFUSED)
    assert by_trust(http, "nope").status_code == 401


def test_a_trust_is_used_so_often(http, trust):
    made = trust(remaining_uses=2)
    id = made.json["trust"]["id"]
    assert by_trust(http, made).status_code == 201
    assert http.get(f"{TRUSTS}/{id}").json["trust"]["remaining_uses"] == 1
    assert by_trust(http, made).status_code == 201
    assert by_trust(http, made).status_code == 401
    assert http.get(f"{TRUSTS}/{id}").status_code == 404


def test_a_trust_ends_and_its_tokens_with_it(cloud, http, trust):
    made = trust(expires_at="2026-01-01T00:10:00Z")
    answer = by_trust(http, made)
    assert answer.json["token"]["expires_at"] == "2026-01-01T00:10:00.000000Z"
    cloud.advance(601)
    assert by_trust(http, made).status_code == 401


def test_no_other_token_is_had_by_one_of_a_trust(http, trust, ids):
    token = by_trust(http, trust()).headers["X-Subject-Token"]
    answer = sign_in(http, token={"id": token}, scope={"project": {"id": ids["project"]}})
    assert answer.status_code == 403
    assert message(answer).endswith("Using trust-scoped token to create another token. Create a new trust-scoped token instead.")


def test_what_outlives_a_trust_is_not_made_by_it(http, trust, ids):
    headers = bearer(by_trust(http, trust()))
    new = {"application_credential": {"name": "x"}}
    answer = http.post(f"{V3}/users/{ids['demo']}/application_credentials", json=new, headers=headers)
    assert (answer.status_code, message(answer)) == (403, REFUSED)
    answer = http.get(f"{V3}/users/{ids['demo']}/credentials/OS-EC2", headers=headers)
    assert message(answer).endswith("Delegated tokens cannot access credentials directly.")
    assert http.get(f"{V3}/credentials", headers=headers).json["credentials"] == []


def test_a_trust_without_a_project_is_good_for_nothing(http, trust):
    answer = by_trust(http, trust(project_id=None, roles=[]))
    assert (answer.status_code, message(answer)) == (404, "Could not find project: None.")


# --- what becomes of it


def test_tokens_go_with_their_trust(http, trust):
    made = trust()
    headers = bearer(by_trust(http, made))
    assert http.as_("alt_demo").delete(f"{TRUSTS}/{made.json['trust']['id']}").status_code == 403
    assert http.delete(f"{TRUSTS}/{made.json['trust']['id']}").status_code == 204
    assert http.get("/compute/v2.1/servers", headers=headers).status_code == 401


def test_a_trust_is_worth_what_the_trustor_has(http, trust, ids):
    made, admin = trust(), http.as_("admin", "admin")
    headers = bearer(by_trust(http, made))
    grant = f"{V3}/projects/{ids['project']}/users/{ids['demo']}/roles/{ids['member']}"
    admin.delete(grant)
    assert http.get("/compute/v2.1/servers", headers=headers).status_code == 401
    assert by_trust(http, made).status_code == 403
    admin.put(grant)
    assert by_trust(http, made).status_code == 201


def test_nobody_acts_for_one_who_is_disabled(http, trust, ids):
    made = trust()
    headers = bearer(by_trust(http, made))
    http.as_("admin", "admin").patch(f"{V3}/users/{ids['demo']}", json={"user": {"enabled": False}})
    assert by_trust(http, made).status_code == 403
    assert http.get("/compute/v2.1/servers", headers=headers).status_code == 401


def test_a_trust_goes_with_its_people(http, trust, ids):
    id = trust().json["trust"]["id"]
    http.as_("admin", "admin").delete(f"{V3}/users/{ids['alt_demo']}")
    assert http.get(f"{TRUSTS}/{id}").status_code == 404


# --- handing on


@pytest.fixture
def handed_on(http, trust, ids):
    """alt_demo hands on, to admin, what demo has trusted him with: the first trust, and how to make another."""
    first = trust(allow_redelegation=True)
    headers = bearer(by_trust(http, first))

    def make(**more):
        wish = {"trustor_user_id": ids["demo"], "trustee_user_id": ids["admin_user"], "impersonation": True,
                "project_id": ids["project"], "roles": [{"name": "member"}], **more}  # fmt: skip
        return http.post(TRUSTS, json={"trust": wish}, headers=headers)

    return first, make


@pytest.fixture(autouse=True)
def _admin_user(ids, cloud):
    ids["admin_user"] = cloud.store.one(User, "name", ("default", "admin")).id


def test_a_trust_may_be_handed_on(http, handed_on, ids):
    first, hand_on = handed_on
    assert first.json["trust"]["redelegation_count"] == 3
    second = hand_on(allow_redelegation=True)
    assert second.status_code == 201
    assert second.json["trust"]["redelegation_count"] == 2
    assert second.json["trust"]["redelegated_trust_id"] == first.json["trust"]["id"]
    assert by_trust(http, second, "admin").json["token"]["user"]["id"] == ids["demo"]


@pytest.mark.parametrize("more", [
    {"roles": [{"name": "reader"}]},
    {"remaining_uses": 1},
    {"allow_redelegation": True, "redelegation_count": 1},
])  # fmt: skip
def test_no_more_is_handed_on_than_was_had(handed_on, more):
    _, hand_on = handed_on
    answer = hand_on(**more)
    assert (answer.status_code, message(answer)) == (403, REFUSED)


def test_what_was_handed_on_goes_with_the_first(http, handed_on):
    first, hand_on = handed_on
    second = hand_on()
    http.delete(f"{TRUSTS}/{first.json['trust']['id']}")
    assert by_trust(http, second, "admin").status_code == 401
