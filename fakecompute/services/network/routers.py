"""GET, POST, PUT, DELETE /routers, and their extra routes.  Interfaces and gateways have modules of their own."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_floatingips import drop_port
from fakecompute.domain.network_pools import address_scope_of
from fakecompute.domain.network_routers import gateway_of, gateways_of, make_router, ports_of_router
from fakecompute.domain.records.network import HostRoute, Network, Port, Router, Subnet
from fakecompute.domain.records.network_services import ConntrackHelper
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
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import own
from fakecompute.services.network.values import MOST_ROUTES, Bad


class RouterNotFound(NotFound):
    message = "Router {id} could not be found"


class RouterInUse(Conflict):
    message = "Router {id} has ports still attached: {ports}"


class RouterGatewayNotValid(Conflict):
    message = "Can not enable ndp proxy on router {id}, {reason}."


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
