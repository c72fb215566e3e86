"""GET /network-ip-availabilities: how many addresses there are in each network, and how many are taken."""

from __future__ import annotations

import json
from typing import Any

from fakecompute.domain.network_addresses import in_pools, pool_size, subnets_of, usable_size
from fakecompute.domain.records.network import Network, Port, Subnet
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.network.networks import NetworkNotFound
from fakecompute.services.network.service import network

DETAILS = ("total_ips_in_subnet", "total_ips_in_allocation_pool", "used_ips_in_subnet", "used_ips_in_allocation_pool")
FILTERS = ("network_id", "network_name", "tenant_id", "project_id", "ip_version")


# --- response views -----------------------------------------------------------------------------------


def _subnet(call: Call, subnet: Subnet) -> dict[str, Any]:
    taken = call.cloud.store.by(Port, "subnet", subnet.id)
    used = [ip.ip_address for port in taken for ip in port.fixed_ips if ip.subnet_id == subnet.id]
    return {
        "subnet_id": subnet.id,
        "ip_version": subnet.ip_version,
        "cidr": subnet.cidr,
        "subnet_name": subnet.name,
        "used_ips": len(used),
        "total_ips": pool_size(subnet),
        "ip_availability_details": {
            "total_ips_in_subnet": usable_size(subnet),
            "total_ips_in_allocation_pool": pool_size(subnet),
            "used_ips_in_subnet": len(used),
            "used_ips_in_allocation_pool": sum(in_pools(subnet, address) for address in used),
        },
    }


def _network(call: Call, record: Network, versions: list[str]) -> dict[str, Any]:
    """`versions` of IP are asked for; none means all."""
    wanted = [s for s in subnets_of(call.cloud, record.id) if not versions or str(s.ip_version) in versions]
    subnets = [_subnet(call, subnet) for subnet in wanted]
    return {
        "network_id": record.id,
        "network_name": record.name,
        "tenant_id": record.project_id,
        "project_id": record.project_id,
        "subnet_ip_availability": subnets,
        "used_ips": sum(subnet["used_ips"] for subnet in subnets),
        "total_ips": sum(subnet["total_ips"] for subnet in subnets),
        "ip_availability_details": {
            name: sum(subnet["ip_availability_details"][name] for subnet in subnets) for name in DETAILS
        },
    }


def _answer(body: Any) -> Answer:
    """With numbers of any length: a subnet of IPv6 has more addresses than 64 bits count."""
    return Answer(200, json.dumps(body).encode())


# --- handlers -----------------------------------------------------------------------------------------


@network.get("/network-ip-availabilities")
def list_network_ip_availabilities(call: Call) -> Answer:
    asked: dict[str, list[str]] = {}
    for name, value in call.query_pairs:
        if name not in (*FILTERS, "fields"):
            raise BadRequest(reason=f"{[name]} is invalid attribute for filtering")
        asked.setdefault(name, []).append(value)
    versions, fields = asked.pop("ip_version", []), asked.pop("fields", [])
    may = call.may("get_network_ip_availability")
    found = sorted(call.cloud.store.all(Network), key=lambda record: record.id) if may else []
    shown = [_network(call, record, versions) for record in found]
    fits = [
        {key: value for key, value in one.items() if not fields or key in fields}
        for one in shown
        if all(one[name] in values for name, values in asked.items())
        and (one["subnet_ip_availability"] or not versions)
    ]
    return _answer({"network_ip_availabilities": fits})


@network.get("/network-ip-availabilities/<network_id>")
def show_network_ip_availability(call: Call, network_id: str) -> Answer:
    if not call.may("get_network_ip_availability"):
        raise NotFound
    record = call.cloud.store.find(Network, network_id)
    if record is None:
        raise NetworkNotFound(id=network_id)
    return _answer({"network_ip_availability": _network(call, record, [])})
