"""JSON patches of images.  What is expected was observed of Glance 33."""

import orjson
import pytest

IMAGES = "/image/v2/images"
MODERN = "application/openstack-images-v2.1-json-patch"
OLD = "application/openstack-images-v2.0-json-patch"


@pytest.fixture
def patch(http):
    def send(image_id, changes, client=http, form=MODERN):
        return client.patch(
            f"{IMAGES}/{image_id}", content=orjson.dumps(changes), headers={"Content-Type": form}
        )

    return send


def change(op, path, *value):
    return {"op": op, "path": path, **({"value": value[0]} if value else {})}


def test_several_changes_at_once(new_image, patch):
    changes = [
        change("replace", "/name", "b"),
        change("add", "/os_distro", "debian"),
        change("replace", "/tags", ["t"]),
    ]
    image = patch(new_image(name="a"), changes).json
    assert (image["name"], image["os_distro"], image["tags"]) == ("b", "debian", ["t"])


def test_add_replaces_what_is_there(new_image, patch):
    assert patch(new_image(foo="1"), [change("add", "/foo", "2")]).json["foo"] == "2"


def test_a_property_is_removed(new_image, patch):
    assert "foo" not in patch(new_image(foo="1"), [change("remove", "/foo")]).json


def test_a_slash_in_a_name_is_escaped(new_image, patch):
    assert patch(new_image(), [change("add", "/a~1b", "x")]).json["a/b"] == "x"


def test_updated_at_moves(cloud, new_image, patch):
    image_id = new_image()
    cloud.advance(60)
    image = patch(image_id, [change("replace", "/name", "b")]).json
    assert (image["created_at"], image["updated_at"]) == ("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z")


def test_no_change_is_fine(new_image, patch):
    assert patch(new_image(), []).status_code == 200


def test_a_patch_is_done_whole_or_not_at_all(cloud, new_image, patch):
    image_id = new_image()
    before = cloud.digest()
    assert patch(image_id, [change("replace", "/name", "b"), change("remove", "/nope")]).status_code == 409
    assert cloud.digest() == before


@pytest.mark.parametrize(
    ("wanted", "status", "sentence"),
    [
        (change("replace", "/status", "active"), 403, "Attribute 'status' is read-only."),
        (change("add", "/id", "x"), 403, "Attribute 'id' is read-only."),
        (change("add", "/deleted", "x"), 403, "Attribute 'deleted' is reserved."),
        (change("add", "/os_glance_x", "y"), 403, "Attribute 'os_glance_x' is reserved."),
        (change("replace", "/zork", "x"), 409, "Property zork does not exist."),
        (change("remove", "/zork"), 409, "Property zork does not exist."),
        (change("remove", "/name"), 403, "Property name may not be removed."),
        (change("replace", "/owner", "x"), 403, "Owner can't be updated by non admin."),
        (
            change("replace", "/visibility", "public"),
            403,
            "You are not authorized to complete publicize_image action.",
        ),
        (change("replace", "/locations", []), 403, "Cannot set locations to empty list."),
        (change("replace", "/min_disk", -3), 400, "Invalid value '-3' for parameter 'min_disk'"),
        (change("add", "/x", 1), 400, "1 is not of type 'string'"),
        (
            change("move", "/name"),
            400,
            "Invalid operation: `move`. It must be one of the following: add, remove, replace.",
        ),
        (change("replace", "/name"), 400, 'Operation "replace" requires a member named "value".'),
        (change("replace", "/a/b", "x"), 400, "Invalid JSON pointer for this resource: '/a/b'"),
        (change("add", "/tags/-", "x"), 400, "Invalid JSON pointer for this resource: '/tags/-'"),
        (change("add", "tags", "x"), 400, 'Pointer `tags` does not start with "/".'),
        (change("add", "/a//b", "x"), 400, 'Pointer `/a//b` contains adjacent "/".'),
        (change("add", "/a/", "x"), 400, 'Pointer `/a/` end with "/".'),
        (
            change("add", "/a~2", "x"),
            400,
            'Pointer `/a~2` contains "~" not part of a recognized escape sequence.',
        ),
        ({"op": "add", "value": 1}, 400, "Unable to find 'path' in JSON Schema change"),
        ({"path": "/x"}, 400, "Unable to find `op` in JSON Schema change."),
        (3, 400, "Operations must be JSON objects."),
    ],
)
def test_what_is_refused(new_image, patch, wanted, status, sentence):
    answer = patch(new_image(), [wanted])
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_patch_is_a_list(new_image, patch):
    answer = patch(new_image(), change("add", "/x", "1"))
    assert answer.status_code == 400
    assert "Request body must be a JSON array of operation objects." in answer.text


def test_only_patches_are_read(http, new_image):
    answer = http.patch(f"{IMAGES}/{new_image()}", json=[])
    assert answer.status_code == 415
    assert answer.headers["Accept-Patch"] == f"{OLD}, {MODERN}"
    assert f"Image PATCH expects Content-Type one of: {OLD}, {MODERN}" in answer.text


def test_the_old_form_names_the_operation_by_its_key(new_image, patch):
    assert patch(new_image(), [{"replace": "/name", "value": "b"}], form=OLD).json["name"] == "b"


def test_the_old_form_does_not_add_what_is_there(new_image, patch):
    answer = patch(new_image(), [{"add": "/name", "value": "b"}], form=OLD)
    assert answer.status_code == 409
    assert "Property name already present." in answer.text


def test_the_old_form_wants_one_operation(new_image, patch):
    answer = patch(new_image(), [{"add": "/name", "remove": "/name"}], form=OLD)
    assert answer.status_code == 400
    assert (
        'Operation objects must contain only one member named "add", "remove", or "replace".' in answer.text
    )


def test_the_format_of_stored_bytes_is_fixed(active_image, patch):
    answer = patch(active_image(), [change("replace", "/disk_format", "iso")])
    assert answer.status_code == 403
    assert "Attribute disk_format can be only replaced for a queued image." in answer.text


def test_others_do_not_change_what_they_see(http, new_image, patch):
    image_id = new_image(http.as_("admin"), visibility="public")
    answer = patch(image_id, [change("add", "/x", "1")])
    assert answer.status_code == 403
    assert "You are not authorized to complete modify_image action." in answer.text


def test_an_admin_gives_an_image_away(http, new_image, patch):
    answer = patch(new_image(), [change("replace", "/owner", "other")], client=http.as_("admin"))
    assert answer.json["owner"] == "other"
