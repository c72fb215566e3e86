"""Nova's quotas, where they are Keystone's limits: `quota_driver: nova.quota.UnifiedLimitsDriver`.

Nova asks for the limits of the service `compute` in the region of its endpoints.  Servers, VCPUs and memory are
counted; limits of other resource classes (`class:DISK_GB` ...) are kept by Keystone and not enforced here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.unified_limits import Limit, RegisteredLimit

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

DRIVER = "nova.quota.UnifiedLimitsDriver"

# fmt: off
NAMES = {  # the quota's name: that of the limit; the first three are a project's, the others everybody's
    "instances":                   "servers",
    "cores":                       "class:VCPU",
    "ram":                         "class:MEMORY_MB",
    "metadata_items":              "server_metadata_items",
    "injected_files":              "server_injected_files",
    "injected_file_content_bytes": "server_injected_file_content_bytes",
    "injected_file_path_bytes":    "server_injected_file_path_bytes",
    "key_pairs":                   "server_key_pairs",
    "server_groups":               "server_groups",
    "server_group_members":        "server_group_members",
}
# fmt: on
OF_PROJECTS = ("instances", "cores", "ram")
REQUIRED = ("servers",)  # [quota]unified_limits_resource_list: what nobody may have if it is not registered


def define_registered_limits(cloud: Cloud, entries: Mapping[str, int]) -> None:
    """The section `registered_limits` of a definition: name -> amount, for Compute in its region."""
    for service in cloud.store.by(CatalogService, "path", "compute"):
        for name, amount in dict(entries or {}).items():
            cloud.store.put(
                RegisteredLimit(
                    id=cloud.streams.hex_at("registered limit", name),
                    service_id=service.id,
                    region_id=service.region,
                    resource_name=name,
                    default_limit=amount,
                    number=cloud.streams.number("registered limit"),
                )
            )


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


def is_on(cloud: Cloud) -> bool:
    return cloud.settings.quota_driver == DRIVER


def limits(cloud: Cloud, project_id: str | None, resources: Iterable[str]) -> dict[str, int]:
    """The limits of some resources, by their names in quota sets; 0 where none is registered, -1 where none can be."""
    return {
        resource: _limit(cloud, project_id if resource in OF_PROJECTS else None, NAMES[resource])
        if resource in NAMES
        else -1
        for resource in resources
    }


def refusal(cloud: Cloud, project_id: str | None, used: Mapping[str, int], deltas: Mapping[str, int]) -> str | None:
    """Why there may not be so much more, in the words of oslo.limit; None if there may."""
    overs = []
    for resource in sorted(deltas, key=lambda resource: NAMES[resource]):
        limit = _limit(cloud, project_id, NAMES[resource])
        if 0 <= limit < used[resource] + deltas[resource]:
            overs.append(Over(NAMES[resource], limit, used[resource], deltas[resource]))
    if not any(over.limit > 0 or _counts(cloud, over.resource) for over in overs):
        return None
    return f"Project {project_id} is over a limit for [{', '.join(map(str, overs))}]"


def _counts(cloud: Cloud, name: str) -> bool:
    """Is a limit of 0 meant, or is it that there is none?"""
    return name in REQUIRED or _registered(cloud, name) is not None


def _limit(cloud: Cloud, project_id: str | None, name: str) -> int:
    registered = _registered(cloud, name)
    if registered is None:
        return 0
    own = cloud.store.one(Limit, "holder", (registered.id, project_id, None)) if project_id else None
    return own.resource_limit if own else registered.default_limit


def _registered(cloud: Cloud, name: str) -> RegisteredLimit | None:
    for service in cloud.store.by(CatalogService, "path", "compute"):
        found = cloud.store.one(RegisteredLimit, "resource", (service.id, service.region, name))
        if found is not None:
            return found
    return None
