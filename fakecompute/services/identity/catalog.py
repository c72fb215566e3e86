"""GET /auth/catalog, and the catalogue in a token: where the services are."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.catalog import filled, is_filtered, visible_endpoints
from fakecompute.domain.records.catalog import CatalogEndpoint, CatalogService
from fakecompute.errors import Forbidden
from fakecompute.rest.call import Call
from fakecompute.rest.view import field
from fakecompute.services.identity.members import OpenView
from fakecompute.services.identity.service import identity


class NotForProjects(Forbidden):
    message = "You are not authorized to perform the requested action."


def services(call: Call) -> list[CatalogService]:
    return sorted(call.cloud.store.all(CatalogService), key=lambda service: service.position)


# --- response views -----------------------------------------------------------------------------------


def address(endpoint: CatalogEndpoint, call: Call) -> str:
    """Absolute: that of one of the cloud's own services depends on the way by which one came."""
    return call.base + endpoint.url if endpoint.url.startswith("/") else endpoint.url


catalog_endpoint = OpenView(
    field("id"),
    field("interface"),
    field("region_id"),
    field("url", address),
    field("region", "region_id"),
)


# --- handlers -----------------------------------------------------------------------------------------


def catalog(call: Call, user_id: str, project_id: str | None) -> list[dict[str, Any]]:
    """What a token of a user on a project carries; services that are off are not in it."""
    endpoints = visible_endpoints(call.cloud, project_id)
    ids = {"user_id": user_id, "project_id": project_id, "tenant_id": project_id}
    some = is_filtered(call.cloud, project_id)
    return [
        {
            "endpoints": list(_shown(call, endpoints.get(service.id, []), ids)),
            "id": service.id,
            "type": service.type,
            "name": service.name,
        }
        for service in services(call)
        if service.enabled and (endpoints.get(service.id) or not some)
    ]


def _shown(call: Call, endpoints: list[CatalogEndpoint], ids: dict[str, str | None]) -> list[dict[str, Any]]:
    """With the caller's ids in their addresses; those that cannot be filled in are left out."""
    urls = [(endpoint, filled(endpoint.url, ids)) for endpoint in endpoints]
    return [catalog_endpoint(endpoint.evolve(url=url), call) for endpoint, url in urls if url is not None]


@identity.get("/auth/catalog", policy="identity:get_auth_catalog")
def show_catalog(call: Call) -> dict[str, Any]:
    if call.context.project_id is None:
        raise NotForProjects
    shown = catalog(call, call.user_id, call.context.project_id)
    return {"catalog": shown, "links": {"self": f"{call.url}/auth/catalog"}}
