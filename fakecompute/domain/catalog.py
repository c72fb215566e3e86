"""What the catalogue holds, for whom, and what goes with a thing of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.catalog import (
    CatalogEndpoint,
    CatalogService,
    EndpointGroup,
    ProjectEndpoint,
    Region,
)

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

REGION = "RegionOne"
INTERFACES = ("public", "internal", "admin")

# fmt: off
CATALOG: list[dict[str, Any]] = [
    {"type": "identity",      "name": "keystone",  "path": "/identity"},
    {"type": "compute",       "name": "nova",      "path": "/compute/v2.1"},
    {"type": "image",         "name": "glance",    "path": "/image"},
    {"type": "network",       "name": "neutron",   "path": "/network"},
    {"type": "placement",     "name": "placement", "path": "/placement"},
    {"type": "block-storage", "name": "cinder",    "path": "/volume/v3"},
    {"type": "volumev3",      "name": "cinderv3",  "path": "/volume/v3"},
]
# fmt: on


def define_catalog(cloud: Cloud, entries: list[dict[str, Any]]) -> None:
    """The section `catalog` of a definition."""
    add_region(cloud, REGION)
    for position, entry in enumerate(entries or CATALOG):
        service = cloud.store.put(
            CatalogService(
                id=cloud.streams.hex_at("service", entry["type"]),
                type=entry["type"],
                name=entry["name"],
                path=entry["path"],
                region=entry.get("region", REGION),
                position=position,
                extra=(("description", entry["description"]),) if entry.get("description") else (),
            )
        )
        add_region(cloud, service.region)
        if entry.get("listed", True):
            list_service(cloud, service)


def add_region(cloud: Cloud, id: str) -> None:
    """A region, unless there is one of that name."""
    if cloud.store.find(Region, id) is None:
        cloud.store.put(Region(id=id))


def list_service(cloud: Cloud, service: CatalogService, region: str = "") -> None:
    """Give one of the cloud's own services its endpoints back, it may be in another region."""
    service = cloud.store.put(service.evolve(region=region or service.region))
    add_region(cloud, service.region)
    unlist_service(cloud, service)
    for interface in INTERFACES:
        id = cloud.streams.hex_at("endpoint", service.id, interface)
        cloud.store.put(
            CatalogEndpoint(
                id=id,
                service_id=service.id,
                interface=interface,
                url=service.path,
                region_id=service.region,
                position=next_position(cloud),
            )
        )


def unlist_service(cloud: Cloud, service: CatalogService) -> None:
    """Take its endpoints from the catalogue; it answers all the same."""
    for endpoint in cloud.store.by(CatalogEndpoint, "service", service.id):
        drop_endpoint(cloud, endpoint)


def next_position(cloud: Cloud) -> int:
    """Where a new service or endpoint stands in lists: at the end."""
    return len(CATALOG) + cloud.streams.number("catalog")


# --- what goes with a thing ---------------------------------------------------------------------------------


def drop_service(cloud: Cloud, service: CatalogService) -> None:
    unlist_service(cloud, service)
    cloud.store.drop(service)


def drop_endpoint(cloud: Cloud, endpoint: CatalogEndpoint) -> None:
    for link in cloud.store.by(ProjectEndpoint, "endpoint", endpoint.id):
        cloud.store.drop(link)
    cloud.store.drop(endpoint)


def drop_endpoint_group(cloud: Cloud, group: EndpointGroup) -> None:
    for link in cloud.store.by(ProjectEndpoint, "group", group.id):
        cloud.store.drop(link)
    cloud.store.drop(group)


def drop_project_endpoints(cloud: Cloud, project_id: str) -> None:
    for link in cloud.store.by(ProjectEndpoint, "project", project_id):
        cloud.store.drop(link)


def family(cloud: Cloud, region: Region) -> list[Region]:
    """A region and all below it."""
    found = [region]
    for parent in found:
        found.extend(cloud.store.by(Region, "parent", parent.id))
    return found


# --- what a token's bearer sees -----------------------------------------------------------------------------


def visible_endpoints(cloud: Cloud, project_id: str | None) -> dict[str, list[CatalogEndpoint]]:
    """The endpoints that are on, by service; those that were chosen for the project, if any were."""
    chosen = endpoints_of_project(cloud, project_id) if project_id else []
    found: dict[str, list[CatalogEndpoint]] = {}
    for endpoint in sorted(chosen or cloud.store.all(CatalogEndpoint), key=lambda one: one.position):
        if endpoint.enabled:
            found.setdefault(endpoint.service_id, []).append(endpoint)
    return found


def is_filtered(cloud: Cloud, project_id: str | None) -> bool:
    """Was anything chosen for the project?"""
    return bool(project_id) and bool(endpoints_of_project(cloud, project_id or ""))


def endpoints_of_project(cloud: Cloud, project_id: str) -> list[CatalogEndpoint]:
    """Those that were associated with it, by themselves or in a group."""
    found: dict[str, CatalogEndpoint] = {}
    for link in cloud.store.by(ProjectEndpoint, "project", project_id):
        if link.endpoint_id is not None:
            found[link.endpoint_id] = cloud.store.get(CatalogEndpoint, link.endpoint_id)
        elif link.group_id is not None:
            group = cloud.store.get(EndpointGroup, link.group_id)
            found |= {endpoint.id: endpoint for endpoint in endpoints_of_group(cloud, group)}
    return sorted(found.values(), key=lambda endpoint: endpoint.position)


def endpoints_of_group(cloud: Cloud, group: EndpointGroup) -> list[CatalogEndpoint]:
    wanted = dict(group.filters)
    found = [
        endpoint
        for endpoint in cloud.store.all(CatalogEndpoint)
        if all(getattr(endpoint, name) == value for name, value in wanted.items())
    ]
    return sorted(found, key=lambda endpoint: endpoint.position)


_PLACE = re.compile(r"[%$]\((\w+)\)s")


def is_address(url: str) -> bool:
    """May it be filled in?  Only the caller's ids may stand in it."""
    rest = _PLACE.sub("", url)
    return "%" not in rest and "$(" not in rest and set(_PLACE.findall(url)) <= IDS


IDS = {"tenant_id", "project_id", "user_id"}


def filled(url: str, ids: Mapping[str, str | None]) -> str | None:
    """The address for a caller; None if it asks for what the caller has not, such as a project."""
    if not is_address(url) or any(not ids.get(name) for name in _PLACE.findall(url)):
        return None
    return _PLACE.sub(lambda place: ids[place[1]] or "", url)
