"""/cgsnapshots as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.records.volume_group import GroupSnapshot, GroupType
from tests.domain.volume.making import group, group_snapshot, settled

SNAPSHOTS = "/volume/v3/cgsnapshots"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def source(cloud):
    kind = cloud.store.one(GroupType, "name", "default_cgsnapshot_type")
    return group(cloud, group_type=kind, volumes=1)


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def take(http, id, **fields):
    return http.post(SNAPSHOTS, json={"cgsnapshot": {"consistencygroup_id": id, **fields}})


def test_one_is_made_of_a_group(cloud, http, source):
    answer = take(http, source.id, name=" n ", description=" d ", strange=1)
    (made,) = cloud.store.all(GroupSnapshot)
    assert (answer.status_code, answer.json) == (202, {"cgsnapshot": {"id": made.id, "name": "n"}})
    cloud.settle()
    shown = http.get(f"{SNAPSHOTS}/{made.id}").json["cgsnapshot"]
    assert shown.pop("created_at")
    assert shown == {
        "id": made.id,
        "consistencygroup_id": source.id,
        "status": "available",
        "name": "n",
        "description": "d",
    }


@pytest.mark.parametrize(
    ("id", "fields", "code", "expected"),
    [
        ("nope", {}, 404,             "Group nope could not be found."),
        (5,      {}, 400,             "Invalid input for field/attribute consistencygroup_id. Value: 5. 5 is not of type 'string'"),
        ("nope", {"name": None}, 400, "Invalid input for field/attribute name. Value: None. None is not of type 'string'"),
    ],
)
def test_one_that_cannot_be(http, id, fields, code, expected):
    assert sentence(take(http, id, **fields)) == (code, expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["c", "b", "a"]),
        ("?limit=0", ["c", "b", "a"]),
        ("?limit=1&offset=1", ["b"]),
        ("?status=zz&marker=nope&sort_key=nope", ["c", "b", "a"]),
    ],
)
def test_lists_are_cut_and_nothing_else(cloud, http, source, query, expected):
    for name in "abc":
        settled(cloud, group_snapshot(cloud, source, name=name))
    listed = http.get(f"{SNAPSHOTS}/detail{query}").json
    assert [one["name"] for one in listed.pop("cgsnapshots")] == expected
    assert listed == {}


def test_even_an_admin_lists_those_of_the_project_alone(cloud, http, source):
    group_snapshot(cloud, source)
    admin = http.as_("admin", "admin")
    assert admin.get(f"{SNAPSHOTS}?all_tenants=1").json == {"cgsnapshots": []}


def test_one_is_deleted(cloud, http, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    assert http.delete(f"{SNAPSHOTS}/{taken.id}").status_code == 202
    cloud.settle()
    assert sentence(http.get(f"{SNAPSHOTS}/{taken.id}")) == (
        404,
        f"GroupSnapshot {taken.id} could not be found.",
    )


def test_a_frozen_back_end_keeps_it(cloud, http, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    cloud.store.put(cloud.store.get(VolumeBackend, backend_id(source.host)).evolve(frozen=True))
    assert sentence(http.delete(f"{SNAPSHOTS}/{taken.id}")) == (400, "Failed to delete the cgsnapshot")


def test_one_that_is_not_there(http):
    assert sentence(http.delete(f"{SNAPSHOTS}/{NOBODY}")) == (404, f"GroupSnapshot {NOBODY} could not be found.")
