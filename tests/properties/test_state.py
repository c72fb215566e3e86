"""A cloud that was saved and loaded is the cloud: whatever happened before, and whatever happens after."""

from __future__ import annotations

from hypothesis import given, settings

from fakecompute.scenario.state import dump, load_state
from tests.properties.checks import assert_equal
from tests.properties.engine import Client, begin, plans, setups, wide_plans, wide_setups
from tests.properties.thorough import examples


@settings(max_examples=examples(300), deadline=None)
@given(setup=setups, before=plans, after=plans)
def test_saving_and_loading_commute_with_living_on(setup, before, after):
    be_saved(setup, before, after)


@settings(max_examples=examples(100), deadline=None)
@given(setup=wide_setups, before=wide_plans, after=wide_plans)
def test_they_commute_with_living_on_in_all_services(setup, before, after):
    be_saved(setup, before, after)


def be_saved(setup, before, after):
    client = begin(setup)
    for command in before:
        client.do(command)
    data = dump(client.cloud)
    loaded = client.on(load_state(data))
    assert dump(loaded.cloud) == data
    assert_alike(client, loaded)

    for command in after:
        assert client.do(command) == loaded.do(command)
    assert_alike(client, loaded)


def assert_alike(one: Client, other: Client) -> None:
    assert_equal(one.cloud, other.cloud)
    assert one.cloud.streams.counts() == other.cloud.streams.counts()
    assert (one.cloud.now, one.cloud.begun) == (other.cloud.now, other.cloud.begun)
    assert one.look() == other.look()
