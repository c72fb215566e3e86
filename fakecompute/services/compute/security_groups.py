"""/os-security-groups (to 2.35): Neutron's security groups, with the rules for what may come in."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.network import SecurityGroup, SecurityGroupRule
from fakecompute.errors import BadRequest, FakeError, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import FORMS, INCLUDE, Object, Schema, Text
from fakecompute.rest.view import View, field
from fakecompute.services.compute.neighbours import at, handed_on
from fakecompute.services.compute.paging import Windowed
from fakecompute.services.compute.service import compute
from fakecompute.services.network import security_groups as neutrons
from fakecompute.services.network.security_group_rules import rules_of
from fakecompute.services.network.service import network as neutron

ANYWHERE = "0.0.0.0/0"


class NoUuid(BadRequest):
    message = "Security group id should be uuid"


# --- request schemas ----------------------------------------------------------------------------------


class NamedGroup(Schema):
    name = Text(required=True, max=255)
    description = Text(required=True, max=255)

    class Meta:
        unknown = INCLUDE


class WriteSecurityGroup(Schema):
    security_group = Object(NamedGroup, required=True)

    class Meta:
        unknown = INCLUDE


class ListSecurityGroups(Windowed):
    all_tenants = Text()


# --- response views -----------------------------------------------------------------------------------


def ports(rule: SecurityGroupRule) -> tuple[int | None, int | None]:
    """None is all of them, which Nova tells by the protocol."""
    # nova/network/security_group_api.py: _convert_to_nova_security_group_rule_format
    if rule.protocol is None or (rule.port_range_min, rule.port_range_max) != (None, None):
        return rule.port_range_min, rule.port_range_max
    return (1, 65535) if rule.protocol in ("tcp", "udp") else (-1, -1)


def _source_group(rule: SecurityGroupRule, call: Call) -> dict[str, str]:
    group = call.cloud.store.find(SecurityGroup, rule.remote_group_id)
    return {"name": group.name, "tenant_id": group.project_id} if group else {}


def _source_range(rule: SecurityGroupRule, call: Call) -> dict[str, str]:
    return {} if rule.remote_group_id else {"cidr": rule.remote_ip_prefix or ANYWHERE}


def _rules(group: SecurityGroup, call: Call) -> list[dict[str, Any]]:
    """Of the sources, those that the caller does not see are left out with their rules."""
    shown = []
    for rule in incoming(call, group):
        source = call.cloud.store.find(SecurityGroup, rule.remote_group_id)
        if source is None or call.is_admin or source.project_id == call.project_id:
            shown.append(rule_view(rule, call))
    return shown


rule_view = View(
    field("id"),
    field("parent_group_id", "security_group_id"),
    field("ip_protocol", "protocol"),
    field("from_port", lambda rule, call: ports(rule)[0]),
    field("to_port", lambda rule, call: ports(rule)[1]),
    field("group", _source_group),
    field("ip_range", _source_range),
)
group_view = View(
    field("id"),
    field("description"),
    field("name"),
    field("tenant_id", "project_id"),
    field("rules", _rules),
)


def incoming(call: Call, group: SecurityGroup) -> list[SecurityGroupRule]:
    return [rule for rule in rules_of(call.cloud, group.id) if rule.direction == "ingress"]


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(
    "/os-security-groups",
    until="2.35",
    query=ListSecurityGroups,
    policy="os_compute_api:os-security-groups:get",
)
def list_os_security_groups(call: Call) -> dict[str, Any]:
    """A page of what Neutron lists, which then is put in order."""
    wanted = {} if call.is_admin and "all_tenants" in call.query else {"tenant_id": call.project_id}
    listed = neutrons.list_security_groups(at(call, neutron, **wanted))["security_groups"]
    most, offset = call.cloud.settings.max_limit, call.query.get("offset", 0)
    page = listed[offset:][: min(most, call.query.get("limit") or most)]
    groups = [call.cloud.store.get(SecurityGroup, one["id"]) for one in page]
    groups.sort(key=lambda group: (group.project_id, group.name))
    return {"security_groups": group_view.all(groups, call)}


@compute.get("/os-security-groups/<id>", until="2.35", policy="os_compute_api:os-security-groups:show")
def show_os_security_group(call: Call, id: str) -> dict[str, Any]:
    check_uuid(id)
    return {"security_group": group_view(find_group(call, id), call)}


@compute.post(
    "/os-security-groups",
    until="2.35",
    body=WriteSecurityGroup,
    policy="os_compute_api:os-security-groups:create",
)
def create_os_security_group(call: Call) -> dict[str, Any]:
    try:
        made = neutrons.create_security_group(at(call, neutron, {"security_group": _wish(call)}))
    except FakeError as refused:
        raise handed_on(call, refused, conflict=Forbidden) from None
    return {"security_group": group_view(_written(call, made), call)}


@compute.put(
    "/os-security-groups/<id>",
    until="2.35",
    body=WriteSecurityGroup,
    policy="os_compute_api:os-security-groups:update",
)
def update_os_security_group(call: Call, id: str) -> dict[str, Any]:
    check_uuid(id)
    group = find_group(call, id)
    try:
        changed = neutrons.update_security_group(at(call, neutron, {"security_group": _wish(call)}), group)
    except FakeError as refused:  # Nova does not expect it, and fails
        raise handed_on(call, refused) from None
    return {"security_group": group_view(_written(call, changed), call)}


@compute.delete(
    "/os-security-groups/<id>",
    until="2.35",
    policy="os_compute_api:os-security-groups:delete",
    success=202,
)
def delete_os_security_group(call: Call, id: str) -> None:
    check_uuid(id)
    group = find_group(call, id)
    try:
        neutrons.delete_security_group(at(call, neutron), group)
    except FakeError as refused:
        raise handed_on(call, refused) from None


def check_uuid(id: str) -> None:
    if not FORMS["uuid"](id):
        raise NoUuid


def find_group(call: Call, id: str) -> SecurityGroup:
    try:
        return neutrons.find_group(at(call, neutron), id)
    except NotFound as missing:
        raise handed_on(call, missing) from None


def _wish(call: Call) -> dict[str, str]:
    sent = call.body["security_group"]
    return {"name": sent["name"], "description": sent["description"]}


def _written(call: Call, answer: dict[str, Any]) -> SecurityGroup:
    return call.cloud.store.get(SecurityGroup, answer["security_group"]["id"])
