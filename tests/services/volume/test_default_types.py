"""/default-types (3.62) as operators see them.  Sentences are those of a real Cinder 29."""

from __future__ import annotations

import pytest

DEFAULTS = "/volume/v3/default-types"
SINCE = "volume 3.62"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def mine(http):
    return f"{DEFAULTS}/{http.token.project_id}"


def put(admin, where, name="multiattach"):
    return admin.put(where, json={"default_type": {"volume_type": name}}, version=SINCE)


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_volumes_that_ask_for_no_type_get_the_projects(http, admin, mine):
    assert put(admin, mine).status_code == 200
    assert http.get("/volume/v3/types/default").json["volume_type"]["name"] == "multiattach"
    made = http.post("/volume/v3/volumes", json={"volume": {"size": 1}})
    assert made.json["volume"]["volume_type"] == "multiattach"


def test_it_is_shown_and_listed(admin, mine):
    told = put(admin, mine).json
    assert admin.get(mine, version=SINCE).json == told
    assert admin.get(DEFAULTS, version=SINCE).json == {"default_types": [told["default_type"]]}


def test_it_is_unset(admin, mine):
    put(admin, mine)
    assert admin.delete(mine, version=SINCE).status_code == 204
    assert admin.delete(mine, version=SINCE).status_code == 204
    told = f"Default type for project {mine.rpartition('/')[2]} not found."
    assert sentence(admin.get(mine, version=SINCE)) == (404, told)


def test_a_default_type_cannot_be_deleted(admin, mine):
    id = put(admin, mine).json["default_type"]["volume_type_id"]
    refused = admin.delete(f"/volume/v3/types/{id}")
    assert sentence(refused) == (400, f"The volume type {id} is a default volume type and cannot be deleted.")


def test_a_type_that_is_not_there_is_no_default(admin, mine):
    assert sentence(put(admin, mine, "nope")) == (400, "Volume type with name nope could not be found.")


def test_a_project_that_is_not_there_has_none(http):
    assert sentence(put(http, f"{DEFAULTS}/nope")) == (404, "Project with id nope not found.")


def test_operators_alone_set_them(http, mine):
    assert sentence(put(http, mine)) == (403, "You are not authorized to perform this operation.")


def test_they_are_not_there_before_their_version(admin):
    assert admin.get(DEFAULTS, version="volume 3.61").status_code == 404
