"""/volumes/{id}/metadata.  Sentences are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from tests.domain.volume.making import volume

NEWEST = "volume 3.71"


@pytest.fixture
def url(cloud):
    return f"/volume/v3/volumes/{volume(cloud, metadata=(('b', '1'), ('a', '2'))).id}/metadata"


def message(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def told(http, url):
    return http.get(url, version="volume 3.14").json["metadata"]


def test_post_adds(http, url):
    answer = http.post(url, json={"metadata": {"c": "3"}}, version=NEWEST)
    assert answer.json == {"metadata": {"b": "1", "a": "2", "c": "3"}}


def test_put_replaces(http, url):
    assert http.put(url, json={"metadata": {"c": "3"}}, version=NEWEST).json == {"metadata": {"c": "3"}}
    assert told(http, url) == {"c": "3"}


def test_an_item_is_shown_set_and_deleted(http, url):
    assert http.get(f"{url}/a", version=NEWEST).json == {"meta": {"a": "2"}}
    assert http.put(f"{url}/a", json={"meta": {"a": "x"}}, version=NEWEST).json == {"meta": {"a": "x"}}
    deleted = http.delete(f"{url}/a", version=NEWEST)
    assert (deleted.status_code, deleted.content) == (200, b"")
    assert told(http, url) == {"b": "1"}


def test_a_key_that_is_not_there(http, url):
    id = url.split("/")[-2]
    assert message(http.get(f"{url}/x", version=NEWEST)) == (404, f"Volume {id} has no metadata with key x.")


def test_an_item_is_called_as_its_address_says(http, url):
    refused = http.put(f"{url}/a", json={"meta": {"b": "x"}}, version=NEWEST)
    assert message(refused) == (400, "Request body and URI mismatch")


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"k": 1}, "Invalid input for field/attribute k. Value: 1. 1 is not of type 'string'"),
        ({"": "x"}, "Invalid input for field/attribute metadata. Value: {'': 'x'}. '' does not match any of the"
                    " regexes: '^[a-zA-Z0-9-_:. /]{1,255}$'"),
    ],
)  # fmt: skip
def test_keys_and_values_have_a_form(http, url, metadata, words):
    assert message(http.post(url, json={"metadata": metadata}, version=NEWEST)) == (400, words)


def test_who_was_slower_is_told(http, url):
    etag = http.get(url, version="volume 3.15").headers["Etag"]
    change = {"metadata": {"c": "3"}}
    assert http.put(url, json=change, version=NEWEST, headers={"If-Match": f'"{etag}"'}).status_code == 200
    assert http.put(url, json=change, version=NEWEST, headers={"If-Match": f'"{etag}"'}).status_code == 412


def test_a_volume_that_is_uploaded_keeps_its_metadata(cloud, http):
    busy = cloud.store.put(volume(cloud).evolve(status="uploading"))
    refused = http.post(f"/volume/v3/volumes/{busy.id}/metadata", json={"metadata": {"a": "b"}}, version=NEWEST)
    assert message(refused) == (
        400,
        "Invalid volume: Updating volume metadata is not allowed for volumes in uploading status.",
    )
