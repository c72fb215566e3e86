"""What Keystone knows of other clouds and of those who vouch for users; nobody logs in by it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class IdentityProvider(Record):
    indexes = {
        "remote": lambda provider: list(provider.remote_ids),
        "domain": lambda provider: provider.domain_id,
    }

    domain_id: str
    enabled: bool = False
    description: str | None = None
    remote_ids: tuple[str, ...] = ()
    authorization_ttl: int | None = None


@dataclass(frozen=True, kw_only=True)
class Mapping(Record):
    """`rules` are as they were sent: JSON."""

    rules: tuple[Any, ...]
    schema_version: str = "1.0"


@dataclass(frozen=True, kw_only=True)
class Protocol(Record):
    """By which an identity provider vouches; the id is `PROVIDER/NAME`."""

    indexes = {
        "provider": lambda protocol: protocol.idp_id,
        "mapping": lambda protocol: protocol.mapping_id,
    }

    idp_id: str
    name: str
    mapping_id: str
    remote_id_attribute: str | None = None


@dataclass(frozen=True, kw_only=True)
class ServiceProvider(Record):
    auth_url: str
    sp_url: str
    enabled: bool = False
    description: str | None = None
    relay_state_prefix: str | None = "ss:mem:"


@dataclass(frozen=True, kw_only=True)
class PolicyBlob(Record):
    """A document that Keystone keeps for services to fetch, and knows nothing of."""

    blob: str
    type: str
    number: int = 0
    extra: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Consumer(Record):
    """A program that could ask users for access by OAuth 1."""

    secret: str
    description: str | None = None
    number: int = 0
    extra: tuple[tuple[str, Any], ...] = ()
