"""/backups as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import base64
import json

import pytest

from fakecompute.domain.volume.quota import set_limits
from tests.domain.volume.making import in_use, project, settled, snapshot, volume

BACKUPS = "/volume/v3/backups"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def source(cloud):
    return volume(cloud, 2)


def order(http, volume, version=NEWEST, **fields):
    return http.post(BACKUPS, json={"backup": {"volume_id": volume.id, **fields}}, version=version)


def made(cloud, http, volume, **fields):
    id = order(http, volume, **fields).json["backup"]["id"]
    cloud.settle()
    return id


def shown(http, id, version=NEWEST):
    return http.get(f"{BACKUPS}/{id}", version=version).json["backup"]


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


# --- creating


def test_the_answer_tells_id_name_and_links(http, source):
    answer = order(http, source, name=" n ")
    assert answer.status_code == 202
    told = answer.json["backup"]
    assert told["name"] == "n"
    assert told["links"] == [
        {"rel": "self", "href": f"http://localhost/volume/v3/backups/{told['id']}"},
        {"rel": "bookmark", "href": f"http://localhost/volume/backups/{told['id']}"},
    ]
    assert set(told) == {"id", "name", "links"}


# fmt: off
WRONG = [
    ({},                                    "'backup' is a required property"),
    ({"backup": {}},                        "Invalid input for field/attribute backup. Value: {}. 'volume_id' is a required property"),
    ({"backup": {"volume_id": "x"}},        "Invalid input for field/attribute volume_id. Value: x. 'x' is not a 'uuid'"),
    ({"backup": {"volume_id": None}},       "Invalid input for field/attribute volume_id. Value: None. None is not of type 'string'"),
    ({"backup": {"volume_id": NOBODY, "snapshot_id": "x"}},
     "Invalid input for field/attribute snapshot_id. Value: x. 'x' is not valid under any of the given schemas"),
    ({"backup": {"volume_id": NOBODY, "container": 5}},
     "Invalid input for field/attribute container. Value: 5. 5 is not of type 'string', 'null'"),
    ({"backup": {"volume_id": NOBODY, "availability_zone": 5}},
     "Invalid input for field/attribute availability_zone. Value: 5. 5 is not of type 'string', 'null'"),
]
# fmt: on


@pytest.mark.parametrize(("body", "told"), WRONG)
def test_a_wrong_body_is_told_in_the_validators_words(http, body, told):
    assert sentence(http.post(BACKUPS, json=body, version=NEWEST)) == (400, told)


@pytest.mark.parametrize(
    ("field", "before"), [("metadata", "volume 3.42"), ("availability_zone", "volume 3.50")]
)
def test_some_fields_came_later(http, source, field, before):
    value = {"k": "v"} if field == "metadata" else "nova"
    status, told = sentence(order(http, source, before, **{field: value}))
    assert (status, told.endswith(f"Additional properties are not allowed ({field!r} was unexpected)")) == (
        400,
        True,
    )
    assert order(http, source, **{field: value}).status_code == 202


def test_what_cannot_be_backed_up(cloud, http, source):
    missing = http.post(BACKUPS, json={"backup": {"volume_id": NOBODY}}, version=NEWEST)
    assert sentence(missing) == (404, f"Volume {NOBODY} could not be found.")
    assert sentence(order(http, source, snapshot_id=NOBODY)) == (
        404,
        f"Snapshot {NOBODY} could not be found.",
    )
    told = "Invalid volume: Backing up an in-use volume must use the force flag."
    assert sentence(order(http, in_use(cloud))) == (400, told)
    told = "Invalid backup: No backups available to do an incremental backup."
    assert sentence(order(http, source, incremental=True)) == (400, told)
    assert order(http, source).status_code == 202
    told = (
        "Invalid volume: Volume to be backed up must be available or in-use, but the current status is"
        ' "backing-up".'
    )
    assert sentence(order(http, source)) == (400, told)


def test_too_many_are_413_with_a_time_to_try_again(cloud, http, source):
    set_limits(cloud, project(cloud), {"backups": 0})
    answer = order(http, source)
    assert (answer.status_code, answer.headers["Retry-After"]) == (413, "0")
    assert answer.json["overLimit"]["message"] == (
        "BackupLimitExceeded: Maximum number of backups allowed (0) exceeded"
    )


# --- showing

PLAIN = {
    "id", "status", "size", "object_count", "availability_zone", "container", "created_at", "updated_at", "name",
    "description", "fail_reason", "volume_id", "links", "is_incremental", "has_dependent_backups", "snapshot_id",
    "data_timestamp",
}  # fmt: skip


@pytest.mark.parametrize(("version", "more"), [("volume 3.42", set()), ("volume 3.43", {"metadata"})])
def test_what_users_see(cloud, http, source, version, more):
    id = made(cloud, http, source)
    assert set(shown(http, id, version)) == PLAIN | more
    assert http.get(f"{BACKUPS}/detail", version=version).json["backups"] == [shown(http, id, version)]
    (listed,) = http.get(BACKUPS, version=version).json["backups"]
    assert set(listed) == {"id", "name", "links"}


# fmt: off
OWNERS = [
    ("volume 3.17", set()),
    ("volume 3.18", {"os-backup-project-attr:project_id"}),
    ("volume 3.56", {"os-backup-project-attr:project_id", "user_id"}),
]
# fmt: on


@pytest.mark.parametrize(("version", "more"), OWNERS)
def test_admins_see_whose_it_is(cloud, http, admin, source, version, more):
    id = made(cloud, http, source)
    assert set(shown(admin, id, version)) - {"metadata"} == PLAIN | more


def test_a_new_backup_of_a_volume_in_numbers(cloud, http, source):
    id = made(cloud, http, source, metadata={"k": "v"}, container="c", description="d")
    told = shown(http, id)
    assert (told["size"], told["container"], told["metadata"]) == (2, "c", {"k": "v"})
    assert told["data_timestamp"] == told["created_at"]
    assert (told["is_incremental"], told["has_dependent_backups"]) == (False, False)


def test_a_backup_of_a_snapshot_has_its_time(cloud, http, source):
    taken = settled(cloud, snapshot(cloud, source))
    cloud.advance(5)
    told = shown(http, made(cloud, http, source, snapshot_id=taken.id))
    assert told["snapshot_id"] == taken.id
    assert told["data_timestamp"] < told["created_at"]


# --- lists


@pytest.fixture
def three(cloud, http, source):
    return {name: made(cloud, http, source, name=name) for name in "bca"}


def names(answer):
    assert answer.status_code == 200, answer.text
    return "".join(one["name"] for one in answer.json["backups"])


# fmt: off
QUERIES = [
    ("",                 "volume 3.0",  "acb"),
    ("name=b",           "volume 3.71", "b"),
    ("status=error",     "volume 3.71", ""),
    ("bogus=1",          "volume 3.30", "acb"),
    ("sort=name:asc",    "volume 3.37", "abc"),
    ("sort=size,id",     "volume 3.0",  None),
    ("limit=2",          "volume 3.71", "ac"),
    ("all_tenants=what", "volume 3.71", "acb"),
]
REFUSED = [
    ("bogus=1",          "volume 3.31", (400, "Invalid filters bogus are found in query options.")),
    ("parent_id=x",      "volume 3.71", (400, "Invalid filters parent_id are found in query options.")),
    ("with_count=1",     "volume 3.44", (400, "Invalid filters with_count are found in query options.")),
    ("sort=name",        "volume 3.36", (400, "Invalid input received: Invalid sort key")),
    ("marker=zz",        "volume 3.71", (404, "Backup zz could not be found.")),
]
# fmt: on


@pytest.mark.parametrize(("query", "version", "found"), QUERIES)
def test_what_a_list_shows(http, three, query, version, found):
    params = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    told = names(http.get(BACKUPS, params=params, version=version))
    assert sorted(told) == ["a", "b", "c"] if found is None else told == found


@pytest.mark.parametrize(("query", "version", "told"), REFUSED)
def test_what_a_list_refuses(http, three, query, version, told):
    assert sentence(http.get(BACKUPS, params=dict([query.split("=", 1)]), version=version)) == told


def test_lists_of_admins(http, admin, three):
    assert names(admin.get(BACKUPS, params={"bogus": "1"}, version=NEWEST)) == ""
    assert names(admin.get(BACKUPS, params={"all_tenants": "1", "with_count": "1"}, version=NEWEST)) == "acb"
    assert sentence(admin.get(BACKUPS, params={"all_tenants": "maybe"}, version=NEWEST)) == (
        400,
        "all_tenants must be a boolean, got 'maybe'.",
    )


# --- changing and deleting


def test_names_change_from_3_9_on_and_metadata_from_3_43_on(cloud, http, source):
    id = made(cloud, http, source, name="old")

    def change(version, **fields):
        return http.put(f"{BACKUPS}/{id}", json={"backup": fields}, version=version)

    assert sentence(change("volume 3.8", name="n")) == (404, "The resource could not be found.")
    assert change("volume 3.9", name=" n ", description="d").json["backup"]["name"] == "n"
    assert "unexpected" in sentence(change("volume 3.42", metadata={}))[1]
    assert change("volume 3.43", metadata={"k": "v"}).status_code == 200
    assert (shown(http, id)["description"], shown(http, id)["metadata"]) == ("d", {"k": "v"})
    assert change(NEWEST).status_code == 200


def test_a_backup_that_others_rest_on_stays(cloud, http, admin, source):
    first = made(cloud, http, source)
    made(cloud, http, source, incremental="yes")
    assert shown(http, first)["has_dependent_backups"] is True
    told = (400, "Invalid backup: Incremental backups exist for this backup.")
    assert sentence(http.delete(f"{BACKUPS}/{first}", version=NEWEST)) == told
    force = {"os-force_delete": None}
    assert sentence(admin.post(f"{BACKUPS}/{first}/action", json=force, version=NEWEST)) == told


def test_a_deleted_backup_is_deleting_then_gone(cloud, http, source):
    id = made(cloud, http, source)
    answer = http.delete(f"{BACKUPS}/{id}", version=NEWEST)
    assert (answer.status_code, answer.text) == (202, "")
    assert shown(http, id)["status"] == "deleting"
    told = (400, "Invalid backup: Backup status must be available or error")
    assert sentence(http.delete(f"{BACKUPS}/{id}", version=NEWEST)) == told
    cloud.settle()
    assert sentence(http.get(f"{BACKUPS}/{id}", version=NEWEST)) == (404, f"Backup {id} could not be found.")


# --- restoring


def restore(http, id, **fields):
    return http.post(f"{BACKUPS}/{id}/restore", json={"restore": fields}, version=NEWEST)


def test_a_backup_is_restored_to_a_volume(cloud, http, source):
    id = made(cloud, http, source)
    answer = restore(http, id, volume_id=source.id)
    assert (answer.status_code, answer.json) == (
        202,
        {"restore": {"backup_id": id, "volume_id": source.id, "volume_name": None}},
    )
    assert shown(http, id)["status"] == "restoring"
    assert sentence(restore(http, id)) == (400, "Invalid backup: Backup status must be available")
    cloud.settle()
    assert shown(http, id)["status"] == "available"


def test_without_a_volume_it_makes_one(cloud, http, source):
    id = made(cloud, http, source)
    told = restore(http, id, name=" nn ").json["restore"]
    assert told["volume_name"] == " nn "
    cloud.settle()
    assert restore(http, id).json["restore"]["volume_name"] == f"restore_backup_{id}"


def test_what_cannot_be_restored(cloud, http, source):
    id = made(cloud, http, source)
    assert sentence(restore(http, NOBODY)) == (404, f"Backup {NOBODY} could not be found.")
    assert sentence(restore(http, id, volume_id=NOBODY)) == (404, f"Volume {NOBODY} could not be found.")
    told = "Invalid input for field/attribute volume_id. Value: x. 'x' is not valid under any of the given schemas"
    assert sentence(restore(http, id, volume_id="x")) == (400, told)
    told = "Invalid volume: volume size 1 is too small to restore backup of size 2."
    assert sentence(restore(http, id, volume_id=volume(cloud, 1).id)) == (400, told)


# fmt: off
ROOM = [
    ({"volumes": 1},    "Maximum number of volumes allowed (1) exceeded for quota 'volumes'."),
    ({"gigabytes": 3},  "Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G, quota is 3G and 2G has been consumed."),
    ({"per_volume_gigabytes": 1},
     "VolumeSizeExceedsLimit: Requested volume size 2G is larger than maximum allowed limit 1G."),
]
# fmt: on


@pytest.mark.parametrize(("limits", "words"), ROOM)
def test_for_a_new_volume_there_must_be_room(cloud, http, source, limits, words):
    id = made(cloud, http, source)
    set_limits(cloud, project(cloud), limits)
    answer = restore(http, id)
    assert (answer.headers["Retry-After"], sentence(answer)) == ("0", (413, words))
    assert shown(http, id)["status"] == "available"


# --- records


def test_a_record_makes_the_round_trip(cloud, http, admin, source):
    made(cloud, http, source)
    id = made(cloud, http, source, name="n", description="d", incremental=True, metadata={"k": "v"})
    before = shown(http, id)
    record = admin.get(f"{BACKUPS}/{id}/export_record", version=NEWEST)
    assert record.status_code == 200
    refused = admin.post(f"{BACKUPS}/import_record", json=record.json, version=NEWEST)
    assert sentence(refused) == (400, "Invalid backup: Backup already exists in database.")
    http.delete(f"{BACKUPS}/{id}", version=NEWEST)
    cloud.settle()

    answer = admin.post(f"{BACKUPS}/import_record", json=record.json, version=NEWEST)
    assert (answer.status_code, answer.json["backup"]["id"]) == (201, id)
    assert (shown(http, id)["status"], shown(http, id)["volume_id"]) == ("creating", NOBODY)
    cloud.settle()
    after = shown(http, id)
    same = PLAIN - {"updated_at", "created_at", "data_timestamp"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert after["created_at"][:19] == before["created_at"][:19]
    assert restore(http, id, volume_id=source.id).status_code == 202


def test_records_are_for_admins(cloud, http, source):
    id = made(cloud, http, source)
    told = (403, "Policy doesn't allow backup:export-import to be performed.")
    assert sentence(http.get(f"{BACKUPS}/{id}/export_record", version=NEWEST)) == told
    record = {"backup-record": {"backup_service": "s", "backup_url": "e30="}}
    told = (403, "Policy doesn't allow backup:backup-import to be performed.")
    assert sentence(http.post(f"{BACKUPS}/import_record", json=record, version=NEWEST)) == told


def record_of(**told):
    return base64.b64encode(json.dumps(told).encode()).decode()


# fmt: off
RECORDS = [
    ("x",                                "Invalid input for field/attribute backup_url. Value: x. 'x' is not a 'base64'"),
    ("bm9qc29u",                         "Invalid input received: Can't parse backup record."),
    ("WzFd",                             "Invalid input received: Provided backup record is missing an id"),
    (record_of(),                        "Invalid input received: Provided backup record is missing an id"),
    (record_of(id=NOBODY),               "Invalid input received: Provided backup record is missing size attribute"),
    (record_of(id=[], size=1),           "Invalid input received: Can't parse backup record."),
    (record_of(id=NOBODY, size="much"),  "Invalid input received: Can't parse backup record."),
    (record_of(id="\ud800", size=1),     "Invalid input received: Can't parse backup record."),
]
# fmt: on


@pytest.mark.parametrize(("url", "told"), RECORDS)
def test_what_is_no_record(admin, url, told):
    record = {"backup-record": {"backup_service": "s", "backup_url": url}}
    assert sentence(admin.post(f"{BACKUPS}/import_record", json=record, version=NEWEST)) == (400, told)


# fmt: off
USELESS: list[tuple[str, dict[str, str], str]] = [
    ("cinder.backup.drivers.bogus", {},  "Import record failed, cannot find backup service to perform the import."
                                         " Request service cinder.backup.drivers.bogus."),
    ("cinder.backup.drivers.swift", {},  "Driver successfully decoded imported backup data, but there are missing fields"
                                         " (container, display_name, display_description, service_metadata, object_count)."),
]
# fmt: on


@pytest.mark.parametrize(("service", "more", "reason"), USELESS)
def test_a_record_that_turns_out_useless_leaves_an_error(cloud, admin, service, more, reason):
    record = {
        "backup-record": {"backup_service": service, "backup_url": record_of(id=NOBODY, size=1, **more)}
    }
    assert admin.post(f"{BACKUPS}/import_record", json=record, version=NEWEST).status_code == 201
    cloud.settle()
    told = shown(admin, NOBODY)
    assert (told["status"], told["fail_reason"], told["size"]) == ("error", reason, 0)


def test_a_record_of_nonsense_leaves_an_error(cloud, admin):
    names = ("container", "display_name", "display_description", "service_metadata", "object_count")
    url = record_of(id=NOBODY, size=1, **{name: {} for name in names})
    record = {"backup-record": {"backup_service": "cinder.backup", "backup_url": url}}
    admin.post(f"{BACKUPS}/import_record", json=record, version=NEWEST)
    cloud.settle()
    assert shown(admin, NOBODY)["status"] == "error"


# --- actions


def test_admins_reset_statuses_to_two(cloud, http, admin, source):
    id = made(cloud, http, source)

    def reset(client, status):
        return client.post(
            f"{BACKUPS}/{id}/action", json={"os-reset_status": {"status": status}}, version=NEWEST
        )

    told = "Policy doesn't allow volume_extension:backup_admin_actions:reset_status to be performed."
    assert sentence(reset(http, "error")) == (403, told)
    assert reset(admin, "error").status_code == 202
    assert shown(http, id)["status"] == "error"
    told = "Backup status: CREATING is invalid, valid statuses are: ['available', 'error']."
    assert sentence(reset(admin, "CREATING")) == (400, told)
    assert reset(admin, "available").status_code == 202
