"""More than a password: passcodes of the moment, and which methods together are enough for a user."""

from __future__ import annotations

import hmac
from base64 import b32decode
from binascii import Error
from collections.abc import Iterable
from hashlib import sha1
from typing import TYPE_CHECKING

from fakecompute.domain.records.delegation import Receipt
from fakecompute.domain.records.identity import User
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

PERIOD = 30 * SECOND
EARLIER = 1  # [totp]included_previous_windows
RECEIPT_LIFE = 300 * SECOND  # [receipt]expiration


def is_passcode(secret: str, passcode: object, now: int) -> bool:
    """Is it one that the secret (base 32) gives now, or gave half a minute ago?"""
    moments = (now - PERIOD * earlier for earlier in range(EARLIER + 1))
    return isinstance(passcode, str) and any(passcode == passcode_at(secret, moment) for moment in moments)


def passcode_at(secret: str, now: int) -> str | None:
    """Six digits (RFC 6238); None if the secret is none."""
    try:
        key = b32decode(secret.encode() + b"=" * (-len(secret) % 8))
    except (Error, ValueError):
        return None
    digest = hmac.new(key, (now // PERIOD).to_bytes(8, "big"), sha1).digest()
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


# --- which methods are enough -------------------------------------------------------------------------------


def rules_of(cloud: Cloud, user: User) -> list[list[str]]:
    """The sets of methods of which one must be complete; without those that Keystone does not know."""
    options = dict(user.options)
    if options.get("multi_factor_auth_enabled") is False:
        return []
    rules = options.get("multi_factor_auth_rules") or ()
    known = cloud.settings.auth_methods
    kept = ([method for method in rule if method in known] for rule in rules)
    return [rule for rule in kept if rule]


def is_enough(cloud: Cloud, user: User, methods: Iterable[str]) -> bool:
    rules = rules_of(cloud, user)
    return not rules or any(set(rule) <= set(methods) for rule in rules)


def lacking(cloud: Cloud, user: User, methods: Iterable[str]) -> list[list[str]]:
    """The rules that somebody has begun to fulfil."""
    return [rule for rule in rules_of(cloud, user) if set(rule) & set(methods)]


def issue_receipt(cloud: Cloud, user: User, methods: tuple[str, ...]) -> Receipt:
    now = cloud.now - cloud.now % SECOND
    return cloud.store.put(
        Receipt(
            id=cloud.streams.token("receipt"),
            user_id=user.id,
            methods=methods,
            issued_at=now,
            expires_at=now + RECEIPT_LIFE,
        )
    )
