"""Tokens: who somebody is, and what for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.identity import Assignment, Domain, Project, Role, Token, User
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def roles_of(cloud: Cloud, user_id: str, target: str) -> tuple[str, ...]:
    """The names of the roles that a user has on `project:ID`, `domain:ID` or `system`; without the implied ones."""
    grants = cloud.store.by(Assignment, "grant", (user_id, target))
    return tuple(sorted(cloud.store.get(Role, grant.role_id).name for grant in grants))


def issue_token(
    cloud: Cloud,
    user: User,
    *,
    methods: tuple[str, ...] = ("password",),
    project: Project | None = None,
    domain: Domain | None = None,
    system: bool = False,
    roles: tuple[str, ...] = (),
    expires_at: int | None = None,
    application_credential_id: str | None = None,
) -> Token:
    """A new token; it lives for the cloud's `token_expiration` unless told otherwise."""
    return cloud.store.put(
        Token(
            id=cloud.streams.token("token"),
            user_id=user.id,
            user_name=user.name,
            user_domain_id=user.domain_id,
            issued_at=cloud.now,
            expires_at=expires_at or cloud.now + cloud.settings.token_expiration * SECOND,
            methods=methods,
            audit_ids=(cloud.streams.token("audit", 16)[7:29],),
            roles=roles,
            project_id=project.id if project else None,
            project_name=project.name if project else "",
            project_domain_id=project.domain_id if project else "",
            domain_id=domain.id if domain else None,
            system=system,
            application_credential_id=application_credential_id,
        )
    )


def token_for(cloud: Cloud, user_name: str, project_name: str) -> Token:
    """A token as if somebody had logged in: for fixtures and tests.  KeyError if there is no such pair."""
    user = cloud.store.one(User, "name", ("default", user_name))
    project = cloud.store.one(Project, "name", ("default", project_name))
    if user is None or project is None:
        raise KeyError(f"{user_name} on {project_name}")
    return issue_token(cloud, user, project=project, roles=roles_of(cloud, user.id, f"project:{project.id}"))
