"""PUT /routers/{id}/{add,update,remove}_external_gateways: more than one way out of a router."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import change, touch
from fakecompute.domain.network_floatingips import drop_port
from fakecompute.domain.network_routers import gateways_of, set_gateway
from fakecompute.domain.records.network import Port, Router
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.services.network.gateways import (
    BadRouterRequest,
    check_gateway,
    check_gateway_unused,
    demand_gateway,
    gateway_wish,
    shown,
)
from fakecompute.services.network.routers import ROUTER
from fakecompute.services.network.service import network
from fakecompute.services.network.values import Bad

Wishes = list[dict[str, Any]]


# --- request schemas and response views ---------------------------------------------------------------


def _wishes(call: Call) -> Wishes:
    router = call.body.get("router") if isinstance(call.body, dict) else None
    sent = router.get("external_gateways") if isinstance(router, dict) else None
    if not isinstance(sent, list):
        raise BadRouterRequest(reason="Body contains invalid data")
    try:
        found = [gateway_wish(item) for item in sent]
    except Bad as bad:
        raise BadRequest(reason=f"Invalid input for external_gateways. Reason: {bad.reason}.") from None
    for wish in found:
        demand_gateway(call, "update", {"external_gateway_info": wish})
    return [wish for wish in found if wish]


def _answer(call: Call, router: Router) -> dict[str, Any]:
    touch(call.cloud, router)
    now = call.cloud.store.get(Router, router.id)
    ways = [shown(now, port) for port in gateways_of(call.cloud, now)]
    return {"router": {**ROUTER.view(now, call), "external_gateways": ways}}


# --- handlers -----------------------------------------------------------------------------------------


@network.put("/routers/<router>/add_external_gateways", policy="add_external_gateways")
def add_external_gateways(call: Call, router: Router) -> dict[str, Any]:
    for wish in _wishes(call):
        router = _add(call, router, wish)
    return _answer(call, router)


@network.put("/routers/<router>/update_external_gateways", policy="update_external_gateways")
def update_external_gateways(call: Call, router: Router) -> dict[str, Any]:
    for wish in _wishes(call):
        port = _gateway_to(call, router, wish)
        if "external_fixed_ips" in wish:
            drop_port(call.cloud, port)
            router = _add(call, router, wish)
        router = _told(call, router, wish)
    return _answer(call, router)


@network.put("/routers/<router>/remove_external_gateways", policy="remove_external_gateways")
def remove_external_gateways(call: Call, router: Router) -> dict[str, Any]:
    for wish in _wishes(call):
        port = _gateway_to(call, router, wish)
        check_gateway_unused(call, router, port)
        drop_port(call.cloud, port)
    return _answer(call, router)


def _add(call: Call, router: Router, wish: dict[str, Any]) -> Router:
    set_gateway(call.cloud, router, check_gateway(call, wish), wish.get("external_fixed_ips"))
    return _told(call, router, wish)


def _told(call: Call, router: Router, wish: dict[str, Any]) -> Router:
    return change(call.cloud, router, enable_snat=wish.get("enable_snat", router.enable_snat))


def _gateway_to(call: Call, router: Router, wish: dict[str, Any]) -> Port:
    """The gateway that a wish means: the one on its network, by an address if there are several."""
    there = [port for port in gateways_of(call.cloud, router) if port.network_id == wish["network_id"]]
    told = {one.ip_address for one in wish.get("external_fixed_ips", ()) if one.ip_address}
    for port in there:
        if len(there) == 1 or told & {fixed.ip_address for fixed in port.fixed_ips}:
            return port
    raise BadRouterRequest(reason=f"Router {router.id} has no gateway to network {wish['network_id']}")
