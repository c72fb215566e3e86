"""Servers that begin with volumes: what POST /servers says of them, what is made, and what goes wrong.

Expectations: a real Nova (tests/conformance/asked/boot_from_volume.yaml), and the citations.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Allocation, Flavor, Host
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.settings import Settings
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.quota import set_limits
from fakecompute.wsgi.client import Http

SERVERS = "/compute/v2.1/servers"
UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
SEQUENCE = (
    "Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping combination is"
    " not valid."
)
GIB = 1 << 30


class Booting:
    """A cloud to boot servers in, and what becomes of them and of their volumes."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud, self.http = cloud, Http(cloud, "demo")
        self.image = min(cloud.store.all(Image), key=lambda image: image.name or "")

    def disk(self, **more: Any) -> dict[str, Any]:
        """A volume of 1 GiB made from the image, to boot from."""
        made = {"source_type": "image", "destination_type": "volume", "uuid": self.image.id, "volume_size": 1}
        return {**made, "boot_index": 0, **more}

    def volume(self, **fields: Any) -> Volume:
        """An existing volume that boots."""
        mine = {
            "id": UUID, "project_id": self.http.token.project_id, "user_id": self.http.token.user_id, "size": 3,
            "status": "available", "bootable": True, "host": "storage@lvm-1#lvm-1",
        }  # fmt: skip
        return self.cloud.store.put(Volume(**{**mine, **fields}))

    def ask(self, *devices: dict[str, Any], version: str = "2.67", old: bool = False, **more: Any) -> Any:
        key = "block_device_mapping" if old else "block_device_mapping_v2"
        wish = {"name": "web", "flavorRef": "42", "networks": "none", key: list(devices), **more}
        if version < "2.37":
            del wish["networks"]
        return self.http.post(SERVERS, json={"server": wish}, version=version)

    def boot(self, *devices: dict[str, Any], **more: Any) -> str:
        answer = self.ask(*devices, **more)
        assert answer.status_code == 202, answer.text
        id: str = answer.json["server"]["id"]
        return id

    def shown(self, id: str) -> Any:
        return self.http.as_("admin").get(f"{SERVERS}/{id}", version="2.67").json["server"]

    def server(self, id: str) -> Server:
        return self.cloud.store.get(Server, id)

    def devices(self, id: str) -> list[BlockDevice]:
        return sorted(self.cloud.store.by(BlockDevice, "server", id), key=lambda device: device.number)

    def volumes(self) -> list[Volume]:
        return sorted(self.cloud.store.all(Volume), key=lambda volume: volume.number)


@pytest.fixture
def booting(cloud):
    return Booting(cloud)


def message(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


# --- what is made


def test_the_root_is_made_from_an_image_and_shown_as_no_image(booting):
    id = booting.boot(booting.disk(delete_on_termination=True))
    booting.cloud.settle()

    shown = booting.shown(id)
    (volume,) = booting.volumes()
    assert (shown["status"], shown["image"], shown["OS-EXT-SRV-ATTR:root_device_name"]) == ("ACTIVE", "", "/dev/vda")
    assert shown["os-extended-volumes:volumes_attached"] == [{"id": volume.id, "delete_on_termination": True}]
    assert (volume.status, volume.name, volume.description, volume.bootable) == ("in-use", "", "", True)
    assert dict(volume.image_metadata)["image_id"] == booting.image.id
    assert [(one.status, one.server_id, one.device) for one in attachments_of(booting.cloud, volume.id)] == [
        ("attached", id, "/dev/vda")
    ]


def test_the_server_waits_in_block_device_mapping_for_its_volume(booting):
    booting.cloud.timing = booting.cloud.timing.profile("instant")
    booting.cloud.set_rules(
        [Rule(id="r", name="slow", on="volume.create.downloading", effect=Effect(delay=20_000_000))]
    )
    id = booting.boot(booting.disk())
    booting.cloud.advance(19)
    assert booting.server(id).task_state == "block_device_mapping"
    assert [volume.status for volume in booting.volumes()] == ["downloading"]
    assert booting.shown(id)["os-extended-volumes:volumes_attached"] == []
    booting.cloud.advance(2)
    assert (booting.server(id).task_state, booting.server(id).status) == (None, "ACTIVE")


def test_disks_of_all_kinds(booting):
    booting.volume()
    blank = {"source_type": "blank", "destination_type": "volume", "volume_size": 2, "boot_index": -1}
    existing = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": None}
    cdrom = {**booting.disk(boot_index=1), "device_type": "cdrom"}
    id = booting.boot(booting.disk(), {**blank, "disk_bus": "scsi"}, existing, cdrom)
    booting.cloud.settle()
    assert [device.device_name for device in booting.devices(id)] == ["/dev/vda", "/dev/sda", "/dev/vdb", "/dev/hda"]
    assert [volume.status for volume in booting.volumes()] == ["in-use"] * 4
    # nova/virt/block_device.py: DriverVolBlankBlockDevice
    assert f"{id}-blank-vol" in [volume.name for volume in booting.volumes()]


def test_an_existing_volume_is_reserved_by_the_api(booting):
    booting.volume()
    id = booting.boot({"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0})
    assert booting.cloud.store.get(Volume, UUID).status == "reserved"
    booting.cloud.settle()
    assert booting.cloud.store.get(Volume, UUID).status == "in-use"
    assert booting.shown(id)["image"] == ""


def test_an_image_beside_a_root_volume_is_shown(booting):
    id = booting.boot(booting.disk(), imageRef=booting.image.id)
    booting.cloud.settle()
    assert booting.shown(id)["image"]["id"] == booting.image.id


@pytest.mark.parametrize("several", [1, 2])
def test_every_server_of_a_request_has_volumes_of_its_own(booting, several):
    booting.boot(booting.disk(), min_count=several, max_count=several)
    booting.cloud.settle()
    assert len(booting.volumes()) == several


def test_the_type_that_is_asked_for_by_name_or_id(booting):
    (kind,) = (one for one in booting.cloud.store.all(VolumeType) if one.name == "multiattach")
    for name in kind.name, kind.id:
        booting.boot(booting.disk(volume_type=name))
    booting.cloud.settle()
    assert {(volume.volume_type_id, volume.multiattach) for volume in booting.volumes()} == {(kind.id, True)}


def test_the_disk_of_a_volume_is_none_of_the_hosts(booting):
    booting.cloud.store.put(booting.cloud.store.get(Flavor, "42").evolve(disk=7, ephemeral=2, swap=1500))
    id = booting.boot(booting.disk())
    booting.cloud.settle()
    # nova/scheduler/utils.py: resources_from_flavor
    assert booting.cloud.store.get(Allocation, id).disk == 4


def test_a_flavor_without_a_disk_is_for_volumes(booting):
    booting.cloud.store.put(booting.cloud.store.get(Flavor, "42").evolve(disk=0))
    assert booting.ask(booting.disk()).status_code == 202
    local = {"source_type": "image", "destination_type": "local", "uuid": booting.image.id, "boot_index": 0}
    assert message(booting.ask(local, imageRef=booting.image.id)) == (
        403, "Only volume-backed servers are allowed for flavors with zero disk.",
    )  # fmt: skip


def test_the_old_syntax(booting):
    booting.volume()
    id = booting.boot({"volume_id": UUID, "device_name": "vda", "delete_on_termination": True}, old=True)
    booting.cloud.settle()
    (device,) = booting.devices(id)
    assert (device.boot_index, device.device_name, device.delete_on_termination) == (0, "/dev/vda", True)
    assert booting.shown(id)["image"] == ""


def test_with_an_image_the_old_syntax_adds_volumes(booting):
    booting.volume()
    id = booting.boot({"volume_id": UUID, "device_name": "vdb"}, old=True, imageRef=booting.image.id)
    booting.cloud.settle()
    assert [device.device_name for device in booting.devices(id)] == ["/dev/vdb"]
    assert booting.shown(id)["image"]["id"] == booting.image.id


# --- what is refused


def refused(booting):
    """What is asked for, in which version, with which fields besides; what Nova says."""
    image, disk = booting.image.id, booting.disk
    volume = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0}
    snapshot = {**volume, "source_type": "snapshot"}
    invalid = "Block Device Mapping is Invalid: "
    return {
        "no root": ([disk(boot_index=1)], {}, SEQUENCE),
        "two roots": ([disk(), disk()], {}, SEQUENCE),
        "a gap": ([disk(), disk(boot_index=2)], {}, SEQUENCE),
        "no size": ([disk(volume_size=1) | {"volume_size": None}], {}, None),
        "no image of that id": ([disk(uuid=UUID)], {}, f"{invalid}failed to get image {UUID}."),
        "no such volume": ([volume], {}, f"{invalid}failed to get volume {UUID}."),
        "no such volume beside": ([disk(), {**volume, "boot_index": -1}], {}, f"Volume {UUID} could not be found."),
        "no such snapshot": ([snapshot], {}, f"Snapshot {UUID} could not be found."),
        "no such snapshot beside": (
            [disk(), {**snapshot, "boot_index": -1}], {}, f"{invalid}failed to get snapshot {UUID}.",
        ),
        "no such type": ([disk(volume_type="x")], {}, "Volume type x could not be found."),
        "a type for what exists": (
            [{**volume, "volume_type": "x"}], {},
            invalid + "Specifying volume type to existing volume is not supported.",
        ),
        "a type for a local disk": (
            [{"source_type": "blank", "destination_type": "local", "volume_type": "x"}], {},
            invalid + "Specifying a volume_type with destination_type=local is not supported.",
        ),
        "a bus that is none": ([disk(disk_bus="zzz")], {}, "Block Device Mapping is Invalid."),
        "the root's name": (
            [disk(device_name="/dev/vda")], {"imageRef": image},
            "The volume cannot be assigned the same device name as the root device vda",
        ),
        "certificates": (
            [disk()], {"trusted_image_certificates": ["a"]},
            "Image certificate validation is not supported when booting from volume",
        ),
    }  # fmt: skip


@pytest.mark.parametrize("case", list(refused(Booting(Cloud()))))
def test_what_nova_refuses(booting, case):
    devices, more, words = refused(booting)[case]
    answer = booting.ask(*devices, **more)
    assert answer.status_code == 400
    assert words is None or message(answer)[1] == words
    assert not booting.cloud.store.all(Volume)
    assert not booting.cloud.store.all(Server)


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ({"source_type": "image"}, "Images with destination_type 'volume' need to have a non-zero size specified"),
        ({"source_type": "blank"}, "Blank volumes (source: 'blank', dest: 'volume') need to have non-zero size"),
    ],
)
def test_a_volume_that_is_made_needs_a_size(booting, device, words):
    id = {"uuid": booting.image.id} if device["source_type"] == "image" else {}
    wish = {**device, **id, "destination_type": "volume", "boot_index": 1}
    assert message(booting.ask(booting.disk(), wish)) == (400, words)


def test_a_volume_that_does_not_boot(booting):
    booting.volume(bootable=False)
    wish = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0}
    assert message(booting.ask(wish)) == (400, f"Block Device {UUID} is not bootable.")


def test_a_volume_that_somebody_has(booting):
    booting.volume(status="in-use")
    wish = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0}
    status, words = message(booting.ask(wish))
    assert status == 400
    assert words.startswith(
        f"Invalid volume: Invalid input received: Invalid volume: Volume {UUID} status must be available or"
        " downloading to reserve, but the current status is in-use. (HTTP 400) (Request-ID: req-"
    )


def test_a_volume_is_for_one_server(booting):
    booting.volume()
    wish = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0}
    assert message(booting.ask(wish, max_count=2)) == (
        400, "Cannot attach one or more volumes to multiple instances",
    )  # fmt: skip


def test_volumes_for_several_servers_since_2_60(booting):
    booting.volume(multiattach=True)
    wish = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0}
    assert message(booting.ask(wish, version="2.59")) == (
        400, "Multiattach volumes are only supported starting with compute API version 2.60.",
    )  # fmt: skip
    booting.boot(wish, version="2.60")
    booting.cloud.settle()
    booting.boot(wish, version="2.60")
    booting.cloud.settle()
    assert len(attachments_of(booting.cloud, UUID)) == 2


def test_a_volume_smaller_than_the_image_wants(booting):
    booting.cloud.store.put(booting.image.evolve(min_disk=2))
    assert message(booting.ask(booting.disk())) == (
        400,
        "Volume is smaller than the minimum size specified in image metadata."
        f" Volume size is {GIB} bytes, minimum size is {2 * GIB} bytes.",
    )


def test_volumes_of_others_are_not_there(booting):
    booting.volume(project_id="somebody's")
    wish = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0}
    assert message(booting.ask(wish)) == (400, f"Block Device Mapping is Invalid: failed to get volume {UUID}.")


def test_volumes_stay_in_their_zone_where_the_cloud_says_so():
    booting = Booting(Cloud(settings=Settings(cross_az_attach=False)))
    booting.volume(availability_zone="north")
    wish = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0}
    assert message(booting.ask(wish, availability_zone="nova")) == (
        400,
        "The availability zone between the server and its attached volumes do not match: Server and volumes are not"
        " in the same availability zone. Server is in: nova. Volumes are in: north.",
    )


# --- what goes wrong later


def fault(booting, id):
    server = booting.server(id)
    assert server.status == "ERROR"
    return server.fault.message


def test_a_volume_that_cannot_be_made(booting):
    booting.cloud.timing = booting.cloud.timing.profile("instant")
    rule = Rule(id="r", name="broken", on="volume.create.creating", effect=Effect(fail="no more disks"))
    booting.cloud.set_rules([rule])
    id = booting.boot(booting.disk())
    booting.cloud.settle()
    (volume,) = booting.volumes()
    assert fault(booting, id).startswith(
        f"Build of instance {id} aborted: Volume {volume.id} did not finish being created even after we waited 3"
        " seconds or 2 attempts. And its status is error."
    )
    assert booting.shown(id)["os-extended-volumes:volumes_attached"] == []


def test_a_volume_that_takes_too_long(booting):
    booting.cloud.set_rules([Rule(id="r", name="stuck", on="volume.create.creating", effect=Effect(hang=True))])
    id = booting.boot(booting.disk())
    booting.cloud.settle()
    (volume,) = booting.volumes()
    # 60 retries of 3 s: nova/compute/manager.py, _await_block_device_map_created
    assert fault(booting, id) == (
        f"Build of instance {id} aborted: Volume {volume.id} did not finish being created even after we waited 183"
        " seconds or 61 attempts. And its status is creating."
    )


def test_cinders_quota_is_met_when_the_server_is_built(booting):
    set_limits(booting.cloud, booting.http.token.project_id, {"volumes": 0})
    id = booting.boot(booting.disk())
    booting.cloud.settle()
    assert fault(booting, id) == (
        f"Build of instance {id} aborted: VolumeLimitExceeded: Maximum number of volumes allowed (0) exceeded for"
        " quota 'volumes'."
    )


def test_what_cinder_refuses_is_told_in_the_fault(booting):
    booting.cloud.store.put(booting.image.evolve(virtual_size=5 * GIB))
    id = booting.boot(booting.disk())
    booting.cloud.settle()
    assert fault(booting, id).startswith(
        f"Build of instance {id} aborted: Invalid input received: Image {booting.image.id} is unacceptable: Image"
    )


@pytest.mark.parametrize(("goes", "left"), [(True, 0), (False, 1)])
def test_a_build_that_is_given_up_leaves_what_was_to_stay(booting, goes, left):
    booting.cloud.set_rules(
        [Rule(id="r", name="broken", on="volume.boot.connecting", nth=(2,), effect=Effect(fail="no path"))]
    )
    blank = {"source_type": "blank", "destination_type": "volume", "volume_size": 1, "boot_index": -1}
    id = booting.boot(booting.disk(delete_on_termination=goes), {**blank, "delete_on_termination": True})
    booting.cloud.settle()
    assert fault(booting, id) == f"Build of instance {id} aborted: no path"
    assert [volume.status for volume in booting.volumes()] == ["available"] * left


def test_another_host_is_tried_with_the_same_volume(booting):
    booting.cloud.set_rules(
        [Rule(id="r", name="flaky", on="server.create.spawning", times=1, effect=Effect(fail="no KVM"))]
    )
    id = booting.boot(booting.disk())
    booting.cloud.settle()
    (volume,) = booting.volumes()
    (attachment,) = attachments_of(booting.cloud, volume.id)
    assert (booting.server(id).status, volume.status) == ("ACTIVE", "in-use")
    assert (attachment.status, attachment.host) == ("attached", booting.server(id).host)


def test_without_a_host_the_volumes_stay_reserved(booting):
    booting.volume()
    for host in booting.cloud.store.all(Host):
        booting.cloud.store.put(host.evolve(disabled=True))
    wish = {"source_type": "volume", "destination_type": "volume", "uuid": UUID, "boot_index": 0}
    id = booting.boot(wish)
    booting.cloud.settle()
    assert booting.server(id).status == "ERROR"
    assert booting.cloud.store.get(Volume, UUID).status == "reserved"
    booting.http.delete(f"{SERVERS}/{id}")
    booting.cloud.settle()
    assert booting.cloud.store.get(Volume, UUID).status == "available"


@pytest.mark.parametrize(("goes", "left"), [(True, []), (False, ["available"])])
def test_a_server_that_is_deleted_while_its_volume_is_made(booting, goes, left):
    booting.cloud.timing = booting.cloud.timing.profile("instant")
    booting.cloud.set_rules(
        [Rule(id="r", name="slow", on="volume.create.downloading", effect=Effect(delay=20_000_000))]
    )
    id = booting.boot(booting.disk(delete_on_termination=goes))
    booting.cloud.advance(5)
    booting.http.delete(f"{SERVERS}/{id}")
    booting.cloud.advance(5)
    assert booting.server(id).task_state == "deleting"  # its host has not done with it
    booting.cloud.settle()
    assert booting.server(id).deleted
    assert [volume.status for volume in booting.volumes()] == left


@pytest.mark.parametrize(("goes", "left"), [(True, []), (False, ["available"])])
def test_with_the_server_go_the_volumes_that_were_to(booting, goes, left):
    id = booting.boot(booting.disk(delete_on_termination=goes))
    booting.cloud.settle()
    booting.http.delete(f"{SERVERS}/{id}")
    booting.cloud.settle()
    assert [volume.status for volume in booting.volumes()] == left
    assert not booting.devices(id)


# --- images that bring their disks along


def test_an_image_of_a_volume_backed_server_boots_another(booting):
    id = booting.boot(booting.disk())
    booting.cloud.settle()
    made = booting.http.post(
        f"{SERVERS}/{id}/action", json={"createImage": {"name": "gold"}}, version="2.45"
    ).json["image_id"]
    booting.cloud.settle()
    wish = {"name": "twin", "imageRef": made, "flavorRef": "42", "networks": "none"}
    twin = booting.http.post(SERVERS, json={"server": wish}, version="2.37").json["server"]["id"]
    booting.cloud.settle()
    second = booting.volumes()[1]
    assert second.snapshot_id is not None
    assert (booting.server(twin).status, second.status, second.bootable) == ("ACTIVE", "in-use", True)
    assert [device.boot_index for device in booting.devices(twin)] == [0]


@pytest.mark.parametrize("value", ["zzz", "{}", "[1]", '[{"boot_index": "x"}]', '[{"volume_size": 1e99}]', "[" * 9999])
def test_an_image_whose_mapping_is_nonsense(booting, value):
    properties = (("block_device_mapping", value), ("bdm_v2", "True"))
    booting.cloud.store.put(booting.image.evolve(properties=properties))
    wish = {"name": "web", "imageRef": booting.image.id, "flavorRef": "42"}
    assert booting.http.post(SERVERS, json={"server": wish}).status_code == 400


def test_swap_and_ephemeral_disks_that_an_image_asks_for(booting):
    booting.cloud.store.put(booting.cloud.store.get(Flavor, "42").evolve(ephemeral=2, swap=512))
    mappings = [{"virtual": "ephemeral0", "device": "vdc"}, {"virtual": "swap", "device": "/dev/vdd"}, {"virtual": "ami"}]
    booting.cloud.store.put(booting.image.evolve(properties=(("mappings", json.dumps(mappings)),)))
    wish = {"name": "web", "imageRef": booting.image.id, "flavorRef": "42"}
    id = booting.http.post(SERVERS, json={"server": wish}).json["server"]["id"]
    assert [(one.guest_format, one.volume_size) for one in booting.devices(id)] == [(None, 2), ("swap", 512)]
