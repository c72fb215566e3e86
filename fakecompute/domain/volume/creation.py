"""Volumes that begin: what is asked for has been checked, the rest is the scheduler's and the back end's.

Facts: cinder/volume/flows/manager/create_volume.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.records.volume_group import VolumeGroup
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.backups import forsake
from fakecompute.domain.volume.messages import VOLUME as RESOURCE
from fakecompute.domain.volume.messages import Action, Detail, add_message
from fakecompute.domain.volume.pools import NoValidBackend, choose
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# What an image tells the volumes that are made from it, beside its properties.
OF_IMAGE = ("checksum", "container_format", "disk_format", "min_disk", "min_ram", "size")
WAYS = ("create", "create_from_image", "create_from_snapshot", "create_from_volume", "create_from_backup")
AT_THE_BACK_END = ("creating", "copying")  # stages after whose failure another attempt is made


class ImageGone(BadRequest):
    message = "Image {id} could not be found."


def create_volume(
    cloud: Cloud,
    *,
    project_id: str,
    user_id: str,
    size: int,
    image_id: str | None = None,
    backup_id: str | None = None,
    hints: Mapping[str, Any] | None = None,
    request_id: str | None = None,
    **fields: Any,
) -> Volume:
    """A volume of `size` GiB on its way; `snapshot_id` and `source_volid` among `fields` are sources, too.

    Whoever calls has checked sources, quota and policy; `order_volume` does.  `hints` are for the scheduler;
    `request_id` is the call that a message will name if it fails.
    """
    volume = Volume(
        id=cloud.streams.uuid("volume"),
        number=cloud.streams.number("volume number"),
        project_id=project_id,
        user_id=user_id,
        size=size,
        created_at=cloud.now,
        **fields,
    )
    memo = {
        "image_id": image_id,
        "backup_id": backup_id,
        "hints": json.dumps(dict(hints), sort_keys=True) if hints else None,
        "request_id": request_id,
    }
    told = tuple((key, value) for key, value in memo.items() if value is not None)
    return VOLUME.start(cloud, volume, _trigger(volume, image_id, backup_id), memo=told)


def _trigger(volume: Volume, image_id: str | None, backup_id: str | None) -> str:
    if volume.snapshot_id:
        return "create_from_snapshot"
    if volume.source_volid:
        return "create_from_volume"
    if image_id:
        return "create_from_image"
    return "create_from_backup" if backup_id else "create"


@VOLUME.leaving(*(f"{way}.scheduling" for way in WAYS))
def place(cloud: Cloud, volume: Volume) -> Changes:
    """Find a pool; copies are made on the back end where their source is, members of a group on the group's."""
    if volume.host is not None:  # an operator has chosen
        return {}
    attempts = int(volume.memory("attempts") or 0)
    most = cloud.settings.scheduler_max_attempts
    if attempts >= most:
        raise NoValidBackend(reason=f"Exceeded max scheduling attempts {most} for volume {volume.id}")
    chosen = choose(
        cloud,
        volume.size,
        cloud.store.find(VolumeType, volume.volume_type_id),
        zone=volume.availability_zone,
        backend=_bound_to(cloud, volume),
        hints=json.loads(volume.memory("hints") or "{}"),
        project_id=volume.project_id,
    )
    return {
        "host": chosen.host,
        "availability_zone": chosen.backend.availability_zone,
        "memo": _remember(volume, "attempts", str(attempts + 1)),
    }


def _bound_to(cloud: Cloud, volume: Volume) -> str | None:
    """The back end, or cluster, that it must be on."""
    source = source_of(cloud, volume)
    group = cloud.store.find(VolumeGroup, volume.group_id)
    host = source.host if source else group.host if group else None
    if host is None:
        return None
    backend = cloud.store.find(VolumeBackend, backend_id(host))
    return backend.cluster or backend.id if backend else backend_id(host)


def _remember(volume: Volume, key: str, value: str) -> Pairs:
    return (*((name, old) for name, old in volume.memo if name != key), (key, value))


@VOLUME.retrying(*WAYS)
def reschedule(cloud: Cloud, volume: Volume, stage: str, reason: str) -> Changes | None:
    """A back end that cannot make it is left for another, until the scheduler has had enough of it."""
    if stage not in AT_THE_BACK_END:
        return None
    _tell(cloud, volume, Action.CREATE_VOLUME_FROM_BACKEND, Detail.DRIVER_FAILED_CREATE)
    return {"host": None}


@VOLUME.failing(*WAYS)
def not_made(cloud: Cloud, volume: Volume, reason: str) -> Changes:
    """What the scheduler could not place has no host."""
    forsake(cloud, volume)
    assert volume.trigger is not None
    if VOLUME.ways[volume.trigger].stages[volume.step].name == "scheduling":
        _tell(cloud, volume, Action.SCHEDULE_ALLOCATE_VOLUME, Detail.NO_BACKEND_AVAILABLE)
        return {"host": None}
    return {}


def _tell(cloud: Cloud, volume: Volume, action: Action, detail: Detail) -> None:
    add_message(
        cloud,
        project_id=volume.project_id,
        resource_type=RESOURCE,
        resource_id=volume.id,
        action=action,
        detail=detail,
        request_id=volume.memory("request_id"),
    )


def source_of(cloud: Cloud, volume: Volume) -> Volume | None:
    """The volume whose bytes it begins with, be it through a snapshot."""
    snapshot = cloud.store.find(Snapshot, volume.snapshot_id)
    return cloud.store.find(Volume, snapshot.volume_id if snapshot else volume.source_volid)


@VOLUME.leaving("create_from_image.downloading")
def downloaded(cloud: Cloud, volume: Volume) -> Changes:
    """It boots, and remembers what the image said."""
    image = cloud.store.find(Image, volume.memory("image_id"))
    if image is None or image.status != "active":
        raise ImageGone(id=volume.memory("image_id"))
    return {"bootable": True, "image_metadata": image_metadata(image)}


def image_metadata(image: Image) -> tuple[tuple[str, str], ...]:
    """What a volume keeps of the image that it was made from: `volume_image_metadata`."""
    about = {"image_id": image.id, "image_name": image.name or ""}
    about |= {name: str(getattr(image, name)) for name in OF_IMAGE if getattr(image, name) is not None}
    return tuple({"signature_verified": "False", **dict(image.properties), **about}.items())


@VOLUME.leaving("create_from_snapshot.copying", "create_from_volume.copying")
def copied(cloud: Cloud, volume: Volume) -> Changes:
    """A copy boots if its source does, and says the same of the image."""
    source = source_of(cloud, volume)
    if source is None:
        return {}
    return {"bootable": source.bootable, "image_metadata": source.image_metadata}


@VOLUME.arriving(*WAYS[:-1])  # restoring.py: what comes of a backup is empty yet
def made(cloud: Cloud, volume: Volume) -> Changes:
    return {"launched_at": cloud.now}
