"""GET, POST /resource_providers, GET, PUT, DELETE /resource_providers/{uuid}: who has something to give."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.placement import names, providers
from fakecompute.domain.placement.book import used
from fakecompute.domain.records.placement import Provider
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Body, Schema, Text, since
from fakecompute.rest.view import View, field
from fakecompute.services.placement import filters
from fakecompute.services.placement.exchange import (
    Missing,
    asked,
    check_accept,
    found,
    given,
    link_to,
    path_of,
    queried,
    times,
    worded,
)
from fakecompute.services.placement.service import placement

RULE = "placement:resource_providers:{}".format

# --- request schemas ----------------------------------------------------------------------------------

PARENT = since("1.14", Text(form="uuid", allow_none=True))


class NewProvider(Schema):
    name = Text(required=True, max=200)
    uuid = Text(form="uuid")
    parent_provider_uuid = PARENT


class ChangedProvider(Schema):
    name = Text(required=True, max=200)
    parent_provider_uuid = PARENT


class ListProviders(Schema):
    name = Text()
    uuid = Text(form="uuid")
    member_of = since("1.3", Text())
    resources = since("1.4", Text())
    in_tree = since("1.14", Text(form="uuid"))
    required = since("1.18", Text())


CREATE, UPDATE, LIST = Body(NewProvider), Body(ChangedProvider), Body(ListProviders)

# --- response views -----------------------------------------------------------------------------------

RELATED = (
    ("inventories", "1.0"),
    ("usages", "1.0"),
    ("aggregates", "1.1"),
    ("traits", "1.6"),
    ("allocations", "1.11"),
)


def _links(provider: Provider, call: Call) -> list[dict[str, str]]:
    own = path_of(call, "resource_providers", provider.id)
    related = [{"rel": rel, "href": f"{own}/{rel}"} for rel, version in RELATED if call.since(version)]
    return [{"rel": "self", "href": own}, *related]


provider_detail = View(
    field("uuid", "id"),
    field("name"),
    field("generation", lambda provider, call: providers.generation(call.cloud, provider)),
    field("links", _links),
    field("parent_provider_uuid", "parent_id", since="1.14"),
    field("root_provider_uuid", "root_id", since="1.14"),
)


# --- handlers -----------------------------------------------------------------------------------------


@placement.get("/resource_providers", policy=RULE("list"))
def list_resource_providers(call: Call) -> Answer:
    query = queried(call, LIST)
    shown = _filtered(call, query)
    modified = max((provider.updated_at for provider in shown), default=call.cloud.now)
    return given(call, {"resource_providers": provider_detail.all(shown, call)}, modified)


@placement.post("/resource_providers", policy=RULE("create"), success={"1.0": 201, "1.20": 200})
def create_resource_provider(call: Call) -> Answer:
    wish = asked(call, CREATE)
    id = filters.dashed(wish["uuid"]) if "uuid" in wish else call.cloud.streams.uuid("resource provider")
    name, parent_id = wish["name"], wish.get("parent_provider_uuid")
    refusal = f'Unable to create resource provider "{name}", {id}: '
    with worded(providers.CannotSave, BadRequest, refusal):
        if not name:
            raise providers.CannotSave(action="create", reason="name is required")
        made = providers.create(call.cloud, id, name, parent_id)
    location = {"Location": link_to(call, "resource_providers", id)}
    if not call.since("1.20"):
        return Answer(201, None, location)
    return Answer(200, provider_detail(made, call), {**location, **times(call, made.updated_at)})


@placement.get("/resource_providers/<id>", policy=RULE("show"))
def show_resource_provider(call: Call, id: str) -> Answer:
    provider = found(call, id)
    return given(call, provider_detail(provider, call), provider.updated_at)


@placement.put("/resource_providers/<id>", policy=RULE("update"))
def update_resource_provider(call: Call, id: str) -> Answer:
    """Until 1.36 a provider that has a parent keeps it."""
    provider = found(call, id)
    wish = asked(call, UPDATE)
    parent_id = wish.get("parent_provider_uuid", provider.parent_id)
    with worded(providers.CannotSave, BadRequest, f"Unable to save resource provider {id}: "):
        changed = providers.update(
            call.cloud, provider, wish["name"], parent_id, may_move=call.since("1.37")
        )
    return Answer(200, provider_detail(changed, call), times(call, changed.updated_at))


@placement.delete("/resource_providers/<id>", policy=RULE("delete"), success=204)
def delete_resource_provider(call: Call, id: str) -> None:
    provider = providers.provider(call.cloud, id)
    if provider is None:
        raise Missing(reason=f"No resource provider with uuid {id} found for delete")
    providers.delete(call.cloud, provider)


def _filtered(call: Call, query: dict[str, Any]) -> list[Provider]:
    values = {
        key: [text for name, text in call.query_pairs if name == key] for key in ("member_of", "required")
    }
    member_of, not_member_of = filters.members(call, values["member_of"])
    required, forbidden = filters.traits(call, values["required"])
    amounts = filters.resources(query["resources"]) if "resources" in query else {}
    with worded(names.ClassNotFound, BadRequest, "Invalid resource class in resources parameter: "):
        for name in amounts:
            names.check_class(call.cloud, name)
    with worded(names.TraitNotFound, BadRequest, 'Invalid trait(s) in "required" parameter: '):
        names.check_traits(call.cloud, sorted({*forbidden, *(name for one in required for name in one)}))
    roots = _root_of(call, query.get("in_tree"))

    def fits(one: Provider) -> bool:
        traits, aggregates, has = {*one.traits}, {*one.aggregates}, dict(one.inventories)
        return (
            query.get("name") in (None, "", one.name)
            and query.get("uuid") in (None, "", one.id)
            and (roots is None or one.root_id in roots)
            and all(some & traits for some in required)
            and not forbidden & traits
            and all(some & aggregates for some in member_of)
            and not not_member_of & aggregates
            and all(
                name in has and has[name].has(amount, used(call.cloud, one.place, name))
                for name, amount in amounts.items()
            )
        )

    check_accept(call)
    return [one for one in providers.everyone(call.cloud) if fits(one)]


def _root_of(call: Call, id: str | None) -> set[str] | None:
    """The root of the tree that a provider is in; none if there is no such provider."""
    if not id:
        return None
    there = providers.provider(call.cloud, id)
    return {there.root_id} if there else set()
