"""How much of images a project may have: Glance's own quota of bytes, and Keystone's limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from fakecompute.domain.records.image import Image
from fakecompute.domain.unified_limits import limit_of, over
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

    message = "Project {project} is over a limit for [{over}]"


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
        resource: {"limit": limit_of(cloud, "image", project_id, resource), "usage": used(cloud, project_id, resource)}
        for resource in COUNTED
    }


def check_storage(cloud: Cloud, project_id: str | None, size: int) -> None:
    """May so many bytes more be stored?  `user_storage_quota` counts what is stored; Keystone's limits replace it."""
    most = cloud.settings.user_storage_quota
    if not most or cloud.settings.use_keystone_limits:
        return
    total = cloud.store.total(Image, "usage", project_id)
    remaining = most - (total[1] if total else 0)
    if size > remaining:
        raise StorageQuotaFull(size=size, remaining=remaining)


def check_upload(cloud: Cloud, project_id: str | None) -> None:
    """What Glance asks before it takes the first byte of an upload."""
    check_size_total(cloud, project_id)
    check_count_uploading(cloud, project_id)


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
    found = over(cloud, "image", project_id, resource, used(cloud, project_id, resource), delta)
    if found is not None:
        raise OverLimit(project=project_id, over=found)
