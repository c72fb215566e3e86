"""Keystone's nouns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from fakecompute.kernel.store import Record

Pairs = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Domain(Record):
    """A domain is a project too, that of its id."""

    indexes = {"name": lambda domain: domain.name}
    is_domain: ClassVar = True
    domain_id: ClassVar = None
    parent_id: ClassVar = None

    name: str
    description: str | None = ""
    enabled: bool = True
    tags: tuple[str, ...] = ()
    options: Pairs = ()
    extra: Pairs = ()  # what clients add of their own is kept and shown


@dataclass(frozen=True, kw_only=True)
class Project(Record):
    indexes = {
        "name": lambda project: (project.domain_id, project.name),
        "parent": lambda project: project.parent_id,
        "domain": lambda project: project.domain_id,
    }
    is_domain: ClassVar = False

    name: str
    domain_id: str = "default"
    description: str | None = ""
    enabled: bool = True
    parent_id: str | None = "default"
    tags: tuple[str, ...] = ()
    options: Pairs = ()
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class User(Record):
    indexes = {
        "name": lambda user: (user.domain_id, user.name),
        "domain": lambda user: user.domain_id,
        "default_project": lambda user: user.default_project_id,
    }

    name: str
    password: str | None = None
    domain_id: str = "default"
    enabled: bool = True
    default_project_id: str | None = None
    options: Pairs = ()
    extra: Pairs = ()  # e-mail address and description, too

    # what the rules of [security_compliance] ask for (domain/identity_passwords.py)
    password_created_at: int = 0
    password_expires_at: int | None = None
    password_is_own: bool = False  # chosen by the user, not by an operator
    past_passwords: tuple[str, ...] = ()  # newest last, without the one of today
    failed_auth_count: int = 0
    failed_auth_at: int = 0
    last_active_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Group(Record):
    indexes = {
        "name": lambda group: (group.domain_id, group.name),
        "domain": lambda group: group.domain_id,
    }

    name: str
    domain_id: str = "default"
    description: str | None = ""
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class Membership(Record):
    """A user in a group; its id is `GROUP/USER`."""

    indexes = {
        "user": lambda membership: membership.user_id,
        "group": lambda membership: membership.group_id,
    }

    group_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class Role(Record):
    """One of a domain is never in a token; it is good for those that it implies."""

    indexes = {
        "name": lambda role: None if role.domain_id else role.name,
        "domain_name": lambda role: (role.domain_id, role.name),
        "domain": lambda role: role.domain_id,
    }

    name: str
    description: str | None = None
    domain_id: str | None = None
    options: Pairs = ()
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class Inference(Record):
    """Who has the role `prior_id` has `implied_id` too; the id is `PRIOR/IMPLIED`."""

    indexes = {
        "prior": lambda inference: inference.prior_id,
        "implied": lambda inference: inference.implied_id,
    }

    prior_id: str
    implied_id: str


@dataclass(frozen=True, kw_only=True)
class Assignment(Record):
    """A role of a user or group on a `target`: `project:ID`, `domain:ID` or `system`.

    One that is `inherited` is none on the target itself, but on all projects below it.
    """

    indexes = {
        "user": lambda assignment: assignment.user_id,
        "group": lambda assignment: assignment.group_id,
        "grant": lambda assignment: (assignment.actor_id, assignment.target, assignment.inherited),
        "target": lambda assignment: assignment.target,
        "role": lambda assignment: assignment.role_id,
    }

    user_id: str | None = None
    group_id: str | None = None
    role_id: str
    target: str
    inherited: bool = False

    @property
    def actor_id(self) -> str:
        return self.user_id or self.group_id or ""


@dataclass(frozen=True, kw_only=True)
class DomainConfig(Record):
    """What a domain has for itself of keystone.conf: (group, option, value); the id is the domain's."""

    options: tuple[tuple[str, str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class ApplicationCredential(Record):
    indexes = {
        "user": lambda credential: credential.user_id,
        "name": lambda credential: (credential.user_id, credential.name),
        "project": lambda credential: credential.project_id,
    }

    name: str
    user_id: str
    project_id: str | None
    secret: str
    roles: tuple[str, ...] = ()  # names, with the implied ones
    description: str | None = None
    expires_at: int | None = None
    unrestricted: bool | None = None
    access_rules: tuple[str, ...] = ()  # ids; none: any call


@dataclass(frozen=True, kw_only=True)
class Token(Record):
    """A token, with all that a request needs to know of its bearer; the id is the secret itself."""

    indexes = {
        "user": lambda token: list(dict.fromkeys((token.user_id, *token.trust_people))),
        "target": lambda token: token.target,
        "chain": lambda token: list(token.audit_ids),
        "application_credential": lambda token: token.application_credential_id,
        "trust": lambda token: token.trust_id,
    }

    user_id: str
    user_name: str
    user_domain_id: str
    issued_at: int
    expires_at: int
    methods: tuple[str, ...]
    audit_ids: tuple[str, ...]  # its own, and that of the first of a chain of rescoped ones
    roles: tuple[str, ...] = ()  # names, with the implied ones
    suspended: bool = False  # no good for now: a project is disabled, a role is gone
    project_id: str | None = None
    project_name: str = ""
    project_domain_id: str = ""
    domain_id: str | None = None
    system: bool = False
    application_credential_id: str | None = None
    trust_id: str | None = None
    trust_people: tuple[str, ...] = ()  # whom the trust rests on: without any of them the token is no good

    @property
    def target(self) -> str | None:
        """What it is for, as assignments say it."""
        if self.project_id:
            return f"project:{self.project_id}"
        return f"domain:{self.domain_id}" if self.domain_id else "system" if self.system else None


@dataclass(frozen=True, kw_only=True)
class RevokeEvent(Record):
    """Tokens were ended: all of a user, or one, or a chain of rescoped ones; those that were issued before."""

    revoked_at: int
    user_id: str | None = None
    audit_id: str | None = None
    audit_chain_id: str | None = None
