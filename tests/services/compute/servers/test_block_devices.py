"""block_device_mapping of POST /servers, as nova/block_device.py and nova/compute/api.py check it."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.image import Image

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
INVALID = "Block Device Mapping is Invalid: "
SEQUENCE = INVALID + "Boot sequence for the instance and image/block device mapping combination is not valid."
ROOT = {"source_type": "image", "destination_type": "local", "boot_index": 0, "uuid": "IMAGE"}
BLANK = {"source_type": "blank", "destination_type": "local"}
SWAP = {**BLANK, "guest_format": "swap", "volume_size": 1}


def boot(http, cloud, devices, image=True, old=False):
    id = min(cloud.store.all(Image), key=lambda image: image.name).id
    devices = [{k: id if v == "IMAGE" else v for k, v in device.items()} for device in devices]
    wish = {"name": "a", "flavorRef": "1", "block_device_mapping" + ("" if old else "_v2"): devices}
    return http.post("/compute/v2.1/servers", json={"server": wish | ({"imageRef": id} if image else {})})


@pytest.mark.parametrize("devices", [[ROOT], [ROOT, {**BLANK, "no_device": True}], [ROOT, {"source_type": "blank"}]])
def test_disks_that_a_server_can_boot_with(http, cloud, devices):
    assert boot(http, cloud, devices).status_code == 202


# fmt: off
REFUSED = [
    ([{**ROOT, "boot_index": 1}],                               INVALID + "Mapping image to local is not supported."),
    ([{"source_type": "volume", "destination_type": "volume"}], INVALID + "Missing device UUID."),
    ([{**BLANK, "uuid": UUID}],                                 INVALID + "Invalid device UUID."),
    ([ROOT, {"source_type": "volume", "destination_type": "volume", "uuid": UUID}],
     f"Volume {UUID} could not be found."),
    ([ROOT, {"source_type": "snapshot", "destination_type": "volume", "uuid": UUID}],
     f"{INVALID}failed to get snapshot {UUID}."),
    ([BLANK],                                                   SEQUENCE),
    ([{**BLANK, "no_device": True}],                            SEQUENCE),
    ([{}],                                                      INVALID + "Missing device UUID."),
    ([ROOT, BLANK, BLANK, BLANK],
     INVALID + "You specified more local devices than the limit allows"),
    ([ROOT, {**BLANK, "boot_index": 2}],                        SEQUENCE),
    ([ROOT, SWAP, SWAP],                                        INVALID + "More than one swap drive requested."),
    ([ROOT, SWAP],                                              "Swap drive requested is larger than instance type allows."),
    ([ROOT, {**BLANK, "volume_size": 5}],
     "Ephemeral disks requested are larger than the instance type allows. If no size is given in one block device"
     " mapping, flavor ephemeral size will be used."),
]
# fmt: on


@pytest.mark.parametrize(("devices", "message"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_disks_that_nova_refuses(http, cloud, devices, message):
    answer = boot(http, cloud, devices)
    assert answer.status_code == 400
    assert answer.json["badRequest"]["message"] == message


def test_without_an_image_somebody_must_be_the_root(http, cloud):
    assert boot(http, cloud, [BLANK], image=False).json["badRequest"]["message"] == SEQUENCE


def test_the_two_syntaxes_do_not_mix(http, cloud):
    image = cloud.store.all(Image)[0].id
    wish = {"name": "a", "flavorRef": "1", "imageRef": image, "block_device_mapping": [{"volume_id": UUID}]}
    wish["block_device_mapping_v2"] = [{**BLANK}]
    answer = http.post("/compute/v2.1/servers", json={"server": wish})
    assert answer.json["badRequest"]["message"] == (
        "Using different block_device_mapping syntaxes is not allowed in the same request."
    )
