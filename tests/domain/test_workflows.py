"""How servers move: chains, instance-action events and failure ends, as spec/servers.yaml has them of real Nova."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain import moves, servers
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.compute import Allocation, Flavor, Host
from fakecompute.domain.records.network import Port
from fakecompute.domain.records.server import ActionEvent, InstanceAction, Migration, Server
from fakecompute.domain.states import VM, Power
from tests.domain.walking import CALLER, booted, chain, last_action, now, rule

NO_HOST = "No valid host was found. There are not enough hosts available."


def stopped(cloud: Cloud) -> Server:
    server = booted(cloud)
    servers.act(cloud, server, "stop", CALLER, False)
    cloud.settle()
    return now(cloud, server)


def resized(cloud: Cloud, server: Server | None = None) -> Server:
    server = server or booted(cloud)
    flavor = cloud.store.one(Flavor, "name", "m1.tiny")
    assert flavor is not None
    moves.resize(cloud, server, flavor, CALLER, False)
    cloud.settle()
    return now(cloud, server)


# --- chains ---------------------------------------------------------------------------------------------

BUILD_EVENT = [("compute__do_build_and_run_instance", "Success")]


def test_a_build_goes_through_nova_s_task_states(cloud):
    server = servers.boot(cloud)
    assert chain(cloud, server) == [
        "building/scheduling/0",
        "building/-/0",
        "building/networking/0",
        "building/block_device_mapping/0",
        "building/spawning/0",
        "active/-/1",
    ]
    assert last_action(cloud, server) == ("create", None, BUILD_EVENT)
    assert now(cloud, server).launched_at == now(cloud, server).updated_at


# fmt: off
SIMPLE = [
    # trigger       chain                                                                       action    event
    ("stop",        ["active/powering-off/1", "stopped/-/4"],                                    "stop",   "compute_stop_instance"),
    ("pause",       ["active/pausing/1", "paused/-/3"],                                          "pause",  "compute_pause_instance"),
    ("suspend",     ["active/suspending/1", "suspended/-/4"],                                    "suspend", "compute_suspend_instance"),
    ("reboot_soft", ["active/rebooting/1", "active/reboot_pending/1", "active/reboot_started/1", "active/-/1"],
                                                                                                 "reboot", "compute_reboot_instance"),
    ("reboot_hard", ["active/rebooting_hard/1", "active/reboot_pending_hard/1", "active/reboot_started_hard/1", "active/-/1"],
                                                                                                 "reboot", "compute_reboot_instance"),
]
BACK = [
    ("stop",    "start",   ["stopped/powering-on/4", "active/-/1"],  "compute_start_instance"),
    ("pause",   "unpause", ["paused/unpausing/3", "active/-/1"],     "compute_unpause_instance"),
    ("suspend", "resume",  ["suspended/resuming/4", "active/-/1"],   "compute_resume_instance"),
]
# fmt: on


@pytest.mark.parametrize(("trigger", "path", "action", "event"), SIMPLE, ids=[row[0] for row in SIMPLE])
def test_an_action_on_a_running_server(cloud, trigger, path, action, event):
    server = booted(cloud)
    servers.act(cloud, server, trigger, CALLER, False)
    assert chain(cloud, server) == path
    assert last_action(cloud, server) == (action, None, [(event, "Success")])


@pytest.mark.parametrize(("first", "trigger", "path", "event"), BACK, ids=[row[1] for row in BACK])
def test_the_way_back(cloud, first, trigger, path, event):
    server = booted(cloud)
    servers.act(cloud, server, first, CALLER, False)
    cloud.settle()
    servers.act(cloud, now(cloud, server), trigger, CALLER, False)
    assert chain(cloud, server) == path
    assert last_action(cloud, server) == (trigger, None, [(event, "Success")])


def test_a_hard_reboot_of_a_stopped_server_keeps_its_vm_state_until_it_runs(cloud):
    server = stopped(cloud)
    servers.act(cloud, server, "reboot_hard", CALLER, False)
    assert chain(cloud, server)[:2] == ["stopped/rebooting_hard/4", "stopped/reboot_pending_hard/4"]
    assert now(cloud, server).vm_state == VM.ACTIVE


def test_delete(cloud):
    server = booted(cloud)
    servers.delete(cloud, server, CALLER, False)
    assert chain(cloud, server) == ["active/deleting/1", "deleted/-/0"]
    assert last_action(cloud, server) == ("delete", None, [("compute_terminate_instance", "Success")])
    gone = now(cloud, server)
    assert gone.deleted
    assert gone.terminated_at == gone.updated_at
    assert not cloud.store.all(Allocation)


def test_a_server_without_a_host_is_deleted_at_once(cloud):
    server = servers.boot(cloud)
    servers.delete(cloud, server, CALLER, False)
    assert now(cloud, server).deleted
    assert last_action(cloud, server) == ("delete", None, [])


def test_a_second_delete_records_nothing(cloud):
    server = booted(cloud)
    servers.delete(cloud, server, CALLER, False)
    servers.delete(cloud, now(cloud, server), CALLER, False)
    assert len(cloud.store.by(InstanceAction, "server", server.id)) == 2  # create, delete


RESIZE_EVENTS = [
    "conductor_migrate_server",
    "cold_migrate",
    "compute_prep_resize",
    "compute_resize_instance",
    "compute_finish_resize",
]


def test_resize_moves_to_another_host_and_keeps_the_room_on_the_old_one(cloud):
    server = booted(cloud)
    flavor = cloud.store.one(Flavor, "name", "m1.tiny")
    moves.resize(cloud, server, flavor, CALLER, False)
    assert chain(cloud, server) == [
        "active/resize_prep/1",
        "active/resize_migrating/1",
        "active/resize_migrated/1",
        "active/resize_finish/1",
        "resized/-/1",
    ]
    after = now(cloud, server)
    assert after.host != server.host
    assert after.flavor == flavor
    assert last_action(cloud, server) == ("resize", None, [(event, "Success") for event in RESIZE_EVENTS])
    migration = cloud.store.get(Migration, after.migration_id)
    assert (migration.status, migration.source_host, migration.dest_host) == ("finished", server.host, after.host)
    assert cloud.store.get(Allocation, migration.id).host == server.host
    assert cloud.store.get(Allocation, server.id).host == after.host


def test_the_flavor_changes_in_the_write_that_enters_resize_finish(cloud):
    server = booted(cloud)
    moves.resize(cloud, server, cloud.store.one(Flavor, "name", "m1.tiny"), CALLER, False)
    seen = {}
    while (due := cloud.events.next_due()) is not None:
        cloud.clock.advance(due - cloud.clock.now())
        cloud.catch_up()
        seen[now(cloud, server).task_state] = now(cloud, server).flavor.name
    assert seen["resize_migrated"] == "m1.nano"
    assert seen["resize_finish"] == "m1.tiny"


def test_confirming_gives_the_old_room_back(cloud):
    server = resized(cloud)
    moves.confirm_resize(cloud, server, CALLER, False)
    assert chain(cloud, server) == ["resized/-/1", "active/-/1"]
    assert last_action(cloud, server) == ("confirmResize", None, [("compute_confirm_resize", "Success")])
    assert [a.id for a in cloud.store.all(Allocation)] == [server.id]
    assert cloud.store.get(Migration, server.migration_id).status == "confirmed"


def test_a_server_that_was_stopped_is_stopped_after_confirming(cloud):
    server = resized(cloud, stopped(cloud))
    moves.confirm_resize(cloud, server, CALLER, False)
    assert chain(cloud, server) == ["resized/-/4", "stopped/-/4"]


def test_reverting_brings_flavor_host_and_room_back(cloud):
    before = booted(cloud)
    server = resized(cloud, before)
    moves.revert_resize(cloud, server, CALLER, False)
    assert chain(cloud, server) == ["resized/resize_reverting/1", "active/-/1"]
    after = now(cloud, server)
    assert (after.host, after.flavor) == (before.host, before.flavor)
    assert [(a.id, a.host) for a in cloud.store.all(Allocation)] == [(server.id, before.host)]
    assert last_action(cloud, server) == (
        "revertResize",
        None,
        [("compute_revert_resize", "Success"), ("compute_finish_revert_resize", "Success")],
    )


def test_reverting_a_stopped_server_stops_it_again(cloud):
    server = resized(cloud, stopped(cloud))
    moves.revert_resize(cloud, server, CALLER, False)
    assert chain(cloud, server) == ["resized/resize_reverting/4", "resized/powering-off/4", "stopped/-/4"]


def test_deleting_a_resized_server_confirms_first(cloud):
    server = resized(cloud)
    servers.delete(cloud, server, CALLER, False)
    cloud.settle()
    actions = sorted(cloud.store.by(InstanceAction, "server", server.id), key=lambda action: action.number)
    assert [action.action for action in actions] == ["create", "resize", "confirmResize", "delete"]
    assert not cloud.store.all(Allocation)


# --- failure ends -----------------------------------------------------------------------------------------


def test_no_room_is_an_error_with_nova_s_words(cloud):
    for host in cloud.store.all(Host):
        cloud.store.put(host.evolve(disabled=True))
    server = servers.boot(cloud)
    assert chain(cloud, server) == ["building/scheduling/0", "error/-/0"]
    after = now(cloud, server)
    assert after.fault is not None
    assert (after.fault.message, after.fault.code) == (NO_HOST, 500)
    assert last_action(cloud, server) == ("create", "Error", [("conductor_schedule_and_build_instances", "Error")])


def test_a_build_that_fails_on_one_host_goes_to_the_next(cloud):
    cloud.set_rules([Rule(id="", name="once", on="server.create.spawning", times=1, effect=Effect(fail="boom"))])
    server = booted(cloud)
    assert server.vm_state == VM.ACTIVE
    assert last_action(cloud, server) == ("create", None, BUILD_EVENT * 2)
    assert len(cloud.store.all(Allocation)) == 1


def test_a_host_where_a_build_failed_keeps_no_port(cloud):
    failing = Rule(id="", name="once", on="server.create.spawning", times=1, effect=Effect(fail="boom"))
    stuck = Rule(id="", name="stuck", on="server.create.scheduling", skip=1, effect=Effect(hang=True))
    cloud.set_rules([failing, stuck])
    server = booted(cloud)
    assert (server.host, server.vm_state) == (None, VM.BUILDING)
    assert not [port for port in cloud.store.all(Port) if port.device_id == server.id]


def test_a_build_that_fails_on_every_host_exhausts_its_retries(cloud):
    cloud.set_rules([rule("server.create.spawning", fail="boom")])
    server = booted(cloud)
    assert (server.vm_state, server.host) == (VM.ERROR, None)
    assert server.fault is not None
    assert server.fault.message == (
        "Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures"
        f" for instance {server.id}."
    )
    assert last_action(cloud, server)[1] is None
    assert not cloud.store.all(Allocation)


def test_a_build_may_be_aborted_for_good(cloud):
    cloud.set_rules([rule("server.create.networking", fail="no port")])
    server = booted(cloud)
    assert server.fault is not None
    assert server.fault.message == f"Build of instance {server.id} aborted: no port"


# fmt: off
FAILURES = [
    # trigger        step                         chain after the failure                                  event
    ("stop",        "server.stop.powering-off",   ["active/powering-off/1", "active/-/1"],                 "compute_stop_instance"),
    ("pause",       "server.pause.pausing",       ["active/pausing/1", "active/-/1"],                      "compute_pause_instance"),
    ("suspend",     "server.suspend.suspending",  ["active/suspending/1", "error/suspending/1", "error/-/1"], "compute_suspend_instance"),
    ("delete",      "server.delete.deleting",     ["active/deleting/1", "error/deleting/1", "error/-/1"],  "compute_terminate_instance"),
]
# fmt: on


@pytest.mark.parametrize(("trigger", "step", "path", "event"), FAILURES, ids=[row[0] for row in FAILURES])
def test_where_a_failed_action_ends(cloud, trigger, step, path, event):
    server = booted(cloud)
    cloud.set_rules([rule(step, fail="the driver is out of sorts")])
    servers.act(cloud, server, trigger, CALLER, False)
    assert chain(cloud, server) == path
    assert last_action(cloud, server) == (trigger, "Error", [(event, "Error")])
    fault = now(cloud, server).fault
    assert fault is not None
    assert fault.message == "the driver is out of sorts"


def test_a_resize_without_a_host_leaves_the_server_as_it_was(cloud):
    server = booted(cloud)
    for host in cloud.store.all(Host):
        if host.name != server.host:
            cloud.store.put(host.evolve(disabled=True))
    moves.resize(cloud, server, cloud.store.one(Flavor, "name", "m1.tiny"), CALLER, False)
    assert chain(cloud, server) == ["active/resize_prep/1", "active/-/1"]
    assert last_action(cloud, server) == (
        "resize",
        "Error",
        [("conductor_migrate_server", "Error"), ("cold_migrate", "Error")],
    )
    event = cloud.store.by(ActionEvent, "action", now(cloud, server).action_id)[0]
    assert event.details == "No valid host was found. No valid host found for resize"
    assert [(a.id, a.host) for a in cloud.store.all(Allocation)] == [(server.id, server.host)]


def test_a_resize_that_fails_while_migrating_ends_in_error_on_the_old_host(cloud):
    server = booted(cloud)
    cloud.set_rules([rule("server.resize.resize_migrating", fail="disk")])
    moves.resize(cloud, server, cloud.store.one(Flavor, "name", "m1.tiny"), CALLER, False)
    assert chain(cloud, server)[-2:] == ["error/resize_migrating/1", "error/-/1"]
    assert [(a.id, a.host) for a in cloud.store.all(Allocation)] == [(server.id, server.host)]


def test_a_resize_that_fails_at_the_end_stays_on_the_new_host(cloud):
    server = booted(cloud)
    cloud.set_rules([rule("server.resize.resize_finish", fail="disk")])
    moves.resize(cloud, server, cloud.store.one(Flavor, "name", "m1.tiny"), CALLER, False)
    cloud.settle()
    after = now(cloud, server)
    assert after.vm_state == VM.ERROR
    assert [(a.id, a.host) for a in cloud.store.all(Allocation)] == [(server.id, after.host)]


def test_a_hanging_step_never_ends(cloud):
    cloud.set_rules([rule("server.create.spawning", hang=True)])
    server = servers.boot(cloud)
    cloud.advance(1_000_000)
    assert now(cloud, server).task_state == "spawning"


def test_a_slow_step_takes_so_many_times_as_long(cloud):
    twin = cloud.fork()
    twin.set_rules([rule("server.stop.powering-off", slow=10, delay=5_000_000)])
    took = []
    for each in cloud, twin:
        server = booted(each)
        begin = each.now
        servers.act(each, server, "stop", CALLER, False)
        each.settle()
        took.append(now(each, server).updated_at - begin)
    assert took[1] == pytest.approx(took[0] * 10 + 5_000_000, abs=10)


# --- overtaking -------------------------------------------------------------------------------------------


def test_a_delete_overtakes_a_build(cloud):
    server = servers.boot(cloud)
    cloud.advance(5)
    assert now(cloud, server).host is not None
    servers.delete(cloud, now(cloud, server), CALLER, False)
    assert chain(cloud, server)[-1] == "deleted/-/0"
    assert not cloud.store.all(Allocation)


def test_reset_state_gives_up_what_was_under_way(cloud):
    server = booted(cloud)
    moves.resize(cloud, server, cloud.store.one(Flavor, "name", "m1.tiny"), CALLER, False)
    cloud.advance(8)
    servers.reset_state(cloud, now(cloud, server), "active", CALLER)
    cloud.settle()
    after = now(cloud, server)
    assert (after.vm_state, after.task_state, after.power_state) == (VM.ACTIVE, None, Power.RUNNING)
    assert [(a.id, a.host) for a in cloud.store.all(Allocation)] == [(server.id, after.host)]
    assert last_action(cloud, server) == ("resetState", None, [])
