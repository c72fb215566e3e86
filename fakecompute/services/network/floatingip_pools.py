"""GET /floatingip_pools: the subnets that floating IPs are of."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_addresses import subnets_of
from fakecompute.domain.network_sharing import is_external
from fakecompute.domain.records.network import Network, Subnet
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.services.network.listing import PAGING
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import own, reads

# --- response views -----------------------------------------------------------------------------------


def _view(subnet: Subnet) -> dict[str, Any]:
    found = {"subnet_id": subnet.id, "subnet_name": subnet.name, "tenant_id": subnet.project_id}
    return {**found, "project_id": subnet.project_id, "network_id": subnet.network_id, "cidr": subnet.cidr}


# --- handlers -----------------------------------------------------------------------------------------


@network.get("/floatingip_pools", policy="get_floatingip_pool")
def list_floatingip_pools(call: Call) -> dict[str, Any]:
    """Those of IPv4, on external networks that the caller may use."""
    if strange := [name for name, _ in call.query_pairs if name not in ("fields", *PAGING)]:
        raise BadRequest(reason=f"{strange[:1]} is invalid attribute for filtering")
    homes = [
        home
        for home in call.cloud.store.by(Network, "external", True)
        if own(call, home) or (reads(call) and _usable(call, home))
    ]
    pools = [_view(subnet) for home in homes for subnet in subnets_of(call.cloud, home.id) if subnet.ip_version == 4]
    wanted = [value for name, value in call.query_pairs if name == "fields" and value]
    pools.sort(key=lambda pool: pool["subnet_id"])
    return {"floatingip_pools": [{k: v for k, v in pool.items() if not wanted or k in wanted} for pool in pools]}


def _usable(call: Call, home: Network) -> bool:
    return is_external(call.cloud, home, call.context.project_id)
