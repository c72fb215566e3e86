"""Volumes that become images."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain.images import GIB, delete_image
from fakecompute.domain.records.image import Image
from fakecompute.domain.settings import Settings
from fakecompute.domain.volume.outages import backend_down, backend_up
from fakecompute.domain.volume.uploading import (
    CompressionOff,
    EncryptedAsIs,
    ImageLimitExceeded,
    NoSuchFormat,
    NotUploadable,
    upload,
)
from tests.domain.volume.making import backend, fresh, messages, settled, volume, walk_of
from tests.domain.volume.serving import attached
from tests.domain.walking import rule


def uploaded(cloud, of, **fields):
    told = {"name": "i", "disk_format": "raw", "container_format": "bare", "force": False, **fields}
    return upload(cloud, of, owner=of.project_id, **told)


def test_the_image_is_there_before_its_bytes(cloud):
    mine = volume(cloud, 2)
    image = uploaded(cloud, mine)
    assert walk_of(cloud, mine, image) == [
        ("uploading", "queued"), ("uploading", "saving"), ("available", "active"),
    ]  # fmt: skip
    assert fresh(cloud, image).virtual_size == 2 * GIB


@pytest.mark.parametrize("disk_format", ["raw", "vmdk", "vdi", "qcow2", "vhd", "vhdx", "ploop"])
def test_it_is_of_the_format_that_was_asked_for(cloud, disk_format):
    image = uploaded(cloud, volume(cloud), disk_format=disk_format)
    assert settled(cloud, image).status == "active"


def test_it_has_the_properties_of_the_image_that_the_volume_was_made_from(cloud):
    mine = cloud.store.put(volume(cloud).evolve(image_metadata=(
        ("image_id", "x"), ("size", "1"), ("os_glance_importing", "1"), ("signature_verified", "False"), ("os", "bsd"),
    )))  # fmt: skip
    assert uploaded(cloud, mine).properties == (("os", "bsd"),)


def test_a_back_end_that_fails_leaves_no_image(cloud):
    mine = volume(cloud)
    cloud.set_rules([rule("volume.upload.uploading", fail="disk")])
    image = uploaded(cloud, mine)
    assert walk_of(cloud, mine, image)[-1] == ("available", None)
    assert messages(cloud) == [("VOLUME", "003", "004")]


def test_an_image_for_which_glance_has_no_room_is_gone_and_a_message_says_so():
    full = Cloud(settings=Settings(user_storage_quota=1))
    mine = volume(full)
    image = uploaded(full, mine)
    assert walk_of(full, mine, image)[-1] == ("available", None)
    assert messages(full) == [("VOLUME", "003", "006")]


def test_where_no_image_more_may_be_nothing_begins():
    full = Cloud(settings=Settings(use_keystone_limits=True))
    mine = volume(full)
    with pytest.raises(ImageLimitExceeded, match="Image quota exceeded"):
        uploaded(full, mine)
    assert fresh(full, mine).status == "available"


def test_an_image_that_was_deleted_takes_no_bytes(cloud):
    mine = volume(cloud)
    delete_image(cloud, uploaded(cloud, mine))
    assert settled(cloud, mine).status == "available"
    assert messages(cloud) == [("VOLUME", "003", "004")]


def test_without_a_container_format_glance_takes_none(cloud):
    mine = volume(cloud)
    image = uploaded(cloud, mine, container_format=None)
    assert walk_of(cloud, mine, image)[-1] == ("available", None)


def test_force_counts_only_where_operators_let_it(cloud):
    held, _, _ = attached(cloud)
    with pytest.raises(NotUploadable, match=r"status must be available$"):
        uploaded(cloud, held, force=True)
    free = Cloud(settings=Settings(enable_force_upload=True))
    held, _, _ = attached(free)
    image = uploaded(free, held, force=True)
    assert walk_of(free, held, image)[-1] == ("in-use", "active")


def test_an_encrypted_one_is_uploaded_as_it_is(cloud):
    mine = cloud.store.put(volume(cloud).evolve(encryption_key_id="key"))
    with pytest.raises(EncryptedAsIs):
        uploaded(cloud, mine, disk_format="qcow2")
    assert dict(uploaded(cloud, mine).properties)["cinder_encryption_key_deletion_policy"] == "on_image_deletion"


def test_not_every_format_is_one(cloud):
    mine = volume(cloud)
    with pytest.raises(CompressionOff):
        uploaded(cloud, mine, container_format="compressed")
    with pytest.raises(NoSuchFormat):
        uploaded(cloud, mine, container_format="tin")
    assert cloud.store.count(Image, "owner", mine.project_id) == 0


def test_a_back_end_that_dies_over_it_takes_it_back(cloud):
    mine = volume(cloud)
    image = uploaded(cloud, mine)
    cloud.advance(3)
    backend_down(cloud, backend(cloud, mine))
    cloud.settle()
    backend_up(cloud, backend(cloud, mine))
    assert walk_of(cloud, mine, image)[-1] == ("available", None)
