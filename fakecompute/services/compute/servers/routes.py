"""GET /servers, /servers/detail, /servers/{id}; PUT and DELETE of a server.  POST stands in create.py."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import servers
from fakecompute.domain.cells import CellDown, down_cells, is_unreachable
from fakecompute.domain.records.server import Server
from fakecompute.errors import Conflict, NotFound
from fakecompute.rest import page
from fakecompute.rest.call import Call
from fakecompute.rest.view import View
from fakecompute.services.compute.servers.create import caller_of
from fakecompute.services.compute.servers.filters import after_marker, listed
from fakecompute.services.compute.servers.schemas import ListServers, UpdateServer
from fakecompute.services.compute.servers.views import (
    server_brief,
    server_detail,
    server_listed,
    server_updated,
    unreachable_brief,
    unreachable_detail,
    unreachable_listed,
)
from fakecompute.services.compute.service import compute


class ServerNotFound(NotFound):
    message = "Instance {id} could not be found."


class ServerNotMapped(NotFound):
    message = "Instance {id} has no mapping to a cell."


BY_MAPPING = ("os-start", "os-stop")  # the actions that look a server up in another way


@compute.finder("server")
def find_server(call: Call, id: str) -> Server:
    """Deleted servers, and those of others, do not exist."""
    server = call.cloud.store.find(Server, id)
    if server is None and call.endpoint is not None and call.endpoint.action in BY_MAPPING:
        raise ServerNotMapped(id=id)
    if server is None or server.deleted or not (call.is_admin or server.project_id == call.project_id):
        raise ServerNotFound(id=id)
    _check_reachable(call, server)
    return server


def _check_reachable(call: Call, server: Server) -> None:
    """Of a cell that is down only GET of the server itself tells something, from 2.69."""
    shown = (
        call.since("2.69") and call.endpoint is not None and call.endpoint.operation == "compute.show_server"
    )
    if is_unreachable(call.cloud, server) and not shown:
        raise CellDown(cell=server.cell)


@compute.finder("mapped_server")
def find_mapped_server(call: Call, id: str) -> Server:
    """As tags and shares do: the policy turns others away, `check_exists` finds out that it was deleted."""
    server = call.cloud.store.find(Server, id)
    if server is None:
        raise ServerNotMapped(id=id)
    _check_reachable(call, server)
    return server


def check_exists(server: Server) -> None:
    if server.deleted:
        raise ServerNotFound(id=server.id)


@compute.get("/servers", query=ListServers, policy="os_compute_api:servers:index")
def list_servers(call: Call) -> dict[str, Any]:
    shown, links = _page(call, "/servers")
    return {"servers": _shown(call, shown, unreachable_brief, server_brief), **links}


@compute.get("/servers/detail", query=ListServers, policy="os_compute_api:servers:detail")
def list_servers_detail(call: Call) -> dict[str, Any]:
    shown, links = _page(call, "/servers/detail")
    return {"servers": _shown(call, shown, unreachable_listed, server_listed), **links}


def _shown(call: Call, servers: list[Server], unreachable: View, usual: View) -> list[dict[str, Any]]:
    """First what is left of servers in cells that are down, then the others."""
    if not (down := down_cells(call.cloud)):
        return usual.all(servers, call)
    lost = [server for server in servers if server.cell in down]
    return unreachable.all(lost, call) + usual.all((s for s in servers if s.cell not in down), call)


def _reachable(call: Call, servers: list[Server]) -> list[Server]:
    """Without those of cells that are down, unless the list is a plain one that says so (from 2.69)."""
    down = down_cells(call.cloud)
    plain = call.since("2.69") and {name for name, _ in call.query_pairs} <= {"all_tenants"}
    if not down or plain:
        return servers
    if not call.cloud.settings.list_records_by_skipping_down_cells:
        raise CellDown(cell=min(down))
    return [server for server in servers if server.cell not in down]


def _page(call: Call, path: str) -> tuple[list[Server], dict[str, Any]]:
    most = call.cloud.settings.max_limit
    limit = min(call.query.get("limit", most), most)
    shown = after_marker(call, _reachable(call, listed(call)))[:limit]
    links = page.links("servers", call.url + path, call.query_pairs, shown, limit, lambda server: server.id)
    return shown, links


@compute.get("/servers/<server>", policy="os_compute_api:servers:show", strict_query="2.102")
def show_server(call: Call, server: Server) -> dict[str, Any]:
    view = unreachable_detail if is_unreachable(call.cloud, server) else server_detail
    return {"server": view(server, call)}


@compute.put("/servers/<server>", body=UpdateServer, policy="os_compute_api:servers:update")
def update_server(call: Call, server: Server) -> dict[str, Any]:
    wish = call.body["server"]
    _check_pin(server, wish)
    server = call.cloud.store.put(server.evolve(**wish, updated_at=call.cloud.now))
    return {"server": server_updated(server, call)}


def _check_pin(server: Server, wish: dict[str, Any]) -> None:
    """A server is pinned to the zone where it is, and unpinned before it is pinned elsewhere (2.104)."""
    zone = wish.get("pinned_availability_zone")
    if zone is None or zone == server.pinned_availability_zone:
        return
    if server.pinned_availability_zone is not None:
        raise Conflict(
            reason="Cannot change pinned availability zone directly."
            " Unpin first by setting pinned_availability_zone to null."
        )
    if zone != server.availability_zone:
        raise Conflict(
            reason=f"Server can only be pinned to its current availability zone '{server.availability_zone}',"
            f" but '{zone}' was requested."
        )


@compute.delete("/servers/<server>", policy="os_compute_api:servers:delete", success=204)
def delete_server(call: Call, server: Server) -> None:
    servers.delete(call.cloud, server, caller_of(call), call.is_admin)
