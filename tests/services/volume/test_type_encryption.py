"""/types/{id}/encryption as operators see it.  Sentences are those of a real Cinder 29."""

from __future__ import annotations

import pytest

TYPES = "/volume/v3/types"
LUKS = {"provider": "luks", "control_location": "front-end", "cipher": "aes-xts-plain64", "key_size": 256}


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def where(admin):
    id = admin.post(TYPES, json={"volume_type": {"name": "locked"}}).json["volume_type"]["id"]
    return f"{TYPES}/{id}/encryption"


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_a_type_without_encryption_has_an_empty_one(admin, where):
    assert admin.get(where).json == {}


def test_what_was_told_is_shown(admin, where):
    made = admin.post(where, json={"encryption": LUKS}).json["encryption"]
    shown = admin.get(where).json
    assert {key: shown[key] for key in LUKS} == LUKS
    assert shown["encryption_id"] == made["encryption_id"]
    assert shown["deleted"] is False
    assert admin.get(f"{where}/cipher").json == {"cipher": "aes-xts-plain64"}


def test_a_key_size_may_be_digits(admin, where):
    made = admin.post(where, json={"encryption": {**LUKS, "key_size": "512"}})
    assert made.json["encryption"]["key_size"] == 512


def test_a_key_size_is_a_number(admin, where):
    refused = admin.post(where, json={"encryption": {**LUKS, "key_size": "x"}})
    assert sentence(refused) == (400, "Invalid input received: key_size must be an integer.")


def test_there_are_two_places_where_it_is_done(admin, where):
    refused = admin.post(where, json={"encryption": {**LUKS, "control_location": None}})
    told = "Value: None. None is not one of ['front-end', 'back-end']"
    assert sentence(refused) == (400, f"Invalid input for field/attribute control_location. {told}")


def test_a_type_is_encrypted_once(admin, where):
    admin.post(where, json={"encryption": LUKS})
    refused = admin.post(where, json={"encryption": LUKS})
    told = f"Volume type encryption for type {where.split('/')[-2]} already exists."
    assert sentence(refused) == (400, told)


def test_an_update_leaves_the_rest(admin, where):
    admin.post(where, json={"encryption": LUKS})
    assert admin.put(f"{where}/any", json={"encryption": {"key_size": 128}}).json == {"encryption": {"key_size": 128}}
    assert admin.get(where).json["cipher"] == "aes-xts-plain64"


def test_it_goes(admin, where):
    admin.post(where, json={"encryption": LUKS})
    assert admin.delete(f"{where}/any").status_code == 202
    assert admin.delete(f"{where}/any").status_code == 404


@pytest.mark.parametrize(("method", "verb"), [("POST", "create"), ("PUT", "update"), ("DELETE", "delete")])
def test_nothing_changes_while_volumes_have_the_type(http, admin, where, method, verb):
    http.post("/volume/v3/volumes", json={"volume": {"size": 1, "volume_type": "locked"}})
    refused = admin.request(method, where if method == "POST" else f"{where}/x", json={"encryption": LUKS})
    assert sentence(refused) == (400, f"Cannot {verb} encryption specs. Volume type in use.")


def test_projects_do_not_see_it(http, where):
    assert http.get(where).status_code == 403
