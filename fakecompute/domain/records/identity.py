"""Keystone's nouns."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class Domain(Record):
    indexes = {"name": lambda domain: domain.name}

    name: str
    description: str = ""
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class Project(Record):
    indexes = {"name": lambda project: (project.domain_id, project.name)}

    name: str
    domain_id: str = "default"
    description: str = ""
    enabled: bool = True
    parent_id: str | None = "default"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class User(Record):
    indexes = {"name": lambda user: (user.domain_id, user.name)}

    name: str
    password: str
    domain_id: str = "default"
    enabled: bool = True
    default_project_id: str | None = None
    email: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Role(Record):
    indexes = {"name": lambda role: role.name}

    name: str
    description: str | None = None
    domain_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Assignment(Record):
    """A role of a user on a project, a domain, or the system; `target` is `project:ID`, `domain:ID` or `system`."""

    indexes = {
        "user": lambda assignment: assignment.user_id,
        "grant": lambda assignment: (assignment.user_id, assignment.target),
    }

    user_id: str
    role_id: str
    target: str


@dataclass(frozen=True, kw_only=True)
class ApplicationCredential(Record):
    indexes = {
        "user": lambda credential: credential.user_id,
        "name": lambda credential: (credential.user_id, credential.name),
    }

    name: str
    user_id: str
    project_id: str
    secret: str
    roles: tuple[str, ...] = ()  # names
    description: str | None = None
    expires_at: int | None = None
    unrestricted: bool = False


@dataclass(frozen=True, kw_only=True)
class Token(Record):
    """A token, with all that a request needs to know of its bearer; the id is the secret itself."""

    user_id: str
    user_name: str
    user_domain_id: str
    issued_at: int
    expires_at: int
    methods: tuple[str, ...]
    audit_ids: tuple[str, ...]
    roles: tuple[str, ...] = ()  # names, without the implied ones
    project_id: str | None = None
    project_name: str = ""
    project_domain_id: str = ""
    domain_id: str | None = None
    system: bool = False
    application_credential_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CatalogService(Record):
    """An entry of the catalogue; `path` is appended to the address that the client came by."""

    type: str
    name: str
    path: str
    description: str = ""
    position: int = 0
