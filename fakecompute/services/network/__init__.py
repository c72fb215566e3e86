"""Neutron v2.0."""

from fakecompute.services.coverage import answer_the_rest
from fakecompute.services.network import (
    agents,
    availability_zones,
    extensions,
    floatingips,
    network_ip_availabilities,
    networks,
    ports,
    quotas,
    routers,
    security_group_rules,
    security_groups,
    subnets,
    tags,
    versions,
)
from fakecompute.services.network.operations import OPERATIONS
from fakecompute.services.network.service import network as routes

__all__ = [
    "agents", "availability_zones", "extensions", "floatingips", "network_ip_availabilities", "networks",
    "ports", "quotas", "routers", "routes", "security_group_rules", "security_groups", "subnets", "tags",
    "versions",
]  # fmt: skip

answer_the_rest(routes, OPERATIONS)
