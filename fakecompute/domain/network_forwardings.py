"""Port forwardings: single ports of a floating IP that lead to ports inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import begun, change
from fakecompute.domain.network_floatingips import (
    ExternalGatewayForFloatingIPNotFound,
    FloatingIPPortAlreadyAssociated,
    floatingips_of,
    lead,
    router_to,
)
from fakecompute.domain.records.network import FixedIP, FloatingIP, Port
from fakecompute.domain.records.network_services import PortForwarding
from fakecompute.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Ports = tuple[int, int]  # first and last


class BadForwarding(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad port_forwarding request: {reason}."


class PortHasBindingFloatingIP(Conflict):
    message = (
        "Cannot create port forwarding to floating IP {address} ({id}) with port {port_id} using fixed IP"
        " {fixed_ip}, as that port already has a binding floating IP."
    )


def forwardings_of(cloud: Cloud, floating: FloatingIP) -> list[PortForwarding]:
    """In the order in which they were made."""
    found = cloud.store.by(PortForwarding, "floatingip", floating.id)
    return sorted(found, key=lambda one: (one.created_at, one.id))


def make_forwarding(cloud: Cloud, floating: FloatingIP, port: Port, **fields: Any) -> PortForwarding:
    made = PortForwarding(
        id=cloud.streams.uuid("port forwarding"),
        project_id=floating.project_id,
        floatingip_id=floating.id,
        internal_port_id=port.id,
        revision_number=1,
        **begun(cloud),
        **fields,
    )
    _check_ranges(made)
    _check_collisions(cloud, made)
    _check_port(cloud, port, made.internal_ip_address)
    if floating.port_id:
        raise FloatingIPPortAlreadyAssociated(
            address=floating.floating_ip_address,
            id=floating.id,
            port_id=port.id,
            fixed_ip=made.internal_ip_address,
            net_id=floating.floating_network_id,
        )
    router_id = _router(cloud, floating, port, made.internal_ip_address)
    cloud.store.put(made)
    lead(cloud, floating, router_id=router_id)
    return made


def change_forwarding(cloud: Cloud, old: PortForwarding, port: Port, **fields: Any) -> PortForwarding:
    """`port` is the one that it is to lead to; the address, if it is another port, that port's own."""
    floating = cloud.store.get(FloatingIP, old.floatingip_id)
    if port.id != old.internal_port_id:
        _check_port(cloud, port, fields.get("internal_ip_address", old.internal_ip_address))
        address = fields.get("internal_ip_address") or _first(port)
        _router(cloud, floating, port, address)
        fields |= {"internal_port_id": port.id, "internal_ip_address": address}
    new = old.evolve(**fields)
    if all(fixed.ip_address != new.internal_ip_address for fixed in port.fixed_ips):
        raise BadForwarding(
            reason="The internal IP does not correspond to an address on the internal port, which has fixed_ips"
            f" {_shown(port)}"
        )
    _check_ranges(new)
    _check_collisions(cloud, new)
    return change(cloud, old, **fields)


def _check_ranges(wanted: PortForwarding) -> None:
    """One port inside, or as many as outside."""
    inside, outside = (last - first for first, last in (wanted.internal_ports, wanted.external_ports))
    if inside and inside != outside:
        raise BadForwarding(
            reason="Invalid ranges of internal and/or external ports. The relation between internal and external"
            " ports must be N-N or 1-N"
        )


def _check_collisions(cloud: Cloud, new: PortForwarding) -> None:
    """No port inside or outside is forwarded twice."""
    for other in cloud.store.by(PortForwarding, "port", new.internal_port_id):
        if (other.protocol, other.internal_ip_address) == (new.protocol, new.internal_ip_address):
            _check_apart("internal_port_range", other, other.internal_ports, new, new.internal_ports)
    for other in cloud.store.by(PortForwarding, "floatingip", new.floatingip_id):
        if other.protocol == new.protocol:
            _check_apart("external_port_range", other, other.external_ports, new, new.external_ports)


def _check_apart(key: str, other: PortForwarding, theirs: Ports, new: PortForwarding, ours: Ports) -> None:
    if other.id != new.id and max(theirs[0], ours[0]) <= min(theirs[1], ours[1]):
        raise BadForwarding(
            reason=f"There is a port collision with the {key}. The following ranges collide:"
            f" {written(theirs)} and {written(ours)}"
        )


def written(ports: Ports) -> str:
    return f"{ports[0]}:{ports[1]}"


def _check_port(cloud: Cloud, port: Port, address: str) -> None:
    for floating in floatingips_of(cloud, port.id):
        raise PortHasBindingFloatingIP(
            address=floating.floating_ip_address, id=floating.id, port_id=port.id, fixed_ip=address
        )


def _first(port: Port) -> str:
    for fixed in port.fixed_ips:
        if ":" not in fixed.ip_address:
            return fixed.ip_address
    raise BadForwarding(reason=f"Requested internal port {port.id} must allocate an IPv4 address at least")


def _router(cloud: Cloud, floating: FloatingIP, port: Port, address: str) -> str:
    """The router that leads there, which is that of the other forwardings."""
    _first(port)
    fixed = next((one for one in port.fixed_ips if one.ip_address == address), None)
    if fixed is None:
        raise BadForwarding(
            reason=f"Requested internal IP address {address} is not suitable for internal neutron port {port.id}, as"
            f" its fixed_ips are {_shown(port)}"
        )
    try:
        router_id = router_to(cloud, port, fixed, floating.floating_network_id)
    except ExternalGatewayForFloatingIPNotFound:
        raise BadForwarding(
            reason=f"External network {floating.floating_network_id} is not reachable from subnet {fixed.subnet_id}."
            f" Cannot set Port forwarding for port {port.id} with Floating IP {floating.id}"
        ) from None
    if floating.router_id not in (None, router_id):
        raise BadForwarding(
            reason=f"The Floating IP {floating.id} had been set on router {floating.router_id}, the internal Neutron"
            f" port {port.id} can not reach it"
        )
    return router_id


def _shown(port: Port) -> list[dict[str, str]]:
    return [FixedIP._asdict(fixed) for fixed in port.fixed_ips if ":" not in fixed.ip_address]
