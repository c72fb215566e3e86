"""/limits: what a project or a domain has instead of a registered limit, and how limits are enforced."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from fakecompute.domain.records.identity import Domain, Project
from fakecompute.domain.records.unified_limits import Limit, RegisteredLimit
from fakecompute.errors import Conflict, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import ListOf, Object, Schema, Text, problem
from fakecompute.rest.view import View, field
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import a_name, admit, an_id
from fakecompute.services.identity.registered_limits import amount, of_region, of_service, require_place
from fakecompute.services.identity.service import Expecting, identity


class LimitNotFound(NotFound):
    message = "Could not find limit for {id}."


class LimitExists(Conflict):
    message = "Conflict occurred attempting to store limit - Duplicate entry."


class NothingRegistered(Forbidden):
    message = "Unable to create a limit that has no corresponding registered limit."


# --- request schemas ----------------------------------------------------------------------------------


class ListLimits(Listed):
    filters = ("service_id", "region_id", "resource_name", "project_id", "domain_id")
    service_id = of_service()
    region_id = of_region()
    resource_name = a_name()
    project_id = an_id()
    domain_id = an_id()


class NewLimit(Schema):
    project_id = an_id(allow_none=True)
    domain_id = an_id(allow_none=True)
    resource_name = a_name(required=True)
    region_id = of_region(allow_none=True)
    service_id = of_service(required=True)
    resource_limit = amount(required=True)
    description = Text(allow_none=True)


class OfOne(Object):
    """Of a project or of a domain, and not of both."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        loaded = super()._deserialize(value, attr, data, **kwargs)
        holders = [name for name in ("domain_id", "project_id") if name in loaded]
        if not holders or all(loaded[name] is None for name in holders):
            raise _unfit(value, "is not valid under any of the given schemas")
        if len(holders) == 2:
            raise _unfit(value, "is valid under each of {'required': ['project_id']}, {'required': ['domain_id']}")
        return loaded


def _unfit(value: Any, how: str) -> ValidationError:
    return problem(f"{value!r} {how}", value)


class CreateLimits(Schema):
    limits = ListOf(OfOne(NewLimit), min=1, required=True)


class LimitFields(Schema):
    resource_limit = amount()
    description = Text(allow_none=True)


class UpdateLimit(Schema):
    limit = Object(LimitFields, required=True)


# --- response views -----------------------------------------------------------------------------------

limit_detail = View(
    field("id"),
    field("project_id"),
    field("domain_id"),
    field("resource_limit"),
    field("description"),
    field("service_id"),
    field("region_id"),
    field("resource_name"),
    field("links", linked("limits")),
)


# --- handlers -----------------------------------------------------------------------------------------


def find_limit(call: Call, id: str) -> Limit:
    limit = call.cloud.store.find(Limit, id)
    project = call.cloud.store.find(Project, limit.project_id) if limit else None
    of_domain = project.domain_id if project else limit.domain_id if limit else None
    target = {"project_id": limit.project_id or "-", "domain_id": of_domain or "-"} if limit else {}
    return admit(call, limit, LimitNotFound(id=id), **target)


def _seen(call: Call) -> list[Limit]:
    return sorted(_visible(call), key=lambda limit: limit.number)


def _visible(call: Call) -> list[Limit]:
    """All of them for admins, services and the system; else those of the caller's domain, or project."""
    store, context = call.cloud.store, call.context
    if context.system or call.is_admin or "service" in context.roles:
        return store.all(Limit)
    if context.domain_id is None:
        return store.by(Limit, "project", context.project_id) if context.project_id else []
    projects = store.by(Project, "domain", context.domain_id)
    of_projects = [limit for project in projects for limit in store.by(Limit, "project", project.id)]
    return [*store.by(Limit, "domain", context.domain_id), *of_projects]


@identity.get("/limits/model", policy="identity:get_limit_model")
def show_limit_model(call: Call) -> dict[str, Any]:
    description = "Limit enforcement and validation does not take project hierarchy into consideration."
    return {"model": {"name": "flat", "description": description}}


@identity.post("/limits", body=CreateLimits, policy="identity:create_limits", success=201)
def create_limits(call: Call) -> dict[str, Any]:
    """All of them, or none."""
    limits = [_create(call, wish) for wish in call.body["limits"]]
    return {"limits": limit_detail.all(limits, call)}


def _create(call: Call, wish: dict[str, Any]) -> Limit:
    store = call.cloud.store
    require_place(call, wish, "limit")
    project_id, domain_id = _holder(call, wish)
    place = (wish["service_id"], wish.get("region_id"), wish["resource_name"])
    registered = store.one(RegisteredLimit, "resource", place)
    if registered is None:
        raise NothingRegistered
    if store.one(Limit, "holder", (registered.id, project_id, domain_id)) is not None:
        raise LimitExists
    return store.put(
        Limit(
            id=call.cloud.streams.hex("limit"),
            number=call.cloud.streams.number("limit"),
            registered_limit_id=registered.id,
            **{**wish, "project_id": project_id, "domain_id": domain_id},
        )
    )


def _holder(call: Call, wish: dict[str, Any]) -> tuple[str | None, str | None]:
    """The project and the domain of a limit; a domain may be told as a project."""
    store, project_id, domain_id = call.cloud.store, wish.get("project_id"), wish.get("domain_id")
    if project_id is not None and store.find(Project, project_id) is None:
        if store.find(Domain, project_id) is None:
            raise Expecting(attribute="project_id", target="limit")
        return None, project_id
    if domain_id is not None and store.find(Domain, domain_id) is None:
        raise Expecting(attribute="domain_id", target="limit")
    return project_id, domain_id


def _update(call: Call, limit: Limit, wish: Wish) -> Limit:
    """Keystone passes over a new limit of 0, and over an empty description."""
    return call.cloud.store.put(limit.evolve(**{name: value for name, value in wish.items() if value}))


Collection(
    "limit",
    "/limits",
    Limit,
    limit_detail,
    find=find_limit,
    records=_seen,
    query=ListLimits,
    update=(UpdateLimit, _update),
)
