"""/endpoints: the addresses of services.  A change of one moves the clients that look it up."""

from __future__ import annotations

from fakecompute.domain.catalog import add_region, drop_endpoint, is_address, next_position
from fakecompute.domain.records.catalog import CatalogEndpoint, CatalogService, Region
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Boolean, Choice, Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.catalog import address
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import Open, OpenView, Some, changes, require_same, underscored
from fakecompute.services.identity.service import Expecting

INTERFACES = ("admin", "internal", "public")


class EndpointNotFound(NotFound):
    message = "Could not find endpoint: {id}."


class BadAddress(BadRequest):
    message = "Cannot create an endpoint with an invalid URL: {url}."


# --- request schemas ----------------------------------------------------------------------------------


class ListEndpoints(Listed):
    filters = ("interface", "service_id", "region_id")
    interface = Choice(*INTERFACES)
    service_id = Text()
    region_id = Text()


class EndpointFields(Open):
    enabled = Boolean()
    interface = Choice(*INTERFACES)
    region_id = Text(allow_none=True)
    region = Text(allow_none=True)
    service_id = Text()
    url = Text(max=225, pattern="^[a-zA-Z0-9+.-]+:.+")
    name = Text()
    description = Text(allow_none=True)


class NewEndpoint(EndpointFields):
    id = Text()
    interface = Choice(*INTERFACES, required=True)
    service_id = Text(required=True)
    url = Text(max=225, pattern="^[a-zA-Z0-9+.-]+:.+", required=True)


class CreateEndpoint(Schema):
    endpoint = Object(NewEndpoint, required=True)


class UpdateEndpoint(Schema):
    endpoint = Some(EndpointFields, required=True)


class KeptEndpoint(Open):
    """What has a place of its own in the record; all else is kept beside it."""

    enabled = Boolean()
    interface = Text()
    region_id = Text()
    service_id = Text()
    url = Text()


# --- response views -----------------------------------------------------------------------------------

endpoint_detail = OpenView(
    field("id"),
    field("interface"),
    field("region_id"),
    field("service_id"),
    field("url", address),
    field("enabled"),
    field("region", "region_id"),
    field("links", linked("endpoints")),
)


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: Wish) -> CatalogEndpoint:
    wish = underscored(wish)
    if not is_address(wish["url"]):  # of a new address, Keystone does not ask
        raise BadAddress(url=wish["url"])
    new = CatalogEndpoint(
        id=call.cloud.streams.hex("endpoint"),
        service_id=wish["service_id"],
        interface=wish["interface"],
        url=wish["url"],
        position=next_position(call.cloud),
    )
    return _keep(call, new, wish)


def _update(call: Call, endpoint: CatalogEndpoint, wish: Wish) -> CatalogEndpoint:
    require_same(endpoint, wish, [("id", "ID")])
    return _keep(call, endpoint, wish)


def _keep(call: Call, endpoint: CatalogEndpoint, wish: Wish) -> CatalogEndpoint:
    """Its service must be there, and so must the region of an id; one of a name is made."""
    store = call.cloud.store
    region = wish.pop("region", None)
    if wish.get("region_id") is None and region is not None:
        wish["region_id"] = region
        add_region(call.cloud, region)
    new = endpoint.evolve(**changes(endpoint, wish, KeptEndpoint))
    if new.region_id is not None and store.find(Region, new.region_id) is None:
        raise Expecting(attribute="endpoint region_id", target="region table")
    if store.find(CatalogService, new.service_id) is None:
        raise Expecting(attribute="endpoint service_id", target="service table")
    return store.put(new)


Collection(
    "endpoint",
    "/endpoints",
    CatalogEndpoint,
    endpoint_detail,
    missing=EndpointNotFound,
    order="position",
    query=ListEndpoints,
    create=(CreateEndpoint, _create),
    update=(UpdateEndpoint, _update),
    remove=drop_endpoint,
)
