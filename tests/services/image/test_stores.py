"""Several stores: where bytes go, where they are copied to and taken from.  Observed of Glance 33."""

import pytest

IMAGES, STORES = "/image/v2/images", "/image/v2/stores"
BYTES = {"Content-Type": "application/octet-stream"}
SETTINGS = {"enabled_backends": ["fast:rbd", "slow:file", "web:http"], "show_multiple_locations": True}

pytestmark = pytest.mark.scenario({"cloud": {"extends": "default", "settings": SETTINGS}})


def upload(http, image_id, store):
    headers = {**BYTES, "X-Image-Meta-Store": store}
    return http.put(f"{IMAGES}/{image_id}/file", content=b"hello", headers=headers)


def copy(http, image_id, **body):
    return http.post(f"{IMAGES}/{image_id}/import", json={"method": {"name": "copy-image"}, **body})


def test_a_new_image_tells_which_stores_there_are(http):
    answer = http.post(IMAGES, json={"name": "a"})
    assert answer.headers["OpenStack-image-store-ids"] == "fast,slow,web"


def test_bytes_go_to_the_first_store(http, active_image):
    image = http.get(f"{IMAGES}/{active_image()}").json
    assert image["stores"] == "fast"
    assert [place["metadata"] for place in image["locations"]] == [{"store": "fast"}]


def test_bytes_go_where_the_client_wants_them(http, new_image):
    image_id = new_image()
    assert upload(http, image_id, "slow").status_code == 204
    assert http.get(f"{IMAGES}/{image_id}").json["stores"] == "slow"


@pytest.mark.parametrize(("store", "status"), [("zork", 400), ("web", 410)])
def test_not_every_store_takes_bytes(http, new_image, store, status):
    assert upload(http, new_image(), store).status_code == status


def test_an_admin_copies_an_image_to_another_store(cloud, http, active_image):
    image_id = active_image()
    assert copy(http, image_id, stores=["slow"]).status_code == 403
    assert copy(http.as_("admin"), image_id, stores=["slow"]).status_code == 202
    assert http.get(f"{IMAGES}/{image_id}").json["status"] == "active"
    cloud.settle()
    assert http.get(f"{IMAGES}/{image_id}").json["stores"] == "fast,slow"


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"stores": ["fast"]}, 400, "Image is already present at store 'fast'"),
        ({"stores": ["zork"]}, 409, "Store for identifier zork not found"),
        ({"stores": ["slow"], "all_stores": True}, 400, "All_stores parameter can't be used with"),
    ],
)
def test_what_is_not_copied(http, active_image, body, status, sentence):
    answer = copy(http.as_("admin"), active_image(), **body)
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_copy_is_taken_away_but_not_the_last(cloud, http, active_image):
    image_id, admin = active_image(), http.as_("admin")
    copy(admin, image_id, all_stores=True)
    cloud.settle()
    assert http.delete(f"{STORES}/fast/{image_id}").status_code == 403
    assert admin.delete(f"{STORES}/fast/{image_id}").status_code == 204
    assert http.get(f"{IMAGES}/{image_id}").json["stores"] == "slow"
    last = admin.delete(f"{STORES}/slow/{image_id}")
    assert last.status_code == 403
    assert "Cannot delete image data from the only store containing it." in last.text


def test_a_store_that_is_not_there_is_a_conflict(http, active_image):
    assert http.as_("admin").delete(f"{STORES}/zork/{active_image()}").status_code == 409
