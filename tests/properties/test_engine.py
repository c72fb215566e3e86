"""Whatever goes wrong and whoever watches: a history does not depend on looks, and a fork lives alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.checks import assert_equal
from tests.properties.engine import begin, plans, setups


@settings(max_examples=1000, deadline=None)
@given(setup=setups, plan=plans, splits=st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_watching_changes_nothing(setup, plan, splits):
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


@settings(max_examples=1000, deadline=None)
@given(setup=setups, before=plans, after=plans)
def test_a_fork_lives_alone(setup, before, after):
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
