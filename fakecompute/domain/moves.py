"""Moving servers from host to host: resize, cold and live migration, evacuation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain import actions, quota
from fakecompute.domain.actions import Caller
from fakecompute.domain.boot_images import is_volume_backed
from fakecompute.domain.records.compute import Flavor, Host
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.scheduler.needs import needs_of
from fakecompute.domain.servers import ServerBusy, ServerInvalid, check_may, check_unlocked
from fakecompute.domain.side_effects.moving import give_up_move
from fakecompute.domain.states import VM, Power
from fakecompute.domain.workflows import STEP, overtake, start
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class NotResized(BadRequest):
    message = "Instance has not been resized."


class HostDown(Conflict):
    message = "Service is unavailable at this time."


class ComputeHostNotFound(BadRequest):
    message = "Compute host {host} could not be found."


class SameHost(BadRequest):
    message = "Cannot migrate to the host where the server exists."


class StillInUse(BadRequest):
    message = "Compute service of {host} is still in use."


class EvacuationHostNotFound(NotFound):
    message = "Compute host {host} not found."


class SameEvacuationHost(BadRequest):
    message = "The target host can't be the same one."


class MigrationNotFound(BadRequest):
    message = "Migration {number} not found for instance {server_id}"


class MigrationState(BadRequest):
    message = (
        "Migration {number} state of instance {server_id} is {status}."
        " Cannot {word} while the migration is in this state."
    )


# --- what stands before every move ----------------------------------------------------------------------


def check_host_up(cloud: Cloud, name: str | None) -> None:
    """The source of a move must be alive as far as anybody knows."""
    host = cloud.store.one(Host, "name", name) if name else None
    if host is not None and not host.is_up:
        raise HostDown


def _migration(
    cloud: Cloud, server: Server, caller: Caller, kind: str, status: str, flavor: Flavor
) -> Migration:
    assert server.host is not None
    return cloud.store.put(
        Migration(
            id=cloud.streams.uuid("migration"),
            number=cloud.streams.number("migration number"),
            server_id=server.id,
            project_id=server.project_id,
            user_id=caller.user_id,
            type=kind,
            status=status,
            source_host=server.host,
            old_flavor_id=server.flavor.id,
            new_flavor_id=flavor.id,
            created_at=cloud.now,
        )
    )


# --- resize and cold migration ----------------------------------------------------------------------------


def resize(
    cloud: Cloud, server: Server, flavor: Flavor, caller: Caller, is_admin: bool, **changes: Any
) -> None:
    """Set a resize off: the migration is written down before a host is looked for."""
    check_may(server, "resize", is_admin)
    migration = _migration(cloud, server, caller, "resize", "pre-migrating", flavor)
    start(
        cloud, server, "resize", caller,
        new_flavor=flavor, migration_id=migration.id, memo=(), progress=0, **changes,
    )  # fmt: skip


def migrate(cloud: Cloud, server: Server, caller: Caller, is_admin: bool, host: str | None) -> None:
    """A cold migration is a resize to the same size."""
    check_may(server, "migrate", is_admin)
    check_host_up(cloud, server.host)
    if host is not None:
        if cloud.store.one(Host, "name", host) is None:
            raise ComputeHostNotFound(host=host)
        if host == server.host:
            raise SameHost
    migration = _migration(cloud, server, caller, "migration", "pre-migrating", server.flavor)
    start(
        cloud, server, "migrate", caller,
        new_flavor=server.flavor, migration_id=migration.id, memo=(("host", host),), progress=0,
    )  # fmt: skip


def confirm_resize(cloud: Cloud, server: Server, caller: Caller, is_admin: bool) -> None:
    check_may(server, "confirmResize", is_admin)
    if server.migration_id is None:
        raise NotResized
    check_host_up(cloud, cloud.store.get(Migration, server.migration_id).source_host)
    start(cloud, server, "confirmResize", caller)


def revert_resize(cloud: Cloud, server: Server, caller: Caller, is_admin: bool) -> None:
    """A server that was stopped when it was resized is stopped again at the end."""
    check_may(server, "revertResize", is_admin)
    if server.migration_id is None:
        raise NotResized
    if server.old_flavor is not None:  # of a downsize: the larger one is wanted back
        needs = needs_of(server.old_flavor, volume_backed=is_volume_backed(cloud, server.id))
        more = needs.beyond_cores_and_ram
        quota.check_resize(cloud, server.project_id, server.user_id, server.flavor, server.old_flavor, more)
    running = server.power_state == Power.RUNNING
    start(cloud, server, "revertResize" if running else "revertResize_stopped", caller)


# --- live migration ---------------------------------------------------------------------------------------


def live_migrate(
    cloud: Cloud, server: Server, caller: Caller, is_admin: bool, host: str | None, *, old: bool
) -> None:
    """`old`: the way of 2.1 to 2.33, whose conductor event has another name."""
    check_may(server, "live_migrate", is_admin)
    if host is not None and cloud.store.one(Host, "name", host) is None:
        raise ComputeHostNotFound(host=host)
    if server.host is None:
        raise ServerInvalid(server_id=server.id, word="os-migrateLive")
    migration = _migration(cloud, server, caller, "live-migration", "accepted", server.flavor)
    trigger = "live_migrate_old" if old else "live_migrate"
    start(cloud, server, trigger, caller, migration_id=migration.id, memo=(("host", host),), progress=0)


def running_migration(
    cloud: Cloud, server: Server, number: str, word: str, allowed: tuple[str, ...], is_admin: bool
) -> Migration:
    """The live migration under way that somebody wants to hurry or to stop."""
    check_unlocked(server, is_admin)
    if server.task_state != "migrating":
        if server.task_state is None:
            raise ServerInvalid(server_id=server.id, word=word)
        raise ServerBusy(server_id=server.id, word=word, attribute="task_state", state=server.task_state)
    migration = cloud.store.find(Migration, server.migration_id)
    if migration is None or str(migration.number) != number:
        raise MigrationNotFound(number=number, server_id=server.id)
    if migration.status not in allowed:
        raise MigrationState(
            number=number, server_id=server.id, status=migration.status, word=word.replace("_", " ")
        )
    return migration


def force_complete(cloud: Cloud, server: Server, caller: Caller) -> None:
    """What is left of the memory is copied while the guest stands still: the step is over now."""
    actions.at_once(
        cloud, server, "live_migration_force_complete", "compute_live_migration_force_complete", caller
    )
    ticket = cloud.streams.number("workflow")
    cloud.store.put(server.evolve(workflow=ticket))
    cloud.events.add(cloud.now, STEP, server.id, ticket, server.trigger, server.step, None, None)


def abort(cloud: Cloud, server: Server, caller: Caller) -> None:
    """The server stays where it is."""
    actions.at_once(cloud, server, "live_migration_cancel", "compute_live_migration_abort", caller)
    overtake(cloud, server)
    changes = give_up_move(cloud, server, "cancelled")
    ticket = cloud.streams.number("workflow")
    cloud.store.put(
        server.evolve(
            workflow=ticket, task_state=None, trigger=None, progress=0, updated_at=cloud.now, **changes
        )
    )


# --- evacuate ---------------------------------------------------------------------------------------------


def evacuate(cloud: Cloud, server: Server, caller: Caller, host: str | None, *, stopped: bool) -> None:
    """Rebuild the server of a dead host elsewhere; `stopped`: it is left off (from 2.95 on always)."""
    source = cloud.store.one(Host, "name", server.host) if server.host else None
    if host is not None:
        if cloud.store.one(Host, "name", host) is None:
            raise EvacuationHostNotFound(host=host)
        if host == server.host:
            raise SameEvacuationHost
    check_may(server, "evacuate", True)
    if source is None or source.is_up:
        raise StillInUse(host=server.host)
    migration = _migration(cloud, server, caller, "evacuation", "accepted", server.flavor)
    trigger = "evacuate_stopped" if stopped or server.vm_state == VM.STOPPED else "evacuate"
    start(cloud, server, trigger, caller, migration_id=migration.id, memo=(("host", host),), progress=0)
