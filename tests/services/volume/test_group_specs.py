"""/group_types/{id}/group_specs as clients see them.  Sentences are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from tests.domain.volume.making import group_type

TYPES = "/volume/v3/group_types"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def kind(cloud):
    return group_type(cloud, specs={"k": "v"})


@pytest.fixture
def specs(kind):
    return f"{TYPES}/{kind.id}/group_specs"


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def all_of(admin, specs):
    return admin.get(specs, version=NEWEST).json


def test_specs_are_added_and_changed(admin, specs):
    answer = admin.post(specs, json={"group_specs": {"k": "w", "n": None}}, version=NEWEST)
    assert (answer.status_code, answer.json) == (202, {"group_specs": {"k": "w", "n": None}})
    assert all_of(admin, specs) == {"group_specs": {"k": "w", "n": None}}


def test_one_is_shown(admin, specs):
    assert admin.get(f"{specs}/k", version=NEWEST).json == {"k": "v"}


def test_one_is_changed_or_made(admin, specs):
    for key in "k", "new":
        assert admin.put(f"{specs}/{key}", json={key: "2"}, version=NEWEST).json == {key: "2"}
    assert all_of(admin, specs) == {"group_specs": {"k": "2", "new": "2"}}


def test_one_is_deleted(kind, admin, specs):
    assert admin.delete(f"{specs}/k", version=NEWEST).status_code == 202
    assert sentence(admin.delete(f"{specs}/k", version=NEWEST)) == (
        404,
        f"Group Type {kind.id} has no specs with key k.",
    )
    assert sentence(admin.get(f"{specs}/k", version=NEWEST)) == (
        404,
        f"Group Type {kind.id} has no extra spec with key k.",
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"group_specs": None},
         "Invalid input for field/attribute group_specs. Value: None. None is not of type 'object'"),
        ({"group_specs": {"a b": "1"}},
         "Invalid input for field/attribute group_specs. Value: {'a b': '1'}. 'a b' does not match any of the regexes:"
         " '^[a-zA-Z0-9-_:.]{1,255}$'"),
        ({"group_specs": {"x": 1}},
         "Invalid input for field/attribute x. Value: 1. 1 is not of type 'string', 'null'"),
        ({"group_specs": {}, "y": {}},  "Additional properties are not allowed ('y' was unexpected)"),
    ],
)
def test_specs_that_do_not_fit(admin, specs, body, expected):
    assert sentence(admin.post(specs, json=body, version=NEWEST)) == (400, expected)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"y": "1"}, "Request body and URI mismatch"),
        ({}, "{} should be non-empty"),
        ({"k": "1", "z": "2"}, "{'k': '1', 'z': '2'} has too many properties"),
        ({"a b": "2"}, "'a b' does not match any of the regexes: '^[a-zA-Z0-9-_:.]{1,255}$'"),
    ],
)
def test_a_spec_that_does_not_fit(admin, specs, body, expected):
    assert sentence(admin.put(f"{specs}/k", json=body, version=NEWEST)) == (400, expected)


def test_specs_are_the_admins(http, specs):
    assert sentence(http.get(specs, version=NEWEST)) == (
        403,
        "Policy doesn't allow group:group_types_specs:get_all to be performed.",
    )


def test_the_policy_is_asked_before_the_type_is_looked_for(http, admin):
    asked = [
        who.get(f"{TYPES}/{NOBODY}/group_specs", version=NEWEST).status_code for who in (http, admin)
    ]
    assert asked == [403, 404]
