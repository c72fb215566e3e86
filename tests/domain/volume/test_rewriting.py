"""Volumes that get other bytes."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume import nova
from fakecompute.domain.volume.attachments import reserve
from fakecompute.domain.volume.extending import extend
from fakecompute.domain.volume.rewriting import (
    AnotherSize,
    NoSnapshots,
    NotReimageable,
    NotRevertible,
    NotTheLatest,
    SharedReimage,
    latest_snapshot,
    reimage,
    revert,
)
from tests.domain.volume.making import fresh, settled, snapshot, volume, walk_of
from tests.domain.walking import rule

SERVER = "5e5e5e5e-0000-4000-8000-000000000001"


def image(cloud):
    return min(cloud.store.all(Image), key=lambda one: one.name or "")


# --- a snapshot


def test_it_goes_back_to_its_latest_snapshot(cloud):
    mine = volume(cloud)
    settled(cloud, snapshot(cloud, mine))
    last = settled(cloud, snapshot(cloud, mine))
    revert(cloud, mine, latest_snapshot(cloud, mine, last.id))
    assert walk_of(cloud, mine, last) == [("reverting", "restoring"), ("available", "available")]


def test_it_goes_to_no_other(cloud):
    mine = volume(cloud)
    with pytest.raises(NoSnapshots):
        latest_snapshot(cloud, mine, None)
    first = settled(cloud, snapshot(cloud, mine))
    settled(cloud, snapshot(cloud, mine))
    with pytest.raises(NotTheLatest):
        latest_snapshot(cloud, mine, first.id)


def test_nor_to_one_of_another_size(cloud):
    mine = volume(cloud)
    last = settled(cloud, snapshot(cloud, mine))
    mine = settled(cloud, extend(cloud, mine, 2))
    with pytest.raises(AnotherSize):
        latest_snapshot(cloud, mine, last.id)


def test_both_must_be_available(cloud):
    mine = volume(cloud)
    last = settled(cloud, snapshot(cloud, mine))
    with pytest.raises(NotRevertible, match="Snapshot's status must be 'available'"):
        revert(cloud, mine, cloud.store.put(last.evolve(status="error")))
    with pytest.raises(NotRevertible, match="Volume's status must be 'available'"):
        revert(cloud, cloud.store.put(mine.evolve(status="in-use")), last)


def test_a_failure_leaves_the_volume_in_error_and_the_snapshot_whole(cloud):
    mine = volume(cloud)
    last = settled(cloud, snapshot(cloud, mine))
    cloud.set_rules([rule("volume.revert.reverting", fail="disk")])
    revert(cloud, mine, last)
    assert walk_of(cloud, mine, last)[-1] == ("error", "available")


# --- an image


def test_a_new_image_makes_it_boot_and_say_so(cloud):
    mine = reimage(cloud, volume(cloud), image(cloud), reserved=False)
    assert walk_of(cloud, mine) == [("downloading",), ("available",)]
    after = fresh(cloud, mine)
    assert after.bootable
    assert dict(after.image_metadata)["image_id"] == image(cloud).id


def test_nova_learns_of_it_if_it_is_reserved_for_a_server(cloud, monkeypatch):
    told = []
    monkeypatch.setattr(nova, "tell", lambda cloud, volume, event: told.append((volume.status, event)))
    mine = volume(cloud)
    reserve(cloud, mine, SERVER)
    with pytest.raises(NotReimageable, match="must be available or error, but current status is reserved"):
        reimage(cloud, fresh(cloud, mine), image(cloud), reserved=False)
    assert settled(cloud, reimage(cloud, fresh(cloud, mine), image(cloud), reserved=True)).status == "reserved"
    assert told == [("reserved", "volume-reimaged")]


def test_one_that_two_servers_are_to_have_is_not_imaged_anew(cloud):
    mine = volume(cloud)
    reserve(cloud, mine, SERVER)
    reserve(cloud, fresh(cloud, mine), SERVER)
    with pytest.raises(SharedReimage):
        reimage(cloud, fresh(cloud, mine), image(cloud), reserved=True)


def test_a_failed_download_is_an_error(cloud):
    cloud.set_rules([rule("volume.reimage.downloading", fail="glance")])
    assert settled(cloud, reimage(cloud, volume(cloud), image(cloud), reserved=False)).status == "error"


def test_an_image_must_fit(cloud):
    small: Volume = volume(cloud)
    large = cloud.store.put(image(cloud).evolve(min_disk=2))
    with pytest.raises(Exception, match="Volume size 1GB cannot be smaller than the image minDisk size 2GB"):
        reimage(cloud, small, large, reserved=False)
