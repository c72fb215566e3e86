"""Access rules: which calls a token of an application credential is good for, where there are any."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.delegation import AccessRule
from fakecompute.domain.records.identity import ApplicationCredential, Token

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def permits(cloud: Cloud, token: Token, mount: str, method: str, path: str) -> bool:
    """May the token's bearer call this?  `path` begins with the service's `mount`, which a rule may leave out."""
    # keystonemiddleware/auth_token: BaseAuthProtocol.validate_allowed_request
    credential = cloud.store.find(ApplicationCredential, token.application_credential_id)
    if credential is None or not credential.access_rules:
        return True
    if method == "GET" and path == "/identity/v3/auth/tokens":
        return True
    types = {service.type for service in cloud.store.by(CatalogService, "path", mount.strip("/"))}
    rules = (cloud.store.get(AccessRule, id) for id in credential.access_rules)
    return any(
        rule.service in types
        and rule.method == method
        and any(pattern(rule.path or "").fullmatch(place) for place in (path, path.removeprefix(mount)))
        for rule in rules
    )


_WORD = re.compile(r"\{[^}]*\}|\*\*|\*|[^{*]+|\{")


@lru_cache(maxsize=512)
def pattern(path: str) -> re.Pattern[str]:
    """`{name}` and `*` are one part of a path, `**` is any number of them."""
    return re.compile("".join(map(_meant, _WORD.findall(path))))


def _meant(word: str) -> str:
    if word == "**":
        return ".*"
    return "[^/]+" if word == "*" or (word[0] == "{" and word[-1] == "}") else re.escape(word)
