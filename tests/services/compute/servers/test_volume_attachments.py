"""/servers/{id}/os-volume_attachments."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.servers import boot
from fakecompute.domain.states import VM

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
        volume = cloud.store.get(Volume, id)
        return volume.status, [attachment.status for attachment in volume.attachments]

    return read


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


def test_a_volume_that_is_not_available_is_cinders_to_refuse(http, volumes, volume, status, told, actions_of):
    volume(status="error")
    code, message = told(http.post(volumes, json=wish()))
    assert code == 400
    assert message.startswith(
        f"Invalid input received: Invalid volume: Volume {VOLUME} status must be available or downloading to "
        "reserve, but the current status is error. (HTTP 400) (Request-ID: req-"
    )
    assert http.post(volumes, json=wish(), version="2.101").status_code == 202  # and nobody is told
    assert (status(), actions_of()) == (("error", []), [])


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
    assert (status(), status(OTHER)) == (("detaching", ["attached"]), ("reserved", []))
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


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ({"attachments": ()}, {}, "Old volume is attached to a different instance."),
        ({"size": 2}, {}, "New volume must be the same size or larger."),
        (
            {},
            {"attachments": (Attachment(OTHER, OTHER, "attached"),)},
            "New volume must be detached in order to swap.",
        ),
    ],
)
def test_what_cannot_be_swapped(cloud, admin, migrating, told, old, new, reason):
    for id, fields in (VOLUME, old), (OTHER, new):
        cloud.store.put(cloud.store.get(Volume, id).evolve(**fields))
    refused = (400, f"Invalid volume: {reason}")
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


def test_the_root_stays(http, volumes, volume, server, told):
    volume(status="in-use", attachments=(Attachment(OTHER, server.id, "attached", "/dev/vda", boot_index=0),))
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
