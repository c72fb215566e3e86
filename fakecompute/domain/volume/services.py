"""The services of Cinder: switched on and off, frozen, failed over to where their volumes are replicated.

Facts: cinder/api/v3/services.py, cinder/volume/api.py, cinder/volume/manager.py (failover).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.volume import Snapshot
from fakecompute.domain.records.volume_backend import (
    BACKUP,
    SCHEDULER,
    CinderService,
    StorageService,
    VolumeBackend,
    VolumeCluster,
)
from fakecompute.domain.volume.places import volumes_on
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

CONTROLLER = "controller"  # where the scheduler runs
FAILOVER = "backend.failover"  # the event after which a back end's volumes are where they are replicated
FAILBACK = "default"  # the target that brings it back
REPORT_INTERVAL = 10 * SECOND  # cinder.conf: report_interval
NOT_REPLICATED = (None, "disabled", "not-capable")
Holder = VolumeBackend | VolumeCluster  # of a state of replication


class ServiceNotFound(NotFound):
    message = "Service {binary} could not be found on host {host}."


class NoSuchService(BadRequest):
    message = "No service found with {what}={name}"


class Unchanged(BadRequest):
    message = (
        "Invalid input received: No service could be changed: {field} in {hosts} must be {wanted} {up}to failover."
    )


# --- which there are


def define_services(cloud: Cloud) -> None:
    """A scheduler, and a cinder-backup on each host that has a back end."""
    backends = sorted(cloud.store.all(VolumeBackend), key=lambda backend: backend.number)
    zones = {backend.host: backend.availability_zone for backend in reversed(backends)}
    wanted = [(SCHEDULER, CONTROLLER, cloud.settings.storage_availability_zone)]
    wanted += [(BACKUP, host, zones[host]) for host in dict.fromkeys(backend.host for backend in backends)]
    for number, (binary, host, zone) in enumerate(wanted, len(backends) + 1):
        cloud.store.put(
            CinderService(
                id=f"{binary}:{host}",
                service_id=cloud.streams.uuid_at(binary, host),
                binary=binary,
                host=host,
                number=number,
                availability_zone=zone,
                created_at=cloud.now,
                updated_at=cloud.now,
            )
        )


def all_services(cloud: Cloud) -> list[VolumeBackend | CinderService]:
    """In the order of their numbers."""
    services: list[VolumeBackend | CinderService] = [*cloud.store.all(VolumeBackend), *cloud.store.all(CinderService)]
    return sorted(services, key=lambda service: service.number)


def services_at(services: Iterable[VolumeBackend | CinderService], host: str) -> list[VolumeBackend | CinderService]:
    """Those of a host or back end; a host's are also those of all its back ends."""
    return [one for one in services if host in (one.place, one.host)]


def find_service(cloud: Cloud, host: str, binary: str) -> VolumeBackend | CinderService:
    """The first of its kind there."""
    found = [one for one in services_at(all_services(cloud), host) if one.binary == binary]
    if not found:
        raise ServiceNotFound(binary=binary, host=host)
    return found[0]


def backup_services(cloud: Cloud) -> list[CinderService]:
    """The cinder-backup of each host that has one, in the order of their numbers."""
    return sorted(cloud.store.by(CinderService, "binary", BACKUP), key=lambda service: service.number)


# --- switched on and off


def enable(cloud: Cloud, service: VolumeBackend | CinderService) -> None:
    cloud.store.put(service.evolve(disabled=False, disabled_reason=None, updated_at=cloud.now))


def disable(cloud: Cloud, service: VolumeBackend | CinderService, reason: str | None = None) -> None:
    told = reason or service.disabled_reason
    cloud.store.put(service.evolve(disabled=True, disabled_reason=told, updated_at=cloud.now))


def freeze(cloud: Cloud, *, host: str | None, cluster: str | None) -> None:
    """Nothing is made there, changed or taken away any more; what is in use goes on."""
    for backend in _change(cloud, host, cluster, "frozen", (False,), True):
        cloud.store.put(backend.evolve(disabled=True, disabled_reason="frozen", updated_at=cloud.now))


def thaw(cloud: Cloud, *, host: str | None, cluster: str | None) -> None:
    for backend in _change(cloud, host, cluster, "frozen", (True,), False):
        cloud.store.put(backend.evolve(disabled=False, disabled_reason="", updated_at=cloud.now))


# --- replication


def failover(cloud: Cloud, *, host: str | None, cluster: str | None, target: str | None) -> None:
    """Go on with the replicas, at the target of that name; `default` goes back."""
    wanted = ("enabled", "failed-over")
    for backend in _change(cloud, host, cluster, "replication_status", wanted, "failing-over", must_be_up=True):
        took = cloud.timing.draw(cloud.streams, "backend.failover", backend.id, cloud.now)
        cloud.events.add(cloud.now + took, FAILOVER, backend.id, backend.outage, target)


def failed_over(cloud: Cloud, event: Event) -> None:
    """The driver is done: cinder/volume/manager.py, failover."""
    backend = cloud.store.find(VolumeBackend, event.subject)
    if backend is None or not backend.reporting or backend.outage != event.workflow:
        return
    (target,) = event.detail
    others = (one for one in backend.replication_targets if one != backend.active_backend_id)
    chosen = str(target) if target else next(others, None)
    if chosen != FAILBACK:
        _lose_unreplicated(cloud, backend)
    if chosen == FAILBACK:
        changes: dict[str, Any] = {
            "replication_status": "enabled",
            "active_backend_id": "",
            "disabled": backend.frozen,
            "disabled_reason": "frozen" if backend.frozen else "",
        }
    elif chosen in backend.replication_targets:
        changes = {
            "replication_status": "failed-over",
            "active_backend_id": chosen,
            "disabled": True,
            "disabled_reason": "failed-over",
        }
    else:  # no such target: as it was
        status = "failed-over" if backend.active_backend_id else "enabled"
        _finish(cloud, backend, {"replication_status": status})
        return
    _finish(cloud, backend, changes)
    for volume in volumes_on(cloud, backend):
        if volume.replication_status not in NOT_REPLICATED:
            cloud.store.put(volume.evolve(replication_status=changes["replication_status"], updated_at=cloud.now))


def _finish(cloud: Cloud, backend: VolumeBackend, changes: dict[str, Any]) -> None:
    cloud.store.put(backend.evolve(**changes, updated_at=cloud.now))
    cluster = cloud.store.find(VolumeCluster, backend.cluster)
    if cluster is not None:
        cloud.store.put(cluster.evolve(**changes, updated_at=cloud.now))


def _lose_unreplicated(cloud: Cloud, backend: VolumeBackend) -> None:
    """What is on the lost storage alone is lost."""
    for volume in volumes_on(cloud, backend):
        if volume.replication_status in NOT_REPLICATED:
            cloud.store.put(
                volume.evolve(
                    previous_status=volume.status,
                    status="error",
                    replication_status="not-capable",
                    trigger=None,
                    workflow=cloud.streams.number("workflow"),
                    updated_at=cloud.now,
                )
            )
            for snapshot in cloud.store.by(Snapshot, "volume", volume.id):
                ticket = cloud.streams.number("workflow")
                cloud.store.put(snapshot.evolve(status="error", trigger=None, workflow=ticket, updated_at=cloud.now))


# --- changes of a state that back ends and their cluster share


def _change(
    cloud: Cloud,
    host: str | None,
    cluster: str | None,
    field: str,
    wanted: Sequence[bool] | Sequence[str],
    value: bool | str,
    must_be_up: bool = False,
) -> list[VolumeBackend]:
    """The back ends whose `field` was one of `wanted` and is now `value`; Unchanged if there is none."""
    group, backends = _replicated(cloud, host, cluster)
    ready: Callable[[Holder], bool] = lambda one: getattr(one, field) in wanted  # noqa: E731
    fit = [one for one in backends if ready(one) and (one.is_up or not must_be_up)]
    if not fit or (group is not None and not ready(group)):
        raise Unchanged(
            field=field,
            hosts=[one.id for one in backends],
            wanted=list(wanted) if must_be_up else wanted[0],
            up="and must be up " if must_be_up else "",
        )
    if group is not None:
        cloud.store.put(group.evolve(**{field: value}, updated_at=cloud.now))
    return [cloud.store.put(one.evolve(**{field: value}, updated_at=cloud.now)) for one in fit]


def _replicated(
    cloud: Cloud, host: str | None, cluster: str | None
) -> tuple[VolumeCluster | None, list[VolumeBackend]]:
    """A back end, or a cluster with all that serve it."""
    if cluster is None:
        backend = cloud.store.find(VolumeBackend, host)
        if backend is None:
            raise NoSuchService(what="host", name=host)
        return None, [backend]
    backends = sorted(cloud.store.by(VolumeBackend, "cluster", cluster), key=lambda one: one.number)
    if not backends:
        raise NoSuchService(what="cluster", name=cluster)
    return cloud.store.find(VolumeCluster, cluster), backends


def reported_at(cloud: Cloud, service: StorageService) -> int:
    """When it last told of itself, which it does every ten seconds while it runs, or was told something."""
    latest = service.updated_at or service.created_at
    if not service.reporting:
        return latest
    return max(latest, cloud.now - (cloud.now - cloud.begun) % REPORT_INTERVAL)


def zones(cloud: Cloud) -> dict[str, bool]:
    """The zones that back ends are in, and whether one of them is enabled."""
    found: dict[str, bool] = {}
    for backend in sorted(cloud.store.all(VolumeBackend), key=lambda one: one.number):
        zone = backend.availability_zone
        found[zone] = found.get(zone, False) or not backend.disabled
    return found
