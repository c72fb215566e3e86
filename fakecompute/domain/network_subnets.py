"""What a subnet is made of: its gateway, its pools, and when it may not be next to another."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import begun, touch
from fakecompute.domain.network_addresses import ADDRESS, Address, InvalidInput, subnets_of
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.records.network import Network, Pool, Subnet
from fakecompute.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Prefix = IPv4Network | IPv6Network


class OutOfBoundsAllocationPool(BadRequest):
    message = "The allocation pool {pool} spans beyond the subnet cidr {cidr}."


class InvalidAllocationPool(BadRequest):
    message = "The allocation pool {pool} is not valid."


class OverlappingAllocationPools(Conflict):
    message = "Found overlapping allocation pools: {one} {other} for subnet {cidr}."


class GatewayConflictWithAllocationPools(Conflict):
    message = "Gateway ip {gateway} conflicts with allocation pool {pool}."


def make_subnet(
    cloud: Cloud, network: Network, project_id: str, cidr: str, *, id: str | None = None, **more: Any
) -> Subnet:
    """A subnet; `gateway_ip` None is none, left out the first address; pools left out are all the others."""
    check_quota(cloud, project_id, "subnet")
    prefix = ip_network(cidr, strict=False)
    for other in subnets_of(cloud, network.id):
        if other.ip_version == prefix.version and ip_network(other.cidr).overlaps(prefix):
            raise InvalidInput(
                reason=f"Requested subnet with cidr: {prefix} for network: {network.id} overlaps with another subnet"
            )
    gateway = more.pop("gateway_ip", first_address(prefix))
    check_gateway(prefix, gateway)
    pools = more.pop("allocation_pools", None)
    if pools is None:
        pools = computed_pools(prefix, gateway)
    else:
        check_pools(prefix, pools, gateway)
    touch(cloud, cloud.store.get(Network, network.id))
    return cloud.store.put(
        Subnet(
            id=id or cloud.streams.uuid("subnet"),
            project_id=project_id,
            network_id=network.id,
            ip_version=prefix.version,
            cidr=str(prefix),
            gateway_ip=gateway,
            allocation_pools=tuple(pools),
            number=cloud.streams.number("subnet number"),
            **more,
            **begun(cloud),
        )
    )


def first_address(prefix: Prefix) -> str:
    """The gateway, where nobody says: of IPv6 the one that all routers answer to.  RFC 4291, 2.6.1."""
    return str(prefix.network_address + (1 if prefix.version == 4 and prefix.num_addresses > 1 else 0))


def check_gateway(prefix: Prefix, gateway: str | None) -> None:
    """It is an address of a host, if it is one of the subnet at all."""
    if gateway is None:
        return
    address = ip_address(gateway)
    if address.version != prefix.version:
        raise InvalidInput(reason=f"gateway_ip '{gateway}' does not match the ip_version '{prefix.version}'")
    ends = (prefix.network_address, prefix.broadcast_address)
    if prefix.version == 4 and address in ends:
        raise InvalidInput(reason="Gateway is not valid on subnet")


def computed_pools(prefix: Prefix, gateway: str | None) -> tuple[Pool, ...]:
    """All addresses of hosts, without the gateway's.  neutron/ipam/utils.py: generate_pools."""
    first, last = int(prefix.network_address), int(prefix.broadcast_address)
    if prefix.num_addresses > 2:
        first += 1
        last -= prefix.version == 4
    barrier = int(ip_address(gateway)) if gateway and ip_address(gateway) in prefix else None
    if barrier is None or not first <= barrier <= last:
        ranges = [(first, last)]
    else:
        ranges = [(first, barrier - 1), (barrier + 1, last)]
    kind = ADDRESS[prefix.version]
    return tuple(Pool(str(kind(start)), str(kind(end))) for start, end in ranges if start <= end)


def check_pools(prefix: Prefix, pools: Iterable[Pool], gateway: str | None) -> None:
    """Inside of the subnet, apart from each other, and without the gateway."""
    seen: list[tuple[Address, Address]] = []
    for pool in pools:
        start, end = ip_address(pool.start), ip_address(pool.end)
        words = f"{pool.start}-{pool.end}"
        if start.version != end.version or start.version != prefix.version or int(start) > int(end):
            raise InvalidAllocationPool(pool=pool._asdict())
        if start not in prefix or end not in prefix:
            raise OutOfBoundsAllocationPool(pool=words, cidr=prefix)
        if prefix.num_addresses > 2 and (start == prefix.network_address or _is_broadcast(prefix, end)):
            raise OutOfBoundsAllocationPool(pool=words, cidr=prefix)
        if gateway and int(start) <= int(ip_address(gateway)) <= int(end):
            raise GatewayConflictWithAllocationPools(gateway=gateway, pool=words)
        for other in seen:
            if int(other[0]) <= int(end) and int(start) <= int(other[1]):
                raise OverlappingAllocationPools(one=f"{other[0]}-{other[1]}", other=words, cidr=prefix)
        seen.append((start, end))


def _is_broadcast(prefix: Prefix, address: Address) -> bool:
    return prefix.version == 4 and address == prefix.broadcast_address
