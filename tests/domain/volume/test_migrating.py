"""Volumes that are moved from one back end to another."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import Attachment, Snapshot, Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.extending import NotExtendable, extend
from fakecompute.domain.volume.migrating import CannotMigrate, NoSuchBackend, WrongMigration, finish, migrate
from fakecompute.domain.volume.moving import make_target
from fakecompute.domain.volume.outages import backend_down, backend_up
from fakecompute.domain.volume.pools import place_at
from tests.domain.volume.making import backend, fresh, settled, snapshot, volume
from tests.domain.volume.serving import attached, clouded
from tests.domain.walking import rule

LVM_1, LVM_2 = "storage@lvm-1#lvm-1", "storage@lvm-2#lvm-2"


def elsewhere(of):
    return LVM_2 if of.host == LVM_1 else LVM_1


def moved(cloud, of, to=None, *, cluster=None, copy=False, lock=False):
    return migrate(cloud, of, host=to or elsewhere(of), cluster=cluster, copy=copy, lock=lock)


def walk(cloud, of):
    """status/migration_status, until nothing more happens."""
    seen: list[str] = []
    while True:
        now = fresh(cloud, of)
        if not seen or seen[-1] != f"{now.status}/{now.migration_status}":
            seen.append(f"{now.status}/{now.migration_status}")
        if (due := cloud.events.next_due()) is None:
            return seen
        cloud.clock.advance(max(0, due - cloud.clock.now()))
        cloud.catch_up()


def targets(cloud):
    return [one for one in cloud.store.all(Volume) if not one.consumes_quota]


def test_its_migration_status_tells_how_far_it_is(cloud):
    mine = volume(cloud)
    assert walk(cloud, moved(cloud, mine)) == [
        "available/starting", "available/migrating", "available/completing", "available/success",
    ]  # fmt: skip
    assert fresh(cloud, mine).host == elsewhere(mine)


def test_one_that_is_locked_is_in_maintenance_meanwhile(cloud):
    statuses = walk(cloud, moved(cloud, volume(cloud), lock=True))
    assert statuses[0] == "maintenance/starting"
    assert statuses[-1] == "available/success"


def test_bytes_are_copied_to_a_second_volume_which_becomes_the_first(cloud):
    mine = moved(cloud, volume(cloud), copy=True)
    cloud.advance(1)
    (target,) = targets(cloud)
    assert (target.host, target.migration_status) == (elsewhere(mine), f"target:{mine.id}")
    there = place_at(cloud, target.host)
    assert there is not None
    assert there.allocated == 1
    assert settled(cloud, mine).host == target.host
    assert targets(cloud) == []


def test_a_back_end_of_the_same_host_moves_it_by_itself(cloud):
    mine = moved(cloud, volume(cloud))
    cloud.advance(1)
    assert targets(cloud) == []
    assert settled(cloud, mine).name_id is None


def test_one_that_a_server_has_is_moved_by_nova(cloud):
    held, server, actions_of = attached(cloud)
    before = cloud.store.by(Attachment, "volume", held.id)[0]
    moved(cloud, held, lock=True)
    assert set(walk(cloud, held)) == {"in-use/starting", "in-use/migrating", "in-use/success"}
    after = fresh(cloud, held)
    assert after.host == elsewhere(held)
    assert after.name_id is not None
    assert actions_of()[-1] == ("swap_volume", [("compute_swap_volume", "Success")])
    (now,) = cloud.store.by(Attachment, "volume", held.id)
    assert (now.server_id, now.status, now.id != before.id) == (server.id, "attached", True)
    assert targets(cloud) == []


def test_a_swap_that_fails_at_nova_fails_the_migration(cloud):
    held, _, _ = attached(cloud)
    cloud.set_rules([rule("volume.swap.swapping", fail="no path")])
    after = settled(cloud, moved(cloud, held))
    assert (after.status, after.migration_status, after.host) == ("in-use", "error", held.host)
    assert targets(cloud) == []


def test_nova_does_not_move_it_under_a_server_that_is_stopped(cloud):
    held, server, _ = attached(cloud)
    cloud.store.put(server.evolve(vm_state="stopped"))
    after = settled(cloud, moved(cloud, held))
    assert (after.status, after.migration_status) == ("in-use", "error")
    assert targets(cloud) == []


@pytest.mark.parametrize("lock", [False, True])
@pytest.mark.parametrize("place", ["scheduling", "migrating", "completing"])
def test_a_failure_leaves_it_where_it_was(cloud, lock, place):
    mine = volume(cloud)
    cloud.set_rules([rule(f"volume.migrate.{place}", fail="network")])
    after = settled(cloud, moved(cloud, mine, copy=True, lock=lock))
    assert (after.status, after.migration_status, after.host) == ("available", "error", mine.host)
    assert targets(cloud) == []


def test_a_pool_that_is_not_there_is_found_out_later(cloud):
    mine = volume(cloud)
    after = settled(cloud, moved(cloud, mine, "storage@lvm-2#nope"))
    assert (after.migration_status, after.host) == ("error", mine.host)


def test_a_host_without_a_pool_means_any_of_its_pools(cloud):
    mine = volume(cloud)
    assert settled(cloud, moved(cloud, mine, elsewhere(mine).partition("#")[0])).host == elsewhere(mine)


def test_nobody_else_changes_it_meanwhile(cloud):
    mine = moved(cloud, volume(cloud))
    with pytest.raises(NotExtendable):
        extend(cloud, mine, 5)
    with pytest.raises(CannotMigrate):
        moved(cloud, mine)


def test_where_no_service_is_nothing_goes(cloud):
    mine = volume(cloud)
    for to in "nope", "storage@nope#pool":
        with pytest.raises(NoSuchBackend, match=f"Invalid host: No available service named '{to}'"):
            moved(cloud, mine, to)


def test_a_back_end_that_is_off_takes_none(cloud):
    mine = volume(cloud)
    target = cloud.store.get(VolumeBackend, elsewhere(mine).partition("#")[0])
    cloud.store.put(target.evolve(disabled=True))
    with pytest.raises(NoSuchBackend):
        moved(cloud, mine)


@pytest.mark.parametrize(
    "fields", [{"status": "error"}, {"migration_status": "migrating"}, {"replication_status": "enabled"}]
)
def test_not_every_volume_is_fit(cloud, fields):
    mine = cloud.store.put(volume(cloud).evolve(**fields))
    with pytest.raises(CannotMigrate):
        moved(cloud, mine)


def test_it_is_not_moved_to_where_it_is_nor_away_from_its_snapshots(cloud):
    mine = volume(cloud)
    with pytest.raises(CannotMigrate):
        moved(cloud, mine, mine.host)
    settled(cloud, snapshot(cloud, mine))
    assert cloud.store.count(Snapshot, "volume", mine.id) == 1
    with pytest.raises(CannotMigrate):
        moved(cloud, mine)


def test_while_its_back_end_is_away_it_stands_still(cloud):
    mine = volume(cloud)
    backend_down(cloud, backend(cloud, mine))
    moved(cloud, mine)
    cloud.settle()
    assert fresh(cloud, mine).migration_status == "migrating"
    backend_up(cloud, backend(cloud, mine))
    assert settled(cloud, mine).migration_status == "success"


# --- os-migrate_volume_completion


def test_nova_may_tell_that_it_is_done(cloud):
    mine = cloud.store.put(volume(cloud).evolve(migration_status="migrating"))
    place = place_at(cloud, elsewhere(mine))
    assert place is not None
    target = make_target(cloud, mine, place)
    assert finish(cloud, mine, target, error=False) == mine.id
    assert (fresh(cloud, mine).host, fresh(cloud, mine).migration_status) == (place.host, "success")


def test_or_that_it_is_not(cloud):
    mine = cloud.store.put(volume(cloud).evolve(migration_status="migrating"))
    place = place_at(cloud, elsewhere(mine))
    assert place is not None
    finish(cloud, mine, make_target(cloud, mine, place), error=True)
    assert (fresh(cloud, mine).host, fresh(cloud, mine).migration_status) == (mine.host, "error")
    assert targets(cloud) == []


def test_two_volumes_that_do_not_belong_together_are_no_migration(cloud):
    mine, other = volume(cloud), volume(cloud)
    mine = cloud.store.put(mine.evolve(migration_status="migrating"))
    with pytest.raises(WrongMigration, match="Destination volume not mid-migration"):
        finish(cloud, mine, other, error=False)
    other = cloud.store.put(other.evolve(migration_status="migrating"))
    with pytest.raises(WrongMigration, match=f"has migration_status migrating, expected target:{mine.id}"):
        finish(cloud, mine, other, error=False)


def test_a_cluster_is_a_place_too():
    cloud = clouded([
        {"host": "a", "name": "rbd", "driver": "rbd"},
        {"host": "b", "name": "ssd", "driver": "rbd", "cluster": "c"},
        {"host": "d", "name": "ssd", "driver": "rbd", "cluster": "c"},
    ])  # fmt: skip
    mine = cloud.store.put(volume(cloud).evolve(host="a@rbd#rbd"))
    after = settled(cloud, migrate(cloud, mine, host=None, cluster="c@ssd", copy=False, lock=False))
    assert after.host == "b@ssd#ssd"
    assert after.name_id is not None
