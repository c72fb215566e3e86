"""Keystone's unified limits: what a service has limits of, and what projects and domains have instead."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class RegisteredLimit(Record):
    """What everybody has of a resource of a service, in a region or where there is none."""

    indexes = {
        "resource": lambda limit: (limit.service_id, limit.region_id, limit.resource_name),
        "service": lambda limit: limit.service_id,
    }

    service_id: str
    resource_name: str
    default_limit: int
    region_id: str | None = None
    description: str | None = None
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Limit(Record):
    """What a project, or a domain, has instead of a registered limit; that one's names are repeated here."""

    indexes = {
        "registered": lambda limit: limit.registered_limit_id,
        "holder": lambda limit: (limit.registered_limit_id, limit.project_id, limit.domain_id),
        "project": lambda limit: limit.project_id,
        "domain": lambda limit: limit.domain_id,
    }

    registered_limit_id: str
    service_id: str
    resource_name: str
    resource_limit: int
    region_id: str | None = None
    project_id: str | None = None
    domain_id: str | None = None
    description: str | None = None
    number: int = 0
