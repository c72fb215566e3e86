"""/servers/{id}/os-security-groups, addSecurityGroup and removeSecurityGroup: the groups of all of a server's ports."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import interfaces, network_requests
from fakecompute.domain.records.server import Server
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Schema, Text
from fakecompute.services.compute.security_groups import group_view
from fakecompute.services.compute.servers.actions import PATH as ACTION
from fakecompute.services.compute.service import compute


class NamelessGroup(BadRequest):
    message = "Security group name cannot be empty"


class GroupNotFound(NotFound):
    message = "Security group {name} is not found for project {project_id}"


# --- request schemas ----------------------------------------------------------------------------------


class GroupName(Schema):
    name = Text(min=1, required=True)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(
    "/servers/<server>/os-security-groups",
    policy="os_compute_api:os-security-groups:list",
    strict_query="2.102",
)
def list_server_security_groups(call: Call, server: Server) -> dict[str, Any]:
    """Of others' groups nothing is told."""
    groups = [
        group
        for group in interfaces.groups_of(call.cloud, server)
        if call.is_admin or group.project_id == call.project_id
    ]
    groups.sort(key=lambda group: (group.project_id, group.name))
    return {"security_groups": group_view.all(groups, call)}


@compute.action(
    ACTION, "addSecurityGroup", body=GroupName, policy="os_compute_api:os-security-groups:add", success=202
)
def add_server_security_group(call: Call, server: Server) -> None:
    interfaces.add_group(call.cloud, server, _group_id(call))


@compute.action(
    ACTION,
    "removeSecurityGroup",
    body=GroupName,
    policy="os_compute_api:os-security-groups:remove",
    success=202,
)
def remove_server_security_group(call: Call, server: Server) -> None:
    interfaces.remove_group(call.cloud, server, _group_id(call), call.body["name"])


def _group_id(call: Call) -> str:
    """By name or id, among those of the caller's project."""
    name: str = call.body["name"]
    if not name.strip():
        raise NamelessGroup
    try:
        return network_requests.security_group_id(call.cloud, call.project_id, name)
    except network_requests.SecurityGroupNotFound:
        raise GroupNotFound(name=name, project_id=call.project_id) from None
