"""GET, POST, PUT, DELETE /routers, and what they join: interfaces on subnets, a gateway to an external network."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from fakecompute.domain.network import change, touch
from fakecompute.domain.network_addresses import ROUTER_INTERFACE
from fakecompute.domain.network_floatingips import drop_port, leads_to
from fakecompute.domain.network_pools import address_scope_of
from fakecompute.domain.network_routers import (
    add_interface,
    gateway_of,
    gateways_of,
    make_router,
    ports_of_router,
)
from fakecompute.domain.network_trunks import check_deletable
from fakecompute.domain.records.network import FloatingIP, HostRoute, Network, Port, Router, Subnet
from fakecompute.domain.records.network_services import ConntrackHelper, NDPProxy
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import listed
from fakecompute.services.network import listing, values
from fakecompute.services.network.conntrack_helpers import in_router
from fakecompute.services.network.flavors import FLAVORS
from fakecompute.services.network.gateways import (
    BadRouterRequest,
    change_gateway,
    demand_gateway,
    gateway,
    gateway_wish,
)
from fakecompute.services.network.nouns import Noun, attribute, check_revision, lists
from fakecompute.services.network.ports import DeviceIDNotOwnedByTenant, find_port
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import own
from fakecompute.services.network.subnets import find_subnet
from fakecompute.services.network.values import MOST_ROUTES, UUID, Bad


class RouterNotFound(NotFound):
    message = "Router {id} could not be found"


class RouterInUse(Conflict):
    message = "Router {id} has ports still attached: {ports}"


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


class RouterGatewayNotValid(Conflict):
    message = "Can not enable ndp proxy on router {id}, {reason}."


class SubnetMismatchForPort(BadRequest):
    message = "Subnet on port {port_id} does not match the requested subnet {subnet_id}."


class PortInUse(Conflict):
    message = (
        "Unable to complete operation on port {id} for network {net_id}. Port already has an attached device"
        " {device_id}."
    )


class InvalidRoutes(BadRequest):
    message = "Invalid format for routes: {routes}, {reason}"


class RoutesExhausted(BadRequest):
    message = "Unable to complete operation for {id}. The number of routes exceeds the maximum {quota}."


# --- request schemas and response views ---------------------------------------------------------------


def _zones(router: Router, call: Call) -> list[str]:
    """Where it is: with an agent, from its first port on."""
    return ["nova"] if call.cloud.store.count(Port, "device", router.id) else []


ROUTER = Noun(
    "router",
    Router,
    RouterNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("admin_state_up", values.boolean, "cu", default=True),
    attribute("status"),
    attribute("external_gateway_info", gateway_wish, "cu", source=gateway, filter=False),
    attribute("availability_zones", source=_zones, filter=False),
    *(
        attribute(
            mode, values.none_or(values.boolean), "cu", guarded=True, shown=f"get_router:{mode}", filter=False
        )
        for mode in ("distributed", "ha")
    ),
    attribute(
        "availability_zone_hints", values.strings, "c", default=(), source=listed("availability_zone_hints")
    ),
    attribute("routes", values.host_routes, "u", source=lists("routes"), filter=False),
    attribute("flavor_id", values.none_or(values.uuid), "c", filter=False),
    attribute("enable_ndp_proxy", values.none_or(values.boolean), "cu"),
    attribute("conntrack_helpers", source=in_router, filter=False),
)


# --- handlers -----------------------------------------------------------------------------------------


@network.finder("router")
def find_router(call: Call, id: str) -> Router:
    found = call.cloud.store.find(Router, id)
    if found is None or not own(call, found):
        raise RouterNotFound(id=id)
    return found


@network.get("/routers", policy="get_router")
def list_routers(call: Call) -> dict[str, Any]:
    return listing.listed(call, ROUTER, lambda router: own(call, router))


@network.get("/routers/<router>", policy="get_router")
def show_router(call: Call, router: Router) -> dict[str, Any]:
    return ROUTER.show(call, router)


@network.post("/routers", policy="create_router", success=201, asks=True)
def create_router(call: Call) -> dict[str, Any]:
    return ROUTER.created(call, _create)


@network.put("/routers/<router>", policy="update_router")
def update_router(call: Call, router: Router) -> dict[str, Any]:
    return ROUTER.updated(call, router, _update)


@network.delete("/routers/<router>", policy="delete_router", success=204)
def delete_router(call: Call, router: Router) -> None:
    """Its gateway goes with it; its interfaces stand in the way."""
    check_revision(call, router)
    if ports := ports_of_router(call.cloud, router):
        raise RouterInUse(id=router.id, ports=", ".join(port.id for port in ports))
    for port in gateways_of(call.cloud, router):
        drop_port(call.cloud, port)
    for helper in call.cloud.store.by(ConntrackHelper, "router", router.id):
        call.cloud.store.drop(helper)
    call.cloud.store.drop(router)


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


@network.put("/routers/<router>/add_extraroutes", policy="add_extraroutes")
def add_extraroutes(call: Call, router: Router) -> dict[str, Any]:
    wanted = _routes(call)
    routes = (*router.routes, *(route for route in wanted if route not in router.routes))
    return _bare(call, _set_routes(call, router, routes))


@network.put("/routers/<router>/remove_extraroutes", policy="remove_extraroutes")
def remove_extraroutes(call: Call, router: Router) -> dict[str, Any]:
    gone = _routes(call)
    kept = tuple(route for route in router.routes if route not in gone)
    return _bare(call, change(call.cloud, router, routes=kept))


def _bare(call: Call, router: Router) -> dict[str, Any]:
    """With the attributes of admins: nobody hides them from those who add or remove routes."""
    return ROUTER.show(replace(call, context=replace(call.context, roles=frozenset({"admin"}))), router)


# --- interfaces


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


# --- the router itself


MODES = {"ha": "HA", "distributed": "the 'distributed'"}  # attributes that only a router that is off changes


def _create(call: Call, wish: dict[str, Any]) -> Router:
    ROUTER.demand(call, "create", wish, wish["project_id"])
    demand_gateway(call, "create", wish)
    if wish.get("flavor_id"):
        FLAVORS.found(call, wish["flavor_id"])
    gateway = wish.get("external_gateway_info")
    fields = ROUTER.fields_of(wish, "external_gateway_info", "project_id", *NEVER_NULL)
    told = {name: wish[name] for name in NEVER_NULL if wish.get(name) is not None}
    made = make_router(call.cloud, wish["project_id"], **fields, **told)
    if made.enable_ndp_proxy and not gateway:
        raise RouterGatewayNotValid(id=made.id, reason="The request body not contain external gateway information")
    made = change_gateway(call, made, gateway) if gateway else made
    _check_proxied(call, made)
    return made


def _update(call: Call, router: Router, wish: dict[str, Any]) -> Router:
    ROUTER.demand(call, "update", wish, router.project_id)
    demand_gateway(call, "update", wish)
    _check_mode(router, wish)
    if "external_gateway_info" in wish:
        router = change_gateway(call, router, wish["external_gateway_info"])
    if "routes" in wish:
        router = _set_routes(call, router, wish["routes"])
    told = {name: wish[name] for name in NEVER_NULL if wish.get(name) is not None}
    rest = ROUTER.fields_of(wish, "external_gateway_info", "routes", *NEVER_NULL)
    changed = change(call.cloud, router, **rest, **told)
    if told.get("enable_ndp_proxy"):
        _check_proxied(call, changed)
    return changed


NEVER_NULL = ("ha", "distributed", "enable_ndp_proxy")  # null leaves them as they are


def _check_mode(router: Router, wish: dict[str, Any]) -> None:
    """How a router is carried changes only while it is off: neutron/db/l3_hamode_db.py, l3_dvr_db.py."""
    for name, words in MODES.items():
        wanted = wish.get(name)
        if wanted is not None and wanted != getattr(router, name) and wish.get("admin_state_up", router.admin_state_up):
            raise BadRouterRequest(
                reason=f"Cannot change {words} attribute of active routers. Please set router admin_state_up to False"
                " prior to upgrade"
            )


def _check_proxied(call: Call, router: Router) -> None:
    """A router answers for others only towards a network of an IPv6 address scope."""
    if not router.enable_ndp_proxy:
        return
    port = gateway_of(call.cloud, router)
    home = call.cloud.store.get(Network, port.network_id) if port else None
    ipv6 = port is not None and any(":" in fixed.ip_address for fixed in port.fixed_ips)
    if home is None or not ipv6 or address_scope_of(call.cloud, home, 6) is None:
        raise RouterGatewayNotValid(
            id=router.id,
            reason="The router has no external gateway or the external gateway port has no IPv6 address or IPv6"
            " address scope",
        )


def _routes(call: Call) -> tuple[HostRoute, ...]:
    """The routes of a body that adds or removes some."""
    body = call.body.get("router") if isinstance(call.body, dict) else None
    if not isinstance(body, dict) or set(body) != {"routes"}:
        raise BadRouterRequest(reason="Body contains invalid data")
    try:
        return values.host_routes(body["routes"])
    except Bad as bad:
        raise BadRequest(reason=f"Invalid input for routes. Reason: {bad.reason}.") from None


def _set_routes(call: Call, router: Router, routes: tuple[HostRoute, ...]) -> Router:
    """A next hop is an address that the router can reach, and not its own."""
    if len(routes) > MOST_ROUTES:
        raise RoutesExhausted(id=router.id, quota=MOST_ROUTES)
    addresses = [ip for port in call.cloud.store.by(Port, "device", router.id) for ip in port.fixed_ips]
    networks = [ip_network(call.cloud.store.get(Subnet, ip.subnet_id).cidr) for ip in addresses]
    shown = [route._asdict() for route in routes]
    for route in routes:
        hop = ip_address(route.nexthop)
        if not any(hop in network for network in networks):
            raise InvalidRoutes(routes=shown, reason="the nexthop is not connected with router")
        if any(route.nexthop == ip.ip_address for ip in addresses):
            raise InvalidRoutes(routes=shown, reason="the nexthop is used by router")
    return change(call.cloud, router, routes=routes)
