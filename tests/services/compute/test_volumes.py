"""/os-volumes where Cinder knows of no volume."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.faces.client import Http

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


@pytest.mark.parametrize("size", [1, "10"])
def test_new_volumes_are_not_implemented(http, size):
    wish = {
        "size": size, "display_name": "data", "display_description": "", "volume_type": "fast",
        "availability_zone": "nova", "metadata": {"k": ["v"]},
    }  # fmt: skip
    assert http.post(VOLUMES, json={"volume": wish}).status_code == 501


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
