"""Nova, the Compute API."""

from fakecompute.services.compute import flavors, versions
from fakecompute.services.compute.service import compute as routes

__all__ = ["flavors", "routes", "versions"]
