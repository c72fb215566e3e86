"""/roles: what one may be to a project, and which role implies which."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.identity import IMPLIED, drop_role
from fakecompute.domain.records.identity import Role
from fakecompute.errors import NotFound, NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import View, field, mapped
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.members import (
    DuplicateName,
    Open,
    OpenView,
    Options,
    Some,
    a_name,
    admit,
    an_id,
    changes,
    require_mutable,
    require_same,
)
from fakecompute.services.identity.service import identity


class RoleNotFound(NotFound):
    message = "Could not find role: {id}."


class NotImplied(NotFound):
    message = "{prior} does not imply {implied}."


# --- request schemas ----------------------------------------------------------------------------------


class ListRoles(Listed):
    filters = ("name", "domain_id")


class RoleFields(Open):
    name = a_name()
    description = Text(allow_none=True)
    options = Object(Options)


class NewRole(RoleFields):
    name = a_name(required=True)
    domain_id = an_id(allow_none=True)


class CreateRole(Schema):
    role = Object(NewRole, required=True)


class UpdateRole(Schema):
    role = Some(RoleFields, required=True)


# --- response views -----------------------------------------------------------------------------------

role_detail = OpenView(
    field("id"),
    field("name"),
    field("domain_id"),
    field("description"),
    field("options", mapped("options")),
    field("links", linked("roles")),
)
role_brief = View(
    field("id"),
    field("links", linked("roles")),
    field("name"),
)


# --- handlers -----------------------------------------------------------------------------------------


@identity.finder("role")
def find_role(call: Call, id: str) -> Role:
    role = admit(call, call.cloud.store.find(Role, id), RoleNotFound(id=id))
    rule = call.endpoint and call.endpoint.policy
    everywhere = call.is_admin or call.context.system
    if rule in OF_MANAGERS and role.name not in MANAGED and not everywhere:
        raise call.service.dialect.denied(rule)
    return role


# A manager of a domain has to do with these roles alone: domain_managed_target_role of Keystone's policies.
OF_MANAGERS = ("identity:get_role", "identity:create_grant", "identity:revoke_grant")
MANAGED = ("manager", "member", "reader")


@identity.get("/roles", query=ListRoles, policy="identity:list_roles")
def list_roles(call: Call) -> dict[str, Any]:
    return collection(call, "roles", _all(call), role_detail)


def _all(call: Call) -> list[Role]:
    return sorted(call.cloud.store.all(Role), key=lambda role: role.id)


@identity.get("/roles/<role>", policy="identity:get_role")
def show_role(call: Call, role: Role) -> dict[str, Any]:
    return {"role": role_detail(role, call)}


@identity.post("/roles", body=CreateRole, policy="identity:create_role", success=201, lacks=["roles of a domain"])
def create_role(call: Call) -> dict[str, Any]:
    wish = call.body["role"]
    if wish.pop("domain_id", None) is not None:
        raise NotImplementedHere(operation="roles of a domain")
    _require_free(call, wish["name"])
    role = Role(id=call.cloud.streams.hex("role"), name=wish["name"])
    role = call.cloud.store.put(role.evolve(**changes(role, wish, RoleFields)))
    return {"role": role_detail(role, call)}


@identity.patch("/roles/<role>", body=UpdateRole, policy="identity:update_role", lacks=["new names for roles"])
def update_role(call: Call, role: Role) -> dict[str, Any]:
    wish = call.body["role"]
    require_same(role, wish, [("id", "ID"), ("domain_id", "Domain ID")])
    require_mutable("role", role, wish)
    if wish.get("name", role.name) != role.name:
        _require_free(call, wish["name"])
        raise NotImplementedHere(operation="new names for roles")  # tokens know their roles by name
    role = call.cloud.store.put(role.evolve(**changes(role, wish, RoleFields)))
    return {"role": role_detail(role, call)}


def _require_free(call: Call, name: str) -> None:
    if call.cloud.store.one(Role, "name", name) is not None:
        raise DuplicateName(kind="role", name=name)


@identity.delete("/roles/<role>", policy="identity:delete_role", success=204)
def delete_role(call: Call, role: Role) -> None:
    """With every assignment of it."""
    require_mutable("role", role)
    drop_role(call.cloud, role)


# --- implied roles --------------------------------------------------------------------------------------


def _implied(call: Call, role: Role) -> Role | None:
    name = IMPLIED.get(role.name)
    return call.cloud.store.one(Role, "name", name) if name else None


def _inference(call: Call, role: Role) -> dict[str, Any]:
    implied = _implied(call, role)
    return {
        "prior_role": role_brief(role, call),
        "implies": [role_brief(implied, call)] if implied else [],
    }


@identity.get("/role_inferences", policy="identity:list_role_inference_rules")
def list_role_inferences(call: Call) -> dict[str, Any]:
    prior = [role for role in _all(call) if _implied(call, role)]
    return {"role_inferences": [_inference(call, role) for role in prior]}


@identity.get("/roles/<role>/implies", policy="identity:list_implied_roles")
def list_implied_roles(call: Call, role: Role) -> dict[str, Any]:
    return {
        "role_inference": _inference(call, role),
        "links": {"self": f"{call.url}/roles/{role.id}/implies"},
    }


@identity.get("/roles/<role>/implies/<implied_id>", policy="identity:get_implied_role")
def show_implied_role(call: Call, role: Role, implied_id: str) -> dict[str, Any]:
    implied = _implied(call, role)
    if implied is None or implied.id != implied_id:
        raise NotImplied(prior=role.id, implied=implied_id)
    return {
        "role_inference": {"prior_role": role_brief(role, call), "implies": role_brief(implied, call)},
        "links": {"self": f"{call.url}/roles/{role.id}/implies/{implied.id}"},
    }


@identity.route(
    "HEAD", "/roles/<role>/implies/<implied_id>", policy="identity:check_implied_role", success=204
)
def check_implied_role(call: Call, role: Role, implied_id: str) -> None:
    show_implied_role(call, role, implied_id)
