"""What must add up in Neutron: addresses and prefixes, and what ports are to servers, routers, trunks, floating IPs."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address, ip_network
from itertools import combinations

from fakecompute import Cloud
from fakecompute.domain.network_addresses import (
    FLOATING,
    ROUTER_GATEWAY,
    ROUTER_INTERFACE,
    eui64,
    in_pools,
    pool_size,
)
from fakecompute.domain.network_bindings import FAILED, vif
from fakecompute.domain.network_floatingips import SETTLE
from fakecompute.domain.network_trunks import SUBPORT, WIRE
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.network import (
    FixedIP,
    FloatingIP,
    Network,
    Port,
    Router,
    SecurityGroup,
    Subnet,
)
from fakecompute.domain.records.network_pools import Segment, SubnetPool
from fakecompute.domain.records.network_services import PortBinding, PortForwarding
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.records.trunk import Trunk
from fakecompute.domain.server_network import addresses
from fakecompute.wsgi.client import Http


def assert_wired(cloud: Cloud) -> None:
    _assert_prefixes(cloud)
    for network in cloud.store.all(Network):
        assert cloud.store.by(Segment, "network", network.id), "a network without a segment"
    for port in cloud.store.all(Port):
        _assert_addressed(cloud, port)
        _assert_owned(cloud, port)
    macs = Counter((port.network_id, port.mac_address) for port in cloud.store.all(Port))
    assert all(count == 1 for count in macs.values()), "a network has a MAC twice"
    for router in cloud.store.all(Router):
        _assert_joined(cloud, router)
    for floating in cloud.store.all(FloatingIP):
        _assert_floating(cloud, floating)
    for forwarding in cloud.store.all(PortForwarding):
        _assert_forwarded(cloud, forwarding)
    _assert_trunks(cloud)
    _assert_bindings(cloud)
    _assert_guarded(cloud)
    _assert_shown(cloud)


# --- prefixes and addresses


def _assert_prefixes(cloud: Cloud) -> None:
    """Subnets of a network, and those cut from a pool, lie apart; pools of addresses lie in their subnets."""
    for network in cloud.store.all(Network):
        _assert_apart(cloud.store.by(Subnet, "network", network.id))
    for pool in cloud.store.all(SubnetPool):
        cut = cloud.store.by(Subnet, "pool", pool.id)
        _assert_apart(cut)
        for subnet in cut:
            inside = [ip_network(prefix) for prefix in pool.prefixes]
            assert any(ip_network(subnet.cidr).subnet_of(prefix) for prefix in inside), "not of its pool"  # type: ignore[arg-type]
    for subnet in cloud.store.all(Subnet):
        for part in subnet.allocation_pools:
            assert ip_address(part.start) in ip_network(subnet.cidr), "a pool outside of its subnet"
            assert ip_address(part.end) in ip_network(subnet.cidr), "a pool outside of its subnet"
            assert not subnet.gateway_ip or not _within(subnet.gateway_ip, part.start, part.end), "a gateway in a pool"


def _within(address: str, start: str, end: str) -> bool:
    return int(ip_address(start)) <= int(ip_address(address)) <= int(ip_address(end))


def _assert_apart(subnets: list[Subnet]) -> None:
    for one, other in combinations(subnets, 2):
        assert not ip_network(one.cidr).overlaps(ip_network(other.cidr)), (one.cidr, other.cidr)


def _assert_addressed(cloud: Cloud, port: Port) -> None:
    for fixed in port.fixed_ips:
        subnet = cloud.store.get(Subnet, fixed.subnet_id)
        assert subnet.network_id == port.network_id, "an address of another network"
        prefix, address = ip_network(subnet.cidr), ip_address(fixed.ip_address)
        assert address in prefix, "an address outside of its subnet"
        if prefix.version == 4 and prefix.num_addresses > 2:
            assert address not in (prefix.network_address, prefix.broadcast_address), "no host has this address"
        if subnet.auto_address and port.device_owner not in (ROUTER_INTERFACE, ROUTER_GATEWAY):
            assert fixed.ip_address == eui64(subnet.cidr, port.mac_address), "an address that is not of its MAC"


def assert_from_pools(cloud: Cloud, before: frozenset[tuple[str, FixedIP]]) -> None:
    """Addresses that nobody named, and that ports did not have `before`, are of their subnets' pools."""
    for port_id, fixed in given(cloud) - before:
        subnet, port = cloud.store.get(Subnet, fixed.subnet_id), cloud.store.get(Port, port_id)
        is_gateway = port.device_owner == ROUTER_INTERFACE and fixed.ip_address == subnet.gateway_ip
        assert is_gateway or subnet.auto_address or in_pools(subnet, fixed.ip_address), "an address of no pool"


def given(cloud: Cloud) -> frozenset[tuple[str, FixedIP]]:
    return frozenset((port.id, fixed) for port in cloud.store.all(Port) for fixed in port.fixed_ips)


# --- what a port is for


def _assert_owned(cloud: Cloud, port: Port) -> None:
    """Whoever holds a port is there."""
    owners = {ROUTER_INTERFACE: Router, ROUTER_GATEWAY: Router, FLOATING: FloatingIP}
    kind = owners.get(port.device_owner)
    assert kind is None or cloud.store.find(kind, port.device_id), f"a {port.device_owner} of nobody"
    if port.device_owner == SUBPORT:
        assert cloud.store.count(Trunk, "subport", port.id), "a subport of no trunk"
    if port.device_owner.startswith("compute:"):
        server = cloud.store.find(Server, port.device_id)
        assert server is not None and not server.deleted, "a port outlived its server"
    elif port.owned_by_nova:
        raise AssertionError("Nova has left a port behind")
    assert port.host == "" or cloud.store.one(Host, "name", port.host), "a port on no host"
    assert port.vif_type == "unbound" or port.host, "a port that is bound nowhere"


def _assert_joined(cloud: Cloud, router: Router) -> None:
    """A router is in no prefix twice, leaves by external networks, and sends packets to its neighbours alone."""
    ports = cloud.store.by(Port, "device", router.id)
    subnets = [cloud.store.get(Subnet, id) for id in sorted({ip.subnet_id for port in ports for ip in port.fixed_ips})]
    _assert_apart([one for one in subnets if not cloud.store.get(Network, one.network_id).external])
    for port in ports:
        external = cloud.store.get(Network, port.network_id).external
        assert port.device_owner != ROUTER_GATEWAY or external, "a gateway to the inside"
    for route in router.routes:
        assert any(ip_address(route.nexthop) in ip_network(one.cidr) for one in subnets), "a route to nowhere"


# --- floating IPs and what they lead to


def _assert_floating(cloud: Cloud, floating: FloatingIP) -> None:
    (holder,) = cloud.store.by(Port, "device", floating.id)
    assert holder.device_owner == FLOATING
    assert holder.network_id == floating.floating_network_id
    assert floating.floating_ip_address in {fixed.ip_address for fixed in holder.fixed_ips}
    forwarded = cloud.store.count(PortForwarding, "floatingip", floating.id)
    assert (floating.router_id is not None) == (floating.port_id is not None or forwarded > 0)
    assert not (floating.port_id and forwarded), "it leads to a port, and to parts of others"
    if floating.port_id:
        _assert_reached(cloud, floating, floating.port_id, floating.fixed_ip_address)
    due = _is_due(cloud, SETTLE, floating.id)
    assert due or floating.status == ("ACTIVE" if floating.router_id else "DOWN")


def _is_due(cloud: Cloud, kind: str, subject: str) -> bool:
    return any(event.kind == kind and event.subject == subject for event in cloud.events)


def _assert_forwarded(cloud: Cloud, forwarding: PortForwarding) -> None:
    floating = cloud.store.get(FloatingIP, forwarding.floatingip_id)
    _assert_reached(cloud, floating, forwarding.internal_port_id, forwarding.internal_ip_address)
    for other in cloud.store.by(PortForwarding, "floatingip", floating.id):
        if other.id != forwarding.id and other.protocol == forwarding.protocol:
            (first, last), (start, end) = forwarding.external_ports, other.external_ports
            assert last < start or end < first, "a port outside is forwarded twice"


def _assert_reached(cloud: Cloud, floating: FloatingIP, port_id: str, address: str | None) -> None:
    """The router of a floating IP has its network on one side and the port's subnet on the other."""
    port = cloud.store.get(Port, port_id)
    inside = [fixed.subnet_id for fixed in port.fixed_ips if fixed.ip_address == address]
    assert inside, "it leads to an address that the port does not have"
    near = cloud.store.by(Port, "device", floating.router_id)
    assert any(p.device_owner == ROUTER_GATEWAY and p.network_id == floating.floating_network_id for p in near)
    joined = {ip.subnet_id for p in near if p.device_owner == ROUTER_INTERFACE for ip in p.fixed_ips}
    assert joined & set(inside), "its router does not reach the port"


# --- trunks, bindings, groups


def _assert_trunks(cloud: Cloud) -> None:
    used = Counter(id for trunk in cloud.store.all(Trunk) for id in _ports_of(trunk))
    assert all(count == 1 for count in used.values()), "a port is in two trunks"
    for trunk in cloud.store.all(Trunk):
        parent = cloud.store.get(Port, trunk.port_id)
        segments = [(sub.segmentation_type, sub.segmentation_id) for sub in trunk.sub_ports]
        assert len(set(segments)) == len(segments), "a trunk has a segment twice"
        subports = [cloud.store.get(Port, sub.port_id) for sub in trunk.sub_ports]
        assert all(port.host in ("", parent.host) for port in subports if port.device_owner == SUBPORT), "left behind"
        if trunk.status == "ACTIVE":
            assert parent.host and {port.host for port in subports} <= {parent.host}, "wired, and not there"
        elif parent.status == "ACTIVE" and vif(cloud, parent.host)["vif_type"] != FAILED:
            assert _is_due(cloud, WIRE, trunk.id), "it is never wired"


def _ports_of(trunk: Trunk) -> list[str]:
    return [trunk.port_id, *(sub.port_id for sub in trunk.sub_ports)]


def _assert_bindings(cloud: Cloud) -> None:
    """A port is bound to a host once; a server's to a second one only while it moves there."""
    for port in cloud.store.all(Port):
        hosts = [binding.host for binding in cloud.store.by(PortBinding, "port", port.id)]
        assert len({port.host, *hosts}) == len(hosts) + 1, "bound to a host twice"
        server = cloud.store.find(Server, port.device_id)
        migration = cloud.store.find(Migration, server.migration_id) if server else None
        assert not hosts or (migration and migration.type == "live-migration"), "a second binding for no move"


def _assert_guarded(cloud: Cloud) -> None:
    """A project has one default group; groups are on ports that are guarded."""
    defaults = Counter(group.project_id for group in cloud.store.all(SecurityGroup) if group.is_default)
    assert all(count == 1 for count in defaults.values()), "two default groups"
    assert all(port.port_security_enabled or not port.security_groups for port in cloud.store.all(Port))


# --- what is shown of it


def _assert_shown(cloud: Cloud) -> None:
    """Availabilities are what ports have; a server's addresses are its ports', and floating IPs that lead there."""
    shown = Http(cloud, "admin", "demo").get("/network/v2.0/network-ip-availabilities").json
    told = {subnet["subnet_id"]: subnet for one in shown["network_ip_availabilities"] for subnet in one["subnet_ip_availability"]}
    used = Counter(fixed.subnet_id for _, fixed in given(cloud))
    assert told.keys() == {subnet.id for subnet in cloud.store.all(Subnet)}
    for subnet in cloud.store.all(Subnet):
        assert (told[subnet.id]["used_ips"], told[subnet.id]["total_ips"]) == (used[subnet.id], pool_size(subnet))
    for server in cloud.store.by(Server, "deleted", False):
        ports = cloud.store.by(Port, "device", server.id)
        own = {fixed.ip_address for port in ports for fixed in port.fixed_ips}
        outer = {one.floating_ip_address for port in ports for one in cloud.store.by(FloatingIP, "port", port.id)}
        seen = {entry["addr"] for entries in addresses(cloud, server.id).values() for entry in entries}
        assert seen == own | outer, "a server shows other addresses than its ports have"
