"""/v3/groups: users who are given roles together.  Expectations: Keystone 30."""

import pytest

from tests.services.identity.conftest import message


@pytest.fixture
def user(keystone):
    return keystone.make("user", name="ann", password="pw")


@pytest.fixture
def group(keystone):
    return keystone.make("group", name="staff")


@pytest.fixture
def project(keystone):
    return keystone.make("project", name="p")


def test_a_group_is_made_in_the_domain_of_the_caller(keystone):
    made = keystone.post("/groups", {"group": {"name": "staff", "color": "red"}})
    assert made.status_code == 201
    group = made.json["group"]
    assert (group["domain_id"], group["description"], group["color"]) == ("default", "", "red")
    assert group["links"]["self"].endswith(f"/v3/groups/{group['id']}")


def test_two_groups_of_a_domain_do_not_share_a_name(keystone, group):
    refused = keystone.post("/groups", {"group": {"name": "staff"}})
    assert refused.status_code == 409
    assert message(refused) == (
        "Conflict occurred attempting to store group - Duplicate entry found with name staff at domain ID default."
    )
    other = keystone.make("domain", name="other")
    assert keystone.post("/groups", {"group": {"name": "staff", "domain_id": other}}).status_code == 201


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "Invalid input for field/attribute group. Value: {}. 'name' is a required property"),
        ({"name": None}, "Invalid input for field/attribute name. Value: None. None is not of type 'string'"),
        ({"name": "x" * 65}, f"String length exceeded. The length of string '{'x' * 65}' exceeds the limit of column"
                             " name(CHAR(64))."),
        ({"name": "g", "domain_id": None},
         "Invalid input for field/attribute domain_id. Value: None. None is not of type 'string'"),
    ],
)  # fmt: skip
def test_a_bad_group_is_refused(keystone, wish, words):
    refused = keystone.post("/groups", {"group": wish})
    assert refused.status_code == 400
    assert message(refused) == words


def test_a_group_of_no_domain_is_refused(keystone):
    refused = keystone.post("/groups", {"group": {"name": "g", "domain_id": "nope"}})
    assert (refused.status_code, message(refused)) == (404, "Could not find domain: nope.")


def test_a_group_is_changed(keystone, group):
    keystone.make("group", name="taken")
    changed = keystone.patch(f"/groups/{group}", {"group": {"description": "d"}})
    assert changed.json["group"]["description"] == "d"
    taken = keystone.patch(f"/groups/{group}", {"group": {"name": "taken"}})
    assert taken.status_code == 409
    moved = keystone.patch(f"/groups/{group}", {"group": {"domain_id": "elsewhere"}})
    assert message(moved) == "Cannot change Domain ID"


def test_groups_are_filtered_by_parts_of_names(keystone, group):
    keystone.make("group", name="others")
    assert keystone.names("/groups?name__startswith=sta") == ["staff"]
    assert keystone.names("/groups?name=none") == []


def test_a_member_comes_and_goes(keystone, group, user):
    path = f"/groups/{group}/users/{user}"
    assert [keystone.put(path).status_code, keystone.put(path).status_code] == [204, 204]
    assert keystone.head(path).status_code == 204
    assert keystone.names(f"/groups/{group}/users") == ["ann"]
    shown = keystone.get(f"/users/{user}/groups").json["groups"]
    assert [(one["name"], one["membership_expires_at"]) for one in shown] == [("staff", None)]
    assert keystone.delete(path).status_code == 204
    gone = keystone.get(path)
    assert (gone.status_code, message(gone)) == (404, f"User '{user}' not found in group '{group}'")


def test_who_is_not_there_is_told(keystone, group, user):
    assert message(keystone.put(f"/groups/{group}/users/nobody")) == "Could not find user: nobody."
    assert message(keystone.put(f"/groups/nothing/users/{user}")) == "Could not find group: nothing."
    assert message(keystone.get("/groups/nothing/users")) == "Could not find group: nothing."


def test_members_have_the_roles_of_the_group(keystone, group, user, project, role):
    keystone.put(f"/groups/{group}/users/{user}")
    keystone.put(f"/projects/{project}/groups/{group}/roles/{role['member']}")
    assert keystone.as_(user, project=project).roles() == ["member", "reader"]
    assert keystone.names(f"/users/{user}/projects") == ["p"]


def test_a_token_follows_the_roles_of_the_group(keystone, group, user, project, role):
    keystone.put(f"/groups/{group}/users/{user}")
    grant = f"/projects/{project}/groups/{group}/roles/{role['member']}"
    keystone.put(grant)
    mine = keystone.as_(user, project=project)
    keystone.delete(grant)
    assert mine.get("/auth/projects").status_code == 401
    keystone.put(grant)
    assert mine.roles() == ["member", "reader"]


def test_who_leaves_a_group_has_to_log_in_again(keystone, group, user, project, role):
    keystone.put(f"/projects/{project}/users/{user}/roles/{role['reader']}")
    keystone.put(f"/groups/{group}/users/{user}")
    mine = keystone.as_(user, project=project)
    keystone.delete(f"/groups/{group}/users/{user}")
    assert mine.get("/auth/projects").status_code == 401
    keystone.put(f"/groups/{group}/users/{user}")
    assert mine.get("/auth/projects").status_code == 401


def test_a_deleted_group_takes_its_roles_along(keystone, group, user, project, role):
    keystone.put(f"/groups/{group}/users/{user}")
    keystone.put(f"/projects/{project}/groups/{group}/roles/{role['member']}")
    mine = keystone.as_(user, project=project)
    assert keystone.delete(f"/groups/{group}").status_code == 204
    assert mine.get("/auth/projects").status_code == 401
    assert keystone.get(f"/role_assignments?scope.project.id={project}").json["role_assignments"] == []
    assert keystone.delete(f"/groups/{group}").status_code == 404


def test_a_domain_sees_its_own_groups_alone(keystone, group, user, role):
    other = keystone.make("domain", name="other")
    keystone.make("group", name="theirs", domain_id=other)
    keystone.put(f"/domains/{other}/users/{user}/roles/{role['reader']}")
    theirs = keystone.as_(user, domain=other)
    assert theirs.names("/groups") == ["theirs"]
    assert theirs.get(f"/groups/{group}").status_code == 403
