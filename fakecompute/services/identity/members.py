"""What Keystone's nouns have in common: names, switches, options, and whatever else clients add of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import marshmallow
from marshmallow import ValidationError

from fakecompute.errors import BadRequest, Conflict, FakeError, Forbidden
from fakecompute.kernel.store import Record
from fakecompute.rest.call import Call
from fakecompute.rest.schema import INCLUDE, Boolean, ListOf, Object, Schema, Text, Typed, problem
from fakecompute.rest.view import View
from fakecompute.services.identity.listing import is_true

R = TypeVar("R")
Kept = TypeVar("Kept", bound=Record)
WORDS = (
    True, "True", "TRUE", "true", False, "False", "FALSE", "false", "",
    "1", "0", "y", "Y", "n", "N", "on", "ON", "off", "OFF", "yes", "no",
)  # fmt: skip


class CannotChange(BadRequest):
    message = "Cannot change {attribute}"


class DuplicateName(Conflict):
    message = "Conflict occurred attempting to store {kind} - Duplicate entry found with name {name}."


class DuplicateInDomain(Conflict):
    message = (
        "Conflict occurred attempting to store {kind} - Duplicate entry found with name {name}"
        " at domain ID {domain}."
    )


class Immutable(Forbidden):
    message = (
        "Unable to {verb} immutable {kind} resource: `{id}. "  # the lone quote is Keystone's
        'Set resource option "immutable" to false first.'
    )


# --- request schemas ----------------------------------------------------------------------------------


class Open(Schema):
    """Keys that Keystone does not know are kept."""

    class Meta:
        unknown = INCLUDE


class Flag(Typed):
    """true or false, or one of the words for them."""

    types = ("boolean", "string", "null")

    def wrong_type(self, value: Any) -> ValidationError:
        if value is None:  # a type that is allowed, and yet not one of the words
            return problem(f"None is not one of {list(WORDS)!r}", None)
        return super().wrong_type(value)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, (bool, str)):
            raise self.wrong_type(value)
        if value not in WORDS:
            raise problem(f"{value!r} is not one of {list(WORDS)!r}", value)
        return value if isinstance(value, bool) else is_true(value)


class Some(Object):
    """An object that is not empty."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if value == {}:
            raise problem("{} should be non-empty", value)
        return super()._deserialize(value, attr, data, **kwargs)


class Options(Schema):
    immutable = Boolean(allow_none=True)


def a_name(max: int = 255, **options: Any) -> Text:
    return Text(min=1, max=max, pattern=r"[\S]+", **options)


def an_id(**options: Any) -> Text:
    return Text(min=1, max=64, pattern=r"^[a-zA-Z0-9-]+$", **options)


def some_tags(**options: Any) -> ListOf:
    return ListOf(Text(min=1, max=255, pattern="^[^,/]*$"), max=80, unique=True, **options)


# --- response views -----------------------------------------------------------------------------------


class OpenView(View):
    """A view that also shows what clients have added of their own."""

    def _reader(self, call: Call) -> Callable[[Any, Call], dict[str, Any]]:
        read = super()._reader(call)
        return lambda record, call: {**dict(record.extra), **read(record, call)}


# --- rules of all of them -------------------------------------------------------------------------------


def changes(record: Any, wish: Mapping[str, Any], schema: type[marshmallow.Schema]) -> dict[str, Any]:
    """What `evolve` is to be told: declared fields as they are, all others into `extra`."""
    known = {key: value for key, value in wish.items() if key in schema._declared_fields}
    extra = {
        key: value for key, value in wish.items() if key not in schema._declared_fields and key not in _OWN
    }
    for key, value in known.items():
        if key == "options":
            merged = {**dict(record.options), **value}
            known[key] = tuple((name, option) for name, option in merged.items() if option is not None)
        elif isinstance(value, list):
            known[key] = tuple(value)
    if extra:
        known["extra"] = tuple({**dict(getattr(record, "extra", ())), **extra}.items())
    return known


def stored(call: Call, record: Kept, wish: Mapping[str, Any], schema: type[marshmallow.Schema]) -> Kept:
    """The record as it is wished for, in the store."""
    return call.cloud.store.put(record.evolve(**changes(record, wish, schema)))


def underscored(wish: Mapping[str, Any]) -> dict[str, Any]:
    """New things have no hyphens or colons in the names of what they hold."""
    return {key.replace("-", "_").replace(":", "_"): value for key, value in wish.items()}


_OWN = frozenset({"id", "links", "extra", "password_expires_at", "is_domain", "parent_id", "domain_id"})


def admit(call: Call, record: R | None, missing: FakeError, **target: str) -> R:
    """What a finder ends with: Keystone asks the policy before it tells that a thing is not there.

    For roles it is the other way round.
    """
    policy = call.endpoint and call.endpoint.policy
    if policy and policy != "identity:get_role":
        call.demand(policy, **target)
    if record is None:
        raise missing
    return record


def require_same(record: Any, wish: Mapping[str, Any], attributes: Iterable[tuple[str, str]]) -> None:
    """Some attributes may be sent, but not changed."""
    for attribute, called in attributes:
        if attribute in wish and wish[attribute] != getattr(record, attribute):
            raise CannotChange(attribute=called)


def require_mutable(kind: str, record: Any, wish: Mapping[str, Any] | None = None) -> None:
    """What is immutable is neither deleted nor changed, but for that very option."""
    if not dict(record.options).get("immutable"):
        return
    if wish is not None and (wish.get("options") or {}).get("immutable", True) is not True:
        return
    raise Immutable(verb="delete" if wish is None else "update", kind=kind, id=record.id)


def domain_of_new(call: Call, rule: str, wish: dict[str, Any]) -> str:
    """Where a thing is made, if it may be made there; the caller's, if that is not told."""
    call.demand(rule, domain_id=wish.get("domain_id") or "")
    return wish.pop("domain_id", None) or call.context.domain_id or call.context.project_domain_id or "default"
