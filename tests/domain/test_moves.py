"""Migrations of every kind: chains, events, migration records and room, as spec/servers.yaml has them."""

from __future__ import annotations

import pytest

from fakecompute.domain import hosts, moves, servers
from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.server import Migration
from fakecompute.domain.states import VM
from tests.domain.walking import (
    CALLER,
    acted,
    booted,
    chain,
    host_of,
    last_action,
    now,
    rule,
    successes,
)

LIVE_EVENTS = successes(
    "conductor_live_migrate_instance",
    "compute_check_can_live_migrate_destination",
    "compute_check_can_live_migrate_source",
    "compute_live_migration",
    "compute_pre_live_migration",
    "compute_post_live_migration_at_destination",
)


def migrations(cloud):
    return sorted(cloud.store.all(Migration), key=lambda migration: migration.number)


def statuses(cloud, server):
    """What the status of the last migration is, one after the other."""
    seen: list[str] = []
    while True:
        status = migrations(cloud)[-1].status
        if not seen or seen[-1] != status:
            seen.append(status)
        due = cloud.events.next_due()
        if due is None:
            return seen
        cloud.clock.advance(max(0, due - cloud.clock.now()))
        cloud.catch_up()


# --- cold -----------------------------------------------------------------------------------------------


def test_a_cold_migration_is_a_resize_to_the_same_size(cloud):
    server = booted(cloud)
    moves.migrate(cloud, server, CALLER, True, None)
    assert chain(cloud, server)[-1] == "resized/-/1"
    after = now(cloud, server)
    assert after.host != server.host
    assert after.flavor == server.flavor
    assert (migrations(cloud)[0].type, migrations(cloud)[0].status) == ("migration", "finished")
    assert last_action(cloud, server)[0] == "migrate"


def test_a_cold_migration_goes_where_it_is_told(cloud):
    server = booted(cloud)
    other = next(host.name for host in cloud.store.all(Host) if host.name != server.host)
    moves.migrate(cloud, server, CALLER, True, other)
    cloud.settle()
    assert now(cloud, server).host == other


# fmt: off
REFUSED = [
    ("nowhere",  "Compute host nowhere could not be found."),
    (None,       "Cannot migrate to the host where the server exists."),   # None: its own
]
# fmt: on


@pytest.mark.parametrize(("host", "message"), REFUSED)
def test_a_cold_migration_to_a_host_that_cannot_be(cloud, host, message):
    server = booted(cloud)
    with pytest.raises(Exception, match=message):
        moves.migrate(cloud, server, CALLER, True, host or server.host)


def test_nothing_is_moved_off_a_host_that_is_down(cloud):
    server = booted(cloud)
    hosts.host_down(cloud, host_of(cloud, server))
    cloud.advance(61)
    with pytest.raises(moves.HostDown) as refused:
        moves.migrate(cloud, server, CALLER, True, None)
    assert (refused.value.status, str(refused.value)) == (409, "Service is unavailable at this time.")


# --- live -----------------------------------------------------------------------------------------------


def test_a_live_migration_never_stops_the_server(cloud):
    server = booted(cloud)
    moves.live_migrate(cloud, server, CALLER, True, None, old=False)
    assert chain(cloud, server) == ["active/migrating/1", "active/-/1"]
    after = now(cloud, server)
    assert after.host != server.host
    assert after.launched_at == server.launched_at
    assert last_action(cloud, server) == ("live-migration", None, LIVE_EVENTS)
    assert [(a.id, a.host) for a in cloud.store.all(Allocation)] == [(server.id, after.host)]


def test_a_paused_server_stays_paused(cloud):
    server = acted(cloud, booted(cloud), "pause")
    moves.live_migrate(cloud, server, CALLER, True, None, old=False)
    assert chain(cloud, server) == ["paused/migrating/3", "paused/-/3"]


def test_the_statuses_of_a_live_migration(cloud):
    server = booted(cloud)
    moves.live_migrate(cloud, server, CALLER, True, None, old=False)
    assert statuses(cloud, server) == ["accepted", "preparing", "running", "post-migrating", "completed"]


def test_without_a_host_to_go_to_it_stays(cloud):
    server = booted(cloud)
    for host in cloud.store.all(Host):
        if host.name != server.host:
            cloud.store.put(host.evolve(disabled=True))
    moves.live_migrate(cloud, server, CALLER, True, None, old=False)
    assert chain(cloud, server) == ["active/migrating/1", "active/-/1"]
    assert now(cloud, server).host == server.host
    assert last_action(cloud, server) == (
        "live-migration",
        "Error",
        [("conductor_live_migrate_instance", "Error")],
    )
    assert migrations(cloud)[0].status == "error"


def running(cloud):
    """A server in the middle of its live migration."""
    server = booted(cloud)
    cloud.set_rules([rule("server.live_migrate.running", hang=True)])
    moves.live_migrate(cloud, server, CALLER, True, None, old=False)
    cloud.settle()
    assert migrations(cloud)[0].status == "running"
    return now(cloud, server)


def test_a_live_migration_may_be_aborted(cloud):
    server = running(cloud)
    moves.abort(cloud, server, CALLER)
    after = now(cloud, server)
    assert (after.vm_state, after.task_state, after.host) == (VM.ACTIVE, None, server.host)
    assert migrations(cloud)[0].status == "cancelled"
    assert last_action(cloud, server) == (
        "live_migration_cancel",
        None,
        successes("compute_live_migration_abort"),
    )
    assert [(a.id, a.host) for a in cloud.store.all(Allocation)] == [(server.id, server.host)]


def test_a_live_migration_may_be_forced_to_its_end(cloud):
    server = running(cloud)
    moves.force_complete(cloud, server, CALLER)
    cloud.settle()
    assert now(cloud, server).host != server.host
    assert migrations(cloud)[0].status == "completed"


def test_who_hurries_what_does_not_move_is_told_so(cloud):
    server = booted(cloud)
    with pytest.raises(servers.ServerInvalid) as refused:
        moves.running_migration(cloud, server, "1", "force_complete", ("running",), True)
    assert str(refused.value) == f"Instance {server.id} is in an invalid state for 'force_complete'"


# --- evacuate -------------------------------------------------------------------------------------------


def dead(cloud, server):
    """Its host is down, and the others have noticed."""
    hosts.host_down(cloud, host_of(cloud, server))
    cloud.advance(61)
    return now(cloud, server)


def test_only_the_servers_of_a_dead_host_are_evacuated(cloud):
    server = booted(cloud)
    with pytest.raises(moves.StillInUse) as refused:
        moves.evacuate(cloud, server, CALLER, None, stopped=True)
    assert str(refused.value) == f"Compute service of {server.host} is still in use."


def test_an_evacuated_server_is_rebuilt_elsewhere_and_stopped_from_2_95_on(cloud):
    server = dead(cloud, booted(cloud))
    moves.evacuate(cloud, server, CALLER, None, stopped=True)
    assert chain(cloud, server) == [
        "active/rebuilding/1",
        "active/rebuilding/0",
        "active/rebuild_block_device_mapping/0",
        "active/rebuild_spawning/0",
        "active/-/1",
        "active/powering-off/1",
        "stopped/-/4",
    ]
    assert now(cloud, server).host != server.host
    assert last_action(cloud, server) == (
        "evacuate",
        None,
        successes("rebuild_server", "compute_rebuild_instance", "compute_stop_instance"),
    )


def test_before_2_95_it_runs_again(cloud):
    server = dead(cloud, booted(cloud))
    moves.evacuate(cloud, server, CALLER, None, stopped=False)
    assert chain(cloud, server)[-1] == "active/-/1"


def test_the_dead_host_cleans_up_when_it_is_back(cloud):
    server = dead(cloud, booted(cloud))
    moves.evacuate(cloud, server, CALLER, None, stopped=True)
    cloud.settle()
    assert migrations(cloud)[0].status == "done"
    assert len(cloud.store.all(Allocation)) == 2
    hosts.host_up(cloud, cloud.store.one(Host, "name", server.host))
    assert migrations(cloud)[0].status == "completed"
    assert [(a.id, a.host) for a in cloud.store.all(Allocation)] == [(server.id, now(cloud, server).host)]


def test_an_evacuation_without_another_host_is_an_error(cloud):
    for host in cloud.store.all(Host):
        cloud.store.put(host.evolve(disabled=host.name != "compute-1"))
    server = dead(cloud, booted(cloud))
    moves.evacuate(cloud, server, CALLER, None, stopped=True)
    assert chain(cloud, server) == ["active/rebuilding/1", "error/-/1"]
    assert now(cloud, server).fault.message == (
        "No valid host was found. There are not enough hosts available."
    )
    assert last_action(cloud, server) == ("evacuate", "Error", [("rebuild_server", "Error")])
    assert migrations(cloud)[0].status == "error"
