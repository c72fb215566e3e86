"""/os-server-groups: servers that are to stand together, or apart."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.quota import check_server_groups
from fakecompute.domain.records.compute import ServerGroup
from fakecompute.domain.records.server import Server
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Choice, Integer, ListOf, Object, Schema, Text, shapes, since, until
from fakecompute.rest.view import View, field
from fakecompute.services.compute.service import compute


class ServerGroupNotFound(NotFound):
    message = "Instance group {id} could not be found."


class RulesNotSupported(BadRequest):
    message = "Only anti-affinity policy supports rules."


# --- request schemas ----------------------------------------------------------------------------------

FIRST = ("anti-affinity", "affinity")
ALL = (*FIRST, "soft-anti-affinity", "soft-affinity")


class Rules(Schema):
    max_server_per_host = Integer(min=1, pattern="^[0-9]*$")


class NewServerGroup(Schema):
    name = Text(required=True, form="name", min=1, max=255)
    policies = shapes(
        until("2.14", ListOf(Choice(*FIRST), required=True, min=1, max=1)),
        since("2.15", ListOf(Choice(*ALL), required=True, min=1, max=1), until="2.63"),
    )
    policy = since("2.64", Choice(*ALL, required=True))
    rules = since("2.64", Object(Rules))


class CreateServerGroup(Schema):
    server_group = Object(NewServerGroup, required=True)


class ListServerGroups(Schema):
    all_projects = Text()
    limit = Integer(min=0, pattern="^[0-9]*$")
    offset = Integer(min=0, pattern="^[0-9]*$", load_default=0)


# --- response views -----------------------------------------------------------------------------------


def _members(group: ServerGroup, call: Call) -> list[str]:
    """Those that were not deleted since."""
    servers = (call.cloud.store.find(Server, id) for id in group.members)
    return [server.id for server in servers if server and not server.deleted]


group_view = View(
    field("id"),
    field("name"),
    field("policies", lambda group, call: [group.policy], until="2.63"),
    field("metadata", lambda group, call: {}, until="2.63"),
    field("policy", since="2.64"),
    field("rules", lambda group, call: {name: int(value) for name, value in group.rules}, since="2.64"),
    field("members", _members),
    field("project_id", since="2.13"),
    field("user_id", since="2.13"),
)


# --- handlers -----------------------------------------------------------------------------------------


@compute.finder("server_group")
def find_server_group(call: Call, id: str) -> ServerGroup:
    """Those of other projects do not exist."""
    group = call.cloud.store.find(ServerGroup, id)
    if group is None or not (call.is_admin or group.project_id == call.project_id):
        raise ServerGroupNotFound(id=id)
    return group


@compute.get(
    "/os-server-groups",
    query=ListServerGroups,
    strict_query="2.75",
    policy="os_compute_api:os-server-groups:index",
)
def list_server_groups(call: Call) -> dict[str, Any]:
    """One's own project's; an admin may ask for all, others who do are not heard."""
    query, store = call.query, call.cloud.store
    if "all_projects" in query and call.is_admin:
        call.demand("os_compute_api:os-server-groups:index:all_projects")
        groups = store.all(ServerGroup)
    else:
        groups = store.by(ServerGroup, "project", call.project_id)
    most = call.cloud.settings.max_limit
    limit = min(query.get("limit") or most, most)
    page = sorted(groups, key=lambda group: group.number)[query["offset"] : query["offset"] + limit]
    return {"server_groups": group_view.all(page, call)}


@compute.post("/os-server-groups", body=CreateServerGroup, policy="os_compute_api:os-server-groups:create")
def create_server_group(call: Call) -> dict[str, Any]:
    cloud, wish = call.cloud, call.body["server_group"]
    check_server_groups(cloud, call.project_id, call.user_id)
    policy = wish["policy"] if "policy" in wish else wish["policies"][0]
    rules = wish.get("rules", {})
    if rules and policy != "anti-affinity":
        raise RulesNotSupported
    group = cloud.store.put(
        ServerGroup(
            id=cloud.streams.uuid("server_group"),
            name=wish["name"],
            project_id=call.project_id,
            user_id=call.user_id,
            policy=policy,
            rules=tuple((name, str(value)) for name, value in rules.items()),
            number=cloud.streams.number("server_group.row"),
            created_at=cloud.now,
        )
    )
    return {"server_group": group_view(group, call)}


@compute.get(
    "/os-server-groups/<server_group>", strict_query="2.102", policy="os_compute_api:os-server-groups:show"
)
def show_server_group(call: Call, server_group: ServerGroup) -> dict[str, Any]:
    return {"server_group": group_view(server_group, call)}


@compute.delete(
    "/os-server-groups/<server_group>", policy="os_compute_api:os-server-groups:delete", success=204
)
def delete_server_group(call: Call, server_group: ServerGroup) -> None:
    """Its servers stay."""
    call.cloud.store.drop(server_group)
