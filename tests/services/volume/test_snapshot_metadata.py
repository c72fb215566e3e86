"""What users write on snapshots.  Sentences are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from tests.domain.volume.making import settled, snapshot, volume

VERSION = "volume 3.71"


@pytest.fixture
def taken(cloud):
    return settled(cloud, snapshot(cloud, volume(cloud), metadata=(("a", "b"),)))


@pytest.fixture
def url(taken):
    return f"/volume/v3/snapshots/{taken.id}/metadata"


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_post_adds_and_put_replaces(http, url):
    assert http.get(url, version=VERSION).json == {"metadata": {"a": "b"}}
    added = http.post(url, json={"metadata": {"c": "d"}, "passed": "over"}, version=VERSION)
    assert (added.status_code, added.json) == (200, {"metadata": {"a": "b", "c": "d"}})
    assert http.put(url, json={"metadata": {"e": "f"}}, version=VERSION).json == {"metadata": {"e": "f"}}
    assert http.get(url, version=VERSION).json == {"metadata": {"e": "f"}}


def test_a_single_key_is_shown_set_and_deleted(http, url, taken):
    assert http.get(f"{url}/a", version=VERSION).json == {"meta": {"a": "b"}}
    assert http.put(f"{url}/n", json={"meta": {"n": "1"}}, version=VERSION).json == {"meta": {"n": "1"}}
    gone = http.delete(f"{url}/a", version=VERSION)
    assert (gone.status_code, gone.text) == (200, "")
    assert http.get(url, version=VERSION).json == {"metadata": {"n": "1"}}
    told = (404, f"Snapshot {taken.id} has no metadata with key zz.")
    assert sentence(http.get(f"{url}/zz", version=VERSION)) == told
    assert sentence(http.delete(f"{url}/zz", version=VERSION)) == told


# fmt: off
WRONG = [
    ("POST", "",   {"metadata": {"a": 5}}, "Invalid input for field/attribute a. Value: 5. 5 is not of type 'string'"),
    ("POST", "",   {"metadata": None},     "Invalid input for field/attribute metadata. Value: None. None is not of type 'object'"),
    ("POST", "",   {},                     "'metadata' is a required property"),
    ("PUT",  "",   {"metadata": {"a/": ""}},
     "Invalid input for field/attribute metadata. Value: {'a/': ''}. 'a/' does not match any of the regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'"),
    ("PUT",  "/e", {"meta": {"x": "g"}},   "Request body and URI mismatch"),
    ("PUT",  "/e", {"meta": {}},           "Invalid input for field/attribute meta. Value: {}. {} should be non-empty"),
    ("PUT",  "/e", {"meta": {"e": "1", "f": "2"}},
     "Invalid input for field/attribute meta. Value: {'e': '1', 'f': '2'}. {'e': '1', 'f': '2'} has too many properties"),
]
# fmt: on


@pytest.mark.parametrize(("method", "path", "body", "told"), WRONG)
def test_what_is_wrong_changes_nothing(http, url, method, path, body, told):
    assert sentence(http.request(method, url + path, json=body, version=VERSION)) == (400, told)
    assert http.get(url, version=VERSION).json == {"metadata": {"a": "b"}}
