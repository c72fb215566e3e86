"""Deactivating images.  What is expected was observed of Glance 33."""

IMAGES = "/image/v2/images"


def test_a_deactivated_image_keeps_its_bytes_to_admins(http, active_image):
    path = f"{IMAGES}/{active_image()}"
    assert http.post(f"{path}/actions/deactivate").status_code == 204
    assert http.get(path).json["status"] == "deactivated"
    refused = http.get(f"{path}/file")
    assert refused.status_code == 403
    assert "The requested image has been deactivated. Image data download is forbidden." in refused.text
    assert http.as_("admin").get(f"{path}/file").content == b"hello"


def test_a_reactivated_image_gives_them_out_again(http, active_image):
    path = f"{IMAGES}/{active_image()}"
    http.post(f"{path}/actions/deactivate")
    assert http.post(f"{path}/actions/reactivate").status_code == 204
    assert http.get(f"{path}/file").content == b"hello"


def test_twice_does_no_harm(http, active_image):
    path = f"{IMAGES}/{active_image()}"
    http.post(f"{path}/actions/deactivate")
    assert http.post(f"{path}/actions/deactivate").status_code == 204


def test_a_queued_image_is_not_deactivated(http, new_image):
    answer = http.post(f"{IMAGES}/{new_image()}/actions/deactivate")
    assert answer.status_code == 403
    assert "Not allowed to deactivate image in status 'queued'" in answer.text


def test_others_do_not_deactivate(http, active_image):
    image_id = active_image(visibility="community")
    assert http.as_("alt_demo").post(f"{IMAGES}/{image_id}/actions/deactivate").status_code == 403
