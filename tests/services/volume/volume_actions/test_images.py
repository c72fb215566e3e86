"""os-volume_upload_image, os-reimage, and what a volume says of its image.  Expectations are a real Cinder's."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.image import Image
from tests.domain.volume.making import settled

SILENT = "Glance metadata for volume/snapshot {} cannot be found."


@pytest.fixture
def image(cloud):
    return min(cloud.store.all(Image), key=lambda one: one.name or "")


# --- os-volume_upload_image


def test_the_answer_tells_of_both(cloud, act, mine):
    status, body = act("os-volume_upload_image", {"image_name": "a"}, "3.0")
    told = body["os-volume_upload_image"]
    image = cloud.store.get(Image, told["image_id"])
    assert status == 202
    assert (image.status, image.owner, image.visibility) == ("queued", mine.project_id, "shared")
    assert told.pop("updated_at") is not None
    assert told.pop("volume_type")["name"] == "__DEFAULT__"
    assert told == {
        "id": mine.id, "status": "uploading", "display_description": "d", "size": 1, "image_id": image.id,
        "container_format": "bare", "disk_format": "raw", "image_name": "a", "protected": False,
        "visibility": "shared",
    }  # fmt: skip
    assert settled(cloud, image).status == "active"


def test_from_3_1_on_it_is_the_projects_alone_unless_one_says_so(cloud, http, act):
    told = act("os-volume_upload_image", {"image_name": "a", "protected": "yes"}, "3.1")[1]
    assert told["os-volume_upload_image"]["visibility"] == "private"
    assert told["os-volume_upload_image"]["protected"] is True
    cloud.settle()
    id = told["os-volume_upload_image"]["image_id"]
    assert http.get(f"/image/v2/images/{id}").json["visibility"] == "private"


def test_before_that_nobody_could(act):
    assert act("os-volume_upload_image", {"image_name": "a", "visibility": "private"}, "3.0") == (
        400,
        "Invalid input for field/attribute os-volume_upload_image. Value: {'image_name': 'a', 'visibility': 'private'}."
        " Additional properties are not allowed ('visibility' was unexpected)",
    )


def test_to_everybody_only_an_operator_gives_one(act, admin):
    wish = {"image_name": "a", "visibility": "public"}
    told = "Policy doesn't allow volume_extension:volume_actions:upload_public to be performed."
    assert act("os-volume_upload_image", wish) == (403, told)
    assert act("os-volume_upload_image", wish, who=admin)[0] == 202


def test_only_a_volume_that_is_free_is_uploaded(act, become):
    id = become(status="in-use").id
    told = f"Invalid volume: Volume {id} status must be available"
    assert act("os-volume_upload_image", {"image_name": "a", "force": True}) == (400, told)


def test_formats_are_those_of_glance(act):
    told = "Image compression upload disallowed, but container_format is compressed"
    assert act("os-volume_upload_image", {"image_name": "a", "container_format": "compressed"}) == (400, told)
    assert act("os-volume_upload_image", {"image_name": "a", "disk_format": "iso"}) == (
        400,
        "Invalid input for field/attribute disk_format. Value: iso. 'iso' is not one of ['raw', 'vmdk', 'vdi', 'qcow2',"
        " 'vhd', 'vhdx', 'ploop']",
    )


# --- os-reimage


def test_it_gets_the_bytes_of_an_image(cloud, act, mine, image):
    assert act("os-reimage", {"image_id": image.id}, "3.67")[0] == 404
    assert act("os-reimage", {"image_id": image.id}, "3.68") == (202, None)
    after = settled(cloud, mine)
    assert (after.status, after.bootable) == ("available", True)
    assert act("os-show_image_metadata")[1]["metadata"]["image_id"] == image.id


def test_of_one_that_it_may_see(cloud, act, image):
    hidden = cloud.store.put(image.evolve(visibility="private", owner="others"))
    assert act("os-reimage", {"image_id": hidden.id}) == (404, f"Image {hidden.id} could not be found.")


def test_reserved_it_must_be_said_so(act, become, image):
    id = become(status="reserved").id
    told = f"Invalid volume: Volume {id} status must be available or error, but current status is reserved."
    assert act("os-reimage", {"image_id": image.id}) == (400, told)
    assert act("os-reimage", {"image_id": image.id, "reimage_reserved": True}) == (202, None)


# --- metadata


def test_at_first_it_says_nothing(act, mine):
    told = (404, SILENT.format(mine.id))
    assert act("os-show_image_metadata") == told
    assert act("os-unset_image_metadata", {"key": "a"}) == told


def test_what_it_says_can_be_changed(act, mine):
    act("os-set_image_metadata", {"metadata": {"a": "b", "c": "d"}})
    told = (200, {"metadata": {"a": "x", "c": "d"}})
    assert act("os-set_image_metadata", {"metadata": {"a": "x"}}) == told
    assert act("os-unset_image_metadata", {"key": "c"}) == (200, None)
    assert act("os-unset_image_metadata", {"key": "c"}) == (404, SILENT.format(mine.id))
    assert act("os-show_image_metadata") == (200, {"metadata": {"a": "x"}})


@pytest.mark.parametrize("status", ["maintenance", "uploading"])
def test_but_not_while_it_is_read(act, become, status):
    become(status=status, image_metadata=(("a", "b"),))
    held = f"volume metadata is not allowed for volumes in {status} status."
    assert act("os-set_image_metadata", {"metadata": {}}) == (400, f"Invalid volume: Updating {held}")
    assert act("os-unset_image_metadata", {"key": "a"}) == (400, f"Invalid volume: Deleting {held}")


def test_readers_read(act, reader, become):
    become(image_metadata=(("a", "b"),))
    assert act("os-show_image_metadata", {}, **reader)[0] == 200
    assert act("os-set_image_metadata", {"metadata": {}}, **reader)[0] == 403
