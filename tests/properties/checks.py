"""What the four properties mean: equal clouds, and a ledger that balances."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from operator import add

from fakecompute import Cloud
from fakecompute.domain.boot_images import is_volume_backed
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import ROOM, Allocation
from fakecompute.domain.records.network import Port, Subnet
from fakecompute.domain.records.server import ActionEvent, InstanceAction, Migration, Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.scheduler import room_for
from fakecompute.domain.states import VM
from fakecompute.kernel.store import Record

# An evacuated server's old host gives its room back when it returns, whatever became of the evacuation.
LEFT_BEHIND = {("evacuation", "done"), ("evacuation", "failed")}


def assert_equal(one: Cloud, other: Cloud) -> None:
    if one.digest() != other.digest():
        for kind in kinds():
            mine, theirs = ({record.id: record for record in cloud.store.all(kind)} for cloud in (one, other))
            assert mine.keys() == theirs.keys()
            for id, record in mine.items():
                for field in fields(record):
                    assert getattr(record, field.name) == getattr(theirs[id], field.name), (kind, field.name)
    assert one.digest() == other.digest()
    assert list(one.events) == list(other.events)


def kinds(kind: type[Record] = Record) -> list[type[Record]]:
    """All kinds of records that there are."""
    found = kind.__subclasses__()
    return found + [inner for one in found for inner in kinds(one)]


def assert_balanced(
    cloud: Cloud, *, allowed: frozenset[str] = frozenset(), reset: frozenset[str] = frozenset()
) -> None:
    """For what may be otherwise see `assert_paired`; consumers that are no servers are allowed in the same way."""
    assert_totals(cloud)
    servers = cloud.store.all(Server)
    live = {server.id: server for server in servers if not server.deleted}
    counted = [server for server in live.values() if server.vm_state != VM.SOFT_DELETED]
    for project_id in {server.project_id for server in servers}:
        mine = [server.flavor for server in counted if server.project_id == project_id]
        used = (len(mine), sum(f.vcpus for f in mine), sum(f.ram for f in mine))
        assert (cloud.store.total(Server, "project", project_id) or (0, 0, 0)) == used

    allocations = cloud.store.all(Allocation)
    taken: Counter[tuple[str, str]] = Counter()
    for share in (share for allocation in allocations for share in allocation.shares):
        taken.update({(share.place, name): amount for name, amount in share.resources})
    for place in {place for place, _ in taken}:
        room = tuple(taken[place, name] for name in ROOM)
        assert (cloud.store.total(Allocation, "host", place) or (0, 0, 0)) == room
    moving = {server.migration_id for server in live.values()} - {None}
    moving |= {
        m.id for m in cloud.store.all(Migration) if (m.type, m.status) in LEFT_BEHIND and m.server_id in live
    }
    for allocation in allocations:
        assert allocation.id in live or allocation.id in moving | allowed, "room is taken by nobody"
    for server in live.values():
        held = cloud.store.find(Allocation, server.id)
        assert (held is not None) == (server.host is not None), server
        if held and server.migration_id is None:
            room = room_for(server.flavor, volume_backed=is_volume_backed(cloud, server.id))
            assert (held.host, (held.vcpus, held.ram, held.disk)) == (server.host, room)

    ports = [port for port in cloud.store.all(Port) if port.device_owner.startswith("compute:")]
    for port in ports:
        assert port.device_id in live, "a port outlived its server"
        assert port.host == (live[port.device_id].host or "")
    assert_paired(cloud, allowed=allowed, reset=reset)
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


def assert_totals(cloud: Cloud) -> None:
    """What quotas, hosts and pools are held to is what the records add up to."""
    for kind in kinds():
        for name, part_of in kind.totals.items():
            sums: dict[object, tuple[int, ...]] = {}
            found = filter(None, map(part_of, cloud.store.all(kind)))
            for part in (part for parts in found for part in (parts if isinstance(parts, list) else [parts])):
                known = sums.get(part[0], (0,) * len(part[1]))
                sums[part[0]] = tuple(map(add, known, part[1]))
            counted = cloud.store._totals.get((kind, name), {})
            assert counted == {key: amounts for key, amounts in sums.items() if any(amounts)}, (kind, name)


# --- volumes: Nova's half, Cinder's half, and what both make of the volume


def strays(cloud: Cloud) -> list[Attachment]:
    """Attachments to servers that Nova knows nothing of."""
    known = {id for device in cloud.store.all(BlockDevice) for id in _known(device)}
    return [one for one in cloud.store.all(Attachment) if one.server_id is not None and one.id not in known]


def _known(device: BlockDevice) -> set[str | None]:
    return {device.attachment_id, device.old_attachment_id, device.memory("new_attachment")}


def assert_paired(
    cloud: Cloud, *, allowed: frozenset[str] = frozenset(), reset: frozenset[str] = frozenset()
) -> None:
    """Both sides tell the same of every volume.

    `allowed` are attachments that a fault or an operator may have left behind, `reset` the volumes whose status an
    operator has set.
    """
    for one in strays(cloud):
        assert one.id in allowed, "an attachment that Nova knows nothing of"
    for device in cloud.store.all(BlockDevice):
        _assert_mapped(cloud, device)
    for attachment in cloud.store.all(Attachment):
        assert cloud.store.find(Volume, attachment.volume_id), "an attachment outlived its volume"
    for volume in cloud.store.all(Volume):
        mappings = Counter(device.server_id for device in cloud.store.by(BlockDevice, "volume", volume.id))
        assert all(count == 1 for count in mappings.values()), "a server has a volume twice"
        assert volume.multiattach or len(mappings) < 2 or volume.id in reset
        if volume.id not in reset and not volume.is_migrating:  # then Cinder hides what becomes of it
            _assert_status(cloud, volume)


def _assert_mapped(cloud: Cloud, device: BlockDevice) -> None:
    server = cloud.store.find(Server, device.server_id)
    assert server is not None and not server.deleted, "a mapping outlived its server"
    for id in device.attachment_id, device.old_attachment_id:
        attachment = cloud.store.find(Attachment, id)
        if attachment is not None:
            assert (attachment.server_id, attachment.volume_id) == (device.server_id, device.volume_id)


# The attachment that a volume of this status must have.
HELD = {"in-use": "attached", "detaching": "attached", "attaching": "attaching", "reserved": "reserved"}


def _assert_status(cloud: Cloud, volume: Volume) -> None:
    statuses = {one.status for one in cloud.store.by(Attachment, "volume", volume.id)}
    if volume.status in HELD:
        assert HELD[volume.status] in statuses, (volume.status, statuses)
    if volume.status == "available":
        assert not statuses, "an available volume is attached"
