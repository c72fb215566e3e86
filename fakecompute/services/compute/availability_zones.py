"""GET /os-availability-zone, /os-availability-zone/detail: which zones there are, and who is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from fakecompute.domain.records.compute import Host
from fakecompute.kernel.clock import SECOND
from fakecompute.rest.call import Call
from fakecompute.rest.view import naive
from fakecompute.services.compute.service import compute

INTERNAL = "internal"  # where Nova's own services are said to be
CONTROLLER = "controller"
CONTROL = ("nova-conductor", "nova-scheduler")
REPORT_INTERVAL = 10 * SECOND  # nova.conf: report_interval


class Service(NamedTuple):
    """A service as zones show it."""

    zone: str
    host: str
    binary: str
    enabled: bool
    up: bool
    reported_at: int


# --- response views -----------------------------------------------------------------------------------


def zone_entry(name: str, available: bool, hosts: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"zoneName": name, "zoneState": {"available": available}, "hosts": hosts}


def service_entry(service: Service) -> dict[str, Any]:
    return {"available": service.up, "active": service.enabled, "updated_at": naive(service.reported_at)}


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-availability-zone", strict_query="2.102", policy="os_compute_api:os-availability-zone:list")
def list_availability_zones(call: Call) -> dict[str, Any]:
    available, others = _zones(list(_services(call)))
    shown = [zone_entry(name, True) for name in available if name != INTERNAL]
    return {"availabilityZoneInfo": shown + [zone_entry(name, False) for name in others]}


@compute.get(
    "/os-availability-zone/detail", strict_query="2.102", policy="os_compute_api:os-availability-zone:detail"
)
def list_availability_zones_detail(call: Call) -> dict[str, Any]:
    services = list(_services(call))
    available, others = _zones(services)
    hosts: dict[str, dict[str, Any]] = {name: {} for name in available}
    for service in services:
        if service.enabled:
            hosts[service.zone].setdefault(service.host, {})[service.binary] = service_entry(service)
    shown = [zone_entry(name, True, hosts[name]) for name in available]
    return {"availabilityZoneInfo": shown + [zone_entry(name, False) for name in others]}


def _zones(services: list[Service]) -> tuple[list[str], list[str]]:
    """Zones with an enabled service, be it up or not; and those where all are disabled."""
    available = {service.zone for service in services if service.enabled}
    return sorted(available), sorted({service.zone for service in services} - available)


def _services(call: Call) -> Iterator[Service]:
    cloud = call.cloud
    latest = cloud.now - (cloud.now - cloud.begun) % REPORT_INTERVAL
    for binary in CONTROL:
        yield Service(INTERNAL, CONTROLLER, binary, True, True, latest)
    for host in sorted(cloud.store.all(Host), key=lambda host: host.number):
        up = host.up and not host.forced_down
        reported_at = latest if host.up else host.updated_at
        yield Service(host.availability_zone, host.name, "nova-compute", not host.disabled, up, reported_at)
