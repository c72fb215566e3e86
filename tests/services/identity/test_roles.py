"""/v3/roles: names, domains, and which implies which.  Expectations: Keystone 30."""

import pytest

from tests.services.identity.conftest import message


@pytest.fixture
def domain(keystone):
    return keystone.make("domain", name="d")


@pytest.fixture
def user(keystone):
    return keystone.make("user", name="ann", password="pw")


@pytest.fixture
def project(keystone, domain):
    return keystone.make("project", name="p", domain_id=domain)


def test_a_renamed_role_has_its_new_name_in_tokens_at_once(keystone, user, project):
    mover = keystone.make("role", name="mover")
    keystone.put(f"/projects/{project}/users/{user}/roles/{mover}")
    mine = keystone.as_(user, project=project)
    assert keystone.patch(f"/roles/{mover}", {"role": {"name": "shaker"}}).json["role"]["name"] == "shaker"
    assert mine.roles() == ["shaker"]


def test_a_role_takes_no_taken_name(keystone):
    keystone.make("role", name="a")
    b = keystone.make("role", name="b")
    refused = keystone.patch(f"/roles/{b}", {"role": {"name": "a"}})
    words = "Conflict occurred attempting to store role - Duplicate entry found with name a."
    assert (refused.status_code, message(refused)) == (409, words)


def test_the_default_roles_are_not_changed(keystone, role):
    refused = keystone.patch(f"/roles/{role['reader']}", {"role": {"name": "looker"}})
    assert refused.status_code == 403
    assert keystone.delete(f"/roles/{role['reader']}").status_code == 403


def test_a_domain_has_roles_of_its_own(keystone, domain):
    keystone.make("role", name="r")
    keystone.make("role", name="r", domain_id=domain)
    refused = keystone.post("/roles", {"role": {"name": "r", "domain_id": domain}})
    words = f"Conflict occurred attempting to store role - Duplicate entry found with name r at domain ID {domain}."
    assert (refused.status_code, message(refused)) == (409, words)
    assert keystone.names(f"/roles?domain_id={domain}") == ["r"]
    assert len(keystone.get("/roles?name=r").json["roles"]) == 1


def test_a_role_stays_in_its_domain(keystone, domain):
    role = keystone.make("role", name="r")
    refused = keystone.patch(f"/roles/{role}", {"role": {"domain_id": domain}})
    assert (refused.status_code, message(refused)) == (400, "Update of `domain_id` is not allowed.")


def test_a_role_of_a_domain_is_good_for_what_it_implies(keystone, domain, user, project, role):
    local = keystone.make("role", name="local", domain_id=domain)
    keystone.put(f"/projects/{project}/users/{user}/roles/{local}")
    assert keystone.login(user, project=project).status_code == 401
    keystone.put(f"/roles/{local}/implies/{role['member']}")
    mine = keystone.as_(user, project=project)
    assert mine.roles() == ["member", "reader"]
    keystone.delete(f"/roles/{local}/implies/{role['member']}")
    assert mine.get("/auth/projects").status_code == 401


def test_an_implication_is_made_shown_and_ended(keystone, role):
    a, b = keystone.make("role", name="a"), keystone.make("role", name="b")
    path = f"/roles/{a}/implies/{b}"
    made = keystone.put(path)
    assert made.status_code == 201
    inference = made.json["role_inference"]
    assert (inference["prior_role"]["name"], inference["implies"]["name"]) == ("a", "b")
    again = keystone.put(path)
    words = "Conflict occurred attempting to store implied_role - Duplicate entry."
    assert (again.status_code, message(again)) == (409, words)
    assert [keystone.get(path).status_code, keystone.head(path).status_code] == [200, 204]
    assert [one["name"] for one in keystone.get(f"/roles/{a}/implies").json["role_inference"]["implies"]] == ["b"]
    assert keystone.delete(path).status_code == 204
    gone = keystone.delete(path)
    assert (gone.status_code, message(gone)) == (404, f"{a} does not imply {b}.")


def test_admin_is_implied_by_nothing(keystone, role):
    a = keystone.make("role", name="a")
    refused = keystone.put(f"/roles/{a}/implies/{role['admin']}")
    assert (refused.status_code, message(refused)) == (403, f"{role['admin']} cannot be an implied roles.")


def test_a_role_of_all_domains_implies_none_of_a_domain(keystone, domain):
    a, local = keystone.make("role", name="a"), keystone.make("role", name="l", domain_id=domain)
    assert keystone.put(f"/roles/{a}/implies/{local}").status_code == 403
    assert keystone.put(f"/roles/{local}/implies/{a}").status_code == 201


def test_roles_may_imply_each_other_in_a_circle(keystone, user, project):
    a, b = keystone.make("role", name="a"), keystone.make("role", name="b")
    for prior, implied in (a, b), (b, a), (a, a):
        assert keystone.put(f"/roles/{prior}/implies/{implied}").status_code == 201
    keystone.put(f"/projects/{project}/users/{user}/roles/{b}")
    assert keystone.as_(user, project=project).roles() == ["a", "b"]


def test_a_deleted_role_takes_its_implications_along(keystone, user, project):
    a, b = keystone.make("role", name="a"), keystone.make("role", name="b")
    keystone.put(f"/roles/{a}/implies/{b}")
    keystone.put(f"/projects/{project}/users/{user}/roles/{a}")
    mine = keystone.as_(user, project=project)
    keystone.delete(f"/roles/{b}")
    assert mine.roles() == ["a"]
    keystone.delete(f"/roles/{a}")
    assert mine.get("/auth/projects").status_code == 401
    priors = [one["prior_role"]["name"] for one in keystone.get("/role_inferences").json["role_inferences"]]
    assert sorted(priors) == ["admin", "manager", "member"]
