"""Keystone v3."""

from fakecompute.services.identity import (
    application_credentials,
    auth,
    catalog,
    domains,
    grants,
    groups,
    limits,
    projects,
    role_assignments,
    roles,
    tokens,
    unimplemented,
    users,
    versions,
)
from fakecompute.services.identity.service import identity as routes

__all__ = [
    "application_credentials",
    "auth",
    "catalog",
    "domains",
    "grants",
    "groups",
    "limits",
    "projects",
    "role_assignments",
    "roles",
    "routes",
    "tokens",
    "unimplemented",
    "users",
    "versions",
]
