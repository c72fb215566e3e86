"""/types/{id}/extra_specs as clients see them.  Sentences are those of a real Cinder 29."""

from __future__ import annotations

import pytest

TYPES = "/volume/v3/types"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def specs(admin):
    wish = {"name": "gold", "extra_specs": {"volume_backend_name": "lvm-1", "multiattach": "<is> True"}}
    id = admin.post(TYPES, json={"volume_type": wish}).json["volume_type"]["id"]
    return f"{TYPES}/{id}/extra_specs"


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_projects_see_what_they_can_do_with_a_type(http, specs):
    assert http.get(specs).json == {"extra_specs": {"multiattach": "<is> True"}}


def test_a_hidden_spec_is_not_there(http, specs):
    assert http.get(f"{specs}/volume_backend_name").status_code == 404


def test_specs_are_added_to_those_there_are(admin, specs):
    assert admin.post(specs, json={"extra_specs": {"a": None}}).json == {"extra_specs": {"a": None}}
    assert admin.get(specs).json["extra_specs"].keys() == {"volume_backend_name", "multiattach", "a"}


def test_keys_have_no_blanks(admin, specs):
    refused = admin.post(specs, json={"extra_specs": {"a b": "c"}})
    words = "'a b' does not match any of the regexes: '^[a-zA-Z0-9-_:.]{1,255}$'"
    told = f"Invalid input for field/attribute extra_specs. Value: {{'a b': 'c'}}. {words}"
    assert sentence(refused) == (400, told)


def test_one_spec_is_changed_at_a_time(admin, specs):
    refused = admin.put(f"{specs}/k", json={"k": "v", "j": "w"})
    assert sentence(refused) == (400, "{'k': 'v', 'j': 'w'} has too many properties")


def test_address_and_body_name_the_same_spec(admin, specs):
    assert sentence(admin.put(f"{specs}/k", json={"j": "w"})) == (400, "Request body and URI mismatch")


def test_what_many_share_is_not_cached(admin, specs):
    refused = admin.post(specs, json={"extra_specs": {"cacheable": "<is> True"}})
    assert sentence(refused) == (400, "cacheable cannot be set with multiattach.")


def test_there_are_no_stores_to_choose(admin, specs):
    refused = admin.post(specs, json={"extra_specs": {"image_service:store_id": "x"}})
    assert sentence(refused) == (404, "Store x not enabled in glance.")


def test_a_spec_goes(admin, specs):
    assert admin.delete(f"{specs}/multiattach").status_code == 202
    assert admin.get(specs).json == {"extra_specs": {"volume_backend_name": "lvm-1"}}


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_changes_while_volumes_have_the_type(http, admin, specs, method):
    http.post("/volume/v3/volumes", json={"volume": {"size": 1, "volume_type": "gold"}})
    where, body = {
        "post": (specs, {"extra_specs": {"a": "b"}}),
        "put": (f"{specs}/multiattach", {"multiattach": "x"}),
        "delete": (f"{specs}/multiattach", None),
    }[method]
    assert sentence(admin.request(method.upper(), where, json=body)) == (400, "Volume Type is currently in use.")


def test_a_type_that_is_not_there_is_told_before_the_policy_at_deletion(http):
    assert http.delete(f"{TYPES}/nope/extra_specs/k").status_code == 404
