"""The cache of images.  Observed of Glance 33."""

import pytest

CACHE = "/image/v2/cache"
ON = {"cloud": {"extends": "default", "settings": {"image_cache": True}}}


def test_without_a_cache_it_is_not_found(http):
    answer = http.as_("admin").get(CACHE)
    assert answer.status_code == 404
    assert "Caching via API is not supported at this site." in answer.text


@pytest.mark.scenario(ON)
def test_an_image_is_fetched_into_the_cache_in_time(cloud, http, active_image):
    image_id, admin = active_image(), http.as_("admin")
    assert admin.put(f"{CACHE}/{image_id}").status_code == 202
    assert admin.get(CACHE).json == {"cached_images": [], "queued_images": [image_id]}
    cloud.settle()
    (cached,) = admin.get(CACHE).json["cached_images"]
    assert (cached["image_id"], cached["size"], cached["hits"]) == (image_id, 5, 0)
    assert admin.delete(f"{CACHE}/{image_id}").status_code == 204
    assert admin.get(CACHE).json == {"cached_images": [], "queued_images": []}


@pytest.mark.scenario(ON)
def test_clearing_the_queue_leaves_what_is_cached(cloud, http, active_image):
    first, second, admin = active_image(), active_image(), http.as_("admin")
    admin.put(f"{CACHE}/{first}")
    cloud.settle()
    admin.put(f"{CACHE}/{second}")
    assert admin.delete(CACHE, headers={"x-image-cache-clear-target": "queue"}).status_code == 204
    state = admin.get(CACHE).json
    assert [entry["image_id"] for entry in state["cached_images"]] == [first]
    assert state["queued_images"] == []


@pytest.mark.scenario(ON)
def test_an_image_without_bytes_is_not_cached(http, new_image):
    assert http.as_("admin").put(f"{CACHE}/{new_image()}").status_code == 400


@pytest.mark.scenario(ON)
def test_a_deleted_image_leaves_the_cache(cloud, http, active_image):
    image_id, admin = active_image(), http.as_("admin")
    admin.put(f"{CACHE}/{image_id}")
    cloud.settle()
    http.delete(f"/image/v2/images/{image_id}")
    assert admin.get(CACHE).json["cached_images"] == []


@pytest.mark.scenario(ON)
def test_a_cache_shows_in_the_versions(http):
    versions = http.get("/image/versions").json["versions"]
    assert [version["id"] for version in versions if version["status"] == "CURRENT"] == ["v2.18"]
