"""/services: what the catalogue knows, whether or not this cloud answers for it."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.catalog import drop_service, next_position
from fakecompute.domain.records.catalog import CatalogService
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Boolean, Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.catalog import services
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.members import (
    Open,
    OpenView,
    Some,
    admit,
    changes,
    require_same,
    underscored,
)
from fakecompute.services.identity.service import identity


class ServiceNotFound(NotFound):
    message = "Could not find service: {id}."


# --- request schemas ----------------------------------------------------------------------------------


class ListServices(Listed):
    filters = ("type", "name")


class ServiceFields(Open):
    enabled = Boolean()
    type = Text(min=1, max=255)
    name = Text(min=1, max=255)


class NewService(ServiceFields):
    type = Text(min=1, max=255, required=True)


class CreateService(Schema):
    service = Object(NewService, required=True)


class UpdateService(Schema):
    service = Some(ServiceFields, required=True)


# --- response views -----------------------------------------------------------------------------------

service_detail = OpenView(
    field("name"),
    field("id"),
    field("type"),
    field("enabled"),
    field("links", linked("services")),
)


# --- handlers -----------------------------------------------------------------------------------------


@identity.finder("service")
def find_service(call: Call, id: str) -> CatalogService:
    return admit(call, call.cloud.store.find(CatalogService, id), ServiceNotFound(id=id))


@identity.get("/services", query=ListServices, policy="identity:list_services")
def list_services(call: Call) -> dict[str, Any]:
    return collection(call, "services", services(call), service_detail)


@identity.get("/services/<service>", policy="identity:get_service")
def show_service(call: Call, service: CatalogService) -> dict[str, Any]:
    return {"service": service_detail(service, call)}


@identity.post("/services", body=CreateService, policy="identity:create_service", success=201)
def create_service(call: Call) -> dict[str, Any]:
    wish = underscored(call.body["service"])
    new = CatalogService(
        id=call.cloud.streams.hex("service"), type=wish["type"], position=next_position(call.cloud)
    )
    service = call.cloud.store.put(new.evolve(**changes(new, wish, ServiceFields)))
    return {"service": service_detail(service, call)}


@identity.patch("/services/<service>", body=UpdateService, policy="identity:update_service")
def update_service(call: Call, service: CatalogService) -> dict[str, Any]:
    wish = call.body["service"]
    require_same(service, wish, [("id", "ID")])
    service = call.cloud.store.put(service.evolve(**changes(service, wish, ServiceFields)))
    return {"service": service_detail(service, call)}


@identity.delete("/services/<service>", policy="identity:delete_service", success=204)
def delete_service(call: Call, service: CatalogService) -> None:
    """With its endpoints."""
    drop_service(call.cloud, service)
