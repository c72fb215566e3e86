"""Subnet pools and address scopes: prefixes that subnets are cut from, and where no address is there twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import collapse_addresses, ip_network
from typing import TYPE_CHECKING, Any, cast

from fakecompute.domain.network import begun, change
from fakecompute.domain.network_addresses import InvalidInput, subnets_of
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.network_sharing import is_open
from fakecompute.domain.network_subnets import Prefix
from fakecompute.domain.records.network import Network, Subnet
from fakecompute.domain.records.network_pools import AddressScope, SubnetPool
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SHORTEST = {4: 8, 6: 64}  # min_prefixlen, where nobody says
UNIT = {4: 32, 6: 64}  # what `default_quota` counts: prefixes of this length


class AddressScopeNotFound(NotFound):
    message = "Address scope {id} could not be found."


class SubnetPoolNotFound(NotFound):
    message = "Subnet pool {id} could not be found."


class EmptySubnetPoolPrefixList(BadRequest):
    message = "Empty subnet pool prefix list."


class PrefixVersionMismatch(BadRequest):
    message = "Cannot mix IPv4 and IPv6 prefixes in a subnet pool."


class IllegalSubnetPoolPrefixBounds(BadRequest):
    message = "Illegal prefix bounds: {one}={length}, {other}={bound}."


class IllegalSubnetPoolPrefixUpdate(BadRequest):
    message = "Illegal update to prefixes: {reason}."


class IllegalSubnetPoolUpdate(BadRequest):
    message = "Illegal subnetpool update : {reason}."


class IllegalSubnetPoolIpVersionAssociationToAddressScope(BadRequest):
    message = (
        "Illegal subnetpool association: subnetpool {pool} cannot associate with address scope {scope} because"
        " subnetpool ip_version is not {version}."
    )


class AddressScopePrefixConflict(Conflict):
    message = "Failed to associate address scope: subnetpools within an address scope must have unique prefixes."


class NetworkAddressScopeAffinityError(BadRequest):
    message = (
        "Subnets of the same address family hosted on the same network must all participate in the same address"
        " scope."
    )


class NetworkSubnetPoolAffinityError(BadRequest):
    message = "Subnets hosted on the same network must be allocated from the same subnet pool."


class MinPrefixSubnetAllocationError(BadRequest):
    message = "Unable to allocate subnet with prefix length {length}, minimum allowed prefix is {bound}."


class MaxPrefixSubnetAllocationError(BadRequest):
    message = "Unable to allocate subnet with prefix length {length}, maximum allowed prefix is {bound}."


class SubnetPoolQuotaExceeded(Conflict):
    message = "Per-project subnet pool prefix quota exceeded."


class SubnetAllocationError(Conflict):  # Neutron's own is a 500
    message = "Failed to allocate subnet: {reason}."


# --- pools


def networks(prefixes: Iterable[str]) -> list[Prefix]:
    return [ip_network(prefix, strict=False) for prefix in prefixes]


def merged(prefixes: Iterable[Prefix]) -> list[Prefix]:
    """The same addresses in as few prefixes as can be."""
    return cast("list[Prefix]", list(collapse_addresses(cast("Any", prefixes))))


def compact(prefixes: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """A pool's prefixes as it has them, and their version."""
    if not prefixes:
        raise EmptySubnetPoolPrefixList
    found = networks(prefixes)
    if len({prefix.version for prefix in found}) > 1:
        raise PrefixVersionMismatch
    return tuple(str(prefix) for prefix in merged(found)), found[0].version


def make_pool(cloud: Cloud, project_id: str, *, prefixes: Sequence[str], **more: Any) -> SubnetPool:
    check_quota(cloud, project_id, "subnetpool")
    short, version = compact(prefixes)
    wish = {key: value for key, value in more.items() if value is not None}
    shortest = wish.get("min_prefixlen", SHORTEST[version])
    bounds = {
        "min_prefixlen": shortest,
        "max_prefixlen": wish.get("max_prefixlen", 32 if version == 4 else 128),
        "default_prefixlen": wish.get("default_prefixlen", shortest),
    }
    pool = SubnetPool(
        **{"id": cloud.streams.uuid("subnet pool"), **wish, **bounds},
        project_id=project_id,
        prefixes=short,
        ip_version=version,
        **begun(cloud),
    )
    _check_pool(cloud, pool)
    return cloud.store.put(pool)


def change_pool(cloud: Cloud, pool: SubnetPool, **changes: Any) -> SubnetPool:
    """Prefixes may become more, not less, in this way."""
    if "prefixes" in changes:
        more = networks(changes["prefixes"])
        if not all(any(_inside(old, new) for new in merged_safely(more)) for old in networks(pool.prefixes)):
            raise IllegalSubnetPoolPrefixUpdate(
                reason="Existing prefixes must be a subset of the new prefixes"
            )
        changes["prefixes"], _ = compact(changes["prefixes"])
    wanted = pool.evolve(**changes)
    _check_pool(cloud, wanted, pool)
    prefixes = changes.pop("prefixes", pool.prefixes)
    changed = change(cloud, pool, **changes)
    return cloud.store.put(changed.evolve(prefixes=prefixes))  # they are no revision of the pool


def merged_safely(prefixes: Sequence[Prefix]) -> list[Prefix]:
    """The same, where versions may be mixed."""
    return [one for version in (4, 6) for one in merged(p for p in prefixes if p.version == version)]


def _inside(inner: Prefix, outer: Prefix) -> bool:
    return inner.version == outer.version and inner.subnet_of(cast("Any", outer))


def _check_pool(cloud: Cloud, pool: SubnetPool, before: SubnetPool | None = None) -> None:
    longest = 32 if pool.ip_version == 4 else 128
    bounds = [
        ("min_prefixlen", pool.min_prefixlen, "max_prefixlen", pool.max_prefixlen),
        ("max_prefixlen", pool.max_prefixlen, "ip_version_max", longest),
        ("default_prefixlen", pool.default_prefixlen, "max_prefixlen", pool.max_prefixlen),
    ]
    for one, length, other, bound in bounds[:2]:
        if length > bound:
            raise IllegalSubnetPoolPrefixBounds(one=one, length=length, other=other, bound=bound)
    if pool.default_prefixlen < pool.min_prefixlen:
        raise IllegalSubnetPoolPrefixBounds(
            one="default_prefixlen", length=pool.default_prefixlen, other="min_prefixlen", bound=pool.min_prefixlen
        )
    one, length, other, bound = bounds[2]
    if length > bound:
        raise IllegalSubnetPoolPrefixBounds(one=one, length=length, other=other, bound=bound)
    was_default = before is not None and before.is_default
    if pool.is_default and not was_default and cloud.store.count(SubnetPool, "default", pool.ip_version):
        raise InvalidInput(
            reason="A default subnetpool for this IP family has already been set. Only one default may exist per IP"
            " family"
        )
    _check_scope(cloud, pool, before)


def _check_scope(cloud: Cloud, pool: SubnetPool, before: SubnetPool | None) -> None:
    """neutron/db/db_base_plugin_v2.py: _validate_address_scope_id."""
    if pool.address_scope_id is None:
        return
    scope = cloud.store.find(AddressScope, pool.address_scope_id)
    if scope is None:
        raise AddressScopeNotFound(id=pool.address_scope_id)
    if scope.ip_version != pool.ip_version:
        raise IllegalSubnetPoolIpVersionAssociationToAddressScope(
            pool=pool.id, scope=scope.id, version=scope.ip_version
        )
    if before is not None:
        for subnet in cloud.store.by(Subnet, "pool", pool.id):
            for other in subnets_of(cloud, subnet.network_id):
                if other.ip_version == pool.ip_version and other.subnetpool_id != pool.id:
                    raise NetworkAddressScopeAffinityError
    mine = networks(pool.prefixes)
    for neighbour in cloud.store.by(SubnetPool, "scope", scope.id):
        if neighbour.id != pool.id and any(
            one.overlaps(other) for one in mine for other in networks(neighbour.prefixes)
        ):
            raise AddressScopePrefixConflict


def add_prefixes(cloud: Cloud, pool: SubnetPool, prefixes: Sequence[str]) -> SubnetPool:
    return change_pool(cloud, pool, prefixes=(*pool.prefixes, *prefixes))


def remove_prefixes(cloud: Cloud, pool: SubnetPool, prefixes: Sequence[str]) -> SubnetPool:
    """Those that no subnet has been cut from."""
    gone = networks(prefixes)
    for used in allocated(cloud, pool):
        if any(used.version == prefix.version and used.overlaps(prefix) for prefix in gone):
            raise IllegalSubnetPoolPrefixUpdate(
                reason="One or more the prefixes to be removed is in use by a subnet."
            )
    left = [str(prefix) for prefix in without(networks(pool.prefixes), gone)]
    return cloud.store.put(pool.evolve(prefixes=compact(left)[0]))


def onboard(cloud: Cloud, pool: SubnetPool, network: Network) -> list[Subnet]:
    """The subnets of a network become ones of the pool, and their prefixes the pool's."""
    used = allocated(cloud, pool)
    subnets = [subnet for subnet in subnets_of(cloud, network.id) if subnet.ip_version == pool.ip_version]
    for subnet in subnets:
        if any(ip_network(subnet.cidr).overlaps(cast("Any", prefix)) for prefix in used):
            raise IllegalSubnetPoolUpdate(
                reason=f"Onboarding subnet {subnet.id}: {subnet.cidr} conflicts with allocated prefixes in subnet pool"
                f" {pool.id}"
            )
    add_prefixes(cloud, pool, [subnet.cidr for subnet in subnets])
    return [change(cloud, subnet, subnetpool_id=pool.id) for subnet in subnets]


# --- cutting a subnet from a pool


def allocated(cloud: Cloud, pool: SubnetPool) -> list[Prefix]:
    return [ip_network(subnet.cidr) for subnet in cloud.store.by(Subnet, "pool", pool.id)]


def without(prefixes: Iterable[Prefix], gone: Iterable[Prefix]) -> list[Prefix]:
    """What is left of prefixes when others are taken away, by address."""
    left = list(prefixes)
    for hole in gone:
        rest: list[Prefix] = []
        for prefix in left:
            if _inside(prefix, hole):
                continue
            if _inside(hole, prefix):
                rest.extend(prefix.address_exclude(cast("Any", hole)))
            else:
                rest.append(prefix)
        left = rest
    return sorted(left, key=lambda prefix: int(prefix.network_address))


def cut(cloud: Cloud, pool: SubnetPool, project_id: str, length: int, cidr: str | None = None) -> str:
    """A prefix of the pool that nobody has: this one, or the first of the smallest gap that is large enough.

    neutron/ipam/subnet_alloc.py: SubnetAllocator.
    """
    if length > pool.max_prefixlen:
        raise MaxPrefixSubnetAllocationError(length=length, bound=pool.max_prefixlen)
    if length < pool.min_prefixlen:
        raise MinPrefixSubnetAllocationError(length=length, bound=pool.min_prefixlen)
    _check_pool_quota(cloud, pool, project_id, length)
    free = merged(without(networks(pool.prefixes), allocated(cloud, pool)))
    if cidr is not None:
        wanted = ip_network(cidr, strict=False)
        if not any(_inside(wanted, prefix) for prefix in free):
            raise SubnetAllocationError(
                reason="Cannot allocate requested subnet from the available set of prefixes"
            )
        return str(wanted)
    for prefix in sorted(free, key=lambda prefix: -prefix.prefixlen):
        if length >= prefix.prefixlen:
            return f"{prefix.network_address}/{length}"
    raise SubnetAllocationError(reason=f"Insufficient prefix space to allocate subnet size /{length}")


def _check_pool_quota(cloud: Cloud, pool: SubnetPool, project_id: str, length: int) -> None:
    """In prefixes of the unit's length, fractions included."""
    if not pool.default_quota:
        return
    unit = UNIT[pool.ip_version]
    used = sum(
        2.0 ** (unit - ip_network(subnet.cidr).prefixlen)
        for subnet in cloud.store.by(Subnet, "pool", pool.id)
        if subnet.project_id == pool.project_id
    )
    if used + 2.0 ** (unit - length) > pool.default_quota:
        raise SubnetPoolQuotaExceeded


def check_affinity(cloud: Cloud, network: Network, version: int, pool: SubnetPool | None) -> None:
    """All subnets of a version on a network are of one pool, or of one address scope, or of none.

    neutron/db/ipam_backend_mixin.py: _validate_network_subnetpools.
    """
    there = [subnet for subnet in subnets_of(cloud, network.id) if subnet.ip_version == version]
    scope = address_scope_of(cloud, network, version)
    if scope and pool is not None:
        if pool.address_scope_id != scope:
            raise NetworkAddressScopeAffinityError
    elif any(subnet.subnetpool_id and pool is None for subnet in there) or any(
        pool is not None and subnet.subnetpool_id != pool.id for subnet in there
    ):
        raise NetworkSubnetPoolAffinityError


def default_pool(cloud: Cloud, version: int, project_id: str | None, is_admin: bool) -> SubnetPool | None:
    """The default pool of a version, for those who see it."""
    found = cloud.store.one(SubnetPool, "default", version)
    if found is not None and (is_admin or is_open(cloud, found, project_id)):
        return found
    return None


def address_scope_of(cloud: Cloud, network: Network, version: int) -> str | None:
    """Which scope a network's addresses of a version are in, if its subnets are of a pool that is in one."""
    for subnet in subnets_of(cloud, network.id):
        pool = cloud.store.find(SubnetPool, subnet.subnetpool_id) if subnet.ip_version == version else None
        if pool is not None and pool.address_scope_id:
            return pool.address_scope_id
    return None
