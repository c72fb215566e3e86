"""Imports, and the tasks that they leave.  What is expected was observed of Glance 33."""

from hashlib import sha512

import pytest

from fakecompute.domain.faults import Effect, Rule

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


def test_staged_bytes_become_the_images(cloud, http, staged):
    image_id = staged()
    assert http.post(f"{IMAGES}/{image_id}/import", json=DIRECT).status_code == 202
    assert http.get(f"{IMAGES}/{image_id}").json["status"] == "importing"
    cloud.settle()
    image = http.get(f"{IMAGES}/{image_id}").json
    assert (image["status"], image["size"], image["os_glance_failed_import"]) == ("active", 5, "")
    assert http.get(f"{IMAGES}/{image_id}/file").content == b"hello"


def test_an_import_leaves_a_task(cloud, http, staged):
    image_id = staged()
    http.post(f"{IMAGES}/{image_id}/import", json=DIRECT)
    (task,) = http.get(f"{IMAGES}/{image_id}/tasks").json["tasks"]
    assert (task["status"], task["message"], task["expires_at"]) == ("processing", "", None)
    cloud.settle()
    (task,) = http.get(f"{IMAGES}/{image_id}/tasks").json["tasks"]
    assert (task["type"], task["status"], task["message"]) == ("api_image_import", "success", "Copied 0 MiB")
    assert task["input"] == {"image_id": image_id, "import_req": DIRECT, "backend": [None]}


def test_bytes_of_another_format_fail_the_task(cloud, http, staged):
    image_id = staged(disk_format="qcow2")
    assert http.post(f"{IMAGES}/{image_id}/import", json=DIRECT).status_code == 202
    cloud.settle()
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


WEB = {"method": {"name": "web-download", "uri": "http://example.org/image"}}


def test_what_the_web_would_give_is_simulated(cloud, http, new_image):
    image_id = new_image(disk_format="qcow2")
    assert http.post(f"{IMAGES}/{image_id}/import", json=WEB).status_code == 202
    cloud.settle()
    image = http.get(f"{IMAGES}/{image_id}").json
    content = http.get(f"{IMAGES}/{image_id}/file").content
    assert image["status"] == "active"
    assert (image["size"], image["os_hash_value"]) == (len(content), sha512(content).hexdigest())
    assert image["virtual_size"] >= 1 << 30


def test_the_same_address_gives_the_same_bytes(cloud, http, new_image):
    ids = [new_image(), new_image()]
    for image_id in ids:
        http.post(f"{IMAGES}/{image_id}/import", json=WEB)
    cloud.settle()
    first, second = (http.get(f"{IMAGES}/{image_id}").json["checksum"] for image_id in ids)
    assert first == second


@pytest.mark.scenario({"cloud": {"extends": "default", "settings": {"enabled_import_methods": ["glance-direct"]}}})
def test_a_method_that_the_cloud_has_not_is_unknown(http, new_image):
    answer = http.post(f"{IMAGES}/{new_image()}/import", json=WEB)
    assert answer.status_code == 400
    assert "Unknown import method name 'web-download'." in answer.text


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1/x", "http://localhost/x", "http://example.org:8080/x", "http://nohost.invalid/x", "http://x.y1/"]
)
def test_not_every_address_passes_the_filter(http, new_image, uri):
    body = {"method": {"name": "web-download", "uri": uri}}
    assert http.post(f"{IMAGES}/{new_image()}/import", json=body).status_code == 400


OWN = {"allowed_hosts": ["127.0.0.1"], "allowed_ports": ["8080"]}


@pytest.mark.scenario({"cloud": {"extends": "default", "settings": OWN}})
def test_a_cloud_may_allow_hosts_and_ports_of_its_own(http, new_image):
    body = {"method": {"name": "web-download", "uri": "http://127.0.0.1:8080/x"}}
    assert http.post(f"{IMAGES}/{new_image()}/import", json=body).status_code == 202


def test_two_imports_at_once_are_refused(http, new_image):
    image_id = new_image()
    http.post(f"{IMAGES}/{image_id}/import", json=WEB)
    answer = http.post(f"{IMAGES}/{image_id}/import", json=WEB)
    assert answer.status_code == 409
    assert "Image needs to be in 'queued' state to use 'web-download' method" in answer.text


def test_an_import_that_fails_leaves_the_image_queued(cloud, http, new_image):
    cloud.set_rules([Rule(id="r", name="offline", on="image.web-download.processing", effect=Effect(fail="No"))])
    image_id = new_image()
    http.post(f"{IMAGES}/{image_id}/import", json=WEB)
    cloud.settle()
    assert http.get(f"{IMAGES}/{image_id}").json["status"] == "queued"
    (task,) = http.get(f"{IMAGES}/{image_id}/tasks").json["tasks"]
    assert (task["status"], task["message"]) == ("failure", "No")


def test_an_image_that_is_deleted_meanwhile_fails_the_task(cloud, http, new_image):
    image_id = new_image()
    http.post(f"{IMAGES}/{image_id}/import", json=WEB)
    assert http.delete(f"{IMAGES}/{image_id}").status_code == 204
    cloud.settle()
    (task,) = http.as_("admin").get("/image/v2/tasks").json["tasks"]
    assert task["status"] == "failure"


def test_tasks_are_for_admins(cloud, http, staged):
    http.post(f"{IMAGES}/{staged()}/import", json=DIRECT)
    cloud.settle()
    refused = http.get("/image/v2/tasks")
    assert refused.status_code == 403
    assert "You are not authorized to complete tasks_api_access action." in refused.text
    (task,) = http.as_("admin").get("/image/v2/tasks").json["tasks"]
    assert http.as_("admin").get(f"/image{task['self']}").json["message"] == "Copied 0 MiB"
