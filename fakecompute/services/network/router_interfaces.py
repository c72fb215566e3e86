"""PUT /routers/{id}/add_router_interface and remove_router_interface: the subnets that a router joins."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from fakecompute.domain.network import change, touch
from fakecompute.domain.network_addresses import ROUTER_INTERFACE
from fakecompute.domain.network_floatingips import drop_port, leads_to
from fakecompute.domain.network_routers import add_interface, ports_of_router
from fakecompute.domain.network_trunks import check_deletable
from fakecompute.domain.records.network import FloatingIP, Port, Router, Subnet
from fakecompute.domain.records.network_services import NDPProxy
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network.gateways import BadRouterRequest
from fakecompute.services.network.ports import DeviceIDNotOwnedByTenant, find_port
from fakecompute.services.network.service import network
from fakecompute.services.network.subnets import find_subnet
from fakecompute.services.network.values import UUID


class RouterInterfaceNotFound(NotFound):
    message = "Router {id} does not have an interface with id {port_id}"


class RouterInterfaceNotFoundForSubnet(NotFound):
    message = "Router {id} has no interface on subnet {subnet_id}"


class RouterInterfaceInUseByRoute(Conflict):
    message = (
        "Router interface for subnet {subnet_id} on router {id} cannot be deleted, as it is required by one or more"
        " routes."
    )


class RouterInterfaceInUseByFloatingIP(Conflict):
    message = (
        "Router interface for subnet {subnet_id} on router {id} cannot be deleted, as it is required by one or more"
        " floating IPs."
    )


class RouterInterfaceInUseByNDPProxy(Conflict):
    message = (
        "Unable to remove subnet {subnet_id} from router {id}, There are one or more ndp proxies still in use on the"
        " subnet."
    )


class SubnetMismatchForPort(BadRequest):
    message = "Subnet on port {port_id} does not match the requested subnet {subnet_id}."


class PortInUse(Conflict):
    message = (
        "Unable to complete operation on port {id} for network {net_id}. Port already has an attached device"
        " {device_id}."
    )


# --- request schemas and response views ---------------------------------------------------------------


def _interface(body: Any) -> tuple[str | None, str | None]:
    if not isinstance(body, dict) or not ("port_id" in body or "subnet_id" in body):
        raise BadRouterRequest(reason="Either subnet_id or port_id must be specified")
    for key in ("port_id", "subnet_id"):
        if key in body and not (isinstance(body[key], str) and UUID.fullmatch(body[key])):
            raise BadRouterRequest(reason=f"'{body[key]}' is not a valid UUID")
    return body.get("port_id"), body.get("subnet_id")


def _interface_view(router: Router, port: Port, subnet_id: str) -> dict[str, Any]:
    return {
        "id": router.id,
        "project_id": router.project_id,
        "port_id": port.id,
        "network_id": port.network_id,
        "subnet_id": subnet_id,
        "subnet_ids": [ip.subnet_id for ip in port.fixed_ips] or [subnet_id],
    }


# --- handlers -----------------------------------------------------------------------------------------


@network.put("/routers/<router>/add_router_interface", policy="add_router_interface")
def add_router_interface(call: Call, router: Router) -> dict[str, Any]:
    port_id, subnet_id = _interface(call.body)
    if port_id and subnet_id:
        raise BadRouterRequest(reason="Cannot specify both subnet-id and port-id")
    made = _take_port(call, router, port_id) if port_id else _join_subnet(call, router, subnet_id)
    touch(call.cloud, router)
    return _interface_view(router, made, made.fixed_ips[-1].subnet_id)


@network.put("/routers/<router>/remove_router_interface", policy="remove_router_interface")
def remove_router_interface(call: Call, router: Router) -> dict[str, Any]:
    port_id, subnet_id = _interface(call.body)
    ports = ports_of_router(call.cloud, router)
    if port_id:
        port = next((port for port in ports if port.id == port_id), None)
        if port is None:
            raise RouterInterfaceNotFound(id=router.id, port_id=port_id)
        if subnet_id and all(ip.subnet_id != subnet_id for ip in port.fixed_ips):
            raise SubnetMismatchForPort(port_id=port_id, subnet_id=subnet_id)
    else:
        subnet_id = find_subnet(call, subnet_id or "").id
        port = next((p for p in ports if any(ip.subnet_id == subnet_id for ip in p.fixed_ips)), None)
        if port is None:
            raise RouterInterfaceNotFoundForSubnet(id=router.id, subnet_id=subnet_id)
    _check_no_floating(call, router, port)
    _check_no_route(call, router, port)
    _check_no_proxy(call, router, port)
    check_deletable(call.cloud, port)
    drop_port(call.cloud, port)
    touch(call.cloud, router)
    return _interface_view(router, port, subnet_id or port.fixed_ips[0].subnet_id)


# --- joining


def _take_port(call: Call, router: Router, port_id: str) -> Port:
    port = find_port(call, port_id)
    if port.device_id:
        raise PortInUse(id=port.id, net_id=port.network_id, device_id=port.device_id)
    if not call.is_admin and port.project_id != router.project_id:
        raise DeviceIDNotOwnedByTenant(device_id=router.id)
    if not port.fixed_ips:
        raise BadRouterRequest(reason="Router port must have at least one fixed IP")
    for address in port.fixed_ips:
        _check_apart(call, router, call.cloud.store.get(Subnet, address.subnet_id))
    return change(
        call.cloud, port, device_id=router.id, device_owner=ROUTER_INTERFACE, security_groups=(),
        port_security_enabled=False, status="ACTIVE",
    )  # fmt: skip


def _join_subnet(call: Call, router: Router, subnet_id: str | None) -> Port:
    subnet = find_subnet(call, subnet_id or "")
    if not subnet.gateway_ip:
        raise BadRouterRequest(reason="Subnet for router interface must have a gateway IP")
    if subnet.project_id != call.context.project_id and not call.is_admin:
        raise BadRouterRequest(
            reason=f"Cannot add interface to router because subnet {subnet.id} is not owned by project making the"
            " request"
        )
    _check_apart(call, router, subnet)
    return add_interface(call.cloud, router, subnet)


def _check_apart(call: Call, router: Router, subnet: Subnet) -> None:
    """neutron/db/l3_db.py: _check_for_dup_router_subnets."""
    for port in call.cloud.store.by(Port, "device", router.id):
        for address in port.fixed_ips:
            if address.subnet_id == subnet.id:
                raise BadRouterRequest(reason=f"Router already has a port on subnet {subnet.id}")
            other = call.cloud.store.get(Subnet, address.subnet_id)
            if other.ip_version == subnet.ip_version and ip_network(other.cidr).overlaps(
                ip_network(subnet.cidr)
            ):
                raise BadRouterRequest(
                    reason=f"Cidr {subnet.cidr} of subnet {subnet.id} overlaps with cidr {other.cidr} of subnet"
                    f" {other.id}"
                )


# --- what stands in the way of leaving


def _check_no_route(call: Call, router: Router, port: Port) -> None:
    for address in port.fixed_ips:
        network = ip_network(call.cloud.store.get(Subnet, address.subnet_id).cidr)
        if any(ip_address(route.nexthop) in network for route in router.routes):
            raise RouterInterfaceInUseByRoute(subnet_id=address.subnet_id, id=router.id)


def _check_no_floating(call: Call, router: Router, port: Port) -> None:
    """neutron/db/l3_db.py: _check_router_interface_not_in_use."""
    joined = {ip.subnet_id for ip in port.fixed_ips}
    for floating in call.cloud.store.by(FloatingIP, "router", router.id):
        for fixed in leads_to(call.cloud, floating):
            if fixed.subnet_id in joined:
                raise RouterInterfaceInUseByFloatingIP(subnet_id=fixed.subnet_id, id=router.id)


def _check_no_proxy(call: Call, router: Router, port: Port) -> None:
    joined = {ip.subnet_id for ip in port.fixed_ips}
    for proxy in call.cloud.store.by(NDPProxy, "router", router.id):
        for ip in call.cloud.store.get(Port, proxy.port_id).fixed_ips:
            if ip.ip_address == proxy.ip_address and ip.subnet_id in joined:
                raise RouterInterfaceInUseByNDPProxy(subnet_id=ip.subnet_id, id=router.id)
