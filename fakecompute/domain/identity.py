"""Who has which role where, and the tokens that tell it: what changes the one changes the other at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from fakecompute.domain import trusts
from fakecompute.domain.records.delegation import Trust
from fakecompute.domain.records.identity import (
    ApplicationCredential,
    Assignment,
    Domain,
    Inference,
    Membership,
    Project,
    RevokeEvent,
    Role,
    Token,
    User,
)
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


Target = TypeVar("Target", Project, Domain)


# --- who has which role -----------------------------------------------------------------------------------


def with_implied(cloud: Cloud, role_ids: Iterable[str]) -> set[str]:
    """The ids of the roles, and of those that they imply, however far."""
    found: set[str] = set()
    waiting = list(role_ids)
    while waiting:
        id = waiting.pop()
        if id not in found:
            found.add(id)
            waiting += [inference.implied_id for inference in cloud.store.by(Inference, "prior", id)]
    return found


def groups_of(cloud: Cloud, user_id: str) -> list[str]:
    return sorted(membership.group_id for membership in cloud.store.by(Membership, "user", user_id))


def members_of(cloud: Cloud, group_id: str) -> list[str]:
    return sorted(membership.user_id for membership in cloud.store.by(Membership, "group", group_id))


def above(cloud: Cloud, project: Project | Domain) -> Iterator[Project | Domain]:
    """The parents of a project, from the next to its domain."""
    parent_id = project.parent_id
    while parent_id is not None:
        parent = cloud.store.find(Project, parent_id) or cloud.store.find(Domain, parent_id)
        if parent is None:
            return
        yield parent
        parent_id = parent.parent_id


def below(cloud: Cloud, project_id: str) -> Iterator[Project]:
    """The projects of a tree, without its root; parents before children."""
    for child in sorted(cloud.store.by(Project, "parent", project_id), key=lambda child: child.id):
        yield child
        yield from below(cloud, child.id)


def _sources(cloud: Cloud, target: str) -> Iterator[tuple[str, bool]]:
    """(where, whether inherited): the assignments that count for a target."""
    yield target, False
    project = cloud.store.find(Project, target.removeprefix("project:"))
    if project is not None:
        yield f"domain:{project.domain_id}", True
        for parent in above(cloud, project):
            yield f"project:{parent.id}", True


def role_ids_of(cloud: Cloud, user_id: str, target: str) -> set[str]:
    """A user's roles on `project:ID`, `domain:ID` or `system`: own, of groups, inherited, and what they imply."""
    actors = (user_id, *groups_of(cloud, user_id))
    held = (
        assignment.role_id
        for where, inherited in _sources(cloud, target)
        for actor in actors
        for assignment in cloud.store.by(Assignment, "grant", (actor, where, inherited))
    )
    return with_implied(cloud, held)


def roles_of(cloud: Cloud, user_id: str, target: str) -> tuple[str, ...]:
    """Their names, as a token tells them: those of domains are good for what they imply alone."""
    roles = (cloud.store.get(Role, id) for id in role_ids_of(cloud, user_id, target))
    return tuple(sorted(role.name for role in roles if role.domain_id is None))


def projects_of(cloud: Cloud, user_id: str) -> list[Project]:
    """The projects that a user has a role on, by id."""
    ids: set[str] = set()
    for held in _assignments_of(cloud, user_id):
        kind, _, id = held.target.partition(":")
        if not held.inherited:
            ids |= {id} if kind == "project" else set()
        elif kind == "domain":
            ids |= {project.id for project in cloud.store.by(Project, "domain", id)}
        else:
            ids |= {project.id for project in below(cloud, id)}
    return _usable_to(cloud, user_id, "project", (cloud.store.find(Project, id) for id in sorted(ids)))


def domains_of(cloud: Cloud, user_id: str) -> list[Domain]:
    """The domains that a user has a role on, by id."""
    held = _assignments_of(cloud, user_id)
    ids = {one.target.removeprefix("domain:") for one in held if not one.inherited}
    return _usable_to(cloud, user_id, "domain", (cloud.store.find(Domain, id) for id in sorted(ids)))


def _assignments_of(cloud: Cloud, user_id: str) -> list[Assignment]:
    held = cloud.store.by(Assignment, "user", user_id)
    for group_id in groups_of(cloud, user_id):
        held += cloud.store.by(Assignment, "group", group_id)
    return held


def _usable_to(cloud: Cloud, user_id: str, kind: str, found: Iterable[Target | None]) -> list[Target]:
    """A role of a domain that implies none is as good as none."""
    return [one for one in found if one is not None and roles_of(cloud, user_id, f"{kind}:{one.id}")]


def is_usable(cloud: Cloud, project: Project) -> bool:
    """A project of a disabled domain is as good as disabled."""
    domain = cloud.store.find(Domain, project.domain_id)
    return project.enabled and domain is not None and domain.enabled


# --- giving and taking --------------------------------------------------------------------------------------


def assignment(
    role_id: str, target: str, *, user_id: str | None = None, group_id: str | None = None, inherited: bool = False
) -> Assignment:
    """One with the id that it has: to give a role twice is to give it once."""
    actor = f"user:{user_id}" if user_id else f"group:{group_id}"
    id = "/".join((actor, target, role_id, *(["inherited"] if inherited else [])))
    return Assignment(
        id=id, user_id=user_id, group_id=group_id, role_id=role_id, target=target, inherited=inherited
    )


def grant(cloud: Cloud, given: Assignment) -> None:
    """Give a role."""
    cloud.store.put(given)
    renew_tokens_of(cloud, given)


def ungrant(cloud: Cloud, taken: Assignment) -> None:
    """Take a role away."""
    cloud.store.drop(taken)
    renew_tokens_of(cloud, taken)


def imply(cloud: Cloud, prior: Role, implied: Role) -> None:
    id = f"{prior.id}/{implied.id}"
    cloud.store.put(Inference(id=id, prior_id=prior.id, implied_id=implied.id))
    renew(cloud, cloud.store.all(Token))


def imply_no_more(cloud: Cloud, inference: Inference) -> None:
    cloud.store.drop(inference)
    renew(cloud, cloud.store.all(Token))


def join(cloud: Cloud, group_id: str, user_id: str) -> None:
    cloud.store.put(Membership(id=f"{group_id}/{user_id}", group_id=group_id, user_id=user_id))
    renew(cloud, cloud.store.by(Token, "user", user_id))


def leave(cloud: Cloud, membership: Membership) -> None:
    """Keystone ends whatever a member is logged in with, whether or not the group gave any role."""
    cloud.store.drop(membership)
    revoke_of_user(cloud, membership.user_id)


def roles_with(cloud: Cloud, credential: ApplicationCredential) -> tuple[str, ...]:
    """The names of an application credential's roles, as far as its user still has them."""
    held = roles_of(cloud, credential.user_id, f"project:{credential.project_id}")
    return tuple(name for name in credential.roles if name in held)


def roles_by(cloud: Cloud, trust: Trust) -> tuple[str, ...]:
    """The names of a trust's roles, with the implied ones; none if the first trustor does not have them all."""
    first = trusts.pedigree(cloud, trust)[-1]
    held = role_ids_of(cloud, first.trustor_user_id, f"project:{trust.project_id}")
    return trusts.delegated(cloud, held, with_implied(cloud, trust.roles))


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
    trust: Trust | None = None,
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
            trust_id=trust.id if trust else None,
            trust_people=trusts.people(cloud, trust) if trust else (),
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
    own = token.audit_ids[0]
    _note(cloud, **({"audit_chain_id": own} if chain else {"audit_id": own}))
    _drop(cloud, cloud.store.by(Token, "chain", token.audit_ids[0]) if chain else [token])


def revoke_of_user(cloud: Cloud, user_id: str) -> None:
    """End whatever somebody is logged in with."""
    _note(cloud, user_id=user_id)
    _drop(cloud, cloud.store.by(Token, "user", user_id))


def _note(cloud: Cloud, **whose: str) -> None:
    """Write down that tokens were ended, as long as any of them could have lived."""
    at = cloud.now - cloud.now % SECOND
    for event in cloud.store.all(RevokeEvent):
        if event.revoked_at + (cloud.settings.token_expiration + 1800) * SECOND < at:
            cloud.store.drop(event)
    cloud.store.put(RevokeEvent(id=f"{cloud.streams.number('revoke event'):09}", revoked_at=at, **whose))


def _drop(cloud: Cloud, tokens: Iterable[Token]) -> None:
    for token in tokens:
        cloud.store.drop(token)


# --- what a token is worth ----------------------------------------------------------------------------------

# Keystone looks up a token's roles, and what it is for, whenever the token is used.


def renew_tokens_of(cloud: Cloud, changed: Assignment) -> None:
    """An assignment came or went."""
    users = [changed.user_id] if changed.user_id else members_of(cloud, changed.group_id or "")
    for user_id in users:
        renew(cloud, cloud.store.by(Token, "user", user_id))


def renew(cloud: Cloud, tokens: Iterable[Token]) -> None:
    """Have tokens tell what is true by now; one that is good for nothing may be good again later."""
    for token in tokens:
        new = _renewed(cloud, token)
        if new != token:
            cloud.store.put(new)


def _renewed(cloud: Cloud, token: Token) -> Token:
    user = cloud.store.get(User, token.user_id)
    home = cloud.store.get(Domain, user.domain_id)
    project = cloud.store.find(Project, token.project_id)
    roles = _roles_of_token(cloud, token)
    useless = token.target is not None and not roles
    return token.evolve(
        user_name=user.name,
        project_name=project.name if project else "",
        roles=roles,
        suspended=useless or not home.enabled or (project is not None and not is_usable(cloud, project)),
    )


def _roles_of_token(cloud: Cloud, token: Token) -> tuple[str, ...]:
    if token.target is None:
        return ()
    trust = cloud.store.find(Trust, token.trust_id)
    if trust is not None:
        return roles_by(cloud, trust) if trusts.is_sound(cloud, trust) else ()
    credential = cloud.store.find(ApplicationCredential, token.application_credential_id)
    return roles_with(cloud, credential) if credential else roles_of(cloud, token.user_id, token.target)


def drop_application_credential(cloud: Cloud, credential: ApplicationCredential) -> None:
    cloud.store.drop(credential)
    _drop(cloud, cloud.store.by(Token, "application_credential", credential.id))
