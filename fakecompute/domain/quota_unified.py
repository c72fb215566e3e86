"""Nova's quotas, where they are Keystone's limits: `quota_driver: nova.quota.UnifiedLimitsDriver`.

Nova asks for the limits of the service `compute` in the region of its endpoints.  Servers, VCPUs and memory are
counted by their servers, other resource classes (`class:DISK_GB` ...) by the book that Placement shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.unified_limits import RegisteredLimit
from fakecompute.domain.unified_limits import limit_of, over, registered

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


def is_on(cloud: Cloud) -> bool:
    return cloud.settings.quota_driver == DRIVER


def limits(cloud: Cloud, project_id: str | None, resources: Iterable[str]) -> dict[str, int]:
    """The limits of some resources, by their names in quota sets; 0 where none is registered, -1 where none can be."""
    return {
        resource: limit_of(cloud, "compute", project_id if resource in OF_PROJECTS else None, NAMES[resource])
        if resource in NAMES
        else -1
        for resource in resources
    }


def refusal(cloud: Cloud, project_id: str | None, used: Mapping[str, int], deltas: Mapping[str, int]) -> str | None:
    """Why there may not be so much more, in the words of oslo.limit; None if there may."""
    overs = []
    for name, resource in sorted((NAMES.get(resource, resource), resource) for resource in deltas):
        found = over(cloud, "compute", project_id, name, used[resource], deltas[resource])
        if found is not None:
            overs.append(found)
    if not any(one.limit > 0 or _counts(cloud, one.resource) for one in overs):
        return None
    return f"Project {project_id} is over a limit for [{', '.join(map(str, overs))}]"


def _counts(cloud: Cloud, name: str) -> bool:
    """Is a limit of 0 meant, or is it that there is none?"""
    return name in REQUIRED or registered(cloud, "compute", name) is not None
