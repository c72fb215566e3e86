"""Creating images.  What is expected was observed of Glance 33."""

import pytest

IMAGES = "/image/v2/images"
ID = "12345678-1234-1234-1234-123456789012"


def test_a_new_image_is_queued_shared_and_ones_own(cloud, http):
    image = http.post(IMAGES, json={"name": "a"}).json
    assert (image["status"], image["visibility"], image["owner"]) == (
        "queued",
        "shared",
        http.token.project_id,
    )


def test_the_answer_tells_where_it_is_and_how_bytes_get_in(http):
    answer = http.post(IMAGES, json={"id": ID})
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/image/v2/images/{ID}")
    assert answer.headers["OpenStack-image-import-methods"] == "glance-direct,web-download,copy-image"


def test_unknown_keys_are_custom_properties(http):
    assert http.post(IMAGES, json={"os_distro": "debian"}).json["os_distro"] == "debian"


def test_tags_are_a_set(http):
    assert http.post(IMAGES, json={"tags": ["a", "b", "a"]}).json["tags"] == ["a", "b"]


def test_an_id_is_given_once(http):
    http.post(IMAGES, json={"id": ID})
    answer = http.post(IMAGES, json={"id": ID})
    assert answer.status_code == 409
    assert f"Image ID {ID} already exists!" in answer.text


@pytest.mark.parametrize(
    "name", ["self", "file", "schema", "direct_url", "stores", "status", "checksum", "size"]
)
def test_what_glance_computes_is_read_only(http, name):
    value = {"status": "active", "size": 3}.get(name, "x")
    answer = http.post(IMAGES, json={name: value})
    assert answer.status_code == 403
    assert f"Attribute '{name}' is read-only." in answer.text


@pytest.mark.parametrize("name", ["deleted", "deleted_at", "location", "os_glance_anything"])
def test_some_names_are_reserved(http, name):
    answer = http.post(IMAGES, json={name: "x"})
    assert answer.status_code == 403
    assert f"Access was denied to this resource.\n\n Attribute '{name}' is reserved." in answer.text


def test_locations_are_reserved(http):
    answer = http.post(IMAGES, json={"locations": []})
    assert answer.status_code == 403
    assert "Attribute 'locations' is reserved." in answer.text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"min_disk": -1}, "Invalid value '-1' for parameter 'min_disk': Cannot be a negative value"),
        ({"min_ram": 1e300}, "Cannot be greater than 2147483647"),
        ({"min_ram": 1.5}, "1.5 is not of type 'integer'"),
        ({"x" * 256: "y"}, "Custom property should not be greater than 255 characters."),
    ],
)
def test_bad_values_are_refused(http, body, sentence):
    answer = http.post(IMAGES, json=body)
    assert answer.status_code == 400
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "Malformed JSON in request body."),
        (b"3", "Unexpected body type. Expected list/dict."),
        (b"", "Body expected in request."),
    ],
)
def test_a_body_has_to_be_an_object(http, content, sentence):
    answer = http.post(IMAGES, content=content)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_a_list_is_no_image(http):
    assert http.post(IMAGES, json=[]).status_code == 400


def test_json_is_read_whatever_it_is_called(http):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert http.post(IMAGES, content=b"{}", headers=headers).status_code == 201


def test_only_an_admin_makes_public_images(http):
    answer = http.post(IMAGES, json={"visibility": "public"})
    assert answer.status_code == 403
    assert "You are not authorized to complete publicize_image action." in answer.text
    assert http.as_("admin").post(IMAGES, json={"visibility": "public"}).status_code == 201


def test_only_an_admin_makes_images_for_others(http):
    answer = http.post(IMAGES, json={"owner": "other"})
    assert answer.status_code == 403
    assert "You are not permitted to create images owned by 'other'" in answer.text
    assert http.as_("admin").post(IMAGES, json={"owner": "other"}).json["owner"] == "other"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({f"p{n}": "x" for n in range(129)}, "properties"),
        ({"tags": [f"t{n}" for n in range(129)]}, "tags"),
    ],
)
def test_there_is_a_limit_to_properties_and_tags(http, body, what):
    answer = http.post(IMAGES, json=body)
    assert answer.status_code == 413
    assert f"allowed image {what}. Attempted: 129, Maximum: 128" in answer.text


def test_a_refused_image_leaves_nothing(cloud, http):
    http.get(IMAGES)  # a first call makes the token
    before = cloud.digest()
    http.post(IMAGES, json={"name": "a", "min_ram": -1})
    assert cloud.digest() == before
