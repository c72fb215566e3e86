"""/OS-OAUTH1/consumers: programs that may ask users for access.  Asking for it, and logging in by it, is 501."""

from __future__ import annotations

from fakecompute.domain.records.federation import Consumer
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import linked
from fakecompute.services.identity.members import Open, OpenView, Some, require_same, stored, underscored


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
new_consumer = OpenView(*consumer_detail.fields, field("secret"))  # this once

# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: Wish) -> Consumer:
    wish, streams = underscored(wish), call.cloud.streams
    wish.pop("secret", None)
    new = Consumer(id=streams.hex("consumer"), secret=streams.hex("consumer secret"), number=streams.number("consumer"))
    return stored(call, new, wish, ConsumerFields)


def _update(call: Call, consumer: Consumer, wish: Wish) -> Consumer:
    require_same(consumer, wish, [("id", "ID")])
    if "secret" in wish:
        raise SecretStays(wish=wish)
    return stored(call, consumer, wish, ConsumerFields)


Collection(
    "consumer",
    "/OS-OAUTH1/consumers",
    Consumer,
    consumer_detail,
    missing=ConsumerNotFound,
    order="number",
    create=(CreateConsumer, _create),
    update=(UpdateConsumer, _update),
    views={"create": new_consumer},
)
