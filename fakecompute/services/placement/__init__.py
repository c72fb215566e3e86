"""Placement."""

from fakecompute.services.coverage import answer_the_rest
from fakecompute.services.placement import (
    aggregates,
    allocation_candidates,
    allocations,
    inventories,
    providers,
    reshaper,
    resource_classes,
    traits,
    usages,
    versions,
)
from fakecompute.services.placement.operations import OPERATIONS
from fakecompute.services.placement.service import placement as routes

__all__ = [
    "aggregates",
    "allocation_candidates",
    "allocations",
    "inventories",
    "providers",
    "reshaper",
    "resource_classes",
    "routes",
    "traits",
    "usages",
    "versions",
]

answer_the_rest(routes, OPERATIONS)
