"""A volume becomes an image: Glance has its record at once, and the bytes when the back end has sent them.

Facts: `copy_volume_to_image` of cinder/volume/api.py and cinder/volume/manager.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fakecompute.domain.image_formats import made_of
from fakecompute.domain.image_quota import check_count_total, check_storage, check_upload
from fakecompute.domain.images import delete_image, store_data
from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.image import CONTAINER_FORMATS, Image
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.creation import OF_IMAGE
from fakecompute.domain.volume.messages import VOLUME as RESOURCE
from fakecompute.domain.volume.messages import Action, Detail, add_message
from fakecompute.domain.volume.moving import is_copied
from fakecompute.errors import BadRequest, TooLarge

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

GIB = 1 << 30
CORE = frozenset((*OF_IMAGE, "image_id", "image_name", "name"))  # of image_metadata: no properties
RESERVED = ("os_glance", "img_signature", "signature_verified")  # properties that the new image has not


class NotUploadable(BadRequest):
    message = "Invalid volume: Volume {id} status must be {wanted}"


class EncryptedAsIs(BadRequest):
    message = (
        "An encrypted volume uploaded as an image must use 'raw' disk_format and 'bare' container_format, which are the"
        " defaults for these options."
    )


class CompressionOff(BadRequest):
    message = "Image compression upload disallowed, but container_format is compressed"


class NoSuchFormat(BadRequest):
    """What python-glanceclient says before it asks Glance."""

    message = "Unable to set 'container_format' to {format!r}. Reason: {format!r} is not one of {known}"


class ImageLimitExceeded(BadRequest):
    """What Cinder makes of Glance's 413."""

    message = "Image quota exceeded"


class ImageLost(BadRequest):
    message = "Image {id} could not be uploaded to."


def upload(
    cloud: Cloud,
    volume: Volume,
    *,
    owner: str,
    name: str,
    disk_format: str,
    container_format: str | None,
    force: bool,
    visibility: str = "shared",
    protected: bool = False,
    request_id: str | None = None,
) -> Image:
    """Set the copying off; the image that it will be.  `force` counts only where operators let it."""
    if volume.encrypted and (disk_format, container_format) != ("raw", "bare"):
        raise EncryptedAsIs
    forced = force and cloud.settings.enable_force_upload
    wanted = ("available", "in-use") if forced else ("available",)
    if volume.status not in wanted or is_copied(volume):
        raise NotUploadable(id=volume.id, wanted=" or ".join(wanted))
    if container_format == "compressed":
        raise CompressionOff
    if container_format not in CONTAINER_FORMATS:
        raise NoSuchFormat(format=container_format, known=CONTAINER_FORMATS)
    with _cinders_words():
        check_count_total(cloud, owner)
    image = cloud.store.put(
        Image(
            id=cloud.streams.uuid("image"),
            name=name,
            owner=owner,
            visibility=visibility,
            protected=protected,
            disk_format=disk_format,
            container_format=container_format,
            properties=_properties(cloud, volume),
            created_at=cloud.now,
            updated_at=cloud.now,
        )
    )
    memo = {"image": image.id, "request_id": request_id}
    VOLUME.start(cloud, volume, "upload", memo=tuple((key, value) for key, value in memo.items() if value is not None))
    return image


@contextmanager
def _cinders_words() -> Iterator[None]:
    try:
        yield
    except TooLarge:
        raise ImageLimitExceeded from None


def _properties(cloud: Cloud, volume: Volume) -> tuple[tuple[str, str], ...]:
    """Those of the image that the volume was made from, but for what is that image's alone."""
    kept = {
        key: value for key, value in volume.image_metadata if key not in CORE and not key.startswith(RESERVED)
    }
    if volume.encrypted:
        kept["cinder_encryption_key_id"] = cloud.streams.uuid("encryption key")
        kept["cinder_encryption_key_deletion_policy"] = "on_image_deletion"
    return tuple(kept.items())


def _image(cloud: Cloud, volume: Volume, status: str) -> Image:
    """The image, if it is still there to be uploaded to."""
    image = cloud.store.find(Image, volume.memory("image"))
    if image is None or image.status != status or image.container_format is None:
        raise ImageLost(id=volume.memory("image"))
    return image


@VOLUME.leaving("upload.converting")
def converted(cloud: Cloud, volume: Volume) -> Changes:
    image = _image(cloud, volume, "queued")
    with _cinders_words():
        check_upload(cloud, image.owner)
    cloud.store.put(image.evolve(status="saving", updated_at=cloud.now))
    return {}


@VOLUME.leaving("upload.uploading")
def uploaded(cloud: Cloud, volume: Volume) -> Changes:
    """What is stored is small; how large the disk is says the virtual_size."""
    image = _image(cloud, volume, "saving")
    disk = volume.size * GIB
    data = made_of(image.disk_format or "raw", disk, image.id)
    with _cinders_words():
        check_storage(cloud, image.owner, len(data))
    stored = store_data(cloud, image, data)
    cloud.store.put(stored.evolve(virtual_size=disk))
    return {}


@VOLUME.arriving("upload")
def is_what_it_was(cloud: Cloud, volume: Volume) -> Changes:
    return {"status": _by_attachments(cloud, volume)}


@VOLUME.failing("upload")
def not_uploaded(cloud: Cloud, volume: Volume, reason: str) -> Changes:
    """The image is taken back."""
    image = cloud.store.find(Image, volume.memory("image"))
    if image is not None and image.status in ("queued", "saving"):
        delete_image(cloud, image)
    detail = Detail.QUOTA_EXCEED if reason == ImageLimitExceeded.message else Detail.FAILED_TO_UPLOAD_VOLUME
    add_message(
        cloud,
        project_id=volume.project_id,
        resource_type=RESOURCE,
        resource_id=volume.id,
        action=Action.COPY_VOLUME_TO_IMAGE,
        detail=detail,
        request_id=volume.memory("request_id"),
    )
    return {"status": _by_attachments(cloud, volume)}


def _by_attachments(cloud: Cloud, volume: Volume) -> str:
    return "in-use" if attachments_of(cloud, volume.id) else "available"
