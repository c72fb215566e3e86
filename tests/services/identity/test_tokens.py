"""POST /v3/auth/tokens and what one does with a token.  Expectations: Keystone 30 on the same requests."""

import pytest

from fakecompute.domain.records.identity import Project, User
from fakecompute.kernel.clock import moment

TOKENS = "/identity/v3/auth/tokens"
REFUSED = "The request you have made requires authentication."
MALFORMED = (
    " The server could not comply with the request since it is either malformed or otherwise incorrect."
    " The client is assumed to be in error."
)
ON_DEMO = {"project": {"name": "demo", "domain": {"id": "default"}}}


def login(http, user="demo", password="secret", scope=None, query=""):
    who = {"name": user, "domain": {"id": "default"}, "password": password}
    body = identity(password={"user": who})
    if scope is not None:
        body["auth"]["scope"] = scope
    return post(http, body, query)


def post(http, body, query=""):
    return http.post(TOKENS + query, json=body, headers={"X-Auth-Token": None})


def identity(**methods):
    return {"auth": {"identity": {"methods": list(methods), **methods}}}


def rescope(http, token, scope=None):
    body = identity(token={"id": token})
    if scope is not None:
        body["auth"]["scope"] = scope
    return post(http, body)


def look(http, subject, caller=None, method="GET", query=""):
    headers = {"X-Subject-Token": subject}
    if caller:
        headers["X-Auth-Token"] = caller
    return http.request(method, TOKENS + query, headers=headers)


def message(answer):
    return answer.json["error"]["message"]


# --- logging in


def test_a_password_is_good_for_a_token_on_a_project(http):
    answer = login(http, scope=ON_DEMO)
    assert answer.status_code == 201
    assert answer.headers["X-Subject-Token"].startswith("gAAAAAB")
    assert answer.json["token"]["project"]["name"] == "demo"


def test_a_token_has_keystones_fields(http):
    token = login(http, scope=ON_DEMO).json["token"]
    assert token.keys() == {
        "methods", "user", "audit_ids", "expires_at", "issued_at", "project", "is_domain", "roles", "catalog",
    }  # fmt: skip
    assert token["user"].keys() == {"id", "name", "domain", "password_expires_at"}


def test_a_token_lives_for_an_hour_of_whole_seconds(http):
    token = login(http, scope=ON_DEMO).json["token"]
    assert token["issued_at"].endswith(".000000Z")
    assert moment(token["expires_at"]) - moment(token["issued_at"]) == 3_600_000_000


def test_roles_come_with_those_that_they_imply(http):
    token = login(http, "admin", scope=ON_DEMO).json["token"]
    assert [role["name"] for role in token["roles"]] == ["admin", "manager", "member", "reader"]


def test_a_user_may_be_named_by_id(cloud, http):
    user = cloud.store.one(User, "name", ("default", "demo"))
    answer = post(http, identity(password={"user": {"id": user.id, "password": "secret"}}))
    assert answer.status_code == 201


def test_without_a_scope_the_default_project_is_meant(http):
    assert login(http).json["token"]["project"]["name"] == "demo"


def test_an_unscoped_token_has_neither_roles_nor_catalogue(http):
    token = login(http, scope="unscoped").json["token"]
    assert token.keys() == {"methods", "user", "audit_ids", "expires_at", "issued_at"}


def test_a_token_may_be_for_a_domain(http):
    token = login(http, "admin", scope={"domain": {"name": "Default"}}).json["token"]
    assert token["domain"] == {"id": "default", "name": "Default"}


def test_a_token_may_be_for_the_system(http):
    assert login(http, "admin", scope={"system": {"all": True}}).json["token"]["system"] == {"all": True}


def test_nocatalog_leaves_the_catalogue_out(http):
    assert "catalog" not in login(http, scope=ON_DEMO, query="?nocatalog").json["token"]


def test_the_catalogue_has_the_address_that_the_client_came_by(http):
    answer = http.post(
        TOKENS,
        json=identity(password={"user": {"name": "demo", "domain": {"id": "default"}, "password": "secret"}}),
        headers={"X-Auth-Token": None, "Host": "cloud.example:8774"},
    )
    urls = {endpoint["url"] for entry in answer.json["token"]["catalog"] for endpoint in entry["endpoints"]}
    assert "http://cloud.example:8774/compute/v2.1" in urls


# --- being refused


@pytest.mark.parametrize(
    ("user", "password", "scope"),
    [
        pytest.param("demo", "wrong", ON_DEMO, id="wrong password"),
        pytest.param("nobody", "secret", ON_DEMO, id="unknown user"),
        pytest.param("alt_demo", "secret", ON_DEMO, id="no role on the project"),
        pytest.param("demo", "secret", {"project": {"id": "nowhere"}}, id="unknown project"),
        pytest.param("demo", "secret", {"domain": {"id": "nowhere"}}, id="unknown domain"),
        pytest.param("demo", "secret", {"domain": {"id": "default"}}, id="no role on the domain"),
        pytest.param("demo", "secret", {"system": {"all": True}}, id="no role on the system"),
        pytest.param("demo", "secret", {"OS-TRUST:trust": {"id": "x"}}, id="unknown trust"),
    ],
)
def test_a_refusal_does_not_tell_why(http, user, password, scope):
    answer = login(http, user, password, scope)
    assert answer.status_code == 401
    assert message(answer) == REFUSED
    assert answer.headers["WWW-Authenticate"] == 'Keystone uri="http://localhost/identity/v3"'


def test_a_disabled_user_cannot_log_in(cloud, http):
    user = cloud.store.one(User, "name", ("default", "demo"))
    cloud.store.put(user.evolve(enabled=False))
    assert login(http, scope="unscoped").status_code == 401


def test_a_disabled_project_is_no_scope(cloud, http):
    project = cloud.store.one(Project, "name", ("default", "demo"))
    cloud.store.put(project.evolve(enabled=False))
    assert login(http, scope=ON_DEMO).status_code == 401


def test_an_unsupported_method_is_answered_with_the_supported_ones(http):
    error = post(http, identity(totp={"user": {"id": "x", "passcode": "1"}})).json["error"]
    assert error["code"] == 401
    assert error["message"] == "Attempted to authenticate with an unsupported method."
    assert {"password", "token", "application_credential"} <= set(error["identity"]["methods"])


# fmt: off
MISTAKES = [
    (None, "Expecting to find auth in request body." + MALFORMED),
    ({"auth": {}}, "'identity' is a required property"),
    ({"auth": {"identity": {}}}, "Invalid input for field 'identity': 'methods' is a required property"),
    ({"auth": {"identity": {"methods": "password"}}},
     "Invalid input for field 'identity/methods': 'password' is not of type 'array'"),
    ({"auth": {"identity": {"methods": ["password"]}}}, "Expecting to find password in identity." + MALFORMED),
    (identity(password={"user": {}}),
     "Invalid input for field identity/password/user: id or name must be present."),
    (identity(password={"user": {"name": "demo"}}), "Expecting to find domain in user." + MALFORMED),
    (identity(password={"user": {"name": 5}}),
     "Invalid input for field 'identity/password/user/name': 5 is not of type 'string'"),
    (identity(token={}), "Invalid input for field 'identity/token': 'id' is a required property"),
    (identity(application_credential={}),
     "Expecting to find name or ID in application credential." + MALFORMED),
    ({"auth": {**identity(token={"id": "x"})["auth"], "scope": {"project": {}}}},
     "Invalid input for field scope/project: id or name must be present."),
    ({"auth": {**identity(token={"id": "x"})["auth"], "scope": {}}},
     "Expecting to find system, project, domain, OS-TRUST:trust or unscoped in scope." + MALFORMED),
    ({"auth": {**identity(token={"id": "x"})["auth"], "scope": 5}},
     "Invalid input for field 'scope': 5 is not of type 'object', 'string'"),
]
# fmt: on


@pytest.mark.parametrize(("body", "sentence"), MISTAKES)
def test_a_mistake_is_told_in_keystones_words(http, body, sentence):
    answer = post(http, body)
    assert answer.status_code == 400
    assert message(answer) == sentence


def test_a_password_is_not_told_back(http):
    answer = post(http, identity(password={"user": {"id": "x", "password": ["hunter2"]}}))
    assert answer.status_code == 400
    assert "hunter2" not in answer.text


# --- rescoping


def test_a_token_may_be_changed_for_one_of_another_scope_that_ends_when_it_ends(cloud, http):
    first = login(http, scope="unscoped")
    cloud.advance(100)
    second = rescope(http, first.headers["X-Subject-Token"], ON_DEMO).json["token"]
    assert second["methods"] == ["token", "password"]
    assert second["expires_at"] == first.json["token"]["expires_at"]
    assert second["audit_ids"][1:] == first.json["token"]["audit_ids"]


def test_a_token_for_the_system_is_not_changed_for_one_of_a_project(http):
    token = login(http, "admin", scope={"system": {"all": True}}).headers["X-Subject-Token"]
    assert rescope(http, token, ON_DEMO).status_code == 403


def test_an_unknown_token_cannot_be_rescoped(http):
    assert rescope(http, "nonsense").status_code == 404


# --- looking at a token


def test_a_token_shows_itself(http):
    answer = login(http, scope=ON_DEMO)
    token = answer.headers["X-Subject-Token"]
    assert look(http, token, token).json == answer.json


def test_another_users_token_is_not_shown(http):
    stranger = login(http, "alt_demo").headers["X-Subject-Token"]
    answer = look(http, stranger)
    assert answer.status_code == 403
    assert (
        message(answer) == "You are not authorized to perform the requested action: identity:validate_token."
    )


def test_admins_and_services_see_any_token(http):
    token = login(http).headers["X-Subject-Token"]
    assert look(http.as_("admin"), token).status_code == 200


def test_head_looks_at_a_token_without_a_body(http):
    token = login(http).headers["X-Subject-Token"]
    answer = look(http, token, method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_unknown_subject_is_not_found(http):
    assert look(http, "nonsense").status_code == 404


def test_no_subject_is_not_found_either(http):
    answer = http.get(TOKENS)
    assert (answer.status_code, message(answer)) == (404, "No token in the request")


def test_an_expired_token_opens_nothing(cloud, http):
    token = login(http, scope=ON_DEMO).headers["X-Subject-Token"]
    cloud.advance(3600)
    assert http.get("/identity/v3/auth/projects", headers={"X-Auth-Token": token}).status_code == 401


def test_an_expired_token_may_be_looked_at_for_two_days_by_whom_asks_for_it(cloud, http):
    token = login(http, scope=ON_DEMO).headers["X-Subject-Token"]
    cloud.advance(3600)
    assert look(http.as_("admin"), token).status_code == 404
    assert look(http.as_("admin"), token, query="?allow_expired=1").status_code == 200


# --- ending a token


def test_a_revoked_token_opens_nothing(http):
    token = login(http).headers["X-Subject-Token"]
    assert look(http, token, token, "DELETE").status_code == 204
    assert look(http, token, token).status_code == 401


def test_the_tokens_that_came_of_a_revoked_one_end_with_it(http):
    first = login(http, scope="unscoped").headers["X-Subject-Token"]
    second = rescope(http, first, ON_DEMO).headers["X-Subject-Token"]
    look(http, first, first, "DELETE")
    assert look(http.as_("admin"), second).status_code == 404


def test_nobody_ends_anothers_token(http):
    stranger = login(http, "alt_demo").headers["X-Subject-Token"]
    assert look(http, stranger, method="DELETE").status_code == 403
