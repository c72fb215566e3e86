"""/policies: documents that Keystone keeps for services, and does not read."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.federation import PolicyBlob
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.members import Open, OpenView, Some, admit, changes, underscored
from fakecompute.services.identity.service import identity


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


@identity.finder("policy")
def find_policy(call: Call, id: str) -> PolicyBlob:
    return admit(call, call.cloud.store.find(PolicyBlob, id), PolicyNotFound(id=id))


@identity.get("/policies", query=ListPolicies, policy="identity:list_policies")
def list_policies(call: Call) -> dict[str, Any]:
    found = sorted(call.cloud.store.all(PolicyBlob), key=lambda policy: policy.number)
    return collection(call, "policies", found, policy_detail)


@identity.get("/policies/<policy>", policy="identity:get_policy")
def show_policy(call: Call, policy: PolicyBlob) -> dict[str, Any]:
    return {"policy": policy_detail(policy, call)}


@identity.post("/policies", body=CreatePolicy, policy="identity:create_policy", success=201)
def create_policy(call: Call) -> dict[str, Any]:
    wish, streams = underscored(call.body["policy"]), call.cloud.streams
    new = PolicyBlob(id=streams.hex("policy"), blob=wish["blob"], type=wish["type"], number=streams.number("policy"))
    policy = call.cloud.store.put(new.evolve(**changes(new, wish, PolicyFields)))
    return {"policy": policy_detail(policy, call)}


@identity.patch("/policies/<policy>", body=UpdatePolicy, policy="identity:update_policy")
def update_policy(call: Call, policy: PolicyBlob) -> dict[str, Any]:
    wish = call.body["policy"]
    if wish.get("id", policy.id) != policy.id:
        raise OtherId
    policy = call.cloud.store.put(policy.evolve(**changes(policy, wish, PolicyFields)))
    return {"policy": policy_detail(policy, call)}


@identity.delete("/policies/<policy>", policy="identity:delete_policy", success=204)
def delete_policy(call: Call, policy: PolicyBlob) -> None:
    call.cloud.store.drop(policy)
