"""Whose the private flavors are."""

import pytest

FLAVORS = "/compute/v2.1/flavors"


@pytest.fixture
def admin(http):
    made = http.as_("admin")
    shape = {"name": "own", "id": "own", "ram": 1, "vcpus": 1, "disk": 0, "os-flavor-access:is_public": False}
    made.post(FLAVORS, json={"flavor": shape})
    return made


@pytest.fixture
def project(http):
    return http.token.project_id


def act(client, action, tenant, flavor="own", **more):
    return client.post(f"{FLAVORS}/{flavor}/action", json={action: {"tenant": tenant}}, **more)


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


def test_access_lets_a_project_in(http, admin, project):
    given = act(admin, "addTenantAccess", project)
    assert given.json == {"flavor_access": [{"flavor_id": "own", "tenant_id": project}]}
    assert http.get(f"{FLAVORS}/own").status_code == 200
    assert "own" in [flavor["id"] for flavor in http.get(FLAVORS).json["flavors"]]


def test_access_is_taken_away(http, admin, project):
    act(admin, "addTenantAccess", project)
    assert act(admin, "removeTenantAccess", project).json == {"flavor_access": []}
    assert http.get(f"{FLAVORS}/own").status_code == 404


def test_access_is_given_once(admin, project):
    act(admin, "addTenantAccess", project)
    again = act(admin, "addTenantAccess", project)
    assert again.status_code == 409
    assert "Flavor access already exists for flavor" in message(again)


def test_access_that_was_never_given(admin, project):
    refused = act(admin, "removeTenantAccess", project)
    assert refused.status_code == 404
    assert "Flavor access not found for" in message(refused)


def test_the_project_must_exist(admin):
    refused = act(admin, "addTenantAccess", "nobody")
    assert (refused.status_code, message(refused)) == (400, "Project ID nobody is not a valid project.")


def test_a_public_flavor_takes_no_access_from_2_7_on(admin, project):
    refused = act(admin, "addTenantAccess", project, flavor="1", version="2.7")
    assert (refused.status_code, message(refused)) == (409, "Can not add access to a public flavor.")
    assert act(admin, "addTenantAccess", project, flavor="1", version="2.6").status_code == 200


def test_public_flavors_have_no_list(admin):
    refused = admin.get(f"{FLAVORS}/1/os-flavor-access")
    assert (refused.status_code, message(refused)) == (404, "Access list not available for public flavors.")


def test_the_list(admin, project):
    act(admin, "addTenantAccess", project)
    assert admin.get(f"{FLAVORS}/own/os-flavor-access").json == {
        "flavor_access": [{"flavor_id": "own", "tenant_id": project}]
    }


def test_only_admins_give_access(http, admin, project):
    assert act(http, "addTenantAccess", project).status_code == 403
    assert http.get(f"{FLAVORS}/own/os-flavor-access").status_code == 403
