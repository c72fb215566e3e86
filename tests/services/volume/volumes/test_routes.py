"""/volumes as clients see it.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Encryption, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.types import create_type
from tests.domain.volume.making import snapshot, volume

VOLUMES = "/volume/v3/volumes"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"
HINTS = "OS-SCH-HNT:scheduler_hints"
GIB = 1 << 30
HELD = (
    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing"
    " and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated"
    " from snapshots after volume transfer."
)


def create(http, version=NEWEST, **wish):
    return http.post(VOLUMES, json={"volume": wish}, version=version)


def created(cloud, http, **wish):
    id = create(http, **wish).json["volume"]["id"]
    cloud.settle()
    return id


def shown(http, id, version=NEWEST):
    return http.get(f"{VOLUMES}/{id}", version=version).json["volume"]


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def image(cloud, **fields):
    id = "11111111-0000-4000-8000-000000000000"
    usual = {"name": "tiny", "status": "active", "visibility": "public", "size": GIB // 4, "container_format": "bare"}
    return cloud.store.put(Image(**{"id": id, "disk_format": "raw", **usual, **fields}))


# --- creating


def test_a_new_volume_is_creating_and_has_not_been_changed(http):
    answer = create(http, size=1, name="  data  ")
    assert answer.status_code == 202
    assert answer.json["volume"] | {"links": [], "id": "", "user_id": "", "volume_type_id": ""} == {
        "id": "", "links": [], "user_id": "", "volume_type_id": "",
        "status": "creating", "size": 1, "availability_zone": "nova", "created_at": "2026-01-01T00:00:00.000000",
        "updated_at": None, "name": "data", "description": None, "volume_type": "__DEFAULT__", "snapshot_id": None,
        "source_volid": None, "metadata": {}, "bootable": "false", "encrypted": False, "replication_status": None,
        "consistencygroup_id": None, "multiattach": False, "attachments": [], "group_id": None,
        "shared_targets": True, "service_uuid": None, "consumes_quota": True,
    }  # fmt: skip


def test_it_is_available_in_time(cloud, http):
    volume = shown(http, created(cloud, http, size=1))
    assert volume["status"] == "available"
    assert volume["service_uuid"] is not None


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"size": 0}, "Invalid input for field/attribute size. Value: 0. 0 is less than the minimum of 1"),
        ({"size": 1.0},
         "Invalid input for field/attribute size. Value: 1.0. 1.0 is not of type 'integer', 'string', 'null'"),
        ({"size": "x"}, "Invalid input for field/attribute size. Value: x. 'x' does not match '^[0-9]+$'"),
        ({}, "The server could not comply with the request since it is either malformed or otherwise incorrect."),
        ({"size": 1, "name": "x" * 256}, "Invalid input received: name has 256 characters, more than 255."),
        ({"size": 1, "snapshot_id": "x"},
         "Invalid input for field/attribute snapshot_id. Value: x. 'x' is not valid under any of the given schemas"),
        ({"size": 1, "multiattach": None}, "Value 'None' for 'multiattach' is not a boolean."),
        ({"size": 1, "availability_zone": "mars"}, "Availability zone 'mars' is invalid."),
        ({"size": 1, "imageRef": NOBODY}, "Invalid image identifier or unable to access requested image."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_its_words(http, wish, message):
    assert sentence(create(http, **wish)) == (400, message)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"volume_type": "nope"}, "Volume type with name nope could not be found."),
        ({"volume_type": NOBODY}, f"Volume type {NOBODY} could not be found."),
        ({"snapshot_id": NOBODY}, f"Snapshot {NOBODY} could not be found."),
        ({"source_volid": NOBODY}, f"Volume {NOBODY} could not be found."),
        ({"group_id": "x"}, "Group x could not be found."),
        ({"backup_id": NOBODY}, f"Backup {NOBODY} could not be found."),
    ],
)
def test_what_is_named_must_be_there(http, wish, message):
    assert sentence(create(http, size=1, **wish)) == (404, message)


def test_unknown_keys_are_refused_since_3_53(http):
    assert create(http, version="volume 3.52", size=1, colour="red").status_code == 202
    refused = sentence(create(http, size=1, colour="red"))
    assert refused[1].endswith("Additional properties are not allowed ('colour' was unexpected)")


def test_hints_are_of_the_form_that_the_scheduler_reads(http):
    refused = http.post(VOLUMES, json={"volume": {"size": 1}, HINTS: {"same_host": "x"}}, version=NEWEST)
    assert sentence(refused)[1] == (
        "Invalid input for field/attribute same_host. Value: x. 'x' is not valid under any of the given schemas"
    )


def test_a_copy_is_as_large_as_its_source_and_boots_as_it_does(cloud, http):
    source = volume(cloud, 3, bootable=True)
    copy = shown(http, created(cloud, http, source_volid=source.id))
    assert (copy["size"], copy["bootable"], copy["source_volid"]) == (3, "true", source.id)


def test_a_copy_may_not_be_smaller_than_its_source(cloud, http):
    source = volume(cloud, 3)
    assert sentence(create(http, source_volid=source.id, size=2)) == (
        400,
        "Invalid input received: Volume size '2'GB cannot be smaller than original volume size  3GB."
        " They must be >= original volume size.",
    )


def test_there_is_one_source_at_most(cloud, http):
    source = volume(cloud)
    shot = snapshot(cloud, source)
    cloud.settle()
    assert sentence(create(http, source_volid=source.id, snapshot_id=shot.id)) == (
        400,
        "Invalid input received: May specify only one of backup, imageRef, snapshot, source volume",
    )


def test_a_volume_of_an_image_boots_and_remembers_it(cloud, http):
    image(cloud, properties=(("architecture", "x86_64"),))
    volume = shown(http, created(cloud, http, size=1, imageRef="tiny"))
    assert volume["bootable"] == "true"
    assert volume["volume_image_metadata"] == {
        "signature_verified": "False", "architecture": "x86_64", "image_name": "tiny",
        "image_id": "11111111-0000-4000-8000-000000000000", "container_format": "bare", "disk_format": "raw",
        "min_disk": "0", "min_ram": "0", "size": str(GIB // 4),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"status": "queued"}, "Invalid input received: Image 11111111-0000-4000-8000-000000000000 is not active."),
        ({"min_disk": 10},
         "Invalid input received: Volume size 1GB cannot be smaller than the image minDisk size 10GB."),
        ({"size": 3 * GIB}, "Invalid input received: Size of specified image 3GB is larger than volume size 1GB."),
        ({"virtual_size": 5 * GIB},
         "Image 11111111-0000-4000-8000-000000000000 is unacceptable: Image virtual size is 5GB and doesn't fit in a"
         " volume of size 1GB."),
    ],
)  # fmt: skip
def test_an_image_must_be_active_and_fit(cloud, http, fields, message):
    image(cloud, **fields)
    assert sentence(create(http, size=1, imageRef="tiny")) == (400, message)


def test_an_encrypted_type_gives_a_key(cloud, http):
    kind = create_type(cloud, "secret", encryption=Encryption("e", "luks", "front-end", "aes-xts-plain64", 256))
    id = created(cloud, http, size=1, volume_type=kind.name)
    volume = shown(http, id)
    assert volume["encrypted"] is True
    assert http.get(f"{VOLUMES}/{id}/encryption", version=NEWEST).json == {
        "encryption_key_id": volume["encryption_key_id"], "control_location": "front-end",
        "cipher": "aes-xts-plain64", "key_size": 256, "provider": "luks",
    }  # fmt: skip
    assert http.get(f"{VOLUMES}/{id}/encryption/provider", version=NEWEST).text == "luks"


def test_a_shared_type_makes_volumes_that_servers_share(cloud, http):
    assert create(http, size=1, volume_type="multiattach").json["volume"]["multiattach"] is True


def test_multiattach_is_no_parameter_any_more(http):
    assert sentence(create(http, size=1, multiattach=True))[1].startswith("multiattach parameter has been removed.")


def test_a_type_has_a_least_size(cloud, http):
    create_type(cloud, "big", extra_specs=(("provisioning:min_vol_size", "5"),))
    assert sentence(create(http, size=4, volume_type="big")) == (
        400,
        "Invalid input received: Specified volume size of '4' is less than the minimum required size of '5' for volume"
        " type 'big'.",
    )


def test_quotas_say_when_it_is_enough(http):
    refused = create(http, size=1001)
    assert refused.status_code == 413
    assert refused.headers["Retry-After"] == "0"
    assert refused.json["overLimit"] == {
        "code": 413,
        "retryAfter": "0",
        "message": "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota."
        " Requested 1001G, quota is 1000G and 0G has been consumed.",
    }


# --- failing


def test_what_no_pool_can_hold_ends_in_error_and_a_message(cloud, http):
    create_type(cloud, "nowhere", extra_specs=(("volume_backend_name", "nowhere"),))
    id = created(cloud, http, size=1, volume_type="nowhere")
    assert shown(http, id)["status"] == "error"
    (message,) = http.get("/volume/v3/messages", version=NEWEST).json["messages"]
    assert message["event_id"] == "VOLUME_VOLUME_001_003"
    assert message["user_message"] == "schedule allocate volume:Could not find any available weighted backend."
    assert message["resource_uuid"] == id


def test_a_back_end_that_fails_once_is_asked_again(cloud, http):
    fails = Rule(id="", name="no", on="volume.create.creating", effect=Effect(fail="no"), times=1)
    cloud.set_rules([fails])
    id = created(cloud, http, size=1)
    assert shown(http, id)["status"] == "available"
    assert [one["event_id"] for one in http.get("/volume/v3/messages", version=NEWEST).json["messages"]] == [
        "VOLUME_VOLUME_008_012"
    ]


def test_after_three_attempts_it_has_no_host(cloud, http):
    fails = Rule(id="", name="no", on="volume.create.creating", effect=Effect(fail="no"))
    cloud.set_rules([fails])
    id = created(cloud, http, size=1)
    assert cloud.store.get(Volume, id).host is None
    assert shown(http, id)["status"] == "error"
    told = [one["event_id"] for one in http.get("/volume/v3/messages", version=NEWEST).json["messages"]]
    assert told == ["VOLUME_VOLUME_001_003"] + ["VOLUME_VOLUME_008_012"] * 3


# --- looking


def test_the_host_is_for_admins(cloud, http):
    id = created(cloud, http, size=1)
    mine, theirs = shown(http, id), shown(http.as_("admin", "demo"), id)
    only_admins = {"os-vol-host-attr:host", "os-vol-mig-status-attr:migstat", "os-vol-mig-status-attr:name_id",
                   "migration_status", "provider_id", "cluster_name"}  # fmt: skip
    assert set(theirs) - set(mine) == only_admins


@pytest.mark.parametrize(
    ("before", "since", "fields"),
    [
        ("3.12", "3.13", {"group_id"}),
        ("3.47", "3.48", {"shared_targets", "service_uuid"}),
        ("3.62", "3.63", {"volume_type_id"}),
        ("3.64", "3.65", {"consumes_quota"}),
    ],
)
def test_fields_come_with_versions(cloud, http, before, since, fields):
    id = created(cloud, http, size=1)
    old, new = shown(http, id, f"volume {before}"), shown(http, id, f"volume {since}")
    assert set(new) - set(old) == fields


def test_other_projects_do_not_see_it(cloud, http):
    id = created(cloud, http, size=1)
    other = http.as_("alt_demo")
    assert sentence(other.get(f"{VOLUMES}/{id}", version=NEWEST)) == (404, f"Volume {id} could not be found.")


def test_metadata_shows_what_everybody_may_know_of_the_operators(cloud, http):
    id = created(cloud, http, size=1, metadata={"mine": "1"})
    found = cloud.store.get(Volume, id)
    cloud.store.put(found.evolve(admin_metadata=(("readonly", "True"), ("secret", "x"))))
    assert shown(http, id)["metadata"] == {"mine": "1", "readonly": "True"}


def test_a_summary_counts(cloud, http):
    created(cloud, http, size=1, metadata={"k": "1"})
    created(cloud, http, size=2, metadata={"k": "2"})
    told = http.get(f"{VOLUMES}/summary", version=NEWEST).json
    assert told == {"volume-summary": {"total_count": 2, "total_size": 3, "metadata": {"k": ["1", "2"]}}}
    assert "metadata" not in http.get(f"{VOLUMES}/summary", version="volume 3.35").json["volume-summary"]
    assert http.get(f"{VOLUMES}/summary", version="volume 3.11").status_code == 404


# --- changing


def test_an_update_changes_what_is_told(cloud, http):
    id = created(cloud, http, size=1, name="a", metadata={"k": "v"})
    answer = http.put(f"{VOLUMES}/{id}", json={"volume": {"name": " b ", "metadata": {"x": "y"}}}, version=NEWEST)
    assert answer.status_code == 200
    volume = answer.json["volume"]
    assert (volume["name"], volume["description"], volume["metadata"]) == ("b", None, {"x": "y"})


def test_an_update_of_nothing_is_refused_since_3_53(cloud, http):
    url = f"{VOLUMES}/{created(cloud, http, size=1)}"
    assert http.put(url, json={"volume": {}}, version="volume 3.52").status_code == 200
    assert http.put(url, json={"volume": {}}, version="volume 3.53").status_code == 400


def test_what_is_in_maintenance_stays_as_it_is(cloud, http):
    found = cloud.store.put(volume(cloud).evolve(status="maintenance"))
    refused = http.put(f"{VOLUMES}/{found.id}", json={"volume": {"name": "b"}}, version=NEWEST)
    assert sentence(refused) == (400, "Invalid volume: The volume cannot be updated during maintenance.")


# --- deleting


def test_a_deleted_volume_is_gone_in_time(cloud, http):
    id = created(cloud, http, size=1)
    assert http.delete(f"{VOLUMES}/{id}", version=NEWEST).status_code == 202
    assert shown(http, id)["status"] == "deleting"
    cloud.settle()
    assert http.get(f"{VOLUMES}/{id}", version=NEWEST).status_code == 404


def test_snapshots_hold_a_volume_unless_they_go_with_it(cloud, http):
    source = volume(cloud)
    snapshot(cloud, source)
    cloud.settle()
    assert sentence(http.delete(f"{VOLUMES}/{source.id}", version=NEWEST)) == (400, HELD)
    assert http.delete(f"{VOLUMES}/{source.id}?cascade=true", version=NEWEST).status_code == 202
    cloud.settle()
    assert http.get("/volume/v3/snapshots", version=NEWEST).json == {"snapshots": []}
    assert http.get(VOLUMES, version=NEWEST).json == {"volumes": []}


def test_force_is_for_admins(cloud, http):
    stuck = cloud.store.put(volume(cloud).evolve(status="error_deleting"))
    url = f"{VOLUMES}/{stuck.id}?force=true"
    assert sentence(http.delete(url, version=NEWEST)) == (
        403,
        "Policy doesn't allow volume:force_delete to be performed.",
    )
    admin = http.as_("admin", "demo")
    assert sentence(admin.delete(url, version="volume 3.22")) == (400, HELD)
    assert admin.delete(url, version="volume 3.23").status_code == 202


def test_a_flag_is_yes_or_no(cloud, http):
    url = f"{VOLUMES}/{created(cloud, http, size=1)}?cascade=maybe"
    assert sentence(http.delete(url, version=NEWEST)) == (400, "Value 'maybe' for 'cascade' is not a boolean.")


def test_the_volumes_of_a_dead_back_end_wait(cloud, http):
    id = created(cloud, http, size=1)
    for backend in cloud.store.all(VolumeBackend):
        cloud.store.put(backend.evolve(reporting=False))
    http.delete(f"{VOLUMES}/{id}", version=NEWEST)
    cloud.settle()
    assert shown(http, id)["status"] == "deleting"


def test_types_are_named_by_id_or_name(cloud, http):
    kind = cloud.store.one(VolumeType, "name", "multiattach")
    assert create(http, size=1, volume_type=kind.id).json["volume"]["volume_type"] == "multiattach"
