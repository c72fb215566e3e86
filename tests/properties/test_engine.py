"""Whatever goes wrong and whoever watches: the four properties that guard the engine."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from fakecompute import Cloud
from fakecompute.domain.records.compute import Allocation
from fakecompute.domain.records.network import Network, Port, Subnet
from fakecompute.domain.records.server import ActionEvent, InstanceAction, Migration, Server
from fakecompute.domain.scheduler import room_for
from fakecompute.domain.states import VM
from tests.properties.engine import Client, Command, plans, setups, small_cloud


@settings(max_examples=1000, deadline=None)
@given(setup=setups, plan=plans, splits=st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_watching_changes_nothing(setup, plan, splits):
    """However often one looks, and in however many pieces time passes, the history is the same."""
    left_alone, watched = Client(small_cloud(setup)), Client(small_cloud(setup))
    for command, pieces in zip(plan, splits, strict=False):
        left_alone.do(command)
        watched.look()
        if command.verb == "wait":
            for _ in range(pieces):
                watched.do(command._replace(what=command.what // pieces))
                watched.look()
        else:
            watched.do(command)
    assert_equal(left_alone.cloud, watched.cloud)


@settings(max_examples=1000, deadline=None)
@given(setup=setups, before=plans, after=plans)
def test_a_fork_lives_alone(setup, before, after):
    """What a fork lives through leaves its origin as it was; the same things done to both come to the same."""
    client = Client(small_cloud(setup))
    for command in before:
        client.do(command)
    digest, future, counts = client.cloud.digest(), list(client.cloud.events), client.cloud.streams.counts()

    fork = client.on(client.cloud.fork())
    for command in after:
        fork.do(command)

    assert client.cloud.digest() == digest
    assert list(client.cloud.events) == future
    assert client.cloud.streams.counts() == counts
    for command in after:
        client.do(command)
    assert_equal(client.cloud, fork.cloud)


@settings(max_examples=1000, deadline=None)
@given(setup=setups, plan=plans)
def test_a_replay_repeats(setup, plan):
    """The same seed and the same calls: the same answers to the byte, the same records, the same future."""
    first, second = Client(small_cloud(setup)), Client(small_cloud(setup))
    for command in plan:
        assert first.do(command) == second.do(command)
        assert first.look() == second.look()
    assert first.cloud.digest() == second.cloud.digest()
    assert list(first.cloud.events) == list(second.cloud.events)


@settings(max_examples=1000, deadline=None)
@given(setup=setups, plan=plans)
def test_the_ledger_balances(setup, plan):
    """At every moment the totals are what the records add up to, and nothing is left behind."""
    client = Client(small_cloud(setup))
    for command in plan:
        client.do(command)
        assert_balanced(client.cloud)
    client.cloud.set_rules([])
    for id in client.servers:
        client.http.post(f"/compute/v2.1/servers/{id}/action", json={"forceDelete": None})
    for name in "compute-1", "compute-2":
        client.do(Command("host", int(name[-1]) - 1, "up"))
    client.cloud.advance(100_000)
    assert_balanced(client.cloud)
    assert not client.cloud.store.all(Allocation)
    assert not [port for port in client.cloud.store.all(Port) if port.device_id]


# An evacuated server's old host gives its room back when it returns, whatever became of the evacuation.
LEFT_BEHIND = {("evacuation", "done"), ("evacuation", "failed")}


# --- what the properties mean --------------------------------------------------------------------------


def assert_equal(one: Cloud, other: Cloud) -> None:
    for kind in Server, ActionEvent, Migration, Allocation, Port, Network:
        mine, theirs = ({record.id: record for record in cloud.store.all(kind)} for cloud in (one, other))
        assert mine.keys() == theirs.keys()
        for id, record in mine.items():
            for field in fields(record):
                assert getattr(record, field.name) == getattr(theirs[id], field.name), (kind, field.name)
    assert one.digest() == other.digest()
    assert list(one.events) == list(other.events)


def assert_balanced(cloud: Cloud) -> None:
    servers = cloud.store.all(Server)
    live = {server.id: server for server in servers if not server.deleted}
    counted = [server for server in live.values() if server.vm_state != VM.SOFT_DELETED]
    for project_id in {server.project_id for server in servers}:
        mine = [server.flavor for server in counted if server.project_id == project_id]
        used = (len(mine), sum(f.vcpus for f in mine), sum(f.ram for f in mine))
        assert (cloud.store.total(Server, "project", project_id) or (0, 0, 0)) == used

    allocations = cloud.store.all(Allocation)
    for host in {allocation.host for allocation in allocations}:
        taken = [(a.vcpus, a.ram, a.disk) for a in allocations if a.host == host]
        assert cloud.store.total(Allocation, "host", host) == tuple(map(sum, zip(*taken, strict=True)))
    moving = {server.migration_id for server in live.values()} - {None}
    moving |= {m.id for m in cloud.store.all(Migration) if (m.type, m.status) in LEFT_BEHIND and m.server_id in live}
    for allocation in allocations:
        assert allocation.id in live or allocation.id in moving, "room is taken by nobody"
    for server in live.values():
        held = cloud.store.find(Allocation, server.id)
        assert (held is not None) == (server.host is not None), server
        if held and server.migration_id is None:
            assert (held.host, (held.vcpus, held.ram, held.disk)) == (server.host, room_for(server.flavor))

    ports = [port for port in cloud.store.all(Port) if port.device_owner.startswith("compute:")]
    for port in ports:
        assert port.device_id in live, "a port outlived its server"
        assert port.host == (live[port.device_id].host or "")
    addresses = Counter(fixed for port in cloud.store.all(Port) for fixed in port.fixed_ips)
    assert all(count == 1 for count in addresses.values()), "an address was given out twice"
    subnets = {subnet.id for subnet in cloud.store.all(Subnet)}
    assert all(fixed.subnet_id in subnets for fixed in addresses)

    for server in live.values():
        said = {action.action for action in cloud.store.by(InstanceAction, "server", server.id)}
        assert server.vm_state != VM.ERROR or server.fault or "resetState" in said, "an error without a reason"
        if server.task_state is None and server.trigger is None:
            events = cloud.store.by(ActionEvent, "action", server.action_id) if server.action_id else []
            assert all(event.finish_time is not None for event in events), "an event never ended"
