"""GET /os-availability-zone, /os-availability-zone/detail: which zones there are, and who is in them."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.rest.view import naive
from fakecompute.services.compute.service import compute
from fakecompute.services.compute.services import INTERNAL, Service, all_services

# --- response views -----------------------------------------------------------------------------------


def zone_entry(name: str, available: bool, hosts: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"zoneName": name, "zoneState": {"available": available}, "hosts": hosts}


def service_entry(service: Service) -> dict[str, Any]:
    return {"available": service.up, "active": not service.disabled, "updated_at": naive(service.reported_at)}


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-availability-zone", strict_query="2.102", policy="os_compute_api:os-availability-zone:list")
def list_availability_zones(call: Call) -> dict[str, Any]:
    available, others = _zones(list(all_services(call.cloud)))
    shown = [zone_entry(name, True) for name in available if name != INTERNAL]
    return {"availabilityZoneInfo": shown + [zone_entry(name, False) for name in others]}


@compute.get(
    "/os-availability-zone/detail", strict_query="2.102", policy="os_compute_api:os-availability-zone:detail"
)
def list_availability_zones_detail(call: Call) -> dict[str, Any]:
    services = list(all_services(call.cloud))
    available, others = _zones(services)
    hosts: dict[str, dict[str, Any]] = {name: {} for name in available}
    for service in services:
        if not service.disabled:
            hosts[service.zone].setdefault(service.host, {})[service.binary] = service_entry(service)
    shown = [zone_entry(name, True, hosts[name]) for name in available]
    return {"availabilityZoneInfo": shown + [zone_entry(name, False) for name in others]}


def _zones(services: list[Service]) -> tuple[list[str], list[str]]:
    """Zones with an enabled service, be it up or not; and those where all are disabled."""
    available = {service.zone for service in services if not service.disabled}
    return sorted(available), sorted({service.zone for service in services} - available)
