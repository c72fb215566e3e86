"""/group_snapshots as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.records.volume_group import GroupSnapshot, GroupType
from fakecompute.domain.volume.quota import set_limits
from tests.domain.volume.making import group, group_snapshot, project, settled

SNAPSHOTS = "/volume/v3/group_snapshots"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"
FIELDS = {"id", "group_id", "group_type_id", "status", "created_at", "name", "description"}


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def source(cloud):
    return group(cloud, volumes=2)


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def take(http, group_id, version=NEWEST, **fields):
    body = {"group_snapshot": {"group_id": group_id, **fields}}
    return http.post(SNAPSHOTS, json=body, version=version)


def names(http, query="", version=NEWEST):
    return [one["name"] for one in http.get(f"{SNAPSHOTS}{query}", version=version).json["group_snapshots"]]


def reserved(cloud):
    return cloud.store.one(GroupType, "name", "default_cgsnapshot_type")


# --- creating


def test_the_answer_is_id_name_and_type(cloud, http, source):
    answer = take(http, source.id, name=" n ", description=" d ")
    (made,) = cloud.store.all(GroupSnapshot)
    assert (answer.status_code, answer.json) == (
        202,
        {"group_snapshot": {"id": made.id, "name": " n ", "group_type_id": source.group_type_id}},
    )


def test_the_snapshots_of_its_volumes_are_snapshots_like_others(cloud, http, source):
    id = take(http, source.id, name="n").json["group_snapshot"]["id"]
    cloud.settle()
    parts = http.get("/volume/v3/snapshots/detail", version=NEWEST).json["snapshots"]
    assert [(one["name"], one["status"], one["group_snapshot_id"]) for one in parts] == [("n", "available", id)] * 2
    refused = http.delete(f"/volume/v3/snapshots/{parts[0]['id']}", version=NEWEST)
    assert sentence(refused) == (
        400,
        "Invalid snapshot: Snapshot status must be available or error and must not be part of a group.",
    )


@pytest.mark.parametrize(
    ("group_id", "fields", "code", "expected"),
    [
        ("nope",  {}, 400,          "Invalid input for field/attribute group_id. Value: nope. 'nope' is not a 'uuid'"),
        (5,       {}, 400,          "Invalid input for field/attribute group_id. Value: 5. 5 is not of type 'string'"),
        (NOBODY,  {}, 404,          f"Group {NOBODY} could not be found."),
        (NOBODY,  {"name": 5}, 400, "Invalid input for field/attribute name. Value: 5. 5 is not of type 'string', 'null'"),
    ],
)
def test_a_snapshot_that_cannot_be(http, group_id, fields, code, expected):
    assert sentence(take(http, group_id, **fields)) == (code, expected)


def test_a_consistency_group_has_other_ones(cloud, http):
    made = group(cloud, group_type=reserved(cloud), volumes=1)
    assert sentence(take(http, made.id)) == (
        400,
        f"Group_type {made.group_type_id} is reserved for migrating CGs to groups. Migrated group snapshots can only be"
        " operated by CG snapshot APIs.",
    )


def test_a_quota_tells_the_size_of_all(cloud, http, source):
    set_limits(cloud, project(cloud), {"gigabytes": 3})
    assert sentence(take(http, source.id)) == (
        413,
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G,"
        " quota is 3G and 2G has been consumed.",
    )


def test_there_are_none_before_3_14(http, source):
    assert take(http, source.id, version="volume 3.13").status_code == 404


# --- showing and listing


def test_admins_see_whose_it_is_from_3_58_on(cloud, http, admin, source):
    path = f"{SNAPSHOTS}/{group_snapshot(cloud, source).id}"
    shown = [
        set(who.get(path, version=f"volume {version}").json["group_snapshot"])
        for who, version in ((http, "3.71"), (admin, "3.57"), (admin, "3.58"))
    ]
    assert shown == [FIELDS, FIELDS, FIELDS | {"project_id"}]


def test_others_do_not_see_it(cloud, http, source):
    path = f"{SNAPSHOTS}/{group_snapshot(cloud, source).id}"
    assert http.as_("alt_demo").get(path, version=NEWEST).status_code == 404


@pytest.fixture
def three(cloud, source):
    """Two snapshots with one of a consistency group between them."""
    consistent = group(cloud, group_type=reserved(cloud), volumes=1)
    taken = [(source, "a"), (consistent, "cg"), (source, "b")]
    return [settled(cloud, group_snapshot(cloud, of, name=name)) for of, name in taken]


def test_the_newest_comes_first_and_those_of_consistency_groups_are_left_out(three, http):
    assert names(http) == names(http, "/detail") == ["b", "a"]


@pytest.mark.parametrize("query", ["?limit=1", "?status=error", "?marker=nope", "?sort_key=nope", "?all_tenants=1"])
def test_before_3_29_nothing_is_cut_or_filtered(three, http, query):
    assert names(http, query, "volume 3.28") == ["b", "a"]


def test_but_a_limit_makes_a_link_behind_the_last(three, http):
    answer = http.get(f"{SNAPSHOTS}?limit=1", version="volume 3.28").json
    assert answer["group_snapshot_links"] == [
        {"rel": "next", "href": f"http://localhost/volume/v3/group_snapshots?limit=1&marker={three[0].id}"}
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?limit=1", ["b"]),
        ("?limit=2", ["b"]),
        ("?name=a", ["a"]),
        ("?status=error", []),
        ("?sort=name:asc", ["a", "b"]),
        ("?foo=1", []),
        ("?all_tenants=1", []),
    ],
)
def test_from_3_29_on_there_are_pages_and_filters(three, http, query, expected):
    assert names(http, query, "volume 3.29") == expected


def test_from_3_31_on_strange_filters_are_refused(three, source, http):
    assert names(http, f"?group_id={source.id}") == ["b", "a"]
    assert names(http, "?all_tenants=1") == ["b", "a"]
    assert sentence(http.get(f"{SNAPSHOTS}?foo=1", version=NEWEST)) == (
        400,
        "Invalid filters foo are found in query options.",
    )


def test_a_marker_that_is_not_there(http):
    assert sentence(http.get(f"{SNAPSHOTS}?marker=nope", version=NEWEST)) == (
        404,
        "GroupSnapshot nope could not be found.",
    )


# --- the end, and reset


def test_one_is_deleted_with_its_parts(cloud, http, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    assert http.delete(f"{SNAPSHOTS}/{taken.id}", version=NEWEST).status_code == 202
    cloud.settle()
    assert sentence(http.delete(f"{SNAPSHOTS}/{taken.id}", version=NEWEST)) == (
        404,
        f"GroupSnapshot {taken.id} could not be found.",
    )
    assert http.get("/volume/v3/snapshots", version=NEWEST).json == {"snapshots": []}


def test_one_on_its_way_is_not_deleted(cloud, http, source):
    taken = group_snapshot(cloud, source)
    assert sentence(http.delete(f"{SNAPSHOTS}/{taken.id}", version=NEWEST)) == (
        400,
        "Invalid GroupSnapshot: GroupSnapshot status must be available or error, and no Group can be currently using it"
        " as source for its creation.",
    )


def test_other_refusals_have_no_reason(cloud, http, source, three):
    backend = cloud.store.get(VolumeBackend, backend_id(source.host))
    cloud.store.put(backend.evolve(frozen=True))
    for one in three[1], three[0]:  # of a consistency group, on a frozen back end
        assert sentence(http.delete(f"{SNAPSHOTS}/{one.id}", version=NEWEST)) == (
            400,
            f"Error occurred when deleting group snapshot {one.id}.",
        )


def reset(who, id, status, version=NEWEST):
    body = {"reset_status": {"status": status}}
    return who.post(f"{SNAPSHOTS}/{id}/action", json=body, version=version)


def test_an_admin_sets_a_status_from_3_19_on(cloud, http, admin, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    assert reset(admin, taken.id, "Updating").status_code == 202
    assert http.get(f"{SNAPSHOTS}/{taken.id}", version=NEWEST).json["group_snapshot"]["status"] == "updating"
    assert reset(admin, taken.id, "error", "volume 3.18").status_code == 404
    assert sentence(reset(http, taken.id, "error")) == (
        403,
        "Policy doesn't allow group:reset_group_snapshot_status to be performed.",
    )


def test_a_status_that_is_none(cloud, admin, source):
    taken = group_snapshot(cloud, source)
    assert sentence(reset(admin, taken.id, "in-use")) == (
        400,
        "Invalid GroupSnapshot Status: Group snapshot status: in-use is invalid, valid statuses are: ('error',"
        " 'available', 'creating', 'deleting', 'deleted', 'updating', 'error_deleting').",
    )
