"""/os-snapshots where Cinder knows of no snapshot, and of no volume to take one of."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume.quota import set_limits
from fakecompute.wsgi.client import Http

SNAPSHOTS = "/compute/v2.1/os-snapshots"
NOBODY = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


def told(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


@pytest.fixture
def reader():
    users = [{"name": "reader", "projects": {"demo": ["reader"]}}]
    return Http(Cloud({"extends": "default", "users": users}), "reader", "demo")


@pytest.mark.parametrize("path", [SNAPSHOTS, f"{SNAPSHOTS}/detail"])
def test_there_are_none(http, path):
    assert http.get(path, params={"limit": "1", "offset": "5", "other": "x"}).json == {"snapshots": []}


@pytest.mark.parametrize("path", [SNAPSHOTS, f"{SNAPSHOTS}/detail"])
@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("value", ["-1", "x", ""])
def test_a_page_is_counted_in_numbers(http, path, name, value):
    assert http.get(path, params={name: value}).status_code == 400


def test_a_snapshot_that_is_not_there(http):
    missing = (404, f"Snapshot {NOBODY} could not be found.")
    assert told(http.get(f"{SNAPSHOTS}/{NOBODY}")) == missing
    assert told(http.delete(f"{SNAPSHOTS}/{NOBODY}")) == missing


@pytest.mark.parametrize("force", [True, False, "yes", "0"])
def test_a_snapshot_of_a_volume_that_is_not_there(http, force):
    wish = {"volume_id": NOBODY, "force": force, "display_name": "s", "display_description": ""}
    missing = (404, f"Volume {NOBODY} could not be found.")
    assert told(http.post(SNAPSHOTS, json={"snapshot": wish})) == missing


@pytest.mark.parametrize(
    "wish",
    [{}, {"volume_id": None}, {"volume_id": NOBODY, "force": "perhaps"}, {"volume_id": NOBODY, "force": None},
     {"volume_id": NOBODY, "display_name": None}, {"volume_id": NOBODY, "size": 1}],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(http, wish):
    assert http.post(SNAPSHOTS, json={"snapshot": wish}).status_code == 400


def test_a_reader_looks_and_makes_nothing(reader):
    refusal = "Policy doesn't allow os_compute_api:os-volumes:snapshots:{} to be performed."
    wish = {"snapshot": {"volume_id": NOBODY}}
    assert reader.get(SNAPSHOTS).status_code == 200
    assert told(reader.post(SNAPSHOTS, json=wish)) == (403, refusal.format("create"))
    assert told(reader.delete(f"{SNAPSHOTS}/{NOBODY}")) == (403, refusal.format("delete"))


def test_they_are_gone_in_2_36(http):
    gone = (404, "The resource could not be found.")
    for path in SNAPSHOTS, f"{SNAPSHOTS}/detail", f"{SNAPSHOTS}/{NOBODY}":
        assert http.get(path, version="2.35").json != http.get(path, version="2.36").json
        assert told(http.get(path, version="2.36")) == gone
    assert told(http.post(SNAPSHOTS, json={"snapshot": {"volume_id": NOBODY}}, version="2.36")) == gone
    assert told(http.delete(f"{SNAPSHOTS}/{NOBODY}", version="2.36")) == gone


# --- with volumes


@pytest.fixture
def volume(http, cloud):
    made = http.post("/compute/v2.1/os-volumes", json={"volume": {"size": 2}}).json["volume"]["id"]
    cloud.settle()
    return made


def test_a_snapshot_is_cinders_in_novas_words(http, cloud, volume):
    wish = {"volume_id": volume, "display_name": "before", "display_description": "d"}
    shown = http.post(SNAPSHOTS, json={"snapshot": wish}).json["snapshot"]
    assert {key: value for key, value in shown.items() if key not in ("id", "createdAt")} == {
        "volumeId": volume, "status": "creating", "size": 2, "displayName": "before", "displayDescription": "d",
    }  # fmt: skip
    cloud.settle()
    assert http.get(f"{SNAPSHOTS}/{shown['id']}").json["snapshot"]["status"] == "available"
    for path in SNAPSHOTS, f"{SNAPSHOTS}/detail":
        assert [one["id"] for one in http.get(path).json["snapshots"]] == [shown["id"]]
    assert http.delete(f"{SNAPSHOTS}/{shown['id']}").status_code == 202
    cloud.settle()
    assert http.get(SNAPSHOTS).json == {"snapshots": []}


def test_a_volume_in_use_needs_force(http, cloud, volume):
    cloud.store.put(cloud.store.get(Volume, volume).evolve(status="in-use"))
    status, words = told(http.post(SNAPSHOTS, json={"snapshot": {"volume_id": volume}}))
    assert (status, words.split(":")[0]) == (400, "Invalid input received")
    assert http.post(SNAPSHOTS, json={"snapshot": {"volume_id": volume, "force": True}}).status_code == 200


def test_the_quota_is_cinders(http, cloud, volume):
    set_limits(cloud, http.token.project_id, {"snapshots": 0})
    refused = (403, "Quota exceeded for resources: snapshots")
    assert told(http.post(SNAPSHOTS, json={"snapshot": {"volume_id": volume}})) == refused
