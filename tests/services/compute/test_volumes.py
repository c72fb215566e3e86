"""/os-volumes where Cinder knows of no volume."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain.servers import boot
from fakecompute.wsgi.client import Http

VOLUMES = "/compute/v2.1/os-volumes"
NOBODY = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


def told(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


@pytest.fixture
def reader():
    users = [{"name": "reader", "projects": {"demo": ["reader"]}}]
    return Http(Cloud({"extends": "default", "users": users}), "reader", "demo")


@pytest.mark.parametrize("path", [VOLUMES, f"{VOLUMES}/detail"])
def test_there_are_none(http, path):
    assert http.get(path, params={"limit": "1", "offset": "5", "other": "x"}).json == {"volumes": []}


@pytest.mark.parametrize("path", [VOLUMES, f"{VOLUMES}/detail"])
@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize("value", ["-1", "x", ""])
def test_a_page_is_counted_in_numbers(http, path, name, value):
    assert http.get(path, params={name: value}).status_code == 400


def test_a_volume_that_is_not_there(http):
    missing = (404, f"Volume {NOBODY} could not be found.")
    assert told(http.get(f"{VOLUMES}/{NOBODY}")) == missing
    assert told(http.delete(f"{VOLUMES}/{NOBODY}")) == missing


def test_a_volume_of_a_snapshot_that_is_not_there(http):
    wish = {"size": 1, "snapshot_id": NOBODY}
    assert told(http.post(VOLUMES, json={"volume": wish})) == (404, f"Snapshot {NOBODY} could not be found.")


# --- with volumes


def made(http, **wish):
    answer = http.post(VOLUMES, json={"volume": {"size": 1, **wish}})
    assert answer.status_code == 200, answer.text
    return answer


def test_a_new_volume_is_cinders_in_novas_words(http, cloud):
    answer = made(http, size="2", display_name="data", display_description="d", metadata={"k": "v"})
    shown = answer.json["volume"]
    assert answer.headers["Location"].endswith(f"/compute/v2.1/os-volumes/{shown['id']}")
    assert {key: value for key, value in shown.items() if key not in ("id", "createdAt")} == {
        "status": "creating", "size": 2, "availabilityZone": "nova", "attachments": [{}], "displayName": "data",
        "displayDescription": "d", "volumeType": "__DEFAULT__", "snapshotId": None, "metadata": {"k": "v"},
    }  # fmt: skip
    cloud.settle()
    assert http.get(f"{VOLUMES}/{shown['id']}").json["volume"]["status"] == "available"
    assert http.get(f"/volume/v3/volumes/{shown['id']}", version="volume 3.0").json["volume"]["name"] == "data"


def test_the_newest_stands_first_and_pages_are_cut_by_position(http, cloud):
    ids = [made(http).json["volume"]["id"] for _ in range(3)]
    assert [one["id"] for one in http.get(VOLUMES).json["volumes"]] == ids[::-1]
    page = http.get(f"{VOLUMES}/detail", params={"limit": 1, "offset": 1}).json["volumes"]
    assert [one["id"] for one in page] == [ids[1]]


def test_a_volume_on_a_server_names_it(http, cloud):
    id = made(http).json["volume"]["id"]
    server = boot(cloud, name="web").id
    cloud.settle()
    http.post(f"/compute/v2.1/servers/{server}/os-volume_attachments", json={"volumeAttachment": {"volumeId": id}})
    cloud.settle()
    (attachment,) = http.get(f"{VOLUMES}/{id}").json["volume"]["attachments"]
    assert attachment == {"id": id, "volumeId": id, "serverId": server, "device": "/dev/vdb"}
    status, words = told(http.delete(f"{VOLUMES}/{id}"))
    assert (status, words.split(":")[0]) == (400, "Invalid input received")


def test_a_volume_is_deleted(http, cloud):
    id = made(http).json["volume"]["id"]
    cloud.settle()
    assert http.delete(f"{VOLUMES}/{id}").status_code == 202
    cloud.settle()
    assert http.get(f"{VOLUMES}/{id}").status_code == 404


def test_a_volume_of_a_snapshot(http, cloud):
    id = made(http).json["volume"]["id"]
    cloud.settle()
    snapshot = http.post("/compute/v2.1/os-snapshots", json={"snapshot": {"volume_id": id}}).json["snapshot"]["id"]
    cloud.settle()
    assert made(http, snapshot_id=snapshot).json["volume"]["snapshotId"] == snapshot


def test_what_cinder_has_against_it(http, cloud):
    assert http.post(VOLUMES, json={"volume": {"size": 1, "metadata": {"k": ["v"]}}}).status_code == 400
    assert http.post(VOLUMES, json={"volume": {"size": 1, "volume_type": "fast"}}).status_code == 404
    status, words = told(http.post(VOLUMES, json={"volume": {"size": 1, "availability_zone": "moon"}}))
    assert (status, words[:76]) == (
        400, "Invalid input received: Availability zone 'moon' is invalid. (HTTP 400) (Req",
    )  # fmt: skip
    for _ in range(10):
        made(http)
    assert told(http.post(VOLUMES, json={"volume": {"size": 1}}))[0] == 403


@pytest.mark.parametrize(
    "wish",
    [{}, {"size": 0}, {"size": "0"}, {"size": "x"}, {"size": None}, {"size": 1, "snapshot_id": None},
     {"size": 1, "display_name": 5}, {"size": 1, "metadata": "k"}, {"size": 1, "image": NOBODY}],
)  # fmt: skip
def test_what_is_no_volume_is_refused(http, wish):
    assert http.post(VOLUMES, json={"volume": wish}).status_code == 400


def test_a_reader_looks_and_makes_nothing(http, reader):
    refusal = "Policy doesn't allow os_compute_api:os-volumes:{} to be performed."
    assert reader.get(VOLUMES).status_code == 200
    assert told(reader.post(VOLUMES, json={"volume": {"size": 1}})) == (403, refusal.format("create"))
    assert told(reader.delete(f"{VOLUMES}/{NOBODY}")) == (403, refusal.format("delete"))


def test_they_are_gone_in_2_36(http):
    gone = (404, "The resource could not be found.")
    for path in VOLUMES, f"{VOLUMES}/detail", f"{VOLUMES}/{NOBODY}":
        assert http.get(path, version="2.35").json != http.get(path, version="2.36").json
        assert told(http.get(path, version="2.36")) == gone
    assert told(http.post(VOLUMES, json={"volume": {"size": 1}}, version="2.36")) == gone
    assert told(http.delete(f"{VOLUMES}/{NOBODY}", version="2.36")) == gone
