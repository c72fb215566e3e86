"""Imports, and the tasks that they leave.  What is expected was observed of Glance 33."""

import pytest

IMAGES = "/image/v2/images"
DIRECT = {"method": {"name": "glance-direct"}}


@pytest.fixture
def staged(http, new_image):
    def make(content=b"hello", **fields):
        image_id = new_image(**fields)
        headers = {"Content-Type": "application/octet-stream"}
        assert http.put(f"{IMAGES}/{image_id}/stage", content=content, headers=headers).status_code == 204
        return image_id

    return make


def test_staged_bytes_become_the_images(http, staged):
    image_id = staged()
    assert http.post(f"{IMAGES}/{image_id}/import", json=DIRECT).status_code == 202
    image = http.get(f"{IMAGES}/{image_id}").json
    assert (image["status"], image["size"], image["os_glance_failed_import"]) == ("active", 5, "")
    assert http.get(f"{IMAGES}/{image_id}/file").content == b"hello"


def test_an_import_leaves_a_task(http, staged):
    image_id = staged()
    http.post(f"{IMAGES}/{image_id}/import", json=DIRECT)
    (task,) = http.get(f"{IMAGES}/{image_id}/tasks").json["tasks"]
    assert (task["type"], task["status"], task["message"]) == ("api_image_import", "success", "Copied 0 MiB")
    assert task["input"] == {"image_id": image_id, "import_req": DIRECT, "backend": [None]}


def test_bytes_of_another_format_fail_the_task(http, staged):
    image_id = staged(disk_format="qcow2")
    assert http.post(f"{IMAGES}/{image_id}/import", json=DIRECT).status_code == 202
    assert http.get(f"{IMAGES}/{image_id}").json["status"] == "queued"
    (task,) = http.get(f"{IMAGES}/{image_id}/tasks").json["tasks"]
    assert task["status"] == "failure"


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (DIRECT, 409, "Image needs to be staged before 'glance-direct' method can be used"),
        (
            {"method": {"name": "copy-image"}},
            409,
            "Only images with status active can be targeted for copying",
        ),
        ({"method": {"name": "zork"}}, 400, "Unknown import method name 'zork'."),
        ({"method": {}}, 400, "Import request requires a 'name' field."),
        ({}, 400, "Import request requires a 'method' field."),
        ({**DIRECT, "all_stores": "x"}, 400, "'all_stores' must be boolean value only"),
        ({"method": {"name": "web-download"}}, 400, "URI for web-download does not pass filtering: None"),
        (
            {"method": {"name": "web-download", "uri": "ftp://example.org/x"}},
            400,
            "URI for web-download does not pass filtering: ftp://example.org/x",
        ),
    ],
)
def test_what_is_refused(http, new_image, body, status, sentence):
    answer = http.post(f"{IMAGES}/{new_image()}/import", json=body)
    assert answer.status_code == status
    assert sentence in answer.text


def test_an_active_image_is_not_imported_into(http, active_image):
    answer = http.post(f"{IMAGES}/{active_image()}/import", json=DIRECT)
    assert answer.status_code == 409
    assert "Image with status active cannot be target for import" in answer.text


def test_nothing_is_fetched_from_the_network(cloud, http, new_image):
    image_id = new_image()
    before = cloud.digest()
    body = {"method": {"name": "web-download", "uri": "http://example.org/image"}}
    assert http.post(f"{IMAGES}/{image_id}/import", json=body).status_code == 501
    assert cloud.digest() == before


def test_tasks_are_for_admins(http, staged):
    http.post(f"{IMAGES}/{staged()}/import", json=DIRECT)
    refused = http.get("/image/v2/tasks")
    assert refused.status_code == 403
    assert "You are not authorized to complete tasks_api_access action." in refused.text
    (task,) = http.as_("admin").get("/image/v2/tasks").json["tasks"]
    assert http.as_("admin").get(f"/image{task['self']}").json["message"] == "Copied 0 MiB"
