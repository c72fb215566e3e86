"""/projects/{id}/users/{id}/roles, and the same of domains and of the system: who is what to what."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.identity import grant, ungrant
from fakecompute.domain.records.identity import Assignment, Domain, Project, Role, User
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.identity.listing import collection
from fakecompute.services.identity.roles import role_detail
from fakecompute.services.identity.service import identity


class AssignmentNotFound(NotFound):
    message = (
        "Could not find role assignment with role: {role}, user or group: {user}, project, domain, or system:"
        " {target}."
    )


# --- handlers -----------------------------------------------------------------------------------------


Place = Project | Domain | None  # None is the system


def _target(call: Call, user: User, of: Place) -> str:
    """What the path begins with, as assignments say it; the caller may have to do with both domains."""
    assert call.endpoint and call.endpoint.policy
    call.demand(call.endpoint.policy, domain_id=user.domain_id)
    if of is None:
        return "system"
    call.demand(call.endpoint.policy, domain_id=of.domain_id or of.id)
    return f"domain:{of.id}" if isinstance(of, Domain) else f"project:{of.id}"


def _list(call: Call, user: User, of: Place) -> dict[str, Any]:
    grants = call.cloud.store.by(Assignment, "grant", (user.id, _target(call, user, of)))
    roles = sorted((call.cloud.store.get(Role, held.role_id) for held in grants), key=lambda role: role.id)
    return collection(call, "roles", roles, role_detail)


def _find(call: Call, user: User, role: Role, of: Place) -> Assignment:
    found = call.cloud.store.find(Assignment, f"{user.id}/{_target(call, user, of)}/{role.id}")
    if found is None:
        raise AssignmentNotFound(role=role.id, user=user.id, target=of.id if of else "system")
    return found


@identity.get("/projects/<project>/users/<user>/roles", policy="identity:list_grants")
def list_project_roles(call: Call, project: Project, user: User) -> dict[str, Any]:
    return _list(call, user, project)


@identity.get("/projects/<project>/users/<user>/roles/<role>", policy="identity:check_grant", success=204)
def check_project_role(call: Call, project: Project, user: User, role: Role) -> None:
    _find(call, user, role, project)


@identity.put("/projects/<project>/users/<user>/roles/<role>", policy="identity:create_grant", success=204)
def grant_project_role(call: Call, project: Project, user: User, role: Role) -> None:
    grant(call.cloud, user.id, role.id, _target(call, user, project))


@identity.delete("/projects/<project>/users/<user>/roles/<role>", policy="identity:revoke_grant", success=204)
def revoke_project_role(call: Call, project: Project, user: User, role: Role) -> None:
    ungrant(call.cloud, _find(call, user, role, project))


@identity.get("/domains/<domain>/users/<user>/roles", policy="identity:list_grants")
def list_domain_roles(call: Call, domain: Domain, user: User) -> dict[str, Any]:
    return _list(call, user, domain)


@identity.get("/domains/<domain>/users/<user>/roles/<role>", policy="identity:check_grant", success=204)
def check_domain_role(call: Call, domain: Domain, user: User, role: Role) -> None:
    _find(call, user, role, domain)


@identity.put("/domains/<domain>/users/<user>/roles/<role>", policy="identity:create_grant", success=204)
def grant_domain_role(call: Call, domain: Domain, user: User, role: Role) -> None:
    grant(call.cloud, user.id, role.id, _target(call, user, domain))


@identity.delete("/domains/<domain>/users/<user>/roles/<role>", policy="identity:revoke_grant", success=204)
def revoke_domain_role(call: Call, domain: Domain, user: User, role: Role) -> None:
    ungrant(call.cloud, _find(call, user, role, domain))


SYSTEM = "/system/users/<user>/roles"


@identity.get(SYSTEM, policy="identity:list_system_grants_for_user")
def list_system_roles(call: Call, user: User) -> dict[str, Any]:
    return _list(call, user, None)


@identity.get(f"{SYSTEM}/<role>", policy="identity:check_system_grant_for_user", success=204)
def check_system_role(call: Call, user: User, role: Role) -> None:
    _find(call, user, role, None)


@identity.put(f"{SYSTEM}/<role>", policy="identity:create_system_grant_for_user", success=204)
def grant_system_role(call: Call, user: User, role: Role) -> None:
    grant(call.cloud, user.id, role.id, "system")


@identity.delete(f"{SYSTEM}/<role>", policy="identity:revoke_system_grant_for_user", success=204)
def revoke_system_role(call: Call, user: User, role: Role) -> None:
    ungrant(call.cloud, _find(call, user, role, None))
