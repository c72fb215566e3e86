"""Keystone v3."""

from fakecompute.services.identity import catalog, tokens, versions
from fakecompute.services.identity.service import identity as routes

__all__ = ["catalog", "routes", "tokens", "versions"]
