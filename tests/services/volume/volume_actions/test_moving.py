"""os-retype, os-migrate_volume and os-migrate_volume_completion.  Expectations are a real Cinder's answers."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.types import create_type
from tests.domain.volume.making import fresh, settled, volume

OTHER_HOST = "storage@lvm-2#lvm-2"
NOWHERE = "Invalid input received: One and only one of cluster and host must be set."


@pytest.fixture
def kind(cloud):
    return create_type(cloud, "other")


# --- os-retype


@pytest.mark.parametrize("by", ["id", "name"])
def test_a_type_is_called_by_id_or_name(cloud, act, mine, kind, by):
    assert act("os-retype", {"new_type": getattr(kind, by)}) == (202, None)
    assert fresh(cloud, mine).status == "retyping"
    assert settled(cloud, mine).volume_type_id == kind.id


def test_a_type_that_is_not_there_is_told_by_its_name(act):
    assert act("os-retype", {"new_type": "nope"}) == (404, "Volume type with name nope could not be found.")


def test_one_that_is_not_the_projects_by_its_id(cloud, act):
    private = create_type(cloud, "private", is_public=False)
    told = f"Volume type {private.id} could not be found."
    assert act("os-retype", {"new_type": "private"}) == (404, told)


@pytest.mark.parametrize(
    "policy, sentence",
    [
        (None, "None is not one of ['on-demand', 'never']"),
        ("x", "'x' is not one of ['on-demand', 'never']"),
        (5, "5 is not of type 'string', 'null'"),
    ],
)
def test_there_are_two_policies(act, policy, sentence):
    told = f"Invalid input for field/attribute migration_policy. Value: {policy}. {sentence}"
    assert act("os-retype", {"new_type": "other", "migration_policy": policy}) == (400, told)


def test_to_share_is_for_volumes_that_nobody_has(cloud, act, become):
    assert cloud.store.one(VolumeType, "name", "multiattach") is not None
    become(status="in-use")
    assert act("os-retype", {"new_type": "multiattach"}) == (
        400,
        "Invalid input received: Invalid volume_type passed, retypes affecting multiattach are only allowed on available"
        " volumes, the specified volume however currently has a status of: in-use.",
    )


# --- os-migrate_volume


def test_it_goes_where_it_is_told(cloud, act, admin, mine):
    assert act("os-migrate_volume", {"host": OTHER_HOST, "lock_volume": "yes"}, who=admin) == (202, None)
    assert fresh(cloud, mine).status == "maintenance"
    assert settled(cloud, mine).host == OTHER_HOST


@pytest.mark.parametrize(
    "wish, version, told",
    [
        ({}, "3.16", NOWHERE),
        ({"host": None}, "3.16", NOWHERE),
        ({"host": "a", "cluster": "b"}, "3.16", NOWHERE),
        ({"host": ""}, "3.15", "Invalid input received: Host field is missing."),
        ({"cluster": "c"}, "3.16", "Invalid host: No available service named 'c'"),
        ({"host": "nope"}, "3.0", "Invalid host: No available service named 'nope'"),
        (
            {"host": None}, "3.15",
            "Invalid input for field/attribute host. Value: None. None is not of type 'string'",
        ),
    ],
)  # fmt: skip
def test_one_place_must_be_named(act, admin, wish, version, told):
    assert act("os-migrate_volume", wish, version, who=admin) == (400, told)


def test_it_is_the_operators(act):
    told = "Policy doesn't allow volume_extension:volume_admin_actions:migrate_volume to be performed."
    assert act("os-migrate_volume", {"host": OTHER_HOST}) == (403, told)


def test_to_where_it_is_it_does_not_go(act, admin, mine):
    assert act("os-migrate_volume", {"host": mine.host}, who=admin) == (
        400,
        f"Invalid volume: Volume {mine.id} status must be available or in-use, must not be migrating, have snapshots, be"
        " replicated, be part of a group and destination host/cluster must be different than the current one",
    )


def test_what_it_is_copied_to_is_shown_to_admins_alone(http, act, admin, mine):
    act("os-migrate_volume", {"host": OTHER_HOST, "force_host_copy": True}, who=admin)
    http.cloud.advance(1)

    def listed(who):
        everything = who.get("/volume/v3/volumes/detail?all_tenants=1", version="volume 3.71").json["volumes"]
        return sorted(one.get("migration_status", "?") for one in everything)

    assert listed(http) == ["?"]
    assert listed(admin) == ["migrating", f"target:{mine.id}"]


# --- os-migrate_volume_completion


def test_between_others_attachments_are_handed_over(cloud, act, admin, mine):
    new = volume(cloud)
    act("os-attach", {"instance_uuid": "5e5e5e5e-0000-4000-8000-000000000001", "mountpoint": "/dev/vdb"})
    told = act("os-migrate_volume_completion", {"new_volume": new.id}, who=admin)
    assert told == (200, {"save_volume_id": new.id})
    assert (fresh(cloud, mine).status, fresh(cloud, new).status) == ("available", "in-use")
    assert [one.device for one in attachments_of(cloud, new.id)] == ["/dev/vdb"]


def test_both_must_be_in_it(cloud, act, admin, mine, become):
    new = volume(cloud)
    become(migration_status="migrating")
    told = "Invalid volume: Destination volume not mid-migration."
    assert act("os-migrate_volume_completion", {"new_volume": new.id}, who=admin) == (400, told)
    cloud.store.put(fresh(cloud, new).evolve(migration_status=f"target:{mine.id}", host=OTHER_HOST))
    assert act("os-migrate_volume_completion", {"new_volume": new.id}, who=admin) == (200, {"save_volume_id": mine.id})
    assert (fresh(cloud, mine).host, fresh(cloud, mine).migration_status) == (OTHER_HOST, "success")
