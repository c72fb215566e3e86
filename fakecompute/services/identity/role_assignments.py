"""GET /role_assignments: all that there is of who is what to what, as it was given or as it takes effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from fakecompute.domain.identity import above, below, groups_of, members_of
from fakecompute.domain.records.identity import Assignment, Domain, Group, Inference, Project, Role, User
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Schema, Text
from fakecompute.services.identity.listing import is_true, links
from fakecompute.services.identity.members import Flag, an_id
from fakecompute.services.identity.projects import ProjectNotFound
from fakecompute.services.identity.service import identity
from fakecompute.services.identity.users import UserNotFound


class Ambiguous(BadRequest):
    message = "Specify {choice}, not both"


class AlwaysEmpty(BadRequest):
    message = "Combining {filters} will always result in an empty list."


class TreeOfNothing(BadRequest):
    message = "'scope.project.id' is a dependency of 'include_subtree'"


class Held(NamedTuple):
    """An assignment where it takes effect: `source` is what was given, `prior` the role that implies this one."""

    source: Assignment
    user_id: str | None
    group_id: str | None
    target: str
    role_id: str
    prior: str | None = None


# --- request schemas ----------------------------------------------------------------------------------

INHERITED = "scope.OS-INHERIT:inherited_to"


class ListAssignments(Schema):
    role_id = an_id(data_key="role.id")
    user_id = an_id(data_key="user.id")
    group_id = an_id(data_key="group.id")
    project_id = an_id(data_key="scope.project.id")
    domain_id = an_id(data_key="scope.domain.id")
    system = Text(data_key="scope.system")
    inherited_to = Text(data_key=INHERITED)
    effective = Flag()
    include_names = Flag()
    include_subtree = Flag()


# --- response views -----------------------------------------------------------------------------------


def _shown(call: Call, held: Held, names: bool) -> dict[str, Any]:
    kind, _, id = held.target.partition(":")
    scope: dict[str, Any] = {kind: {"all": True} if kind == "system" else _named(call, kind, id, names)}
    if held.source.inherited:
        scope["OS-INHERIT:inherited_to"] = "projects"
    actor = "user" if held.user_id else "group"
    return {
        "links": _links(call, held),
        "scope": scope,
        actor: _named(call, actor, held.user_id or held.group_id or "", names),
        "role": _named(call, "role", held.role_id, names),
    }


KINDS: dict[str, type[Any]] = {"project": Project, "domain": Domain, "user": User, "group": Group, "role": Role}


def _named(call: Call, kind: str, id: str, names: bool) -> dict[str, Any]:
    """Its id; with its name and its domain, if these are wanted."""
    if not names:
        return {"id": id}
    record = call.cloud.store.find(KINDS[kind], id)
    if kind == "project" and record is None:
        record = call.cloud.store.find(Domain, id)  # a domain is a project too
    shown: dict[str, Any] = {"id": id, "name": record.name if record else ""}
    domain_id = getattr(record, "domain_id", "")
    if domain_id is not None:
        domain = call.cloud.store.find(Domain, domain_id)
        shown["domain"] = {"id": domain_id, "name": domain.name if domain else ""}
    return shown


def _links(call: Call, held: Held) -> dict[str, str]:
    """Where it was given; and, if it came by a group or an implied role, how it came here."""
    source = held.source
    kind, _, id = source.target.partition(":")
    way = "/system" if kind == "system" else f"/{kind}s/{id}"
    way += f"/groups/{source.group_id}" if source.group_id else f"/users/{source.user_id}"
    way += f"/roles/{held.prior or held.role_id}"
    if source.inherited:
        way = f"/OS-INHERIT{way}/inherited_to_projects"
    found = {"assignment": f"{call.url}{way}"}
    if held.user_id and source.group_id:
        found["membership"] = f"{call.url}/groups/{source.group_id}/users/{held.user_id}"
    if held.prior:  # the wrong way round, as real
        found["prior_role"] = f"{call.url}/prior_role/{held.role_id}/implies/{held.prior}"
    return found


# --- handlers -----------------------------------------------------------------------------------------


@identity.get("/role_assignments", query=ListAssignments, policy="identity:list_role_assignments")
def list_role_assignments(call: Call) -> dict[str, Any]:
    query = dict(call.query)
    for flag in "effective", "include_names", "include_subtree":
        query[flag] = any(key == flag and is_true(text) for key, text in call.query_pairs)
    if any(key == "include_subtree" for key, _ in call.query_pairs) and "project_id" not in query:
        raise TreeOfNothing
    _require_sense(query)
    if query["include_subtree"]:
        _require_own_tree(call, query["project_id"])
    found = _effective(call, query) if query["effective"] else _given(call, query)
    seen = (held for held in found if query.get("role_id", held.role_id) == held.role_id and _may_see(call, held))
    shown = [_shown(call, held, query["include_names"]) for held in seen]
    return {"role_assignments": shown, "links": links(call)}


def _require_sense(query: dict[str, Any]) -> None:
    for one, other, choice in (
        ("domain_id", "project_id", "a domain or project"),
        ("domain_id", "system", "system or domain"),
        ("project_id", "system", "system or project"),
        ("user_id", "group_id", "a user or group"),
    ):
        if query.get(one) and query.get(other):
            raise Ambiguous(choice=choice)
    if query["effective"] and query.get("group_id"):
        raise AlwaysEmpty(filters="effective and group filter")
    if query["effective"] and query.get("inherited_to") == "projects" and query.get("domain_id"):
        raise AlwaysEmpty(filters="effective, domain and inherited filters")


def _require_own_tree(call: Call, project_id: str) -> None:
    project = call.cloud.store.find(Project, project_id) or call.cloud.store.find(Domain, project_id)
    call.demand("identity:list_role_assignments_for_tree", domain_id=(project and project.domain_id) or "")
    if project is None:
        raise ProjectNotFound(id=project_id)


def _may_see(call: Call, held: Held) -> bool:
    """A token for a domain sees what is of that domain."""
    if call.context.domain_id is None:
        return True
    kind, _, id = held.target.partition(":")
    project = call.cloud.store.find(Project, id)
    return call.context.domain_id == (id if kind == "domain" else project.domain_id if project else None)


# --- as they were given -------------------------------------------------------------------------------------


def _given(call: Call, query: dict[str, Any]) -> Iterator[Held]:
    for source in sorted(_candidates(call, query), key=lambda source: source.id):
        yield Held(source, source.user_id, source.group_id, source.target, source.role_id)


def _candidates(call: Call, query: dict[str, Any]) -> Iterable[Assignment]:
    store = call.cloud.store
    targets = _targets(call, query)
    found: Iterable[Assignment]
    if targets is not None:
        found = [source for target in targets for source in store.by(Assignment, "target", target)]
    elif query.get("user_id"):
        found = store.by(Assignment, "user", query["user_id"])
    else:
        found = store.by(Assignment, "group", query["group_id"]) if query.get("group_id") else store.all(Assignment)
    inherited = query.get("inherited_to")
    for source in found:
        if query.get("user_id", source.user_id) != source.user_id:
            continue
        if query.get("group_id", source.group_id) != source.group_id:
            continue
        if inherited is None or source.target == "system" or source.inherited is (inherited == "projects"):
            yield source


def _targets(call: Call, query: dict[str, Any]) -> list[str] | None:
    """The scopes that are asked for; None for all."""
    if query.get("system") == "all":
        return ["system"]
    if query.get("domain_id"):
        return [f"domain:{query['domain_id']}"]
    projects = _projects(call, query)
    return None if projects is None else [f"project:{id}" for id in projects]


def _projects(call: Call, query: dict[str, Any]) -> list[str] | None:
    root = query.get("project_id")
    if not root:
        return None
    tree = (project.id for project in below(call.cloud, root)) if query["include_subtree"] else ()
    return [root, *tree]


# --- as they take effect ------------------------------------------------------------------------------------


def _effective(call: Call, query: dict[str, Any]) -> Iterator[Held]:
    """On users instead of groups, on projects instead of what is above them, with the roles that are implied.

    Those on the system are left out, asked for or not, as Keystone does.
    """
    _require_existing(call, query)
    wanted = _projects(call, query)
    for source in _sources(call, query, wanted):
        for user_id in _users(call, source, query.get("user_id")):
            for target in _places(call, source, wanted):
                for prior, role_id in _implied(call, source.role_id):
                    if call.cloud.store.get(Role, role_id).domain_id is None:
                        yield Held(source, user_id, None, target, role_id, prior)


def _require_existing(call: Call, query: dict[str, Any]) -> None:
    user_id, project_id = query.get("user_id"), query.get("project_id")
    if user_id and call.cloud.store.find(User, user_id) is None:
        raise UserNotFound(id=user_id)
    if project_id and not any(call.cloud.store.find(kind, project_id) for kind in (Project, Domain)):
        raise ProjectNotFound(id=project_id)


def _sources(call: Call, query: dict[str, Any], wanted: list[str] | None) -> list[Assignment]:
    """The assignments that may have to do with it."""
    store, inherited = call.cloud.store, query.get("inherited_to")
    if wanted is not None:
        root = store.find(Project, wanted[0]) or store.get(Domain, wanted[0])
        higher = [f"project:{one.id}" for one in above(call.cloud, root)]
        targets = {*(f"project:{id}" for id in wanted), *higher, f"domain:{root.domain_id or root.id}"}
        found = [source for target in targets for source in store.by(Assignment, "target", target)]
    elif query.get("domain_id"):
        found = store.by(Assignment, "target", f"domain:{query['domain_id']}")
        found = [source for source in found if not source.inherited]
    else:
        found = store.all(Assignment)
    if inherited is not None:
        found = [source for source in found if source.inherited is (inherited == "projects")]
    user_id = query.get("user_id")
    if user_id:
        actors = {user_id, *groups_of(call.cloud, user_id)}
        found = [source for source in found if source.actor_id in actors]
    return sorted((source for source in found if source.target != "system"), key=lambda source: source.id)


def _users(call: Call, source: Assignment, user_id: str | None) -> list[str]:
    if source.user_id:
        return [source.user_id]
    members = members_of(call.cloud, source.group_id or "")
    return [id for id in members if user_id in (None, id)]


def _places(call: Call, source: Assignment, wanted: list[str] | None) -> Iterator[str]:
    kind, _, id = source.target.partition(":")
    if not source.inherited:
        if wanted is None or (kind == "project" and id in wanted):
            yield source.target
        return
    if kind == "domain":
        projects = sorted(project.id for project in call.cloud.store.by(Project, "domain", id))
    else:
        projects = [project.id for project in below(call.cloud, id)]
    yield from (f"project:{one}" for one in projects if wanted is None or one in wanted)


def _implied(call: Call, role_id: str) -> Iterator[tuple[str | None, str]]:
    """(the role that implies it, the role): the one that was given, then those that come with it."""
    seen: set[tuple[str | None, str]] = set()
    waiting: list[tuple[str | None, str]] = [(None, role_id)]
    while waiting:
        pair = waiting.pop(0)
        if pair not in seen:
            seen.add(pair)
            yield pair
            inferences = call.cloud.store.by(Inference, "prior", pair[1])
            waiting += sorted((pair[1], inference.implied_id) for inference in inferences)
