"""Neutron v2.0."""

from fakecompute.services.coverage import answer_the_rest
from fakecompute.services.network import (
    address_groups,
    address_scopes,
    agents,
    auto_allocated_topology,
    availability_zones,
    conntrack_helpers,
    default_security_group_rules,
    extensions,
    external_gateways,
    flavors,
    floatingip_pools,
    floatingips,
    local_ips,
    logs,
    metering,
    ndp_proxies,
    network_ip_availabilities,
    network_segment_ranges,
    networks,
    port_bindings,
    port_forwardings,
    ports,
    qos,
    quotas,
    rbac_policies,
    router_interfaces,
    routers,
    security_group_rules,
    security_groups,
    segments,
    subnetpools,
    subnets,
    tags,
    trunks,
    versions,
)
from fakecompute.services.network.operations import OPERATIONS
from fakecompute.services.network.service import network as routes

__all__ = [
    "address_groups", "address_scopes", "agents", "auto_allocated_topology", "availability_zones",
    "conntrack_helpers", "default_security_group_rules", "extensions", "external_gateways", "flavors",
    "floatingip_pools", "floatingips", "local_ips", "logs", "metering", "ndp_proxies",
    "network_ip_availabilities", "network_segment_ranges", "networks", "port_bindings", "port_forwardings",
    "ports", "qos", "quotas", "rbac_policies", "router_interfaces", "routers", "routes",
    "security_group_rules", "security_groups", "segments", "subnetpools", "subnets", "tags", "trunks", "versions",
]  # fmt: skip

answer_the_rest(routes, OPERATIONS)
