"""Volumes that grow."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.volume.extending import NotExtendable, NotGreater, extend
from fakecompute.domain.volume.pools import place_at
from fakecompute.domain.volume.quota import TooManyGigabytes, set_limits
from tests.domain.volume.making import fresh, messages, project, settled, volume, walk_of
from tests.domain.volume.serving import attached, clouded
from tests.domain.walking import rule


def test_it_is_extending_and_then_larger(cloud):
    grown = extend(cloud, volume(cloud), 3)
    assert walk_of(cloud, grown) == [("extending",), ("available",)]
    assert fresh(cloud, grown).size == 3


def test_what_it_grows_by_counts_at_once(cloud):
    one, other = volume(cloud), volume(cloud)
    set_limits(cloud, project(cloud), {"gigabytes": 5})
    extend(cloud, one, 3)
    with pytest.raises(TooManyGigabytes):
        extend(cloud, other, 3)


def test_its_pool_has_that_much_less(cloud):
    mine = volume(cloud)
    before = place_at(cloud, mine.host or "")
    extend(cloud, mine, 3)
    after = place_at(cloud, mine.host or "")
    assert before is not None
    assert after is not None
    assert before.free - after.free == 2


def test_without_room_in_its_pool_it_is_as_it_was_and_a_message_says_so():
    pool = {"name": "a", "capacity": 10, "thin": False}
    cloud = clouded([{"host": "s", "name": "a", "pools": [pool]}])
    grown = settled(cloud, extend(cloud, volume(cloud), 11))
    assert (grown.status, grown.size, grown.growth) == ("available", 1, 0)
    assert messages(cloud) == [("VOLUME", "007", "003")]
    assert settled(cloud, extend(cloud, grown, 10)).size == 10


def test_a_back_end_that_fails_leaves_an_error_and_gives_back_what_it_took(cloud):
    cloud.set_rules([rule("volume.extend.extending", fail="disk")])
    grown = settled(cloud, extend(cloud, volume(cloud), 3))
    assert (grown.status, grown.size, grown.growth) == ("error_extending", 1, 0)
    assert messages(cloud) == [("VOLUME", "007", "010")]


def test_the_server_that_has_it_learns_of_it(cloud):
    held, server, actions_of = attached(cloud)
    settled(cloud, extend(cloud, held, 4, attached=True))
    assert (fresh(cloud, held).status, fresh(cloud, held).size) == ("in-use", 4)
    assert actions_of()[-1] == ("extend_volume", [("compute_extend_volume", "Success")])
    assert cloud.store.by(BlockDevice, "server", server.id)[0].volume_size == 4


def test_it_does_not_shrink(cloud):
    with pytest.raises(NotGreater, match=r"\(current: 1, extended: 1\)"):
        extend(cloud, volume(cloud), 1)


def test_one_that_extends_does_not_extend_again(cloud):
    grown = extend(cloud, volume(cloud), 3)
    with pytest.raises(NotExtendable, match="to extend, currently extending"):
        extend(cloud, grown, 4)
