"""GET /os-networks (to 2.35): Neutron's networks among the many fields of nova-network, which are all empty now."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.compute.neighbours import at
from fakecompute.services.compute.service import compute
from fakecompute.services.network.networks import find_network, list_networks
from fakecompute.services.network.service import network as neutron


class NetworkNotFound(NotFound):
    message = "Network not found"


# --- response views -----------------------------------------------------------------------------------

# nova/api/openstack/compute/networks.py: network_dict
FOR_ALL = "cidr netmask gateway broadcast dns1 dns2 cidr_v6 gateway_v6 netmask_v6".split()
FOR_ADMINS = (
    "created_at updated_at deleted_at deleted injected bridge vlan vpn_public_address vpn_public_port"
    " vpn_private_address dhcp_start project_id host bridge_interface multi_host priority rxtx_base mtu dhcp_server"
    " enable_dhcp share_address"
).split()


def _view(call: Call, id: str, name: str) -> dict[str, Any]:
    empty = FOR_ALL + FOR_ADMINS if call.is_admin else FOR_ALL
    return {"id": id, "label": name, **dict.fromkeys(empty)}


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-networks", until="2.35", policy="os_compute_api:os-networks:list")
def list_os_networks(call: Call) -> dict[str, Any]:
    return {"networks": [_view(call, id, name) for id, name in networks_seen(call)]}


@compute.get("/os-networks/<id>", until="2.35", policy="os_compute_api:os-networks:show")
def show_os_network(call: Call, id: str) -> dict[str, Any]:
    return {"network": _view(call, *network_seen(call, id))}


def networks_seen(call: Call) -> list[tuple[str, str]]:
    """(id, name) of all that Neutron shows to the caller."""
    listed = list_networks(at(call, neutron))["networks"]
    return [(network["id"], network["name"]) for network in listed]


def network_seen(call: Call, id: str) -> tuple[str, str]:
    try:
        found = find_network(at(call, neutron), id)
    except NotFound:
        raise NetworkNotFound from None
    return found.id, found.name
