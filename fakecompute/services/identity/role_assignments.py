"""GET /role_assignments: all that there is of who is what to what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fakecompute.domain.identity import IMPLIED
from fakecompute.domain.records.identity import Assignment, Domain, Project, Role, User
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.services.identity.listing import is_true, links
from fakecompute.services.identity.projects import ProjectNotFound
from fakecompute.services.identity.service import identity


class Ambiguous(BadRequest):
    message = "Specify {choice}, not both"


class AlwaysEmpty(BadRequest):
    message = "Combining {filters} will always result in an empty list."


class TreeOfNothing(BadRequest):
    message = "scope.project.id must be specified if include_subtree is also specified"


# --- response views -----------------------------------------------------------------------------------


def _shown(call: Call, held: Assignment, prior: str | None, role_id: str, names: bool) -> dict[str, Any]:
    """`prior` is the role that implies the one that is shown."""
    kind, _, id = held.target.partition(":")
    place = "system" if kind == "system" else f"{kind}s/{id}"
    way = {"assignment": f"{call.url}/{place}/users/{held.user_id}/roles/{prior or role_id}"}
    if prior:
        way["prior_role"] = f"{call.url}/prior_role/{role_id}/implies/{prior}"  # the wrong way round, as real
    scope: dict[str, Any] = {"all": True} if kind == "system" else {"id": id}
    user: dict[str, Any] = {"id": held.user_id}
    role: dict[str, Any] = {"id": role_id}
    if names:
        _name(call, scope, kind, user, role)
    return {"links": way, "scope": {kind: scope}, "user": user, "role": role}


def _name(call: Call, scope: dict[str, Any], kind: str, user: dict[str, Any], role: dict[str, Any]) -> None:
    store = call.cloud.store
    role["name"] = store.get(Role, role["id"]).name
    for thing, record in (
        (user, store.get(User, user["id"])),
        (scope, store.get(Project, scope["id"]) if kind == "project" else None),
    ):
        if record is not None:
            domain = store.get(Domain, record.domain_id)
            thing |= {"name": record.name, "domain": {"id": domain.id, "name": domain.name}}
    if kind == "domain":
        scope["name"] = store.get(Domain, scope["id"]).name


# --- handlers -----------------------------------------------------------------------------------------


@identity.get("/role_assignments", policy="identity:list_role_assignments")
def list_role_assignments(call: Call) -> dict[str, Any]:
    query = dict(call.query_pairs)
    effective, names, tree = (
        name in query and is_true(query[name]) for name in ("effective", "include_names", "include_subtree")
    )
    _require_sense(query, effective)
    if tree and not query.get("scope.project.id"):
        raise TreeOfNothing
    shown: list[dict[str, Any]] = []
    if "group.id" not in query and "scope.OS-INHERIT:inherited_to" not in query:  # there are none of either
        for held in sorted(_held(call, query, tree), key=lambda held: held.id):
            for prior, role_id in _roles(call, held, effective):
                if query.get("role.id", role_id) == role_id:
                    shown.append(_shown(call, held, prior, role_id, names))
    return {"role_assignments": shown, "links": links(call)}


def _require_sense(query: dict[str, str], effective: bool) -> None:
    for one, other, choice in (
        ("scope.domain.id", "scope.project.id", "a domain or project"),
        ("scope.domain.id", "scope.system", "system or domain"),
        ("scope.project.id", "scope.system", "system or project"),
        ("user.id", "group.id", "a user or group"),
    ):
        if query.get(one) and query.get(other):
            raise Ambiguous(choice=choice)
    if effective and query.get("group.id"):
        raise AlwaysEmpty(filters="effective and group filter")
    inherited = query.get("scope.OS-INHERIT:inherited_to") == "projects"
    if effective and inherited and query.get("scope.domain.id"):
        raise AlwaysEmpty(filters="effective, domain and inherited filters")


def _held(call: Call, query: dict[str, str], tree: bool) -> list[Assignment]:
    """The assignments that fit user and scope, and that the caller may see."""
    store = call.cloud.store
    targets = _targets(call, query, tree)
    if targets is not None:
        found = [held for target in targets for held in store.by(Assignment, "target", target)]
    elif query.get("user.id"):
        found = store.by(Assignment, "user", query["user.id"])
    else:
        found = store.all(Assignment)
    mine = call.context.domain_id
    return [
        held
        for held in found
        if (not query.get("user.id") or held.user_id == query["user.id"])
        and (mine is None or _domain_of(call, held) == mine)
    ]


def _targets(call: Call, query: dict[str, str], tree: bool) -> list[str] | None:
    """The scopes that are asked for; None for all."""
    if query.get("scope.system"):
        return ["system"]
    if query.get("scope.domain.id"):
        return [f"domain:{query['scope.domain.id']}"]
    if not query.get("scope.project.id"):
        return None
    id = query["scope.project.id"]
    if tree and call.cloud.store.find(Project, id) is None:
        raise ProjectNotFound(id=id)
    return [f"project:{one}" for one in (_subtree(call, id) if tree else [id])]


def _subtree(call: Call, id: str) -> Iterator[str]:
    yield id
    for child in call.cloud.store.by(Project, "parent", id):
        yield from _subtree(call, child.id)


def _domain_of(call: Call, held: Assignment) -> str | None:
    kind, _, id = held.target.partition(":")
    return call.cloud.store.get(Project, id).domain_id if kind == "project" else id or None


def _roles(call: Call, held: Assignment, effective: bool) -> Iterator[tuple[str | None, str]]:
    """(the role that implies it, the role): the one that was given, then those that come with it."""
    role: Role | None = call.cloud.store.get(Role, held.role_id)
    prior = None
    while role is not None:
        yield prior, role.id
        if not effective:
            return
        prior = role.id
        role = call.cloud.store.one(Role, "name", IMPLIED.get(role.name))
