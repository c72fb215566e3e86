"""What the four properties mean: equal clouds, and a ledger that balances."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

from fakecompute import Cloud
from fakecompute.domain.records.compute import Allocation
from fakecompute.domain.records.network import Network, Port, Subnet
from fakecompute.domain.records.server import ActionEvent, InstanceAction, Migration, Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.scheduler import room_for
from fakecompute.domain.states import VM

# An evacuated server's old host gives its room back when it returns, whatever became of the evacuation.
LEFT_BEHIND = {("evacuation", "done"), ("evacuation", "failed")}


def assert_equal(one: Cloud, other: Cloud) -> None:
    for kind in Server, ActionEvent, Migration, Allocation, Port, Network, Volume:
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
    moving |= {
        m.id for m in cloud.store.all(Migration) if (m.type, m.status) in LEFT_BEHIND and m.server_id in live
    }
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
    for volume in cloud.store.all(Volume):
        holders = [attachment.server_id for attachment in volume.attachments]
        assert all(id in live for id in holders), "an attachment outlived its server"
        assert len(holders) == len(set(holders)) and (volume.multiattach or len(holders) < 2)
        assert holders or volume.status not in ("attaching", "in-use", "detaching")
    addresses = Counter(fixed for port in cloud.store.all(Port) for fixed in port.fixed_ips)
    assert all(count == 1 for count in addresses.values()), "an address was given out twice"
    subnets = {subnet.id for subnet in cloud.store.all(Subnet)}
    assert all(fixed.subnet_id in subnets for fixed in addresses)

    for server in live.values():
        said = {action.action for action in cloud.store.by(InstanceAction, "server", server.id)}
        assert server.vm_state != VM.ERROR or server.fault or "resetState" in said, (
            "an error without a reason"
        )
        if server.task_state is None and server.trigger is None:
            events = cloud.store.by(ActionEvent, "action", server.action_id) if server.action_id else []
            assert all(event.finish_time is not None for event in events), "an event never ended"
