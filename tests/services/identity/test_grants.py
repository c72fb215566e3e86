"""Roles on projects, domains and the system, for users and groups, inherited or not.  Expectations: Keystone 30."""

import pytest

from tests.services.identity.conftest import message

ACTORS = ("users", "groups")


@pytest.fixture
def things(keystone):
    made = {"users": keystone.make("user", name="ann", password="pw"), "groups": keystone.make("group", name="g")}
    keystone.put(f"/groups/{made['groups']}/users/{made['users']}")
    made["domains"] = keystone.make("domain", name="d")
    made["projects"] = keystone.make("project", name="p", domain_id=made["domains"])
    made["child"] = keystone.make("project", name="c", domain_id=made["domains"], parent_id=made["projects"])
    return made


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("place", ["projects", "domains", "system"])
def test_a_role_is_given_listed_checked_and_taken(keystone, things, role, place, actor):
    at = "/system" if place == "system" else f"/{place}/{things[place]}"
    roles = f"{at}/{actor}/{things[actor]}/roles"
    one = f"{roles}/{role['member']}"
    assert [keystone.put(one).status_code, keystone.put(one).status_code] == [204, 204]
    assert keystone.names(roles) == ["member"]
    assert [keystone.get(one).status_code, keystone.head(one).status_code] == [204, 204]
    assert [keystone.delete(one).status_code, keystone.delete(one).status_code] == [204, 404]
    gone = keystone.get(one)
    target = "system" if place == "system" else things[place]
    assert (gone.status_code, message(gone)) == (
        404,
        f"Could not find role assignment with role: {role['member']}, user or group: {things[actor]}, project, domain,"
        f" or system: {target}.",
    )


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("place", ["projects", "domains"])
def test_an_inherited_role_is_one_of_the_projects_below(keystone, things, role, place, actor):
    roles = f"/{place}/{things[place]}/{actor}/{things[actor]}/roles"
    one = f"/OS-INHERIT{roles}/{role['member']}/inherited_to_projects"
    assert keystone.put(one).status_code == 204
    assert keystone.head(one).status_code == 204
    assert keystone.names(roles) == []
    assert keystone.as_(things["users"], project=things["child"]).roles() == ["member", "reader"]
    assert keystone.login(things["users"], **{place[:-1]: things[place]}).status_code == 401
    assert keystone.delete(one).status_code == 204
    assert keystone.login(things["users"], project=things["child"]).status_code == 401


def test_inherited_roles_of_a_domain_are_listed_and_those_of_a_project_are_not(keystone, things, role):
    listed = f"/OS-INHERIT/domains/{things['domains']}/users/{things['users']}/roles"
    keystone.put(f"{listed}/{role['reader']}/inherited_to_projects")
    assert keystone.names(f"{listed}/inherited_to_projects") == ["reader"]
    of_project = f"/OS-INHERIT/projects/{things['projects']}/users/{things['users']}/roles/inherited_to_projects"
    assert keystone.get(of_project).status_code == 404


def test_an_inherited_role_works_and_ends_at_once(keystone, things, role):
    own = f"/projects/{things['child']}/users/{things['users']}/roles/{role['reader']}"
    keystone.put(own)
    mine = keystone.as_(things["users"], project=things["child"])
    above = f"/OS-INHERIT/domains/{things['domains']}/groups/{things['groups']}/roles/{role['manager']}"
    keystone.put(f"{above}/inherited_to_projects")
    assert mine.roles() == ["manager", "member", "reader"]
    keystone.delete(f"{above}/inherited_to_projects")
    assert mine.roles() == ["reader"]


def test_what_is_not_there_is_told_in_keystones_order(keystone, things, role):
    user, project, member = things["users"], things["projects"], role["member"]
    for path, missing in (
        (f"/projects/x/users/{user}/roles/{member}", "project: x"),
        (f"/projects/{project}/users/x/roles/{member}", "user: x"),
        (f"/projects/{project}/groups/x/roles/{member}", "group: x"),
        ("/projects/x/users/y/roles/z", "role: z"),
        (f"/domains/{project}/users/{user}/roles/{member}", f"domain: {project}"),
        (f"/system/users/x/roles/{member}", "user: x"),
    ):
        refused = keystone.put(path)
        assert (refused.status_code, message(refused)) == (404, f"Could not find {missing}.")
    assert message(keystone.get("/projects/x/users/y/roles")) == "Could not find user: y."


def test_a_role_is_taken_from_somebody_who_is_not_there_in_vain(keystone, things, role):
    for at in f"/projects/{things['projects']}", "/system":
        refused = keystone.delete(f"{at}/users/x/roles/{role['member']}")
        assert message(refused).startswith("Could not find role assignment with role:")


def test_a_role_of_a_domain_is_for_its_projects_alone(keystone, things, cloud):
    other = keystone.make("domain", name="other")
    own = keystone.make("role", name="r", domain_id=things["domains"])
    foreign = keystone.make("role", name="r", domain_id=other)
    way = f"/projects/{things['projects']}/users/{things['users']}/roles"
    assert keystone.put(f"{way}/{own}").status_code == 204
    refused = keystone.put(f"{way}/{foreign}")
    assert (refused.status_code, message(refused)) == (
        403,
        f"Project {things['projects']} must be in the same domain as the role {foreign} being assigned.",
    )
    refused = keystone.put(f"/system/users/{things['users']}/roles/{own}")
    assert (refused.status_code, message(refused)) == (
        400,
        f"Role {own} is a domain-specific role. Unable to use a domain-specific role in a system assignment.",
    )


def test_a_group_has_a_role_on_the_system(keystone, things, role):
    way = f"/system/groups/{things['groups']}/roles/{role['reader']}"
    keystone.put(way)
    mine = keystone.as_(things["users"], system=True)
    assert mine.get("/services").status_code == 200
    keystone.delete(way)
    assert mine.get("/services").status_code == 401


def test_a_domain_admin_makes_no_domains(keystone, things, role):
    keystone.put(f"/domains/{things['domains']}/users/{things['users']}/roles/{role['admin']}")
    theirs = keystone.as_(things["users"], domain=things["domains"])
    refused = theirs.post("/domains", {"domain": {"name": "more"}})
    assert (refused.status_code, message(refused)) == (
        403,
        "You are not authorized to perform the requested action: identity:create_domain.",
    )
