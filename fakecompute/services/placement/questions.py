"""The query of GET /allocation_candidates: groups of parameters by suffix, and what holds for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from fakecompute.domain.placement.search import Group, Question
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Flaw
from fakecompute.rest.schema.structures import unknown_keys
from fakecompute.services.placement import filters

GROUPED = ("resources", "required", "member_of", "in_tree")
DIGIT, WORD = "[1-9][0-9]*", "[a-zA-Z0-9_-]{1,64}"
LIMIT = "^[1-9][0-9]*$"
POLICIES = ["none", "isolate"]
BAD_VALUE, MISSING_VALUE, TWICE = (
    f"placement.query.{word}" for word in ("bad_value", "missing_value", "duplicate_key")
)


class Asked(NamedTuple):
    question: Question
    limit: int | None
    policy: str | None


# The version from which a parameter is known; those of GROUPED take suffixes from 1.25 (in_tree from 1.31).
# fmt: off
KNOWN = {
    "resources": "1.10", "limit": "1.16", "required": "1.17", "member_of": "1.21", "group_policy": "1.25",
    "in_tree": "1.31", "root_required": "1.35", "same_subtree": "1.36",
}
# fmt: on


def asked(call: Call) -> Asked:
    query = dict(call.query_pairs)
    _validate(call, query)
    limit = next((text for name, text in call.query_pairs if name == "limit"), None)
    policy = next((text for name, text in call.query_pairs if name == "group_policy"), None)
    root_required, root_forbidden = _root_traits(call)
    subtrees = _subtrees(call)
    groups = _groups(call)
    if call.since("1.36"):
        _check_resourceless(groups, subtrees)
    else:
        _check_orphans(groups)
    if call.since("1.22"):
        _check_forbidden(groups)
    question = Question(
        groups,
        isolate=policy == "isolate",
        root_required=root_required,
        root_forbidden=root_forbidden,
        same_subtrees=subtrees,
        nested=call.since("1.29"),
    )
    return Asked(question, int(limit[: filters.DIGITS]) if limit else None, policy)


# --- the validator ----------------------------------------------------------------------------------------


def _validate(call: Call, query: Mapping[str, str]) -> None:
    known = [name for name, version in KNOWN.items() if call.since(version)]
    patterns = {name: _pattern(call, name) for name in GROUPED if name in known and call.since("1.25")}
    strange = [
        name
        for name in query
        if name not in known and not any(re.search(pattern, name) for pattern in patterns.values())
    ]
    flaw = None
    if strange and patterns:
        regexes = ", ".join(sorted(map(repr, patterns.values())))
        names = ", ".join(map(repr, sorted(strange)))
        verb = "does" if len(strange) == 1 else "do"
        sentence = f"{names} {verb} not match any of the regexes: {regexes}"
        flaw = Flaw("unknown", (), dict(query), sentence, strange[0])
    elif "resources" not in query and not patterns:
        flaw = Flaw("missing", (), dict(query), "'resources' is a required property", "resources")
    elif strange:
        flaw = Flaw("unknown", (), dict(query), unknown_keys(sorted(strange)), strange[0])
    else:
        flaw = _bad_value(query)
    if flaw is not None:
        raise call.service.dialect.bad_query(flaw)


def _bad_value(query: Mapping[str, str]) -> Flaw | None:
    limit, policy = query.get("limit"), query.get("group_policy")
    if limit is not None and not re.search(LIMIT, limit):
        return Flaw("value", ("limit",), limit, f"{limit!r} does not match {LIMIT!r}")
    if policy is not None and policy not in POLICIES:
        return Flaw("value", ("group_policy",), policy, f"{policy!r} is not one of {POLICIES!r}")
    return None


def _pattern(call: Call, name: str) -> str:
    return f"^{name}({WORD if call.since('1.33') else DIGIT})?$"


# --- groups -----------------------------------------------------------------------------------------------


def _groups(call: Call) -> dict[str, Group]:
    suffix_of = re.compile(f"^({'|'.join(GROUPED)})({WORD if call.since('1.33') else DIGIT})?$")
    parts: dict[str, dict[str, Any]] = {}
    for name, value in call.query_pairs:
        match = suffix_of.search(name)
        if match is None:
            continue
        suffix = match[2] or ""
        group = parts.setdefault(suffix, {})
        values = [text for key, text in call.query_pairs if key == name]
        if match[1] == "resources":
            group["resources"] = filters.resources(value)
        elif match[1] == "required":
            group["required"], group["forbidden"] = filters.traits(call, values)
        elif match[1] == "member_of":
            group["member_of"], group["not_member_of"] = filters.members(call, values, suffix)
        else:
            group["in_tree"] = filters.tree_id(value)
    return {suffix: Group(**group) for suffix, group in parts.items()}


def _root_traits(call: Call) -> tuple[frozenset[str], frozenset[str]]:
    values = [text for name, text in call.query_pairs if name == "root_required"]
    if len(values) > 1:
        raise BadRequest(reason="Query parameter 'root_required' may be specified only once.", code=TWICE)
    if not values:
        return frozenset(), frozenset()
    sets, forbidden = filters.trait_list(values[0], any_of=False, forbidden=True)
    required = frozenset().union(*sets)
    if both := sorted(required & forbidden):
        told = f"Conflicting required and forbidden traits found in root_required: {', '.join(both)}"
        raise BadRequest(reason=told, code=BAD_VALUE)
    return required, forbidden


def _subtrees(call: Call) -> tuple[frozenset[str], ...]:
    found = []
    for name, value in call.query_pairs:
        if name == "same_subtree":
            suffixes = frozenset(word.strip() for word in value.split(","))
            if "" in suffixes:
                told = "Empty string (unsuffixed group) can not be specified in `same_subtree` "
                raise BadRequest(reason=told, code=BAD_VALUE)
            found.append(suffixes)
    return tuple(found)


# --- what does not go together ----------------------------------------------------------------------------


def _check_resourceless(groups: Mapping[str, Group], subtrees: tuple[frozenset[str], ...]) -> None:
    """A group may ask for no resource if it is bound to others by its subtree."""
    empty = [suffix for suffix, group in groups.items() if not group.resources]
    named = [suffix for suffixes in subtrees for suffix in sorted(suffixes)]
    if len(empty) == len(groups):
        told = "There must be at least one resources or resources[$S] parameter."
        raise BadRequest(reason=told, code=MISSING_VALUE)
    if lone := [suffix for suffix in empty if suffix not in named]:
        told = (
            "Resourceless suffixed group request should be specified in `same_subtree` query param:"
            f" bad group(s) - {lone}."
        )
        raise BadRequest(reason=told, code=BAD_VALUE)
    if strange := [suffix for suffix in dict.fromkeys(named) if suffix not in groups]:
        told = f"Real suffixes should be specified in `same_subtree`: {strange} not found in {list(groups)}."
        raise BadRequest(reason=told, code=BAD_VALUE)


def _check_orphans(groups: Mapping[str, Group]) -> None:
    if lone := [f"required{suffix}" for suffix, one in groups.items() if one.required and not one.resources]:
        told = "All traits parameters must be associated with resources.  Found the following orphaned traits keys: "
        raise BadRequest(reason=told + ", ".join(lone))
    lone = [
        f"member_of{suffix}"
        for suffix, one in groups.items()
        if not one.resources and (one.member_of or one.not_member_of)
    ]
    if lone:
        told = "All member_of parameters must be associated with resources."
        raise BadRequest(reason=f"{told} Found the following orphaned member_of keys: {', '.join(lone)}")
    if not all(group.resources for group in groups.values()):
        raise BadRequest(reason="All request groups must specify resources.")
    if not groups:
        told = "At least one request group (`resources` or `resources{$S}`) is required."
        raise BadRequest(reason=told)


def _check_forbidden(groups: Mapping[str, Group]) -> None:
    conflicts = [
        f"required{suffix}: ({', '.join(sorted(some))})"
        for suffix, group in groups.items()
        for some in group.required
        if some <= group.forbidden
    ]
    if conflicts:
        told = "Conflicting required and forbidden traits found in the following traits keys: "
        raise BadRequest(reason=told + ", ".join(sorted(conflicts)))
