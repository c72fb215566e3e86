"""GET, POST, DELETE /os-floating-ips (to 2.35): Neutron's floating IPs, each of a pool that is an external network."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_addresses import IpAddressGenerationFailure
from fakecompute.domain.network_floatingips import ExternalIpAddressExhausted
from fakecompute.domain.network_quotas import OverQuota
from fakecompute.domain.records.network import FloatingIP, Network, Port
from fakecompute.errors import BadRequest, FakeError, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import FORMS, INCLUDE, Object, Schema, Text
from fakecompute.rest.view import View, field
from fakecompute.services.compute.neighbours import at, handed_on
from fakecompute.services.compute.servers.routes import find_server
from fakecompute.services.compute.service import compute
from fakecompute.services.network.floatingips import (
    create_floatingip,
    delete_floatingip,
    find_floatingip,
    list_floatingips,
)
from fakecompute.services.network.networks import list_networks
from fakecompute.services.network.service import network as neutron

DEFAULT_POOL = "nova"  # [neutron]default_floating_pool


class FloatingIpNotFound(NotFound):
    message = "Floating IP not found for ID {id}"


class FloatingIpPoolNotFound(NotFound):
    message = "Floating IP pool not found."


class FloatingIpPoolAmbiguous(BadRequest):
    message = "Multiple floating IP pools matches found for name '{name}'"


class NoMoreFloatingIps(NotFound):
    message = "No more floating IPs {where}."


class FloatingIpLimitExceeded(Forbidden):
    message = "IP allocation over quota{where}."


# --- request schemas ----------------------------------------------------------------------------------


class CreateFloatingIp(Schema):
    pool = Text(allow_none=True)

    class Meta:
        unknown = INCLUDE


# --- response views -----------------------------------------------------------------------------------


def _instance_id(floating: FloatingIP, call: Call) -> str | None:
    port = call.cloud.store.find(Port, floating.port_id)
    return port.device_id if port else None


def _pool(floating: FloatingIP, call: Call) -> str:
    network = call.cloud.store.get(Network, floating.floating_network_id)
    return network.name or network.id


floating_ip_view = View(
    field("fixed_ip", "fixed_ip_address"),
    field("id"),
    field("instance_id", _instance_id),
    field("ip", "floating_ip_address"),
    field("pool", _pool),
)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-floating-ips", until="2.35", policy="os_compute_api:os-floating-ips:list")
def list_os_floating_ips(call: Call) -> dict[str, Any]:
    listed = list_floatingips(at(call, neutron, tenant_id=call.project_id))["floatingips"]
    found = (call.cloud.store.get(FloatingIP, one["id"]) for one in listed)
    return {"floating_ips": floating_ip_view.all(found, call)}


@compute.get("/os-floating-ips/<id>", until="2.35", policy="os_compute_api:os-floating-ips:show")
def show_os_floating_ip(call: Call, id: str) -> dict[str, Any]:
    return {"floating_ip": floating_ip_view(_found(call, id), call)}


@compute.post(
    "/os-floating-ips",
    until="2.35",
    body=Object(CreateFloatingIp, allow_none=True),
    policy="os_compute_api:os-floating-ips:create",
)
def create_os_floating_ip(call: Call) -> dict[str, Any]:
    pool = (call.body or {}).get("pool")
    wish = {"floatingip": {"floating_network_id": _pool_id(call, pool or DEFAULT_POOL)}}
    try:
        made = create_floatingip(at(call, neutron, wish))["floatingip"]
    except OverQuota:
        raise FloatingIpLimitExceeded(where=f" in pool {pool}" if pool else "") from None
    except (IpAddressGenerationFailure, ExternalIpAddressExhausted):
        raise NoMoreFloatingIps(where=f"in pool {pool}" if pool else "available") from None
    except FakeError as refused:
        raise handed_on(call, refused) from None
    return {"floating_ip": floating_ip_view(call.cloud.store.get(FloatingIP, made["id"]), call)}


@compute.delete(
    "/os-floating-ips/<id>", until="2.35", policy="os_compute_api:os-floating-ips:delete", success=202
)
def delete_os_floating_ip(call: Call, id: str) -> None:
    """The server that it leads to, if any, has to be one that the caller sees."""
    floating = _found(call, id)
    if server_id := _instance_id(floating, call):
        find_server(call, server_id)
    delete_floatingip(at(call, neutron), floating)


def _found(call: Call, id: str) -> FloatingIP:
    try:
        return find_floatingip(at(call, neutron), id)
    except NotFound:
        raise FloatingIpNotFound(id=id) from None


def _pool_id(call: Call, name: str) -> str:
    """nova/network/neutron.py: _get_floating_ip_pool_id_by_name_or_id."""
    query = {"router:external": "True", "id" if FORMS["uuid"](name) else "name": name}
    match list_networks(at(call, neutron, **query))["networks"]:
        case [one]:
            return str(one["id"])
        case []:
            raise FloatingIpPoolNotFound
    raise FloatingIpPoolAmbiguous(name=name)
