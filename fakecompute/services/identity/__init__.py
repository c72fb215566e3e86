"""Keystone v3."""

from fakecompute.services.coverage import answer_the_rest
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
    users,
    versions,
)
from fakecompute.services.identity.operations import OPERATIONS
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
    "users",
    "versions",
]

answer_the_rest(routes, OPERATIONS)
