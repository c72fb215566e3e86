"""Showing and deleting images.  What is expected was observed of Glance 33."""

IMAGES = "/image/v2/images"


def test_a_cloud_begins_with_public_images(http):
    names = {image["name"] for image in http.get(IMAGES).json["images"]}
    assert names == {"cirros-0.6.3-x86_64-disk", "cirros-0.5.3-x86_64-disk", "ubuntu-24.04-server"}


def test_an_image_shows_exactly_glances_fields(http, new_image):
    assert set(http.get(f"{IMAGES}/{new_image()}").json) == set(
        "name disk_format container_format visibility size virtual_size status checksum protected min_ram min_disk"
        " owner os_hidden os_hash_algo os_hash_value id created_at updated_at tags self file schema".split()
    )


def test_what_is_not_there_is_an_html_page_for_a_browser(http):
    answer = http.get(f"{IMAGES}/nope", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert "<h1>404 Not Found</h1>\n  No image found with ID nope<br /><br />" in answer.text


def test_what_is_not_there_is_json_for_the_sdk(http):
    answer = http.get(f"{IMAGES}/nope", headers={"Accept": "application/json"})
    assert answer.json == {
        "message": "No image found with ID nope<br /><br />\n\n\n",
        "code": "404 Not Found",
        "title": "Not Found",
    }


def test_another_projects_image_is_not_there(http, new_image):
    assert http.as_("alt_demo").get(f"{IMAGES}/{new_image()}").status_code == 404


def test_a_community_image_is_shown_to_everybody(http, new_image):
    image_id = new_image(visibility="community")
    assert http.as_("alt_demo").get(f"{IMAGES}/{image_id}").status_code == 200


def test_an_admin_sees_every_image(http, new_image):
    assert http.as_("admin").get(f"{IMAGES}/{new_image()}").status_code == 200


def test_a_method_that_is_not_there_tells_the_others(http):
    answer = http.put(IMAGES, headers={"Accept": "text/html"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"
    assert "The method PUT is not allowed for this resource." in answer.text


def test_a_get_wants_no_body(http, new_image):
    answer = http.get(f"{IMAGES}/{new_image()}", json={})
    assert answer.status_code == 400
    assert "A body is not expected with this request." in answer.text


def test_a_deleted_image_is_gone(http, new_image):
    image_id = new_image()
    assert http.delete(f"{IMAGES}/{image_id}").status_code == 204
    assert http.get(f"{IMAGES}/{image_id}").status_code == 404


def test_deleting_twice_finds_nothing(http, new_image):
    image_id = new_image()
    http.delete(f"{IMAGES}/{image_id}")
    answer = http.delete(f"{IMAGES}/{image_id}")
    assert answer.status_code == 404
    assert f"Failed to find image {image_id} to delete" in answer.text


def test_a_protected_image_stays(http, new_image):
    image_id = new_image(protected=True)
    answer = http.delete(f"{IMAGES}/{image_id}")
    assert answer.status_code == 403
    assert f"Image {image_id} is protected and cannot be deleted." in answer.text


def test_a_public_image_is_not_deleted_by_others(http):
    image_id = http.get(IMAGES).json["images"][0]["id"]
    answer = http.delete(f"{IMAGES}/{image_id}")
    assert answer.status_code == 403
    assert "You are not authorized to complete delete_image action." in answer.text
