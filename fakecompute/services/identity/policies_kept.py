"""/policies: documents that Keystone keeps for services, and does not read."""

from __future__ import annotations

from fakecompute.domain.records.federation import PolicyBlob
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import Open, OpenView, Some, stored, underscored


class PolicyNotFound(NotFound):
    message = "Could not find policy: {id}."


class OtherId(BadRequest):
    message = "Cannot change policy ID"


# --- request schemas ----------------------------------------------------------------------------------


class ListPolicies(Listed):
    filters = ("type",)


class PolicyFields(Open):
    blob = Text()
    type = Text(max=255)


class NewPolicy(PolicyFields):
    blob = Text(required=True)
    type = Text(max=255, required=True)


class CreatePolicy(Schema):
    policy = Object(NewPolicy, required=True)


class UpdatePolicy(Schema):
    policy = Some(PolicyFields, required=True)


# --- response views -----------------------------------------------------------------------------------

policy_detail = OpenView(field("id"), field("blob"), field("type"), field("links", linked("policies")))


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: Wish) -> PolicyBlob:
    wish, streams = underscored(wish), call.cloud.streams
    new = PolicyBlob(id=streams.hex("policy"), blob=wish["blob"], type=wish["type"], number=streams.number("policy"))
    return stored(call, new, wish, PolicyFields)


def _update(call: Call, policy: PolicyBlob, wish: Wish) -> PolicyBlob:
    if wish.get("id", policy.id) != policy.id:
        raise OtherId
    return stored(call, policy, wish, PolicyFields)


Collection(
    "policy",
    "/policies",
    PolicyBlob,
    policy_detail,
    missing=PolicyNotFound,
    order="number",
    query=ListPolicies,
    create=(CreatePolicy, _create),
    update=(UpdatePolicy, _update),
)
