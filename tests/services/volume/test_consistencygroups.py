"""/consistencygroups as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_group import GroupType, VolumeGroup
from fakecompute.domain.volume.group_members import volumes_of
from fakecompute.domain.volume.quota import set_limits
from tests.domain.volume.making import group, group_snapshot, project, settled

GROUPS = "/volume/v3/consistencygroups"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"
ALL_EMPTY = "Name, description, add_volumes, and remove_volumes can not be all empty in the request body."
NONE_GIVEN = (
    "Must specify one or more of the following keys to update: name, description, add_volumes, remove_volumes."
)


@pytest.fixture
def made(cloud):
    kind = cloud.store.one(GroupType, "name", "default_cgsnapshot_type")
    return group(cloud, group_type=kind, volumes=1)


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def make(http, **fields):
    return http.post(GROUPS, json={"consistencygroup": {"volume_types": "__DEFAULT__", **fields}})


def copy(http, **source):
    return http.post(f"{GROUPS}/create_from_src", json={"consistencygroup-from-src": source})


def test_a_new_one_is_a_group_of_the_reserved_type(cloud, http):
    answer = make(http, volume_types="__DEFAULT__,,", name=" n ", strange=5)
    (made,) = cloud.store.all(VolumeGroup)
    assert (answer.status_code, answer.json) == (202, {"consistencygroup": {"id": made.id, "name": "n"}})
    assert made.group_type_id == cloud.store.one(GroupType, "name", "default_cgsnapshot_type").id


@pytest.mark.parametrize(
    ("fields", "code", "expected"),
    [
        ({"volume_types": None},       400, "volume_types must be provided to create consistency group None."),
        ({"volume_types": ["a"]},      400, "volume_types must be provided to create consistency group None."),
        ({"volume_types": "", "name": "n"}, 400, "volume_types must be provided to create consistency group n."),
        ({"volume_types": "nope"},     404, "Volume type with name nope could not be found."),
        ({"volume_types": NOBODY},     404, f"Volume type {NOBODY} could not be found."),
        ({"volume_types": ",a"},       404, "Volume type with name  could not be found."),
        ({"availability_zone": "mars"}, 400, "Invalid input received: Availability zone 'mars' is invalid."),
        ({"availability_zone": 5},     400, "Invalid input received: Availability zone '5' is invalid."),
        ({"availability_zone": ""},    400, "Invalid input received: Availability zone '' is invalid."),
        ({"name": 5}, 400,
         "Invalid input for field/attribute name. Value: 5. 5 is not of type 'string', 'null'"),
    ],
)
def test_one_that_cannot_be(cloud, http, fields, code, expected):
    assert sentence(make(http, **fields)) == (code, expected)
    assert not cloud.store.all(VolumeGroup)


def test_it_is_shown_with_few_fields(http, made):
    shown = http.get(f"{GROUPS}/{made.id}", version=NEWEST).json["consistencygroup"]
    assert set(shown) == {
        "id", "status", "availability_zone", "created_at", "name", "description", "volume_types",
    }  # fmt: skip
    assert shown["volume_types"] == list(made.volume_types)


def test_generic_groups_are_listed_and_shown_with_them(cloud, http, made):
    other = group(cloud, name="generic")
    listed = http.get(GROUPS).json["consistencygroups"]
    assert [one["name"] for one in listed] == ["generic", "g"]
    assert http.get(f"{GROUPS}/{other.id}").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [("?status=error", []), ("?foo=1", []), ("?all_tenants=1", []), ("?name~=G", ["g"]), ("?limit=1", ["g"])],
)
def test_filters_are_never_refused(http, made, query, expected):
    listed = http.get(f"{GROUPS}/detail{query}", version=NEWEST).json["consistencygroups"]
    assert [one["name"] for one in listed] == expected


def test_a_full_page_has_a_link(http, made):
    answer = http.get(f"{GROUPS}?limit=1").json
    assert answer["consistencygroup_links"] == [
        {"rel": "next", "href": f"http://localhost/volume/v3/consistencygroups?limit=1&marker={made.id}"}
    ]


def test_others_do_not_see_it(http, made):
    assert sentence(http.as_("alt_demo").get(f"{GROUPS}/{made.id}")) == (
        404,
        f"Group {made.id} could not be found.",
    )


def test_its_volumes_tell_the_old_name_of_their_group(cloud, http, made):
    (member,) = volumes_of(cloud, made.id)
    shown = http.get(f"/volume/v3/volumes/{member.id}").json["volume"]
    assert shown["consistencygroup_id"] == made.id


def test_a_new_volume_joins_by_the_old_name(cloud, http, made):
    kind = cloud.store.get(VolumeType, made.volume_types[0])
    body = {"volume": {"size": 1, "volume_type": kind.name, "consistencygroup_id": made.id}}
    answer = http.post("/volume/v3/volumes", json=body)
    assert (answer.status_code, answer.json["volume"]["consistencygroup_id"]) == (202, made.id)


# --- changing


@pytest.mark.parametrize("path", ["", "/update"])
def test_volumes_come_and_go(cloud, http, made, path):
    (member,) = volumes_of(cloud, made.id)
    body = {"consistencygroup": {"name": "new", "remove_volumes": member.id}}
    assert http.put(f"{GROUPS}/{made.id}{path}", json=body).status_code == 202
    cloud.settle()
    assert volumes_of(cloud, made.id) == []
    assert http.get(f"{GROUPS}/{made.id}").json["consistencygroup"]["name"] == "new"


@pytest.mark.parametrize(
    ("path", "version", "changes", "expected"),
    [
        ("/update", "3.0", {},            (400, ALL_EMPTY)),
        ("/update", "3.6", {"name": ""},  (400, ALL_EMPTY)),
        ("",        "3.5", {"name": ""},  (400, ALL_EMPTY)),
        ("",        "3.6", {},            (400, NONE_GIVEN)),
        ("",        "3.6", {"name": None, "add_volumes": ""}, (400, NONE_GIVEN)),
        ("",        "3.6", {"add_volumes": 5},
         (400, "Invalid input for field/attribute add_volumes. Value: 5. 5 is not of type 'string', 'null'")),
    ],
)
def test_a_change_that_does_not_fit(http, made, path, version, changes, expected):
    answer = http.put(
        f"{GROUPS}/{made.id}{path}", json={"consistencygroup": changes}, version=f"volume {version}"
    )
    assert sentence(answer) == expected


def test_a_name_is_emptied_from_3_6_on(http, made):
    answer = http.put(f"{GROUPS}/{made.id}", json={"consistencygroup": {"name": ""}}, version="volume 3.6")
    assert answer.status_code == 202
    assert http.get(f"{GROUPS}/{made.id}").json["consistencygroup"]["name"] == ""


# --- copies


def test_one_is_made_from_another_and_from_a_snapshot(cloud, http, made):
    taken = settled(cloud, group_snapshot(cloud, made))
    for source in {"source_cgid": made.id}, {"cgsnapshot_id": taken.id}:
        answer = copy(http, **source, name=" n ")
        assert (answer.status_code, answer.json["consistencygroup"]["name"]) == (202, "n")
        cloud.settle()
        shown = http.get(f"{GROUPS}/{answer.json['consistencygroup']['id']}").json["consistencygroup"]
        assert shown["status"] == "available"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            {"name": "n"},
            (
                400,
                "Either 'cgsnapshot_id' or 'source_cgid' must be provided to create consistency group n from source.",
            ),
        ),
        (
            {"cgsnapshot_id": "a", "source_cgid": "b"},
            (
                400,
                "Cannot provide both 'cgsnapshot_id' and 'source_cgid' to create consistency group None from source.",
            ),
        ),
        ({"source_cgid": NOBODY}, (404, f"Group {NOBODY} could not be found.")),
        ({"cgsnapshot_id": NOBODY}, (404, f"GroupSnapshot {NOBODY} could not be found.")),
        (
            {"source_cgid": None},
            (400, "Invalid input for field/attribute source_cgid. Value: None. None is not of type 'string'"),
        ),
    ],
)
def test_a_copy_that_cannot_be(http, source, expected):
    assert sentence(copy(http, **source)) == expected


def test_a_quota_that_forbids_a_copy_is_a_bad_request(cloud, http, made):
    set_limits(cloud, project(cloud), {"groups": 1})
    assert sentence(copy(http, source_cgid=made.id)) == (400, "Maximum number of groups allowed (1) exceeded")


# --- the end


def test_one_with_volumes_is_deleted_by_force(cloud, http, made):
    path = f"{GROUPS}/{made.id}/delete"
    assert sentence(http.post(path, json={})) == (
        400,
        f"Invalid Group: Group {made.id} still contains volumes. The delete-volumes flag is required to delete it.",
    )
    assert http.post(path, json={"consistencygroup": {"force": "y", "q": 1}, "z": 1}).status_code == 202
    cloud.settle()
    assert http.get(f"{GROUPS}/{made.id}").status_code == 404


@pytest.mark.parametrize("body", [{"consistencygroup": None}, {"x": 1}, {"consistencygroup": {"force": "zz"}}])
def test_a_deletion_that_does_not_fit(http, made, body):
    answer = http.post(f"{GROUPS}/{made.id}/delete", json=body)
    assert sentence(answer) == (400, f"{body} is not valid under any of the given schemas")


def test_an_empty_one_is_deleted_without_a_word(cloud, http):
    made = group(cloud)
    assert http.post(f"{GROUPS}/{made.id}/delete").status_code == 202
