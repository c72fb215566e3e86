"""/roles: what one may be to a project, a domain or the system."""

from __future__ import annotations

from fakecompute.cloud import Cloud
from fakecompute.domain.identity import renew
from fakecompute.domain.identity_removal import drop_role
from fakecompute.domain.records.identity import ApplicationCredential, Role, Token
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field, mapped
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import (
    DuplicateInDomain,
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
    stored,
)


class RoleNotFound(NotFound):
    message = "Could not find role: {id}."


class FixedDomain(BadRequest):
    message = "Update of `domain_id` is not allowed."


# --- request schemas ----------------------------------------------------------------------------------


class ListRoles(Listed):
    filters = ("name",)
    name = a_name()
    domain_id = an_id()


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


# --- handlers -----------------------------------------------------------------------------------------


def find_role(call: Call, id: str) -> Role:
    role = admit(call, call.cloud.store.find(Role, id), RoleNotFound(id=id))
    rule = call.endpoint and call.endpoint.policy
    if rule in RULES_OF_DOMAINS and role.domain_id:
        call.demand(RULES_OF_DOMAINS[rule])
    if rule == "identity:get_role":
        require_manageable(call, role, rule)
    return role


RULES_OF_DOMAINS = {f"identity:{verb}_role": f"identity:{verb}_domain_role" for verb in ("get", "update", "delete")}
MANAGED = ("manager", "member", "reader")  # domain_managed_target_role of Keystone's policies


def require_manageable(call: Call, role: Role, rule: str) -> None:
    """A manager has to do with some roles alone; a reader with those that are of no other domain."""
    if call.is_admin or call.context.system:
        return
    may = role.domain_id in (None, call.context.domain_id) if rule == "identity:check_grant" else role.name in MANAGED
    if not may:
        raise call.service.dialect.denied(rule)


def _seen(call: Call) -> list[Role]:
    """Those of no domain, or of the one that the query names."""
    domain_id = call.query.get("domain_id")
    if domain_id is not None:
        call.demand("identity:list_domain_roles")
    roles = [role for role in call.cloud.store.all(Role) if role.domain_id == domain_id]
    return sorted(roles, key=lambda role: role.id)


def _create(call: Call, wish: Wish) -> Role:
    """Of a domain, if one is told; whether there is such a domain is not asked."""
    domain_id = wish.pop("domain_id", None)
    if domain_id is not None:
        call.demand("identity:create_domain_role")
    _require_free(call, domain_id, wish["name"])
    role = Role(id=call.cloud.streams.hex("role"), name=wish["name"], domain_id=domain_id)
    return stored(call, role, wish, RoleFields)


def _update(call: Call, role: Role, wish: Wish) -> Role:
    require_same(role, wish, [("id", "ID")])
    require_mutable("role", role, wish)
    if wish.get("domain_id", role.domain_id) != role.domain_id:
        raise FixedDomain
    new = role.evolve(**changes(role, wish, RoleFields))
    if new.name != role.name:
        _require_free(call, role.domain_id, new.name)
    call.cloud.store.put(new)
    if new.name != role.name and new.domain_id is None:
        _renamed(call, role.name, new.name)
    return new


def _renamed(call: Call, old: str, new: str) -> None:
    """Tokens and application credentials know their roles by name."""
    for credential in call.cloud.store.all(ApplicationCredential):
        if old in credential.roles:
            roles = tuple(sorted(new if name == old else name for name in credential.roles))
            call.cloud.store.put(credential.evolve(roles=roles))
    renew(call.cloud, call.cloud.store.all(Token))


def _require_free(call: Call, domain_id: str | None, name: str) -> None:
    if call.cloud.store.one(Role, "domain_name", (domain_id, name)) is None:
        return
    if domain_id is None:
        raise DuplicateName(kind="role", name=name)
    raise DuplicateInDomain(kind="role", name=name, domain=domain_id)


def _remove(cloud: Cloud, role: Role) -> None:
    """With every assignment of it."""
    require_mutable("role", role)
    drop_role(cloud, role)


Collection(
    "role",
    "/roles",
    Role,
    role_detail,
    find=find_role,
    records=_seen,
    query=ListRoles,
    create=(CreateRole, _create),
    update=(UpdateRole, _update),
    remove=_remove,
)
