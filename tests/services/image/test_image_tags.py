"""Tags of images, one by one.  What is expected was observed of Glance 33."""

IMAGES = "/image/v2/images"


def test_a_tag_is_added_once(http, new_image):
    path = f"{IMAGES}/{new_image()}"
    assert http.put(f"{path}/tags/a").status_code == 204
    assert http.put(f"{path}/tags/a").status_code == 204
    assert http.get(path).json["tags"] == ["a"]


def test_a_tag_is_removed_once(http, new_image):
    path = f"{IMAGES}/{new_image(tags=['a', 'b'])}"
    assert http.delete(f"{path}/tags/a").status_code == 204
    assert http.delete(f"{path}/tags/a").status_code == 404
    assert http.get(path).json["tags"] == ["b"]


def test_a_tag_has_255_characters_at_most(http, new_image):
    answer = http.put(f"{IMAGES}/{new_image()}/tags/{'x' * 256}")
    assert answer.status_code == 400
    assert "is too long" in answer.text


def test_an_image_that_is_not_there(http):
    answer = http.put(f"{IMAGES}/nope/tags/a")
    assert answer.status_code == 404
    assert "Image nope not found." in answer.text


def test_others_do_not_tag(http, new_image):
    image_id = new_image(visibility="community")
    assert http.as_("alt_demo").put(f"{IMAGES}/{image_id}/tags/a").status_code == 403


def test_there_is_a_limit_to_tags(http, new_image):
    image_id = new_image(tags=[str(number) for number in range(128)])
    assert http.put(f"{IMAGES}/{image_id}/tags/more").status_code == 413
