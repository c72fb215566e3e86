"""GET, POST, PUT, DELETE /ndp_proxies: IPv6 addresses inside that a router answers for outside."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import begun, change
from fakecompute.domain.network_pools import address_scope_of
from fakecompute.domain.network_routers import gateway_of
from fakecompute.domain.records.network import FixedIP, Network, Port, Router
from fakecompute.domain.records.network_services import NDPProxy
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.ports import find_port
from fakecompute.services.network.routers import find_router


class NDPProxyNotFound(NotFound):
    message = "Ndp proxy {id} could not be found."


class PortUnreachableRouter(Conflict):
    message = "The port {port_id} cannot reach the router {router_id} by IPv6 subnet."


class RouterNDPProxyNotEnable(Conflict):
    message = (
        "The enable_ndp_proxy parameter of router {id} must be set as True while create ndp proxy entry on it."
    )


class InvalidAddress(BadRequest):
    message = "The address {address} is invalid, reason: {reason}."


class AddressScopeConflict(Conflict):
    message = (
        "The IPv6 address scope {outside} of external network conflict with internal network's IPv6 address scope"
        " {inside}."
    )


class BadProxy(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad ndp_proxy request: {reason}."


class DuplicateProxy(Conflict):
    neutrons_name = "NeutronDbObjectDuplicateEntry"
    message = (
        "Failed to create a duplicate NDPProxy: for attribute(s) ['router_id', 'ip_address'] with value(s) None"
    )


# --- request schemas and response views ---------------------------------------------------------------


PROXY = Noun(
    "ndp_proxy",
    NDPProxy,
    NDPProxyNotFound,
    attribute("id", filter=False),
    attribute("name", values.name, "cu", default=""),
    attribute("project_id", values.text(255), "c", filter=False),
    attribute("router_id", values.uuid, "c", default=REQUIRED, filter=False),
    attribute("port_id", values.uuid, "c", default=REQUIRED, filter=False),
    attribute("ip_address", values.none_or(values.ip), "c", default=None, filter=False),
    attribute("description", values.text(1024), "cu", default="", filter=False),
    plural="ndp_proxies",
    standard="tenant_id project_id revision_number created_at updated_at",
)


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> NDPProxy:
    port = find_port(call, wish["port_id"])
    joined = [
        near for near in call.cloud.store.by(Port, "device", wish["router_id"]) if near.network_id == port.network_id
    ]
    if not joined:
        raise PortUnreachableRouter(port_id=port.id, router_id=wish["router_id"])
    router = find_router(call, wish["router_id"])
    if not router.enable_ndp_proxy:
        raise RouterNDPProxyNotEnable(id=router.id)
    address = _address(router, port, joined, wish["ip_address"])
    _check_scopes(call, router, port)
    if any(one.ip_address == address for one in call.cloud.store.by(NDPProxy, "router", router.id)):
        raise DuplicateProxy
    id = call.cloud.streams.uuid("ndp proxy")
    fields = PROXY.fields_of(wish, "ip_address")
    return call.cloud.store.put(NDPProxy(id=id, ip_address=address, revision_number=1, **fields, **begun(call.cloud)))


def _address(router: Router, port: Port, joined: list[Port], wanted: str | None) -> str:
    """The wanted address of the port, or its first that the router reaches."""
    own = _ipv6(port)
    if not own:
        raise BadProxy(reason=f"Requested port {port.id} must allocate one IPv6 address at least")
    reached = {fixed.subnet_id for one in joined for fixed in _ipv6(one)}
    if wanted is None:
        for fixed in own:
            if fixed.subnet_id in reached:
                return fixed.ip_address
        raise PortUnreachableRouter(port_id=port.id, router_id=router.id)
    fixed_one = next((fixed for fixed in own if fixed.ip_address == wanted), None)
    if fixed_one is None:
        raise InvalidAddress(address=wanted, reason=f"This address not belong to the port {port.id}")
    if fixed_one.subnet_id not in reached:
        raise InvalidAddress(address=wanted, reason=f"This address cannot reach the router {router.id}")
    return wanted


def _ipv6(port: Port) -> list[FixedIP]:
    return [fixed for fixed in port.fixed_ips if ":" in fixed.ip_address]


def _check_scopes(call: Call, router: Router, port: Port) -> None:
    """Addresses mean the same inside and outside only within a scope."""
    gateway = gateway_of(call.cloud, router)
    home = call.cloud.store.get(Network, port.network_id)
    outside = address_scope_of(call.cloud, call.cloud.store.get(Network, gateway.network_id), 6) if gateway else None
    inside = address_scope_of(call.cloud, home, 6)
    if outside != inside:
        raise AddressScopeConflict(outside=outside, inside=inside)


Collection(
    PROXY,
    "/ndp_proxies",
    create=_create,
    update=lambda call, proxy, wish: change(call.cloud, proxy, **PROXY.fields_of(wish)),
    remove=lambda call, proxy: call.cloud.store.drop(proxy),
)
