"""How volumes end."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.volume.creation import create_volume
from fakecompute.domain.volume.deletion import CannotDelete, delete_volume
from tests.domain.volume.making import project, settled, snapshot, status, volume


def test_what_no_back_end_has_is_gone_at_once(cloud):
    made = create_volume(cloud, project_id=project(cloud), user_id="u", size=1)
    delete_volume(cloud, made)
    assert status(cloud, made) is None


def test_snapshots_go_before_the_volume(cloud):
    source = volume(cloud)
    shot = settled(cloud, snapshot(cloud, source))
    delete_volume(cloud, source, cascade=True)
    assert (status(cloud, source), status(cloud, shot)) == ("deleting", "deleting")
    cloud.settle()
    assert (status(cloud, source), status(cloud, shot)) == (None, None)


def test_a_snapshot_that_stays_keeps_its_volume(cloud):
    source = volume(cloud)
    shot = settled(cloud, snapshot(cloud, source))
    cloud.set_rules([Rule(id="", name="no", on="snapshot.delete.*", effect=Effect(fail="no"))])
    delete_volume(cloud, source, cascade=True)
    cloud.settle()
    assert (status(cloud, source), status(cloud, shot)) == ("error_deleting", "error_deleting")


def test_a_snapshot_that_is_being_made_holds_it(cloud):
    source = volume(cloud)
    snapshot(cloud, source)
    with pytest.raises(CannotDelete):
        delete_volume(cloud, source, cascade=True)


@pytest.mark.parametrize("changes", [{"status": "in-use"}, {"migration_status": "migrating"}, {"group_id": "g"},
                                     {"attach_status": "attached"}])  # fmt: skip
def test_some_are_held(cloud, changes):
    held = cloud.store.put(volume(cloud).evolve(**changes))
    with pytest.raises(CannotDelete):
        delete_volume(cloud, held)


def test_force_needs_no_status(cloud):
    stuck = cloud.store.put(volume(cloud).evolve(status="error_extending"))
    delete_volume(cloud, stuck, force=True)
    cloud.settle()
    assert status(cloud, stuck) is None
