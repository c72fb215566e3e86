"""Keystone's limits, as the services ask for them that keep to them (oslo.limit)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.unified_limits import Limit, RegisteredLimit

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class Over(NamedTuple):
    """Of one resource there would be too much."""

    resource: str
    limit: int
    used: int
    delta: int

    def __str__(self) -> str:
        return (
            f"Resource {self.resource} is over limit of {self.limit} due to current usage {self.used}"
            f" and delta {self.delta}"
        )


def over(
    cloud: Cloud, service: str, project_id: str | None, resource: str, used: int, delta: int
) -> Over | None:
    """Would so much more be too much?"""
    limit = limit_of(cloud, service, project_id, resource)
    return Over(resource, limit, used, delta) if 0 <= limit < used + delta else None


def limit_of(cloud: Cloud, service: str, project_id: str | None, resource: str) -> int:
    """The project's own, or what is registered; 0 where nothing is."""
    known = registered(cloud, service, resource)
    if known is None:
        return 0
    own = cloud.store.one(Limit, "holder", (known.id, project_id, None)) if project_id else None
    return own.resource_limit if own else known.default_limit


def registered(cloud: Cloud, service: str, resource: str) -> RegisteredLimit | None:
    """That of one of the cloud's services, by the name of its path, in the region of its endpoints."""
    for one in cloud.store.by(CatalogService, "path", service):
        found = cloud.store.one(RegisteredLimit, "resource", (one.id, one.region, resource))
        if found is not None:
            return found
    return None
