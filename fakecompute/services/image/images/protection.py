"""Properties that only some roles may set, see, change or take away: `property_protections` of the settings.

    x_billing_.*: create=admin read=admin,member update=admin delete=!

The first rule whose expression fits a name counts; `@` is everybody, `!` nobody.  Without rules all may do all, with
rules nobody may what no rule allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from fakecompute.domain.records.image import Image
from fakecompute.errors import Forbidden
from fakecompute.rest.call import Call

OPERATIONS = ("create", "read", "update", "delete")


class Reserved(Forbidden):
    message = "Attribute '{name}' is reserved."


class Protection(NamedTuple):
    """Roles by operation, for the names that an expression fits."""

    names: re.Pattern[str]
    roles: Mapping[str, frozenset[str]]


def allowed(call: Call, operation: str, name: str) -> bool:
    """May the caller do this with a property of this name?"""
    rules = _rules(call.cloud.settings.property_protections)
    if not rules:
        return True
    for rule in rules:
        if rule.names.match(name):
            roles = rule.roles[operation]
            return "@" in roles or ("!" not in roles and not roles.isdisjoint(call.context.roles))
    return False


def demand(call: Call, operation: str, name: str) -> None:
    if not allowed(call, operation, name):
        raise Reserved(name=name)


def creatable(call: Call, properties: Mapping[str, str]) -> dict[str, str]:
    """The same, each of which the caller may set."""
    for name in properties:
        demand(call, "create", name)
    return dict(properties)


def readable(call: Call, image: Image) -> dict[str, str]:
    """The properties that the caller may see."""
    if not call.cloud.settings.property_protections:
        return dict(image.properties)
    return {name: value for name, value in image.properties if allowed(call, "read", name)}


@lru_cache(maxsize=64)
def _rules(texts: tuple[str, ...]) -> tuple[Protection, ...]:
    return tuple(_rule(text) for text in texts)


def _rule(text: str) -> Protection:
    names, _, told = text.rpartition(": ")
    pairs = (word.partition("=") for word in told.split())
    roles = {operation: frozenset(words.lower().split(",")) for operation, _, words in pairs}
    return Protection(re.compile(names), {operation: roles.get(operation, frozenset("!")) for operation in OPERATIONS})
