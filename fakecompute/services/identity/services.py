"""/services: what the catalogue knows, whether or not this cloud answers for it."""

from __future__ import annotations

from fakecompute.domain.catalog import drop_service, next_position
from fakecompute.domain.records.catalog import CatalogService
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Boolean, Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import Open, OpenView, Some, require_same, stored, underscored


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


def _create(call: Call, wish: Wish) -> CatalogService:
    wish = underscored(wish)
    new = CatalogService(
        id=call.cloud.streams.hex("service"), type=wish["type"], position=next_position(call.cloud)
    )
    return stored(call, new, wish, ServiceFields)


def _update(call: Call, service: CatalogService, wish: Wish) -> CatalogService:
    require_same(service, wish, [("id", "ID")])
    return stored(call, service, wish, ServiceFields)


Collection(
    "service",
    "/services",
    CatalogService,
    service_detail,
    missing=ServiceNotFound,
    order="position",
    query=ListServices,
    create=(CreateService, _create),
    update=(UpdateService, _update),
    remove=drop_service,  # with its endpoints
)
