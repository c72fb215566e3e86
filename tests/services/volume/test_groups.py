"""/groups as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_group import GroupType, VolumeGroup
from fakecompute.domain.volume.group_members import volumes_of
from fakecompute.domain.volume.quota import set_limits
from tests.domain.volume.making import group, group_snapshot, group_type, project, settled, volume

GROUPS = "/volume/v3/groups"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"
BRIEF = {"id", "status", "availability_zone", "created_at", "name", "description", "group_type", "volume_types"}


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def stranger(http):
    return http.as_("alt_demo")


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def reserved(cloud):
    return cloud.store.one(GroupType, "name", "default_cgsnapshot_type")


def make(cloud, http, version=NEWEST, **fields):
    told = {"group_type": group_type(cloud).id, "volume_types": ["__DEFAULT__"], **fields}
    return http.post(GROUPS, json={"group": told}, version=version)


def act(http, group, action, value, version=NEWEST):
    return http.post(f"{GROUPS}/{group.id}/action", json={action: value}, version=version)


def show(http, group, query="", version=NEWEST):
    return http.get(f"{GROUPS}/{group.id}{query}", version=version).json["group"]


def names(http, query, version=NEWEST):
    return [one["name"] for one in http.get(f"{GROUPS}{query}", version=version).json["groups"]]


# --- creating


def test_the_answer_to_a_new_group_is_its_id_and_name(cloud, http):
    answer = make(cloud, http, name=" n ", description=" d ")
    (made,) = cloud.store.all(VolumeGroup)
    assert (answer.status_code, answer.json) == (202, {"group": {"id": made.id, "name": "n"}})
    assert (made.description, made.status) == ("d", "creating")


def test_types_are_told_by_id_or_name(cloud, http):
    kind = cloud.store.one(VolumeType, "name", "__DEFAULT__")
    make(cloud, http, group_type=group_type(cloud).name, volume_types=[kind.id, "__DEFAULT__"])
    (made,) = cloud.store.all(VolumeGroup)
    assert (made.group_type_id, made.volume_types) == (group_type(cloud).id, (kind.id,))


def test_there_are_no_groups_before_3_13(cloud, http):
    assert make(cloud, http, version="volume 3.12").status_code == 404


@pytest.mark.parametrize(
    ("fields", "code", "expected"),
    [
        ({"group_type": " "}, 400,
         "Invalid input for field/attribute group_type. Value:  . ' ' is not a 'group_type'"),
        ({"group_type": 5}, 400,
         "Invalid input for field/attribute group_type. Value: 5. 5 is not of type 'string'"),
        ({"volume_types": []}, 400,
         "Invalid input for field/attribute volume_types. Value: []. [] should be non-empty"),
        ({"volume_types": ["a", "a"]}, 400,
         "Invalid input for field/attribute volume_types. Value: ['a', 'a']. ['a', 'a'] has non-unique elements"),
        ({"volume_types": [5]}, 400,
         "Invalid input for field/attribute 0. Value: 5. 5 is not of type 'string'"),
        ({"name": 5}, 400,
         "Invalid input for field/attribute name. Value: 5. 5 is not of type 'string', 'null'"),
        ({"availability_zone": ""}, 400,     "The 'availability_zone' can not be None."),
        ({"availability_zone": " "}, 400,
         "Invalid input received: availability_zone has 0 characters, less than 1."),
        ({"availability_zone": "z" * 256}, 400,
         "Invalid input received: availability_zone has 256 characters, more than 255."),
        ({"availability_zone": "mars"}, 400, "Invalid input received: Availability zone 'mars' is invalid."),
        ({"group_type": "nope"}, 404,        "Group type with name nope could not be found."),
        ({"group_type": NOBODY}, 404,        f"Group type {NOBODY} could not be found."),
        ({"volume_types": ["nope"]}, 404,    "Volume type with name nope could not be found."),
        ({"volume_types": [NOBODY]}, 404,    f"Volume type {NOBODY} could not be found."),
        ({"group_type": "nope", "volume_types": ["nope"]}, 404,
         "Group type with name nope could not be found."),
        ({"group_type": NOBODY, "volume_types": ["nope"]}, 404,
         "Volume type with name nope could not be found."),
    ],
)
def test_a_group_that_cannot_be(cloud, http, fields, code, expected):
    assert sentence(make(cloud, http, **fields)) == (code, expected)
    assert not cloud.store.all(VolumeGroup)


def test_strange_keys_are_told_last(cloud, http):
    kind = group_type(cloud).id
    answer = make(cloud, http, foo=5)
    assert sentence(answer) == (
        400,
        f"Invalid input for field/attribute group. Value: {{'group_type': '{kind}', 'volume_types': ['__DEFAULT__'],"
        " 'foo': 5}. Additional properties are not allowed ('foo' was unexpected)",
    )


@pytest.mark.parametrize("word", ["id", "name"])
def test_the_type_of_consistency_groups_is_reserved(cloud, http, word):
    kind = reserved(cloud)
    answer = make(cloud, http, group_type=getattr(kind, word))
    assert sentence(answer) == (
        400,
        f"Group_type {kind.id} is reserved for migrating CGs to groups. Migrated group can only be operated by CG APIs.",
    )


def test_a_project_has_so_many_groups(cloud, http):
    set_limits(cloud, project(cloud), {"groups": 1})
    make(cloud, http)
    answer = make(cloud, http)
    assert answer.json == {
        "overLimit": {
            "code": 413,
            "message": "GroupLimitExceeded: Maximum number of groups allowed (1) exceeded",
            "retryAfter": "0",
        }
    }


# --- showing


def test_the_fields_grow_with_the_versions(cloud, http):
    made = group(cloud)
    since = {version: set(show(http, made, version=f"volume {version}")) for version in ("3.13", "3.14", "3.38")}
    sources = {"group_snapshot_id", "source_group_id"}
    assert since == {"3.13": BRIEF, "3.14": BRIEF | sources, "3.38": BRIEF | sources | {"replication_status"}}


def test_admins_see_whose_it_is_from_3_58_on(cloud, http, admin):
    made = group(cloud)
    assert "project_id" not in show(http, made)
    assert "project_id" not in show(admin, made, version="volume 3.57")
    assert show(admin, made, version="volume 3.58")["project_id"] == project(cloud)


def test_its_volumes_are_listed_for_who_asks_from_3_25_on(cloud, http):
    made = group(cloud, volumes=2)
    ids = [one.id for one in volumes_of(cloud, made.id)]
    assert show(http, made, "?list_volume=true")["volumes"] == ids
    assert "volumes" not in show(http, made)
    assert "volumes" not in show(http, made, "?list_volume=true", version="volume 3.24")


def test_volumes_are_asked_for_with_a_word_for_yes(cloud, http):
    answer = http.get(f"{GROUPS}/{group(cloud).id}?list_volume=x", version=NEWEST)
    assert sentence(answer) == (400, "Value 'x' for 'list_volume' is not a boolean.")


def test_others_do_not_see_it(cloud, http, stranger, admin):
    made = group(cloud)
    path = f"{GROUPS}/{made.id}"
    asked = [who.get(path, version=NEWEST).status_code for who in (http, stranger, admin)]
    assert asked == [200, 404, 200]
    assert sentence(stranger.get(path, version=NEWEST))[1] == f"Group {made.id} could not be found."


# --- listing


@pytest.fixture
def three(cloud):
    """Two groups of the project with a consistency group between them."""
    return [
        group(cloud, name="a"),
        group(cloud, name="cg", group_type=reserved(cloud)),
        group(cloud, name="b"),
    ]


def test_the_newest_comes_first_and_consistency_groups_are_left_out(three, http):
    assert names(http, "") == names(http, "/detail") == ["b", "a"]


def test_a_page_is_cut_before_they_are_left_out(three, http):
    assert names(http, "?limit=2") == ["b"]
    assert "group_links" not in http.get(f"{GROUPS}?limit=2", version=NEWEST).json


def test_a_full_page_has_a_link(three, http):
    answer = http.get(f"{GROUPS}/detail?limit=1", version=NEWEST).json
    marker = three[-1].id
    assert answer["group_links"] == [
        {"rel": "next", "href": f"http://localhost/volume/v3/groups?limit=1&marker={marker}"}
    ]
    assert names(http, f"?marker={marker}") == ["a"]


def test_groups_of_others_are_for_admins_who_ask(cloud, three, http, admin, stranger):
    theirs = group(cloud, name="theirs", owner="alt_demo")
    assert names(stranger, "") == [theirs.name]
    assert names(admin, "") == names(http, "?all_tenants=1") == ["b", "a"]
    assert names(admin, "?all_tenants=1") == ["theirs", "b", "a"]


@pytest.mark.parametrize(
    ("query", "old", "admins"),
    [
        ("?name=a",           ["a"],      ["a"]),
        ("?name~=a",          ["a"],      ["a"]),
        ("?status=available", ["b", "a"], ["b", "a"]),
        ("?status=error",     [],         []),
        ("?foo=1",            [],         []),
        ("?host=storage",     [],         []),
        ("?project_id=x",     ["b", "a"], ["b", "a"]),
        ("?sort=name:asc",    ["a", "b"], ["a", "b"]),
        ("?deleted=0",        ["b", "a"], ["b", "a"]),
    ],
)
def test_filters_until_3_30_and_those_of_admins(three, http, admin, query, old, admins):
    assert (names(http, query, "volume 3.30"), names(admin, query)) == (old, admins)


def test_projects_filter_by_name_alone_from_3_31_on(three, http):
    assert names(http, "?name=a") == ["a"]
    for query in "status=error", "name~=a", "project_id=x":
        name = query.split("=")[0]
        assert sentence(http.get(f"{GROUPS}?{query}", version=NEWEST)) == (
            400,
            f"Invalid filters {name} are found in query options.",
        )


def test_until_3_30_all_tenants_is_a_filter_that_nothing_fits(three, http):
    assert names(http, "?all_tenants=1", "volume 3.30") == []


def test_an_admin_filters_by_back_end_with_or_without_pool(three, admin):
    backend = three[0].host.partition("#")[0]
    fit = [one.name for one in reversed(three) if one.host.startswith(backend) and one.name != "cg"]
    assert names(admin, f"?host={backend}") == names(admin, f"?host={backend}%23any") == fit


def test_a_marker_that_is_not_there(http):
    assert sentence(http.get(f"{GROUPS}?marker={NOBODY}", version=NEWEST)) == (
        404,
        f"Group {NOBODY} could not be found.",
    )


# --- changing


def test_a_change_is_taken_without_an_answer(cloud, http):
    made = group(cloud)
    answer = http.put(
        f"{GROUPS}/{made.id}", json={"group": {"name": " n ", "description": " d "}}, version=NEWEST
    )
    assert (answer.status_code, answer.content) == (202, b"")
    assert (show(http, made)["name"], show(http, made)["description"]) == ("n", "d")


def test_volumes_leave_and_come_back(cloud, http):
    made = group(cloud, volumes=2)
    first, second = (one.id for one in volumes_of(cloud, made.id))
    changes = [({"remove_volumes": first}, [second]), ({"add_volumes": first}, [first, second])]
    for change, left in changes:
        http.put(f"{GROUPS}/{made.id}", json={"group": change}, version=NEWEST)
        assert show(http, made)["status"] == "updating"
        cloud.settle()
        assert show(http, made, "?list_volume=1")["volumes"] == left


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Value: {}. {} is not valid under any of the given schemas"),
        ({"foo": 5}, "Value: {'foo': 5}. {'foo': 5} is not valid under any of the given schemas"),
        (
            {"name": "n", "foo": 5},
            "Value: {'name': 'n', 'foo': 5}. Additional properties are not allowed ('foo' was unexpected)",
        ),
    ],
)
def test_a_change_that_does_not_fit(cloud, http, changes, expected):
    answer = http.put(f"{GROUPS}/{group(cloud).id}", json={"group": changes}, version=NEWEST)
    assert sentence(answer) == (400, f"Invalid input for field/attribute group. {expected}")


def test_ids_are_taken_with_the_blanks_around_them(cloud, http):
    made = group(cloud)
    other = volume(cloud, volume_type_id=made.volume_types[0], host=made.host)
    answer = http.put(
        f"{GROUPS}/{made.id}", json={"group": {"add_volumes": f" {other.id}"}}, version=NEWEST
    )
    assert sentence(answer) == (
        400,
        f"Invalid volume: Cannot add volume  {other.id} to group {made.id} because volume cannot be found.",
    )


# --- copies


def copy(http, version=NEWEST, **source):
    return http.post(f"{GROUPS}/action", json={"create-from-src": source}, version=version)


def test_a_group_is_made_from_a_group_and_from_a_snapshot(cloud, http):
    made = group(cloud, volumes=1)
    taken = settled(cloud, group_snapshot(cloud, made))
    for key, id in ("source_group_id", made.id), ("group_snapshot_id", taken.id):
        answer = copy(http, **{key: id}, name=" n ")
        assert (answer.status_code, answer.json["group"]["name"]) == (202, "n")
        cloud.settle()
        shown = http.get(f"{GROUPS}/{answer.json['group']['id']}?list_volume=1", version=NEWEST).json["group"]
        assert (shown["status"], shown[key], len(shown["volumes"])) == ("available", id, 1)


def test_exactly_one_source_is_told(http):
    assert sentence(copy(http)) == (
        400,
        "Invalid input for field/attribute create-from-src. Value: {}. {} is not valid under any of the given schemas",
    )
    told = {"group_snapshot_id": NOBODY, "source_group_id": NOBODY}
    assert sentence(copy(http, **told)) == (
        400,
        f"Invalid input for field/attribute create-from-src. Value: {told}. {told} is valid under each of"
        " {'required': ['source_group_id']}, {'required': ['group_snapshot_id']}",
    )


@pytest.mark.parametrize(
    ("key", "noun"), [("source_group_id", "Group"), ("group_snapshot_id", "GroupSnapshot")]
)
def test_a_source_that_is_not_there(http, key, noun):
    assert sentence(copy(http, **{key: NOBODY})) == (404, f"{noun} {NOBODY} could not be found.")


def test_groups_are_copied_from_3_14_on(http):
    assert copy(http, version="volume 3.13", source_group_id=NOBODY).status_code == 404


def test_a_quota_that_forbids_a_copy_is_a_bad_request(cloud, http):
    made = group(cloud, volumes=1)
    set_limits(cloud, project(cloud), {"groups": 1})
    assert sentence(copy(http, source_group_id=made.id)) == (400, "Maximum number of groups allowed (1) exceeded")
    set_limits(cloud, project(cloud), {"groups": 2, "volumes": 1})
    assert sentence(copy(http, source_group_id=made.id)) == (
        400,
        "Maximum number of volumes allowed (1) exceeded for quota 'volumes'.",
    )
    assert cloud.store.all(VolumeGroup) == [made]


# --- the end


def test_a_group_with_volumes_needs_the_flag(cloud, http):
    made = group(cloud, volumes=1)
    assert sentence(act(http, made, "delete", {})) == (
        400,
        f"Invalid Group: Group {made.id} still contains volumes. The delete-volumes flag is required to delete it.",
    )
    assert act(http, made, "delete", {"delete-volumes": "y"}).status_code == 202
    assert show(http, made)["status"] == "deleting"
    cloud.settle()
    assert http.get(f"{GROUPS}/{made.id}", version=NEWEST).status_code == 404


@pytest.mark.parametrize("value", [None, "zz", 5])
def test_the_flag_is_a_word_for_yes_or_no(cloud, http, value):
    answer = act(http, group(cloud), "delete", {"delete-volumes": value})
    assert sentence(answer)[1].startswith(f"Invalid input for field/attribute delete-volumes. Value: {value}.")


def test_consistency_groups_are_not_touched(cloud, http, admin):
    made = group(cloud, group_type=reserved(cloud))
    refused = [
        http.get(f"{GROUPS}/{made.id}", version=NEWEST),
        http.put(f"{GROUPS}/{made.id}", json={"group": {"name": "n"}}, version=NEWEST),
        act(http, made, "delete", {}),
        copy(http, source_group_id=made.id),
    ]
    assert {sentence(answer) for answer in refused} == {
        (
            400,
            f"Group_type {made.group_type_id} is reserved for migrating CGs to groups. Migrated group can only be"
            " operated by CG APIs.",
        )
    }
    assert act(admin, made, "reset_status", {"status": "error"}).status_code == 202


# --- reset


@pytest.mark.parametrize("status", ["ERROR", "Creating", "available", "updating", "deleted", "error_deleting"])
def test_an_admin_sets_any_status(cloud, http, admin, status):
    made = group(cloud)
    assert act(admin, made, "reset_status", {"status": status}).status_code == 202
    assert show(http, made)["status"] == status.lower()


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (" ", "Invalid Group Status: The 'status' can not be empty."),
        (
            "in-use",
            "Invalid Group Status: Group status: in-use is invalid, valid status are: ('error', 'available', 'creating',"
            " 'deleting', 'deleted', 'updating', 'in-use', 'error_deleting').",
        ),
        (None, "Invalid input for field/attribute status. Value: None. None is not of type 'string'"),
    ],
)
def test_a_status_that_is_none(cloud, admin, status, expected):
    assert sentence(act(admin, group(cloud), "reset_status", {"status": status})) == (400, expected)


def test_a_status_is_set_by_admins_from_3_20_on(cloud, http, admin):
    made = group(cloud)
    assert sentence(act(http, made, "reset_status", {"status": "error"})) == (
        403,
        "Policy doesn't allow group:reset_status to be performed.",
    )
    assert act(admin, made, "reset_status", {"status": "error"}, version="volume 3.19").status_code == 404


# --- volumes that begin in a group


def new_volume(http, **fields):
    return http.post("/volume/v3/volumes", json={"volume": {"size": 1, **fields}}, version=NEWEST)


def test_a_new_volume_joins_a_group_and_its_zone(cloud, http):
    made = group(cloud)
    answer = new_volume(http, volume_type="__DEFAULT__", group_id=made.id, availability_zone="mars")
    told = answer.json["volume"]
    assert (answer.status_code, told["group_id"], told["availability_zone"]) == (202, made.id, "nova")


def test_a_new_volume_must_be_of_a_type_of_the_group(cloud, http):
    made = group(cloud)
    assert sentence(new_volume(http, group_id=made.id)) == (
        400,
        "Invalid input received: volume_type must be provided when creating a volume in a group.",
    )
    assert new_volume(http, volume_type="multiattach", group_id=made.id).status_code == 400


def test_a_group_in_a_bad_way_takes_none(cloud, http):
    made = cloud.store.put(group(cloud).evolve(status="error"))
    assert sentence(new_volume(http, volume_type="__DEFAULT__", group_id=made.id)) == (
        400,
        "Invalid Group: Originating group status must be one of 'available, creating' values",
    )


def test_a_group_that_is_being_scheduled_takes_none_yet(cloud, http):
    id = make(cloud, http).json["group"]["id"]
    assert sentence(new_volume(http, volume_type="__DEFAULT__", group_id=id)) == (
        400,
        "Invalid volume: volume is not assigned to a host",
    )
