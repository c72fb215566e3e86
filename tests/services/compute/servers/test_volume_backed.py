"""What servers that boot from a volume do otherwise than others: images, rebuild, rescue, shelve, resize.

Words and events are those of a real Nova; what its double of Cinder cannot do is cited.
"""

from __future__ import annotations

import json

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Allocation, Flavor, Host
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import ActionEvent, InstanceAction, Server
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.quota import set_limits

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def image(cloud):
    return min(cloud.store.all(Image), key=lambda image: image.name)


@pytest.fixture
def other(cloud, image):
    return cloud.store.put(image.evolve(id="bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee", name="other"))


@pytest.fixture
def server(cloud, http, image):
    """A server with two volumes, one of which it boots from."""
    root = {"source_type": "image", "destination_type": "volume", "uuid": image.id, "volume_size": 1, "boot_index": 0}
    blank = {"source_type": "blank", "destination_type": "volume", "volume_size": 2, "boot_index": -1}
    wish = {"name": "web", "flavorRef": "42", "networks": "none", "block_device_mapping_v2": [root, blank]}
    id = http.post(SERVERS, json={"server": wish}, version="2.37").json["server"]["id"]
    cloud.settle()
    return cloud.store.get(Server, id)


@pytest.fixture
def act(http, server):
    def ask(action, body=None, version="2.104", user=None):
        asked = http.as_(user, "demo") if user else http
        return asked.post(f"{SERVERS}/{server.id}/action", json={action: body}, version=version)

    return ask


@pytest.fixture
def now(cloud, server):
    return lambda: cloud.store.get(Server, server.id)


@pytest.fixture
def volumes(cloud):
    return lambda: sorted(cloud.store.all(Volume), key=lambda volume: volume.number)


def events(cloud, server):
    """Of its last action."""
    action = max(cloud.store.by(InstanceAction, "server", server.id), key=lambda action: action.number)
    found = sorted(cloud.store.by(ActionEvent, "action", action.id), key=lambda event: event.number)
    return action.action, [(event.event, event.result) for event in found]


# --- images of it


def test_an_image_of_it_is_snapshots_of_its_volumes(cloud, http, server, act, volumes):
    made = act("createImage", {"name": "gold", "metadata": {"k": "v"}}).json["image_id"]
    shown = cloud.store.get(Image, made)
    properties = dict(shown.properties)
    mapping = json.loads(properties["block_device_mapping"])
    assert (shown.status, shown.size, shown.min_disk, shown.container_format) == ("active", 0, server.flavor.disk, "bare")
    assert (properties["bdm_v2"], properties["root_device_name"], properties["k"]) == ("True", "/dev/vda", "v")
    snapshots = {one.id: one for one in cloud.store.all(Snapshot)}
    assert [snapshots[entry["snapshot_id"]].volume_id for entry in mapping] == [one.id for one in volumes()]
    assert {one.name for one in snapshots.values()} == {"snapshot for gold"}
    assert [(one["boot_index"], one["volume_size"], one["device_name"]) for one in mapping] == [
        (0, 1, "/dev/vda"),
        (-1, 2, "/dev/vdb"),
    ]
    assert set(mapping[0]) == set(
        "volume_type volume_id device_type device_name guest_format snapshot_id disk_bus encryption_options tag"
        " delete_on_termination encryption_format volume_size destination_type encrypted source_type no_device"
        " encryption_secret_uuid boot_index image_id".split()
    )
    assert cloud.store.get(Server, server.id).task_state is None
    assert events(cloud, server) == ("createImage", [("api_snapshot_instance", "Success")])


def test_no_image_of_it_where_there_is_no_room_for_snapshots(cloud, server, act, told):
    set_limits(cloud, server.project_id, {"snapshots": 1})
    assert told(act("createImage", {"name": "gold"})) == (403, "Quota exceeded for resources: snapshots")
    assert not cloud.store.all(Snapshot)


def test_no_backup_of_it(act, told):
    wish = {"name": "b", "backup_type": "daily", "rotation": 1}
    assert told(act("createBackup", wish)) == (400, "Backup is not supported for volume-backed instances.")


# --- rebuild


def test_until_2_92_it_is_rebuilt_with_the_image_that_it_has(cloud, act, told, image, other, volumes, now):
    assert told(act("rebuild", {"imageRef": other.id}, "2.92")) == (
        400,
        f"Image {other.id} is unacceptable: Unable to rebuild with a different image for a volume-backed server.",
    )
    assert act("rebuild", {"imageRef": image.id}, "2.92").json["server"]["image"] == ""
    cloud.advance(2)
    assert now().status == "REBUILD"
    cloud.settle()
    assert (now().status, [one.status for one in volumes()]) == ("ACTIVE", ["in-use", "in-use"])


def test_from_2_93_its_volume_has_a_new_image(cloud, act, server, other, volumes, now):
    assert act("rebuild", {"imageRef": other.id}, "2.93").status_code == 202
    seen = set()
    for _ in range(100):
        cloud.advance(1)
        seen.add((now().task_state, volumes()[0].status))
    assert ("rebuilding", "downloading") in seen
    assert (now().status, now().image_id) == ("ACTIVE", None)
    assert dict(volumes()[0].image_metadata)["image_id"] == other.id
    assert [one.status for one in attachments_of(cloud, volumes()[0].id)] == ["attached"]


@pytest.mark.parametrize("effect", [Effect(fail="no space"), Effect(hang=True)])
def test_an_image_that_does_not_come_breaks_it(cloud, act, server, image, now, effect):
    cloud.set_rules([Rule(id="r", name="broken", on="volume.reimage.downloading", effect=effect)])
    act("rebuild", {"imageRef": image.id}, "2.93")
    cloud.settle()
    assert (now().status, now().fault.message) == (
        "ERROR",
        f"Build of instance {server.id} aborted: Failed to rebuild volume backed instance.",
    )


def test_no_certificates_for_its_image(act, told, image):
    wish = {"imageRef": image.id, "trusted_image_certificates": ["a"]}
    assert told(act("rebuild", wish)) == (
        400,
        "Image certificate validation is not supported for volume-backed servers.",
    )


def test_no_rebuild_while_a_volume_is_in_no_use(cloud, act, told, image, volumes):
    volume = cloud.store.put(volumes()[1].evolve(status="detaching"))
    words = f"Invalid volume: volume '{volume.id}' status must be 'in-use'. Currently in 'detaching' status"
    assert told(act("rebuild", {"imageRef": image.id})) == (400, words)
    assert told(act("rescue")) == (409, words)


# --- rescue


def test_it_is_rescued_since_2_87_if_an_image_says_how(cloud, server, act, told, image, now):
    refusal = (400, f"Instance {server.id} cannot be rescued: Cannot rescue a volume-backed instance")
    assert told(act("rescue")) == refusal
    properties = (("hw_rescue_bus", "usb"), ("hw_rescue_device", "disk"))
    stable = cloud.store.put(image.evolve(id="cccccccc-bbbb-4ccc-8ddd-eeeeeeeeeeee", properties=properties))
    assert told(act("rescue", {"rescue_image_ref": stable.id}, "2.86")) == refusal
    host = cloud.store.one(Host, "name", server.host)
    cloud.store.put(host.evolve(traits=()))
    assert told(act("rescue", {"rescue_image_ref": stable.id}, "2.87")) == (
        400,
        f"Instance {server.id} cannot be rescued: Host unable to rescue a volume-backed instance",
    )
    cloud.store.put(host)
    assert act("rescue", {"rescue_image_ref": stable.id}, "2.87").status_code == 200
    cloud.settle()
    assert now().status == "RESCUE"


def test_an_image_of_snapshots_rescues_nobody(cloud, act, told):
    made = act("createImage", {"name": "gold"}).json["image_id"]
    assert told(act("rescue", {"rescue_image_ref": made})) == (
        400,
        f"Requested rescue image '{made}' is not supported",
    )


# --- shelve


def test_shelving_offloads_it_at_once_and_makes_no_image(cloud, server, act, now, volumes):
    cloud.settings = cloud.settings.__class__(shelved_offload_time=-1)
    before = len(cloud.store.all(Image))
    act("shelve")
    cloud.settle()
    assert (now().status, now().host, now().shelved_image_id) == ("SHELVED_OFFLOADED", None, None)
    assert len(cloud.store.all(Image)) == before
    assert [volume.status for volume in volumes()] == ["reserved", "reserved"]
    assert events(cloud, server) == ("shelve", [("compute_shelve_offload_instance", "Success")])


def test_unshelving_connects_the_volumes_again(cloud, server, act, now, volumes):
    act("shelve")
    cloud.settle()
    act("unshelve")
    cloud.settle()
    assert (now().status, [volume.status for volume in volumes()]) == ("ACTIVE", ["in-use", "in-use"])
    (attachment,) = attachments_of(cloud, volumes()[0].id)
    assert (attachment.status, attachment.host) == ("attached", now().host)
    # nova/conductor/manager.py: only servers with an image ask for one
    assert [name for name, _ in events(cloud, server)[1]] == ["schedule_instances", "compute_unshelve_instance"]


# --- another size, and the end


def test_it_may_be_resized_to_a_flavor_without_a_disk(cloud, server, act, now):
    cloud.store.put(cloud.store.get(Flavor, "84").evolve(disk=0))
    assert act("resize", {"flavorRef": "84"}).status_code == 202
    cloud.settle()
    assert (now().status, cloud.store.get(Allocation, server.id).disk) == ("VERIFY_RESIZE", 0)


def test_its_root_is_not_detached(http, server, told, volumes):
    answer = http.delete(f"{SERVERS}/{server.id}/os-volume_attachments/{volumes()[0].id}")
    assert told(answer) == (400, "Cannot detach a root device volume")


def test_its_other_volumes_are_detached_and_attached(cloud, http, server, volumes):
    path = f"{SERVERS}/{server.id}/os-volume_attachments"
    id = volumes()[1].id
    assert http.delete(f"{path}/{id}").status_code == 202
    cloud.settle()
    assert volumes()[1].status == "available"
    assert http.post(path, json={"volumeAttachment": {"volumeId": id}}).json["volumeAttachment"]["device"] == "/dev/vdb"


def test_soft_deleted_it_keeps_its_volumes_until_it_is_reclaimed(cloud, http, server, volumes):
    cloud.settings = cloud.settings.__class__(reclaim_instance_interval=600)
    http.delete(f"{SERVERS}/{server.id}")
    cloud.advance(300)
    assert [volume.status for volume in volumes()] == ["in-use", "in-use"]
    cloud.settle()
    assert [volume.status for volume in volumes()] == ["available", "available"]
    assert not cloud.store.all(BlockDevice)
