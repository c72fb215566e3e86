"""/servers/{id}/migrations: the live migrations of a server that are under way."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from fakecompute.domain import moves
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.whereabouts import server_facts
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Null
from fakecompute.rest.view import View, field, moment, naive
from fakecompute.services.compute.migrations import IN_PROGRESS
from fakecompute.services.compute.servers.create import caller_of
from fakecompute.services.compute.service import compute

PATH = "/servers/<server>/migrations"
ROOT = "os_compute_api:servers:migrations"
COPYING = "server.live_migrate.running"  # the step in which memory and disk are copied
MIB, GIB = 1 << 20, 1 << 30


class MigrationUnknown(NotFound):
    message = "In-progress live migration {number} is not found for server {server_id}."


class NotLive(NotFound):
    message = "Migration {number} for server {server_id} is not live-migration."


class NotInProgress(NotFound):
    message = "Live migration {number} for server {server_id} is not in progress."


class NothingToAbort(NotFound):
    message = moves.MigrationNotFound.message


# --- response views -----------------------------------------------------------------------------------


class Copied(NamedTuple):
    """Bytes, as the hypervisor counts them while it copies; None before."""

    total: int | None = None
    processed: int | None = None
    remaining: int | None = None


def _copied(migration: Migration, call: Call, size: int) -> Copied:
    """As much of the size as of the step's time is over."""
    if size == 0 or migration.status not in ("running", "post-migrating"):
        return Copied()
    cloud, server = call.cloud, call.cloud.store.get(Server, migration.server_id)
    place, facts = (server.id, server.workflow, len(server.tried_hosts)), partial(server_facts, cloud, server)
    took = cloud.timing.draw(cloud.streams, COPYING, *place, facts=facts)
    elapsed = cloud.now - (migration.updated_at or migration.created_at)
    part = 1.0 if migration.status == "post-migrating" or elapsed >= took else elapsed / took
    processed = min(max(1, round(size * part)), size - 1)
    return Copied(size, processed, size - processed)


def _memory(migration: Migration, call: Call) -> Copied:
    server = call.cloud.store.get(Server, migration.server_id)
    return _copied(migration, call, server.flavor.ram * MIB)


def _disk(migration: Migration, call: Call) -> Copied:
    server = call.cloud.store.get(Server, migration.server_id)
    return _copied(migration, call, server.flavor.disk * GIB)


def _address(migration: Migration, call: Call) -> str | None:
    host = call.cloud.store.one(Host, "name", migration.dest_host) if migration.dest_host else None
    return host.ip if host else None


def _for_admins(source: Any) -> Any:
    """Hosts are theirs alone to see; others see null."""
    return lambda migration, call: source(migration, call) if call.may(f"{ROOT}:index:host") else None


server_migration = View(
    field("id", "number"),
    field("server_uuid", "server_id"),
    field("status"),
    field("created_at", moment("created_at", naive)),
    field("updated_at", moment("updated_at", naive)),
    field("source_compute", _for_admins(lambda migration, call: migration.source_host)),
    field("source_node", _for_admins(lambda migration, call: migration.source_host)),
    field("dest_compute", _for_admins(lambda migration, call: migration.dest_host)),
    field("dest_node", _for_admins(lambda migration, call: migration.dest_host)),
    field("dest_host", _for_admins(_address)),
    field("memory_total_bytes", lambda migration, call: _memory(migration, call).total),
    field("memory_processed_bytes", lambda migration, call: _memory(migration, call).processed),
    field("memory_remaining_bytes", lambda migration, call: _memory(migration, call).remaining),
    field("disk_total_bytes", lambda migration, call: _disk(migration, call).total),
    field("disk_processed_bytes", lambda migration, call: _disk(migration, call).processed),
    field("disk_remaining_bytes", lambda migration, call: _disk(migration, call).remaining),
    field("uuid", "id", since="2.59"),
    field("user_id", since="2.80"),
    field("project_id", since="2.80"),
)


# --- handlers -----------------------------------------------------------------------------------------


def _migrations(call: Call, server: Server) -> list[Migration]:
    found = call.cloud.store.by(Migration, "server", server.id)
    return sorted(found, key=lambda migration: migration.number)


def _under_way(migration: Migration) -> bool:
    return migration.status in IN_PROGRESS


@compute.get(PATH, since="2.23", policy=f"{ROOT}:index", strict_query="2.102")
def list_server_migrations(call: Call, server: Server) -> dict[str, Any]:
    live = [m for m in _migrations(call, server) if m.type == "live-migration" and _under_way(m)]
    return {"migrations": server_migration.all(live, call)}


@compute.get(f"{PATH}/<number>", since="2.23", policy=f"{ROOT}:show", strict_query="2.102")
def show_server_migration(call: Call, server: Server, number: str) -> dict[str, Any]:
    migration = next((m for m in _migrations(call, server) if str(m.number) == number), None)
    if migration is None:
        raise MigrationUnknown(number=number, server_id=server.id)
    if migration.type != "live-migration":
        raise NotLive(number=number, server_id=server.id)
    if not _under_way(migration):
        raise NotInProgress(number=number, server_id=server.id)
    return {"migration": server_migration(migration, call)}


@compute.delete(f"{PATH}/<number>", since="2.24", policy=f"{ROOT}:delete", success=202)
def abort_server_migration(call: Call, server: Server, number: str) -> None:
    """Until 2.64 only one that copies already."""
    allowed = ("running", "queued", "preparing") if call.since("2.65") else ("running",)
    try:
        moves.running_migration(call.cloud, server, number, "abort live migration", allowed, call.is_admin)
    except moves.MigrationNotFound:
        raise NothingToAbort(number=number, server_id=server.id) from None
    moves.abort(call.cloud, server, caller_of(call))


@compute.action(
    f"{PATH}/<number>/action",
    "force_complete",
    since="2.22",
    body=Null(),
    policy=f"{ROOT}:force_complete",
    success=202,
)
def force_complete_server_migration(call: Call, server: Server, number: str) -> None:
    moves.running_migration(call.cloud, server, number, "force_complete", ("running",), call.is_admin)
    moves.force_complete(call.cloud, server, caller_of(call))
