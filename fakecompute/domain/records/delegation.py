"""What lets somebody act for another, or prove who he is: trusts, credentials, access rules, receipts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fakecompute.kernel.store import Record

Pairs = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Trust(Record):
    """The trustee may act with some of the trustor's roles on a project, as the trustor if that is told."""

    indexes = {
        "trustor": lambda trust: trust.trustor_user_id,
        "trustee": lambda trust: trust.trustee_user_id,
        "project": lambda trust: trust.project_id,
        "parent": lambda trust: trust.redelegated_trust_id,
    }

    trustor_user_id: str
    trustee_user_id: str
    impersonation: bool
    project_id: str | None = None
    roles: tuple[str, ...] = ()  # ids
    expires_at: int | None = None
    remaining_uses: int | None = None  # None: any number
    redelegated_trust_id: str | None = None
    redelegation_count: int = 0
    number: int = 0
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class Credential(Record):
    """A secret that Keystone keeps for a user; those of type `ec2` and `totp` it can use itself."""

    indexes = {
        "user": lambda credential: credential.user_id,
        "project": lambda credential: credential.project_id,
        "of_type": lambda credential: (credential.user_id, credential.type),
    }

    type: str
    blob: str
    user_id: str
    project_id: str | None = None
    number: int = 0
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class AccessRule(Record):
    """A call that the application credentials of a user may be limited to."""

    indexes = {
        "user": lambda rule: rule.user_id,
        "same": lambda rule: (rule.user_id, rule.service, rule.path, rule.method),
    }

    user_id: str
    service: str | None = None
    path: str | None = None
    method: str | None = None
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Receipt(Record):
    """Some of the methods that a user must log in with are done; the id is the secret itself."""

    indexes = {"user": lambda receipt: receipt.user_id}

    user_id: str
    methods: tuple[str, ...]
    issued_at: int
    expires_at: int
