"""What must add up in Glance: bytes are what sizes and checksums say, and nothing is kept of images that are gone."""

from __future__ import annotations

from hashlib import md5, sha512

from fakecompute import Cloud
from fakecompute.domain.image_stores import stores, stores_of
from fakecompute.domain.image_tasks import LOCK
from fakecompute.domain.records.image import CachedImage, Image, ImageData, ImageTask
from tests.properties.neighbours.image import STATUSES

STORED = ("active", "deactivated")


def assert_bytes(cloud: Cloud) -> None:
    for image in cloud.store.all(Image):
        assert image.status in STATUSES, image.status
        kept = cloud.store.find(ImageData, image.id)
        if image.status in STORED:
            _assert_stored(cloud, image, kept)
        elif image.status == "uploading":
            assert kept is not None and image.size == len(kept.data), "not what was staged"
        elif image.status == "queued":
            assert kept is None and image.size is None, "bytes of an image that has none"
        assert image.locations == () or image.status in STORED, "it is kept somewhere before it is there"
        _assert_locked(cloud, image)
    for cached in cloud.store.all(CachedImage):
        of = cloud.store.get(Image, cached.id)
        assert cached.status != "cached" or cached.size == (of.size or 0), "another image is in the cache"


def _assert_stored(cloud: Cloud, image: Image, kept: ImageData | None) -> None:
    """Somebody else's bytes, at an address that a client told, are as they are said to be."""
    assert image.locations, "it is kept nowhere"
    known = {store.name for store in stores(cloud)}
    assert set(stores_of(image)) <= known, "a store that is none"
    assert len(set(image.locations)) == len(image.locations), "a place twice"
    if any("downloads.example.org" in url for url, _ in image.locations):
        return
    assert kept is not None, "no bytes"
    assert image.size == len(kept.data), "another size"
    assert image.checksum == md5(kept.data, usedforsecurity=False).hexdigest(), "another checksum"
    assert image.os_hash_value == kept.sha512 == sha512(kept.data, usedforsecurity=False).hexdigest(), "another hash"


def _assert_locked(cloud: Cloud, image: Image) -> None:
    """An image that waits for a task has one that is at work."""
    lock = dict(image.properties).get(LOCK)
    task = cloud.store.find(ImageTask, lock)
    assert lock is None or (task is not None and task.status in ("pending", "processing")), "it waits for nobody"
    assert image.status != "importing" or lock, "it is imported by nobody"
