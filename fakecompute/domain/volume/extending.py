"""Volumes that grow, be they attached or not; servers that have one learn of it.

Facts: `_extend` of cinder/volume/api.py; `extend_volume` of cinder/scheduler/manager.py and cinder/volume/manager.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.filters import Wish
from fakecompute.domain.volume.messages import VOLUME as RESOURCE
from fakecompute.domain.volume.messages import Action, Detail, add_message
from fakecompute.domain.volume.moving import is_copied
from fakecompute.domain.volume.nova import tell
from fakecompute.domain.volume.ordering import check_size_of_type
from fakecompute.domain.volume.pools import NoValidBackend, fitting
from fakecompute.domain.volume.quota import check_growth
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

WAYS = ("extend", "extend_attached")


class NotGreater(BadRequest):
    message = (
        "Invalid input received: New size for extend must be greater than current size."
        " (current: {size}, extended: {new_size})."
    )


class NotExtendable(BadRequest):
    message = "Invalid volume: Volume {id} status must be '{wanted}' to extend, currently {status}."


class NotExtending(BadRequest):
    message = "Invalid volume: Volume is not being extended."


class NothingToComplete(BadRequest):
    message = "Invalid volume: Required volume admin metadata is malformed or missing."


def extend(
    cloud: Cloud, volume: Volume, new_size: int, *, attached: bool = False, request_id: str | None = None
) -> Volume:
    """Set its growth to `new_size` GiB off; `attached` is whether it is in use."""
    extra = new_size - volume.size
    if extra <= 0:
        raise NotGreater(size=volume.size, new_size=new_size)
    kind = cloud.store.find(VolumeType, volume.volume_type_id)
    if kind is not None:
        check_size_of_type(kind, new_size)
    trigger = "extend_attached" if attached else "extend"
    if not VOLUME.may(volume, trigger) or is_copied(volume):
        wanted = {"status": "in-use" if attached else "available"}
        raise NotExtendable(id=volume.id, wanted=wanted, status=volume.status)
    check_growth(cloud, volume.project_id, new_size, extra, volume.volume_type_id)
    memo = (("request_id", request_id),) if request_id else ()
    return VOLUME.start(cloud, volume, trigger, growth=extra, memo=memo)


def complete(cloud: Cloud, volume: Volume) -> NoReturn:
    """os-extend_volume_completion: no driver here leaves it to others to end what it has begun."""
    if volume.status != "extending":
        raise NotExtending
    raise NothingToComplete


@VOLUME.leaving("extend.scheduling", "extend_attached.scheduling")
def schedule(cloud: Cloud, volume: Volume) -> Changes:
    """Has the pool where it is the room?  What it is to grow by is taken there already."""
    kind = cloud.store.find(VolumeType, volume.volume_type_id)
    cloud.store.put(volume.evolve(growth=0))  # which is not to stand in its own way
    if all(place.host != volume.host for place in fitting(cloud, Wish(volume.growth, kind))):
        raise NoValidBackend(reason=f"Cannot place volume {volume.id} on {volume.host}.")
    return {"growth": volume.growth}


@VOLUME.arriving(*WAYS)
def extended(cloud: Cloud, volume: Volume) -> Changes:
    """Nova hears of it when it has its new size."""
    grown = cloud.store.put(volume.evolve(size=volume.reserved, growth=0))
    tell(cloud, grown, "volume-extended")
    status = "in-use" if attachments_of(cloud, volume.id) else "available"
    return {"size": grown.size, "growth": 0, "status": status}


@VOLUME.failing(*WAYS)
def not_extended(cloud: Cloud, volume: Volume, reason: str) -> Changes:
    """Where the scheduler finds no room it is as it was; a driver that fails leaves an error."""
    unplaced = volume.step == 0
    add_message(
        cloud,
        project_id=volume.project_id,
        resource_type=RESOURCE,
        resource_id=volume.id,
        action=Action.EXTEND_VOLUME,
        detail=Detail.NO_BACKEND_AVAILABLE if unplaced else Detail.DRIVER_FAILED_EXTEND,
        request_id=volume.memory("request_id"),
    )
    return {"growth": 0, **({"status": volume.previous_status} if unplaced else {})}
