"""Services of Cinder that stop and come back, and what follows for the volumes on them.

While a back end does not report, stages on it stand still; after `service_down_time` the others notice.  What it does
with work that it finds half done when it is back: cinder/manager.py (CleanableManager), `_do_cleanup` of
cinder/volume/manager.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from fakecompute.domain.lifecycle import Lifecycle
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.records.volume_backend import CinderService, StorageService, VolumeBackend
from fakecompute.domain.tables.volumes import SNAPSHOT, VOLUME
from fakecompute.domain.volume.attachments import status_of
from fakecompute.domain.volume.places import peers, volumes_on
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SILENT = "volume_service.silent"  # the event after which a service that does not report counts as down

# cinder/objects/volume.py, snapshot.py: _is_cleanable
CLEANABLE: dict[type, tuple[str, ...]] = {
    Volume: ("creating", "deleting", "uploading", "downloading"),
    Snapshot: ("creating",),
}
Work = Volume | Snapshot
S = TypeVar("S", bound=StorageService)
Cleaner = Callable[["Cloud", VolumeBackend | CinderService], None]
_cleaners: dict[str, list[Cleaner]] = {}  # declared at import, by the modules whose work a service does
REASON = "The volume service went down."


def when_back(binary: str) -> Callable[[Cleaner], Cleaner]:
    """Declare what a service does when it comes back, cinder-volume beside its volumes and snapshots."""

    def declare(function: Cleaner) -> Cleaner:
        _cleaners.setdefault(binary, []).append(function)
        return function

    return declare


# --- back ends


def backend_down(cloud: Cloud, backend: VolumeBackend) -> VolumeBackend:
    """Its cinder-volume stops: nothing on it goes on."""
    return service_down(cloud, backend)


def backend_up(cloud: Cloud, backend: VolumeBackend) -> VolumeBackend:
    """It is back: calls that wait in its queue are heard, and what it was about is cleaned up."""
    if backend.reporting:
        return backend
    served = any(one.reporting for one in peers(cloud, backend))
    backend = _reporting(cloud, backend)
    if served:  # others of its cluster have done the work
        return backend
    for work in _begun(cloud, backend):
        if work.cast_in_vain:
            _lifecycle(work).again(cloud, work)
        elif not _cleaned(cloud, work):  # it stays as it was, until somebody resets it
            cloud.store.put(work.evolve(workflow=cloud.streams.number("workflow")))
    _have_cleaned(cloud, backend)
    return backend


def clean_up(cloud: Cloud, backend: VolumeBackend, *, kind: str | None = None, id: str | None = None) -> None:
    """An operator has what is half done cleaned up, of one kind (Volume, Snapshot) or id alone."""
    for work in half_done(cloud, backend, kind=kind, id=id):
        _cleaned(cloud, work)


def half_done(cloud: Cloud, backend: VolumeBackend, *, kind: str | None = None, id: str | None = None) -> list[Work]:
    """What a back end has begun, and knows how to clean up."""
    return [
        work
        for work in _begun(cloud, backend)
        if not work.cast_in_vain
        and work.status in CLEANABLE[type(work)]
        and kind in (None, type(work).__name__)
        and id in (None, work.id)
    ]


def _begun(cloud: Cloud, backend: VolumeBackend) -> list[Work]:
    """The volumes and snapshots on which a back end works, or would if it heard."""
    found: list[Work] = []
    for volume in volumes_on(cloud, backend):
        mine: list[Work] = [volume, *cloud.store.by(Snapshot, "volume", volume.id)]
        found += [work for work in sorted(mine, key=_rank) if _is_on_host(work)]
    return found


def _rank(work: Work) -> tuple[bool, int]:
    return isinstance(work, Snapshot), work.number


def _is_on_host(work: Work) -> bool:
    if work.trigger is None:
        return False
    return _lifecycle(work).ways[work.trigger].stages[work.step].on_host


def _lifecycle(work: Work) -> Lifecycle[Any]:
    return VOLUME if isinstance(work, Volume) else SNAPSHOT


def _cleaned(cloud: Cloud, work: Work) -> bool:
    """Bring to an end what was under way, if Cinder knows how."""
    if work.status not in CLEANABLE[type(work)] and not _goes_with_volume(cloud, work):
        return False
    if work.status == "deleting":
        _lifecycle(work).again(cloud, work)
    elif isinstance(work, Volume) and work.status == "uploading":
        VOLUME.give_up(cloud, work, status_of(cloud, work), REASON)
    else:
        _lifecycle(work).give_up(cloud, work, "error", REASON)
    return True


def _goes_with_volume(cloud: Cloud, work: Work) -> bool:
    """A volume whose deletion is begun again takes the snapshots along that were to go with it."""
    if not isinstance(work, Snapshot) or work.status != "deleting":
        return False
    volume = cloud.store.find(Volume, work.volume_id)
    return volume is not None and volume.status == "deleting"


# --- all services


def service_down(cloud: Cloud, service: S) -> S:
    """The service stops; after `service_down_time` the others notice."""
    if not service.reporting:
        return service
    service = cloud.store.put(service.evolve(reporting=False, outage=service.outage + 1, updated_at=cloud.now))
    due = cloud.now + cloud.settings.service_down_time * SECOND
    cloud.events.add(due, SILENT, service.id, service.outage)
    return service


def service_up(cloud: Cloud, service: VolumeBackend | CinderService) -> VolumeBackend | CinderService:
    """It is back."""
    if isinstance(service, VolumeBackend):
        return backend_up(cloud, service)
    if service.reporting:
        return service
    service = _reporting(cloud, service)
    _have_cleaned(cloud, service)
    return service


def _have_cleaned(cloud: Cloud, service: VolumeBackend | CinderService) -> None:
    for clean in _cleaners.get(service.binary, ()):
        clean(cloud, service)


def _reporting(cloud: Cloud, service: S) -> S:
    return cloud.store.put(service.evolve(reporting=True, up=True, updated_at=cloud.now))


def silent(cloud: Cloud, event: Event) -> None:
    """Nobody has heard of it for too long."""
    found: Iterable[VolumeBackend | CinderService | None] = (
        cloud.store.find(VolumeBackend, event.subject),
        cloud.store.find(CinderService, event.subject),
    )
    for service in found:
        if service is not None and not service.reporting and service.outage == event.workflow:
            cloud.store.put(service.evolve(up=False))
