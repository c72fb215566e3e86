"""Addresses of ports: which one is free, whether a wanted one may be had, and MACs.

Finding an address looks at no other port: each subnet's counter walks round its pools, an index tells what is
taken.  An address that was given back comes again when the counter has been round.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.records.network import FixedIP, Network, Pool, Port, Subnet
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Address = IPv4Address | IPv6Address
ADDRESS: dict[int, type[IPv4Address] | type[IPv6Address]] = {4: IPv4Address, 6: IPv6Address}
ROUTER_INTERFACE = "network:router_interface"
ROUTER_GATEWAY = "network:router_gateway"
FLOATING = "network:floatingip"
MOST_FIXED_IPS = 5  # a port; max_fixed_ips_per_port of neutron.conf


class IpAddressGenerationFailure(Conflict):
    message = "No more IP addresses available on network {net_id}."


class IpAddressAlreadyAllocated(Conflict):
    message = "IP address {ip} already allocated in subnet {subnet_id}"


class InvalidIpForNetwork(BadRequest):
    message = "IP address {ip_address} is not a valid IP for any of the subnets on the specified network."


class InvalidIpForSubnet(BadRequest):
    message = "IP address {ip_address} is not a valid IP for the specified subnet."


class AllocationOnAutoAddressSubnet(BadRequest):
    message = (
        "IPv6 address {ip} cannot be directly assigned to a port on subnet {subnet_id} as the subnet is"
        " configured for automatic addresses"
    )


class InvalidInput(BadRequest):
    message = "Invalid input for operation: {reason}."


class SubnetNotFound(NotFound):
    message = "Subnet {id} could not be found."


class Wish(NamedTuple):
    """An address that somebody asks for: of a subnet, a certain one, or both."""

    subnet_id: str | None = None
    ip_address: str | None = None


def subnets_of(cloud: Cloud, network_id: str) -> list[Subnet]:
    """In the order of their creation."""
    return sorted(cloud.store.by(Subnet, "network", network_id), key=lambda subnet: subnet.number)


def automatic(cloud: Cloud, network: Network, mac: str, owner: str = "") -> tuple[FixedIP, ...]:
    """What a port gets that asks for nothing: an IPv4 and an IPv6 address, and those it makes from its MAC.

    neutron/db/ipam_pluggable_backend.py: _allocate_ips_for_port.
    """
    fit = [s for s in subnets_of(cloud, network.id) if not s.service_types or owner in s.service_types]
    fixed: list[FixedIP] = []
    for version in 4, 6:
        stateful = [subnet for subnet in fit if subnet.ip_version == version and not subnet.auto_address]
        if stateful:
            fixed.append(_first_free(cloud, stateful))
    return (*fixed, *_automatic_ones(fit, mac, owner, fixed))


def requested(
    cloud: Cloud,
    network: Network,
    wishes: Sequence[Wish],
    mac: str,
    owner: str = "",
    mine: Sequence[FixedIP] = (),
) -> tuple[FixedIP, ...]:
    """The addresses that were asked for, and those that a port makes itself; `mine` are the port's already.

    neutron/db/ipam_pluggable_backend.py: _test_fixed_ips_for_port.
    """
    if len(wishes) > MOST_FIXED_IPS:
        raise InvalidInput(reason="Exceeded maximum amount of fixed ips per port")
    subnets = subnets_of(cloud, network.id)
    fixed: list[FixedIP] = []
    told = {wish.ip_address for wish in wishes}
    spare = [ip for ip in mine if ip.ip_address not in told]
    for wish in wishes:
        subnet = _subnet_for(cloud, wish, subnets, network.id, owner)
        if wish.ip_address:
            fixed.append(_certain(cloud, subnet, wish.ip_address, mac, owner, mine))
        elif not subnet.auto_address or owner == ROUTER_INTERFACE:
            kept = next((ip for ip in spare if ip.subnet_id == subnet.id), None)
            if kept:
                spare.remove(kept)
            fixed.append(kept or _first_free(cloud, [subnet]))
    if len(set(fixed)) < len(fixed):
        raise IpAddressAlreadyAllocated(ip=fixed[-1].ip_address, subnet_id=fixed[-1].subnet_id)
    if not wishes:
        return ()
    return (*fixed, *_automatic_ones(subnets, mac, owner, fixed))


def _subnet_for(
    cloud: Cloud, wish: Wish, subnets: Sequence[Subnet], network_id: str, owner: str = ""
) -> Subnet:
    """neutron/db/ipam_backend_mixin.py: _get_subnet_for_fixed_ip."""
    if not subnets:
        raise InvalidInput(reason="IP allocation requires subnets for network")
    if wish.subnet_id:
        found = next((subnet for subnet in subnets if subnet.id == wish.subnet_id), None)
        if found is None:
            if cloud.store.find(Subnet, wish.subnet_id) is None:
                raise SubnetNotFound(id=wish.subnet_id)
            raise InvalidInput(
                reason=f"Failed to create port on network {network_id}, because fixed_ips included invalid"
                f" subnet {wish.subnet_id}"
            )
        if wish.ip_address and not holds(found, wish.ip_address, owner):
            raise InvalidIpForSubnet(ip_address=wish.ip_address)
        return found
    if not wish.ip_address:
        raise InvalidInput(reason="IP allocation requires subnet_id or ip_address")
    for subnet in subnets:
        if holds(subnet, wish.ip_address, owner):
            return subnet
    raise InvalidIpForNetwork(ip_address=wish.ip_address)


def _certain(
    cloud: Cloud, subnet: Subnet, text: str, mac: str, owner: str, mine: Sequence[FixedIP]
) -> FixedIP:
    fixed = FixedIP(subnet.id, str(ip_address(text)))
    if subnet.auto_address and owner != ROUTER_INTERFACE and fixed.ip_address != eui64(subnet.cidr, mac):
        raise AllocationOnAutoAddressSubnet(ip=text, subnet_id=subnet.id)
    if fixed not in mine and taken(cloud, fixed):
        raise IpAddressAlreadyAllocated(ip=text, subnet_id=subnet.id)
    return fixed


def _automatic_ones(subnets: Sequence[Subnet], mac: str, owner: str, has: Sequence[FixedIP]) -> list[FixedIP]:
    if owner == ROUTER_INTERFACE:
        return []
    there = {ip.subnet_id for ip in has}
    return [FixedIP(s.id, eui64(s.cidr, mac)) for s in subnets if s.auto_address and s.id not in there]


def _first_free(cloud: Cloud, subnets: Sequence[Subnet]) -> FixedIP:
    for subnet in subnets:
        if address := free_address(cloud, subnet):
            return FixedIP(subnet.id, address)
    raise IpAddressGenerationFailure(net_id=subnets[0].network_id)


def free_address(cloud: Cloud, subnet: Subnet) -> str | None:
    """The next free address of the pools, or None if there is none."""
    ranges, size = _ranges(subnet.allocation_pools)
    used = cloud.store.count(Port, "subnet", subnet.id)
    kind = ADDRESS[subnet.ip_version]
    for _ in range(min(size, used + 1)):
        offset = (cloud.streams.number(f"address {subnet.id}") - 1) % size
        fixed = FixedIP(subnet.id, str(kind(_at(ranges, offset))))
        if not taken(cloud, fixed):
            return fixed.ip_address
    return None


def taken(cloud: Cloud, fixed: FixedIP) -> bool:
    return bool(cloud.store.count(Port, "address", (fixed.subnet_id, fixed.ip_address)))


def pool_size(subnet: Subnet) -> int:
    """How many addresses there are for ports: those of the pools, or all if it has none."""
    return _ranges(subnet.allocation_pools)[1] or ip_network(subnet.cidr).num_addresses


def usable_size(subnet: Subnet) -> int:
    """How many addresses hosts can have in the subnet, its gateway's included."""
    prefix = ip_network(subnet.cidr)
    if prefix.num_addresses <= 2:
        return prefix.num_addresses
    return prefix.num_addresses - (2 if prefix.version == 4 else 1)


def in_pools(subnet: Subnet, text: str) -> bool:
    address = int(ip_address(text))
    return any(int(ip_address(pool.start)) <= address <= int(ip_address(pool.end)) for pool in subnet.allocation_pools)


@lru_cache(maxsize=4096)
def _ranges(pools: tuple[Pool, ...]) -> tuple[tuple[tuple[int, int], ...], int]:
    """(first address, how many) of each pool, and the sum."""
    ends = [(int(ip_address(pool.start)), int(ip_address(pool.end))) for pool in pools]
    return tuple((start, end - start + 1) for start, end in ends), sum(end - start + 1 for start, end in ends)


def _at(ranges: tuple[tuple[int, int], ...], offset: int) -> int:
    """The address of this place, counted through the pools."""
    for first, count in ranges:
        if offset < count:
            return first + offset
        offset -= count
    raise IndexError(offset)


def holds(subnet: Subnet, text: str, owner: str = "x") -> bool:
    """May a port have this address of the subnet?  Not the broadcast; the network's own if it may be a router's."""
    address, network = ip_address(text), ip_network(subnet.cidr)
    if address not in network:
        return False
    if network.version == 6:
        return address != network.network_address or owner in ("", ROUTER_INTERFACE, ROUTER_GATEWAY)
    return network.prefixlen >= 31 or address not in (network.network_address, network.broadcast_address)


def eui64(cidr: str, mac: str) -> str:
    """The address that a host of this MAC makes for itself under the prefix."""
    digits = int(mac.replace(":", ""), 16) ^ (2 << 40)
    suffix = (digits >> 24) << 40 | 0xFFFE << 24 | digits & 0xFFFFFF
    return str(IPv6Address(int(ip_network(cidr).network_address) | suffix))


def with_mac(cloud: Cloud, port: Port, mac: str) -> tuple[FixedIP, ...]:
    """The addresses of a port under another MAC: those that it makes from it change."""
    subnets = {fixed.subnet_id: cloud.store.get(Subnet, fixed.subnet_id) for fixed in port.fixed_ips}
    return tuple(
        FixedIP(ip.subnet_id, eui64(subnets[ip.subnet_id].cidr, mac)) if subnets[ip.subnet_id].auto_address else ip
        for ip in port.fixed_ips
    )


def new_mac(cloud: Cloud, network_id: str) -> str:
    """One that no port of the network has."""
    while True:
        digits = cloud.streams.hex("mac", 6)
        mac = f"fa:16:3e:{digits[:2]}:{digits[2:4]}:{digits[4:]}"
        if not cloud.store.count(Port, "mac", (network_id, mac)):
            return mac
