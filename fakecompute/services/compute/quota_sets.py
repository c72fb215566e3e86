"""/os-quota-sets/{project}: what a project, or one of its users, may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakecompute.domain import quota_unified
from fakecompute.domain.quota import (
    DEFAULTS,
    PER_PROJECT,
    UNLIMITED,
    default_limits,
    given_to_users,
    in_use,
    limits,
    own_limits,
    quota_id,
    set_limits,
)
from fakecompute.domain.records.compute import Quota
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Booleanish, Integer, Object, Schema, Text, until
from fakecompute.rest.view import Field, View, field
from fakecompute.services.compute.projects import demand_project
from fakecompute.services.compute.service import compute


class LimitTooLow(BadRequest):
    message = "Quota limit {limit} for {resource} must be greater than or equal to already used and reserved {least}."


class LimitTooHigh(BadRequest):
    message = "Quota limit {limit} for {resource} must be less than or equal to {most}."


# --- request schemas ----------------------------------------------------------------------------------


def amount() -> Integer:
    return Integer(min=-1, max=2**31 - 1, pattern="^-?[0-9]+$")


class Limits(Schema):
    instances = amount()
    cores = amount()
    ram = amount()
    floating_ips = until("2.35", amount())
    fixed_ips = until("2.35", amount())
    metadata_items = amount()
    key_pairs = amount()
    security_groups = until("2.35", amount())
    security_group_rules = until("2.35", amount())
    injected_files = until("2.56", amount())
    injected_file_content_bytes = until("2.56", amount())
    injected_file_path_bytes = until("2.56", amount())
    server_groups = amount()
    server_group_members = amount()
    force = Booleanish(load_default=False)


class UpdateQuotaSet(Schema):
    quota_set = Object(Limits, required=True)


class OfUser(Schema):
    user_id = Text()


# --- response views -----------------------------------------------------------------------------------

# until which version a resource is shown
UNTIL = {
    **dict.fromkeys("fixed_ips floating_ips security_groups security_group_rules".split(), "2.35"),
    **dict.fromkeys("injected_files injected_file_content_bytes injected_file_path_bytes".split(), "2.56"),
}


def _shown(resource: str) -> Field:
    return field(resource, lambda amounts, call: amounts[resource], until=UNTIL.get(resource))


quota_set = View(*map(_shown, DEFAULTS))  # of a mapping: resource -> what is to be shown of it


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-quota-sets/<project_id>", query=OfUser, strict_query="2.75")
def show_quota_set(call: Call, project_id: str) -> dict[str, Any]:
    _demand(call, "show", project_id)
    found = limits(call.cloud, project_id, call.query.get("user_id"))
    return {"quota_set": {"id": project_id, **quota_set(found, call)}}


@compute.get("/os-quota-sets/<project_id>/detail", query=OfUser, strict_query="2.75")
def show_quota_set_detail(call: Call, project_id: str) -> dict[str, Any]:
    _demand(call, "detail", project_id)
    user_id = call.query.get("user_id")
    used = in_use(call.cloud, project_id, user_id)
    detail = {
        resource: {"limit": limit, "in_use": used[resource], "reserved": 0}  # Nova reserves no more
        for resource, limit in limits(call.cloud, project_id, user_id).items()
    }
    return {"quota_set": {"id": project_id, **quota_set(detail, call)}}


@compute.get("/os-quota-sets/<project_id>/defaults")
def show_quota_set_defaults(call: Call, project_id: str) -> dict[str, Any]:
    _demand(call, "defaults", project_id)
    return {"quota_set": {"id": project_id, **quota_set(default_limits(call.cloud), call)}}


@compute.put("/os-quota-sets/<project_id>", body=UpdateQuotaSet, query=OfUser, strict_query="2.75")
def update_quota_set(call: Call, project_id: str) -> dict[str, Any]:
    _demand(call, "update", project_id)
    user_id, wish = call.query.get("user_id"), call.body["quota_set"]
    changes = {resource: limit for resource, limit in wish.items() if resource != "force"}
    if not wish["force"] and not quota_unified.is_on(call.cloud):  # unified limits are not set here
        _check(call, project_id, user_id, changes)
    of_user = {
        resource: limit for resource, limit in changes.items() if user_id and resource not in PER_PROJECT
    }
    of_project = {resource: limit for resource, limit in changes.items() if resource not in of_user}
    for place, part in (quota_id(project_id, user_id), of_user), (project_id, of_project):
        if part:
            set_limits(call.cloud, place, part)
    return {"quota_set": quota_set(limits(call.cloud, project_id, user_id), call)}


@compute.delete("/os-quota-sets/<project_id>", query=OfUser, strict_query="2.75", success=202)
def delete_quota_set(call: Call, project_id: str) -> None:
    """Back to the defaults; with the project's limits go those of its users."""
    call.demand("os_compute_api:os-quota-sets:delete", project_id)
    store, user_id = call.cloud.store, call.query.get("user_id")
    gone = [] if user_id else store.by(Quota, "of_users", project_id)
    own = store.find(Quota, quota_id(project_id, user_id))
    for quota in [*gone, *([own] if own else [])]:
        store.drop(quota)


def _demand(call: Call, verb: str, project_id: str) -> None:
    call.demand(f"os_compute_api:os-quota-sets:{verb}", project_id)
    demand_project(call.cloud, project_id)


def _check(call: Call, project_id: str, user_id: str | None, changes: Mapping[str, int]) -> None:
    """A limit must cover what is used or promised, and a user's must fit into what is left of the project's."""
    # nova/quota.py: get_settable_quotas
    cloud = call.cloud
    now, given = limits(cloud, project_id), given_to_users(cloud, project_id)
    own = own_limits(cloud, quota_id(project_id, user_id)) if user_id else {}
    used = in_use(cloud, project_id, user_id)
    for resource, limit in changes.items():
        promised = given.get(resource, 0)
        left, mine = now[resource] - promised, own.get(resource, 0)
        if user_id:
            least = used[resource]
            most = left + mine if min(left, mine) > UNLIMITED else UNLIMITED
        else:
            least = max(promised if min(now[resource], left) > UNLIMITED else UNLIMITED, used[resource])
            most = UNLIMITED
        if _number(limit) < least:
            raise LimitTooLow(limit=limit, resource=resource, least=least)
        if _number(limit) > _number(most):
            raise LimitTooHigh(limit=limit, resource=resource, most=most)


def _number(limit: int) -> float:
    return float("inf") if limit == UNLIMITED else limit
