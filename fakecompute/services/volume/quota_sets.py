"""GET, PUT, DELETE /os-quota-sets/{project}, GET /os-quota-sets/{project}/defaults: limits of projects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakecompute.domain.volume.quota import (
    UNLIMITED,
    Use,
    defaults,
    forget_limits,
    limits,
    own_limits,
    set_limits,
    usage,
)
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, MapOf, Schema
from fakecompute.services.volume.listing import boolean
from fakecompute.services.volume.service import volume

MOST = (1 << 31) - 1
NO_LIMITS = ("tenant_id", "id")  # what clients send along


class BadKeys(BadRequest):
    message = "Invalid input received: Bad key(s) in quota set: {keys}"


class BadLimit(BadRequest):
    message = "{name} must be {rule}"


class TextForLimit(BadRequest):
    message = "The server could not comply with the request since it is either malformed or otherwise incorrect."


class LessThanUsed(BadRequest):
    message = (
        "Quota {name} limit must be equal or greater than existing resources."
        " Current usage is {used} and the requested limit is {limit}."
    )


class NameTooLong(BadRequest):
    message = "Invalid input received: {what} has {length} characters, more than 255."


# --- request schemas ----------------------------------------------------------------------------------


class UpdateQuotaSet(Schema):
    quota_set = MapOf(Anything(), min=1, required=True)


# --- response views -----------------------------------------------------------------------------------


def with_use(limits: Mapping[str, int], used: Mapping[str, Use]) -> dict[str, Any]:
    return {resource: {"limit": limit, **used[resource]._asdict()} for resource, limit in limits.items()}


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/os-quota-sets/<project_id>")
def show_quota_set(call: Call, project_id: str) -> dict[str, Any]:
    """`usage=True` tells beside each limit how much of it is used."""
    call.demand("volume_extension:quotas:show", project_id)
    shown: dict[str, Any] = dict(limits(call.cloud, project_id))
    if boolean("usage", dict(call.query_pairs).get("usage", "false")):
        shown = with_use(shown, usage(call.cloud, project_id))
    return {"quota_set": {**shown, "id": project_id}}


@volume.get("/os-quota-sets/<project_id>/defaults")
def show_default_quota_set(call: Call, project_id: str) -> dict[str, Any]:
    call.demand("volume_extension:quotas:show", project_id)
    return {"quota_set": {**defaults(call.cloud), "id": project_id}}


@volume.put("/os-quota-sets/<project_id>", body=UpdateQuotaSet)
def update_quota_set(call: Call, project_id: str) -> dict[str, Any]:
    wanted = _limits_told(call, call.body["quota_set"])
    call.demand("volume_extension:quotas:update", project_id)
    check_length(project_id, "quota_set_name")
    _check_used(call, project_id, wanted)
    set_limits(call.cloud, project_id, {name: int(limit) for name, limit in wanted.items()})
    return {"quota_set": limits(call.cloud, project_id)}


@volume.delete("/os-quota-sets/<project_id>")
def delete_quota_set(call: Call, project_id: str) -> None:
    call.demand("volume_extension:quotas:delete", project_id)
    forget_limits(call.cloud, project_id)


def _limits_told(call: Call, told: dict[str, Any]) -> dict[str, int | str]:
    """Known limits with whole numbers; Cinder takes text for one, and then cannot use it."""
    known = defaults(call.cloud)
    unknown = [name for name in told if name not in known and name not in NO_LIMITS]
    wanted = {name: limit for name, limit in told.items() if name in known}
    for name, limit in wanted.items():
        _check_number(name, limit)
    if unknown:
        raise BadKeys(keys=", ".join(unknown))
    return wanted


def _check_number(name: str, told: Any) -> None:
    # oslo_utils.strutils: validate_integer
    try:
        number = int(str(told))
    except ValueError:
        raise BadLimit(name=name, rule="an integer") from None
    if number < UNLIMITED:
        raise BadLimit(name=name, rule=f">= {UNLIMITED}")
    if number > MOST:
        raise BadLimit(name=name, rule=f"<= {MOST}")


def _check_used(call: Call, project_id: str, wanted: Mapping[str, int | str]) -> None:
    """A limit that a project has had of its own may not fall below what is used."""
    own, used = own_limits(call.cloud, project_id), usage(call.cloud, project_id)
    for name, limit in wanted.items():
        if name == "per_volume_gigabytes" or limit == UNLIMITED:
            continue
        if isinstance(limit, str):
            raise TextForLimit
        if name in own and limit < used[name].consumed:
            raise LessThanUsed(name=name, used=used[name].consumed, limit=limit)


def check_length(name: str, what: str) -> None:
    if len(name) > 255:
        raise NameTooLong(what=what, length=len(name))
