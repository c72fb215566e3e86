"""Locations, by their own calls and in JSON patches.  Observed of Glance 33."""

import pytest

IMAGES = "/image/v2/images"
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
URL = {"url": "http://example.org/image"}
WEB = {"cloud": {"extends": "default", "settings": {"enabled_backends": ["one:file", "web:http"]}}}
SHOWN = {"cloud": {"extends": "default", "settings": {"show_multiple_locations": True}}}


def patch(http, image_id, *changes):
    return http.patch(f"{IMAGES}/{image_id}", json=list(changes), headers=PATCH)


def place(url):
    return {"op": "add", "path": "/locations/-", "value": {"url": url, "metadata": {}}}


def test_where_bytes_are_is_for_services(http, active_image):
    image_id = active_image()
    refused = http.get(f"{IMAGES}/{image_id}/locations")
    assert refused.status_code == 403
    assert "You are not authorized to complete fetch_image_location action." in refused.text
    (location,) = http.as_("admin").get(f"{IMAGES}/{image_id}/locations").json
    assert location["url"].endswith(image_id)
    assert location["metadata"] == {}


def test_without_a_web_store_nobody_points_at_the_web(http, new_image):
    answer = http.post(f"{IMAGES}/{new_image()}/locations", json=URL)
    assert answer.status_code == 403
    assert "http store must be enabled to use location API by normal user." in answer.text


@pytest.mark.scenario(WEB)
def test_an_image_may_be_of_bytes_elsewhere(cloud, http, new_image):
    image_id = new_image()
    assert http.post(f"{IMAGES}/{image_id}/locations", json=URL).status_code == 202
    cloud.settle()
    image = http.get(f"{IMAGES}/{image_id}").json
    assert (image["status"], image["stores"]) == ("active", "web")
    assert http.as_("admin").get(f"{IMAGES}/{image_id}/locations").json == [{**URL, "metadata": {"store": "web"}}]


@pytest.mark.scenario(WEB)
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "'url' is a required property"),
        ({"url": 5}, "5 is not of type 'string'"),
        ({"url": "http://127.0.0.1/x"}, "URI for add location does not pass filtering: http://127.0.0.1/x"),
        ({**URL, "validation_data": {"os_hash_value": "zz"}}, "os_hash_value (zz) is not a valid hexadecimal value"),
    ],
)
def test_bodies_that_are_refused(http, new_image, body, sentence):
    answer = http.post(f"{IMAGES}/{new_image()}/locations", json=body)
    assert answer.status_code == 400
    assert sentence in answer.text


@pytest.mark.scenario(WEB)
def test_only_a_queued_image_is_pointed_elsewhere(http, active_image):
    answer = http.post(f"{IMAGES}/{active_image()}/locations", json=URL)
    assert answer.status_code == 409
    assert "It's not allowed to add locations if image status is active." in answer.text


@pytest.mark.scenario(SHOWN)
def test_a_patch_gives_an_image_its_bytes(http, new_image):
    image_id = new_image()
    assert http.get(f"{IMAGES}/{image_id}").json["locations"] == []
    image = patch(http, image_id, place("http://example.org/a")).json
    assert (image["status"], [one["url"] for one in image["locations"]]) == ("active", ["http://example.org/a"])


@pytest.mark.scenario(SHOWN)
def test_the_last_location_stays(http, active_image):
    image_id, admin = active_image(), http.as_("admin")
    remove = {"op": "remove", "path": "/locations/0"}
    assert patch(http, image_id, remove).status_code == 403
    refused = patch(admin, image_id, remove)
    assert refused.status_code == 403
    assert "Cannot remove last location in the image." in refused.text
    patch(http, image_id, place("http://example.org/b"))
    assert [one["url"] for one in patch(admin, image_id, remove).json["locations"]] == ["http://example.org/b"]


@pytest.mark.scenario(SHOWN)
@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"op": "replace", "path": "/locations", "value": []}, 403, "Cannot set locations to empty list."),
        (place("file:///etc/passwd"), 400, "Invalid location"),
        ({**place("http://x/y"), "path": "/locations/9"}, 400, "Invalid position for adding a location."),
    ],
)
def test_changes_that_are_refused(http, active_image, change, status, sentence):
    answer = patch(http, active_image(), change)
    assert answer.status_code == status
    assert sentence in answer.text


@pytest.mark.scenario(
    {"cloud": {"extends": "default", "settings": {"show_multiple_locations": True, "user_storage_quota": 8}}}
)
def test_a_location_counts_the_bytes_once_more(http, new_image):
    image_id = new_image()
    content = {"content": b"hello", "headers": {"Content-Type": "application/octet-stream"}}
    assert http.put(f"{IMAGES}/{image_id}/file", **content).status_code == 204
    refused = patch(http, image_id, place("http://example.org/b"))
    assert refused.status_code == 413
    assert "The size of the data 5 will exceed the limit. 3 bytes remaining." in refused.text
    assert patch(http, new_image(), place("http://example.org/c")).status_code == 413
