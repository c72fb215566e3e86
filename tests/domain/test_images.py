"""Images without the API: who sees them, snapshots, and the section of a definition."""

from hashlib import sha512

import pytest

from fakecompute import Cloud
from fakecompute.domain.images import create_snapshot, delete_image, find_visible, finish_snapshot, store_data
from fakecompute.domain.records.image import Image, ImageData, ImageMember
from fakecompute.errors import BadDefinition


def put(cloud, **fields):
    return cloud.store.put(Image(id="i", owner="ours", **fields))


@pytest.mark.parametrize(
    ("visibility", "seen"), [("public", True), ("community", True), ("shared", False), ("private", False)]
)
def test_strangers_see_what_is_open(cloud, visibility, seen):
    put(cloud, visibility=visibility)
    assert bool(find_visible(cloud, "i", "theirs", False)) == seen


def test_the_owner_and_admins_see_everything(cloud):
    image = put(cloud, visibility="private")
    assert find_visible(cloud, "i", "ours", False) == find_visible(cloud, "i", "theirs", True) == image


def test_a_member_sees_a_shared_image(cloud):
    image = put(cloud)
    cloud.store.put(ImageMember(id="i/theirs", image_id="i", member_id="theirs", number=1))
    assert find_visible(cloud, "i", "theirs", False) == image


def test_a_deleted_image_takes_bytes_and_members_with_it(cloud):
    image = store_data(cloud, put(cloud), b"hello")
    cloud.store.put(ImageMember(id="i/theirs", image_id="i", member_id="theirs", number=1))
    delete_image(cloud, image)
    assert find_visible(cloud, "i", "ours", True) is None
    assert cloud.store.find(ImageData, "i") is None
    assert cloud.store.count(ImageMember, "image", "i") == 0


def snapshot(cloud, base=None, **properties):
    return create_snapshot(
        cloud, name="snap", server_id="s", owner="ours", user_id="u", base=base, properties=properties
    )


def test_a_snapshot_is_queued_until_it_is_finished(cloud):
    image = snapshot(cloud)
    assert (image.status, image.visibility, image.owner) == ("queued", "private", "ours")
    finished = finish_snapshot(cloud, image.id, 1 << 30)
    assert finished is not None
    assert (finished.status, finished.virtual_size) == ("active", 1 << 30)
    assert finished.os_hash_value == sha512(cloud.store.get(ImageData, image.id).data).hexdigest()


def test_a_snapshot_takes_over_what_its_base_says(cloud):
    base = put(
        cloud, min_ram=64, min_disk=2, properties=(("hw_rng_model", "virtio"), ("cache_in_nova", "true"))
    )
    image = snapshot(cloud, base, note="mine")
    properties = dict(image.properties)
    assert (image.min_ram, image.min_disk) == (64, 2)
    assert properties["hw_rng_model"] == "virtio"
    assert properties["base_image_ref"] == "i"
    assert (properties["image_type"], properties["instance_uuid"], properties["note"]) == (
        "snapshot",
        "s",
        "mine",
    )
    assert "cache_in_nova" not in properties


def test_a_snapshot_that_was_deleted_is_not_finished(cloud):
    image = snapshot(cloud)
    delete_image(cloud, image)
    assert finish_snapshot(cloud, image.id, 1) is None


def test_cirros_boots_on_the_smallest_flavor():
    images = {image.name: image for image in Cloud().store.all(Image)}
    for name in "cirros-0.6.3-x86_64-disk", "cirros-0.5.3-x86_64-disk":
        image = images[name]
        assert image.min_ram <= 192
        assert image.min_disk <= 1
        assert (image.virtual_size or 0) <= 1 << 30


def test_the_digest_knows_the_bytes(cloud):
    image = put(cloud)
    digests = set()
    for content in b"a", b"b":
        twin = cloud.fork()
        store_data(twin, image.evolve(disk_format="raw", container_format="ovf"), content)
        twin.store.put(image)
        digests.add(twin.digest())
    assert len(digests) == 2


def test_an_image_of_a_definition():
    entry = {
        "name": "mine",
        "disk_format": "raw",
        "visibility": "private",
        "owner": "demo",
        "properties": {"n": 1},
    }
    (image,) = Cloud({"images": [entry]}).store.all(Image)
    assert (image.status, image.visibility, image.properties) == ("active", "private", (("n", "1"),))


@pytest.mark.parametrize(
    ("entry", "mistake"),
    [
        ({"name": "a", "zork": 1}, "images[0]: there is no 'zork'"),
        ({}, "images[0]: the name is missing"),
        ({"name": "a", "owner": "zork"}, "images[0]: there is no project 'zork'"),
        (
            {"name": "a", "disk_format": "vmdk"},
            "images[0]: images of a definition are qcow2 or raw, not vmdk",
        ),
    ],
)
def test_a_mistake_in_a_definition_is_told(entry, mistake):
    with pytest.raises(BadDefinition) as caught:
        Cloud({"images": [entry]})
    assert mistake in str(caught.value)
