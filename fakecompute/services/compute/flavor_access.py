"""GET /flavors/{id}/os-flavor-access, and the actions that change it: whose the private flavors are."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.compute import Flavor
from fakecompute.errors import Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Schema, Text
from fakecompute.services.compute.flavors import find_flavor
from fakecompute.services.compute.projects import demand_project
from fakecompute.services.compute.service import compute


class NoListOfPublicFlavors(NotFound):
    message = "Access list not available for public flavors."


class PublicFlavor(Conflict):
    message = "Can not add access to a public flavor."


class AccessExists(Conflict):
    message = "Flavor access already exists for flavor {number} and project {project_id} combination."


class AccessNotFound(NotFound):
    message = "Flavor access not found for {number} / {project_id} combination."


# --- request schemas ----------------------------------------------------------------------------------


class Tenant(Schema):
    tenant = Text(required=True, min=1, max=255)


# --- response views -----------------------------------------------------------------------------------


def flavor_access(flavor: Flavor) -> dict[str, Any]:
    return {"flavor_access": [{"flavor_id": flavor.id, "tenant_id": project} for project in flavor.access]}


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(
    "/flavors/<flavor_id>/os-flavor-access", strict_query="2.102", policy="os_compute_api:os-flavor-access"
)
def list_flavor_access(call: Call, flavor_id: str) -> dict[str, Any]:
    flavor = find_flavor(call, flavor_id)
    if flavor.is_public:
        raise NoListOfPublicFlavors
    return flavor_access(flavor)


@compute.action(
    "/flavors/<flavor_id>/action",
    "addTenantAccess",
    body=Tenant,
    policy="os_compute_api:os-flavor-access:add_tenant_access",
)
def add_flavor_access(call: Call, flavor_id: str) -> dict[str, Any]:
    project_id = call.body["tenant"]
    demand_project(call.cloud, project_id)
    flavor = find_flavor(call, flavor_id)
    if flavor.is_public and call.since("2.7"):
        raise PublicFlavor
    if project_id in flavor.access:
        raise AccessExists(number=flavor.number, project_id=project_id)
    return flavor_access(call.cloud.store.put(flavor.evolve(access=(*flavor.access, project_id))))


@compute.action(
    "/flavors/<flavor_id>/action",
    "removeTenantAccess",
    body=Tenant,
    policy="os_compute_api:os-flavor-access:remove_tenant_access",
)
def remove_flavor_access(call: Call, flavor_id: str) -> dict[str, Any]:
    """The project need not exist any more."""
    project_id, flavor = call.body["tenant"], find_flavor(call, flavor_id)
    if project_id not in flavor.access:
        raise AccessNotFound(number=flavor.number, project_id=project_id)
    access = tuple(project for project in flavor.access if project != project_id)
    return flavor_access(call.cloud.store.put(flavor.evolve(access=access)))
