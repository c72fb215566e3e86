"""Back ends that stop and come back; what they do with work half done is Cinder's init_host."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.tables.volumes import SNAPSHOT, VOLUME
from fakecompute.domain.volume.creation import create_volume
from fakecompute.domain.volume.deletion import delete_volume
from fakecompute.domain.volume.outages import backend_down, backend_up, service_down, service_up
from tests.domain.volume.making import backup_service, fresh, project, snapshot, status, volume


@pytest.fixture
def made(cloud):
    return volume(cloud)


def backend(cloud, of):
    return cloud.store.get(VolumeBackend, backend_id(fresh(cloud, of).host))


def down(cloud, of):
    backend_down(cloud, backend(cloud, of))


def up(cloud, of):
    backend_up(cloud, backend(cloud, of))


def scheduled(cloud):
    """A volume that its back end is just making."""
    begun = create_volume(cloud, project_id=project(cloud), user_id="user", size=1)
    while fresh(cloud, begun).host is None:
        cloud.jump()
        cloud.catch_up()
    return begun


# --- while it is down


def test_others_notice_after_a_minute(cloud, made):
    down(cloud, made)
    cloud.advance(59.9)
    assert backend(cloud, made).is_up
    cloud.advance(0.1)
    assert not backend(cloud, made).is_up


def test_one_that_comes_back_in_time_was_never_down(cloud, made):
    down(cloud, made)
    cloud.advance(30)
    up(cloud, made)
    cloud.advance(60)
    assert backend(cloud, made).is_up


def test_a_second_outage_has_a_minute_of_its_own(cloud, made):
    down(cloud, made)
    cloud.advance(30)
    up(cloud, made)
    down(cloud, made)
    cloud.advance(31)
    assert backend(cloud, made).is_up


def test_what_is_begun_then_waits(cloud, made):
    down(cloud, made)
    delete_volume(cloud, made)
    cloud.settle()
    assert status(cloud, made) == "deleting"
    up(cloud, made)
    cloud.settle()
    assert status(cloud, made) is None


def test_a_volume_that_was_sent_there_waits(cloud):
    begun = create_volume(cloud, project_id=project(cloud), user_id="user", size=1)
    for one in cloud.store.all(VolumeBackend):
        backend_down(cloud, one)
    cloud.advance(50)
    assert (fresh(cloud, begun).status, fresh(cloud, begun).cast_in_vain) == ("creating", True)
    up(cloud, begun)
    cloud.settle()
    assert status(cloud, begun) == "available"


def test_nothing_goes_to_a_back_end_that_is_known_to_be_down(cloud, made):
    down(cloud, made)
    cloud.advance(60)
    assert backend_id(volume(cloud).host) != backend_id(made.host)


# --- when it is back


def test_a_volume_that_was_being_made_is_an_error(cloud):
    begun = scheduled(cloud)
    down(cloud, begun)
    cloud.advance(100)
    assert status(cloud, begun) == "creating"
    up(cloud, begun)
    cloud.settle()
    assert status(cloud, begun) == "error"


def test_a_volume_that_was_being_deleted_is_deleted_again(cloud, made):
    delete_volume(cloud, made)
    down(cloud, made)
    cloud.advance(300)
    assert status(cloud, made) == "deleting"
    up(cloud, made)
    cloud.settle()
    assert status(cloud, made) is None


def test_a_volume_that_was_being_uploaded_is_available(cloud, made):
    VOLUME.start(cloud, made, "upload")
    down(cloud, made)
    cloud.advance(3600)
    up(cloud, made)
    assert status(cloud, made) == "available"


def test_a_volume_that_was_being_reverted_stays_so(cloud, made):
    VOLUME.start(cloud, made, "revert")
    down(cloud, made)
    up(cloud, made)
    cloud.settle()
    assert status(cloud, made) == "reverting"


def test_a_snapshot_that_was_being_made_is_an_error(cloud, made):
    copy = snapshot(cloud, made)
    cloud.advance(1)
    if SNAPSHOT.ways[fresh(cloud, copy).trigger].stages[fresh(cloud, copy).step].name == "scheduling":
        cloud.jump()
        cloud.catch_up()
    down(cloud, made)
    cloud.advance(300)
    up(cloud, made)
    cloud.settle()
    assert status(cloud, copy) == "error"


def test_a_volume_at_rest_does_not_notice(cloud, made):
    before = fresh(cloud, made)
    down(cloud, made)
    cloud.advance(300)
    up(cloud, made)
    cloud.settle()
    assert fresh(cloud, made) == before


# --- other services


def test_a_service_for_backups_goes_and_comes_back(cloud):
    service_down(cloud, backup_service(cloud))
    cloud.advance(60)
    assert not backup_service(cloud).is_up
    service_up(cloud, backup_service(cloud))
    assert backup_service(cloud).is_up
