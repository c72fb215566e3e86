"""/os-aggregates: hosts with something in common, be it a zone or a piece of metadata."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import aggregates
from fakecompute.domain.aggregates import ZONE, CannotUpdate, HostNotFound, NotThere
from fakecompute.domain.images import find_visible
from fakecompute.domain.records.compute import Aggregate, Host
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import TRIMMED, AnyOf, ListOf, MapOf, Object, Schema, SomeOf, Text
from fakecompute.rest.view import View, field, listed, mapped, moment, naive
from fakecompute.services.compute.ids import row_number
from fakecompute.services.compute.service import compute
from fakecompute.services.compute.services import host_name

ROOT = "os_compute_api:os-aggregates"
ACTION = "/os-aggregates/<aggregate_id>/action"


class AggregateNotFound(NotFound):
    message = "Aggregate {number} could not be found."


class DuplicateImages(BadRequest):
    message = "Duplicate images in request"


class ImageNotFound(BadRequest):
    message = "Image {id} could not be found."


# --- request schemas ----------------------------------------------------------------------------------


class ZoneName(Text):
    """A name without a colon: that is what stands between a zone and a host."""

    def __init__(self) -> None:
        super().__init__(min=1, max=255, form="name")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and ":" in value:
            raise self.wrong_type(value)
        return super()._deserialize(value, attr, data, **kwargs)


def _zone() -> AnyOf:
    return AnyOf(ZoneName(), allow_none=True)


class NewAggregate(Schema):
    name = Text(required=True, form="name", min=1, max=255)
    availability_zone = _zone()


class CreateAggregate(Schema):
    aggregate = Object(NewAggregate, required=True)


class ChangedAggregate(Schema):
    name = Text(form=TRIMMED, min=1, max=255)
    availability_zone = _zone()


class UpdateAggregate(Schema):
    aggregate = SomeOf(ChangedAggregate, required=True)


class HostOfAggregate(Schema):
    host = host_name(required=True)


class SetMetadata(Schema):
    metadata = MapOf(Text(max=255, allow_none=True), key="^[a-zA-Z0-9-_:. ]{1,255}$", required=True)


class CachedImage(Schema):
    id = Text(form="uuid", required=True)


class CacheImages(Schema):
    cache = ListOf(Object(CachedImage), min=1, required=True)


# --- response views -----------------------------------------------------------------------------------

_BRIEF = (
    field("id", "number"),
    field("uuid", "id", since="2.41"),
    field("name"),
    field("availability_zone"),
    field("created_at", moment("created_at", naive)),
    field("updated_at", moment("updated_at", naive)),
    field("deleted", lambda aggregate, call: False),
    field("deleted_at", lambda aggregate, call: None),
)
aggregate_brief = View(*_BRIEF)
aggregate_view = View(*_BRIEF, field("hosts", listed("hosts")), field("metadata", mapped("metadata")))


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-aggregates", strict_query="2.102", policy=f"{ROOT}:index")
def list_aggregates(call: Call) -> dict[str, Any]:
    found = sorted(call.cloud.store.all(Aggregate), key=lambda aggregate: aggregate.number)
    return {"aggregates": aggregate_view.all(found, call)}


@compute.post("/os-aggregates", body=CreateAggregate, policy=f"{ROOT}:create")
def create_aggregate(call: Call) -> dict[str, Any]:
    wish = call.body["aggregate"]
    aggregate = aggregates.create(call.cloud, wish["name"], wish.get("availability_zone"))
    return {"aggregate": aggregate_brief(aggregate, call)}


@compute.get("/os-aggregates/<aggregate_id>", strict_query="2.102", policy=f"{ROOT}:show")
def show_aggregate(call: Call, aggregate_id: str) -> dict[str, Any]:
    return {"aggregate": aggregate_view(_found(call, aggregate_id), call)}


@compute.put("/os-aggregates/<aggregate_id>", body=UpdateAggregate, policy=f"{ROOT}:update")
def update_aggregate(call: Call, aggregate_id: str) -> dict[str, Any]:
    aggregate, wish = _found(call, aggregate_id), call.body["aggregate"]
    if "name" in wish:
        aggregate = aggregates.rename(call.cloud, aggregate, wish["name"])
    if ZONE not in wish:
        return {"aggregate": aggregate_view(aggregate, call)}
    return _changed(call, aggregates.change_metadata(call.cloud, aggregate, {ZONE: wish[ZONE]}, CannotUpdate))


@compute.delete("/os-aggregates/<aggregate_id>", policy=f"{ROOT}:delete")
def delete_aggregate(call: Call, aggregate_id: str) -> None:
    aggregates.delete(call.cloud, _found(call, aggregate_id))


@compute.action(ACTION, "add_host", body=HostOfAggregate, policy=f"{ROOT}:add_host")
def add_host_to_aggregate(call: Call, aggregate_id: str) -> dict[str, Any]:
    number, name = row_number(aggregate_id), call.body["host"]
    if call.cloud.store.one(Host, "name", name) is None:
        raise HostNotFound(host=name)
    aggregate = aggregates.add_host(call.cloud, _found(call, str(number)), name)
    return {"aggregate": aggregate_view(aggregate, call)}


@compute.action(ACTION, "remove_host", body=HostOfAggregate, policy=f"{ROOT}:remove_host")
def remove_host_from_aggregate(call: Call, aggregate_id: str) -> dict[str, Any]:
    number, name = row_number(aggregate_id), call.body["host"]
    aggregate = call.cloud.store.one(Aggregate, "number", number)
    if aggregate is None or call.cloud.store.one(Host, "name", name) is None:
        raise NotThere(host=name, number=aggregate_id)
    return {"aggregate": aggregate_view(aggregates.remove_host(call.cloud, aggregate, name), call)}


@compute.action(ACTION, "set_metadata", body=SetMetadata, policy=f"{ROOT}:set_metadata")
def set_aggregate_metadata(call: Call, aggregate_id: str) -> dict[str, Any]:
    aggregate = _found(call, aggregate_id)
    return _changed(call, aggregates.change_metadata(call.cloud, aggregate, call.body["metadata"]))


@compute.post(
    "/os-aggregates/<aggregate_id>/images",
    since="2.81",
    body=CacheImages,
    success=202,
    policy="compute:aggregates:images",
)
def cache_aggregate_images(call: Call, aggregate_id: str) -> None:
    """Hosts are to fetch the images before they need them: nothing that a client could see."""
    number = row_number(aggregate_id)
    ids = [image["id"] for image in call.body["cache"]]
    if len({*ids}) < len(ids):
        raise DuplicateImages
    _found(call, str(number))
    for id in ids:
        if find_visible(call.cloud, id, call.project_id, call.is_admin) is None:
            raise ImageNotFound(id=id)


def _found(call: Call, id: str) -> Aggregate:
    aggregate = call.cloud.store.one(Aggregate, "number", row_number(id))
    if aggregate is None:
        raise AggregateNotFound(number=id)
    return aggregate


def _changed(call: Call, aggregate: Aggregate) -> dict[str, Any]:
    """Metadata are rows of their own: the answer alone says that the aggregate was updated."""
    return {"aggregate": aggregate_view(aggregate.evolve(updated_at=call.cloud.now), call)}
