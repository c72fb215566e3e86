"""/roles/{id}/implies and /role_inferences: who has one role has others too."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.identity import imply, imply_no_more
from fakecompute.domain.records.identity import Inference, Role
from fakecompute.errors import Conflict, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import View, field
from fakecompute.services.identity.listing import linked
from fakecompute.services.identity.roles import RoleNotFound
from fakecompute.services.identity.service import identity

PROHIBITED = ("admin",)  # [assignment]prohibited_implied_role


class NotImplied(NotFound):
    message = "{prior} does not imply {implied}."


class AlreadyImplied(Conflict):
    message = "Conflict occurred attempting to store implied_role - Duplicate entry."


class NotToBeImplied(Forbidden):
    message = "{id} cannot be an implied roles."


# --- response views -----------------------------------------------------------------------------------

role_brief = View(
    field("id"),
    field("links", linked("roles")),
    field("name"),
)


def _inference(call: Call, prior: Role) -> dict[str, Any]:
    inferences = call.cloud.store.by(Inference, "prior", prior.id)
    implied = sorted((call.cloud.store.get(Role, one.implied_id) for one in inferences), key=lambda role: role.id)
    return {"prior_role": role_brief(prior, call), "implies": role_brief.all(implied, call)}


def _shown(call: Call, prior: Role, implied: Role) -> dict[str, Any]:
    return {
        "role_inference": {"prior_role": role_brief(prior, call), "implies": role_brief(implied, call)},
        "links": {"self": f"{call.url}/roles/{prior.id}/implies/{implied.id}"},
    }


# --- handlers -----------------------------------------------------------------------------------------

PATH = "/roles/<role>/implies/<implied_id>"


def _implied(call: Call, id: str) -> Role:
    role = call.cloud.store.find(Role, id)
    if role is None:
        raise RoleNotFound(id=id)
    return role


def _find(call: Call, prior: Role, implied: Role) -> Inference:
    found = call.cloud.store.find(Inference, f"{prior.id}/{implied.id}")
    if found is None:
        raise NotImplied(prior=prior.id, implied=implied.id)
    return found


@identity.get("/role_inferences", policy="identity:list_role_inference_rules")
def list_role_inferences(call: Call) -> dict[str, Any]:
    ids = sorted({inference.prior_id for inference in call.cloud.store.all(Inference)})
    return {"role_inferences": [_inference(call, call.cloud.store.get(Role, id)) for id in ids]}


@identity.get("/roles/<role>/implies", policy="identity:list_implied_roles")
def list_implied_roles(call: Call, role: Role) -> dict[str, Any]:
    return {"role_inference": _inference(call, role), "links": {"self": f"{call.url}/roles/{role.id}/implies"}}


@identity.get(PATH, policy="identity:get_implied_role")
def show_implied_role(call: Call, role: Role, implied_id: str) -> dict[str, Any]:
    implied = _implied(call, implied_id)
    _find(call, role, implied)
    return _shown(call, role, implied)


@identity.route("HEAD", PATH, policy="identity:check_implied_role", success=204)
def check_implied_role(call: Call, role: Role, implied_id: str) -> None:
    _find(call, role, _implied(call, implied_id))


@identity.put(PATH, policy="identity:create_implied_role", success=201)
def create_implied_role(call: Call, role: Role, implied_id: str) -> dict[str, Any]:
    """A circle is no mistake; a role of a domain may imply others, but not be implied by one of all domains."""
    implied = _implied(call, implied_id)
    if implied.name in PROHIBITED or (role.domain_id is None and implied.domain_id is not None):
        raise NotToBeImplied(id=implied.id)
    if call.cloud.store.find(Inference, f"{role.id}/{implied.id}") is not None:
        raise AlreadyImplied
    imply(call.cloud, role, implied)
    return _shown(call, role, implied)


@identity.delete(PATH, policy="identity:delete_implied_role", success=204)
def delete_implied_role(call: Call, role: Role, implied_id: str) -> None:
    imply_no_more(call.cloud, _find(call, role, _implied(call, implied_id)))
