"""What goes with a user, group, project, domain or role that is removed or disabled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.identity import (
    drop_application_credential,
    imply_no_more,
    members_of,
    renew,
    revoke_of_user,
    ungrant,
)
from fakecompute.domain.identity_delegation import forget_project, forget_user
from fakecompute.domain.records.identity import (
    ApplicationCredential,
    Assignment,
    Domain,
    DomainConfig,
    Group,
    Inference,
    Membership,
    Project,
    Role,
    Token,
    User,
)

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


# --- switched on and off ------------------------------------------------------------------------------------


def switched_project(cloud: Cloud, project_id: str) -> None:
    """Enabled or disabled: its tokens are of use again, or are not."""
    renew(cloud, cloud.store.by(Token, "target", f"project:{project_id}"))


def switched_domain(cloud: Cloud, domain_id: str) -> None:
    """The same for the tokens of its users, and for those of its projects."""
    for user in cloud.store.by(User, "domain", domain_id):
        renew(cloud, cloud.store.by(Token, "user", user.id))
    for project in cloud.store.by(Project, "domain", domain_id):
        switched_project(cloud, project.id)


# --- gone -----------------------------------------------------------------------------------------------------


def drop_user(cloud: Cloud, user: User) -> None:
    for assignment in cloud.store.by(Assignment, "user", user.id):
        cloud.store.drop(assignment)
    for membership in cloud.store.by(Membership, "user", user.id):
        cloud.store.drop(membership)
    for credential in cloud.store.by(ApplicationCredential, "user", user.id):
        cloud.store.drop(credential)
    revoke_of_user(cloud, user.id)
    forget_user(cloud, user.id)
    cloud.store.drop(user)


def drop_group(cloud: Cloud, group: Group) -> None:
    """The members of one that gave roles have to log in again."""
    assignments = cloud.store.by(Assignment, "group", group.id)
    for user_id in members_of(cloud, group.id) if assignments else ():
        revoke_of_user(cloud, user_id)
    for record in (*assignments, *cloud.store.by(Membership, "group", group.id)):
        cloud.store.drop(record)
    cloud.store.drop(group)


def drop_project(cloud: Cloud, project: Project) -> None:
    """What belongs to it in other services stays, and belongs to nobody."""
    for credential in cloud.store.by(ApplicationCredential, "project", project.id):
        cloud.store.drop(credential)
    for user in cloud.store.by(User, "default_project", project.id):
        cloud.store.put(user.evolve(default_project_id=None))
    _drop_target(cloud, f"project:{project.id}")
    forget_project(cloud, project.id)
    cloud.store.drop(project)


def _drop_target(cloud: Cloud, target: str) -> None:
    """With the tokens for it, and the roles on it."""
    for token in cloud.store.by(Token, "target", target):
        cloud.store.drop(token)
    for assignment in cloud.store.by(Assignment, "target", target):
        ungrant(cloud, assignment)


def drop_domain(cloud: Cloud, domain: Domain) -> None:
    """With all that is in it."""
    for user in cloud.store.by(User, "domain", domain.id):
        drop_user(cloud, user)
    for group in cloud.store.by(Group, "domain", domain.id):
        drop_group(cloud, group)
    for role in cloud.store.by(Role, "domain", domain.id):
        drop_role(cloud, role)
    for project in cloud.store.by(Project, "domain", domain.id):
        drop_project(cloud, project)
    for target in f"domain:{domain.id}", f"project:{domain.id}":
        _drop_target(cloud, target)
    config = cloud.store.find(DomainConfig, domain.id)
    if config is not None:
        cloud.store.drop(config)
    cloud.store.drop(domain)


def drop_role(cloud: Cloud, role: Role) -> None:
    """With the application credentials that were made by means of it."""
    for assignment in cloud.store.by(Assignment, "role", role.id):
        for credential in cloud.store.by(ApplicationCredential, "user", assignment.user_id):
            if f"project:{credential.project_id}" == assignment.target:
                drop_application_credential(cloud, credential)
        ungrant(cloud, assignment)
    for index in "prior", "implied":
        for inference in cloud.store.by(Inference, index, role.id):
            imply_no_more(cloud, inference)
    cloud.store.drop(role)
