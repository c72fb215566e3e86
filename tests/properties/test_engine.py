"""Whatever goes wrong and whoever watches: a history does not depend on looks, and a fork lives alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.checks import assert_equal
from tests.properties.engine import (
    FAR_AND_WIDE,
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

pieces_of_waits = st.lists(st.integers(1, 4), min_size=12, max_size=12)


@OF_SERVERS
@given(setup=server_setups, plan=server_plans, splits=pieces_of_waits)
def test_watching_changes_nothing(setup, plan, splits):
    look_on(setup, plan, splits)


@OF_ALL
@given(setup=setups, plan=plans, splits=pieces_of_waits)
def test_watching_changes_nothing_of_volumes(setup, plan, splits):
    look_on(setup, plan, splits)


@FAR_AND_WIDE
@given(setup=wide_setups, plan=wide_plans, splits=pieces_of_waits)
def test_watching_changes_nothing_of_all_services(setup, plan, splits):
    look_on(setup, plan, splits)


def look_on(setup, plan, splits):
    """However often one looks, and in however many pieces time passes, the history is the same."""
    left_alone, watched = begin(setup), begin(setup)
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


@OF_SERVERS
@given(setup=server_setups, before=server_plans, after=server_plans)
def test_a_fork_lives_alone(setup, before, after):
    live_apart(setup, before, after)


@OF_ALL
@given(setup=setups, before=plans, after=plans)
def test_a_fork_lives_alone_with_volumes(setup, before, after):
    live_apart(setup, before, after)


@FAR_AND_WIDE
@given(setup=wide_setups, before=wide_plans, after=wide_plans)
def test_a_fork_lives_alone_with_all_services(setup, before, after):
    live_apart(setup, before, after)


def live_apart(setup, before, after):
    """What a fork lives through leaves its origin as it was; the same things done to both come to the same."""
    client = begin(setup)
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
