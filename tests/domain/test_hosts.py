"""Hosts that die and come back: what their servers do (nova/compute/manager.py, _init_instance)."""

from __future__ import annotations

import pytest

from fakecompute.domain import hosts, server_images, servers
from fakecompute.domain.records.compute import Host
from fakecompute.domain.states import VM
from tests.domain.walking import CALLER, acted, booted, host_of, last_action, now


def down(cloud, server):
    return hosts.host_down(cloud, host_of(cloud, server))


def up(cloud, host):
    hosts.host_up(cloud, cloud.store.get(Host, host.id))
    cloud.settle()


def test_the_others_notice_after_a_minute(cloud):
    host = min(cloud.store.all(Host), key=lambda host: host.number)
    hosts.host_down(cloud, host)
    cloud.advance(59)
    assert cloud.store.get(Host, host.id).up
    cloud.advance(2)
    assert not cloud.store.get(Host, host.id).up


def test_who_is_back_in_time_was_never_down(cloud):
    host = min(cloud.store.all(Host), key=lambda host: host.number)
    hosts.host_down(cloud, host)
    cloud.advance(30)
    hosts.host_up(cloud, cloud.store.get(Host, host.id))
    cloud.advance(100)
    assert cloud.store.get(Host, host.id).up


def test_servers_of_a_dead_host_keep_their_state(cloud):
    server = booted(cloud)
    down(cloud, server)
    cloud.advance(10_000)
    assert now(cloud, server) == server


def test_what_is_asked_of_a_dead_host_waits_for_its_return(cloud):
    server = booted(cloud)
    host = down(cloud, server)
    servers.act(cloud, server, "stop", CALLER, False)
    cloud.advance(10_000)
    assert now(cloud, server).task_state == "powering-off"
    up(cloud, host)
    assert now(cloud, server).vm_state == VM.STOPPED


# fmt: off
IN_THE_MIDDLE = [
    # trigger        seconds into it   vm_state after the return   what the host does
    ("stop",         0.01,             VM.STOPPED),               # tries again
    ("delete",       0.01,             VM.DELETED),               # tries again
    ("reboot_soft",  0.01,             VM.ACTIVE),                # clears the task_state
    ("pause",        0.01,             VM.ACTIVE),                # clears it, and the guest runs
]
# fmt: on


@pytest.mark.parametrize(("trigger", "seconds", "vm_state"), IN_THE_MIDDLE)
def test_what_was_under_way(cloud, trigger, seconds, vm_state):
    server = booted(cloud)
    servers.act(cloud, server, trigger, CALLER, False)
    cloud.advance(seconds)
    host = down(cloud, server)
    cloud.advance(1000)
    up(cloud, host)
    after = now(cloud, server)
    assert (after.vm_state, after.task_state) == (vm_state, None)


def test_a_build_that_was_under_way_is_an_error(cloud):
    server = servers.boot(cloud)
    while now(cloud, server).task_state != "spawning":
        cloud.advance(0.1)
    host = down(cloud, server)
    cloud.advance(1000)
    assert now(cloud, server).vm_state == VM.BUILDING
    up(cloud, host)
    assert now(cloud, server).vm_state == VM.ERROR


def test_a_snapshot_that_was_under_way_is_forgotten(cloud):
    server = booted(cloud)
    server_images.create_image(cloud, server, CALLER, "snap", {})
    cloud.advance(0.01)
    host = down(cloud, server)
    cloud.advance(1000)
    up(cloud, host)
    after = now(cloud, server)
    assert (after.vm_state, after.task_state) == (VM.ACTIVE, None)


def test_a_server_whose_host_is_down_is_deleted_without_it(cloud):
    server = booted(cloud)
    down(cloud, server)
    cloud.advance(61)
    servers.delete(cloud, now(cloud, server), CALLER, False)
    assert now(cloud, server).deleted


# --- guests that stop by themselves -----------------------------------------------------------------------


def test_nova_notices_a_guest_that_has_shut_down_when_it_looks(cloud):
    server = booted(cloud)
    cloud.advance(700 - (cloud.now - cloud.begun) / 1_000_000)
    hosts.guest_stops(cloud, server)
    cloud.advance(499)
    assert now(cloud, server).vm_state == VM.ACTIVE
    cloud.advance(200)
    assert now(cloud, server).vm_state == VM.STOPPED
    assert last_action(cloud, server)[0] == "stop"


def test_a_guest_that_was_stopped_meanwhile_is_not_stopped_again(cloud):
    server = booted(cloud)
    hosts.guest_stops(cloud, server)
    server = acted(cloud, server, "stop")
    server = acted(cloud, server, "start")
    cloud.advance(2000)
    assert now(cloud, server).vm_state == VM.ACTIVE
