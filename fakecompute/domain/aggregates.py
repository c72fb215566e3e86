"""Host aggregates, and the zones that come of them: a host is in the zone that one of its aggregates names.

nova/compute/api.py: AggregateAPI.  A host is in one zone at most, and servers do not change theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.placement.hosts import mirror
from fakecompute.domain.records.compute import Aggregate, Host
from fakecompute.domain.records.server import Server
from fakecompute.errors import BadRequest, Conflict, FakeError, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

ZONE = "availability_zone"  # the key of an aggregate's metadata that makes it a zone
DEFAULT_ZONE = "nova"  # of hosts that are in no zone


class AggregateExists(Conflict):
    message = "Aggregate {name} already exists."


class HostExists(Conflict):
    message = "Aggregate {number} already has host {host}."


class HostNotFound(NotFound):
    message = "Compute host {host} could not be found."


class NotThere(NotFound):
    message = "Cannot remove host {host} in aggregate {number}"


class CannotAdd(Conflict):
    message = "Cannot add host to aggregate {number}. Reason: {reason}."


class CannotRemove(Conflict):
    message = "Cannot remove host from aggregate {number}. Reason: {reason}."


class CannotDelete(BadRequest):
    message = "Cannot remove host from aggregate {number}. Reason: Host aggregate is not empty."


class CannotUpdate(BadRequest):
    message = "Cannot update aggregate {number}. Reason: {reason}."


class CannotUpdateMetadata(BadRequest):
    message = "Cannot update metadata of aggregate {number}. Reason: {reason}."


NO_EMPTY_ZONE = "Aggregate {name} does not support empty named availability zone"
OTHER_ZONE = "One or more hosts already in availability zone(s) {zones}"
OCCUPIED = "One or more hosts contain instances in this zone"
WOULD_MOVE = (
    "The host cannot be {done} the aggregate as the availability zone of the host would change from '{old}' to"
    " '{new}' but the host already has {count} instance(s). Changing the AZ of an existing instance is not"
    " supported by this action. Move the instances away from this host then try again. If you need to move the"
    " instances between AZs then you can use shelve_offload and unshelve to achieve this."
)


def aggregates_of(cloud: Cloud, host: str) -> list[Aggregate]:
    return sorted(cloud.store.by(Aggregate, "host", host), key=lambda aggregate: aggregate.number)


# --- what admins do -------------------------------------------------------------------------------------


def create(cloud: Cloud, name: str, zone: str | None) -> Aggregate:
    _check_name(cloud, name)
    return cloud.store.put(
        Aggregate(
            id=cloud.streams.uuid("aggregate"),
            name=name,
            number=cloud.streams.number("aggregate.row"),
            metadata=((ZONE, zone),) if zone else (),
            created_at=cloud.now,
        )
    )


def rename(cloud: Cloud, aggregate: Aggregate, name: str) -> Aggregate:
    if name == aggregate.name:
        return aggregate
    _check_name(cloud, name)
    return cloud.store.put(aggregate.evolve(name=name, updated_at=cloud.now))


def change_metadata(
    cloud: Cloud,
    aggregate: Aggregate,
    changes: Mapping[str, str | None],
    refusal: type[FakeError] = CannotUpdateMetadata,
) -> Aggregate:
    """Set what has a value, take off what has none; a new zone must not take servers along."""
    if ZONE in changes:
        _check_zone(cloud, aggregate, changes[ZONE], aggregate.hosts, refusal)
        if changes[ZONE] != aggregate.availability_zone and _servers(cloud, aggregate.hosts):
            raise refusal(number=aggregate.number, reason=OCCUPIED)
    metadata = {**dict(aggregate.metadata), **changes}
    kept = tuple((key, value) for key, value in metadata.items() if value is not None)
    changed = cloud.store.put(aggregate.evolve(metadata=kept))
    _rezone(cloud, aggregate.hosts)
    return changed


def add_host(cloud: Cloud, aggregate: Aggregate, name: str) -> Aggregate:
    zone = aggregate.availability_zone
    if zone is not None:
        _check_zone(cloud, aggregate, zone, (name,), CannotAdd)
        _check_stays(cloud, aggregate, name, _zone_of(aggregates_of(cloud, name)), zone, CannotAdd)
    if name in aggregate.hosts:
        raise HostExists(number=aggregate.number, host=name)
    return change_hosts(cloud, aggregate, (*aggregate.hosts, name))


def remove_host(cloud: Cloud, aggregate: Aggregate, name: str) -> Aggregate:
    if aggregate.availability_zone is not None:
        left = [other for other in aggregates_of(cloud, name) if other.id != aggregate.id]
        zone = aggregate.availability_zone
        _check_stays(cloud, aggregate, name, zone, _zone_of(left), CannotRemove)
    if name not in aggregate.hosts:
        raise NotThere(number=aggregate.number, host=name)
    return change_hosts(cloud, aggregate, tuple(host for host in aggregate.hosts if host != name))


def delete(cloud: Cloud, aggregate: Aggregate) -> None:
    if aggregate.hosts:
        raise CannotDelete(number=aggregate.number)
    cloud.store.drop(aggregate)


def change_hosts(cloud: Cloud, aggregate: Aggregate, hosts: tuple[str, ...]) -> Aggregate:
    changed = cloud.store.put(aggregate.evolve(hosts=hosts))
    for name in sorted({*aggregate.hosts} ^ {*hosts}):
        mirror(cloud, aggregate.id, name, there=name in hosts)
    _rezone(cloud, {*aggregate.hosts} ^ {*hosts})
    return changed


# --- rules ----------------------------------------------------------------------------------------------


def _check_name(cloud: Cloud, name: str) -> None:
    if cloud.store.one(Aggregate, "name", name):
        raise AggregateExists(name=name)


def _check_zone(
    cloud: Cloud, aggregate: Aggregate, zone: str | None, hosts: Iterable[str], refusal: type[FakeError]
) -> None:
    """May these hosts be in this zone?  Not if another aggregate has them in another."""
    if not zone:
        raise refusal(number=aggregate.number, reason=NO_EMPTY_ZONE.format(name=aggregate.name))
    others = {other.number: other for host in hosts for other in aggregates_of(cloud, host)}
    zones = [others[number].availability_zone for number in sorted(others) if number != aggregate.number]
    conflicts = [other for other in zones if other not in (None, zone)]
    if conflicts:
        raise refusal(number=aggregate.number, reason=OTHER_ZONE.format(zones=conflicts))


def _check_stays(
    cloud: Cloud, aggregate: Aggregate, host: str, old: str | None, new: str | None, refusal: type[FakeError]
) -> None:
    """A host with servers stays in its zone; no zone at all is not the same as the default one."""
    count = _servers(cloud, (host,))
    if count and old != new:
        done = "added to" if refusal is CannotAdd else "removed from"
        reason = WOULD_MOVE.format(done=done, old=old, new=new, count=count)
        raise refusal(number=aggregate.number, reason=reason)


def _servers(cloud: Cloud, hosts: Iterable[str]) -> int:
    return sum(cloud.store.count(Server, "host", host) for host in hosts)


def _zone_of(aggregates: Iterable[Aggregate]) -> str | None:
    return next((a.availability_zone for a in aggregates if a.availability_zone is not None), None)


def _rezone(cloud: Cloud, names: Iterable[str]) -> None:
    """Write down the zones of hosts after their aggregates have changed."""
    for name in sorted(names):
        host = cloud.store.one(Host, "name", name)
        zone = _zone_of(aggregates_of(cloud, name)) or DEFAULT_ZONE
        if host is not None and host.availability_zone != zone:
            cloud.store.put(host.evolve(availability_zone=zone))


# --- what a cloud begins with -----------------------------------------------------------------------------


def define_aggregates(cloud: Cloud, entries: list[dict[str, Any]]) -> None:
    """Those of the definition, and one for each zone that hosts name and no aggregate makes."""
    for entry in entries:
        metadata = {str(key): str(value) for key, value in entry.get("metadata", {}).items()}
        if zone := entry.get("zone"):
            metadata[ZONE] = zone
        _define(cloud, entry["name"], tuple(entry.get("hosts", ())), metadata)
    _rezone(cloud, {name for entry in entries for name in entry.get("hosts", ()) if _zoned(cloud, name)})
    homeless: dict[str, list[str]] = {}
    for host in sorted(cloud.store.all(Host), key=lambda host: host.number):
        if host.availability_zone != DEFAULT_ZONE and not _zoned(cloud, host.name):
            homeless.setdefault(host.availability_zone, []).append(host.name)
    for zone, names in homeless.items():
        free = zone if cloud.store.one(Aggregate, "name", zone) is None else f"zone {zone}"
        _define(cloud, free, tuple(names), {ZONE: zone})


def _define(cloud: Cloud, name: str, hosts: tuple[str, ...], metadata: Mapping[str, str]) -> None:
    cloud.store.put(
        Aggregate(
            id=cloud.streams.uuid_at("aggregate", name),
            name=name,
            number=cloud.streams.number("aggregate.row"),
            hosts=hosts,
            metadata=tuple(metadata.items()),
            created_at=cloud.now,
        )
    )


def _zoned(cloud: Cloud, host: str) -> bool:
    return _zone_of(aggregates_of(cloud, host)) is not None
