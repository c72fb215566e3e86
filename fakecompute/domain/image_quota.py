"""How much of images a project may have: Glance's own quota of bytes, and Keystone's limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.unified_limits import Limit, RegisteredLimit
from fakecompute.errors import TooLarge

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

MIB = 1 << 20

# fmt: off
COUNTED: Mapping[str, tuple[int, int]] = {  # limit -> its place in Image.usage, and the unit in which it is told
    "image_size_total":      (1, MIB),
    "image_stage_total":     (2, MIB),
    "image_count_total":     (0, 1),
    "image_count_uploading": (3, 1),
}
# fmt: on


class StorageQuotaFull(TooLarge):
    message = (
        "Denying attempt to upload image because it exceeds the quota: The size of the data {size} will exceed the"
        " limit. {remaining} bytes remaining."
    )


class OverLimit(TooLarge):
    """As oslo.limit words it."""

    message = (
        "Project {project} is over a limit for [Resource {resource} is over limit of {limit} due to current usage"
        " {used} and delta {delta}]"
    )


def used(cloud: Cloud, project_id: str | None, resource: str) -> int:
    """In the unit of the limit."""
    place, unit = COUNTED[resource]
    total = cloud.store.total(Image, "usage", project_id)
    return total[place] // unit if total else 0


def usage(cloud: Cloud, project_id: str | None) -> dict[str, dict[str, int]]:
    """Limits and what is used of them; nothing if Glance does not ask Keystone."""
    if not cloud.settings.use_keystone_limits:
        return {}
    return {
        resource: {"limit": _limit(cloud, project_id, resource), "usage": used(cloud, project_id, resource)}
        for resource in COUNTED
    }


def check_storage(cloud: Cloud, project_id: str | None, size: int) -> None:
    """May so many bytes more be stored?  `user_storage_quota` counts what is stored already."""
    most = cloud.settings.user_storage_quota
    if not most:
        return
    total = cloud.store.total(Image, "usage", project_id)
    remaining = most - (total[1] if total else 0)
    if size > remaining:
        raise StorageQuotaFull(size=size, remaining=remaining)


def check_size_total(cloud: Cloud, project_id: str | None) -> None:
    """Before bytes: Glance looks whether it is over the limit already, and lets one upload run past it."""
    _check(cloud, project_id, "image_size_total", 0)


def check_stage_total(cloud: Cloud, project_id: str | None) -> None:
    _check(cloud, project_id, "image_stage_total", 0)


def check_count_total(cloud: Cloud, project_id: str | None) -> None:
    _check(cloud, project_id, "image_count_total", 1)


def check_count_uploading(cloud: Cloud, project_id: str | None) -> None:
    _check(cloud, project_id, "image_count_uploading", 1)


def _check(cloud: Cloud, project_id: str | None, resource: str, delta: int) -> None:
    if not cloud.settings.use_keystone_limits:
        return
    limit, now = _limit(cloud, project_id, resource), used(cloud, project_id, resource)
    if limit >= 0 and now + delta > limit:
        raise OverLimit(project=project_id, resource=resource, limit=limit, used=now, delta=delta)


def _limit(cloud: Cloud, project_id: str | None, resource: str) -> int:
    """The project's own, or what is registered; 0 where nothing is."""
    registered = _registered(cloud, resource)
    if registered is None:
        return 0
    own = cloud.store.one(Limit, "holder", (registered.id, project_id, None)) if project_id else None
    return own.resource_limit if own else registered.default_limit


def _registered(cloud: Cloud, resource: str) -> RegisteredLimit | None:
    """That of the service `image` in the region of its endpoints."""
    for service in cloud.store.by(CatalogService, "path", "image"):
        found = cloud.store.one(RegisteredLimit, "resource", (service.id, service.region, resource))
        if found is not None:
            return found
    return None
