"""A volume gets another type: where it is if its pool suits, else on another one, if moving is allowed.

Facts: `retype` of cinder/volume/api.py, cinder/scheduler/manager.py and cinder/volume/manager.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_type import QosSpecs
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume import nova
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.filters import Wish, zones_of
from fakecompute.domain.volume.moving import (
    MigrationFailed,
    adopt,
    drop_target,
    encryption_differs,
    make_target,
    target_of,
)
from fakecompute.domain.volume.ordering import MULTIATTACH, check_size_of_type
from fakecompute.domain.volume.pools import Place, retyped_place, weighed
from fakecompute.domain.volume.quota import check_retype
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

NEVER, ON_DEMAND = "never", "on-demand"  # migration_policy
WAYS = ("retype", "retype_moving", "retype_attached")


class CannotRetype(BadRequest):
    message = (
        "Invalid volume: Retype needs volume to be in available or in-use state, not be part of an active migration or"
        " a consistency group, requested type has to be different that the one from the volume, and for in-use volumes"
        " front-end qos specs cannot change."
    )


class SharingChanges(BadRequest):
    message = (
        "Invalid input received: Invalid volume_type passed, retypes affecting multiattach are only allowed on"
        " available volumes, the specified volume however currently has a status of: {status}."
    )


class SnapshotsStay(BadRequest):
    message = "Invalid volume: Volume must not have snapshots."


def retype(cloud: Cloud, volume: Volume, kind: VolumeType, policy: str = NEVER) -> Volume:
    """Set its change of type off; `policy` is whether it may be moved for it."""
    check_size_of_type(kind, volume.size)
    shared = is_shared(kind)
    if shared != volume.multiattach and volume.status != "available":
        raise SharingChanges(status=volume.status)
    snapshots = cloud.store.by(Snapshot, "volume", volume.id)
    check_retype(cloud, volume.project_id, volume.size, [one.size for one in snapshots], kind.id)
    if (
        not VOLUME.may(volume, "retype")
        or volume.is_migrating
        or volume.group_id is not None
        or volume.volume_type_id == kind.id
        or (volume.status == "in-use" and not _same_front_end(cloud, volume, kind))
    ):
        raise CannotRetype
    memo = (("type", kind.id), ("policy", policy))
    return VOLUME.start(cloud, volume, _trigger(cloud, volume, kind, policy), multiattach=shared, memo=memo)


def is_shared(kind: VolumeType) -> bool:
    return MULTIATTACH in kind.extra_specs


def _same_front_end(cloud: Cloud, volume: Volume, kind: VolumeType) -> bool:
    """Is what servers are held to the same with both types?"""
    old = cloud.store.find(VolumeType, volume.volume_type_id)
    ids = [old.qos_specs_id if old else None, kind.qos_specs_id]
    if ids[0] == ids[1]:
        return True
    both = [cloud.store.find(QosSpecs, id) for id in ids]
    return all(specs is None or specs.consumer == "back-end" for specs in both)


def _trigger(cloud: Cloud, volume: Volume, kind: VolumeType, policy: str) -> str:
    wish = Wish(volume.size, kind, _zones(volume, kind), stays=volume.host)
    stays = any(place.host == volume.host for place in weighed(cloud, wish))
    if policy == NEVER or (stays and not encryption_differs(cloud, volume, kind)):
        return "retype"
    return "retype_attached" if volume.status == "in-use" else "retype_moving"


def _zones(volume: Volume, kind: VolumeType) -> tuple[str, ...]:
    own = (volume.availability_zone,) if volume.availability_zone else ()
    return zones_of(kind) or own


def _kind(cloud: Cloud, volume: Volume) -> VolumeType:
    found = cloud.store.find(VolumeType, volume.memory("type"))
    if found is None:
        raise MigrationFailed(reason="The type is gone.")
    return found


def _place(cloud: Cloud, volume: Volume, kind: VolumeType) -> Place:
    return retyped_place(
        cloud,
        volume.host or "",
        volume.size,
        kind,
        zones=_zones(volume, kind),
        may_move=volume.memory("policy") == ON_DEMAND,
        id=volume.id,
    )


@VOLUME.leaving("retype.retyping")
def retyped(cloud: Cloud, volume: Volume) -> Changes:
    """Where it is; its snapshots go with it."""
    kind = _kind(cloud, volume)
    place = _place(cloud, volume, kind)
    if place.host != volume.host or encryption_differs(cloud, volume, kind):
        raise MigrationFailed(reason="Retype requires migration but is not allowed.")
    for snapshot in cloud.store.by(Snapshot, "volume", volume.id):
        cloud.store.put(snapshot.evolve(volume_type_id=kind.id))
    return {"volume_type_id": kind.id}


@VOLUME.leaving("retype_moving.retyping", "retype_attached.retyping")
def must_move(cloud: Cloud, volume: Volume) -> Changes:
    if cloud.store.count(Snapshot, "volume", volume.id):
        raise SnapshotsStay
    kind = _kind(cloud, volume)
    target = make_target(cloud, volume, _place(cloud, volume, kind), kind)
    return {"migration_status": "migrating", "memo": (*volume.memo, ("target", target.id))}


@VOLUME.leaving("retype_moving.moving")
def moved(cloud: Cloud, volume: Volume) -> Changes:
    return adopt(cloud, volume, target_of(cloud, volume))


@VOLUME.leaving("retype_attached.preparing")
def hand_over(cloud: Cloud, volume: Volume) -> Changes:
    """The rest is Nova's; what no server has any more, nobody waits for."""
    target = target_of(cloud, volume)
    if not attachments_of(cloud, volume.id):
        return {**adopt(cloud, volume, target), "status": "available"}
    nova.move(cloud, volume, target)
    return {}


@VOLUME.arriving("retype_attached")
def waits(cloud: Cloud, volume: Volume) -> Changes:
    """It is retyping until Nova has moved it, and then what it was."""
    before = volume.previous_status if volume.is_migrating else None
    return {"status": volume.status, "previous_status": before}


@VOLUME.failing(*WAYS)
def not_retyped(cloud: Cloud, volume: Volume, reason: str) -> Changes:
    drop_target(cloud, volume)
    return {"migration_status": "error"} if volume.is_migrating else {}
