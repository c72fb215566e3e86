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
    description: str = ""
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
    description: str = ""
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
    }

    name: str
    password: str | None
    domain_id: str = "default"
    enabled: bool = True
    default_project_id: str | None = None
    email: str | None = None
    description: str | None = None
    options: Pairs = ()
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class Role(Record):
    indexes = {"name": lambda role: role.name}

    name: str
    description: str | None = None
    domain_id: str | None = None
    options: Pairs = ()
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class Assignment(Record):
    """A role of a user on a `target`: `project:ID`, `domain:ID` or `system`."""

    indexes = {
        "user": lambda assignment: assignment.user_id,
        "grant": lambda assignment: (assignment.user_id, assignment.target),
        "target": lambda assignment: assignment.target,
        "role": lambda assignment: assignment.role_id,
    }

    user_id: str
    role_id: str
    target: str


@dataclass(frozen=True, kw_only=True)
class ApplicationCredential(Record):
    indexes = {
        "user": lambda credential: credential.user_id,
        "name": lambda credential: (credential.user_id, credential.name),
        "project": lambda credential: credential.project_id,
    }

    name: str
    user_id: str
    project_id: str
    secret: str
    roles: tuple[str, ...] = ()  # names, with the implied ones
    description: str | None = None
    expires_at: int | None = None
    unrestricted: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Token(Record):
    """A token, with all that a request needs to know of its bearer; the id is the secret itself."""

    indexes = {
        "user": lambda token: token.user_id,
        "target": lambda token: token.target,
        "chain": lambda token: list(token.audit_ids),
        "application_credential": lambda token: token.application_credential_id,
    }

    user_id: str
    user_name: str
    user_domain_id: str
    issued_at: int
    expires_at: int
    methods: tuple[str, ...]
    audit_ids: tuple[str, ...]  # its own, and that of the first of a chain of rescoped ones
    roles: tuple[str, ...] = ()  # names, without the implied ones
    project_id: str | None = None
    project_name: str = ""
    project_domain_id: str = ""
    domain_id: str | None = None
    system: bool = False
    application_credential_id: str | None = None

    @property
    def target(self) -> str | None:
        """What it is for, as assignments say it."""
        if self.project_id:
            return f"project:{self.project_id}"
        return f"domain:{self.domain_id}" if self.domain_id else "system" if self.system else None


@dataclass(frozen=True, kw_only=True)
class CatalogService(Record):
    """An entry of the catalogue; `path` is appended to the address that the client came by.

    One whose endpoints are not `listed` has none to show; it answers all the same.
    """

    type: str
    name: str
    path: str
    description: str = ""
    region: str = "RegionOne"
    listed: bool = True
    position: int = 0
