"""An operator has a volume moved to another back end or pool; its migration_status tells how far that is.

    starting -> migrating -> completing -> success      or error, and it is where it was

Facts: `migrate_volume` of cinder/volume/api.py, cinder/scheduler/manager.py and cinder/volume/manager.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume import nova
from fakecompute.domain.volume.attachments import attachments_of, status_of
from fakecompute.domain.volume.filters import Wish
from fakecompute.domain.volume.moving import (
    TARGET,
    MigrationFailed,
    adopt,
    complete_migration,
    drop_target,
    make_target,
    target_of,
)
from fakecompute.domain.volume.places import backend_of
from fakecompute.domain.volume.pools import NoValidBackend, Place, place_at, weighed
from fakecompute.domain.volume.storage import is_active
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

UNATTACHED = ("migrate", "migrate_locked")
WAYS = (*UNATTACHED, "migrate_attached")


class NoSuchBackend(BadRequest):
    message = "Invalid host: No available service named '{name}'"


class CannotMigrate(BadRequest):
    message = (
        "Invalid volume: Volume {id} status must be available or in-use, must not be migrating, have snapshots, be"
        " replicated, be part of a group and destination host/cluster must be different than the current one"
    )


class WrongMigration(BadRequest):
    message = "Invalid volume: {reason}"


def migrate(
    cloud: Cloud, volume: Volume, *, host: str | None, cluster: str | None, copy: bool, lock: bool
) -> Volume:
    """Set its move off, to a host (with or without pool) or to any of a cluster.

    `copy`: also where the back end could move it by itself; `lock`: nobody may do anything else with it meanwhile.
    """
    _check_known(cloud, host, cluster)
    if (
        volume.status not in ("available", "in-use")
        or volume.is_migrating
        or volume.replication_status not in (None, "disabled", "not-capable")
        or volume.group_id is not None
        or host == volume.host
        or (cluster is not None and cluster == _cluster_of(cloud, volume))
        or cloud.store.count(Snapshot, "volume", volume.id)
    ):
        raise CannotMigrate(id=volume.id)
    trigger = "migrate_locked" if lock else "migrate"
    if volume.status == "in-use":
        trigger = "migrate_attached"
    memo = (("to", host or cluster or ""), ("copy", str(copy)))
    return VOLUME.start(cloud, volume, trigger, migration_status="starting", memo=memo)


def _check_known(cloud: Cloud, host: str | None, cluster: str | None) -> None:
    """Is there a service that is up and enabled?"""
    if cluster is not None:
        members = cloud.store.by(VolumeBackend, "cluster", backend_id(cluster))
    else:
        backend = cloud.store.find(VolumeBackend, backend_id(host or ""))
        members = [backend] if backend else []
    if not any(one.is_up and not one.disabled for one in members):
        raise NoSuchBackend(name=cluster or host)


def _cluster_of(cloud: Cloud, volume: Volume) -> str | None:
    backend = backend_of(cloud, volume.host)
    return backend.cluster if backend else None


@VOLUME.leaving("migrate.scheduling", "migrate_locked.scheduling", "migrate_attached.scheduling")
def schedule(cloud: Cloud, volume: Volume) -> Changes:
    """The pool that is asked for, or the best of its back end; a second volume is made there if bytes are copied."""
    place = _wanted_place(cloud, volume)
    memo = (*volume.memo, ("place", place.host))
    if not _moves_by_itself(cloud, volume, place):
        memo = (*memo, ("target", make_target(cloud, volume, place).id))
    return {"migration_status": "migrating", "memo": memo}


def _wanted_place(cloud: Cloud, volume: Volume) -> Place:
    kind = cloud.store.find(VolumeType, volume.volume_type_id)
    to = volume.memory("to") or ""
    for place in weighed(cloud, Wish(volume.size, kind)):
        names = (place.host, place.name) if "#" in to else (place.backend.id, place.backend.cluster)
        if to in names:
            return place
    raise NoValidBackend(reason=f"Cannot place volume {volume.id} on {to}.")


def _moves_by_itself(cloud: Cloud, volume: Volume, place: Place) -> bool:
    """LVM does so on its own host, unless it is told to copy, or somebody has the volume open."""
    if volume.memory("copy") == "True" or attachments_of(cloud, volume.id):
        return False
    source = backend_of(cloud, volume.host)
    if source is None or (source.driver, source.host) != ("lvm", place.backend.host):
        return False
    if place.host == volume.host:
        raise MigrationFailed(reason=f"{volume.id} is in {place.host} already.")
    return True


@VOLUME.leaving("migrate.migrating", "migrate_locked.migrating")
def copied(cloud: Cloud, volume: Volume) -> Changes:
    return {"migration_status": "completing"}


@VOLUME.leaving("migrate.completing", "migrate_locked.completing")
def completed(cloud: Cloud, volume: Volume) -> Changes:
    if volume.memory("target"):
        return adopt(cloud, volume, target_of(cloud, volume))
    place = place_at(cloud, volume.memory("place") or "")
    if place is None or not is_active(cloud, place.backend):
        raise MigrationFailed(reason="The back end is gone.")
    zone = place.backend.availability_zone
    return {"host": place.host, "availability_zone": zone, "migration_status": "success"}


@VOLUME.leaving("migrate_attached.preparing")
def hand_over(cloud: Cloud, volume: Volume) -> Changes:
    """The rest is Nova's: in the end it calls `complete_migration`.  What no server has any more, nobody waits for."""
    if not volume.memory("target") or not attachments_of(cloud, volume.id):
        return {**completed(cloud, volume), "status": status_of(cloud, volume)}
    nova.move(cloud, volume, target_of(cloud, volume))
    return {}


@VOLUME.arriving("migrate", "migrate_attached")
def arrived(cloud: Cloud, volume: Volume) -> Changes:
    """Others may have changed the status meanwhile; who migrates it does not."""
    return {"status": volume.status}


@VOLUME.failing(*WAYS)
def not_migrated(cloud: Cloud, volume: Volume, reason: str) -> Changes:
    drop_target(cloud, volume)
    kept = {} if volume.trigger == "migrate_locked" else {"status": volume.status}
    return {"migration_status": "error", **kept}


def finish(cloud: Cloud, volume: Volume, target: Volume, *, error: bool) -> str:
    """os-migrate_volume_completion: the id that the volume has after it.  WrongMigration if they are no pair."""
    wanted = TARGET.format(id=volume.id)
    if not volume.migration_status:
        raise WrongMigration(reason="Source volume not mid-migration.")
    if not target.migration_status:
        raise WrongMigration(reason="Destination volume not mid-migration.")
    if target.migration_status != wanted:
        raise WrongMigration(reason=f"Destination has migration_status {target.migration_status}, expected {wanted}.")
    return complete_migration(cloud, volume, target, error=error).id
