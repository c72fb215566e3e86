"""The catalogue: GET /auth/catalog, /services, /endpoints and /regions; where the other services are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fakecompute.domain.records.identity import CatalogService
from fakecompute.errors import Forbidden, NotFound
from fakecompute.kernel.store import Record
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT, View, field
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.service import identity

REGION = "RegionOne"
INTERFACES = ("public", "internal", "admin")


class ServiceNotFound(NotFound):
    message = "Could not find service: {id}."


class EndpointNotFound(NotFound):
    message = "Could not find endpoint: {id}."


class RegionNotFound(NotFound):
    message = "Could not find region: {id}."


class NotForProjects(Forbidden):
    message = "You are not authorized to perform the requested action."


@dataclass(frozen=True, kw_only=True)
class CatalogEndpoint(Record):
    """Made for the answer: its address depends on the one that the client came by."""

    service_id: str
    interface: str
    url: str
    region_id: str
    region: str
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Region(Record):
    description: str = ""
    parent_region_id: str | None = None


def services(call: Call) -> list[CatalogService]:
    return sorted(call.cloud.store.all(CatalogService), key=lambda service: service.position)


def endpoints(call: Call, service: CatalogService) -> Iterator[CatalogEndpoint]:
    for interface in INTERFACES if service.listed else ():
        id = call.cloud.streams.hex_at("endpoint", service.id, interface)
        yield CatalogEndpoint(
            id=id,
            service_id=service.id,
            interface=interface,
            url=call.base + service.path,
            region_id=service.region,
            region=service.region,
        )


def regions(call: Call) -> list[Region]:
    """Where there is anything at all."""
    names = {REGION, *(service.region for service in services(call))}
    return [Region(id=name) for name in sorted(names)]


# --- request schemas ----------------------------------------------------------------------------------


class ListServices(Listed):
    filters = ("type", "name")


class ListEndpoints(Listed):
    filters = ("interface", "service_id", "region_id")


class ListRegions(Listed):
    filters = ("parent_region_id",)


# --- response views -----------------------------------------------------------------------------------

catalog_endpoint = View(
    field("id"),
    field("interface"),
    field("region_id"),
    field("url"),
    field("region"),
)
catalog_entry = View(
    field("endpoints", lambda service, call: catalog_endpoint.all(endpoints(call, service), call)),
    field("id"),
    field("type"),
    field("name"),
)
service_detail = View(
    field("id"),
    field("type"),
    field("name"),
    field("description", lambda service, call: service.description or ABSENT),
    field("enabled", lambda service, call: True),
    field("links", linked("services")),
)
endpoint_detail = View(
    field("id"),
    field("interface"),
    field("region_id"),
    field("service_id"),
    field("url"),
    field("enabled"),
    field("region"),
    field("links", linked("endpoints")),
)
region_detail = View(
    field("id"),
    field("description"),
    field("parent_region_id"),
    field("links", linked("regions")),
)


# --- handlers -----------------------------------------------------------------------------------------


def catalog(call: Call) -> list[dict[str, Any]]:
    """What a token carries."""
    return catalog_entry.all(services(call), call)


@identity.get("/auth/catalog", policy="identity:get_auth_catalog")
def show_catalog(call: Call) -> dict[str, Any]:
    if call.context.project_id is None:
        raise NotForProjects
    return {"catalog": catalog(call), "links": {"self": f"{call.url}/auth/catalog"}}


@identity.get("/services", query=ListServices, policy="identity:list_services")
def list_services(call: Call) -> dict[str, Any]:
    return collection(call, "services", services(call), service_detail)


@identity.get("/services/<service_id>", policy="identity:get_service")
def show_service(call: Call, service_id: str) -> dict[str, Any]:
    found = call.cloud.store.find(CatalogService, service_id)
    if found is None:
        raise ServiceNotFound(id=service_id)
    return {"service": service_detail(found, call)}


@identity.get("/endpoints", query=ListEndpoints, policy="identity:list_endpoints")
def list_endpoints(call: Call) -> dict[str, Any]:
    return collection(call, "endpoints", _all_endpoints(call), endpoint_detail)


@identity.get("/endpoints/<endpoint_id>", policy="identity:get_endpoint")
def show_endpoint(call: Call, endpoint_id: str) -> dict[str, Any]:
    for endpoint in _all_endpoints(call):
        if endpoint.id == endpoint_id:
            return {"endpoint": endpoint_detail(endpoint, call)}
    raise EndpointNotFound(id=endpoint_id)


def _all_endpoints(call: Call) -> list[CatalogEndpoint]:
    return [endpoint for service in services(call) for endpoint in endpoints(call, service)]


@identity.get("/regions", query=ListRegions, policy="identity:list_regions")
def list_regions(call: Call) -> dict[str, Any]:
    return collection(call, "regions", regions(call), region_detail)


@identity.get("/regions/<region_id>", policy="identity:get_region")
def show_region(call: Call, region_id: str) -> dict[str, Any]:
    for region in regions(call):
        if region.id == region_id:
            return {"region": region_detail(region, call)}
    raise RegionNotFound(id=region_id)
