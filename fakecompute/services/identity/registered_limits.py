"""/registered_limits: what everybody has of a service's resources, unless a limit says otherwise."""

from __future__ import annotations

from typing import Any

from fakecompute.cloud import Cloud
from fakecompute.domain.records.catalog import CatalogService, Region
from fakecompute.domain.records.unified_limits import Limit, RegisteredLimit
from fakecompute.errors import Conflict, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, ListOf, Object, Schema, Text
from fakecompute.rest.view import View, field
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import a_name
from fakecompute.services.identity.service import Expecting, identity


class RegisteredLimitNotFound(NotFound):
    message = "Could not find registered limit for {id}."


class RegisteredLimitExists(Conflict):
    message = "Conflict occurred attempting to store registered_limit - Duplicate entry."


class RegisteredLimitInUse(Forbidden):
    message = (
        "Unable to update or delete registered limit {id} because there are project limits associated with it."
    )


# --- request schemas ----------------------------------------------------------------------------------


def amount(**options: Any) -> Integer:
    return Integer(min=-1, max=0x7FFFFFFF, strict=True, **options)


def of_service(**options: Any) -> Text:
    return Text(form="uuid", **options)


def of_region(**options: Any) -> Text:
    return Text(min=1, max=255, **options)


class ListRegisteredLimits(Listed):
    filters = ("service_id", "region_id", "resource_name")
    service_id = of_service()
    region_id = of_region()
    resource_name = a_name()


class RegisteredLimitFields(Schema):
    service_id = of_service()
    region_id = of_region(allow_none=True)
    resource_name = a_name()
    default_limit = amount()
    description = Text(allow_none=True)


class NewRegisteredLimit(RegisteredLimitFields):
    service_id = of_service(required=True)
    resource_name = a_name(required=True)
    default_limit = amount(required=True)


class CreateRegisteredLimits(Schema):
    registered_limits = ListOf(Object(NewRegisteredLimit), min=1, required=True)


class UpdateRegisteredLimit(Schema):
    registered_limit = Object(RegisteredLimitFields, required=True)


# --- response views -----------------------------------------------------------------------------------

registered_limit_detail = View(
    field("id"),
    field("service_id"),
    field("region_id"),
    field("resource_name"),
    field("default_limit"),
    field("description"),
    field("links", linked("registered_limits")),
)


# --- handlers -----------------------------------------------------------------------------------------


@identity.post(
    "/registered_limits", body=CreateRegisteredLimits, policy="identity:create_registered_limits", success=201
)
def create_registered_limits(call: Call) -> dict[str, Any]:
    """All of them, or none."""
    limits = [_create(call, wish) for wish in call.body["registered_limits"]]
    return {"registered_limits": registered_limit_detail.all(limits, call)}


def _create(call: Call, wish: dict[str, Any]) -> RegisteredLimit:
    require_place(call, wish, "registered_limit")
    number = call.cloud.streams.number("registered limit")
    limit = RegisteredLimit(id=call.cloud.streams.hex("registered limit"), number=number, **wish)
    _require_new(call, limit)
    return call.cloud.store.put(limit)


def require_place(call: Call, wish: dict[str, Any], target: str) -> None:
    """A service and a region that are told must be there."""
    store, region = call.cloud.store, wish.get("region_id")
    if wish.get("service_id") is not None and store.find(CatalogService, wish["service_id"]) is None:
        raise Expecting(attribute="service_id", target=target)
    if region is not None and store.find(Region, region) is None:
        raise Expecting(attribute="region_id", target=target)


def _require_new(call: Call, limit: RegisteredLimit) -> None:
    place = (limit.service_id, limit.region_id, limit.resource_name)
    if call.cloud.store.one(RegisteredLimit, "resource", place) is not None:
        raise RegisteredLimitExists


def _update(call: Call, limit: RegisteredLimit, wish: Wish) -> RegisteredLimit:
    require_place(call, wish, "registered_limit")
    _require_unused(call.cloud, limit)
    new = limit.evolve(**wish)
    if any(name in wish for name in ("service_id", "region_id", "resource_name")):
        _require_new(call, new)  # even where they are as they were
    return call.cloud.store.put(new)


def _remove(cloud: Cloud, limit: RegisteredLimit) -> None:
    _require_unused(cloud, limit)
    cloud.store.drop(limit)


def _require_unused(cloud: Cloud, limit: RegisteredLimit) -> None:
    if cloud.store.count(Limit, "registered", limit.id):
        raise RegisteredLimitInUse(id=limit.id)


Collection(
    "registered_limit",
    "/registered_limits",
    RegisteredLimit,
    registered_limit_detail,
    missing=RegisteredLimitNotFound,
    order="number",
    query=ListRegisteredLimits,
    update=(UpdateRegisteredLimit, _update),
    remove=_remove,
)
