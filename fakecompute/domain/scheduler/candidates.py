"""What Placement answers: hosts with room, in the right aggregates, with the right traits.

Where it finds none, Nova's refusal gives no reason; where filters refuse them all, there are "not enough hosts".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fakecompute.domain.placement import book
from fakecompute.domain.placement.candidates import candidates as ways
from fakecompute.domain.placement.hosts import DISABLED, rewritten
from fakecompute.domain.records.compute import ROOM, Aggregate, Host
from fakecompute.domain.records.placement import Rewritten
from fakecompute.domain.scheduler.groups import question
from fakecompute.domain.scheduler.ledger import free_of, reaches_far, taken
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
    hosts = [host for host in _asked_for(cloud, request) if not host.disabled]
    for names in _allowed(cloud, request):
        hosts = [host for host in hosts if host.name in names]
    if barred := _isolated(cloud, request):
        hosts = [host for host in hosts if host.name not in barred]
    written = rewritten(cloud)
    if written:
        hosts = [host for host in hosts if host.id not in written or _is_offered(cloud, written[host.id])]
    return _giving(cloud, request, hosts, written)


def _giving(cloud: Cloud, request: Request, hosts: list[Host], written: dict[str, Rewritten]) -> list[Host]:
    """Those that can give what is needed, alone or with the providers around them."""
    needs = request.needs
    if reaches_far(cloud):
        asked = question(request.flavor, request.properties, needs)
        roots = {way.anchor for way in ways(cloud, asked)[0]} if asked else set()
        return [host for host in hosts if host.id in roots]
    if needs.impossible:
        return []
    if written:
        special = [host for host in hosts if host.id in written]
        hosts = [host for host in hosts if host.id not in written and _has_room(cloud, host, needs)]
        hosts += [host for host in special if _has_what_is_written(cloud, host, written[host.id], needs)]
    else:
        hosts = [host for host in hosts if _has_room(cloud, host, needs)]
    if needs.required or needs.forbidden or needs.others:
        hosts = [host for host in hosts if host.id in written or _suits(cloud, host, needs)]
    return hosts


def _is_offered(cloud: Cloud, own: Rewritten) -> bool:
    """An operator may have taken a host off by its traits, or by taking its provider away."""
    return not own.gone and DISABLED not in (own.traits or ())


def _has_what_is_written(cloud: Cloud, host: Host, own: Rewritten, needs: Needs) -> bool:
    """Room and traits of a host about which operators wrote something else than nova-compute."""
    traits = host.traits if own.traits is None else own.traits
    if not needs.required.issubset(traits) or not needs.forbidden.isdisjoint(traits):
        return False
    if own.inventories is None:
        return _has_room(cloud, host, needs) and _has_others(cloud, host, needs)
    has = dict(own.inventories)
    wanted = (*zip(ROOM, needs.room, strict=True), *needs.others)
    return all(
        name in has and has[name].has(amount, book.used(cloud, host.name, name)) for name, amount in wanted if amount
    )


def _asked_for(cloud: Cloud, request: Request) -> list[Host]:
    """By name or zone.  The zone of no aggregate, which is the default one, means any."""
    zone = request.zone if cloud.store.count(Aggregate, "zone", request.zone) else None
    if request.host is not None:
        hosts = cloud.store.by(Host, "name", request.host)
        if not hosts:
            raise NoValidHost(reason=f"No such host - host: {request.host} node: None ")
        return [host for host in hosts if zone is None or _is_in_zone(cloud, host, zone)]
    if zone is None:
        return cloud.store.all(Host)
    if any(own.aggregates is not None for own in rewritten(cloud).values()):
        return [host for host in cloud.store.all(Host) if _is_in_zone(cloud, host, zone)]
    return cloud.store.by(Host, "zone", zone)


def _is_in_zone(cloud: Cloud, host: Host, zone: str) -> bool:
    """Nova asks Placement for the aggregates of the zone; an operator may have taken the provider out of them."""
    own = cloud.store.find(Rewritten, host.id)
    if own is None or own.aggregates is None:
        return host.availability_zone == zone
    return any(aggregate.id in own.aggregates for aggregate in cloud.store.by(Aggregate, "zone", zone))


def _members(cloud: Cloud, aggregates: Iterable[Aggregate]) -> set[str]:
    """The hosts of aggregates, as Placement knows them."""
    ids = {aggregate.id: aggregate.hosts for aggregate in aggregates}
    names = {host for hosts in ids.values() for host in hosts}
    for own in rewritten(cloud).values():
        if own.aggregates is not None:
            name = cloud.store.get(Host, own.id).name
            (names.discard if ids.keys().isdisjoint(own.aggregates) else names.add)(name)
    return names


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
        return [_members(cloud, mine)]
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
            barred |= _members(cloud, (aggregate,))
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
    return _has_others(cloud, host, needs)


def _has_others(cloud: Cloud, host: Host, needs: Needs) -> bool:
    return all(amount <= free_of(cloud, host, name) for name, amount in needs.others)
