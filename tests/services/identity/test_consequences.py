"""What becomes of tokens and of trees when users, projects, domains and roles change.  Expectations: Keystone 30."""

import pytest

from fakecompute.domain.records.identity import User
from tests.services.identity.conftest import message


@pytest.fixture
def project(keystone):
    return keystone.make("project", name="p")


@pytest.fixture
def user(keystone, project, role):
    made = keystone.make("user", name="ann", password="pw", default_project_id=project)
    keystone.put(f"/projects/{project}/users/{made}/roles/{role['member']}")
    return made


@pytest.fixture
def mine(keystone, user, project):
    return keystone.as_(user, project=project)


def works(caller):
    return caller.get("/auth/projects").status_code == 200


@pytest.mark.parametrize("change", [{"enabled": False}, {"password": "other"}])
def test_a_disabled_user_and_one_with_a_new_password_log_in_again(keystone, user, mine, change):
    keystone.patch(f"/users/{user}", {"user": change})
    assert not works(mine)
    keystone.patch(f"/users/{user}", {"user": {"enabled": True}})
    assert not works(mine)


def test_other_services_take_no_dead_token(keystone, user, mine, http):
    path, headers = "/compute/v2.1/servers", {"X-Auth-Token": mine.token}
    assert http.get(path, headers=headers).status_code == 200
    keystone.patch(f"/users/{user}", {"user": {"enabled": False}})
    assert http.get(path, headers=headers).status_code == 401


def test_a_deleted_users_tokens_die(keystone, user, mine):
    keystone.delete(f"/users/{user}")
    assert not works(mine)


def test_a_disabled_projects_tokens_are_of_no_use_until_it_is_enabled(keystone, project, mine):
    changed = keystone.patch(f"/projects/{project}", {"project": {"enabled": False}})
    assert changed.json["project"]["enabled"] is False
    assert not works(mine)
    keystone.patch(f"/projects/{project}", {"project": {"enabled": True}})
    assert works(mine)


def test_a_disabled_domains_users_are_out_until_it_is_enabled(keystone, project, role):
    domain = keystone.make("domain", name="d")
    user = keystone.make("user", name="bob", password="pw", domain_id=domain)
    keystone.put(f"/projects/{project}/users/{user}/roles/{role['reader']}")
    theirs = keystone.as_(user, project=project)
    keystone.patch(f"/domains/{domain}", {"domain": {"enabled": False}})
    assert not works(theirs)
    assert keystone.login(user).status_code == 401
    keystone.patch(f"/domains/{domain}", {"domain": {"enabled": True}})
    assert works(theirs)


def test_a_deleted_project_takes_its_tokens_and_is_nobodys_default(keystone, project, user, mine, cloud):
    assert keystone.delete(f"/projects/{project}").status_code == 204
    assert not works(mine)
    assert cloud.store.get(User, user).default_project_id is None


def test_a_deleted_domain_takes_all_along(keystone, user, role, cloud):
    domain = keystone.make("domain", name="d")
    project = keystone.make("project", name="q", domain_id=domain)
    group = keystone.make("group", name="g", domain_id=domain)
    local = keystone.make("role", name="r", domain_id=domain)
    keystone.put(f"/groups/{group}/users/{user}")
    keystone.put(f"/domains/{domain}/groups/{group}/roles/{role['reader']}")
    keystone.put(f"/OS-INHERIT/domains/{domain}/users/{user}/roles/{role['reader']}/inherited_to_projects")
    theirs = keystone.as_(user, project=project)
    assert keystone.delete(f"/domains/{domain}").status_code == 403
    keystone.patch(f"/domains/{domain}", {"domain": {"enabled": False}})
    assert keystone.delete(f"/domains/{domain}").status_code == 204
    assert not works(theirs)
    for path in f"/projects/{project}", f"/groups/{group}", f"/roles/{local}":
        assert keystone.get(path).status_code == 404
    assert keystone.get(f"/users/{user}/groups").json["groups"] == []


def test_a_new_role_works_at_once_and_a_taken_one_at_once_no_more(keystone, project, user, mine, role):
    way = f"/projects/{project}/users/{user}/roles/{role['manager']}"
    keystone.put(way)
    assert mine.roles() == ["manager", "member", "reader"]
    keystone.delete(way)
    assert mine.roles() == ["member", "reader"]


def test_a_token_tells_the_new_name_of_its_user(keystone, user, mine, cloud):
    keystone.patch(f"/users/{user}", {"user": {"name": "zoe"}})
    headers = {"X-Auth-Token": mine.token, "X-Subject-Token": mine.token}
    token = mine.http.get("/identity/v3/auth/tokens", headers=headers).json["token"]
    assert token["user"]["name"] == "zoe"


# --- trees


@pytest.fixture
def tree(keystone):
    a = keystone.make("project", name="a")
    b = keystone.make("project", name="b", parent_id=a)
    c = keystone.make("project", name="c", parent_id=b)
    return a, b, c


def test_parents_and_subtrees_are_shown_as_ids(keystone, tree):
    a, b, c = tree
    shown = keystone.get(f"/projects/{b}?parents_as_ids&subtree_as_ids").json["project"]
    assert (shown["parents"], shown["subtree"]) == ({a: {"default": None}}, {c: None})


def test_lists_show_what_the_caller_has_a_role_on(keystone, tree, user, role):
    _, b, c = tree
    for one in b, c:
        keystone.put(f"/projects/{one}/users/{user}/roles/{role['member']}")
    shown = keystone.as_(user, project=b).get(f"/projects/{b}?parents_as_list&subtree_as_list").json["project"]
    assert shown["parents"] == []
    assert [one["project"]["name"] for one in shown["subtree"]] == ["c"]


def test_a_tree_is_disabled_from_its_leaves_and_enabled_from_its_root(keystone, tree):
    a, b, c = tree
    off, on = {"project": {"enabled": False}}, {"project": {"enabled": True}}
    refused = keystone.patch(f"/projects/{a}", off)
    words = f"Cannot disable project {a} since its subtree contains enabled projects."
    assert (refused.status_code, message(refused)) == (403, words)
    for one in c, b, a:
        assert keystone.patch(f"/projects/{one}", off).status_code == 200
    refused = keystone.patch(f"/projects/{c}", on)
    assert message(refused) == f"Cannot enable project {c} since it has disabled parents"
    refused = keystone.post("/projects", {"project": {"name": "d", "parent_id": c}})
    assert message(refused) == f"cannot create a project in a branch containing a disabled project: {c}"


def test_a_tree_is_not_deeper_than_the_cloud_allows(keystone, tree):
    d = keystone.make("project", name="d", parent_id=tree[2])
    e = keystone.make("project", name="e", parent_id=d)
    refused = keystone.post("/projects", {"project": {"name": "f", "parent_id": e}})
    words = f"Max hierarchy depth reached for {e} branch."
    assert (refused.status_code, message(refused)) == (403, words)


def test_a_project_with_children_stays(keystone, tree):
    refused = keystone.delete(f"/projects/{tree[0]}")
    assert refused.status_code == 403
    assert "since it is not a leaf in the hierarchy" in message(refused)


def test_only_roots_are_domains(keystone, tree):
    refused = keystone.post("/projects", {"project": {"name": "x", "is_domain": True, "parent_id": tree[0]}})
    words = "only root projects are allowed to act as domains."
    assert (refused.status_code, message(refused)) == (400, words)
    made = keystone.post("/projects", {"project": {"name": "x", "is_domain": True}}).json["project"]
    assert (made["domain_id"], made["parent_id"], made["is_domain"]) == (None, None, True)
    assert keystone.get(f"/domains/{made['id']}").status_code == 200


def test_an_immutable_project_is_not_tagged(keystone, tree):
    a = tree[0]
    keystone.patch(f"/projects/{a}", {"project": {"options": {"immutable": True}}})
    refused = keystone.put(f"/projects/{a}/tags/x")
    assert (refused.status_code, message(refused)) == (
        403,
        f"Cannot create project tags for {a}, project is immutable. Set \"immutable\" option to false before creating"
        " project tags.",
    )
    assert keystone.put(f"/projects/{a}/tags", {"tags": ["x"]}).status_code == 403
    assert keystone.delete(f"/projects/{a}").status_code == 403


def test_what_is_changed_is_shown_with_what_clients_added(keystone, tree, user):
    changed = keystone.patch(f"/projects/{tree[0]}", {"project": {"color": "red", "description": None}}).json["project"]
    assert (changed["color"], changed["extra"], changed["description"]) == ("red", {"color": "red"}, None)
    changed = keystone.patch(f"/users/{user}", {"user": {"email": None}}).json["user"]
    assert (changed["email"], changed["extra"]) == (None, {"email": None})
