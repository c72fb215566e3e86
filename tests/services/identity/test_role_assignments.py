"""/v3/role_assignments: what was given, and what takes effect.  Expectations: Keystone 30."""

import pytest

from tests.services.identity.conftest import V3, message

BASE = f"http://localhost{V3}"


@pytest.fixture
def tree(keystone):
    """A user in a group, and three projects, one below the other."""
    made = {"user": keystone.make("user", name="ann"), "group": keystone.make("group", name="g")}
    keystone.put(f"/groups/{made['group']}/users/{made['user']}")
    made["a"] = keystone.make("project", name="a")
    made["b"] = keystone.make("project", name="b", parent_id=made["a"])
    made["c"] = keystone.make("project", name="c", parent_id=made["b"])
    return made


@pytest.fixture
def given(keystone, tree, role):
    """The group is member of a, and reader of all below."""
    way = f"/projects/{tree['a']}/groups/{tree['group']}/roles"
    keystone.put(f"{way}/{role['member']}")
    keystone.put(f"/OS-INHERIT{way}/{role['reader']}/inherited_to_projects")
    return way


def assignments(keystone, query):
    answer = keystone.get(f"/role_assignments?{query}")
    assert answer.status_code == 200, answer.json
    return answer.json["role_assignments"]


def short(found):
    """(project, role) of each."""
    return sorted((one["scope"]["project"]["name"], one["role"]["name"]) for one in found)


def test_what_a_group_was_given_is_shown_with_names(keystone, tree, given, role):
    found = assignments(keystone, f"group.id={tree['group']}&include_names")
    assert short(found) == [("a", "member"), ("a", "reader")]
    (inherited,) = (one for one in found if "OS-INHERIT:inherited_to" in one["scope"])
    assert inherited["scope"]["OS-INHERIT:inherited_to"] == "projects"
    assert inherited["group"] == {"id": tree["group"], "name": "g", "domain": {"id": "default", "name": "Default"}}
    assert inherited["links"] == {
        "assignment": f"{BASE}/OS-INHERIT{given}/{role['reader']}/inherited_to_projects",
    }


def test_effective_ones_are_of_users_and_of_the_projects_below(keystone, tree, given):
    found = assignments(keystone, f"user.id={tree['user']}&effective&include_names")
    assert short(found) == [("a", "member"), ("a", "reader"), ("b", "reader"), ("c", "reader")]
    assert {one["user"]["name"] for one in found} == {"ann"}


def test_an_effective_one_links_to_where_it_comes_from(keystone, tree, given, role):
    (found,) = assignments(keystone, f"user.id={tree['user']}&effective&scope.project.id={tree['c']}")
    assert found["links"] == {
        "assignment": f"{BASE}/OS-INHERIT{given}/{role['reader']}/inherited_to_projects",
        "membership": f"{BASE}/groups/{tree['group']}/users/{tree['user']}",
    }
    assert found["scope"] == {"project": {"id": tree["c"]}, "OS-INHERIT:inherited_to": "projects"}


def test_an_implied_one_names_the_role_that_implies_it(keystone, tree, given, role):
    found = assignments(keystone, f"effective&role.id={role['reader']}&scope.project.id={tree['a']}")
    assert [one["links"]["prior_role"] for one in found] == [
        f"{BASE}/prior_role/{role['reader']}/implies/{role['member']}"
    ]


def test_a_tree_is_asked_for_from_its_root(keystone, tree, given, role):
    keystone.put(f"/projects/{tree['c']}/users/{tree['user']}/roles/{role['manager']}")
    query = f"scope.project.id={tree['b']}&include_subtree&include_names"
    assert short(assignments(keystone, query)) == [("c", "manager")]
    effective = short(assignments(keystone, f"{query}&effective"))
    assert effective == [("b", "reader"), ("c", "manager"), ("c", "member"), ("c", "reader"), ("c", "reader")]
    refused = keystone.get("/role_assignments?include_subtree")
    assert message(refused) == "'scope.project.id' is a dependency of 'include_subtree'"


def test_inherited_ones_are_asked_for_alone(keystone, tree, given):
    inherited = assignments(keystone, f"group.id={tree['group']}&scope.OS-INHERIT:inherited_to=projects")
    assert len(inherited) == 1
    others = assignments(keystone, f"group.id={tree['group']}&scope.OS-INHERIT:inherited_to=no")
    assert len(others) == 1
    assert inherited != others


def test_what_a_domain_passes_on_is_not_its_own(keystone, tree, role):
    way = f"/OS-INHERIT/domains/default/users/{tree['user']}/roles/{role['reader']}/inherited_to_projects"
    keystone.put(way)
    of_domain = f"user.id={tree['user']}&scope.domain.id=default"
    assert len(assignments(keystone, of_domain)) == 1
    assert assignments(keystone, f"{of_domain}&effective") == []
    names = [name for name, _ in short(assignments(keystone, f"user.id={tree['user']}&effective&include_names"))]
    assert {"a", "b", "c", "demo"} <= set(names)


def test_those_on_the_system_are_given_and_not_effective(keystone, tree, role):
    keystone.put(f"/system/groups/{tree['group']}/roles/{role['reader']}")
    found = assignments(keystone, "scope.system=all")
    assert {"group": {"id": tree["group"]}}.items() <= found[0].items() or len(found) > 1
    assert all(one["scope"] == {"system": {"all": True}} for one in found)
    assert assignments(keystone, f"user.id={tree['user']}&effective") == []


def test_a_role_of_a_domain_is_told_with_its_domain(keystone, tree, role):
    local = keystone.make("role", name="local", domain_id="default")
    keystone.put(f"/projects/{tree['a']}/users/{tree['user']}/roles/{local}")
    keystone.put(f"/roles/{local}/implies/{role['member']}")
    query = f"user.id={tree['user']}&include_names"
    (found,) = assignments(keystone, query)
    assert found["role"] == {"id": local, "name": "local", "domain": {"id": "default", "name": "Default"}}
    assert short(assignments(keystone, f"{query}&effective")) == [("a", "member"), ("a", "reader")]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("user.id=a&group.id=b", "Specify a user or group, not both"),
        ("scope.project.id=a&scope.domain.id=b", "Specify a domain or project, not both"),
        ("scope.system=all&scope.domain.id=b", "Specify system or domain, not both"),
        ("effective&group.id=b", "Combining effective and group filter will always result in an empty list."),
        ("effective&scope.domain.id=b&scope.OS-INHERIT:inherited_to=projects",
         "Combining effective, domain and inherited filters will always result in an empty list."),
        ("user.id=", "Invalid input for field/attribute user.id. Value: . '' should be non-empty"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(keystone, query, words):
    refused = keystone.get(f"/role_assignments?{query}")
    assert (refused.status_code, message(refused)) == (400, words)


def test_unknown_users_and_projects_have_no_effective_ones(keystone):
    assert keystone.get("/role_assignments?effective&user.id=x").status_code == 404
    assert keystone.get("/role_assignments?effective&scope.project.id=x").status_code == 404
    assert assignments(keystone, "user.id=x") == []
