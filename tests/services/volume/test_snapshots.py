"""/snapshots as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume.quota import set_limits
from tests.domain.volume.making import in_use, project, volume

SNAPSHOTS = "/volume/v3/snapshots"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"
FORCE_IS_GONE = (
    "Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, however, when"
    " the 'force' flag is passed with a value evaluating to True, it is silently ignored."
)


@pytest.fixture
def source(cloud):
    return volume(cloud, 2)


def take(http, volume, version=NEWEST, **fields):
    return http.post(SNAPSHOTS, json={"snapshot": {"volume_id": volume.id, **fields}}, version=version)


def taken(cloud, http, volume, **fields):
    id = take(http, volume, **fields).json["snapshot"]["id"]
    cloud.settle()
    return id


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


# --- creating


def test_the_answer_tells_all_but_the_extended_attributes(http, source):
    answer = take(http, source, name=" n ", description=" d ", metadata={"k": "v"})
    assert answer.status_code == 202
    told = answer.json["snapshot"]
    assert {
        key: told[key] for key in ("name", "description", "status", "size", "metadata", "updated_at")
    } == {
        "name": "n",
        "description": "d",
        "status": "creating",
        "size": 2,
        "metadata": {"k": "v"},
        "updated_at": None,
    }
    assert set(told) == {
        "id", "created_at", "updated_at", "name", "description", "volume_id", "status", "size", "metadata",
        "group_snapshot_id", "user_id", "consumes_quota",
    }  # fmt: skip


def test_a_name_wins_over_a_display_name(http, source):
    assert take(http, source, display_name="b").json["snapshot"]["name"] == "b"
    assert take(http, source, name="a", display_name="b").json["snapshot"]["name"] == "a"


# fmt: off
WRONG = [
    ({},                                    "'snapshot' is a required property"),
    ({"snapshot": {}},                      "Invalid input for field/attribute snapshot. Value: {}. 'volume_id' is a required property"),
    ({"snapshot": 5},                       "Invalid input for field/attribute snapshot. Value: 5. 5 is not of type 'object'"),
    ({"snapshot": {"volume_id": "x"}},      "Invalid input for field/attribute volume_id. Value: x. 'x' is not valid under any of the given schemas"),
    ({"snapshot": {"volume_id": NOBODY, "name": 5}},
     "Invalid input for field/attribute name. Value: 5. 5 is not of type 'string', 'null'"),
    ({"snapshot": {"volume_id": NOBODY, "force": 1}},
     "Invalid input for field/attribute force. Value: 1. 1 is not of type 'boolean', 'string'"),
    ({"snapshot": {"volume_id": NOBODY, "metadata": {"a?": "b"}}},
     "Invalid input for field/attribute metadata. Value: {'a?': 'b'}. 'a?' does not match any of the regexes: '^[a-zA-Z0-9-_:. /]{1,255}$'"),
    ({"snapshot": {"volume_id": NOBODY, "metadata": {"a": 5}}},
     "Invalid input for field/attribute a. Value: 5. 5 is not of type 'string'"),
]
# fmt: on


@pytest.mark.parametrize(("body", "told"), WRONG)
def test_a_wrong_body_is_told_in_the_validators_words(http, body, told):
    assert sentence(http.post(SNAPSHOTS, json=body, version=NEWEST)) == (400, told)


def test_a_description_must_be_printable_and_of_the_first_plane(http, source):
    for text in "a\x07", "a\nb", "😀":
        status, told = sentence(take(http, source, description=text))
        assert (status, told[:55]) == (
            400,
            "Invalid input for field/attribute description. Value: "[:55] + text[:1],
        )
    assert take(http, source, description="größer\n").json["snapshot"]["description"] == "größer"


def test_force_is_for_volumes_in_use_before_3_66_and_nothing_since(cloud, http):
    busy = in_use(cloud)
    refused = f"Invalid volume: Volume {busy.id} status must be available, but current status is: in-use."
    assert sentence(take(http, busy, "volume 3.65")) == (400, refused)
    assert sentence(take(http, busy, "volume 3.65", force=False)) == (400, refused)
    assert take(http, busy, "volume 3.65", force="t").status_code == 202
    assert take(http, busy, "volume 3.66").status_code == 202
    assert take(http, busy, "volume 3.66", force=True).status_code == 202
    assert sentence(take(http, busy, "volume 3.66", force=False)) == (400, FORCE_IS_GONE)


def test_a_volume_of_another_project_is_not_there(cloud, http):
    theirs = volume(cloud, owner="admin")
    told = (404, f"Volume {theirs.id} could not be found.")
    assert sentence(take(http, theirs)) == told
    none = http.post(SNAPSHOTS, json={"snapshot": {"volume_id": None}}, version=NEWEST)
    assert sentence(none) == (404, "Volume None could not be found.")


def test_too_many_are_413_with_a_time_to_try_again(cloud, http, source):
    set_limits(cloud, project(cloud), {"snapshots": 0})
    answer = take(http, source)
    assert answer.status_code == 413
    assert answer.headers["Retry-After"] == "0"
    assert answer.json["overLimit"]["message"] == (
        "SnapshotLimitExceeded: Maximum number of snapshots allowed (0) exceeded"
    )


# --- showing

# fmt: off
SHAPES = [
    ("volume 3.13", set()),
    ("volume 3.14", {"group_snapshot_id"}),
    ("volume 3.41", {"group_snapshot_id", "user_id"}),
    ("volume 3.65", {"group_snapshot_id", "user_id", "consumes_quota"}),
]
# fmt: on
PLAIN = {"id", "created_at", "updated_at", "name", "description", "volume_id", "status", "size", "metadata"}
EXTENDED = {"os-extended-snapshot-attributes:project_id", "os-extended-snapshot-attributes:progress"}


@pytest.mark.parametrize(("version", "more"), SHAPES)
def test_fields_come_with_versions(cloud, http, source, version, more):
    id = taken(cloud, http, source)
    (listed,) = http.get(SNAPSHOTS, version=version).json["snapshots"]
    (detailed,) = http.get(f"{SNAPSHOTS}/detail", version=version).json["snapshots"]
    shown = http.get(f"{SNAPSHOTS}/{id}", version=version).json["snapshot"]
    assert set(listed) == PLAIN
    assert shown == detailed
    assert set(shown) == PLAIN | EXTENDED | more
    assert shown["os-extended-snapshot-attributes:progress"] == "100%"


def test_those_of_other_projects_are_shown_to_admins_alone(cloud, http, source):
    id = taken(cloud, http, source)
    admin = http.as_("admin", "admin")
    theirs = http.as_("admin", "admin").get(SNAPSHOTS, version=NEWEST)
    assert theirs.json["snapshots"] == []
    everybodys = admin.get(SNAPSHOTS, params={"all_tenants": "1"}, version=NEWEST)
    assert [one["id"] for one in everybodys.json["snapshots"]] == [id]
    assert admin.get(f"{SNAPSHOTS}/{id}", version=NEWEST).status_code == 200
    missing = sentence(http.get(f"{SNAPSHOTS}/{NOBODY}", version=NEWEST))
    assert missing == (404, f"Snapshot {NOBODY} could not be found.")


# --- lists


@pytest.fixture
def three(cloud, http, source):
    ids = [
        taken(cloud, http, source, name=name, metadata=meta)
        for name, meta in zip("bca", ({}, {"k": "v"}, {}), strict=True)
    ]
    return dict(zip("bca", ids, strict=True))


def names(answer):
    assert answer.status_code == 200, answer.text
    return "".join(one["name"] for one in answer.json["snapshots"])


# fmt: off
QUERIES = [
    ("",                                   "volume 3.0",  "acb"),
    ("name=b",                             "volume 3.0",  "b"),
    ("status=error",                       "volume 3.0",  ""),
    ("bogus=1",                            "volume 3.30", "acb"),    # dropped without a word
    ("metadata={'k': 'v'}",                "volume 3.21", "acb"),
    ("metadata={'k': 'v'}",                "volume 3.22", "c"),
    ('metadata={"k": "v"}',                "volume 3.71", "c"),
    ("metadata=k",                         "volume 3.71", ""),
    ("sort=name:asc",                      "volume 3.30", "abc"),
    ("sort_key=display_name&sort_dir=asc", "volume 3.0",  "abc"),
    ("availability_zone=nova",             "volume 3.31", "acb"),
    ("availability_zone=mars",             "volume 3.31", ""),
    ("consumes_quota=false",               "volume 3.64", "acb"),
    ("consumes_quota=false",               "volume 3.65", ""),
    ("limit=1",                            "volume 3.71", "a"),
    ("limit=1&offset=1",                   "volume 3.71", "c"),
    ("limit=0",                            "volume 3.71", ""),
]
# fmt: on


@pytest.mark.parametrize(("query", "version", "found"), QUERIES)
def test_what_a_list_shows(http, three, query, version, found):
    params = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    assert names(http.get(SNAPSHOTS, params=params, version=version)) == found


# fmt: off
REFUSED = [
    ("bogus=1",          "volume 3.31", (400, "Invalid filters bogus are found in query options.")),
    ("name~=b",          "volume 3.34", (400, "Invalid filters name~ are found in query options.")),
    ("with_count=1",     "volume 3.44", (400, "Invalid filters with_count are found in query options.")),
    ("with_count=maybe", "volume 3.45", (400, "Value 'maybe' for 'with_count' is not a boolean.")),
    ("sort=name",        "volume 3.29", (400, "Invalid input received: Invalid sort key")),
    ("sort=size",        "volume 3.71", (400, "Invalid input received: Invalid sort key")),
    ("marker=zz",        "volume 3.71", (404, "Snapshot zz could not be found.")),
]
# fmt: on


@pytest.mark.parametrize(("query", "version", "told"), REFUSED)
def test_what_a_list_refuses(http, three, query, version, told):
    params = dict([query.split("=", 1)])
    assert sentence(http.get(SNAPSHOTS, params=params, version=version)) == told


def test_pages_link_to_the_next_and_may_count(http, three):
    page = http.get(f"{SNAPSHOTS}/detail", params={"limit": 2, "with_count": "yes"}, version=NEWEST)
    assert names(page) == "ac"
    assert page.json["count"] == 3
    (link,) = page.json["snapshots_links"]
    assert link["href"].startswith("http://localhost/volume/v3/snapshots/detail?limit=2")
    rest = http.get(SNAPSHOTS, params={"limit": 2, "marker": three["c"]}, version=NEWEST)
    assert names(rest) == "b"
    assert "snapshots_links" not in rest.json


def test_admins_may_ask_for_a_host(http, three):
    admin = http.as_("admin", "admin")
    ask = {"all_tenants": "1", "host": "storage"}
    assert names(admin.get(SNAPSHOTS, params=ask, version=NEWEST)) == "acb"
    assert names(admin.get(SNAPSHOTS, params={**ask, "host": "elsewhere"}, version=NEWEST)) == ""


# --- changing


def test_names_and_descriptions_change(cloud, http, source):
    id = taken(cloud, http, source, name="old")
    url = f"{SNAPSHOTS}/{id}"

    def change(**fields):
        return http.put(url, json={"snapshot": fields}, version=NEWEST)

    both = change(name=" x ", display_name="y", description="p", display_description="q").json["snapshot"]
    assert (both["name"], both["description"]) == ("x", "p")
    assert change(display_name=None).json["snapshot"]["name"] is None
    told = "Invalid input for field/attribute snapshot. Value: {}. {} is not valid under any of the given schemas"
    assert sentence(change()) == (400, told)
    assert "was unexpected" in sentence(change(bogus=1))[1]


def test_a_deleted_snapshot_is_deleting_then_gone(cloud, http, source):
    url = f"{SNAPSHOTS}/{taken(cloud, http, source)}"
    answer = http.delete(url, version=NEWEST)
    assert (answer.status_code, answer.text) == (202, "")
    assert http.get(url, version=NEWEST).json["snapshot"]["status"] == "deleting"
    told = "Invalid snapshot: Snapshot status must be available or error and must not be part of a group."
    assert sentence(http.delete(url, version=NEWEST)) == (400, told)
    cloud.settle()
    assert http.get(url, version=NEWEST).status_code == 404
    assert cloud.store.count(Volume) == 1


# --- actions


def act(http, id, **action):
    return http.post(f"{SNAPSHOTS}/{id}/action", json=action, version=NEWEST)


def test_admins_reset_statuses(cloud, http, source):
    id = taken(cloud, http, source)
    reset = {"os-reset_status": {"status": "ERROR"}}
    assert sentence(act(http, id, **reset)) == (
        403,
        "Policy doesn't allow volume_extension:snapshot_admin_actions:reset_status to be performed.",
    )
    admin = http.as_("admin", "admin")
    assert act(admin, id, **reset).status_code == 202
    assert http.get(f"{SNAPSHOTS}/{id}", version=NEWEST).json["snapshot"]["status"] == "error"
    assert sentence(act(admin, id, **{"os-reset_status": {"status": "bogus"}})) == (
        400,
        "Snapshot status: bogus is invalid, valid statuses are: ('error', 'available', 'creating', 'deleting',"
        " 'deleted', 'updating', 'error_deleting', 'unmanaging', 'backing-up', 'restoring').",
    )


def test_a_snapshot_on_its_way_is_told_how_far_it_is(cloud, http, source):
    id = take(http, source).json["snapshot"]["id"]

    def update(**fields):
        return act(http, id, **{"os-update_snapshot_status": fields})

    percent = "Invalid input received: progress must be an integer percentage"
    assert sentence(update(status="creating", progress="x")) == (400, percent)
    assert sentence(update(status="creating", progress="1000%")) == (400, f"{percent} between 0 and 100")
    assert sentence(update(status="deleting")) == (
        400,
        "Provided snapshot status deleting not allowed for snapshot with status creating.",
    )
    assert update(status="creating", progress="50%").status_code == 202
    assert update(status="available").status_code == 202
    shown = http.get(f"{SNAPSHOTS}/{id}", version=NEWEST).json["snapshot"]
    assert (shown["status"], shown["os-extended-snapshot-attributes:progress"]) == ("available", "50%")
    assert sentence(update(status="error")) == (
        400,
        "Snapshot status available not allowed for update_snapshot_status",
    )


@pytest.mark.parametrize(
    ("action", "meanwhile"), [("os-unmanage", "unmanaging"), ("os-force_delete", "deleting")]
)
def test_admins_unmanage_and_delete_by_force(cloud, http, source, action, meanwhile):
    id = taken(cloud, http, source)
    assert act(http, id, **{action: {}}).status_code == 403
    assert act(http.as_("admin", "admin"), id, **{action: {}}).status_code == 202
    assert http.get(f"{SNAPSHOTS}/{id}", version=NEWEST).json["snapshot"]["status"] == meanwhile
    cloud.settle()
    assert http.get(f"{SNAPSHOTS}/{id}", version=NEWEST).status_code == 404


def test_there_are_no_other_actions(cloud, http, source):
    id = taken(cloud, http, source)
    told = "There is no such action: bogus. Verify the request body and Content-Type header and try again."
    assert sentence(act(http, id, bogus=None)) == (400, told)
