"""/allocations, and those of a provider: who has what of whom."""

from __future__ import annotations

import re
from typing import Any

from fakecompute.domain.placement import allocations, book, names
from fakecompute.domain.placement.allocations import Wish
from fakecompute.domain.placement.providers import generation, provider
from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.placement import Provider
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import (
    FORMS,
    Body,
    Integer,
    ListOf,
    MapOf,
    Object,
    Schema,
    Text,
    shapes,
    since,
    until,
)
from fakecompute.services.placement.exchange import CONCURRENT, asked, found, given, worded
from fakecompute.services.placement.filters import dashed
from fakecompute.services.placement.service import placement

ALL, ONE, OF_PROVIDER = "/allocations", "/allocations/<id>", "/resource_providers/<id>/allocations"
RULE = "placement:allocations:{}".format
NOBODY = "00000000-0000-0000-0000-000000000000"  # owns what was allocated before 1.8
NEW = "consumer generation conflict - expected null but got {got}"
OTHER = "consumer generation conflict - expected {expected} but got {got}"


class BadConsumer(BadRequest):
    message = "Malformed consumer_uuid: {id}"


class GenerationConflict(Conflict):
    message = "{reason}"
    code = CONCURRENT


class NoAllocations(NotFound):
    message = "No allocations for consumer '{id}'"


# --- request schemas ----------------------------------------------------------------------------------

UUID_PATTERN = "^[0-9a-fA-F-]{36}$"
SUFFIX = re.compile("[a-zA-Z0-9_-]{1,64}")
AMOUNTS = MapOf(Integer(min=1, strict=True), key="^[A-Z0-9_]+$", min=1, required=True)
OWNER = Text(required=True, min=1, max=255)


class ProviderId(Schema):
    uuid = Text(form="uuid", required=True)


class ListedAllocation(Schema):
    resource_provider = Object(ProviderId, required=True)
    resources = AMOUNTS


class Amounts(Schema):
    generation = Integer(strict=True)
    resources = AMOUNTS


class Mappings(MapOf):
    """Providers by suffix of a group, which nobody reads; those of the group without one are not even looked at."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if isinstance(value, dict) and value:
            value = {key: ids if SUFFIX.search(key) else [NOBODY] for key, ids in value.items()}
        return super()._deserialize(value, attr, data, **kwargs)


class Consumer(Schema):
    """What a consumer is to have; from 1.28 on nothing at all, too."""

    allocations = shapes(
        until("1.11", ListOf(Object(ListedAllocation), min=1, required=True)),
        since("1.12", MapOf(Object(Amounts), key=UUID_PATTERN, min=1, required=True), until="1.27"),
        since("1.28", MapOf(Object(Amounts), key=UUID_PATTERN, required=True)),
    )
    project_id = since("1.8", OWNER)
    user_id = since("1.8", OWNER)
    consumer_generation = since("1.28", Integer(strict=True, required=True, allow_none=True))
    mappings = since("1.34", Mappings(ListOf(Text(form="uuid"), min=1), min=1))
    consumer_type = since("1.38", Text(required=True, min=1, max=255, pattern="^[A-Z0-9_]+$"))


class OneOfSeveral(Consumer):
    """Where there are several consumers, one may have nothing in all versions."""

    allocations = MapOf(Object(Amounts), key=UUID_PATTERN, required=True)


ONE_CONSUMER = Body(Consumer)
CONSUMERS = MapOf(Object(OneOfSeveral), key=UUID_PATTERN)
SEVERAL = Body(MapOf(Object(OneOfSeveral), key=UUID_PATTERN, min=1))


def wishes(call: Call, consumers: dict[str, Any]) -> list[Wish]:
    """What is wanted of several consumers, whose generations are the ones that the caller has seen."""
    return [_wish(call, id, wish) for id, wish in consumers.items()]


def _wish(call: Call, consumer: str, wish: dict[str, Any]) -> Wish:
    known = call.cloud.store.find(Allocation, consumer)
    if call.since("1.28"):
        got, expected = wish["consumer_generation"], known.generation if known else None
        if got != expected:
            raise GenerationConflict(reason=(OTHER if known else NEW).format(expected=expected, got=got))
    told = wish["allocations"]
    amounts = (
        {one["resource_provider"]["uuid"]: one["resources"] for one in told}
        if isinstance(told, list)
        else {id: one["resources"] for id, one in told.items()}
    )
    owner = wish.get("project_id", NOBODY), wish.get("user_id", NOBODY)
    return Wish(consumer, amounts, *owner, wish.get("consumer_type"))


# --- response views -----------------------------------------------------------------------------------


def _of_consumer(call: Call, allocation: Allocation) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for share in allocation.shares:
        there = provider_at(call, share.place)
        if there is not None and share.resources:
            told[there.id] = {
                "resources": dict(share.resources),
                "generation": generation(call.cloud, there),
            }
    shown: dict[str, Any] = {"allocations": told}
    if call.since("1.12"):
        shown |= {"project_id": allocation.project_id, "user_id": allocation.user_id}
    if call.since("1.28"):
        shown["consumer_generation"] = allocation.generation
    if call.since("1.38"):
        shown["consumer_type"] = allocation.consumer_type or "unknown"
    return shown


def provider_at(call: Call, place: str) -> Provider | None:
    """The provider of a place: of a host by its name, any other by its id."""
    host = call.cloud.store.one(Host, "name", place)
    return provider(call.cloud, host.id if host else place)


def _at_provider(call: Call, place: str, allocation: Allocation) -> dict[str, Any]:
    shown: dict[str, Any] = {"resources": dict(dict(allocation.shares)[place])}
    if call.since("1.28"):
        shown["consumer_generation"] = allocation.generation
    return shown


# --- handlers -----------------------------------------------------------------------------------------


@placement.get(ONE, policy=RULE("list"))
def list_allocations(call: Call, id: str) -> Answer:
    """Of a consumer; one that is unknown has none."""
    allocation = call.cloud.store.find(Allocation, id)
    shown = _of_consumer(call, allocation) if allocation else {"allocations": {}}
    return given(call, shown, allocation.updated_at if allocation else call.cloud.now)


@placement.put(ONE, policy=RULE("update"), success=204)
def update_allocations(call: Call, id: str) -> None:
    if not FORMS["uuid"](id):
        raise BadConsumer(id=id)
    consumer = dashed(id)
    wish = _wish(call, consumer, asked(call, ONE_CONSUMER))
    with worded(names.ClassNotFound, BadRequest, f"Unable to allocate inventory for consumer {consumer}: "):
        allocations.replace(call.cloud, [wish])


@placement.post(ALL, since="1.13", policy=RULE("manage"), success=204)
def create_allocations(call: Call) -> None:
    """For several consumers at once, or for none of them."""
    wanted = wishes(call, asked(call, SEVERAL))
    with worded(names.ClassNotFound, BadRequest, "Unable to allocate inventory "):
        allocations.replace(call.cloud, wanted)


@placement.delete(ONE, policy=RULE("delete"), success=204)
def delete_allocations(call: Call, id: str) -> None:
    if call.cloud.store.find(Allocation, id) is None:
        raise NoAllocations(id=id)
    book.strike(call.cloud, id, newer=False)


@placement.get(OF_PROVIDER, policy="placement:resource_providers:allocations:list")
def list_provider_allocations(call: Call, id: str) -> Answer:
    there = found(call, id, "Resource provider '{id}' not found: {error}")
    held = sorted(call.cloud.store.by(Allocation, "host", there.place), key=lambda one: (one.updated_at, one.id))
    shown = {one.id: _at_provider(call, there.place, one) for one in held}
    told = {
        "allocations": {consumer: one for consumer, one in shown.items() if one["resources"]},
        "resource_provider_generation": generation(call.cloud, there),
    }
    return given(call, told, max((one.updated_at for one in held), default=call.cloud.now))
