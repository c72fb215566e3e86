"""What steps do besides taking time: places, ports, allocations, migrations.

Each function belongs to a step or a trigger by the tables at the end and gives the fields of the server that
change in the same write.  A FakeError that one raises is the failure of its step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakecompute.domain import server_network
from fakecompute.domain.records.compute import Allocation, Host, ServerGroup
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
        accepts=_group_filter(cloud, server),
    )
    claim(cloud, server.id, host, server.flavor, server.project_id, server.user_id)
    return {"host": host.name, "availability_zone": host.availability_zone}


def _group_filter(cloud: Cloud, server: Server) -> Callable[[Host], bool] | None:
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
            accepts=_group_filter(cloud, server),
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
    give_back(cloud, server.migration_id)
    return {
        "vm_state": VM.DELETED,
        "power_state": Power.NOSTATE,
        "deleted": True,
        "terminated_at": cloud.now,
        "progress": 0,
    }


# --- resize ---------------------------------------------------------------------------------------------


def place_resized(cloud: Cloud, server: Server) -> Changes:
    """Find the new place; the old one is kept in the name of the migration."""
    assert server.new_flavor is not None and server.host is not None
    host = select_host(
        cloud,
        server.new_flavor,
        zone=server.requested_zone,
        exclude=() if cloud.settings.allow_resize_to_same_host else (server.host,),
        reason="No valid host found for resize",
    )
    migration = _migration(cloud, server)
    cloud.store.put(migration.evolve(dest_host=host.name, updated_at=cloud.now))
    _rename_allocation(cloud, server.id, migration.id)
    claim(cloud, server.id, host, server.new_flavor, server.project_id, server.user_id)
    return {}


def _rename_allocation(cloud: Cloud, old: str, new: str) -> None:
    allocation = cloud.store.get(Allocation, old)
    cloud.store.drop(allocation)
    cloud.store.put(allocation.evolve(id=new))


def _migration(cloud: Cloud, server: Server) -> Migration:
    assert server.migration_id is not None
    return cloud.store.get(Migration, server.migration_id)


def migration_becomes(status: str) -> Effect:
    """The migration's status moves on with the step."""

    def effect(cloud: Cloud, server: Server) -> Changes:
        cloud.store.put(_migration(cloud, server).evolve(status=status, updated_at=cloud.now))
        return {}

    return effect


def move(cloud: Cloud, server: Server) -> Changes:
    """The server is on its new host, in its new size."""
    migration = _migration(cloud, server)
    host = cloud.store.one(Host, "name", migration.dest_host)
    assert host is not None and server.new_flavor is not None
    moved = server.evolve(host=host.name)
    server_network.rebind(cloud, moved)
    return {
        "host": host.name,
        "availability_zone": host.availability_zone,
        "old_flavor": server.flavor,
        "flavor": server.new_flavor,
    }


def resized(cloud: Cloud, server: Server) -> Changes:
    migration_becomes("finished")(cloud, server)
    return {"launched_at": cloud.now, "progress": 0}


def confirmed(cloud: Cloud, server: Server) -> Changes:
    migration_becomes("confirmed")(cloud, server)
    give_back(cloud, server.migration_id)
    return {"old_flavor": None, "new_flavor": None, "migration_id": None}


def reverted(cloud: Cloud, server: Server) -> Changes:
    """Back to the old host, in the old size."""
    migration = _migration(cloud, server)
    migration_becomes("reverted")(cloud, server)
    give_back(cloud, server.id)
    _rename_allocation(cloud, migration.id, server.id)
    host = cloud.store.one(Host, "name", migration.source_host)
    assert host is not None
    server_network.rebind(cloud, server.evolve(host=host.name))
    return {
        "host": host.name,
        "availability_zone": host.availability_zone,
        "flavor": server.old_flavor,
        "old_flavor": None,
        "new_flavor": None,
        "migration_id": None,
        "launched_at": cloud.now,
    }


def resize_failed(cloud: Cloud, server: Server) -> Changes:
    """Of two places one is given back: the one where the server is not."""
    migration = _migration(cloud, server)
    cloud.store.put(migration.evolve(status="error", updated_at=cloud.now))
    if cloud.store.find(Allocation, migration.id) is not None:
        if server.old_flavor is not None:  # it has moved
            give_back(cloud, migration.id)
        else:
            give_back(cloud, server.id)
            _rename_allocation(cloud, migration.id, server.id)
    return {"new_flavor": None, "old_flavor": None, "migration_id": None}


# --- which effect belongs where -----------------------------------------------------------------------------

# fmt: off
ON_ENTRY: dict[str, Effect] = {
    "server.resize.resize_migrating":   migration_becomes("migrating"),
    "server.resize.resize_migrated":    migration_becomes("post-migrating"),
    "server.resize.resize_finish":      move,
    "server.confirmResize.confirming":  migration_becomes("confirming"),
    "server.revertResize.resize_reverting":         migration_becomes("reverting"),
    "server.revertResize_stopped.resize_reverting": migration_becomes("reverting"),
}
ON_EXIT: dict[str, Effect] = {
    "server.create.scheduling":         place,
    "server.create.networking":         plug,
    "server.resize.scheduling":         place_resized,
    "server.revertResize_stopped.resize_reverting": reverted,
}
ON_ARRIVAL: dict[str, Effect] = {
    "create":         launch,
    "delete":         bury,
    "resize":         resized,
    "confirmResize":  confirmed,
    "revertResize":   reverted,
}
ON_FAILURE: dict[str, Effect] = {
    "create":         build_failed,
    "resize":         resize_failed,
}
# fmt: on
