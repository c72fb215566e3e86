"""/OS-TRUST/trusts: let another act with some of one's roles."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import trusts
from fakecompute.domain.identity import role_ids_of, with_implied
from fakecompute.domain.identity_delegation import drop_trust
from fakecompute.domain.records.delegation import Trust
from fakecompute.domain.records.identity import Project, Role, User
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Boolean, Integer, ListOf, Object, Schema, Text
from fakecompute.rest.view import field, moment, zulu
from fakecompute.services.identity.application_credentials import NoSuchRole, RoleReference, wanted_end
from fakecompute.services.identity.delegation import NotByDelegation, refuse_programs, token_of
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.members import Open, OpenView, Some, underscored
from fakecompute.services.identity.projects import ProjectNotFound
from fakecompute.services.identity.roles import RoleNotFound, role_detail
from fakecompute.services.identity.service import ForbiddenAction, identity
from fakecompute.services.identity.users import UserNotFound


class TrustNotFound(NotFound):
    message = "Could not find trust: {id}."


class UsesOfRedelegated(BadRequest):
    message = "remaining_uses must not be set if redelegation is allowed"


# --- request schemas ----------------------------------------------------------------------------------


class ListTrusts(Listed):
    trustor_user_id = Text()
    trustee_user_id = Text()


class NewTrust(Open):
    trustor_user_id = Text(required=True)
    trustee_user_id = Text(required=True)
    impersonation = Boolean(required=True)
    project_id = Text(allow_none=True)
    remaining_uses = Integer(min=1, strict=True, allow_none=True)
    expires_at = Text(allow_none=True)
    allow_redelegation = Boolean(allow_none=True)
    redelegation_count = Integer(min=0, strict=True, allow_none=True)
    redelegated_trust_id = Text(allow_none=True)
    roles = ListOf(Some(RoleReference))


class CreateTrust(Schema):
    trust = Object(NewTrust, required=True)


KEPT = frozenset(NewTrust._declared_fields) | {"id", "links", "roles_links", "deleted_at"}  # all else is a client's own


# --- response views -----------------------------------------------------------------------------------


def _roles(trust: Trust, call: Call) -> list[dict[str, Any]]:
    found = (call.cloud.store.find(Role, id) for id in trust.roles)
    return role_detail.all([role for role in found if role is not None], call)


def _roles_links(trust: Trust, call: Call) -> dict[str, str | None]:
    """Keystone's own slip: that is no address."""
    return {"self": f"{call.url}/{trust.id}/roles", "next": None, "previous": None}


_brief = (
    field("id"),
    field("trustor_user_id"),
    field("trustee_user_id"),
    field("project_id"),
    field("impersonation"),
    field("expires_at", moment("expires_at", zulu)),
    field("remaining_uses"),
    field("deleted_at", lambda trust, call: None),
    field("redelegated_trust_id"),
    field("redelegation_count"),
)
trust_brief = OpenView(*_brief, field("links", linked("OS-TRUST/trusts")))
trust_detail = OpenView(
    field("roles", _roles), *_brief, field("roles_links", _roles_links), field("links", linked("OS-TRUST/trusts"))
)


# --- handlers -----------------------------------------------------------------------------------------


@identity.finder("trust")
def find_trust(call: Call, id: str) -> Trust:
    """One that is not there is told first; then it is for those whose it is."""
    trust = trusts.living(call.cloud, id)
    if trust is None:
        raise TrustNotFound(id=id)
    if len(trusts.pedigree(call.cloud, trust)) > 1 and not trusts.is_sound(call.cloud, trust):
        raise NotByDelegation
    policy = call.endpoint and call.endpoint.policy
    owners = {trust.trustor_user_id, trust.trustee_user_id} if policy in OF_BOTH else {trust.trustor_user_id}
    if call.user_id not in owners:
        call.demand(policy or "", user_id=trust.trustor_user_id)
    return trust


OF_BOTH = ("identity:get_trust", "identity:list_roles_for_trust", "identity:get_role_for_trust")


@identity.get("/OS-TRUST/trusts", query=ListTrusts)
def list_trusts(call: Call) -> dict[str, Any]:
    """All, or those of a trustor, or those of a trustee; other parameters find nothing, as in Keystone."""
    trustor, trustee = call.query.get("trustor_user_id"), call.query.get("trustee_user_id")
    store = call.cloud.store
    if trustor:
        call.demand("identity:list_trusts_for_trustor", user_id=trustor)
        found = store.by(Trust, "trustor", trustor)
    elif trustee:
        call.demand("identity:list_trusts_for_trustee", user_id=trustee)
        found = store.by(Trust, "trustee", trustee)
    else:
        call.demand("identity:list_trusts")
        found = [] if call.query_pairs else store.all(Trust)
    refuse_programs(call)
    shown = sorted((trust for trust in found if trust.remaining_uses != 0), key=lambda trust: -trust.number)
    return collection(call, "trusts", shown, trust_brief)


@identity.get("/OS-TRUST/trusts/<trust>", policy="identity:get_trust")
def show_trust(call: Call, trust: Trust) -> dict[str, Any]:
    refuse_programs(call)
    return {"trust": trust_detail(trust, call)}


@identity.get("/OS-TRUST/trusts/<trust>/roles", policy="identity:list_roles_for_trust")
def list_roles_for_trust(call: Call, trust: Trust) -> dict[str, Any]:
    refuse_programs(call)
    return {"roles": _roles(trust, call), "links": _roles_links(trust, call)}


@identity.get("/OS-TRUST/trusts/<trust>/roles/<role_id>", policy="identity:get_role_for_trust")
def show_role_for_trust(call: Call, trust: Trust, role_id: str) -> dict[str, Any]:
    refuse_programs(call)
    role = call.cloud.store.find(Role, role_id) if role_id in trust.roles else None
    if role is None:
        raise RoleNotFound(id=role_id)
    return {"role": role_detail(role, call)}


@identity.delete("/OS-TRUST/trusts/<trust>", policy="identity:delete_trust", success=204)
def delete_trust(call: Call, trust: Trust) -> None:
    refuse_programs(call)
    drop_trust(call.cloud, trust)


# --- making one -----------------------------------------------------------------------------------------


@identity.post("/OS-TRUST/trusts", body=CreateTrust, policy="identity:create_trust", success=201)
def create_trust(call: Call) -> dict[str, Any]:
    wish, store = underscored(call.body["trust"]), call.cloud.store
    call.demand("identity:create_trust", user_id=wish["trustor_user_id"])
    refuse_programs(call)
    if wish.get("project_id") and not wish.get("roles"):
        raise ForbiddenAction(action="At least one role should be specified")
    if store.find(User, wish["trustee_user_id"]) is None:
        raise UserNotFound(id=wish["trustee_user_id"])
    roles = _wanted_roles(call, wish)
    parent = store.find(Trust, token_of(call).trust_id)
    _require_held(call, wish, roles, parent)
    trust = _made(call, wish, roles, parent)
    for one in trusts.pedigree(call.cloud, parent) if parent else ():
        trusts.check_redelegation(call.cloud, one, trust)
    return {"trust": trust_detail(store.put(trust), call)}


def _wanted_roles(call: Call, wish: dict[str, Any]) -> list[str]:
    """Ids, of roles that may be told by name."""
    ids = []
    for reference in wish.get("roles", ()):
        if "id" in reference:
            ids.append(reference["id"])
            continue
        role = call.cloud.store.one(Role, "name", reference["name"])
        if role is None:
            raise NoSuchRole(name=reference["name"])
        ids.append(role.id)
    return list(dict.fromkeys(ids))


def _require_held(call: Call, wish: dict[str, Any], roles: list[str], parent: Trust | None) -> None:
    """The trustor must have the roles, by himself or as one who hands on what he was given."""
    project_id, held = wish.get("project_id"), set()
    if project_id:
        if call.cloud.store.find(Project, project_id) is None:
            raise ProjectNotFound(id=project_id)
        first = trusts.pedigree(call.cloud, parent)[-1] if parent else None
        trustor = first.trustor_user_id if first else call.user_id
        held = role_ids_of(call.cloud, trustor, f"project:{first.project_id if first else project_id}")
    for role_id in roles:
        if role_id not in with_implied(call.cloud, held):
            raise RoleNotFound(id=role_id)


def _made(call: Call, wish: dict[str, Any], roles: list[str], parent: Trust | None) -> Trust:
    return Trust(
        id=call.cloud.streams.hex("trust"),
        trustor_user_id=wish["trustor_user_id"],
        trustee_user_id=wish["trustee_user_id"],
        impersonation=wish["impersonation"],
        project_id=wish.get("project_id"),
        roles=tuple(roles),
        expires_at=wanted_end(call, wish) or (parent.expires_at if parent else None),
        remaining_uses=wish.get("remaining_uses"),
        redelegated_trust_id=parent.id if parent else None,
        redelegation_count=_depth(wish, parent),
        number=call.cloud.streams.number("trust"),
        extra=tuple((key, value) for key, value in wish.items() if key not in KEPT),
    )


def _depth(wish: dict[str, Any], parent: Trust | None) -> int:
    """How often the trust may be handed on."""
    asked = wish.get("redelegation_count")
    if not wish.get("allow_redelegation") or asked == 0:
        return 0
    if asked and asked > trusts.MAX_REDELEGATION:
        raise trusts.NoRedelegation
    if wish.get("remaining_uses") is not None:
        raise UsesOfRedelegated
    left = parent.redelegation_count - 1 if parent else trusts.MAX_REDELEGATION
    if parent and asked and asked != left:
        raise trusts.NoRedelegation
    return asked or left
