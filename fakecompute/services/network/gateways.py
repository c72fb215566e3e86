"""The gateways of a router: what is asked of them, how they are shown, and how they come and go."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_addresses import Wish
from fakecompute.domain.network_floatingips import drop_port
from fakecompute.domain.network_routers import gateway_of, gateways_of, set_gateway
from fakecompute.domain.records.network import FloatingIP, Network, Port, Router, Subnet
from fakecompute.domain.records.network_services import NDPProxy
from fakecompute.errors import BadRequest, Conflict
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.networks import find_network
from fakecompute.services.network.qos_use import check_qos
from fakecompute.services.network.service import PolicyNotAuthorized
from fakecompute.services.network.values import Bad

KEYS = ("network_id", "enable_snat", "external_fixed_ips", "qos_policy_id")


class RouterExternalGatewayInUseByFloatingIp(Conflict):
    message = (
        "Gateway cannot be updated for router {id}, since a gateway to external network {net_id} is required by one"
        " or more floating IPs."
    )


class RouterGatewayInUseByNDPProxy(Conflict):
    message = (
        "Unable to unset external gateway of router {id}, There are one or more ndp proxies still in use on the"
        " router."
    )


class BadRouterRequest(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad router request: {reason}."


# --- request schemas and response views ---------------------------------------------------------------


def gateway_wish(value: Any) -> dict[str, Any] | None:
    """null, {} or {network_id, enable_snat, external_fixed_ips, qos_policy_id}."""
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        raise Bad(f"'{value}' is not a dictionary")
    if strange := sorted(set(value) - set(KEYS)):
        raise Bad(f"Unexpected keys supplied: {', '.join(strange)}")
    if "network_id" not in value:
        raise Bad("Expected keys not found: network_id")
    checked: dict[str, Any] = {"network_id": values.uuid(value["network_id"])}
    if "enable_snat" in value:
        checked["enable_snat"] = values.boolean(value["enable_snat"])
    if value.get("external_fixed_ips") is not None:
        checked["external_fixed_ips"] = values.fixed_ips(value["external_fixed_ips"])
    if "qos_policy_id" in value:
        checked["qos_policy_id"] = values.none_or(values.uuid)(value["qos_policy_id"])
    return checked


def shown(router: Router, port: Port) -> dict[str, Any]:
    """One gateway; the policy of quality of service only where there is one."""
    policy = {"qos_policy_id": router.qos_policy_id} if router.qos_policy_id else {}
    return {
        "network_id": port.network_id,
        "external_fixed_ips": [ip._asdict() for ip in port.fixed_ips],
        "enable_snat": router.enable_snat,
        **policy,
    }


def gateway(router: Router, call: Call) -> dict[str, Any] | None:
    port = gateway_of(call.cloud, router)
    return None if port is None else shown(router, port)


# --- what is done to them -----------------------------------------------------------------------------


def demand_gateway(call: Call, action: str, wish: dict[str, Any]) -> None:
    """SNAT and addresses of the gateway are for admins to choose."""
    keys = [key for key in wish.get("external_gateway_info") or {} if key != "qos_policy_id"]
    rule = f"{action}_router:external_gateway_info"
    inner = [f"{rule}:{key}" for key in keys]
    if not all(call.may(each) for each in inner):
        words = " and ".join(f"rule:{each}" for each in inner)
        raise PolicyNotAuthorized(rule=f"(rule:{action}_router and (rule:{rule} and ({words})))")


def change_gateway(call: Call, router: Router, wish: dict[str, Any] | None) -> Router:
    """Another gateway, the same in another way, or none."""
    old = gateway_of(call.cloud, router)
    new = wish and wish["network_id"]
    if old and old.network_id != new:
        check_gateway_unused(call, router, old)
    if wish is None:
        if old:
            drop_port(call.cloud, old)
        return change(call.cloud, router, enable_snat=True, qos_policy_id=None)
    check_qos(call, wish, router.qos_policy_id)
    home = check_gateway(call, wish)
    if old is None or old.network_id != home.id or "external_fixed_ips" in wish:
        if old:
            drop_port(call.cloud, old)
        set_gateway(call.cloud, router, home, wish.get("external_fixed_ips"))
    told = {name: wish[name] for name in ("enable_snat", "qos_policy_id") if name in wish}
    return change(call.cloud, router, **told)


def check_gateway_unused(call: Call, router: Router, port: Port) -> None:
    """Floating IPs and proxies of NDP hold the gateway that they are reached by."""
    store = call.cloud.store
    if any(one.floating_network_id == port.network_id for one in store.by(FloatingIP, "router", router.id)):
        raise RouterExternalGatewayInUseByFloatingIp(id=router.id, net_id=port.network_id)
    if store.count(NDPProxy, "router", router.id) and len(gateways_of(call.cloud, router)) == 1:
        raise RouterGatewayInUseByNDPProxy(id=router.id)


def check_gateway(call: Call, wish: dict[str, Any]) -> Network:
    """The external network that a wish names; its own gateway's address is not for routers."""
    home = find_network(call, wish["network_id"])
    addresses: tuple[Wish, ...] = wish.get("external_fixed_ips", ())
    if not home.external:
        raise BadRouterRequest(reason=f"Network {home.id} is not an external network")
    taken = {subnet.gateway_ip for subnet in call.cloud.store.by(Subnet, "network", home.id)}
    for one in addresses:
        if one.ip_address in taken:
            raise BadRouterRequest(reason=f"External IP {one.ip_address} is the same as the gateway IP")
    return home
