"""/servers/{id}/ips: the addresses of a server by network."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import server_network
from fakecompute.domain.records.server import Server
from fakecompute.domain.states import VM
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.compute.servers.views import plain
from fakecompute.services.compute.service import compute


class NotOnNetwork(NotFound):
    message = "Instance is not a member of specified network"


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/servers/<server>/ips", policy="os_compute_api:ips:index", strict_query="2.102")
def list_server_ips(call: Call, server: Server) -> dict[str, Any]:
    return {"addresses": _addresses(call, server)}


@compute.get("/servers/<server>/ips/<network>", policy="os_compute_api:ips:show", strict_query="2.102")
def show_server_ips(call: Call, server: Server, network: str) -> dict[str, Any]:
    addresses = _addresses(call, server)
    if network not in addresses:
        raise NotOnNetwork
    return {network: addresses[network]}


def _addresses(call: Call, server: Server) -> dict[str, Any]:
    """None while it is being built: nova/api/openstack/common.py, get_networks_for_instance."""
    return {} if server.vm_state == VM.BUILDING else plain(server_network.addresses(call.cloud, server.id))
