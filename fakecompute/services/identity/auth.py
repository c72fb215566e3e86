"""GET /auth/projects, /auth/domains and /auth/system: what one could log in to."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.identity import domains_of, is_usable, projects_of, roles_of
from fakecompute.rest.call import Call
from fakecompute.services.identity.domains import domain_detail
from fakecompute.services.identity.listing import collection
from fakecompute.services.identity.projects import project_detail
from fakecompute.services.identity.service import identity

# --- handlers -----------------------------------------------------------------------------------------


@identity.get("/auth/projects", policy="identity:get_auth_projects")
def list_auth_projects(call: Call) -> dict[str, Any]:
    projects = [
        project for project in projects_of(call.cloud, call.user_id) if is_usable(call.cloud, project)
    ]
    return collection(call, "projects", projects, project_detail)


@identity.get("/auth/domains", policy="identity:get_auth_domains")
def list_auth_domains(call: Call) -> dict[str, Any]:
    domains = [domain for domain in domains_of(call.cloud, call.user_id) if domain.enabled]
    return collection(call, "domains", domains, domain_detail)


@identity.get("/auth/system", policy="identity:get_auth_system")
def list_auth_system(call: Call) -> dict[str, Any]:
    has_role = bool(roles_of(call.cloud, call.user_id, "system"))
    return {"system": [{"all": True}] if has_role else [], "links": {"self": f"{call.url}/auth/system"}}
