"""/v3/projects and their tags.  Expectations: Keystone 30 on the same requests."""

import pytest

from fakecompute.domain.records.identity import Project

PROJECTS = "/identity/v3/projects"


@pytest.fixture
def admin(http):
    return http.as_("admin")


def project_id(cloud, name="demo"):
    return cloud.store.one(Project, "name", ("default", name)).id


def create(admin, name="new", **more):
    return admin.post(PROJECTS, json={"project": {"name": name, **more}})


def names(answer):
    return {project["name"] for project in answer.json["projects"]}


def message(answer):
    return answer.json["error"]["message"]


def test_admins_list_all_projects(admin):
    answer = admin.get(PROJECTS)
    assert names(answer) == {"admin", "demo", "alt_demo", "service"}
    assert answer.json["links"] == {
        "next": None, "self": "http://localhost/identity/v3/projects", "previous": None,
    }  # fmt: skip


def test_members_do_not(http):
    answer = http.get(PROJECTS)
    assert answer.status_code == 403
    assert (
        message(answer) == "You are not authorized to perform the requested action: identity:list_projects."
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=demo", {"demo"}),
        ("name__contains=demo", {"demo", "alt_demo"}),
        ("enabled=false", set()),
        ("domain_id=nowhere", set()),
        ("is_domain=true", {"Default"}),
        ("unknown=1&name=demo", {"demo"}),
        ("tags=x", set()),
    ],
)
def test_a_list_is_filtered(admin, query, found):
    assert names(admin.get(f"{PROJECTS}?{query}")) == found


def test_a_full_page_links_to_the_next(admin):
    first = admin.get(f"{PROJECTS}?limit=3")
    rest = admin.get(first.json["links"]["next"].removeprefix("http://localhost"))
    assert first.json["truncated"]
    assert names(first) | names(rest) == {"admin", "demo", "alt_demo", "service"}


def test_an_unknown_marker_is_not_found(admin):
    answer = admin.get(f"{PROJECTS}?marker=x")
    assert (answer.status_code, message(answer)) == (404, "Marker x could not be found.")


def test_a_member_sees_the_own_project(cloud, http):
    shown = http.get(f"{PROJECTS}/{project_id(cloud)}").json["project"]
    assert shown.keys() == {
        "id", "name", "domain_id", "description", "enabled", "parent_id", "is_domain", "tags", "options", "links",
    }  # fmt: skip


def test_a_member_does_not_see_anothers_project(cloud, http):
    assert http.get(f"{PROJECTS}/{project_id(cloud, 'alt_demo')}").status_code == 403


def test_a_name_is_no_id(admin):
    answer = admin.get(f"{PROJECTS}/demo")
    assert (answer.status_code, message(answer)) == (404, "Could not find project: demo.")


def test_whether_a_project_exists_is_told_to_admins_alone(http):
    assert http.get(f"{PROJECTS}/nowhere").status_code == 403


def test_a_project_is_made_with_keystones_defaults(admin):
    answer = create(admin, tags=["a"], color="blue")
    project = answer.json["project"]
    assert answer.status_code == 201
    assert (project["description"], project["enabled"], project["parent_id"]) == ("", True, "default")
    assert (project["tags"], project["color"]) == (["a"], "blue")


@pytest.mark.parametrize(
    ("wish", "status", "sentence"),
    [
        ({}, 400, "Invalid input for field/attribute project. Value: {}. 'name' is a required property"),
        ({"name": ""}, 400, "Invalid input for field/attribute name. Value: . '' should be non-empty"),
        ({"name": 5}, 400, "Invalid input for field/attribute name. Value: 5. 5 is not of type 'string'"),
        ({"name": "x", "domain_id": "nope"}, 400, "Could not find domain: nope."),
        ({"name": "x", "parent_id": "nope"}, 400, "Could not find project: nope."),
    ],
)
def test_a_bad_project_is_refused(admin, wish, status, sentence):
    answer = admin.post(PROJECTS, json={"project": wish})
    assert (answer.status_code, message(answer)) == (status, sentence)


def test_two_projects_of_a_domain_do_not_share_a_name(admin):
    answer = create(admin, "demo")
    assert answer.status_code == 409
    assert message(answer).startswith(
        "Conflict occurred attempting to store project - it is not permitted to have two projects with either the"
        " same name or same id in the same domain: name is demo, project id "
    )


def test_a_project_is_changed(admin, cloud):
    answer = admin.patch(f"{PROJECTS}/{project_id(cloud)}", json={"project": {"description": "d", "zip": 1}})
    assert (answer.json["project"]["description"], answer.json["project"]["zip"]) == ("d", 1)


def test_a_project_stays_where_it_is(admin, cloud):
    answer = admin.patch(f"{PROJECTS}/{project_id(cloud)}", json={"project": {"domain_id": "x"}})
    assert (answer.status_code, message(answer)) == (400, "Cannot change Domain ID")


def test_who_is_on_a_disabled_project_is_logged_out(admin, cloud, http):
    mine = http.token.id
    admin.patch(f"{PROJECTS}/{project_id(cloud)}", json={"project": {"enabled": False}})
    assert http.get("/identity/v3/auth/projects", headers={"X-Auth-Token": mine}).status_code == 401


def test_a_parent_is_not_deleted_before_its_children(admin):
    parent = create(admin, "parent").json["project"]["id"]
    child = create(admin, "child", parent_id=parent).json["project"]["id"]
    assert admin.delete(f"{PROJECTS}/{parent}").status_code == 403
    assert admin.delete(f"{PROJECTS}/{child}").status_code == 204
    assert admin.delete(f"{PROJECTS}/{parent}").status_code == 204


def test_an_immutable_project_is_not_deleted(admin):
    id = create(admin, options={"immutable": True}).json["project"]["id"]
    assert admin.delete(f"{PROJECTS}/{id}").status_code == 403


def test_tags_are_added_and_taken_away_one_by_one(admin, cloud):
    tags = f"{PROJECTS}/{project_id(cloud)}/tags"
    assert admin.put(f"{tags}/red").status_code == 201
    assert admin.get(f"{tags}/red").status_code == 204
    assert admin.get(tags).json["tags"] == ["red"]
    assert admin.delete(f"{tags}/red").status_code == 204
    assert message(admin.delete(f"{tags}/red")) == "Could not find project tag: red."
