"""How much a project may have: Glance's own quota of bytes, and Keystone's limits."""

import pytest

from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.unified_limits import RegisteredLimit

IMAGES = "/image/v2/images"
BYTES = {"Content-Type": "application/octet-stream"}
SMALL = {"cloud": {"extends": "default", "settings": {"user_storage_quota": 8}}}
UNIFIED = {"cloud": {"extends": "default", "settings": {"use_keystone_limits": True}}}


def upload(http, image_id, content, where="file"):
    return http.put(f"{IMAGES}/{image_id}/{where}", content=content, headers=BYTES)


@pytest.fixture
def limits(cloud):
    service = next(one for one in cloud.store.all(CatalogService) if one.type == "image")

    def set_limits(**limits):
        for name, limit in limits.items():
            facts = {"service_id": service.id, "region_id": service.region, "resource_name": name}
            cloud.store.put(RegisteredLimit(id=name, default_limit=limit, **facts))

    return set_limits


@pytest.mark.scenario(SMALL)
def test_more_bytes_than_the_quota_are_refused(http, new_image):
    assert upload(http, new_image(), b"hello").status_code == 204
    refused = upload(http, new_image(), b"world")
    assert refused.status_code == 413
    assert "The size of the data 5 will exceed the limit. 3 bytes remaining." in refused.text


@pytest.mark.scenario(SMALL)
def test_a_deleted_image_makes_room(http, new_image):
    image_id = new_image()
    upload(http, image_id, b"hello")
    http.delete(f"{IMAGES}/{image_id}")
    assert upload(http, new_image(), b"world").status_code == 204


@pytest.mark.scenario(UNIFIED)
def test_usage_tells_each_limit(http, limits, new_image):
    limits(image_size_total=10, image_stage_total=20, image_count_total=30, image_count_uploading=40)
    upload(http, new_image(), bytes(1 << 20))
    upload(http, new_image(), bytes(2 << 20), "stage")
    assert http.get("/image/v2/info/usage").json["usage"] == {
        "image_size_total": {"limit": 10, "usage": 1},
        "image_stage_total": {"limit": 20, "usage": 2},
        "image_count_total": {"limit": 30, "usage": 2},
        "image_count_uploading": {"limit": 40, "usage": 1},
    }


@pytest.mark.scenario(UNIFIED)
def test_one_image_too_many_is_refused(http, limits, new_image):
    limits(image_count_total=1)
    new_image()
    refused = http.post(IMAGES, json={"name": "another"})
    assert refused.status_code == 413
    assert "Resource image_count_total is over limit of 1 due to current usage 1 and delta 1" in refused.text


@pytest.mark.scenario(SMALL)
def test_an_import_of_more_bytes_than_the_quota_fails(cloud, http, new_image):
    image_id = new_image()
    wish = {"method": {"name": "web-download", "uri": "http://downloads.example.org/a"}}
    assert http.post(f"{IMAGES}/{image_id}/import", json=wish).status_code == 202
    cloud.settle()
    (task,) = http.get(f"{IMAGES}/{image_id}/tasks").json["tasks"]
    assert task["status"] == "failure"
    assert "exceeds the quota" in task["message"]
    assert http.get(f"{IMAGES}/{image_id}").json["status"] == "queued"
