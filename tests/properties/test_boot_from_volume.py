"""Servers that begin with volumes: whatever goes wrong, Nova's half and Cinder's half tell the same, and a replay repeats."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fakecompute.domain.faults import Rule
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Allocation
from fakecompute.domain.records.volume import Attachment
from fakecompute.wsgi.client import Answer
from tests.properties.checks import assert_balanced
from tests.properties.engine import (
    API,
    IMAGE,
    STEPS,
    Client,
    Command,
    Setup,
    begin,
    effects,
    server_plans,
)
from tests.properties.thorough import examples

PLACES = (
    "server.create.*", "volume.create.*", "volume.create.creating", "volume.create.downloading",
    "volume.boot.connecting", "volume.reimage.downloading", "volume.delete.deleting", "volume.move.connecting",
)  # fmt: skip
rules = st.lists(
    st.builds(
        Rule,
        id=st.just(""),
        name=st.sampled_from("abc"),
        on=st.sampled_from([*STEPS, *PLACES, *PLACES]),
        skip=st.integers(0, 2),
        times=st.one_of(st.none(), st.integers(1, 3)),
        effect=effects,
    ),
    max_size=4,
)
setups = st.builds(Setup, st.booleans(), st.just(True), st.just(False), rules)
begins = st.lists(st.sampled_from([Command("boot", 0, "1"), Command("wait", 0, 12_000_000)]), min_size=1, max_size=4)


class VolumeClient(Client):
    """Boots from a volume, with a second one that goes with the server."""

    def _boot(self, flavor: str) -> Answer:
        root: dict[str, Any] = {"source_type": "image", "uuid": IMAGE, "boot_index": 0, "volume_size": 1}
        blank = {"source_type": "blank", "boot_index": -1, "volume_size": 1, "delete_on_termination": True}
        wish = {
            "name": f"s{len(self.servers)}",
            "flavorRef": flavor,
            "networks": "none",
            "block_device_mapping_v2": [{**disk, "destination_type": "volume"} for disk in (root, blank)],
        }
        return self.http.post(f"{API}/servers", json={"server": wish}, version="2.104")


@settings(max_examples=examples(300), deadline=None)
@given(setup=setups, start=begins, plan=server_plans)
def test_the_ledger_balances(setup, start, plan):
    client = begin(setup, VolumeClient)
    for command in start + plan:
        client.do(command)
        assert_balanced(client.cloud)
    client.clear()
    assert_balanced(client.cloud)
    for record in Allocation, BlockDevice, Attachment:
        assert not client.cloud.store.all(record)


@settings(max_examples=examples(100), deadline=None)
@given(setup=setups, start=begins, plan=server_plans)
def test_a_replay_repeats(setup, start, plan):
    first, second = begin(setup, VolumeClient), begin(setup, VolumeClient)
    for command in start + plan:
        assert first.do(command) == second.do(command)
    assert first.cloud.digest() == second.cloud.digest()
