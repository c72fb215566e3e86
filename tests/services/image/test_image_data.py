"""Bytes of images, in and out.  What is expected was observed of Glance 33."""

from hashlib import md5, sha512

import pytest

IMAGES = "/image/v2/images"
BYTES = {"Content-Type": "application/octet-stream"}
QCOW2 = b"QFI\xfb\0\0\0\2" + bytes(16) + (112 << 20).to_bytes(8, "big") + bytes(480)


def upload(client, image_id, content=b"hello", **headers):
    return client.put(f"{IMAGES}/{image_id}/file", content=content, headers={**BYTES, **headers})


def test_an_uploaded_image_is_active_and_true_to_its_bytes(http, new_image):
    image_id = new_image()
    assert upload(http, image_id).status_code == 204
    image = http.get(f"{IMAGES}/{image_id}").json
    assert (image["status"], image["size"], image["virtual_size"]) == ("active", 5, 5)
    assert image["checksum"] == md5(b"hello").hexdigest()
    assert (image["os_hash_algo"], image["os_hash_value"]) == ("sha512", sha512(b"hello").hexdigest())


def test_what_goes_in_comes_out(http, active_image):
    answer = http.get(f"{IMAGES}/{active_image()}/file")
    assert answer.content == b"hello"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-MD5"] == md5(b"hello").hexdigest()


def test_the_default_images_are_true_to_their_bytes(http):
    for image in http.get(IMAGES).json["images"]:
        content = http.get(f"{IMAGES}/{image['id']}/file").content
        assert (image["size"], image["os_hash_value"]) == (len(content), sha512(content).hexdigest())


def test_a_queued_image_has_no_bytes(http, new_image):
    answer = http.get(f"{IMAGES}/{new_image()}/file")
    assert (answer.status_code, answer.content) == (204, b"")


def test_bytes_are_uploaded_once(http, active_image):
    answer = upload(http, active_image())
    assert answer.status_code == 409
    assert "Image status transition from active to saving is not allowed" in answer.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"disk_format": None}, "Property disk_format must be set prior to saving data."),
        (
            {"disk_format": None, "container_format": None},
            "Properties disk_format, container_format must be set prior to saving data.",
        ),
    ],
)
def test_the_formats_have_to_be_known(http, new_image, fields, sentence):
    answer = upload(http, new_image(**fields))
    assert answer.status_code == 400
    assert sentence in answer.text


def test_only_bytes_are_taken(http, new_image):
    answer = http.put(f"{IMAGES}/{new_image()}/file", json={})
    assert answer.status_code == 415
    assert "The request media type application/json is not supported by this server." in answer.text
    assert "Invalid content type application/json" in answer.text


def test_a_qcow2_tells_the_size_of_its_disk(http, new_image):
    image_id = new_image(disk_format="qcow2")
    assert upload(http, image_id, QCOW2).status_code == 204
    assert http.get(f"{IMAGES}/{image_id}").json["virtual_size"] == 112 << 20


def test_bytes_have_to_be_of_the_format(cloud, http, new_image):
    image_id = new_image(disk_format="qcow2")
    before = cloud.digest()
    answer = upload(http, image_id)
    assert answer.status_code == 415
    assert "Image disk_format qcow2 does not match stream data raw" in answer.text
    assert cloud.digest() == before


def test_raw_takes_anything(http, new_image):
    image_id = new_image(disk_format="raw")
    upload(http, image_id, QCOW2)
    assert http.get(f"{IMAGES}/{image_id}").json["virtual_size"] == len(QCOW2)


@pytest.mark.scenario({"release": "2024.2"})
def test_older_releases_take_any_bytes(http, new_image):
    image_id = new_image(disk_format="qcow2")
    assert upload(http, image_id).status_code == 204
    assert http.get(f"{IMAGES}/{image_id}").json["virtual_size"] is None


def test_bytes_in_a_container_are_not_looked_into(http, new_image):
    image_id = new_image(disk_format="qcow2", container_format="ova")
    assert upload(http, image_id).status_code == 204


def test_the_told_size_has_to_be_true(http, new_image):
    answer = upload(http, new_image(), **{"X-OpenStack-Image-Size": "99"})
    assert answer.status_code == 400
    assert "Size mismatch: expected 99 bytes, got 5 bytes" in answer.text


@pytest.mark.parametrize(
    ("wanted", "content", "shown"),
    [
        ("bytes=1-2", b"el", "bytes 1-2/5"),
        ("bytes=-2", b"lo", "bytes 3-4/5"),
        ("bytes=-20", b"hello", "bytes 0-4/5"),
        ("bytes=3-99", b"lo", "bytes 3-4/5"),
        ("bytes=4-", b"o", "bytes 4-4/5"),
    ],
)
def test_a_part_of_the_bytes(http, active_image, wanted, content, shown):
    answer = http.get(f"{IMAGES}/{active_image()}/file", headers={"Range": wanted})
    assert (answer.status_code, answer.content, answer.headers["Content-Range"]) == (206, content, shown)


@pytest.mark.parametrize(
    ("wanted", "status", "sentence"),
    [
        ("bytes=5-", 416, "Start position MUST be in the inclusive range [0, 4]."),
        ("foo", 416, "Invalid Range header."),
        ("bytes=1-2,3-4", 400, "Requests with multiple ranges are not supported in Glance."),
    ],
)
def test_parts_that_are_not_there(http, active_image, wanted, status, sentence):
    answer = http.get(f"{IMAGES}/{active_image()}/file", headers={"Range": wanted})
    assert answer.status_code == status
    assert sentence in answer.text


def test_others_do_not_upload(http, new_image):
    answer = upload(http, new_image(http.as_("alt_demo"), visibility="community"))
    assert answer.status_code == 403
    assert "You are not authorized to complete upload_image action." in answer.text


def test_staged_bytes_are_not_to_be_had(http, new_image):
    image_id = new_image()
    staged = http.put(f"{IMAGES}/{image_id}/stage", content=b"hello", headers=BYTES)
    assert staged.status_code == 204
    image = http.get(f"{IMAGES}/{image_id}").json
    assert (image["status"], image["size"], image["checksum"]) == ("uploading", 5, None)
    assert http.get(f"{IMAGES}/{image_id}/file").status_code == 204


def test_bytes_are_staged_once(http, new_image):
    image_id = new_image()
    http.put(f"{IMAGES}/{image_id}/stage", content=b"hello", headers=BYTES)
    answer = http.put(f"{IMAGES}/{image_id}/stage", content=b"hello", headers=BYTES)
    assert answer.status_code == 409
    assert "Image status transition from uploading to uploading is not allowed" in answer.text


def test_an_image_of_several_pieces_comes_back_whole(http, new_image):
    content = bytes(range(256)) * (3 << 12) + b"tail"
    path = f"{IMAGES}/{new_image()}/file"
    assert http.put(path, content=content, headers={"Content-Type": "application/octet-stream"}).status_code == 204
    answer = http.get(path)
    assert (answer.content == content, answer.headers["Content-Length"]) == (True, str(len(content)))
