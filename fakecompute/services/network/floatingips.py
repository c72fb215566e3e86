"""GET, POST, PUT, DELETE /floatingips: addresses of an external network that lead to ports inside."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_addresses import Wish
from fakecompute.domain.network_floatingips import (
    BadFloatingIPRequest,
    associate,
    disassociate,
    make_floatingip,
    remove_floatingip,
)
from fakecompute.domain.records.network import FloatingIP, Port
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import listing, values
from fakecompute.services.network.networks import find_network
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute, check_revision
from fakecompute.services.network.port_forwardings import in_floatingip
from fakecompute.services.network.ports import find_port
from fakecompute.services.network.qos_use import check_qos
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import own

DETAILS = "name network_id mac_address admin_state_up status device_id device_owner".split()


class FloatingIPNotFound(NotFound):
    message = "Floating IP {id} could not be found"


# --- request schemas and response views ---------------------------------------------------------------


def _port_details(floating: FloatingIP, call: Call) -> dict[str, Any] | None:
    """What clients want to know of the port without asking for it."""
    port = call.cloud.store.find(Port, floating.port_id)
    return None if port is None else {name: getattr(port, name) for name in DETAILS}


# fmt: off
FLOATINGIP = Noun(
    "floatingip", FloatingIP, FloatingIPNotFound,
    attribute("id"),
    attribute("floating_ip_address", values.none_or(values.ip), "c", default=None, guarded=True),
    attribute("subnet_id", values.none_or(values.uuid), "c", default=None, source=None, filter=False),
    attribute("floating_network_id", values.uuid, "c", default=REQUIRED),
    attribute("router_id", values.none_or(values.uuid), "cu"),
    attribute("port_id", values.none_or(values.uuid), "cu", default=None),
    attribute("fixed_ip_address", values.none_or(values.ip), "cu", default=None),
    attribute("status"),
    attribute("port_details", source=_port_details, filter=False),
    attribute("dns_name", values.domain, "c", default=""),
    attribute("dns_domain", values.domain, "c", default=""),
    attribute("qos_policy_id", values.none_or(values.uuid), "cu", default=None),
    attribute("port_forwardings", source=lambda floating, call: in_floatingip(call, floating), filter=False),
    indexes={
        "port_id": "port", "router_id": "router", "floating_network_id": "network", "floating_ip_address": "address",
    },
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


@network.finder("floatingip")
def find_floatingip(call: Call, id: str) -> FloatingIP:
    found = call.cloud.store.find(FloatingIP, id)
    if found is None or not own(call, found):
        raise FloatingIPNotFound(id=id)
    return found


@network.get("/floatingips", policy="get_floatingip")
def list_floatingips(call: Call) -> dict[str, Any]:
    return listing.listed(call, FLOATINGIP, lambda one: own(call, one))


@network.get("/floatingips/<floatingip>", policy="get_floatingip")
def show_floatingip(call: Call, floatingip: FloatingIP) -> dict[str, Any]:
    return FLOATINGIP.show(call, floatingip)


@network.post("/floatingips", policy="create_floatingip", success=201, asks=True)
def create_floatingip(call: Call) -> dict[str, Any]:
    return FLOATINGIP.created(call, _create)


@network.put("/floatingips/<floatingip>", policy="update_floatingip")
def update_floatingip(call: Call, floatingip: FloatingIP) -> dict[str, Any]:
    return FLOATINGIP.updated(call, floatingip, _update)


@network.delete("/floatingips/<floatingip>", policy="delete_floatingip", success=204)
def delete_floatingip(call: Call, floatingip: FloatingIP) -> None:
    check_revision(call, floatingip)
    remove_floatingip(call.cloud, floatingip)


def _create(call: Call, wish: dict[str, Any]) -> FloatingIP:
    FLOATINGIP.demand(call, "create", wish, wish["project_id"])
    check_qos(call, wish)
    made = make_floatingip(
        call.cloud,
        wish["project_id"],
        find_network(call, wish["floating_network_id"]),
        Wish(wish["subnet_id"], wish["floating_ip_address"]),
        description=wish["description"],
        dns_name=wish["dns_name"],
        dns_domain=wish["dns_domain"],
        qos_policy_id=wish["qos_policy_id"],
    )
    return _lead(call, made, wish)


def _update(call: Call, floating: FloatingIP, wish: dict[str, Any]) -> FloatingIP:
    """What says nothing of the port leaves it; what says nothing at all lets go of it, as Neutron has it."""
    check_qos(call, wish, floating.qos_policy_id)
    if not wish or "port_id" in wish or wish.get("fixed_ip_address"):
        floating = _lead(call, floating, wish)
    return change(call.cloud, floating, **FLOATINGIP.fields_of(wish, "port_id", "fixed_ip_address", "router_id"))


def _lead(call: Call, floating: FloatingIP, wish: dict[str, Any]) -> FloatingIP:
    """neutron/db/l3_db.py: _check_and_get_fip_assoc."""
    port_id, fixed = wish.get("port_id"), wish.get("fixed_ip_address")
    if port_id is None:
        if fixed:
            raise BadFloatingIPRequest(reason="fixed_ip_address cannot be specified without a port_id")
        return disassociate(call.cloud, floating)
    port = find_port(call, port_id)
    if port.project_id != floating.project_id and not call.is_admin:
        raise BadFloatingIPRequest(
            reason=f"Cannot process floating IP association with Port {port.id}, since that port is owned by a"
            " different project"
        )
    return associate(call.cloud, floating, port, fixed)
