"""Volumes that get another type."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import Encryption, Snapshot
from fakecompute.domain.volume.quota import TooManyVolumes, set_limits
from fakecompute.domain.volume.retyping import ON_DEMAND, CannotRetype, SharingChanges, retype
from fakecompute.domain.volume.types import create_type
from tests.domain.volume.making import fresh, project, settled, snapshot, volume, walk_of
from tests.domain.volume.serving import attached
from tests.domain.walking import rule


def kind(cloud, name="other", encryption=None, **specs):
    return create_type(cloud, name, extra_specs=tuple(specs.items()), encryption=encryption)


def elsewhere(cloud, of):
    """A type of the other back end."""
    return kind(cloud, "there", volume_backend_name="lvm-2" if "lvm-1" in of.host else "lvm-1")


def test_where_its_pool_suits_it_stays(cloud):
    mine, other = volume(cloud), kind(cloud)
    settled(cloud, snapshot(cloud, mine))
    assert walk_of(cloud, retype(cloud, mine, other)) == [("retyping",), ("available",)]
    after = fresh(cloud, mine)
    assert (after.volume_type_id, after.host, after.migration_status) == (other.id, mine.host, None)
    assert [one.volume_type_id for one in cloud.store.by(Snapshot, "volume", mine.id)] == [other.id]


def test_it_does_not_move_unless_it_may(cloud):
    mine = volume(cloud)
    after = settled(cloud, retype(cloud, mine, elsewhere(cloud, mine)))
    assert (after.volume_type_id, after.host, after.status) == (mine.volume_type_id, mine.host, "available")


def test_if_it_may_it_moves_to_a_pool_that_suits(cloud):
    mine = volume(cloud)
    there = elsewhere(cloud, mine)
    after = settled(cloud, retype(cloud, mine, there, ON_DEMAND))
    assert (after.volume_type_id, after.migration_status, after.status) == (there.id, "success", "available")
    assert after.host != mine.host


def test_one_that_a_server_has_is_moved_by_nova(cloud):
    held, _, actions_of = attached(cloud)
    there = elsewhere(cloud, held)
    retype(cloud, held, there, ON_DEMAND)
    assert {status for (status,) in walk_of(cloud, held)} == {"retyping", "in-use"}
    after = fresh(cloud, held)
    assert (after.status, after.volume_type_id, after.migration_status) == ("in-use", there.id, "success")
    assert actions_of()[-1] == ("swap_volume", [("compute_swap_volume", "Success")])


def test_a_swap_that_fails_leaves_the_type(cloud):
    held, _, _ = attached(cloud)
    cloud.set_rules([rule("volume.swap.swapping", fail="no path")])
    after = settled(cloud, retype(cloud, held, elsewhere(cloud, held), ON_DEMAND))
    assert (after.status, after.volume_type_id, after.migration_status) == ("in-use", held.volume_type_id, "error")


def test_another_encryption_needs_other_bytes(cloud):
    mine = volume(cloud)
    secret = kind(cloud, encryption=Encryption("e", "luks", "front-end"))
    assert not settled(cloud, retype(cloud, mine, secret)).encrypted
    after = settled(cloud, retype(cloud, fresh(cloud, mine), secret, ON_DEMAND))
    assert after.encrypted
    plain = kind(cloud, "plain")
    assert not settled(cloud, retype(cloud, after, plain, ON_DEMAND)).encrypted


def test_with_snapshots_it_does_not_move(cloud):
    mine = volume(cloud)
    settled(cloud, snapshot(cloud, mine))
    after = settled(cloud, retype(cloud, mine, elsewhere(cloud, mine), ON_DEMAND))
    assert (after.host, after.status) == (mine.host, "available")


def test_in_use_it_is_not_made_to_be_shared(cloud):
    held, _, _ = attached(cloud)
    with pytest.raises(SharingChanges, match="currently has a status of: in-use"):
        retype(cloud, held, kind(cloud, multiattach="<is> True"))


def test_a_type_that_shares_shares(cloud):
    assert settled(cloud, retype(cloud, volume(cloud), kind(cloud, multiattach="<is> True"))).multiattach


def test_the_limits_of_the_new_type_count(cloud):
    mine, other = volume(cloud), kind(cloud)
    set_limits(cloud, project(cloud), {"volumes_other": 0})
    with pytest.raises(TooManyVolumes, match="'volumes_other'"):
        retype(cloud, mine, other)


@pytest.mark.parametrize("fields", [{"status": "error"}, {"migration_status": "migrating"}, {"group_id": "g"}])
def test_not_every_volume_is_fit(cloud, fields):
    mine = cloud.store.put(volume(cloud).evolve(**fields))
    with pytest.raises(CannotRetype):
        retype(cloud, mine, kind(cloud))


def test_it_has_its_own_type_already(cloud):
    other = kind(cloud)
    with pytest.raises(CannotRetype):
        retype(cloud, volume(cloud, volume_type_id=other.id), other)
