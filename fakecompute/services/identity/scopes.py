"""What a token is for: a project, a domain, the system, or nothing yet."""

from __future__ import annotations

from typing import Any, NamedTuple

from fakecompute.domain.identity import is_usable, roles_of
from fakecompute.domain.records.delegation import Trust
from fakecompute.domain.records.identity import Domain, Project, User
from fakecompute.domain.trusts import living
from fakecompute.errors import Unauthorized
from fakecompute.rest.call import Call
from fakecompute.services.identity.methods import find_credential, find_domain
from fakecompute.services.identity.projects import ProjectNotFound
from fakecompute.services.identity.service import Expecting, unauthorized

KINDS = {"system", "project", "domain", "trust", "unscoped"}


class ScopeOfCredential(Unauthorized):
    message = (
        "Error authenticating with application credential: Application credentials cannot request a scope."
    )

    def __init__(self, call: Call) -> None:
        super().__init__(headers=unauthorized(call).headers, identity={})


class Scope(NamedTuple):
    """None of the three: unscoped."""

    project: Project | None = None
    domain: Domain | None = None
    system: bool = False
    trust: Trust | None = None


def wanted_scope(call: Call, auth: dict[str, Any]) -> Scope | None:
    """What the body asks for; None if that is left to Keystone."""
    if "application_credential" in auth["identity"]["methods"]:
        if "scope" in auth:
            raise ScopeOfCredential(call)
        credential = find_credential(call, auth["identity"]["application_credential"])
        return Scope(project=_find_project(call, {"id": credential.project_id}))
    return _named_scope(call, auth["scope"]) if "scope" in auth else None


def _named_scope(call: Call, scope: dict[str, Any] | str) -> Scope:
    if scope == "unscoped":
        return Scope()
    if isinstance(scope, str) or len(KINDS & scope.keys()) != 1:
        raise Expecting(attribute="system, project, domain, OS-TRUST:trust or unscoped", target="scope")
    if "project" in scope:
        return Scope(project=_find_project(call, scope["project"]))
    if "domain" in scope:
        return Scope(domain=find_domain(call, scope["domain"]))
    if "trust" in scope:
        if not scope["trust"].get("id"):
            raise Expecting(attribute="trust_id", target="trust")
        return _trust_scope(call, scope["trust"]["id"])
    return Scope(system="system" in scope)


def _trust_scope(call: Call, id: str) -> Scope:
    trust = living(call.cloud, id)
    if trust is None:
        raise unauthorized(call)
    if trust.project_id is None:  # it may be made, and is good for nothing
        raise ProjectNotFound(id=None)
    return Scope(project=_find_project(call, {"id": trust.project_id}), trust=trust)


def _find_project(call: Call, wanted: dict[str, Any]) -> Project:
    """By id, or by name and domain; project and domain must be enabled."""
    store = call.cloud.store
    if wanted.get("name"):
        if "domain" not in wanted:
            raise Expecting(attribute="domain", target="project")
        project = store.one(Project, "name", (find_domain(call, wanted["domain"]).id, wanted["name"]))
    else:
        project = store.find(Project, wanted.get("id"))
    if project is None or not is_usable(call.cloud, project):
        raise unauthorized(call)
    return project


def default_scope(call: Call, user: User) -> Scope:
    """The user's default project, if it is of use."""
    project = call.cloud.store.find(Project, user.default_project_id)
    if project is None or not is_usable(call.cloud, project):
        return Scope()
    return Scope(project=project) if roles_of(call.cloud, user.id, f"project:{project.id}") else Scope()
