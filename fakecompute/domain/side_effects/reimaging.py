"""What steps do besides taking time: a rebuild's volumes, and the new image on the one that the server boots from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.boot_images import GIB, root_of
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.ordering import check_image
from fakecompute.domain.volume_moves import disconnect_all
from fakecompute.errors import BadRequest, FakeError
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

LOOK = SECOND  # how soon Nova is told, where Cinder would call it


class NotReimaged(BadRequest):
    message = "Build of instance {id} aborted: Failed to rebuild volume backed instance."


class ImageNotFound(BadRequest):
    message = "Build of instance {id} aborted: Image {image_id} not found."


def reimaged(cloud: Cloud, server: Server) -> int:
    """The host lets go of the volumes; with a new image for the root, it waits until Cinder has written that."""
    memo = dict(server.memo)
    if "reimaged_until" not in memo:
        disconnect_all(cloud, server)
        return _reimage(cloud, server, memo["reimage"]) if "reimage" in memo else 0
    root = root_of(cloud, server.id)
    volume = cloud.store.find(Volume, root.volume_id) if root else None
    if volume is None or "error" in volume.status or cloud.now >= memo["reimaged_until"]:
        raise NotReimaged(id=server.id)
    return LOOK if volume.trigger == "reimage" else 0


def _reimage(cloud: Cloud, server: Server, image_id: str) -> int:
    """Cinder begins (os-reimage, reimage_reserved); how long Nova waits for it depends on the image's size."""
    image, root = cloud.store.find(Image, image_id), root_of(cloud, server.id)
    if image is None:
        raise ImageNotFound(id=server.id, image_id=image_id)
    volume = cloud.store.find(Volume, root.volume_id) if root else None
    if volume is None or volume.status != "reserved":
        raise NotReimaged(id=server.id)
    try:
        check_image(image, volume.size)
    except FakeError:
        raise NotReimaged(id=server.id) from None
    VOLUME.start(cloud, volume, "reimage", memo=(("image", image.id),))
    seconds = -(-(image.size or 0) // GIB) * cloud.settings.reimage_timeout_per_gb
    until = ("reimaged_until", cloud.now + seconds * SECOND)
    cloud.store.put(server.evolve(memo=(*server.memo, until)))
    return LOOK
