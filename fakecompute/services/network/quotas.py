"""GET, PUT, DELETE /quotas: how many networks, ports and the like a project may have."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_quotas import DEFAULTS, UNLIMITED, limits_of, set_limits, used_by
from fakecompute.domain.records.network import NetworkQuota
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.service import network
from fakecompute.services.network.values import Bad

LARGEST = 2**31 - 1


class QuotaMissingTenant(BadRequest):
    message = "Tenant-id was missing from quota request."


class TenantQuotaNotFound(NotFound):
    message = "Quota for project {project} could not be found."


# --- request schemas ----------------------------------------------------------------------------------


def _limits(body: Any) -> tuple[dict[str, int], bool]:
    """The limits of a body, and whether they may be below what is used."""
    sent = body.get("quota") if isinstance(body, dict) else None
    if not isinstance(sent, dict):
        raise BadRequest(reason="Unable to find 'quota' in request body")
    sent = {
        key: value for key, value in sent.items() if key not in ("tenant_id", "project_id", "check_limit")
    }
    force = sent.pop("force", None) is True
    limits = {}
    if strange := [key for key in sent if key not in DEFAULTS]:
        raise BadRequest(reason=f"Unrecognized attribute(s) '{', '.join(strange)}'")
    for name, value in sent.items():
        try:
            limits[name] = values.integer(UNLIMITED, LARGEST)(value)
        except Bad as bad:
            raise BadRequest(reason=f"Invalid input for {name}. Reason: {bad.reason}.") from None
    return limits, force


# --- handlers -----------------------------------------------------------------------------------------


def _demand_own(call: Call, project_id: str) -> None:
    """Everybody reads what one's own project uses, and admins, whatever they are admins of, what all do."""
    if project_id != call.context.project_id and "admin" not in call.context.roles:
        call.demand("get_quota", project_id)


def _demand(call: Call, project_id: str) -> None:
    """The limits of other projects are for managers, whatever project they manage."""
    if project_id != call.context.project_id:
        call.demand("get_quota")


def _project(call: Call) -> str:
    if not call.project_id:
        raise QuotaMissingTenant
    return call.project_id


@network.get("/quotas", policy="get_quota")
def list_quotas(call: Call) -> dict[str, Any]:
    own = sorted(quota.id for quota in call.cloud.store.all(NetworkQuota))
    return {"quotas": [{"tenant_id": id, "project_id": id, **limits_of(call.cloud, id)} for id in own]}


@network.get("/quotas/project", policy="get_version")
def show_quota_project(call: Call) -> dict[str, Any]:
    return {"project": {"project_id": _project(call)}}


@network.get("/quotas/tenant", policy="get_version")
def show_quota_tenant(call: Call) -> dict[str, Any]:
    return {"tenant": {"tenant_id": _project(call)}}


@network.get("/quotas/<project_id>", policy="get_version")
def show_quota(call: Call, project_id: str) -> dict[str, Any]:
    _demand(call, project_id)
    return {"quota": dict(limits_of(call.cloud, project_id))}


@network.get("/quotas/<project_id>/default", policy="get_version")
def show_quota_default(call: Call, project_id: str) -> dict[str, Any]:
    _demand(call, project_id)
    return {"quota": dict(DEFAULTS)}


@network.get("/quotas/<project_id>/details", policy="get_version")
@network.get("/quotas/<project_id>/details.json", policy="get_version")
def show_quota_details(call: Call, project_id: str) -> dict[str, Any]:
    _demand_own(call, project_id)
    limits = limits_of(call.cloud, project_id)
    return {
        "quota": {
            name: {"limit": limit, "used": used_by(call.cloud, project_id, name), "reserved": 0}
            for name, limit in limits.items()
        }
    }


@network.put("/quotas/<project_id>", policy="update_quota")
def update_quota(call: Call, project_id: str) -> dict[str, Any]:
    limits, force = _limits(call.body)
    for name, limit in limits.items():
        used = used_by(call.cloud, project_id, name)
        if limit != UNLIMITED and used > limit and not force:
            raise BadRequest(
                reason=f"Quota limit {limit} for {name} must be greater than or equal to already used {used}"
            )
    set_limits(call.cloud, project_id, limits)
    return {"quota": dict(limits_of(call.cloud, project_id))}


@network.delete("/quotas/<project_id>", policy="delete_quota", success=204)
def delete_quota(call: Call, project_id: str) -> None:
    """Back to the defaults."""
    own = call.cloud.store.find(NetworkQuota, project_id)
    if own is None:
        raise TenantQuotaNotFound(project=project_id)
    call.cloud.store.drop(own)
