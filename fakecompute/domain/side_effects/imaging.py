"""What steps do besides taking time: other disks, and images made of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain import server_network
from fakecompute.domain.image_quota import check_upload
from fakecompute.domain.images import delete_image, finish_snapshot
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.scheduler import check_stays, give_back, request_for
from fakecompute.domain.side_effects.building import place
from fakecompute.domain.states import VM, Power
from fakecompute.errors import FakeError, TooLarge

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Changes = dict[str, Any]
GIB = 1 << 30


# --- rebuild --------------------------------------------------------------------------------------------


def check_image(cloud: Cloud, server: Server) -> Changes:
    """Another image must suit the host, too; the host itself stays what it is."""
    if "old_image" in dict(server.memo):
        check_stays(cloud, request_for(cloud, server, host=server.host))
    return {}


def not_rebuilt(cloud: Cloud, server: Server) -> Changes:
    """An image that does not suit the host is given up."""
    memo = dict(server.memo)
    return {"image_id": memo["old_image"]} if server.step == 0 and "old_image" in memo else {}


def rebuilt(cloud: Cloud, server: Server) -> Changes:
    return {"launched_at": cloud.now, "progress": 0}


def runs_again(cloud: Cloud, server: Server) -> Changes:
    """For a moment it is active, although it is to be stopped."""
    return {"vm_state": VM.ACTIVE, "power_state": Power.RUNNING, "launched_at": cloud.now}


# --- images ---------------------------------------------------------------------------------------------


class ImageQuotaExceeded(FakeError):
    """What Nova makes of Glance's 413."""

    message = "Quota exceeded or out of space for image {id} in the image service."


def pending(cloud: Cloud, server: Server) -> Changes:
    """Glance is asked whether it takes an upload."""
    image = cloud.store.find(Image, dict(server.memo).get("image_id"))
    if image is not None:
        try:
            check_upload(cloud, image.owner)
        except TooLarge:
            raise ImageQuotaExceeded(id=image.id) from None
    return {}


def upload(cloud: Cloud, server: Server) -> Changes:
    """The snapshot's bytes are on their way to Glance."""
    image = cloud.store.find(Image, dict(server.memo).get("image_id"))
    if image is not None:
        cloud.store.put(image.evolve(status="saving", updated_at=cloud.now))
    return {}


def uploaded(cloud: Cloud, server: Server) -> Changes:
    """Glance has them all: the image is active."""
    image_id = str(dict(server.memo)["image_id"])
    try:
        finish_snapshot(cloud, image_id, server.flavor.disk * GIB)
    except TooLarge:
        raise ImageQuotaExceeded(id=image_id) from None
    return {}


def rotate(cloud: Cloud, server: Server) -> Changes:
    """Of the backups of its type only the newest `rotation` stay."""
    memo = dict(server.memo)
    if cloud.store.find(Image, memo["image_id"]) is not None and "rotation" in memo:
        for old in backups_of(cloud, server, str(memo["backup_type"]))[int(memo["rotation"]) :]:
            delete_image(cloud, old)
    return {"progress": 0}


def backups_of(cloud: Cloud, server: Server, backup_type: str) -> list[Image]:
    """The backups of a server, newest first."""
    images = [
        image
        for image in cloud.store.by(Image, "owner", server.project_id)
        if {"image_type": "backup", "backup_type": backup_type, "instance_uuid": server.id}.items()
        <= dict(image.properties).items()
    ]
    return sorted(images, key=lambda image: (-image.created_at, image.id))


def not_uploaded(cloud: Cloud, server: Server) -> Changes:
    """What has begun as an image is gone."""
    image = cloud.store.find(Image, dict(server.memo).get("image_id"))
    if image is not None:
        delete_image(cloud, image)
    return {"progress": 0}


# --- shelve ---------------------------------------------------------------------------------------------


def shelved(cloud: Cloud, server: Server) -> Changes:
    """Its snapshot is in Glance; it is off, and still on its host."""
    image_id = dict(server.memo).get("image_id")
    return {"vm_state": VM.SHELVED, "power_state": Power.SHUTDOWN, "shelved_image_id": image_id}


def not_shelved(cloud: Cloud, server: Server) -> Changes:
    """Nova leaves the snapshot: one that is of use if only the offload failed, else one without bytes."""
    image = cloud.store.find(Image, dict(server.memo).get("image_id"))
    if image is not None and image.status == "saving":
        cloud.store.put(image.evolve(status="queued", updated_at=cloud.now))
    return {} if server.vm_state == VM.SHELVED else {"progress": 0}


def offloaded(cloud: Cloud, server: Server) -> Changes:
    """The host forgets it; its ports stay its own, bound nowhere."""
    give_back(cloud, server.id)
    server_network.rebind(cloud, server.evolve(host=None))
    return {"host": None, "availability_zone": None}


def place_again(cloud: Cloud, server: Server) -> Changes:
    """A host for a server that has none."""
    memo = dict(server.memo)
    wanted = server.evolve(
        requested_zone=memo.get("zone") or server.pinned_availability_zone,
        requested_host=memo.get("host"),
        host_forced=False,
        reservation_id="",
        tried_hosts=(),
    )
    changes = place(cloud, wanted)
    server_network.rebind(cloud, server.evolve(**changes))
    return changes


def unshelved(cloud: Cloud, server: Server) -> Changes:
    image = cloud.store.find(Image, server.shelved_image_id)
    if image is not None:
        delete_image(cloud, image)
    server_network.activate(cloud, server)
    return {"shelved_image_id": None, "launched_at": cloud.now}


def not_unshelved(cloud: Cloud, server: Server) -> Changes:
    """An offloaded server that found no host, or could not be spawned there, has none."""
    return offloaded(cloud, server) if server.vm_state == VM.OFFLOADED else {}
