"""GET /os-hosts, GET /os-hosts/{host}: what is on each back end, for operators."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.records.volume_backend import VOLUME, CinderService, VolumeBackend
from fakecompute.domain.volume.places import volumes_on
from fakecompute.domain.volume.services import ServiceNotFound, all_services, reported_at, services_at
from fakecompute.rest.call import Call
from fakecompute.rest.view import View, field, naive
from fakecompute.services.volume.service import volume

POLICY = "volume_extension:hosts"

# --- response views -----------------------------------------------------------------------------------

host_detail = View(
    field("host_name", "place"),
    field("service", "binary"),
    field("zone", "availability_zone"),
    field("service-status", lambda service, call: "available" if service.is_up else "unavailable"),
    field("service-state", lambda service, call: "enabled"),
    field("last-update", lambda service, call: naive(reported_at(call.cloud, service))),
)


def resource(host: str, project: str, volumes: list[Volume], snapshots: list[Snapshot]) -> dict[str, Any]:
    """Numbers are text here."""
    told = {
        "host": host,
        "project": project,
        "volume_count": len(volumes),
        "total_volume_gb": sum(one.size for one in volumes),
        "snapshot_count": len(snapshots),
        "total_snapshot_gb": sum(one.size for one in snapshots),
    }
    return {"resource": {name: str(value) for name, value in told.items()}}


# --- handlers -----------------------------------------------------------------------------------------


def _enabled(call: Call) -> list[VolumeBackend | CinderService]:
    return [service for service in all_services(call.cloud) if not service.disabled]


@volume.get("/os-hosts", policy=POLICY)
def list_hosts(call: Call) -> dict[str, Any]:
    zone = dict(call.query_pairs).get("zone")
    shown = [service for service in _enabled(call) if not zone or service.availability_zone == zone]
    return {"hosts": host_detail.all(shown, call)}


@volume.get("/os-hosts/<host>", policy=POLICY)
def show_host(call: Call, host: str) -> dict[str, Any]:
    """In all, then by project; a host that has several back ends means its first."""
    backends = [one for one in services_at(_enabled(call), host) if isinstance(one, VolumeBackend)]
    if not backends:
        raise ServiceNotFound(binary=VOLUME, host=host)
    volumes = volumes_on(call.cloud, backends[0])
    snapshots = [one for volume in volumes for one in call.cloud.store.by(Snapshot, "volume", volume.id)]
    shown = [resource(host, "(total)", volumes, snapshots)]
    for project in Counter(one.project_id for one in volumes):
        of_project = [one for one in volumes if one.project_id == project]
        copies = [one for one in snapshots if one.project_id == project]
        shown.append(resource(host, project, of_project, copies))
    return {"host": shown}
