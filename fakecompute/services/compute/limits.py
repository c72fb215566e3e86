"""GET /limits: what a project may have and has, under the names of the oldest clients."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.quota import in_use, limits
from fakecompute.domain.rate_limits import levels
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Schema, Text
from fakecompute.rest.view import Field, View, field, isotime
from fakecompute.services.compute.service import compute

# --- request schemas ----------------------------------------------------------------------------------


class ShowLimits(Schema):
    tenant_id = Text()


# --- response views -----------------------------------------------------------------------------------


def _most(name: str, resource: str, until: str | None = None) -> Field:
    return field(name, lambda amounts, call: amounts["limit"][resource], until=until)


def _used(name: str, resource: str, until: str | None = None) -> Field:
    return field(name, lambda amounts, call: amounts["in_use"][resource], until=until)


# fmt: off
absolute_limits = View(
    _most("maxTotalRAMSize",         "ram"),
    _most("maxTotalInstances",       "instances"),
    _most("maxTotalCores",           "cores"),
    _most("maxTotalKeypairs",        "key_pairs"),
    _most("maxTotalFloatingIps",     "floating_ips",                until="2.35"),
    _most("maxServerMeta",           "metadata_items"),
    _most("maxImageMeta",            "metadata_items",              until="2.38"),
    _most("maxPersonality",          "injected_files",              until="2.56"),
    _most("maxPersonalitySize",      "injected_file_content_bytes", until="2.56"),
    _most("maxSecurityGroups",       "security_groups",             until="2.35"),
    _most("maxSecurityGroupRules",   "security_group_rules",        until="2.35"),
    _most("maxServerGroups",         "server_groups"),
    _most("maxServerGroupMembers",   "server_group_members"),
    _used("totalRAMUsed",            "ram"),
    _used("totalCoresUsed",          "cores"),
    _used("totalInstancesUsed",      "instances"),
    _used("totalFloatingIpsUsed",    "floating_ips",                until="2.35"),
    _used("totalSecurityGroupsUsed", "security_groups",             until="2.35"),
    _used("totalServerGroupsUsed",   "server_groups"),
)
# fmt: on


def rates(call: Call, project_id: str) -> list[dict[str, Any]]:
    """Rate limits, those of one address together; empty in all Novas of today."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for level in levels(call.cloud, project_id):
        limit = level.limit
        groups.setdefault((limit.uri, limit.regex), []).append(
            {
                "verb": limit.verb,
                "value": limit.value,
                "remaining": level.remaining,
                "unit": limit.unit,
                "next-available": isotime(level.next_at),
            }
        )
    return [{"uri": uri, "regex": regex, "limit": shown} for (uri, regex), shown in groups.items()]


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/limits", query=ShowLimits, strict_query="2.75", policy="os_compute_api:limits")
def show_limits(call: Call) -> dict[str, Any]:
    project_id = call.project_id
    if "tenant_id" in call.query:
        project_id = call.query["tenant_id"]
        call.demand("os_compute_api:limits:other_project")
    amounts = {"limit": limits(call.cloud, project_id), "in_use": in_use(call.cloud, project_id)}
    return {"limits": {"rate": rates(call, project_id), "absolute": absolute_limits(amounts, call)}}
