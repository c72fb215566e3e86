"""What back ends hold and Cinder does not know: taken over (manage), and let go again (unmanage).

    manage(cloud, backend, {"source-name": "legacy"}, ...)      # its Leftover becomes a Volume
    unmanage(cloud, volume)                                     # and back

On its back end a volume is called after its id, as with LVM.  Facts: `manage_existing` of cinder/volume/api.py,
cinder/volume/flows, cinder/volume/drivers/lvm.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.records.volume_leftover import Leftover
from fakecompute.domain.tables.volumes import SNAPSHOT, VOLUME
from fakecompute.domain.volume.attachments import attach_status_of
from fakecompute.domain.volume.deletion import CannotDelete
from fakecompute.domain.volume.filters import Wish
from fakecompute.domain.volume.messages import VOLUME as RESOURCE
from fakecompute.domain.volume.messages import Action, Detail, add_message
from fakecompute.domain.volume.ordering import MULTIATTACH
from fakecompute.domain.volume.places import backend_of
from fakecompute.domain.volume.pools import NoValidBackend, weighed
from fakecompute.domain.volume.quota import check_new_snapshot, check_new_volume
from fakecompute.domain.volume.snapshots import check_fit
from fakecompute.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Reference = dict[str, Any]


class NoSuchService(NotFound):
    message = "Service cinder-volume could not be found{where}."


class ServiceOff(BadRequest):
    message = "Service is unavailable at this time."


class ManagedAlready(BadRequest):
    message = "Unable to manage existing volume. The volume is already managed"


class BadReference(BadRequest):
    message = "Manage existing volume failed due to invalid backend reference {reference}: {reason}"


class EncryptedStays(BadRequest):
    """Why, a message says."""

    message = "Unacceptable parameters."


def volume_name(volume: Volume) -> str:
    """What it is called on its back end."""
    return f"volume-{volume.name_id or volume.id}"


def snapshot_name(snapshot: Snapshot) -> str:
    return f"_snapshot-{snapshot.id}"


# --- what there is


class Held(NamedTuple):
    """Something that a back end holds; `cinder_id` if Cinder knows it, `source` if it is a snapshot."""

    name: str
    size: int
    cinder_id: str | None = None
    source: str | None = None


def service_for(cloud: Cloud, host: str | None, cluster: str | None) -> VolumeBackend:
    """The first back end of a host or cluster, whatever pool is named; it must be up and enabled."""
    if cluster is not None:
        found = cloud.store.by(VolumeBackend, "cluster", backend_id(cluster))
        where = ""
    else:
        name = backend_id(host or "")
        found = [one for one in cloud.store.all(VolumeBackend) if name in (one.id, one.host)]
        where = f" on host {name}"
    if not found:
        raise NoSuchService(where=where)
    backend = min(found, key=lambda one: (cluster is not None and not one.is_up, one.number))
    if backend.disabled or not backend.is_up:
        raise ServiceOff
    return backend


def volumes_on(cloud: Cloud, backend: VolumeBackend) -> list[Held]:
    """All volumes in its pools, Cinder's first."""
    held = [Held(volume_name(one), one.size, one.id) for one in _managed(cloud, backend)]
    return held + [Held(one.name, one.size) for one in _leftovers(cloud, backend) if one.source is None]


def snapshots_on(cloud: Cloud, backend: VolumeBackend) -> list[Held]:
    held = [
        Held(snapshot_name(snapshot), snapshot.size, snapshot.id, volume_name(volume))
        for volume in _managed(cloud, backend)
        for snapshot in sorted(cloud.store.by(Snapshot, "volume", volume.id), key=lambda one: one.number)
    ]
    others = [one for one in _leftovers(cloud, backend) if one.source is not None]
    return held + [Held(one.name, one.size, None, one.source) for one in others]


def _managed(cloud: Cloud, backend: VolumeBackend) -> list[Volume]:
    """Those that are being taken over are not what they are called, yet."""
    hosts = [f"{backend.id}#{pool.name}" for pool in backend.pools]
    found = [volume for host in hosts for volume in cloud.store.by(Volume, "host", host)]
    return sorted(
        (one for one in found if one.status not in ("managing", "error_managing")), key=lambda one: one.number
    )


def _leftovers(cloud: Cloud, backend: VolumeBackend) -> list[Leftover]:
    return sorted(cloud.store.by(Leftover, "backend", backend.id), key=lambda one: one.number)


def leave(cloud: Cloud, backend: str, pool: str, name: str, size: int, source: str | None = None) -> Leftover:
    """Put something on a back end that Cinder does not know."""
    number = cloud.streams.number("leftover")
    id = f"{backend}/{name}"
    left = Leftover(id=id, backend=backend, pool=pool, name=name, size=size, source=source, number=number)
    return cloud.store.put(left)


# --- volumes


def manage(
    cloud: Cloud,
    backend: VolumeBackend,
    reference: Reference | str,
    *,
    project_id: str,
    user_id: str,
    kind: VolumeType,
    host: str | None = None,
    name: str | None = None,
    description: str | None = None,
    zone: str | None = None,
    metadata: Pairs = (),
    bootable: bool = False,
) -> Volume:
    """A volume on its way to be what the reference names; how large that is shows itself.

    `host` names the pool, if it is known.
    """
    check_new_volume(cloud, project_id, 0, kind.id)
    volume = Volume(
        id=cloud.streams.uuid("volume"),
        number=cloud.streams.number("volume number"),
        project_id=project_id,
        user_id=user_id,
        size=0,
        name=name,
        description=description,
        host=host or backend.id,
        availability_zone=backend.availability_zone if zone is None else zone,
        volume_type_id=kind.id,
        multiattach=MULTIATTACH in kind.extra_specs,
        metadata=metadata,
        bootable=bootable,
        created_at=cloud.now,
    )
    return VOLUME.start(cloud, volume, "manage", memo=(("reference", json.dumps(reference)),))


def check_unmanaged(cloud: Cloud, reference: Reference | str) -> None:
    """ManagedAlready if the reference is the name of one of Cinder's volumes."""
    name = reference.get("source-name") if isinstance(reference, dict) else None
    if isinstance(name, str) and name.startswith("volume-") and cloud.store.find(Volume, name[len("volume-") :]):
        raise ManagedAlready


@VOLUME.leaving("manage.scheduling")
def place(cloud: Cloud, volume: Volume) -> Changes:
    """The back end must suit the type; of its pools the one that was named, or any."""
    kind = cloud.store.find(VolumeType, volume.volume_type_id)
    for found in weighed(cloud, Wish(0, kind)):
        if volume.host in (found.host, found.backend.id):
            return {"host": found.host}
    raise NoValidBackend(reason=f"Cannot place volume {volume.id} on {volume.host}.")


@VOLUME.leaving("manage.managing")
def managed(cloud: Cloud, volume: Volume) -> Changes:
    """It gets its new name, and snapshots of it follow."""
    found = _named(cloud, volume.host or "", volume.memory("reference"))
    if found.source is not None:
        raise BadReference(reference=found.name, reason="It is a snapshot.")
    check_new_volume(cloud, volume.project_id, found.size, volume.volume_type_id)
    cloud.store.drop(found)
    for one in cloud.store.by(Leftover, "backend", found.backend):
        if one.source == found.name:
            cloud.store.put(one.evolve(source=volume_name(volume)))
    host = f"{found.backend}#{found.pool}"
    return {"size": found.size, "host": host, "launched_at": cloud.now}


def _named(cloud: Cloud, host: str, told: str | None) -> Leftover:
    """What a reference names on a back end."""
    reference = json.loads(told or "null")
    name = reference.get("source-name") if isinstance(reference, dict) else None
    if not isinstance(name, str):
        raise BadReference(reference=reference, reason="Reference must contain source-name element.")
    found = cloud.store.find(Leftover, f"{backend_id(host)}/{name}")
    if found is None:
        raise BadReference(reference=name, reason="Specified logical volume does not exist.")
    return found


def unmanage(cloud: Cloud, volume: Volume) -> None:
    """Set off that Cinder forgets it; its bytes stay.  CannotDelete if something holds it, EncryptedStays."""
    if volume.host is None:
        cloud.store.drop(volume)
        return
    if volume.encrypted:
        raise EncryptedStays
    if (
        not VOLUME.may(volume, "unmanage")
        or volume.is_migrating
        or volume.group_id is not None
        or attach_status_of(cloud, volume) == "attached"
        or cloud.store.count(Snapshot, "volume", volume.id)
    ):
        raise CannotDelete
    VOLUME.start(cloud, volume, "unmanage")


def tell_encrypted(cloud: Cloud, volume: Volume, request_id: str) -> None:
    """Why it was not unmanaged: a refusal itself changes nothing, so the caller leaves this message."""
    add_message(
        cloud,
        project_id=volume.project_id,
        resource_type=RESOURCE,
        resource_id=volume.id,
        action=Action.UNMANAGE_VOLUME,
        detail=Detail.UNMANAGE_ENC_NOT_SUPPORTED,
        request_id=request_id,
    )


@VOLUME.arriving("unmanage")
def let_go(cloud: Cloud, volume: Volume) -> Changes:
    host, _, pool = (volume.host or "").partition("#")
    if volume.previous_status != "error_managing" and backend_of(cloud, host) is not None:
        leave(cloud, host, pool, volume_name(volume), volume.size)
    return {}


# --- snapshots


def manage_snapshot(
    cloud: Cloud,
    volume: Volume,
    reference: Reference | str | None,
    *,
    project_id: str,
    user_id: str,
    name: str | None,
    description: str | None,
    metadata: Pairs = (),
) -> Snapshot:
    """A snapshot of a volume that its back end has already; as with one that is made, the quota is asked first."""
    service_for(cloud, volume.host, None)
    check_fit(volume, force=True)
    check_new_snapshot(cloud, project_id, volume.size, volume.volume_type_id)
    snapshot = Snapshot(
        id=cloud.streams.uuid("snapshot"),
        number=cloud.streams.number("snapshot number"),
        project_id=project_id,
        user_id=user_id,
        volume_id=volume.id,
        size=volume.size,
        name=name,
        description=description,
        volume_type_id=volume.volume_type_id,
        encryption_key_id=volume.encryption_key_id,
        metadata=metadata,
        created_at=cloud.now,
    )
    told = {"source-name": reference} if isinstance(reference, str) else reference
    return SNAPSHOT.start(cloud, snapshot, "manage", memo=(("reference", json.dumps(told)),))


@SNAPSHOT.leaving("manage.managing")
def snapshot_managed(cloud: Cloud, snapshot: Snapshot) -> Changes:
    volume = cloud.store.get(Volume, snapshot.volume_id)
    found = _named(cloud, volume.host or "", snapshot.memory("reference"))
    if found.source != volume_name(volume):
        raise BadReference(reference=found.name, reason="It is no snapshot of this volume.")
    cloud.store.drop(found)
    return {"size": found.size}


@SNAPSHOT.arriving("unmanage")
def snapshot_let_go(cloud: Cloud, snapshot: Snapshot) -> Changes:
    volume = cloud.store.find(Volume, snapshot.volume_id)
    host, _, pool = ((volume and volume.host) or "").partition("#")
    if volume is not None and backend_of(cloud, host) is not None:
        leave(cloud, host, pool, snapshot_name(snapshot), snapshot.size, volume_name(volume))
    return {}
