"""Tokens: who somebody is, and what for how long; and what happens to them when a user or a role goes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from fakecompute.domain.records.identity import (
    ApplicationCredential,
    Assignment,
    Domain,
    Project,
    Role,
    Token,
    User,
)
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


Target = TypeVar("Target", Project, Domain)

IMPLIED = {"admin": "manager", "manager": "member", "member": "reader"}  # Keystone's default


# --- who has which role -----------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def with_implied(roles: tuple[str, ...]) -> frozenset[str]:
    """The roles, and those that they imply, however far."""
    found: set[str] = set()
    for role in roles:
        name: str | None = role
        while name is not None:
            found.add(name)
            name = IMPLIED.get(name)
    return frozenset(found)


def roles_of(cloud: Cloud, user_id: str, target: str) -> tuple[str, ...]:
    """The names of a user's roles on `project:ID`, `domain:ID` or `system`, without the implied ones."""
    grants = cloud.store.by(Assignment, "grant", (user_id, target))
    return tuple(sorted(cloud.store.get(Role, grant.role_id).name for grant in grants))


def projects_of(cloud: Cloud, user_id: str) -> list[Project]:
    """The projects that a user has a role on, by id."""
    return sorted(_targets(cloud, Project, user_id, "project:"), key=lambda project: project.id)


def domains_of(cloud: Cloud, user_id: str) -> list[Domain]:
    """The domains that a user has a role on, by id."""
    return sorted(_targets(cloud, Domain, user_id, "domain:"), key=lambda domain: domain.id)


def _targets(cloud: Cloud, kind: type[Target], user_id: str, prefix: str) -> list[Target]:
    grants = cloud.store.by(Assignment, "user", user_id)
    ids = {grant.target.removeprefix(prefix) for grant in grants if grant.target.startswith(prefix)}
    return [found for id in ids if (found := cloud.store.find(kind, id)) is not None]


def is_usable(cloud: Cloud, project: Project) -> bool:
    """A project of a disabled domain is as good as disabled."""
    domain = cloud.store.find(Domain, project.domain_id)
    return project.enabled and domain is not None and domain.enabled


def grant(cloud: Cloud, user_id: str, role_id: str, target: str) -> None:
    """Give a role; to give it twice is to give it once."""
    id = f"{user_id}/{target}/{role_id}"
    cloud.store.put(Assignment(id=id, user_id=user_id, role_id=role_id, target=target))
    _renew_tokens(cloud, user_id, target)


def ungrant(cloud: Cloud, assignment: Assignment) -> None:
    """Take a role away."""
    cloud.store.drop(assignment)
    _renew_tokens(cloud, assignment.user_id, assignment.target)


def roles_with(cloud: Cloud, credential: ApplicationCredential) -> tuple[str, ...]:
    """The names of an application credential's roles, as far as its user still has them."""
    held = with_implied(roles_of(cloud, credential.user_id, f"project:{credential.project_id}"))
    return tuple(name for name in credential.roles if name in held)


def _renew_tokens(cloud: Cloud, user_id: str, target: str) -> None:
    """Keystone looks up a token's roles whenever it is used; one without any is no longer valid."""
    for token in cloud.store.by(Token, "target", target):
        if token.user_id != user_id:
            continue
        credential = cloud.store.find(ApplicationCredential, token.application_credential_id)
        roles = roles_with(cloud, credential) if credential else roles_of(cloud, user_id, target)
        if roles:
            cloud.store.put(token.evolve(roles=roles))
        else:
            cloud.store.drop(token)


# --- tokens -------------------------------------------------------------------------------------------------


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
    parent_audit_id: str | None = None,
    application_credential_id: str | None = None,
) -> Token:
    """A new token, of whole seconds; it lives for the cloud's `token_expiration` unless told otherwise."""
    now = cloud.now - cloud.now % SECOND
    own = cloud.streams.token("audit", 16)[7:29]
    return cloud.store.put(
        Token(
            id=cloud.streams.token("token"),
            user_id=user.id,
            user_name=user.name,
            user_domain_id=user.domain_id,
            issued_at=now,
            expires_at=expires_at or now + cloud.settings.token_expiration * SECOND,
            methods=methods,
            audit_ids=(own, parent_audit_id) if parent_audit_id else (own,),
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


def revoke(cloud: Cloud, token: Token, *, chain: bool = True) -> None:
    """End a token, and those that were made from it."""
    _drop(cloud, cloud.store.by(Token, "chain", token.audit_ids[0]) if chain else [token])


def revoke_of_user(cloud: Cloud, user_id: str) -> None:
    """End whatever somebody is logged in with."""
    _drop(cloud, cloud.store.by(Token, "user", user_id))


def _drop(cloud: Cloud, tokens: Iterable[Token]) -> None:
    for token in tokens:
        cloud.store.drop(token)


# --- what goes with a thing ---------------------------------------------------------------------------------


def disable_project(cloud: Cloud, project_id: str) -> None:
    _drop(cloud, cloud.store.by(Token, "target", f"project:{project_id}"))


def disable_domain(cloud: Cloud, domain_id: str) -> None:
    """Neither its users nor its projects are of use for now."""
    _drop(cloud, cloud.store.by(Token, "target", f"domain:{domain_id}"))
    for user in cloud.store.by(User, "domain", domain_id):
        revoke_of_user(cloud, user.id)
    for project in cloud.store.by(Project, "domain", domain_id):
        disable_project(cloud, project.id)


def drop_application_credential(cloud: Cloud, credential: ApplicationCredential) -> None:
    cloud.store.drop(credential)
    _drop(cloud, cloud.store.by(Token, "application_credential", credential.id))


def drop_user(cloud: Cloud, user: User) -> None:
    for assignment in cloud.store.by(Assignment, "user", user.id):
        cloud.store.drop(assignment)
    for credential in cloud.store.by(ApplicationCredential, "user", user.id):
        cloud.store.drop(credential)
    revoke_of_user(cloud, user.id)
    cloud.store.drop(user)


def drop_project(cloud: Cloud, project: Project) -> None:
    for assignment in cloud.store.by(Assignment, "target", f"project:{project.id}"):
        cloud.store.drop(assignment)
    for credential in cloud.store.by(ApplicationCredential, "project", project.id):
        cloud.store.drop(credential)
    disable_project(cloud, project.id)
    cloud.store.drop(project)


def drop_domain(cloud: Cloud, domain: Domain) -> None:
    """With all that is in it."""
    for user in cloud.store.by(User, "domain", domain.id):
        drop_user(cloud, user)
    for project in cloud.store.by(Project, "domain", domain.id):
        drop_project(cloud, project)
    for assignment in cloud.store.by(Assignment, "target", f"domain:{domain.id}"):
        cloud.store.drop(assignment)
    disable_domain(cloud, domain.id)
    cloud.store.drop(domain)


def drop_role(cloud: Cloud, role: Role) -> None:
    """With the application credentials that were made by means of it."""
    for assignment in cloud.store.by(Assignment, "role", role.id):
        for credential in cloud.store.by(ApplicationCredential, "user", assignment.user_id):
            if f"project:{credential.project_id}" == assignment.target:
                drop_application_credential(cloud, credential)
        ungrant(cloud, assignment)
    cloud.store.drop(role)
