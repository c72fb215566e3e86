"""Volumes that are offered and taken: keys, snapshots, the quota of whoever takes."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.backup import Transfer
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.deletion import CannotDelete, delete_volume
from fakecompute.domain.volume.outages import backend_down
from fakecompute.domain.volume.quota import TooManyGigabytes, TooManySnapshots, TooManyVolumes, set_limits
from fakecompute.domain.volume.transfers import (
    CannotTransfer,
    NoReply,
    SnapshotNotAvailable,
    WrongKey,
    accept,
    offer,
    withdraw,
)
from tests.domain.volume.making import backend, fresh, project, settled, snapshot, status, volume


@pytest.fixture
def given(cloud):
    return volume(cloud, 2)


def take(cloud, transfer, key):
    return accept(cloud, transfer, key, project_id=project(cloud, "admin"), user_id="taker")


def test_an_offered_volume_waits_and_a_withdrawn_one_is_free(cloud, given):
    transfer, _ = offer(cloud, given, name=None)
    assert status(cloud, given) == "awaiting-transfer"
    with pytest.raises(CannotDelete):
        delete_volume(cloud, fresh(cloud, given))
    withdraw(cloud, transfer)
    assert status(cloud, given) == "available"
    assert cloud.store.count(Transfer) == 0


def test_the_key_itself_is_kept_nowhere(cloud, given):
    transfer, key = offer(cloud, given, name="n")
    assert len(key) == 16
    assert key not in repr(transfer)
    assert key not in repr(fresh(cloud, given))


def test_the_taker_has_the_volume_with_its_snapshots_and_its_place_in_the_quotas(cloud, given):
    taken = settled(cloud, snapshot(cloud, given))
    own, theirs = project(cloud), project(cloud, "admin")
    transfer, key = offer(cloud, given, name=None)
    got = take(cloud, transfer, key)
    assert (got.project_id, got.user_id, got.status) == (theirs, "taker", "available")
    assert fresh(cloud, taken).project_id == theirs
    assert cloud.store.total(Volume, "project", own) == ()
    assert cloud.store.total(Volume, "project", theirs) == (1, 2)
    assert cloud.store.total(Snapshot, "project", theirs) == (1, 2)
    assert cloud.store.find(Transfer, transfer.id) is None


def test_snapshots_that_are_kept_back_hold_the_volume_fast(cloud, given):
    taken = settled(cloud, snapshot(cloud, given))
    got = take(cloud, *offer(cloud, given, name=None, no_snapshots=True))
    assert fresh(cloud, taken).project_id == project(cloud)
    with pytest.raises(CannotDelete):
        delete_volume(cloud, got)


def test_a_wrong_key_opens_nothing(cloud, given):
    transfer, _ = offer(cloud, given, name=None)
    with pytest.raises(WrongKey) as refused:
        take(cloud, transfer, "0" * 16)
    assert str(refused.value) == (
        f"Invalid auth key: Attempt to transfer {transfer.id} with invalid auth key."
    )
    assert status(cloud, given) == "awaiting-transfer"


def test_only_what_is_available_can_be_offered(cloud, given):
    offer(cloud, given, name=None)
    with pytest.raises(CannotTransfer, match="status must be available"):
        offer(cloud, fresh(cloud, given), name=None)


def test_a_snapshot_under_way_holds_the_offer_up(cloud, given):
    taken = snapshot(cloud, given)
    with pytest.raises(SnapshotNotAvailable) as refused:
        offer(cloud, given, name=None)
    assert str(refused.value) == f"Invalid snapshot: snapshot: {taken.id} status must be available"
    assert offer(cloud, given, name=None, no_snapshots=True)


def test_encrypted_volumes_go_only_where_that_is_known_and_with_their_snapshots(cloud, given):
    secret = cloud.store.put(given.evolve(encryption_key_id="k"))
    with pytest.raises(CannotTransfer, match="transferring encrypted volume is not supported"):
        offer(cloud, secret, name=None)
    with pytest.raises(CannotTransfer, match="transferring an encrypted volume without its snapshots"):
        offer(cloud, secret, name=None, no_snapshots=True, encrypted=True)
    assert offer(cloud, secret, name=None, encrypted=True)


# fmt: off
QUOTAS = [
    ({"volumes": 0},    TooManyVolumes),
    ({"gigabytes": 1},  TooManyGigabytes),
    ({"snapshots": 0},  TooManySnapshots),
    ({"gigabytes": 3},  TooManyGigabytes),   # the volume would go in, its snapshot would not
]
# fmt: on


@pytest.mark.parametrize(("limits", "refusal"), QUOTAS)
def test_the_taker_must_have_room_for_all_of_it(cloud, given, limits, refusal):
    taken = settled(cloud, snapshot(cloud, given))
    transfer, key = offer(cloud, given, name=None)
    set_limits(cloud, project(cloud, "admin"), limits)
    with pytest.raises(refusal):
        take(cloud, transfer, key)
    assert (fresh(cloud, given).project_id, status(cloud, given)) == (project(cloud), "awaiting-transfer")
    assert fresh(cloud, taken).project_id == project(cloud)
    assert cloud.store.find(Transfer, transfer.id) is not None


def test_what_changed_since_the_offer_is_refused_whole(cloud, given):
    taken = settled(cloud, snapshot(cloud, given))
    transfer, key = offer(cloud, given, name=None)
    cloud.store.put(taken.evolve(status="error"))
    with pytest.raises(SnapshotNotAvailable, match="is not in the expected available state"):
        take(cloud, transfer, key)
    cloud.store.put(fresh(cloud, given).evolve(status="error"))
    with pytest.raises(CannotTransfer, match="expected in awaiting-transfer state"):
        take(cloud, transfer, key)
    assert fresh(cloud, given).project_id == project(cloud)


def test_cinder_volume_hands_it_over_or_nobody_does(cloud, given):
    transfer, key = offer(cloud, given, name=None)
    backend_down(cloud, backend(cloud, given))
    with pytest.raises(NoReply):
        take(cloud, transfer, key)
    assert status(cloud, given) == "awaiting-transfer"


def test_offers_go_with_their_volume(cloud, given):
    offer(cloud, given, name=None)
    VOLUME.start(cloud, fresh(cloud, given), "force_delete")
    cloud.settle()
    assert cloud.store.count(Transfer) == 0
