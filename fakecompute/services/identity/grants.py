"""Who is what to what: /projects/{id}/users/{id}/roles, the same of groups, of domains and of the system, and
below /OS-INHERIT what holds for the projects underneath."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fakecompute.domain.identity import assignment, grant, ungrant
from fakecompute.domain.records.identity import Assignment, Domain, Group, Project, Role, User
from fakecompute.errors import BadRequest, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.identity.domains import DomainNotFound
from fakecompute.services.identity.groups import GroupNotFound
from fakecompute.services.identity.listing import collection
from fakecompute.services.identity.projects import AnyProject, ProjectNotFound
from fakecompute.services.identity.roles import RoleNotFound, require_manageable, role_detail
from fakecompute.services.identity.service import identity
from fakecompute.services.identity.users import UserNotFound


class AssignmentNotFound(NotFound):
    message = (
        "Could not find role assignment with role: {role}, user or group: {actor}, project, domain, or system:"
        " {target}."
    )


class RoleOfOtherDomain(Forbidden):
    message = "Project {project} must be in the same domain as the role {role} being assigned."


class RoleOfDomain(BadRequest):
    message = (
        "Role {role} is a domain-specific role. Unable to use a domain-specific role in a system assignment."
    )


@dataclass(frozen=True)
class Way:
    """One of the paths by which roles are given: to what, to whom, and whether for what is below."""

    place: str  # project, domain or system
    actor: str  # user or group
    inherited: bool = False

    @property
    def path(self) -> str:
        places = {"project": "/projects/<project_id>", "domain": "/domains/<domain_id>", "system": "/system"}
        below = "/OS-INHERIT" if self.inherited else ""
        return f"{below}{places[self.place]}/{self.actor}s/<{self.actor}_id>/roles"

    @property
    def end(self) -> str:
        return "/inherited_to_projects" if self.inherited else ""

    def rule(self, verb: str) -> str:
        if self.place == "system":
            return f"identity:{verb}_system_grant{'s' if verb == 'list' else ''}_for_{self.actor}"
        return f"identity:{verb}_grant{'s' if verb == 'list' else ''}"


@dataclass(frozen=True)
class Grant:
    """What a path names, as far as it is there."""

    way: Way
    place_id: str
    actor_id: str
    role_id: str
    place: AnyProject | None
    actor: User | Group | None
    role: Role | None

    @property
    def target(self) -> str:
        return "system" if self.way.place == "system" else f"{self.way.place}:{self.place_id}"

    @property
    def assignment(self) -> Assignment:
        actor = {f"{self.way.actor}_id": self.actor_id}
        return assignment(self.role_id, self.target, inherited=self.way.inherited, **actor)


# --- what a path names ------------------------------------------------------------------------------------


def _named(call: Call, way: Way, params: dict[str, str]) -> Grant:
    store = call.cloud.store
    place_id = params.get(f"{way.place}_id", "")
    actor_id = params[f"{way.actor}_id"]
    role_id = params.get("role_id", "")
    place: AnyProject | None = store.find(Domain, place_id)
    if way.place == "project":
        place = place or store.find(Project, place_id)
    actor = store.find(User, actor_id) if way.actor == "user" else store.find(Group, actor_id)
    return Grant(way, place_id, actor_id, role_id, place, actor, store.find(Role, role_id))


def _admit(call: Call, named: Grant, verb: str, *, strangers: bool = False) -> None:
    """What must be there, and whether the caller may: what is not there is told first, but below OS-INHERIT.

    There, and where roles are taken away, nobody asks whether there is such a user or group.
    """
    if named.way.inherited:
        _demand(call, named, verb)
        _require(named, role=bool(named.role_id), actor=False)
    elif named.way.place == "system":
        _demand(call, named, verb)
        _require(named, role=verb == "create", actor=not strangers)
    else:
        _require(named, role=bool(named.role_id), actor=not strangers)
        _demand(call, named, verb)


def _require(named: Grant, *, role: bool, actor: bool) -> None:
    if role and named.role is None:
        raise RoleNotFound(id=named.role_id)
    if actor and named.actor is None:
        raise (UserNotFound if named.way.actor == "user" else GroupNotFound)(id=named.actor_id)
    if named.way.place != "system" and named.place is None:
        raise (DomainNotFound if named.way.place == "domain" else ProjectNotFound)(id=named.place_id)


def _demand(call: Call, named: Grant, verb: str) -> None:
    """A token for a domain will do where actor and place are of that domain, and the role is fit for its manager."""
    rule = named.way.rule(verb)
    for thing in (named.actor, named.place) if named.way.place != "system" else ():
        call.demand(rule, domain_id=(thing.domain_id or thing.id) if thing else "")
    call.demand(rule)
    if named.role is not None and named.way.place != "system":
        require_manageable(call, named.role, rule)


def _existing(call: Call, named: Grant) -> Assignment:
    found = call.cloud.store.find(Assignment, named.assignment.id)
    if found is None:
        place = named.place_id or "system"
        raise AssignmentNotFound(role=named.role_id, actor=named.actor_id, target=place)
    return found


# --- handlers -----------------------------------------------------------------------------------------


def _list(call: Call, named: Grant) -> dict[str, Any]:
    key = (named.actor_id, named.target, named.way.inherited)
    roles = (call.cloud.store.get(Role, held.role_id) for held in call.cloud.store.by(Assignment, "grant", key))
    return collection(call, "roles", sorted(roles, key=lambda role: role.id), role_detail)


def _check(call: Call, named: Grant) -> None:
    _existing(call, named)


def _give(call: Call, named: Grant) -> None:
    role, place = named.role, named.place
    if role is not None and role.domain_id:
        if named.way.place == "system":
            raise RoleOfDomain(role=role.id)
        if named.way.place == "project" and place is not None and place.domain_id != role.domain_id:
            raise RoleOfOtherDomain(project=named.place_id, role=role.id)
    grant(call.cloud, named.assignment)


def _take(call: Call, named: Grant) -> None:
    ungrant(call.cloud, _existing(call, named))


# fmt: off
VERBS = (
    # method verb      of one role  success  handler  its name
    ("GET",    "list",   False, 200, _list,  "list_{}_roles"),
    ("GET",    "check",  True,  204, _check, "check_{}_role"),
    ("PUT",    "create", True,  204, _give,  "grant_{}_role"),
    ("DELETE", "revoke", True,  204, _take,  "revoke_{}_role"),
)
# fmt: on


def _declare(
    way: Way, method: str, verb: str, path: str, success: int, act: Callable[[Call, Grant], Any], name: str
) -> None:
    def handle(call: Call, **params: str) -> Any:
        named = _named(call, way, params)
        _admit(call, named, verb, strangers=verb == "revoke")
        return act(call, named)

    kind = f"{'inherited_' if way.inherited else ''}{way.place}{'_group' if way.actor == 'group' else ''}"
    handle.__name__ = name.format(kind)
    identity.route(method, path, success=success)(handle)


for _place in "project", "domain", "system":
    for _actor in "user", "group":
        for _inherited in (False, True) if _place != "system" else (False,):
            _way = Way(_place, _actor, _inherited)
            for _method, _verb, _of_one, _success, _act, _name in VERBS:
                if _verb == "list" and _inherited and _place == "project":
                    continue  # of projects there is no such list
                _path = _way.path + ("/<role_id>" if _of_one else "") + _way.end
                _declare(_way, _method, _verb, _path, _success, _act, _name)
