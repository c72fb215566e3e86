"""/v3/users, domains and roles, who has which, and application credentials.  Expectations: Keystone 30."""

import pytest

from fakecompute.domain.records.identity import Project, Role, User

V3 = "/identity/v3"


@pytest.fixture
def admin(http):
    return http.as_("admin")


@pytest.fixture
def ids(cloud):
    """Of users, projects and roles, by name."""
    return {
        kind: {record.name: record.id for record in cloud.store.all(kind)} for kind in (User, Project, Role)
    }


def message(answer):
    return answer.json["error"]["message"]


def login(http, user, password="secret"):
    who = {"name": user, "domain": {"id": "default"}, "password": password}
    return sign_in(http, password={"user": who})


def sign_in(http, **methods):
    body = {"auth": {"identity": {"methods": list(methods), **methods}}}
    return http.post(f"{V3}/auth/tokens", json=body, headers={"X-Auth-Token": None})


# --- users


def test_a_user_sees_itself_alone(http, ids):
    assert http.get(f"{V3}/users/{ids[User]['demo']}").json["user"]["name"] == "demo"
    assert http.get(f"{V3}/users/{ids[User]['admin']}").status_code == 403
    assert http.get(f"{V3}/users").status_code == 403


def test_a_user_sees_the_own_projects(http, ids):
    projects = http.get(f"{V3}/users/{ids[User]['demo']}/projects").json["projects"]
    assert [project["name"] for project in projects] == ["demo"]


def test_a_new_user_logs_in(admin):
    made = admin.post(f"{V3}/users", json={"user": {"name": "bob", "password": "pw", "nick": "b"}})
    assert made.status_code == 201
    assert made.json["user"]["nick"] == "b"
    assert "password" not in made.json["user"]
    assert login(admin, "bob", "pw").status_code == 201


def test_a_taken_name_is_a_conflict(admin):
    answer = admin.post(f"{V3}/users", json={"user": {"name": "demo"}})
    assert answer.status_code == 409
    assert message(answer) == (
        "Conflict occurred attempting to store user - Duplicate entry found with name demo at domain ID default."
    )


def test_a_refusal_hides_the_password(admin):
    answer = admin.post(f"{V3}/users", json={"user": {"password": "hunter2"}})
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


def test_a_new_password_ends_the_tokens_of_the_old_one(http, ids):
    token = login(http, "demo").headers["X-Subject-Token"]
    wish = {"user": {"original_password": "secret", "password": "new"}}
    answer = http.post(f"{V3}/users/{ids[User]['demo']}/password", json=wish, headers={"X-Auth-Token": None})
    assert answer.status_code == 204
    assert http.get(f"{V3}/auth/projects", headers={"X-Auth-Token": token}).status_code == 401
    assert login(http, "demo", "new").status_code == 201


def test_a_deleted_user_is_logged_out_and_forgotten(admin, http, ids):
    mine = http.token.id
    assert admin.delete(f"{V3}/users/{ids[User]['demo']}").status_code == 204
    assert http.get(f"{V3}/auth/projects", headers={"X-Auth-Token": mine}).status_code == 401
    found = admin.get(f"{V3}/role_assignments?user.id={ids[User]['demo']}").json["role_assignments"]
    assert found == []


# --- domains


def test_a_domain_is_disabled_before_it_is_deleted(admin):
    id = admin.post(f"{V3}/domains", json={"domain": {"name": "d"}}).json["domain"]["id"]
    admin.post(f"{V3}/users", json={"user": {"name": "u", "domain_id": id}})
    refused = admin.delete(f"{V3}/domains/{id}")
    assert refused.status_code == 403
    assert message(refused) == "Cannot delete a domain that is enabled, please disable it first."
    admin.patch(f"{V3}/domains/{id}", json={"domain": {"enabled": False}})
    assert admin.delete(f"{V3}/domains/{id}").status_code == 204
    assert admin.get(f"{V3}/users?domain_id={id}").json["users"] == []


def test_a_domain_is_seen_by_who_is_in_it(http):
    assert http.get(f"{V3}/domains/default").status_code == 200


# --- roles and grants


def test_default_roles_are_immutable(admin, ids):
    answer = admin.delete(f"{V3}/roles/{ids[Role]['member']}")
    assert answer.status_code == 403
    assert message(answer).startswith("Unable to delete immutable role resource: ")


def test_a_role_is_given_and_taken(admin, http, ids):
    grant = f"{V3}/projects/{ids[Project]['alt_demo']}/users/{ids[User]['demo']}/roles/{ids[Role]['member']}"
    assert admin.head(grant).status_code == 404
    assert admin.put(grant).status_code == 204
    assert admin.head(grant).status_code == 204
    assert {"demo", "alt_demo"} == {p["name"] for p in http.get(f"{V3}/auth/projects").json["projects"]}
    assert admin.delete(grant).status_code == 204
    assert message(admin.delete(grant)).startswith("Could not find role assignment with role: ")


def test_members_give_no_roles(http, ids):
    grant = f"{V3}/projects/{ids[Project]['demo']}/users/{ids[User]['demo']}/roles/{ids[Role]['admin']}"
    assert http.put(grant).status_code == 403


def test_a_token_without_a_role_left_is_no_longer_valid(admin, http, ids):
    mine = http.token.id
    admin.delete(
        f"{V3}/projects/{ids[Project]['demo']}/users/{ids[User]['demo']}/roles/{ids[Role]['member']}"
    )
    assert http.get(f"{V3}/auth/projects", headers={"X-Auth-Token": mine}).status_code == 401


def test_assignments_are_listed_with_names(admin, ids):
    path = f"{V3}/role_assignments?user.id={ids[User]['demo']}&include_names"
    (found,) = admin.get(path).json["role_assignments"]
    home = {"id": "default", "name": "Default"}
    assert found["user"] == {"id": ids[User]["demo"], "name": "demo", "domain": home}
    assert found["scope"]["project"] == {"id": ids[Project]["demo"], "name": "demo", "domain": home}
    assert found["role"] == {"id": ids[Role]["member"], "name": "member"}


def test_effective_assignments_hold_the_implied_ones(admin, ids):
    path = f"{V3}/role_assignments?user.id={ids[User]['demo']}&effective"
    found = admin.get(path).json["role_assignments"]
    assert [one["role"]["id"] for one in found] == [ids[Role]["member"], ids[Role]["reader"]]


def test_useless_filters_are_refused(admin):
    answer = admin.get(f"{V3}/role_assignments?effective&group.id=x")
    assert answer.status_code == 400
    assert message(answer) == "Combining effective and group filter will always result in an empty list."


# --- application credentials


def credential(http, ids, name="robot", **more):
    path = f"{V3}/users/{ids[User]['demo']}/application_credentials"
    return http.post(path, json={"application_credential": {"name": name, **more}})


def test_the_secret_is_shown_once(http, ids):
    made = credential(http, ids)
    shown = made.json["application_credential"]
    assert made.status_code == 201
    assert len(shown.pop("secret")) == 86
    path = f"{V3}/users/{ids[User]['demo']}/application_credentials/{shown['id']}"
    assert http.get(path).json["application_credential"] == shown


def test_a_credential_logs_in_with_its_own_roles(http, ids):
    made = credential(http, ids, roles=[{"name": "reader"}]).json["application_credential"]
    answer = sign_in(http, application_credential={"id": made["id"], "secret": made["secret"]})
    token = answer.json["token"]
    assert answer.status_code == 201
    assert [role["name"] for role in token["roles"]] == ["reader"]
    assert token["application_credential"] == {"id": made["id"], "name": "robot", "restricted": True}


def test_a_credential_may_be_named(http, ids):
    made = credential(http, ids, secret="s").json["application_credential"]
    by_name = {"name": "robot", "secret": made["secret"], "user": {"id": ids[User]["demo"]}}
    assert sign_in(http, application_credential=by_name).status_code == 201


def test_a_credential_chooses_no_scope(http, ids):
    made = credential(http, ids).json["application_credential"]
    offered = {"methods": ["application_credential"], "application_credential": {"id": made["id"]}}
    body = {"auth": {"identity": offered, "scope": "unscoped"}}
    answer = http.post(f"{V3}/auth/tokens", json=body, headers={"X-Auth-Token": None})
    assert answer.status_code == 401
    assert message(answer) == (
        "Error authenticating with application credential: Application credentials cannot request a scope."
    )


def test_a_wrong_secret_is_refused(http, ids):
    made = credential(http, ids).json["application_credential"]
    answer = sign_in(http, application_credential={"id": made["id"], "secret": "wrong"})
    assert answer.status_code == 401


def test_an_expired_credential_is_refused(cloud, http, ids):
    made = credential(http, ids, expires_at="2030-01-01T00:00:00").json["application_credential"]
    assert made["expires_at"] == "2030-01-01T00:00:00.000000"
    cloud.advance(5 * 366 * 86_400)
    answer = sign_in(http, application_credential={"id": made["id"], "secret": made["secret"]})
    assert answer.status_code == 401


def test_nobody_gives_roles_away_that_he_has_not(http, ids):
    answer = credential(http, ids, roles=[{"name": "admin"}])
    assert answer.status_code == 400
    assert message(answer) == (
        "Invalid application credential: Cannot create an application credential with unassigned role"
    )


def test_not_even_admins_make_credentials_for_others(admin, ids):
    assert credential(admin, ids).status_code == 403


def test_a_deleted_credential_takes_its_tokens_along(http, ids):
    made = credential(http, ids).json["application_credential"]
    answer = sign_in(http, application_credential={"id": made["id"], "secret": made["secret"]})
    token = answer.headers["X-Subject-Token"]
    path = f"{V3}/users/{ids[User]['demo']}/application_credentials/{made['id']}"
    assert http.delete(path).status_code == 204
    assert http.get(f"{V3}/auth/projects", headers={"X-Auth-Token": token}).status_code == 401


def test_a_restricted_credential_makes_no_others(http, ids):
    made = credential(http, ids).json["application_credential"]
    answer = sign_in(http, application_credential={"id": made["id"], "secret": made["secret"]})
    refused = http.post(
        f"{V3}/users/{ids[User]['demo']}/application_credentials",
        json={"application_credential": {"name": "other"}},
        headers={"X-Auth-Token": answer.headers["X-Subject-Token"]},
    )
    assert refused.status_code == 403


# --- what there is none of


@pytest.mark.parametrize("path", ["limits", "registered_limits", "groups"])
def test_there_are_none(admin, path):
    assert admin.get(f"{V3}/{path}").json[path] == []


# --- managers of a domain


@pytest.fixture
def manager(admin, ids):
    """The headers of one who manages the default domain."""
    made = admin.post(f"{V3}/users", json={"user": {"name": "boss", "password": "pw"}}).json["user"]["id"]
    admin.put(f"{V3}/domains/default/users/{made}/roles/{ids[Role]['manager']}")
    body = {
        "identity": {"methods": ["password"], "password": {"user": {"id": made, "password": "pw"}}},
        "scope": {"domain": {"id": "default"}},
    }
    answer = admin.post(f"{V3}/auth/tokens", json={"auth": body}, headers={"X-Auth-Token": None})
    return {"X-Auth-Token": answer.headers["X-Subject-Token"]}


def test_a_manager_makes_users_of_the_own_domain_alone(admin, manager):
    own, other = (
        admin.post(
            f"{V3}/users", json={"user": {"name": "u", "domain_id": domain}}, headers=manager
        ).status_code
        for domain in ("default", "other")
    )
    assert (own, other) == (201, 403)


def test_a_manager_gives_the_roles_up_to_the_own(admin, manager, ids):
    path = f"{V3}/projects/{ids[Project]['demo']}/users/{ids[User]['alt_demo']}/roles"
    assert admin.put(f"{path}/{ids[Role]['member']}", headers=manager).status_code == 204
    assert admin.put(f"{path}/{ids[Role]['admin']}", headers=manager).status_code == 403
