"""Floating IPs: addresses of an external network that lead to a port inside, by way of a router.

The address is held by a port of nobody's.  What is written at once is DOWN; the router's agent settles it: ACTIVE
with a port, DOWN without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import begun, change, make_port
from fakecompute.domain.network_addresses import FLOATING, ROUTER_GATEWAY, ROUTER_INTERFACE, Wish, subnets_of
from fakecompute.domain.network_bindings import drop_bindings
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.records.network import FixedIP, FloatingIP, Network, Port, Subnet
from fakecompute.domain.records.network_services import (
    LocalIPAssociation,
    NDPProxy,
    NetworkLog,
    PortForwarding,
)
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud
    from fakecompute.kernel.events import Event

SETTLE = "floatingip.settle"  # the event in which the agent does, and tells, what it was asked for
LOOSE: dict[str, Any] = {"port_id": None, "fixed_ip_address": None, "router_id": None}


class BadFloatingIPRequest(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad floatingip request: {reason}."


class FipInUseByPortForwarding(Conflict):
    message = "Floating IP {id} in use by Port Forwarding resources."


class ExternalIpAddressExhausted(BadRequest):
    message = "Unable to find any IP address on external network {net_id}."


class ExternalGatewayForFloatingIPNotFound(NotFound):
    message = (
        "External network {net_id} is not reachable from subnet {subnet_id}.  Therefore, cannot associate Port"
        " {port_id} with a Floating IP."
    )


class FloatingIPPortAlreadyAssociated(Conflict):
    message = (
        "Cannot associate floating IP {address} ({id}) with port {port_id} using fixed IP {fixed_ip}, as that fixed"
        " IP already has a floating IP on external network {net_id}."
    )


# --- an address that comes and goes


def make_floatingip(cloud: Cloud, project_id: str, network: Network, wish: Wish, **more: Any) -> FloatingIP:
    """A floating IP on an external network: the address that is wished for, or any."""
    check_quota(cloud, project_id, "floatingip")
    if not network.external:
        raise BadFloatingIPRequest(reason=f"Network {network.id} is not a valid external network")
    if all(subnet.ip_version != 4 for subnet in subnets_of(cloud, network.id)):
        raise BadFloatingIPRequest(reason=f"Network {network.id} does not contain any IPv4 subnet")
    id = cloud.streams.uuid("floatingip")
    holder = make_port(
        cloud,
        network,
        "",
        fixed_ips=(wish,) if any(wish) else None,
        security_groups=(),
        port_security_enabled=False,
        device_id=id,
        device_owner=FLOATING,
        status="N/A",
    )
    address = next(iter(_ipv4(holder)), None)
    if address is None:
        raise ExternalIpAddressExhausted(net_id=network.id)
    return cloud.store.put(
        FloatingIP(
            id=id,
            project_id=project_id,
            floating_network_id=network.id,
            floating_ip_address=address.ip_address,
            revision_number=1,
            **more,
            **begun(cloud),
        )
    )


def remove_floatingip(cloud: Cloud, floating: FloatingIP) -> None:
    """The address is free again."""
    check_unforwarded(cloud, floating)
    for holder in cloud.store.by(Port, "device", floating.id):
        drop_port(cloud, holder)
    cloud.store.drop(floating)


def check_unforwarded(cloud: Cloud, floating: FloatingIP) -> None:
    """One whose ports are forwarded leads to no port as a whole, and stays."""
    if cloud.store.count(PortForwarding, "floatingip", floating.id):
        raise FipInUseByPortForwarding(id=floating.id)


def drop_port(cloud: Cloud, port: Port) -> None:
    """A port goes, with what was made for it; the floating IPs that led to it stay, and lead nowhere."""
    for floating in floatingips_of(cloud, port.id):
        disassociate(cloud, floating)
    for forwarding in cloud.store.by(PortForwarding, "port", port.id):
        drop_forwarding(cloud, forwarding)
    drop_bindings(cloud, port)
    for kind, index in ((NDPProxy, "port"), (LocalIPAssociation, "port"), (NetworkLog, "target")):
        for record in cloud.store.by(kind, index, port.id):
            cloud.store.drop(record)
    cloud.store.drop(port)


def drop_forwarding(cloud: Cloud, forwarding: PortForwarding) -> None:
    """With the last of its forwardings a floating IP has no router any more."""
    cloud.store.drop(forwarding)
    floating = cloud.store.get(FloatingIP, forwarding.floatingip_id)
    if not cloud.store.count(PortForwarding, "floatingip", floating.id):
        lead(cloud, floating, router_id=None)


def floatingips_of(cloud: Cloud, port_id: str) -> list[FloatingIP]:
    """Those that lead to a port, in the order in which they were made."""
    found = cloud.store.by(FloatingIP, "port", port_id)
    return sorted(found, key=lambda floating: (floating.created_at, floating.id))


# --- where it leads


def leads_to(cloud: Cloud, floating: FloatingIP) -> list[FixedIP]:
    """The addresses inside that it leads to: as a whole, or by its forwardings."""
    ends = [(floating.port_id, floating.fixed_ip_address)] if floating.port_id else []
    forwarded = cloud.store.by(PortForwarding, "floatingip", floating.id)
    ends += [(one.internal_port_id, one.internal_ip_address) for one in forwarded]
    return [
        fixed
        for port_id, address in ends
        for fixed in cloud.store.get(Port, port_id or "").fixed_ips
        if fixed.ip_address == address
    ]


def follow_addresses(cloud: Cloud, port: Port) -> None:
    """A port has other addresses: what was forwarded to those that it had is forwarded no more."""
    own = {fixed.ip_address for fixed in port.fixed_ips}
    for forwarding in cloud.store.by(PortForwarding, "port", port.id):
        if forwarding.internal_ip_address not in own:
            drop_forwarding(cloud, forwarding)


def associate(cloud: Cloud, floating: FloatingIP, port: Port, wanted: str | None = None) -> FloatingIP:
    """Lead to an IPv4 address of a port: the wanted one, or the only one."""
    check_unforwarded(cloud, floating)
    fixed = _inside(port, wanted)
    router_id = router_to(cloud, port, fixed, floating.floating_network_id)
    if port.id != floating.port_id:
        for other in floatingips_of(cloud, port.id):
            if (other.fixed_ip_address, other.floating_network_id) == (
                fixed.ip_address,
                floating.floating_network_id,
            ):
                raise FloatingIPPortAlreadyAssociated(
                    address=floating.floating_ip_address,
                    id=floating.id,
                    port_id=port.id,
                    fixed_ip=fixed.ip_address,
                    net_id=floating.floating_network_id,
                )
    return lead(cloud, floating, port_id=port.id, fixed_ip_address=fixed.ip_address, router_id=router_id)


def disassociate(cloud: Cloud, floating: FloatingIP) -> FloatingIP:
    """It leads to no port; the router of its forwardings stays."""
    forwarded = cloud.store.count(PortForwarding, "floatingip", floating.id)
    return lead(cloud, floating, **{**LOOSE, **({"router_id": floating.router_id} if forwarded else {})})


def lead(cloud: Cloud, floating: FloatingIP, **where: Any) -> FloatingIP:
    """It leads elsewhere, or nowhere; the router's agent needs its time for it."""
    changed = change(cloud, floating, **where)
    if changed is not floating:
        took = cloud.timing.draw(cloud.streams, SETTLE, floating.id, changed.revision_number)
        cloud.events.add(cloud.now + took, SETTLE, floating.id)
    return changed


def settle(cloud: Cloud, event: Event) -> None:
    """The agent has set up, or taken down, what the floating IP asks for now."""
    floating = cloud.store.find(FloatingIP, event.subject)
    if floating is not None:
        change(cloud, floating, status="ACTIVE" if floating.router_id else "DOWN")


def _ipv4(port: Port) -> list[FixedIP]:
    return [fixed for fixed in port.fixed_ips if ":" not in fixed.ip_address]


def _inside(port: Port, wanted: str | None) -> FixedIP:
    """neutron/db/l3_db.py: _internal_fip_assoc_data."""
    if wanted:
        if ":" in wanted:
            raise BadFloatingIPRequest(
                reason=f"Cannot process floating IP association with {wanted}, since that is not an IPv4 address"
            )
        for fixed in port.fixed_ips:
            if fixed.ip_address == wanted:
                return fixed
        raise BadFloatingIPRequest(reason=f"Port {port.id} does not have fixed ip {wanted}")
    match _ipv4(port):
        case [one]:
            return one
        case []:
            raise BadFloatingIPRequest(
                reason=f"Cannot add floating IP to port {port.id} that has no fixed IPv4 addresses"
            )
    raise BadFloatingIPRequest(
        reason=f"Port {port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when"
        " assigning a floating IP"
    )


def router_to(cloud: Cloud, port: Port, fixed: FixedIP, net_id: str) -> str:
    """A router with a gateway to the external network: best the one that is the subnet's gateway."""
    # neutron/db/l3_db.py: get_router_for_floatingip
    subnet = cloud.store.get(Subnet, fixed.subnet_id)
    joined = {
        near.device_id: FixedIP(subnet.id, subnet.gateway_ip or "") in near.fixed_ips
        for near in cloud.store.by(Port, "subnet", subnet.id)
        if near.device_owner == ROUTER_INTERFACE and _leaves_to(cloud, near.device_id, net_id)
    }
    if not joined:
        raise ExternalGatewayForFloatingIPNotFound(net_id=net_id, subnet_id=subnet.id, port_id=port.id)
    return min(joined, key=lambda router_id: (not joined[router_id], router_id))


def _leaves_to(cloud: Cloud, router_id: str, net_id: str) -> bool:
    return any(
        port.device_owner == ROUTER_GATEWAY and port.network_id == net_id
        for port in cloud.store.by(Port, "device", router_id)
    )
