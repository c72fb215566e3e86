"""/OS-OAUTH1/consumers: programs that may ask users for access.  Asking for it, and logging in by it, is 501."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.federation import Consumer
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.listing import collection, linked
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


class ConsumerNotFound(NotFound):
    message = "Consumer not found"


class SecretStays(BadRequest):
    message = "{wish!r} should not be valid under {{'required': ['secret']}}"


# --- request schemas ----------------------------------------------------------------------------------


class ConsumerFields(Open):
    description = Text(allow_none=True)


class CreateConsumer(Schema):
    consumer = Object(ConsumerFields, load_default=dict)


class UpdateConsumer(Schema):
    consumer = Some(ConsumerFields, required=True)


# --- response views -----------------------------------------------------------------------------------

consumer_detail = OpenView(field("id"), field("description"), field("links", linked("OS-OAUTH1/consumers")))

# --- handlers -----------------------------------------------------------------------------------------


@identity.finder("consumer")
def find_consumer(call: Call, id: str) -> Consumer:
    return admit(call, call.cloud.store.find(Consumer, id), ConsumerNotFound())


@identity.get("/OS-OAUTH1/consumers", policy="identity:list_consumers")
def list_consumers(call: Call) -> dict[str, Any]:
    found = sorted(call.cloud.store.all(Consumer), key=lambda consumer: consumer.number)
    return collection(call, "consumers", found, consumer_detail)


@identity.get("/OS-OAUTH1/consumers/<consumer>", policy="identity:get_consumer")
def show_consumer(call: Call, consumer: Consumer) -> dict[str, Any]:
    return {"consumer": consumer_detail(consumer, call)}


@identity.post("/OS-OAUTH1/consumers", body=CreateConsumer, policy="identity:create_consumer", success=201)
def create_consumer(call: Call) -> dict[str, Any]:
    wish, streams = underscored(call.body["consumer"]), call.cloud.streams
    wish.pop("secret", None)
    new = Consumer(id=streams.hex("consumer"), secret=streams.hex("consumer secret"), number=streams.number("consumer"))
    consumer = call.cloud.store.put(new.evolve(**changes(new, wish, ConsumerFields)))
    return {"consumer": {**consumer_detail(consumer, call), "secret": consumer.secret}}  # this once


@identity.patch("/OS-OAUTH1/consumers/<consumer>", body=UpdateConsumer, policy="identity:update_consumer")
def update_consumer(call: Call, consumer: Consumer) -> dict[str, Any]:
    wish = call.body["consumer"]
    require_same(consumer, wish, [("id", "ID")])
    if "secret" in wish:
        raise SecretStays(wish=wish)
    consumer = call.cloud.store.put(consumer.evolve(**changes(consumer, wish, ConsumerFields)))
    return {"consumer": consumer_detail(consumer, call)}


@identity.delete("/OS-OAUTH1/consumers/<consumer>", policy="identity:delete_consumer", success=204)
def delete_consumer(call: Call, consumer: Consumer) -> None:
    call.cloud.store.drop(consumer)
