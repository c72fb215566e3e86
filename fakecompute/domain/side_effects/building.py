"""What steps do besides taking time: from nothing to a running server, and to nothing again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakecompute.domain import server_network
from fakecompute.domain.images import delete_image
from fakecompute.domain.records.compute import Host, ServerGroup
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.scheduler import claim, give_back, select_host
from fakecompute.domain.states import VM, Power
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Changes = dict[str, Any]
Effect = Callable[["Cloud", Server], Changes]


class RetriesExhausted(BadRequest):
    message = (
        "Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures"
        " for instance {server_id}."
    )


# --- create ---------------------------------------------------------------------------------------------


def place(cloud: Cloud, server: Server) -> Changes:
    """Find a host, and take the room on it."""
    host = select_host(
        cloud,
        server.flavor,
        zone=server.requested_zone,
        host=server.requested_host,
        exclude=server.tried_hosts,
        accepts=group_filter(cloud, server),
    )
    claim(cloud, server.id, host, server.flavor, server.project_id, server.user_id)
    return {"host": host.name, "availability_zone": host.availability_zone}


def group_filter(cloud: Cloud, server: Server) -> Callable[[Host], bool] | None:
    """Affinity and anti-affinity; the soft forms only weigh, and never refuse a host."""
    group = cloud.store.find(ServerGroup, server.group_id)
    if group is None or group.policy not in ("affinity", "anti-affinity"):
        return None
    members = [cloud.store.find(Server, id) for id in group.members if id != server.id]
    hosts = [member.host for member in members if member and member.host and not member.deleted]
    if group.policy == "affinity":
        return lambda host: not hosts or host.name in hosts
    most = int(dict(group.rules).get("max_server_per_host", 1))
    return lambda host: hosts.count(host.name) < most


def plug(cloud: Cloud, server: Server) -> Changes:
    server_network.allocate(cloud, server)
    return {}


def launch(cloud: Cloud, server: Server) -> Changes:
    server_network.activate(cloud, server)
    return {"launched_at": cloud.now, "tried_hosts": ()}


def leave_host(cloud: Cloud, server: Server) -> Changes:
    """A build failed on its host: give the room back and remember not to come here again."""
    give_back(cloud, server.id)
    tried = (*server.tried_hosts, server.host) if server.host else server.tried_hosts
    return {"host": None, "availability_zone": None, "tried_hosts": tried}


def may_retry(cloud: Cloud, server: Server) -> bool:
    """Is there an attempt left for this build, and a host to make it on?"""
    tried = (*server.tried_hosts, server.host or "")
    if len(tried) >= cloud.settings.max_attempts or server.requested_host:
        return False
    try:
        select_host(
            cloud,
            server.flavor,
            zone=server.requested_zone,
            exclude=tried,
            accepts=group_filter(cloud, server),
        )
    except BadRequest:
        return False
    return True


def build_failed(cloud: Cloud, server: Server) -> Changes:
    """For good: nothing is left but the server itself, on no host."""
    server_network.release(cloud, server)
    return leave_host(cloud, server) | {"tried_hosts": ()}


# --- delete ---------------------------------------------------------------------------------------------


def bury(cloud: Cloud, server: Server) -> Changes:
    """Everything that followed the server goes with it."""
    server_network.release(cloud, server)
    give_back(cloud, server.id)
    for migration in cloud.store.by(Migration, "server", server.id):  # the places that it has left, too
        give_back(cloud, migration.id)
    if shelved := cloud.store.find(Image, server.shelved_image_id):
        delete_image(cloud, shelved)
    return {
        "vm_state": VM.DELETED,
        "power_state": Power.NOSTATE,
        "deleted": True,
        "terminated_at": cloud.now,
        "progress": 0,
        "shelved_image_id": None,
    }
