"""/group_types as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from tests.domain.volume.making import group, group_type

TYPES = "/volume/v3/group_types"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"
RESERVED = "default_cgsnapshot_type"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def make(admin, **fields):
    return admin.post(TYPES, json={"group_type": {"name": "t", **fields}}, version=NEWEST)


def names(http, query="", version=NEWEST):
    answer = http.get(f"{TYPES}{query}", version=version)
    return [kind["name"] for kind in answer.json["group_types"]]


def test_there_is_one_for_the_old_consistency_groups(admin):
    (kind,) = admin.get(TYPES, version=NEWEST).json["group_types"]
    del kind["id"]
    assert kind == {
        "name": RESERVED,
        "description": "Default group type for migrating cgsnapshot",
        "is_public": True,
        "group_specs": {"consistent_group_snapshot_enabled": "<is> True"},
    }


def test_specs_are_the_admins(http):
    (kind,) = http.get(TYPES, version=NEWEST).json["group_types"]
    assert set(kind) == {"id", "name", "description", "is_public"}


def test_there_are_none_before_3_11(http):
    assert http.get(TYPES, version="volume 3.10").status_code == 404


def test_a_type_is_made_as_it_is_told(admin):
    answer = make(admin, name=" n ", description=" d ", is_public="no", group_specs={"a b/c": "z"})
    kind = answer.json["group_type"]
    assert (answer.status_code, kind.pop("id") != "") == (202, True)
    assert kind == {"name": " n ", "description": " d ", "is_public": False, "group_specs": {"a b/c": "z"}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({},                                         "'group_type' is a required property"),
        ({"group_type": {}},
         "Invalid input for field/attribute group_type. Value: {}. 'name' is a required property"),
        ({"group_type": {"name": ""}},
         "Invalid input for field/attribute name. Value: . '' should be non-empty"),
        ({"group_type": {"name": "  "}},             "An invalid 'name' value was provided. The 'name' can not be empty."),
        ({"group_type": {"name": 5}},
         "Invalid input for field/attribute name. Value: 5. 5 is not of type 'string'"),
        ({"group_type": {"name": "a", "is_public": None}},
         "Invalid input for field/attribute is_public. Value: None. None is not of type 'boolean', 'string'"),
        ({"group_type": {"name": "a", "group_specs": {"a": 1}}},
         "Invalid input for field/attribute a. Value: 1. 1 is not of type 'string'"),
        ({"group_type": {"name": "a", "group_specs": {"a": None}}},
         "Invalid input for field/attribute a. Value: None. None is not of type 'string'"),
        ({"group_type": {"name": "a", "description": 7}},
         "Invalid input for field/attribute description. Value: 7. 7 is not of type 'string', 'null'"),
        ({"group_type": {"name": "a"}, "foo": 1},
         "Additional properties are not allowed ('foo' was unexpected)"),
    ],
)
def test_a_body_that_does_not_fit(admin, body, expected):
    assert sentence(admin.post(TYPES, json=body, version=NEWEST)) == (400, expected)


def test_a_name_is_given_once(admin):
    make(admin)
    assert sentence(make(admin)) == (409, "Group Type t already exists.")


def test_types_are_made_by_admins(http):
    assert sentence(make(http)) == (403, "Policy doesn't allow group:group_types:create to be performed.")


def test_a_bad_body_is_told_before_the_policy(http):
    assert http.post(TYPES, json={}, version=NEWEST).status_code == 400


# --- lists


def test_a_private_type_is_there_for_admins_alone(cloud, http, admin):
    private = group_type(cloud, "private", is_public=False)
    asked = [who.get(f"{TYPES}/{private.id}", version=NEWEST).status_code for who in (http, admin)]
    assert asked == [404, 200]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [RESERVED]),
        ("?is_public=true", [RESERVED]),
        ("?is_public=0", ["private"]),
        ("?is_public=None", ["private", RESERVED]),
        ("?is_public=None&sort=name:asc", [RESERVED, "private"]),
        ("?is_public=none&limit=1", ["private"]),
        ("?is_public=none&offset=1", [RESERVED]),
        ("?name=nobody&foo=1", [RESERVED]),
        ("?marker=nobody", [RESERVED]),
    ],
)
def test_an_admin_chooses(cloud, admin, query, expected):
    group_type(cloud, "private", is_public=False)
    assert names(admin, query) == expected


def test_others_see_the_public_ones_whatever_they_ask(cloud, http):
    group_type(cloud, "private", is_public=False)
    assert names(http, "?is_public=false") == [RESERVED]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?is_public=x", "Invalid is_public filter [x]"),
        ("?sort_key=nope", "Invalid input received: Invalid sort key"),
        ("?sort_dir=up", "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."),
        ("?limit=x", "limit param must be an integer"),
        ("?offset=-1", "offset must be >= 0"),
    ],
)
def test_a_query_that_does_not_fit(admin, query, expected):
    assert sentence(admin.get(f"{TYPES}{query}", version=NEWEST)) == (400, expected)


def test_a_full_page_has_a_link(admin):
    answer = admin.get(f"{TYPES}?limit=1", version=NEWEST).json
    last = answer["group_types"][-1]["id"]
    assert answer["group_type_links"] == [
        {"rel": "next", "href": f"http://localhost/volume/v3/group_types?limit=1&marker={last}"}
    ]


# --- one


def test_no_type_is_the_default(http):
    answer = http.get(f"{TYPES}/default", version=NEWEST)
    assert sentence(answer) == (404, "Default group type can not be found.")


def test_a_type_that_is_not_there(http):
    answer = http.get(f"{TYPES}/{NOBODY}", version=NEWEST)
    assert sentence(answer) == (404, f"Group type {NOBODY} could not be found.")


def change(admin, id, **changes):
    return admin.put(f"{TYPES}/{id}", json={"group_type": changes}, version=NEWEST)


def test_what_is_null_stays(cloud, admin):
    kind = group_type(cloud, "t", description="d")
    answer = change(admin, kind.id, name=" n ", description=None, is_public="off")
    assert answer.json["group_type"] == {
        "id": kind.id,
        "name": " n ",
        "description": "d",
        "is_public": False,
        "group_specs": {},
    }


def test_an_empty_name_is_a_name(cloud, admin):
    assert change(admin, group_type(cloud).id, name="").json["group_type"]["name"] == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (400, "Specify group type name, description or a combination thereof.")),
        ({"name": None}, (400, "Specify group type name, description or a combination thereof.")),
        ({"name": "  "}, (400, "Group type name can not be empty.")),
        ({"name": RESERVED}, (409, f"Group Type {RESERVED} already exists.")),
    ],
)
def test_a_change_that_does_not_fit(cloud, admin, changes, expected):
    assert sentence(change(admin, group_type(cloud).id, **changes)) == expected


def test_a_name_that_is_taken_is_told_before_the_type_is_looked_for(admin):
    assert change(admin, NOBODY, name=RESERVED).status_code == 409
    assert change(admin, NOBODY, name="new").status_code == 404


def test_a_type_is_deleted(cloud, admin):
    kind = group_type(cloud)
    answers = [admin.delete(f"{TYPES}/{kind.id}", version=NEWEST).status_code for _ in range(2)]
    assert answers == [202, 404]


def test_a_type_with_groups_stays(cloud, admin):
    kind = group_type(cloud)
    group(cloud)
    assert sentence(admin.delete(f"{TYPES}/{kind.id}", version=NEWEST)) == (
        400,
        f"Target group type is still in use. Group Type {kind.id} deletion is not allowed with groups present with the"
        " type.",
    )
