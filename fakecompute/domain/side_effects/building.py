"""What steps do besides taking time: from nothing to a running server, and to nothing again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakecompute.domain import server_network, volume_moves
from fakecompute.domain.images import delete_image
from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.scheduler import NoValidHost, Request, claim, give_back, request_for, select_host
from fakecompute.domain.states import VM, Power
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Changes = dict[str, Any]
Effect = Callable[["Cloud", Server], Changes]
NO_HOST = "No valid host was found. "


class RetriesExhausted(BadRequest):
    message = (
        "Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures"
        " for instance {server_id}."
    )


# --- create ---------------------------------------------------------------------------------------------


def place(cloud: Cloud, server: Server) -> Changes:
    """Find a host, and take the room on it: for all servers of one request at once, or for none of them."""
    held = cloud.store.find(Allocation, server.id)
    if held is None:
        alone = server.tried_hosts or not server.reservation_id
        _place_together(cloud, [server] if alone else _unplaced(cloud, server))
        held = cloud.store.get(Allocation, server.id)
    host = cloud.store.one(Host, "name", held.host)
    assert host is not None
    return {"host": host.name, "availability_zone": host.availability_zone, "cell": host.cell}


def _unplaced(cloud: Cloud, server: Server) -> list[Server]:
    """The servers of the same request that have not been looked at; NoValidHost if that was the end of one."""
    together = cloud.store.by(Server, "reservation", server.reservation_id)
    for other in together:
        if other.fault is not None and other.fault.message.startswith(NO_HOST):
            raise NoValidHost(reason=other.fault.message.removeprefix(NO_HOST))
    waiting = [
        other
        for other in together
        if other.vm_state == VM.BUILDING and not other.tried_hosts and cloud.store.find(Allocation, other.id) is None
    ]
    return sorted(waiting, key=lambda other: other.launch_index)


def _place_together(cloud: Cloud, servers: list[Server]) -> None:
    io: Counter[str] = Counter()
    for server in servers:
        host = select_host(cloud, creation(cloud, server, io=io))
        claim(cloud, server.id, host, server.flavor, server.project_id, server.user_id)
        io[host.name] += 1


def creation(cloud: Cloud, server: Server, **more: Any) -> Request:
    """What is asked of the scheduler for a new server, or for one that was offloaded."""
    return request_for(
        cloud,
        server,
        zone=server.requested_zone,
        host=server.requested_host,
        forced=server.host_forced,
        **{"excluded": server.tried_hosts, **more},
    )


def plug(cloud: Cloud, server: Server) -> Changes:
    server_network.allocate(cloud, server)
    return {}


def launch(cloud: Cloud, server: Server) -> Changes:
    server_network.activate(cloud, server)
    _remember_build(cloud, server, failed=False)
    return {"launched_at": cloud.now, "tried_hosts": ()}


def leave_host(cloud: Cloud, server: Server) -> Changes:
    """A build failed on its host: give room and ports back, and remember not to come here again."""
    server_network.release(cloud, server)  # nova/compute/manager.py: _cleanup_allocated_networks
    give_back(cloud, server.id)
    _remember_build(cloud, server, failed=True)
    tried = (*server.tried_hosts, server.host) if server.host else server.tried_hosts
    return {"host": None, "availability_zone": None, "tried_hosts": tried}


def _remember_build(cloud: Cloud, server: Server, *, failed: bool) -> None:
    """Hosts on which builds fail are weighed down until one goes well."""
    host = cloud.store.one(Host, "name", server.host) if server.host else None
    count = host.failed_builds + 1 if failed and host else 0
    if host is not None and host.failed_builds != count:
        cloud.store.put(host.evolve(failed_builds=count))


def retries(cloud: Cloud, server: Server) -> bool:
    """Is a build that fails ever tried elsewhere?"""
    return cloud.settings.max_attempts > 1 and not server.host_forced


def may_retry(cloud: Cloud, server: Server) -> bool:
    """Is there an attempt left for this build, and a host to make it on?"""
    tried = (*server.tried_hosts, server.host or "")
    if not retries(cloud, server) or len(tried) >= cloud.settings.max_attempts:
        return False
    try:
        select_host(cloud, creation(cloud, server, excluded=tried))
    except NoValidHost:
        return False
    return True


def build_failed(cloud: Cloud, server: Server) -> Changes:
    """For good: nothing is left but the server itself, on no host."""
    return leave_host(cloud, server) | {"tried_hosts": ()}


# --- delete ---------------------------------------------------------------------------------------------


def bury(cloud: Cloud, server: Server) -> Changes:
    """Everything that followed the server goes with it."""
    server_network.release(cloud, server)
    volume_moves.release(cloud, server)
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
