"""/servers/{id}/os-volume_attachments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.servers import boot
from fakecompute.domain.states import VM
from fakecompute.domain.volume.attachments import attachments_of

VOLUME = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
OTHER = "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
MISSING = (404, f"Volume {VOLUME} could not be found.")


@pytest.fixture
def volumes(path):
    return f"{path}/os-volume_attachments"


@pytest.fixture
def volume(cloud, server):
    """Put a volume of demo's into the cloud."""

    def put(id=VOLUME, **fields):
        mine = {"project_id": server.project_id, "user_id": server.user_id, "size": 1, "status": "available"}
        return cloud.store.put(Volume(id=id, **{**mine, **fields}))

    return put


@pytest.fixture
def status(cloud):
    """The status of the volume, and those of its attachments."""

    def read(id=VOLUME):
        return cloud.store.get(Volume, id).status, [one.status for one in attachments_of(cloud, id)]

    return read


@pytest.fixture
def held(cloud, server):
    """Put a completed attachment of a volume into the cloud."""

    def put(id=VOLUME, **fields):
        mine = {"project_id": server.project_id, "server_id": server.id, "status": "attached"}
        return cloud.store.put(Attachment(id=id, volume_id=id, **{**mine, **fields}))

    return put


def wish(id=VOLUME, /, **fields):
    return {"volumeAttachment": {"volumeId": id, **fields}}


# --- what there is


@pytest.mark.parametrize("version", ["2.1", "2.70", "2.79", "2.89", "2.104"])
def test_at_first_there_are_none(http, volumes, version):
    assert http.get(volumes, version=version).json == {"volumeAttachments": []}


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ("2.1", {"id", "volumeId", "serverId", "device"}),
        ("2.70", {"id", "volumeId", "serverId", "device", "tag"}),
        ("2.79", {"id", "volumeId", "serverId", "device", "tag", "delete_on_termination"}),
        (
            "2.89",
            {"volumeId", "serverId", "device", "tag", "delete_on_termination", "attachment_id", "bdm_uuid"},
        ),
    ],
)
def test_an_attachment_is_shown_as_its_version_does(cloud, http, volumes, volume, version, keys):
    volume()
    http.post(volumes, json=wish(), version="2.79")
    cloud.settle()
    shown = http.get(f"{volumes}/{VOLUME}", version=version).json["volumeAttachment"]
    assert set(shown) == keys
    assert http.get(volumes, version=version).json == {"volumeAttachments": [shown]}


def test_pages_count_the_disk_of_the_image_too(http, volumes, volume):
    """Nova cuts its pages from all block devices."""
    volume()
    volume(OTHER)
    for id in VOLUME, OTHER:
        http.post(volumes, json=wish(id))

    def ids(query):
        return [one["id"] for one in http.get(f"{volumes}?{query}").json["volumeAttachments"]]

    assert ids("limit=1") == []
    assert ids("limit=2") == [VOLUME]
    assert ids("offset=1") == [VOLUME, OTHER]
    assert ids("offset=2&limit=5") == [OTHER]


def test_a_server_tells_of_its_volumes(http, path, volumes, volume):
    volume()
    http.post(volumes, json=wish(delete_on_termination=True), version="2.79")
    key = "os-extended-volumes:volumes_attached"
    assert http.get(path, version="2.2").json["server"][key] == [{"id": VOLUME}]
    assert http.get(path, version="2.3").json["server"][key] == [
        {"id": VOLUME, "delete_on_termination": True}
    ]


def test_a_volume_that_is_not_attached(http, volumes, volume, server, told):
    expected = (404, f"Instance {server.id} is not attached to volume {VOLUME}")
    assert told(http.get(f"{volumes}/{VOLUME}")) == expected
    volume()
    assert told(http.delete(f"{volumes}/{VOLUME}")) == expected


# --- to come


def test_a_volume_that_is_not_there_is_not_attached(http, volumes, told):
    assert told(http.post(volumes, json=wish())) == MISSING
    assert told(http.delete(f"{volumes}/{VOLUME}")) == MISSING


def test_a_volume_of_others_is_not_there(http, volumes, volume, told):
    volume(project_id="somebody else's")
    assert told(http.post(volumes, json=wish())) == MISSING


def test_until_2_100_the_answer_names_the_device(http, volumes, volume, server):
    volume()
    answer = http.post(volumes, json=wish(device="/dev/vdq", tag="data"), version="2.79")
    assert (answer.status_code, answer.json["volumeAttachment"]) == (
        200,
        {
            "id": VOLUME,
            "serverId": server.id,
            "volumeId": VOLUME,
            "device": "/dev/vdb",
            "tag": "data",
            "delete_on_termination": False,
        },
    )


def test_from_2_101_on_the_answer_is_empty(http, volumes, volume, status):
    volume()
    answer = http.post(volumes, json=wish(), version="2.101")
    assert (answer.status_code, answer.text) == (202, "")
    assert status() == ("reserved", ["reserved"])


def test_devices_take_the_first_free_name(cloud, http, volumes, volume):
    ids = [f"{n:08x}-bbbb-4ccc-8ddd-eeeeeeeeeeee" for n in range(3)]

    def attach(id):
        return http.post(volumes, json=wish(id)).json["volumeAttachment"]["device"]

    for id in ids:
        volume(id)
    assert [attach(id) for id in ids] == ["/dev/vdb", "/dev/vdc", "/dev/vdd"]
    cloud.settle()
    http.delete(f"{volumes}/{ids[1]}")
    cloud.settle()
    assert attach(ids[1]) == "/dev/vdc"


def test_an_attachment_takes_its_time(cloud, http, volumes, volume, status, actions_of):
    volume()
    http.post(volumes, json=wish())
    seen = [status()]
    while cloud.events.next_due() and status()[0] != "in-use":
        cloud.jump()
        cloud.catch_up()
        seen.append(status()) if status() != seen[-1] else None
    assert seen == [("reserved", ["reserved"]), ("attaching", ["attaching"]), ("in-use", ["attached"])]
    assert actions_of() == [("attach_volume", [("compute_attach_volume", "Success")])]


def test_an_attachment_that_fails_leaves_no_trace_but_its_action(
    cloud, http, volumes, volume, status, actions_of
):
    cloud.set_rules([Rule(id="", name="", on="volume.attach.attaching", effect=Effect(fail="no path"))])
    volume()
    http.post(volumes, json=wish())
    cloud.settle()
    assert status() == ("available", [])
    assert actions_of() == [("attach_volume", [("compute_attach_volume", "Error")])]


def test_a_volume_is_attached_once(cloud, http, volumes, volume, server, told):
    volume()
    http.post(volumes, json=wish())
    refused = (400, f"Invalid volume: volume {VOLUME} is already attached to instances: {server.id}")
    assert told(http.post(volumes, json=wish())) == refused
    assert told(http.post(volumes, json=wish(), version="2.104")) == refused


def test_a_volume_with_multiattach_goes_to_several_servers(
    cloud, http, volumes, volume, status, server, told
):
    volume(multiattach=True)
    too_old = "Multiattach volumes are only supported starting with compute API version 2.60."
    assert told(http.post(volumes, json=wish(), version="2.59")) == (400, too_old)
    assert http.post(volumes, json=wish(), version="2.60").status_code == 200
    cloud.settle()
    twice = (400, f"Invalid volume: volume {VOLUME} already attached")
    assert told(http.post(volumes, json=wish(), version="2.60")) == twice

    other = boot(cloud, name="other").id
    cloud.settle()
    answer = http.post(f"/compute/v2.1/servers/{other}/os-volume_attachments", json=wish(), version="2.60")
    assert answer.status_code == 200
    cloud.settle()
    http.delete(f"{volumes}/{VOLUME}")
    cloud.settle()
    assert status() == ("in-use", ["attached"])
    http.delete(f"/compute/v2.1/servers/{other}")
    cloud.settle()
    assert status() == ("available", [])


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (
            "maintenance",
            f"Volume {VOLUME} status must be available or downloading to reserve, but the current status is"
            " maintenance.",
        ),
        (
            "error",
            "Volume attachments can not be created if the volume is in an error state. The Volume "
            f"{VOLUME} currently has a status of: error ",
        ),
    ],
)
def test_a_volume_that_is_not_available_is_cinders_to_refuse(
    http, volumes, volume, status, told, actions_of, state, reason
):
    volume(status=state)
    code, message = told(http.post(volumes, json=wish()))
    assert code == 400
    assert message.startswith(
        f"Invalid input received: Invalid volume: {reason} (HTTP 400) (Request-ID: req-"
    )
    assert http.post(volumes, json=wish(), version="2.101").status_code == 202  # and nobody is told
    assert (status(), actions_of()) == ((state, []), [])


def test_what_nova_has_written_down_counts_not_the_status(cloud, http, volumes, volume, server, told):
    """An operator may have reset it."""
    volume()
    http.post(volumes, json=wish())
    cloud.settle()
    volume(status="available")
    refused = (400, f"Invalid volume: volume {VOLUME} is already attached to instances: {server.id}")
    assert told(http.post(volumes, json=wish())) == refused


def test_an_attachment_that_nova_does_not_know_is_cinders_to_refuse(http, volumes, volume, held, told):
    volume(status="in-use")
    held(server_id=OTHER)
    code, message = told(http.post(volumes, json=wish()))
    assert (code, "but the current status is in-use." in message) == (400, True)


def test_a_host_takes_no_more_disks_than_its_settings_say(cloud, http, volumes, volume, told):
    cloud.settings = replace(cloud.settings, max_disk_devices_to_attach=2)
    volume()
    volume(OTHER)
    assert http.post(volumes, json=wish()).status_code == 200  # the image's disk is the first
    refused = (
        "The maximum allowed number of disk devices (2) to attach to a single instance has been exceeded."
    )
    assert told(http.post(volumes, json=wish(OTHER))) == (403, refused)


def test_a_volume_of_another_zone_may_be_refused(cloud, http, volumes, volume, server, told):
    volume(availability_zone="elsewhere")
    cloud.settings = replace(cloud.settings, cross_az_attach=False)
    refused = (
        f"Invalid volume: Instance {server.id} and volume {VOLUME} are not in the same availability_zone. "
        f"Instance is in {server.availability_zone}. Volume is in elsewhere"
    )
    assert told(http.post(volumes, json=wish())) == (400, refused)
    cloud.settings = replace(cloud.settings, cross_az_attach=True)
    assert http.post(volumes, json=wish()).status_code == 200


@pytest.mark.parametrize("version", ["2.1", "2.101"])
def test_a_host_that_does_not_answer_attaches_nothing(cloud, http, volumes, volume, server, status, version):
    volume()
    host = cloud.store.one(Host, "name", server.host)
    cloud.store.put(host.evolve(reporting=False))
    assert http.post(volumes, json=wish(), version=version).status_code == (409 if version == "2.1" else 202)
    assert (status(), http.get(volumes).json) == (("available", []), {"volumeAttachments": []})


def test_a_back_end_that_does_not_answer_ends_an_attachment(cloud, http, volumes, volume, status, actions_of):
    volume(host="storage@lvm-1#lvm-1")
    http.post(volumes, json=wish())
    backend = cloud.store.get(VolumeBackend, "storage@lvm-1")
    cloud.store.put(backend.evolve(reporting=False))
    cloud.settle()
    assert (status(), http.get(volumes).json) == (("available", []), {"volumeAttachments": []})
    assert actions_of() == [("attach_volume", [("compute_attach_volume", "Error")])]


def test_from_2_89_on_a_mapping_without_an_attachment_is_not_shown(cloud, http, volumes, volume):
    volume()
    http.post(volumes, json=wish())
    (device,) = cloud.store.all(BlockDevice)
    cloud.store.put(device.evolve(attachment_id=None))
    assert len(http.get(volumes, version="2.88").json["volumeAttachments"]) == 1
    assert http.get(volumes, version="2.89").json == {"volumeAttachments": []}
    assert http.get(f"{volumes}/{VOLUME}", version="2.89").status_code == 404


# --- shelved servers


@pytest.mark.parametrize("state", ["shelved", "shelved_offloaded"])
def test_shelved_servers_take_volumes_from_2_20_on(http, volumes, server, told, become, state):
    become(vm_state=state)
    refused = f"instance {server.id} while it is in vm_state {state}"
    assert told(http.post(volumes, json=wish(), version="2.19")) == (409, f"Cannot 'attach_volume' {refused}")
    assert told(http.delete(f"{volumes}/{VOLUME}", version="2.19")) == (
        409,
        f"Cannot 'detach_volume' {refused}",
    )
    assert told(http.post(volumes, json=wish(), version="2.20")) == MISSING


def test_a_server_without_a_host_has_the_volume_at_once(http, volumes, volume, become, status, actions_of):
    become(vm_state=VM.OFFLOADED, host=None)
    volume()
    answer = http.post(volumes, json=wish(), version="2.20")
    assert answer.json["volumeAttachment"]["device"] is None
    assert status() == ("in-use", ["attached"])
    assert "device" not in http.get(f"{volumes}/{VOLUME}", version="2.20").json["volumeAttachment"]
    assert http.delete(f"{volumes}/{VOLUME}", version="2.20").status_code == 202
    assert status() == ("available", [])
    assert actions_of() == [
        ("attach_volume", [("api_attach_volume", "Success")]),
        ("detach_volume", [("api_detach_volume", "Success")]),
    ]


def test_the_device_is_named_when_the_server_is_unshelved(cloud, http, path, volumes, volume, status):
    http.post(f"{path}/action", json={"shelve": None})
    cloud.settle()
    volume()
    http.post(volumes, json=wish(), version="2.20")
    http.post(f"{path}/action", json={"unshelve": None})
    cloud.settle()
    assert http.get(f"{volumes}/{VOLUME}").json["volumeAttachment"]["device"] == "/dev/vdb"
    assert status() == ("in-use", ["attached"])


def test_what_a_server_without_a_host_does_not_take(http, volumes, volume, become, told):
    become(vm_state=VM.OFFLOADED, host=None)
    volume(multiattach=True)
    tagged = "Tagged volume attachment is not supported for shelved-offloaded instances."
    shared = "Attaching multiattach volumes is not supported for shelved-offloaded instances."
    assert told(http.post(volumes, json=wish(tag="data"), version="2.60")) == (400, tagged)
    assert told(http.post(volumes, json=wish(), version="2.60")) == (400, shared)


# --- to be changed


def test_swapping_is_for_cinder(http, admin, volumes, volume, told):
    refused = (403, "Policy doesn't allow os_compute_api:os-volumes-attachments:swap to be performed.")
    assert told(http.put(f"{volumes}/{VOLUME}", json=wish(), version="2.84")) == refused
    assert told(admin.put(f"{volumes}/{VOLUME}", json=wish(), version="2.84")) == MISSING
    volume()
    idle = (409, f"volume {VOLUME} is not migrating; this API should only be called by Cinder")
    assert told(admin.put(f"{volumes}/{VOLUME}", json=wish(OTHER), version="2.84")) == idle
    volume(migration_status="migrating")
    lost = (400, f"Volume {OTHER} could not be found.")
    assert told(admin.put(f"{volumes}/{VOLUME}", json=wish(OTHER), version="2.84")) == lost


def test_only_what_is_attached_is_changed(http, volumes, told):
    expected = (404, f"No volume Block Device Mapping with id {VOLUME}.")
    change = wish(delete_on_termination=True)
    assert told(http.put(f"{volumes}/{VOLUME}", json=change, version="2.85")) == expected


def test_whether_a_volume_is_deleted_with_its_server_changes_from_2_85_on(http, volumes, volume):
    volume()
    http.post(volumes, json=wish(), version="2.85")
    echo = http.get(f"{volumes}/{VOLUME}", version="2.85").json["volumeAttachment"]
    echo.pop("tag")  # null is no tag that one may ask for
    answer = http.put(
        f"{volumes}/{VOLUME}",
        json={"volumeAttachment": {**echo, "delete_on_termination": True}},
        version="2.85",
    )
    assert (answer.status_code, answer.text) == (202, "")
    after = http.get(f"{volumes}/{VOLUME}", version="2.85").json["volumeAttachment"]
    assert after["delete_on_termination"] is True


@pytest.mark.parametrize(
    ("name", "value"), [("id", OTHER), ("serverId", OTHER), ("device", "/dev/vdx"), ("tag", "another")]
)
def test_the_rest_is_not_mutable(http, volumes, volume, told, name, value):
    volume()
    http.post(volumes, json=wish(), version="2.85")
    answer = http.put(f"{volumes}/{VOLUME}", json=wish(**{name: value}), version="2.85")
    assert told(answer) == (400, f"The {name} property is not mutable")


# --- to be swapped


@pytest.fixture
def migrating(cloud, http, volumes, volume):
    """A volume that is attached, and that Cinder has begun to migrate to another."""
    volume()
    volume(OTHER)
    http.post(volumes, json=wish())
    cloud.settle()
    cloud.store.put(cloud.store.get(Volume, VOLUME).evolve(migration_status="migrating"))
    return f"{volumes}/{VOLUME}"


def test_a_volume_that_migrates_keeps_its_id(cloud, http, admin, volumes, migrating, status, actions_of):
    before = http.get(migrating, version="2.89").json["volumeAttachment"]
    answer = admin.put(migrating, json=wish(OTHER), version="2.84")
    assert (answer.status_code, answer.text) == (202, "")
    assert (status(), status(OTHER)) == (("in-use", ["attached"]), ("reserved", ["reserved"]))
    cloud.settle()
    after = http.get(migrating, version="2.89").json["volumeAttachment"]
    assert {**after, "attachment_id": None} == {**before, "attachment_id": None}
    assert status() == ("in-use", ["attached"])
    assert cloud.store.find(Volume, OTHER) is None
    assert actions_of()[-1] == ("swap_volume", [("compute_swap_volume", "Success")])


def test_a_swap_that_fails_leaves_both_volumes(cloud, admin, migrating, status, actions_of):
    cloud.set_rules([Rule(id="", name="", on="volume.swap.swapping", effect=Effect(fail="no path"))])
    admin.put(migrating, json=wish(OTHER), version="2.85")
    cloud.settle()
    assert (status(), status(OTHER)) == (("in-use", ["attached"]), ("available", []))
    assert actions_of()[-1] == ("swap_volume", [("compute_swap_volume", "Error")])


def test_a_server_that_goes_in_the_middle_leaves_no_attachment(cloud, http, path, admin, migrating, status):
    admin.put(migrating, json=wish(OTHER), version="2.84")
    http.delete(path)
    cloud.settle()
    assert (status(), status(OTHER)) == (("available", []), ("available", []))


def test_a_volume_that_this_server_has_not_is_not_swapped(cloud, admin, migrating, told):
    attachment = attachments_of(cloud, VOLUME)[0]
    cloud.store.put(attachment.evolve(server_id=OTHER))
    refused = (400, "Invalid volume: Old volume is attached to a different instance.")
    assert told(admin.put(migrating, json=wish(OTHER), version="2.84")) == refused


def test_a_volume_is_not_swapped_for_a_smaller_one(cloud, admin, migrating, told):
    cloud.store.put(cloud.store.get(Volume, VOLUME).evolve(size=2))
    refused = (400, "Invalid volume: New volume must be the same size or larger.")
    assert told(admin.put(migrating, json=wish(OTHER), version="2.84")) == refused


def test_a_volume_is_not_swapped_for_one_that_is_attached(cloud, admin, migrating, volume, held, told):
    volume(OTHER, status="in-use")
    held(OTHER, server_id=OTHER)
    refused = (400, "Invalid volume: New volume must be detached in order to swap.")
    assert told(admin.put(migrating, json=wish(OTHER), version="2.84")) == refused


# --- to go


def test_a_volume_is_detached_in_its_time_and_not_deleted(cloud, http, volumes, volume, status, actions_of):
    volume()
    http.post(volumes, json=wish(delete_on_termination=True), version="2.79")
    cloud.settle()
    assert http.delete(f"{volumes}/{VOLUME}").status_code == 202
    assert status() == ("detaching", ["attached"])
    cloud.settle()
    assert status() == ("available", [])
    assert http.get(volumes).json == {"volumeAttachments": []}
    assert actions_of()[-1] == ("detach_volume", [("compute_detach_volume", "Success")])


def test_a_detachment_that_fails_leaves_the_volume_in_use(cloud, http, volumes, volume, status, actions_of):
    cloud.set_rules(
        [Rule(id="", name="", on="volume.detach.detaching", effect=Effect(fail="the guest holds it"))]
    )
    volume()
    http.post(volumes, json=wish())
    cloud.settle()
    http.delete(f"{volumes}/{VOLUME}")
    cloud.settle()
    assert status() == ("in-use", ["attached"])
    assert actions_of()[-1] == ("detach_volume", [("compute_detach_volume", "Error")])


def test_a_volume_that_is_not_in_use_is_cinders_not_to_detach(http, volumes, volume, told):
    volume()
    http.post(volumes, json=wish())
    code, message = told(http.delete(f"{volumes}/{VOLUME}"))
    assert code == 400
    assert message.startswith(
        "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be "
        "'in-use' and attach_status must be 'attached' to detach. (HTTP 400) (Request-ID: req-"
    )


def test_the_root_stays(cloud, http, volumes, volume, held, server, told):
    volume(status="in-use")
    attachment = held()
    root: dict[str, Any] = {"device_name": "/dev/vda", "boot_index": 0, "number": 1, "status": "attached"}
    cloud.store.put(
        BlockDevice(id=OTHER, server_id=server.id, volume_id=VOLUME, attachment_id=attachment.id, **root)
    )
    assert told(http.delete(f"{volumes}/{VOLUME}")) == (400, "Cannot detach a root device volume")


def test_a_host_that_is_down_detaches_nothing(cloud, http, volumes, volume, server, status, told):
    volume()
    http.post(volumes, json=wish())
    cloud.settle()
    host = cloud.store.one(Host, "name", server.host)
    cloud.store.put(host.evolve(forced_down=True))
    assert told(http.delete(f"{volumes}/{VOLUME}")) == (409, "Service is unavailable at this time.")
    assert status() == ("in-use", ["attached"])


def test_a_deleted_server_lets_go_of_its_volumes(cloud, http, path, volumes, volume, status):
    volume()
    volume(OTHER)
    http.post(volumes, json=wish(), version="2.79")
    http.post(volumes, json=wish(OTHER, delete_on_termination=True), version="2.79")
    cloud.settle()
    http.delete(path)
    cloud.settle()
    assert status() == ("available", [])
    assert cloud.store.find(Volume, OTHER) is None


def test_a_server_that_goes_while_a_volume_comes(
    cloud, http, path, volumes, volume, server, status, actions_of
):
    volume()
    cloud.set_rules([Rule(id="", name="", on="volume.attach.connecting", effect=Effect(delay=3_600_000_000))])
    http.post(volumes, json=wish())
    http.delete(path)
    cloud.settle()
    assert cloud.store.get(Server, server.id).deleted
    assert status() == ("available", [])
    assert actions_of()[0] == ("attach_volume", [("compute_attach_volume", "Error")])


# --- a token that is over before the services are done with it


@pytest.fixture
def service_users(cloud):
    """Does Nova ask Cinder with a token of its own, beside that of the user?"""

    def configured(yes):
        cloud.settings = replace(cloud.settings, send_service_user_token=yes, token_expiration=60)

    return configured


@pytest.mark.parametrize(("yes", "ends"), [(True, "available"), (False, "detaching")])
def test_a_detachment_outlives_the_users_token_with_service_users(cloud, http, volumes, volume, service_users, yes, ends):
    volume()
    http.post(volumes, json=wish())
    cloud.settle()
    service_users(yes)
    cloud.set_rules([Rule(id="", name="slow", on="volume.detach.detaching", effect=Effect(delay=90_000_000))])
    assert http.as_("demo").delete(f"{volumes}/{VOLUME}").status_code == 202
    cloud.settle()
    assert cloud.store.get(Volume, VOLUME).status == ends


def test_an_attachment_whose_token_is_over_is_taken_back(cloud, http, volumes, volume, status, service_users):
    volume()
    service_users(False)
    cloud.set_rules([Rule(id="", name="slow", on="volume.attach.connecting", effect=Effect(delay=90_000_000))])
    assert http.as_("demo").post(volumes, json=wish()).status_code == 200
    cloud.settle()
    assert status() == ("available", [])
