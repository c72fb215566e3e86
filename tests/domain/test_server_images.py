"""Images of servers and servers of other images: chains, events and what becomes of the image."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain import server_images, servers
from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.network import Port
from fakecompute.domain.records.unified_limits import RegisteredLimit
from fakecompute.domain.settings import Settings
from fakecompute.domain.states import VM
from fakecompute.domain.timing import Timing, constant
from tests.domain.walking import CALLER, acted, booted, chain, last_action, now, rule, successes


def registered(cloud, **limits):
    (service,) = cloud.store.by(CatalogService, "path", "image")
    for name, limit in limits.items():
        facts = {"service_id": service.id, "region_id": service.region, "resource_name": name}
        cloud.store.put(RegisteredLimit(id=name, default_limit=limit, **facts))


def snapshots(cloud):
    return [image for image in cloud.store.all(Image) if dict(image.properties).get("image_type")]


# --- rebuild, rescue --------------------------------------------------------------------------------------


def test_rebuild_of_a_running_server(cloud):
    server = booted(cloud)
    server_images.rebuild(cloud, server, CALLER, False)
    assert chain(cloud, server) == [
        "active/rebuilding/1",
        "active/rebuild_block_device_mapping/1",
        "active/rebuild_spawning/1",
        "active/-/1",
    ]
    after = now(cloud, server)
    assert after.host == server.host
    assert after.launched_at > server.launched_at
    events = successes("rebuild_server", "compute_rebuild_instance")
    assert last_action(cloud, server) == ("rebuild", None, events)


def test_rebuild_of_a_stopped_server_stops_it_again(cloud):
    server = acted(cloud, booted(cloud), "stop")
    server_images.rebuild(cloud, server, CALLER, False)
    assert chain(cloud, server) == [
        "stopped/rebuilding/4",
        "stopped/rebuild_block_device_mapping/4",
        "stopped/rebuild_spawning/4",
        "active/-/1",
        "active/powering-off/1",
        "stopped/-/4",
    ]
    events = successes("rebuild_server", "compute_rebuild_instance", "compute_stop_instance")
    assert last_action(cloud, server) == ("rebuild", None, events)


def test_a_rebuild_that_fails_is_an_error_in_two_writes(cloud):
    server = booted(cloud)
    cloud.set_rules([rule("server.rebuild.rebuild_spawning", fail="boom")])
    server_images.rebuild(cloud, server, CALLER, False)
    assert chain(cloud, server)[-2:] == ["error/rebuild_spawning/1", "error/-/1"]
    assert last_action(cloud, server)[2] == [
        ("rebuild_server", "Success"),
        ("compute_rebuild_instance", "Error"),
    ]


def test_rescue_and_back(cloud):
    server = booted(cloud)
    servers.act(cloud, server, "rescue", CALLER, False)
    assert chain(cloud, server) == ["active/rescuing/1", "rescued/-/1"]
    servers.act(cloud, now(cloud, server), "unrescue", CALLER, False)
    assert chain(cloud, server) == ["rescued/unrescuing/1", "active/-/1"]


def test_a_rescue_that_fails_says_so_in_nova_s_words(cloud):
    server = booted(cloud)
    cloud.set_rules([rule("server.rescue.rescuing", fail="no disk")])
    servers.act(cloud, server, "rescue", CALLER, False)
    cloud.settle()
    assert now(cloud, server).fault.message == (
        f"Instance {server.id} cannot be rescued: Driver Error: no disk"
    )


# --- createImage, createBackup ----------------------------------------------------------------------------


def test_a_snapshot_goes_through_nova_s_task_states_and_is_active_at_the_end(cloud):
    server = booted(cloud)
    image = server_images.create_image(cloud, server, CALLER, "snap", {"mine": "yes"})
    assert image.status == "queued"
    assert chain(cloud, server) == [
        "active/image_snapshot_pending/1",
        "active/image_snapshot/1",
        "active/image_pending_upload/1",
        "active/image_uploading/1",
        "active/-/1",
    ]
    image = cloud.store.get(Image, image.id)
    properties = dict(image.properties)
    assert image.status == "active"
    assert (properties["image_type"], properties["instance_uuid"]) == ("snapshot", server.id)
    assert properties["base_image_ref"] == server.image_id
    assert properties["mine"] == "yes"
    assert last_action(cloud, server) == ("createImage", None, successes("compute_snapshot_instance"))


def test_a_snapshot_that_fails_leaves_no_image_and_no_word(cloud):
    server = booted(cloud)
    cloud.set_rules([rule("server.createImage.image_uploading", fail="glance is full")])
    server_images.create_image(cloud, server, CALLER, "snap", {})
    assert chain(cloud, server)[-1] == "active/-/1"
    assert not snapshots(cloud)
    assert last_action(cloud, server) == ("createImage", None, successes("compute_snapshot_instance"))


@pytest.mark.parametrize(("rotation", "left"), [(0, []), (1, ["b3"]), (2, ["b3", "b2"])])
def test_of_the_backups_of_a_type_only_the_newest_stay(cloud, rotation, left):
    server = booted(cloud)
    for name in "b1", "b2", "b3":
        cloud.advance(10)
        server_images.create_image(
            cloud, now(cloud, server), CALLER, name, {}, backup_type="daily", rotation=rotation
        )
        cloud.settle()
    kept = sorted(snapshots(cloud), key=lambda image: -image.created_at)
    assert [image.name for image in kept] == left


def test_backups_of_another_type_are_left_alone(cloud):
    server = booted(cloud)
    for kind in "daily", "weekly":
        server_images.create_image(cloud, now(cloud, server), CALLER, kind, {}, backup_type=kind, rotation=1)
        cloud.settle()
    assert {image.name for image in snapshots(cloud)} == {"daily", "weekly"}


# --- shelve -----------------------------------------------------------------------------------------------


def test_a_snapshot_for_which_glance_has_no_room_is_gone_and_the_server_as_it_was():
    cloud = cloud_with(user_storage_quota=1)
    server = booted(cloud)
    server_images.create_image(cloud, server, CALLER, "snap", {})
    assert chain(cloud, server)[-2:] == ["active/image_uploading/1", "active/-/1"]
    assert not snapshots(cloud)
    assert last_action(cloud, server) == ("createImage", None, successes("compute_snapshot_instance"))


def test_a_backup_for_which_glance_has_no_room_is_gone_and_an_error_of_its_action():
    cloud = cloud_with(user_storage_quota=1)
    server = booted(cloud)
    server_images.create_image(cloud, server, CALLER, "b", {}, backup_type="daily", rotation=1)
    assert chain(cloud, server)[-1] == "active/-/1"
    assert not snapshots(cloud)
    assert last_action(cloud, server) == ("createBackup", "Error", [("compute_backup_instance", "Error")])


def test_a_shelving_for_which_glance_has_no_room_leaves_the_server_active_and_an_image_without_bytes():
    cloud = cloud_with(user_storage_quota=1)
    server = booted(cloud)
    server_images.shelve(cloud, server, CALLER, False)
    assert chain(cloud, server)[-1] == "active/-/1"
    (image,) = snapshots(cloud)
    assert (image.status, image.size) == ("queued", None)
    assert now(cloud, server).fault.message == (
        f"Quota exceeded or out of space for image {image.id} in the image service."
    )
    assert last_action(cloud, server) == ("shelve", "Error", [("compute_shelve_instance", "Error")])


def test_where_no_image_more_may_be_none_is_begun():
    cloud = cloud_with(use_keystone_limits=True)
    server = booted(cloud)
    with pytest.raises(server_images.ImagesFull, match="Resource image_count_total is over limit of 0"):
        server_images.create_image(cloud, server, CALLER, "snap", {})
    assert now(cloud, server).task_state is None


def test_where_no_upload_more_may_begin_the_snapshot_does_not_come_so_far():
    cloud = cloud_with(use_keystone_limits=True)
    registered(cloud, image_count_total=5, image_size_total=5)
    server = booted(cloud)
    server_images.create_image(cloud, server, CALLER, "snap", {})
    assert chain(cloud, server)[-2:] == ["active/image_pending_upload/1", "active/-/1"]
    assert not snapshots(cloud)


def test_shelving_takes_a_snapshot_and_leaves_the_host(cloud):
    server = booted(cloud)
    server_images.shelve(cloud, server, CALLER, False)
    assert chain(cloud, server) == [
        "active/shelving/1",
        "active/shelving_image_pending_upload/1",
        "active/shelving_image_uploading/1",
        "shelved/shelving_offloading/4",
        "shelved_offloaded/-/4",
    ]
    assert now(cloud, server).host is None
    assert not cloud.store.all(Allocation)
    assert [image.name for image in snapshots(cloud)] == ["server-shelved"]
    assert [port.host for port in cloud.store.all(Port) if port.device_id == server.id] == [""]
    assert last_action(cloud, server) == ("shelve", None, successes("compute_shelve_instance"))


def test_unshelving_finds_a_host_and_drops_the_snapshot(cloud):
    server = booted(cloud)
    server_images.shelve(cloud, server, CALLER, False)
    cloud.settle()
    server_images.unshelve(cloud, now(cloud, server), CALLER, False, {})
    assert chain(cloud, server) == [
        "shelved_offloaded/unshelving/4",
        "shelved_offloaded/spawning/4",
        "active/-/1",
    ]
    assert now(cloud, server).host is not None
    assert not snapshots(cloud)
    events = successes("get_image_info", "schedule_instances", "compute_unshelve_instance")
    assert last_action(cloud, server) == ("unshelve", None, events)


def test_without_a_host_it_stays_offloaded(cloud):
    server = booted(cloud)
    server_images.shelve(cloud, server, CALLER, False)
    cloud.settle()
    for host in cloud.store.all(Host):
        cloud.store.put(host.evolve(disabled=True))
    server_images.unshelve(cloud, now(cloud, server), CALLER, False, {})
    assert chain(cloud, server)[-1] == "shelved_offloaded/-/4"
    assert last_action(cloud, server)[2] == [("get_image_info", "Success"), ("schedule_instances", "Error")]


# --- what happens by itself -------------------------------------------------------------------------------


def cloud_with(**settings):
    return Cloud(settings=Settings(**settings))


def test_a_shelved_server_is_offloaded_after_a_while():
    cloud = cloud_with(shelved_offload_time=3600)
    server = booted(cloud)
    server_images.shelve(cloud, server, CALLER, False)
    while now(cloud, server).vm_state != VM.SHELVED:
        cloud.advance(10)
    assert now(cloud, server).host == server.host
    cloud.advance(3590)
    assert now(cloud, server).vm_state == VM.SHELVED
    cloud.advance(1000)
    assert now(cloud, server).vm_state == VM.OFFLOADED


def test_a_server_that_is_shelved_here_is_started_where_it_is():
    cloud = cloud_with(shelved_offload_time=-1)
    server = booted(cloud)
    server_images.shelve(cloud, server, CALLER, False)
    cloud.settle()
    server_images.unshelve(cloud, now(cloud, server), CALLER, False, {})
    assert chain(cloud, server) == ["shelved/unshelving/4", "shelved/powering-on/4", "active/-/1"]
    assert last_action(cloud, server)[2] == successes("compute_start_instance")


def test_a_soft_deleted_server_can_be_restored_until_it_is_reclaimed():
    cloud = cloud_with(reclaim_instance_interval=600)
    server = booted(cloud)
    servers.delete(cloud, server, CALLER, False)
    cloud.advance(60)
    assert now(cloud, server).vm_state == VM.SOFT_DELETED
    assert last_action(cloud, server) == ("delete", None, successes("compute_soft_delete_instance"))
    servers.restore(cloud, now(cloud, server), CALLER, False)
    cloud.advance(2000)
    assert now(cloud, server).vm_state == VM.ACTIVE
    servers.delete(cloud, now(cloud, server), CALLER, False)
    cloud.advance(2000)
    assert now(cloud, server).deleted


def test_a_rescued_server_is_unrescued_after_a_while():
    cloud = cloud_with(rescue_timeout=300)
    server = booted(cloud)
    servers.act(cloud, server, "rescue", CALLER, False)
    cloud.advance(2000)
    assert now(cloud, server).vm_state == VM.ACTIVE


def test_a_build_that_takes_too_long_is_an_error():
    cloud = cloud_with(instance_build_timeout=120)
    cloud.set_rules([rule("server.create.spawning", hang=True)])
    server = servers.boot(cloud)
    cloud.advance(119)
    assert now(cloud, server).vm_state == VM.BUILDING
    cloud.advance(2)
    assert now(cloud, server).vm_state == VM.ERROR
    assert not cloud.store.all(Allocation)


def test_a_reboot_that_takes_too_long_becomes_a_hard_one():
    cloud = cloud_with(reboot_timeout=120)
    server = booted(cloud)
    cloud.set_rules([rule("server.reboot_soft.*", hang=True)])
    servers.act(cloud, server, "reboot_soft", CALLER, False)
    cloud.advance(119)
    assert now(cloud, server).task_state == "rebooting"
    cloud.advance(2)
    assert now(cloud, server).task_state == "rebooting_hard"
    cloud.advance(1000)
    assert (now(cloud, server).vm_state, now(cloud, server).task_state) == (VM.ACTIVE, None)


def test_a_guest_that_ignores_the_shutdown_is_cut_off():
    cloud = Cloud(settings=Settings(shutdown_timeout=20), timing=Timing({"*": constant(1000)}))
    server = servers.boot(cloud)
    cloud.advance(10_000)
    servers.act(cloud, now(cloud, server), "stop", CALLER, False)
    cloud.advance(19)
    assert now(cloud, server).task_state == "powering-off"
    cloud.advance(2)
    assert now(cloud, server).vm_state == VM.STOPPED


def test_settings_stand_in_a_cloud_definition_too():
    cloud = Cloud({"extends": "default", "settings": {"resize_confirm_window": 60, "enabled_filters": ["ComputeFilter"]}})
    assert (cloud.settings.resize_confirm_window, cloud.settings.enabled_filters) == (60, ("ComputeFilter",))


def test_what_python_sets_wins_over_the_definition():
    definition = {"extends": "default", "settings": {"rescue_timeout": 60, "reboot_timeout": 5}}
    cloud = Cloud(definition, settings=Settings(rescue_timeout=30))
    assert (cloud.settings.rescue_timeout, cloud.settings.reboot_timeout) == (30, 5)
