"""What Placement answers: hosts with room, in the right aggregates, with the right traits.

Where it finds none, Nova's refusal gives no reason; where filters refuse them all, there are "not enough hosts".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.compute import Aggregate, Host
from fakecompute.domain.scheduler.ledger import free_of, taken
from fakecompute.domain.scheduler.needs import Needs
from fakecompute.domain.scheduler.request import Request
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

TENANT = "filter_tenant_id"  # and keys that begin so


class NoValidHost(BadRequest):
    message = "No valid host was found. {reason}"


def candidates(cloud: Cloud, request: Request) -> list[Host]:
    """Hosts that could take the server, in no order."""
    needs = request.needs
    if needs.impossible:
        return []
    hosts = [
        host for host in _asked_for(cloud, request) if not host.disabled and _has_room(cloud, host, needs)
    ]
    for names in _allowed(cloud, request):
        hosts = [host for host in hosts if host.name in names]
    if barred := _isolated(cloud, request):
        hosts = [host for host in hosts if host.name not in barred]
    if needs.required or needs.forbidden or needs.others:
        hosts = [host for host in hosts if _suits(cloud, host, needs)]
    return hosts


def _asked_for(cloud: Cloud, request: Request) -> list[Host]:
    """By name or zone.  The zone of no aggregate, which is the default one, means any."""
    zone = request.zone if cloud.store.count(Aggregate, "zone", request.zone) else None
    if request.host is not None:
        hosts = cloud.store.by(Host, "name", request.host)
        if not hosts:
            raise NoValidHost(reason=f"No such host - host: {request.host} node: None ")
        return [host for host in hosts if zone in (None, host.availability_zone)]
    return cloud.store.by(Host, "zone", zone) if zone else cloud.store.all(Host)


def _allowed(cloud: Cloud, request: Request) -> list[set[str]]:
    """Sets of hosts, each of which must hold the chosen one: nova/scheduler/request_filter.py."""
    settings = cloud.settings
    if not settings.limit_tenants_to_placement_aggregate:
        return []
    mine = [
        aggregate
        for aggregate in cloud.store.all(Aggregate)
        if any(key.startswith(TENANT) and value == request.project_id for key, value in aggregate.metadata)
    ]
    if mine:
        return [{host for aggregate in mine for host in aggregate.hosts}]
    if settings.placement_aggregate_required_for_tenants:
        raise NoValidHost(reason="Scheduling failed: No hosts available for tenant")
    return []


def _isolated(cloud: Cloud, request: Request) -> set[str]:
    """Hosts in aggregates that are kept for servers which require their traits."""
    if not cloud.settings.enable_isolated_aggregate_filtering:
        return set()
    barred: set[str] = set()
    for aggregate in cloud.store.all(Aggregate):
        kept = {key[6:] for key, value in aggregate.metadata if key.startswith("trait:") and value == "required"}
        if not kept <= request.needs.required:
            barred.update(aggregate.hosts)
    return barred


def _has_room(cloud: Cloud, host: Host, needs: Needs) -> bool:
    """Within the capacity that is left, and no more than the node itself has: its ratios are for many servers."""
    vcpus, ram, disk = taken(cloud, host)
    memory = (host.ram - host.reserved_ram) * host.ram_allocation_ratio
    if needs.ram and (needs.ram > host.ram or needs.ram + ram > memory):
        return False
    if needs.vcpus and (needs.vcpus > host.vcpus or needs.vcpus + vcpus > host.vcpus * host.cpu_allocation_ratio):
        return False
    return not needs.disk or (
        needs.disk <= host.disk and needs.disk + disk <= host.disk * host.disk_allocation_ratio
    )


def _suits(cloud: Cloud, host: Host, needs: Needs) -> bool:
    """Traits, and resource classes beyond the three."""
    if not needs.required.issubset(host.traits) or not needs.forbidden.isdisjoint(host.traits):
        return False
    return all(amount <= free_of(cloud, host, name) for name, amount in needs.others)
