"""Whatever goes wrong: a replay repeats, and the ledger balances."""

from __future__ import annotations

from hypothesis import given

from fakecompute.domain.records.backup import Backup, Transfer
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Allocation
from fakecompute.domain.records.image import CachedImage, Image, ImageData, ImageMember
from fakecompute.domain.records.network import FloatingIP, Network, Port, Router, Subnet
from fakecompute.domain.records.network_pools import AddressScope, Segment, SubnetPool
from fakecompute.domain.records.network_services import (
    LocalIP,
    LocalIPAssociation,
    PortBinding,
    PortForwarding,
)
from fakecompute.domain.records.network_sharing import RBACPolicy
from fakecompute.domain.records.qos import QosPolicy
from fakecompute.domain.records.trunk import Trunk
from fakecompute.domain.records.volume import Attachment, Snapshot, Volume
from fakecompute.domain.records.volume_group import GroupSnapshot, VolumeGroup
from tests.properties.engine import (
    FAR_AND_WIDE,
    IMAGE,
    OF_ALL,
    OF_SERVERS,
    begin,
    plans,
    server_plans,
    server_setups,
    setups,
    wide_plans,
    wide_setups,
)

# Of what there is nothing any more when everything was deleted.
LEFT_OVERS = (
    Allocation, Volume, Snapshot, Backup, VolumeGroup, GroupSnapshot, Transfer, Attachment, BlockDevice,
)  # fmt: skip

NEIGHBOURS = (
    Network, Subnet, Port, PortBinding, Router, FloatingIP, PortForwarding, Trunk, SubnetPool, AddressScope, Segment,
    LocalIP, LocalIPAssociation, RBACPolicy, QosPolicy, Image, ImageData, ImageMember, CachedImage,
)  # fmt: skip


@OF_SERVERS
@given(setup=server_setups, plan=server_plans)
def test_a_replay_repeats(setup, plan):
    live_twice(setup, plan)


@OF_ALL
@given(setup=setups, plan=plans)
def test_a_replay_with_volumes_repeats(setup, plan):
    live_twice(setup, plan)


@FAR_AND_WIDE
@given(setup=wide_setups, plan=wide_plans)
def test_a_replay_of_all_services_repeats(setup, plan):
    live_twice(setup, plan)


def live_twice(setup, plan):
    """The same seed and the same calls: the same answers to the byte, the same records, the same future."""
    first, second = begin(setup), begin(setup)
    for command in plan:
        assert first.do(command) == second.do(command)
        assert first.look() == second.look()
    assert first.cloud.digest() == second.cloud.digest()
    assert list(first.cloud.events) == list(second.cloud.events)


@OF_SERVERS
@given(setup=server_setups, plan=server_plans)
def test_the_ledger_balances(setup, plan):
    keep_account(setup, plan)


@OF_ALL
@given(setup=setups, plan=plans)
def test_the_ledger_with_volumes_balances(setup, plan):
    keep_account(setup, plan)


@FAR_AND_WIDE
@given(setup=wide_setups, plan=wide_plans)
def test_the_ledger_of_all_services_balances(setup, plan):
    keep_account(setup, plan)


def keep_account(setup, plan):
    """At every moment the totals are what the records add up to, and nothing is left behind."""
    client = begin(setup)
    for command in plan:
        client.do(command)
        client.check()
    client.clear()
    client.check()
    for kind in (*LEFT_OVERS, *NEIGHBOURS) if setup.wide else LEFT_OVERS:
        left = [one for one in client.cloud.store.all(kind) if one.id != IMAGE]
        assert not left, "something cannot be got rid of"
    assert not [port for port in client.cloud.store.all(Port) if port.device_id]
