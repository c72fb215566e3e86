"""Nova, the Compute API."""

from fakecompute.services.compute import (
    availability_zones,
    extensions,
    flavor_access,
    flavor_extra_specs,
    flavors,
    keypairs,
    limits,
    quota_class_sets,
    quota_sets,
    retired,
    server_groups,
    servers,
    unimplemented,
    versions,
)
from fakecompute.services.compute.service import compute as routes

__all__ = [
    "availability_zones",
    "extensions",
    "flavor_access",
    "flavor_extra_specs",
    "flavors",
    "keypairs",
    "limits",
    "quota_class_sets",
    "quota_sets",
    "retired",
    "routes",
    "server_groups",
    "servers",
    "unimplemented",
    "versions",
]
