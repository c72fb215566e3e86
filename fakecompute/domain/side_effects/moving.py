"""What steps do besides taking time: another size, another host."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakecompute.domain import server_network, volume_moves
from fakecompute.domain.placement.book import hand_over
from fakecompute.domain.records.compute import Allocation, Flavor, Host
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.scheduler import NoValidHost, Request, claim, give_back, request_for, select_host
from fakecompute.domain.states import Power

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Changes = dict[str, Any]
Effect = Callable[["Cloud", Server], Changes]

# --- volumes --------------------------------------------------------------------------------------------


def unplug_volumes(cloud: Cloud, server: Server) -> Changes:
    """They are connected to its host no longer."""
    volume_moves.disconnect_all(cloud, server)
    return {}


def plug_volumes(cloud: Cloud, server: Server) -> Changes:
    """They are connected to the host where it is now."""
    volume_moves.connect_all(cloud, server)
    return {}


def return_volumes(cloud: Cloud, server: Server) -> Changes:
    """They go back with it to the host that it came from."""
    volume_moves.disconnect_all(cloud, server)
    volume_moves.connect_all(cloud, server.evolve(host=_migration(cloud, server).source_host))
    return {}


def share_volumes(cloud: Cloud, server: Server) -> Changes:
    """Both hosts of a live migration are connected to them."""
    destination = _migration(cloud, server).dest_host
    assert destination is not None
    volume_moves.begin_live(cloud, server, destination)
    return {}


# --- resize ---------------------------------------------------------------------------------------------


def place_resized(cloud: Cloud, server: Server) -> Changes:
    """Find the new place; the old one is kept in the name of the migration.  A cold migration keeps the size."""
    assert server.new_flavor is not None and server.host is not None
    migration = _migration(cloud, server)
    cold = migration.type == "migration"
    may_stay = cloud.settings.allow_resize_to_same_host and not cold
    try:
        host = select_host(cloud, _elsewhere(cloud, server, server.new_flavor, may_stay=may_stay))
    except NoValidHost:
        raise NoValidHost(reason=f"No valid host found for {'cold migrate' if cold else 'resize'}") from None
    cloud.store.put(migration.evolve(dest_host=host.name, updated_at=cloud.now))
    hand_over(cloud, server.id, migration.id)
    claim(cloud, server.id, host, server.new_flavor, server.project_id, server.user_id)
    return {}


def _elsewhere(cloud: Cloud, server: Server, flavor: Flavor | None = None, *, may_stay: bool = False) -> Request:
    """Another host of the same cell; the one that was asked for, if any."""
    return request_for(
        cloud,
        server,
        flavor,
        zone=server.pinned_availability_zone,
        host=dict(server.memo).get("host"),
        cell=server.cell,
        excluded=() if may_stay else (server.host or "",),
    )


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


def reverted_with_volumes(cloud: Cloud, server: Server) -> Changes:
    return return_volumes(cloud, server) | reverted(cloud, server)


def reverted(cloud: Cloud, server: Server) -> Changes:
    """Back to the old host, in the old size."""
    migration = _migration(cloud, server)
    migration_becomes("reverted")(cloud, server)
    give_back(cloud, server.id)
    hand_over(cloud, migration.id, server.id)
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


def move_failed(cloud: Cloud, server: Server) -> Changes:
    """Of two places one is given back: the one where the server is not."""
    return give_up_move(cloud, server, "error")


def give_up_move(cloud: Cloud, server: Server, status: str) -> Changes:
    migration = _migration(cloud, server)
    cloud.store.put(migration.evolve(status=status, updated_at=cloud.now))
    live = migration.type in ("live-migration", "evacuation")
    volume_moves.undo_live(cloud, server)
    server_network.stay(cloud, server)
    moved = server.host == migration.dest_host if live else server.old_flavor is not None
    if cloud.store.find(Allocation, migration.id) is not None:
        if moved:
            give_back(cloud, migration.id)
        else:
            give_back(cloud, server.id)
            hand_over(cloud, migration.id, server.id)
    return {"new_flavor": None, "old_flavor": None, "migration_id": None}


# --- live migration -------------------------------------------------------------------------------------


def place_live(cloud: Cloud, server: Server) -> Changes:
    """A host for the running server; both hold room for it until it has moved."""
    assert server.host is not None
    migration = _migration(cloud, server)
    host = select_host(cloud, _elsewhere(cloud, server))
    server_network.prepare_move(cloud, server, host.name)
    cloud.store.put(migration.evolve(dest_host=host.name, updated_at=cloud.now))
    hand_over(cloud, server.id, migration.id)
    claim(cloud, server.id, host, server.flavor, server.project_id, server.user_id)
    return {}


def moved_live(cloud: Cloud, server: Server) -> Changes:
    """It runs on the other host, and never stopped."""
    migration = _migration(cloud, server)
    host = cloud.store.one(Host, "name", migration.dest_host)
    assert host is not None
    migration_becomes("completed")(cloud, server)
    volume_moves.end_live(cloud, server)
    give_back(cloud, migration.id)
    server_network.moved(cloud, server.evolve(host=host.name))
    return {
        "host": host.name,
        "availability_zone": host.availability_zone,
        "migration_id": None,
        "progress": 0,
    }


# --- evacuate -------------------------------------------------------------------------------------------


def place_evacuated(cloud: Cloud, server: Server) -> Changes:
    """Another host; what the dead one held stays taken until it comes back and cleans up."""
    migration = _migration(cloud, server)
    host = select_host(cloud, _elsewhere(cloud, server))
    cloud.store.put(migration.evolve(dest_host=host.name, status="pre-migrating", updated_at=cloud.now))
    hand_over(cloud, server.id, migration.id)
    claim(cloud, server.id, host, server.flavor, server.project_id, server.user_id)
    server_network.rebind(cloud, server.evolve(host=host.name))
    return {"host": host.name, "availability_zone": host.availability_zone, "power_state": Power.NOSTATE}


def evacuated(cloud: Cloud, server: Server) -> Changes:
    migration_becomes("done")(cloud, server)
    return {"migration_id": None, "launched_at": cloud.now, "progress": 0}


def evacuation_failed(cloud: Cloud, server: Server) -> Changes:
    """Without a new host it is where it was; on the new one it stays, in error."""
    migration_becomes("error" if _migration(cloud, server).dest_host is None else "failed")(cloud, server)
    return {"migration_id": None}
