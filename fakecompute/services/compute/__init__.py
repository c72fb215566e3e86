"""Nova, the Compute API."""

from fakecompute.services.compute import flavors, servers, versions
from fakecompute.services.compute.service import compute as routes

__all__ = ["flavors", "routes", "servers", "versions"]
