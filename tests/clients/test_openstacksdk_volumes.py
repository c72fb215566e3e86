"""openstacksdk and volumes, in the test's own process and in the cloud's time."""

from __future__ import annotations

import pytest
from openstack import exceptions

pytestmark = pytest.mark.filterwarnings("ignore:::openstack")  # of its own methods, which it calls itself
IMAGE = "cirros-0.6.3-x86_64-disk"
WEB = {"name": "web", "flavor": "m1.tiny", "network": "private", "auto_ip": False}


@pytest.fixture
def server(openstack):
    return openstack.create_server(**WEB, image=IMAGE, wait=True)


def test_a_volume_is_made_and_deleted(openstack):
    volume = openstack.create_volume(size=1, name="data", wait=True)
    assert (volume.status, volume.size) == ("available", 1)
    assert openstack.delete_volume("data", wait=True)
    assert openstack.list_volumes() == []


def test_a_volume_from_an_image_boots(openstack):
    volume = openstack.create_volume(size=2, image=IMAGE, name="root", wait=True)
    assert openstack.block_storage.get_volume(volume.id).is_bootable


def test_a_volume_is_attached_and_detached(openstack, server):
    volume = openstack.create_volume(size=1, wait=True)
    openstack.attach_volume(server, volume, wait=True)
    attached = openstack.get_volume(volume.id)
    assert attached.status == "in-use"
    assert [one["server_id"] for one in attached.attachments] == [server.id]
    openstack.detach_volume(server, openstack.get_volume(volume.id), wait=True)
    assert openstack.get_volume(volume.id).status == "available"


def test_a_server_boots_from_a_new_volume_that_goes_with_it(openstack):
    server = openstack.create_server(
        **WEB, image=IMAGE, boot_from_volume=True, volume_size=2, terminate_volume=True, wait=True
    )
    (volume,) = openstack.block_storage.volumes()
    assert (volume.status, volume.is_bootable) == ("in-use", True)
    assert not openstack.compute.get_server(server.id).image
    openstack.delete_server(server.id, wait=True)
    openstack.block_storage.wait_for_delete(volume)
    assert list(openstack.block_storage.volumes()) == []


def test_a_server_boots_from_a_volume_that_stays(openstack):
    root = openstack.create_volume(size=2, image=IMAGE, name="root", wait=True)
    server = openstack.create_server(**WEB, boot_volume="root", terminate_volume=False, wait=True)
    assert openstack.get_volume(root.id).attachments[0]["server_id"] == server.id
    openstack.delete_server(server.id, wait=True)
    assert openstack.get_volume(root.id).status == "available"


def test_a_boot_volume_may_go_with_its_server(openstack):
    openstack.create_volume(size=2, image=IMAGE, name="root", wait=True)
    server = openstack.create_server(**WEB, boot_volume="root", terminate_volume=True, wait=True)
    openstack.delete_server(server.id, wait=True)
    for volume in openstack.block_storage.volumes():
        openstack.block_storage.wait_for_delete(volume)
    assert openstack.list_volumes() == []


def test_a_snapshot_is_made_and_a_volume_of_it(openstack):
    volume = openstack.create_volume(size=1, wait=True)
    snapshot = openstack.create_volume_snapshot(volume.id, name="snap", wait=True)
    copy = openstack.create_volume(size=1, snapshot_id=snapshot.id, wait=True)
    assert copy.snapshot_id == snapshot.id
    assert openstack.delete_volume_snapshot(snapshot.id, wait=True)


def test_a_backup_is_made_and_restored(openstack):
    volume = openstack.create_volume(size=1, name="data", wait=True)
    backup = openstack.create_volume_backup(volume.id, name="safe", wait=True)
    assert backup.status == "available"
    restored = openstack.block_storage.restore_backup(backup, volume_id=volume.id)
    assert restored.volume_id == volume.id
    openstack.block_storage.wait_for_status(volume, "available", failures=["error"])


def test_a_volume_with_a_snapshot_is_not_deleted(openstack):
    volume = openstack.create_volume(size=1, wait=True)
    openstack.create_volume_snapshot(volume.id, wait=True)
    with pytest.raises(exceptions.BadRequestException, match="have snapshots"):
        openstack.block_storage.delete_volume(volume.id)


def test_an_admin_sees_the_volumes_of_all_projects(openstack_as):
    mine = openstack_as("demo", "demo").create_volume(size=1)
    admin = openstack_as("admin", "admin")
    assert list(admin.block_storage.volumes()) == []
    assert [volume.id for volume in admin.block_storage.volumes(all_projects=True)] == [mine.id]


def test_more_than_the_quota_is_refused(openstack):
    with pytest.raises(exceptions.HttpException, match="exceeds allowed gigabytes quota"):
        openstack.create_volume(size=1001)


def test_a_volume_that_fits_nowhere_is_an_error_that_says_why(cloud, openstack_as):
    admin, openstack = openstack_as("admin", "admin"), openstack_as("demo", "demo")
    admin.set_volume_quotas("demo", gigabytes=-1)
    with pytest.raises(exceptions.SDKException):
        openstack.create_volume(size=100_000, name="huge", wait=True)
    huge = openstack.get_volume("huge")
    assert huge.status == "error"
