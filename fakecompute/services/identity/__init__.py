"""Keystone v3."""

from fakecompute.services.identity import tokens, versions
from fakecompute.services.identity.service import identity as routes

__all__ = ["routes", "tokens", "versions"]
