"""Who may use a type that is not public.  Sentences are those of a real Cinder 29."""

from __future__ import annotations

import pytest

TYPES = "/volume/v3/types"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def private(admin):
    wish = {"name": "secret", "os-volume-type-access:is_public": False}
    return admin.post(TYPES, json={"volume_type": wish}).json["volume_type"]["id"]


def act(http, id, verb, project):
    return http.post(f"{TYPES}/{id}/action", json={verb: {"project": project}})


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_a_project_that_is_let_in_sees_the_type(http, admin, private):
    project = http.token.project_id
    assert act(admin, private, "addProjectAccess", project).status_code == 202
    assert http.get(f"{TYPES}/{private}").json["volume_type"]["is_public"] is False
    shown = admin.get(f"{TYPES}/{private}/os-volume-type-access").json
    assert shown == {"volume_type_access": [{"volume_type_id": private, "project_id": project}]}


def test_a_project_that_is_shut_out_sees_it_no_more(http, admin, private):
    act(admin, private, "addProjectAccess", http.token.project_id)
    assert act(admin, private, "removeProjectAccess", http.token.project_id).status_code == 202
    assert http.get(f"{TYPES}/{private}").status_code == 404


def test_a_project_is_let_in_once(admin, private):
    act(admin, private, "addProjectAccess", "p")
    told = f"Volume type access for {private} / p combination already exists."
    assert sentence(act(admin, private, "addProjectAccess", "p")) == (409, told)


def test_who_is_not_in_is_not_shut_out(admin, private):
    told = f"Volume type access not found for {private} / p combination."
    assert sentence(act(admin, private, "removeProjectAccess", "p")) == (404, told)


def test_a_public_type_has_no_list(admin):
    id = admin.get(f"{TYPES}/default").json["volume_type"]["id"]
    shown = admin.get(f"{TYPES}/{id}/os-volume-type-access")
    assert sentence(shown) == (404, "Access list not available for public volume types.")
    told = "Invalid volume type: Type access modification is not applicable to public volume type."
    assert sentence(act(admin, id, "addProjectAccess", "p")) == (400, told)
