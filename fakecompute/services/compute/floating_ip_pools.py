"""GET /os-floating-ip-pools (to 2.35): the names of Neutron's external networks."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.services.compute.neighbours import at
from fakecompute.services.compute.service import compute
from fakecompute.services.network.networks import list_networks
from fakecompute.services.network.service import network as neutron

# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-floating-ip-pools", until="2.35", policy="os_compute_api:os-floating-ip-pools")
def list_floating_ip_pools(call: Call) -> dict[str, Any]:
    external = list_networks(at(call, neutron, **{"router:external": "True"}))["networks"]
    return {"floating_ip_pools": [{"name": network["name"] or network["id"]} for network in external]}
