"""Whatever goes wrong: a replay repeats, and the ledger balances."""

from __future__ import annotations

from hypothesis import given, settings

from fakecompute.domain.records.compute import Allocation
from fakecompute.domain.records.network import Port
from tests.properties.checks import assert_balanced
from tests.properties.engine import Client, Command, plans, setups, small_cloud


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
    client.clear()
    assert_balanced(client.cloud)
    assert not client.cloud.store.all(Allocation)
    assert not [port for port in client.cloud.store.all(Port) if port.device_id]
