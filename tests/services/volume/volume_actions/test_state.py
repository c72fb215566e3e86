"""os-extend, revert, os-reset_status, os-force_delete, os-unmanage and two flags.  Expectations are a real Cinder's."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import Attachment
from fakecompute.domain.records.volume_message import VolumeMessage
from fakecompute.domain.volume.attachments import complete, reserve
from tests.domain.volume.making import fresh, settled, snapshot

VALID = (
    "('creating', 'available', 'deleting', 'error', 'error_deleting', 'error_managing', 'managing', 'attaching',"
    " 'in-use', 'detaching', 'maintenance', 'restoring-backup', 'error_restoring', 'reserved', 'awaiting-transfer',"
    " 'backing-up', 'error_backing-up', 'error_extending', 'downloading', 'uploading', 'retyping', 'extending')"
)
SERVER = "5e5e5e5e-0000-4000-8000-000000000001"


def invalid(field, value, sentence):
    return 400, f"Invalid input for field/attribute {field}. Value: {value}. {sentence}"


# --- os-extend


def test_it_grows(cloud, act, mine):
    assert act("os-extend", {"new_size": "3"}) == (202, None)
    assert fresh(cloud, mine).status == "extending"
    assert settled(cloud, mine).size == 3


@pytest.mark.parametrize(
    "wish, refused",
    [
        ({"new_size": 0}, invalid("new_size", 0, "0 is less than the minimum of 1")),
        ({"new_size": "a"}, invalid("new_size", "a", "'a' does not match '^[0-9]+$'")),
        ({"new_size": None}, invalid("new_size", None, "None is not of type 'integer', 'string'")),
        ({"new_size": 5.0}, invalid("new_size", 5.0, "5.0 is not of type 'integer', 'string'")),
        ({"new_size": 2**31}, invalid("new_size", 2**31, f"{2**31} is greater than the maximum of {2**31 - 1}")),
        ({}, invalid("os-extend", {}, "'new_size' is a required property")),
        (None, invalid("os-extend", None, "None is not of type 'object'")),
        (
            {"new_size": 1},
            (400, "Invalid input received: New size for extend must be greater than current size."
                  " (current: 1, extended: 1)."),
        ),
        (
            {"new_size": 2000},
            (413, "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota."
                  " Requested 1999G, quota is 1000G and 1G has been consumed."),
        ),
    ],
)  # fmt: skip
def test_not_to_every_size(act, wish, refused):
    assert act("os-extend", wish) == refused


def test_one_that_is_in_use_grows_from_3_42_on(act, become):
    id = become(status="in-use").id
    assert act("os-extend", {"new_size": 2}, "3.41") == (
        400,
        f"Invalid volume: Volume {id} status must be '{{'status': 'available'}}' to extend, currently in-use.",
    )
    assert act("os-extend", {"new_size": 2}, "3.42") == (202, None)


def test_nothing_is_there_to_be_completed(act, admin, become):
    assert act("os-extend_volume_completion", {}, who=admin) == (400, "Invalid volume: Volume is not being extended.")
    become(status="extending")
    told = "Invalid volume: Required volume admin metadata is malformed or missing."
    assert act("os-extend_volume_completion", {"error": True}, who=admin) == (400, told)
    assert act("os-extend_volume_completion", {"error": 1}, who=admin) == invalid(
        "error", 1, "1 is not of type 'string', 'null', 'boolean'"
    )
    assert act("os-extend_volume_completion", {})[0] == 403


# --- revert


def test_it_goes_back_to_its_latest_snapshot(cloud, act, mine):
    assert act("revert", {}) == (400, f"Volume {mine.id} doesn't have any snapshots.")
    last = settled(cloud, snapshot(cloud, mine))
    told = f"Specified snapshot None is None or not the latest one of volume {mine.id}."
    assert act("revert", {"snapshot_id": None, "more": 1}) == (400, told)
    assert act("revert", {"snapshot_id": last.id}, "3.39")[0] == 404
    assert act("revert", {"snapshot_id": last.id}, "3.40") == (202, None)
    assert act("revert", {"snapshot_id": last.id}) == (
        409,
        f"Invalid volume: Can't revert volume {mine.id} to its latest snapshot {last.id}."
        " Volume's status must be 'available'.",
    )


# --- os-reset_status


@pytest.mark.parametrize(
    "wish, refused",
    [
        ({}, "Must specify 'status', 'attach_status' or 'migration_status' for update."),
        ({"status": ""}, "Must specify 'status', 'attach_status' or 'migration_status' for update."),
        ({"status": "bogus"}, f"Volume status: bogus is invalid, valid statuses are: {VALID}."),
        ({"attach_status": "x"}, "Volume attach status: x is invalid, valid statuses are: ['attached', 'detached']."),
        ({"status": "deleting"}, "Cannot reset-state to deleting"),
        ({"status": "in-use"}, "Cannot reset-state to in-use because volume does not have any attachments."),
    ],
)
def test_not_every_status_can_be_told(act, admin, wish, refused):
    assert act("os-reset_status", wish, who=admin) == (400, refused)


def test_an_operator_says_what_it_is(cloud, act, admin, mine):
    wish = {"status": "ERROR", "attach_status": "attached", "migration_status": "Migrating"}
    assert act("os-reset_status", wish, who=admin) == (202, None)
    now = fresh(cloud, mine)
    assert (now.status, now.attach_status, now.migration_status) == ("error", "attached", "migrating")
    act("os-reset_status", {"attach_status": "detached", "migration_status": "none"}, who=admin)
    now = fresh(cloud, mine)
    assert (now.status, now.attach_status, now.migration_status) == ("error", None, None)


def test_detached_means_that_nobody_has_it(cloud, act, admin, mine):
    complete(cloud, reserve(cloud, mine, SERVER))
    act("os-reset_status", {"status": "error"}, who=admin)
    act("os-reset_status", {"attach_status": "detached"}, who=admin)
    assert fresh(cloud, mine).status == "available"
    assert cloud.store.count(Attachment, "volume", mine.id) == 0


def test_users_say_nothing(act):
    told = "Policy doesn't allow volume_extension:volume_admin_actions:reset_status to be performed."
    assert act("os-reset_status", {"status": "error"}) == (403, told)


# --- os-force_delete, os-unmanage


def test_in_whatever_status_it_is_deleted(cloud, act, admin, become, mine):
    become(status="creating")
    assert act("os-force_delete", None, who=admin) == (202, None)
    cloud.settle()
    assert act("os-force_delete", {}, who=admin) == (404, f"Volume {mine.id} could not be found.")


def test_but_not_with_snapshots(cloud, act, admin, mine):
    settled(cloud, snapshot(cloud, mine))
    assert act("os-force_delete", {}, who=admin) == (
        400,
        "Invalid volume: Volume  must not be migrating, attached, belong to a group, have snapshots, awaiting a"
        " transfer, or be disassociated from snapshots after volume transfer.",
    )


def test_it_is_left_to_its_back_end(cloud, http, act, admin, mine):
    assert act("os-unmanage", {})[0] == 403
    assert act("os-unmanage", {}, who=admin) == (202, None)
    cloud.settle()
    listed = admin.get("/volume/v3/manageable_volumes?host=storage@lvm-1", version="volume 3.8")
    assert listed.json["manageable-volumes"] == [
        {"reference": {"source-name": f"volume-{mine.id}"}, "size": 1, "safe_to_manage": True}
    ]


def test_an_encrypted_one_is_not_and_a_message_says_why(cloud, act, admin, become):
    become(encryption_key_id="key")
    assert act("os-unmanage", {}, who=admin) == (400, "Unacceptable parameters.")
    (message,) = cloud.store.all(VolumeMessage)
    assert (message.action_id, message.detail_id) == ("006", "008")


# --- flags


@pytest.mark.parametrize("word, meaning", [(True, True), ("y", True), ("false", False), ("OFF", False)])
def test_it_boots_or_does_not(cloud, act, mine, word, meaning):
    assert act("os-set_bootable", {"bootable": word}) == (200, None)
    assert fresh(cloud, mine).bootable is meaning


def test_in_maintenance_nothing_is_changed(act, become):
    become(status="maintenance")
    told = "Invalid volume: The volume cannot be updated during maintenance."
    assert act("os-set_bootable", {"bootable": True}) == (400, told)


def test_who_may_write_is_shown_among_the_metadata(http, act, mine, become):
    assert act("os-update_readonly_flag", {"readonly": "yes"}) == (202, None)
    shown = http.get(f"/volume/v3/volumes/{mine.id}", version="volume 3.71").json["volume"]
    assert shown["metadata"] == {"readonly": "True"}
    become(status="error")
    assert act("os-update_readonly_flag", {"readonly": False}) == (
        400,
        f"Invalid volume: Volume {mine.id} status must be available to update readonly flag, but current status is:"
        " error.",
    )


# --- all of them


def test_there_is_no_such_action(act):
    told = "There is no such action: os-nope. Verify the request body and Content-Type header and try again."
    assert act("os-nope", {}) == (400, told)


def test_a_reader_changes_nothing(act, reader):
    assert act("os-extend", {"new_size": 2}, **reader) == (403, "Policy doesn't allow volume:extend to be performed.")


def test_to_other_projects_it_is_not_there(act, mine, http):
    other = http.as_("alt_demo")
    assert act("os-extend", {"new_size": 2}, who=other) == (404, f"Volume {mine.id} could not be found.")
