"""GET /os-tenant-networks (to 2.35): Neutron's networks, in three fields."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.services.compute.networks import network_seen, networks_seen
from fakecompute.services.compute.service import compute

# --- response views -----------------------------------------------------------------------------------


def _view(id: str, name: str) -> dict[str, Any]:
    """The word None: what Nova told when it had Neutron behind it, and tells still."""
    return {"id": id, "cidr": "None", "label": name}


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-tenant-networks", until="2.35", policy="os_compute_api:os-tenant-networks:list")
def list_tenant_networks(call: Call) -> dict[str, Any]:
    return {"networks": [_view(id, name) for id, name in networks_seen(call)]}


@compute.get("/os-tenant-networks/<id>", until="2.35", policy="os_compute_api:os-tenant-networks:show")
def show_tenant_network(call: Call, id: str) -> dict[str, Any]:
    return {"network": _view(*network_seen(call, id))}
