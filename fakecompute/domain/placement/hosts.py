"""The providers of compute hosts: what nova-compute and Nova's aggregates say, and what operators wrote over it.

nova-compute reports once a minute.  Then what it knows of its host is as it says again: of an inventory only the
allocation ratios stay (they become the host's own), of the traits those that are not its business
(nova/virt/libvirt/driver.py: update_provider_tree).  While a class that it does not know is in use, Placement
refuses the report, and the inventory stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.placement import book
from fakecompute.domain.records.compute import ROOM, Aggregate, Host
from fakecompute.domain.records.placement import Inventories, Inventory, Provider, Rewritten
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

DISABLED = "COMPUTE_STATUS_DISABLED"  # the trait of a host whose service is disabled

# --- looking ----------------------------------------------------------------------------------------------


def of_host(cloud: Cloud, host: Host) -> Provider:
    """The provider that a compute host is."""
    own = cloud.store.find(Rewritten, host.id) or Rewritten(id=host.id)
    return Provider(
        id=host.id,
        name=host.hypervisor_hostname if own.name is None else own.name,
        number=host.number,
        root_id=own.root_id or host.id,
        parent_id=own.parent_id,
        inventories=reported(host) if own.inventories is None else own.inventories,
        traits=traits_of(host, own),
        aggregates=mirrored(cloud, host) if own.aggregates is None else own.aggregates,
        host=host.name,
        created_at=host.created_at,
        updated_at=own.updated_at or host.created_at,
    )


def reported(host: Host) -> Inventories:
    """What nova-compute tells Placement that the host has."""
    sizes = (
        (host.vcpus, 0, host.cpu_allocation_ratio),
        (host.ram, host.reserved_ram, host.ram_allocation_ratio),
        (host.disk, 0, host.disk_allocation_ratio),
    )
    room = (
        (name, Inventory(total, reserved, max_unit=total, allocation_ratio=float(ratio)))
        for name, (total, reserved, ratio) in zip(ROOM, sizes, strict=True)
    )
    others = ((name, Inventory(total, max_unit=total)) for name, total in host.resources)
    return tuple((name, inventory) for name, inventory in (*room, *others) if inventory.total)


def traits_of(host: Host, own: Rewritten | None) -> tuple[str, ...]:
    said = host.traits if own is None or own.traits is None else own.traits
    return tuple(sorted({*said, DISABLED})) if host.disabled else said


def mirrored(cloud: Cloud, host: Host) -> tuple[str, ...]:
    """Nova writes its aggregates of hosts into Placement, too."""
    found = sorted(cloud.store.by(Aggregate, "host", host.name), key=lambda aggregate: aggregate.number)
    return tuple(aggregate.id for aggregate in found)


def rewritten(cloud: Cloud) -> dict[str, Rewritten]:
    """By host, what operators wrote: usually nothing."""
    return {own.id: own for own in cloud.store.all(Rewritten)} if cloud.store.count(Rewritten) else {}


def is_gone(cloud: Cloud, host: Host) -> bool:
    own = cloud.store.find(Rewritten, host.id)
    return own is not None and own.gone


def mirror(cloud: Cloud, aggregate_id: str, name: str, *, there: bool) -> None:
    """A host has joined or left one of Nova's aggregates: so does its provider."""
    host = cloud.store.one(Host, "name", name)
    if host is None:
        return
    own = cloud.store.find(Rewritten, host.id)
    if own is not None and own.aggregates is not None:
        others = tuple(id for id in own.aggregates if id != aggregate_id)
        cloud.store.put(own.evolve(aggregates=(*others, aggregate_id) if there else others))
    book.changed(cloud, (name,))


# --- nova-compute reports ------------------------------------------------------------------------------------

REPORT = "placement.report"
RATIOS = dict(zip(ROOM, ("cpu_allocation_ratio", "ram_allocation_ratio", "disk_allocation_ratio"), strict=True))


def awaited(cloud: Cloud, own: Rewritten) -> Rewritten:
    """The same, and the next report will be looked at."""
    interval = (cloud.settings.update_resources_interval or 60) * SECOND
    if own.report or interval < 0:
        return own
    ticket = cloud.streams.number("placement report")
    looks = (cloud.now - cloud.begun) // interval + 1
    cloud.events.add(cloud.begun + looks * interval, REPORT, own.id, ticket)
    return own.evolve(report=ticket)


def report_due(cloud: Cloud, event: Event) -> None:
    own, host = cloud.store.find(Rewritten, event.subject), cloud.store.find(Host, event.subject)
    if own is not None and host is not None and own.report == event.workflow and host.reporting:
        report(cloud, host)


def report(cloud: Cloud, host: Host) -> None:
    """What operators wrote, as far as nova-compute leaves it."""
    own = cloud.store.find(Rewritten, host.id)
    if own is None or not own.report:
        return
    if own.gone:  # the provider was deleted: it is made anew
        cloud.store.drop(own)
        return
    book.changed(cloud, (host.name,))
    left = own.evolve(report=0, traits=_traits(host, own))
    known = {name for name, _ in reported(host)}
    if not any(name not in known and book.used(cloud, host.name, name) for name, _ in own.inventories or ()):
        ratios = {
            RATIOS[name]: found.allocation_ratio
            for name, found in own.inventories or ()
            if name in RATIOS and found.allocation_ratio > 0
        }
        cloud.store.put(host.evolve(**ratios))
        left = left.evolve(inventories=None)
    empty = Rewritten(id=host.id, updated_at=left.updated_at)
    if left == empty:
        cloud.store.drop(own)
    else:
        cloud.store.put(left)


def _traits(host: Host, own: Rewritten) -> tuple[str, ...] | None:
    if own.traits is None or {*own.traits} - {DISABLED} == {*host.traits}:
        return None
    return tuple(sorted({*own.traits, *host.traits} - {DISABLED}))
