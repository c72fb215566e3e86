"""Neutron v2.0."""

from fakecompute.services.network import (
    agents,
    availability_zones,
    extensions,
    floatingips,
    missing,
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
from fakecompute.services.network.service import network as routes

__all__ = [
    "agents", "availability_zones", "extensions", "floatingips", "missing", "networks", "ports", "quotas", "routers",
    "routes", "security_group_rules", "security_groups", "subnets", "tags", "versions",
]  # fmt: skip
