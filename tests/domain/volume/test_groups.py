"""How groups of volumes begin and end, and what becomes of their volumes."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.volume import Attachment, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.records.volume_group import VolumeGroup
from fakecompute.domain.volume.deletion import CannotDelete, delete_volume
from fakecompute.domain.volume.group_copies import copy_group
from fakecompute.domain.volume.group_members import volumes_of
from fakecompute.domain.volume.groups import InvalidGroup, delete_group
from fakecompute.domain.volume.outages import backend_down, backend_up
from fakecompute.domain.volume.quota import in_use
from fakecompute.domain.volume.snapshots import Frozen
from tests.domain.volume.making import (
    fresh,
    group,
    group_snapshot,
    project,
    settled,
    snapshot,
    status,
    volume,
    walk_of,
)

FAILS = Effect(fail="the array is on fire")


def rule(on, **where):
    return Rule(id="", name="it burns", on=on, where=tuple(where.items()), effect=FAILS)


def on_backend(cloud, name):
    """A volume type of one back end alone."""
    number = cloud.streams.number("volume type")
    specs = (("volume_backend_name", name),)
    return cloud.store.put(VolumeType(id=f"type-{name}", name=f"on-{name}", extra_specs=specs, number=number))


def burn(cloud, group, **options):
    """Delete it with its volumes; what it and they are afterwards."""
    volumes = volumes_of(cloud, group.id)
    delete_group(cloud, fresh(cloud, group), delete_volumes=True, **options)
    cloud.settle()
    return status(cloud, group), [status(cloud, one) for one in volumes]


# --- the beginning


def test_a_group_is_scheduled_and_then_made(cloud):
    cloud.set_rules([Rule(id="", name="slow", on="group.create.creating", effect=Effect(hang=True))])
    made = group(cloud)
    assert (made.status, made.host is None) == ("creating", False)


def test_the_host_of_a_group_suits_all_of_its_types(cloud):
    on_backend(cloud, "lvm-2")
    assert backend_id(group(cloud, "on-lvm-2", "__DEFAULT__").host) == "storage@lvm-2"


def test_types_of_two_back_ends_leave_a_group_in_error_and_without_a_host(cloud):
    for name in "lvm-1", "lvm-2":
        on_backend(cloud, name)
    made = group(cloud, "on-lvm-1", "on-lvm-2")
    assert (made.status, made.host) == ("error", None)


def test_a_group_that_cannot_be_made_is_in_error_where_it_was_scheduled(cloud):
    cloud.set_rules([rule("group.create.creating")])
    made = group(cloud)
    assert (made.status, made.host is None) == ("error", False)


def test_rules_know_a_group_by_its_name(cloud):
    cloud.set_rules([rule("group.create.*", group="unlucky")])
    assert [group(cloud, name=name).status for name in ("unlucky", "lucky")] == ["error", "available"]


def test_the_time_of_creation_is_when_it_was_made(cloud):
    begun = cloud.now
    assert begun < group(cloud).created_at <= cloud.now


def test_volumes_of_a_group_go_to_its_back_end(cloud):
    made = group(cloud, volumes=3)
    assert {backend_id(one.host) for one in volumes_of(cloud, made.id)} == {backend_id(made.host)}


# --- the end


def test_a_volume_in_a_group_cannot_be_deleted_alone(cloud):
    (member,) = volumes_of(cloud, group(cloud, volumes=1).id)
    with pytest.raises(CannotDelete):
        delete_volume(cloud, member)


def test_an_empty_group_goes_by_itself(cloud):
    made = group(cloud)
    delete_group(cloud, made)
    assert walk_of(cloud, made) == [("deleting",), (None,)]


def test_a_group_takes_its_volumes_with_it(cloud):
    made = group(cloud, volumes=1)
    (member,) = volumes_of(cloud, made.id)
    delete_group(cloud, made, delete_volumes=True)
    assert walk_of(cloud, made, member) == [("deleting", "deleting"), (None, None)]


def test_what_was_deleted_counts_no_longer(cloud):
    burn(cloud, group(cloud, volumes=2))
    used = in_use(cloud, project(cloud))
    assert (used["groups"], used["volumes"], used["gigabytes"]) == (0, 0, 0)


def test_a_group_that_no_host_has_is_gone_at_once(cloud):
    made = group(cloud)
    made = cloud.store.put(made.evolve(host=None, status="error"))
    delete_group(cloud, made)
    assert status(cloud, made) is None


@pytest.mark.parametrize("state", ["creating", "updating", "deleting", "error_deleting"])
def test_a_group_on_its_way_cannot_be_deleted(cloud, state):
    made = cloud.store.put(group(cloud).evolve(status=state))
    with pytest.raises(InvalidGroup) as refusal:
        delete_group(cloud, made)
    assert str(refusal.value) == (
        f"Invalid Group: Group status must be available or error, but current status is: {state}"
    )


def test_but_with_its_volumes_it_can_in_any_status(cloud):
    made = cloud.store.put(group(cloud, volumes=1).evolve(status="updating"))
    assert burn(cloud, made) == (None, [None])


def test_a_volume_that_is_attached_keeps_its_group(cloud):
    made = group(cloud, volumes=1)
    (member,) = volumes_of(cloud, made.id)
    cloud.store.put(Attachment(id="a", volume_id=member.id, project_id=member.project_id, status="attached"))
    with pytest.raises(InvalidGroup, match=rf"Volume in group {made.id} is attached\. Need to detach first\."):
        delete_group(cloud, made, delete_volumes=True)


def test_a_snapshot_of_a_volume_keeps_the_group(cloud):
    made = group(cloud, volumes=1)
    snapshot(cloud, volumes_of(cloud, made.id)[0])
    with pytest.raises(InvalidGroup, match=r"Volume in group still has dependent snapshots\."):
        delete_group(cloud, made, delete_volumes=True)


def test_a_snapshot_of_the_group_keeps_it(cloud):
    made = group(cloud, volumes=1)
    group_snapshot(cloud, made)
    with pytest.raises(InvalidGroup, match=r"Group has existing snapshots\."):
        delete_group(cloud, made, delete_volumes=True)


def test_a_group_that_is_being_copied_stays(cloud):
    made = group(cloud, volumes=1)
    copy_group(cloud, made, project_id=made.project_id, user_id="user", name=None, description=None)
    with pytest.raises(InvalidGroup) as refusal:
        delete_group(cloud, made, delete_volumes=True)
    assert str(refusal.value) == (
        f"Invalid Group: Cannot delete group {made.id}. Group status must be available or error and must not have"
        " dependent group snapshots, and it cannot be the source for an ongoing group or group snapshot creation."
    )


def test_a_frozen_back_end_keeps_what_it_has(cloud):
    made = group(cloud)
    cloud.store.put(cloud.store.get(VolumeBackend, backend_id(made.host)).evolve(frozen=True))
    with pytest.raises(Frozen):
        delete_group(cloud, made)


# --- failures


def test_a_deletion_that_fails_as_a_whole_leaves_all_in_error(cloud):
    cloud.set_rules([rule("group.delete.deleting")])
    assert burn(cloud, group(cloud, volumes=2)) == ("error", ["error", "error"])


def test_one_volume_that_cannot_be_deleted_leaves_the_group_in_error(cloud):
    made = group(cloud, volumes=2)
    _, second = volumes_of(cloud, made.id)
    cloud.set_rules([rule("volume.delete.deleting", **{"volume.id": second.id})])
    assert burn(cloud, made) == ("error", ["deleted", "error"])


def test_after_a_failure_it_can_be_deleted_again(cloud):
    made = group(cloud, volumes=2)
    cloud.set_rules([rule("volume.delete.deleting").evolve(times=1)])
    burn(cloud, made)
    assert burn(cloud, made) == (None, [None, None])


# --- outages


def test_a_back_end_that_does_not_report_hears_of_a_deletion_when_it_is_back(cloud):
    made = group(cloud, volumes=1)
    backend = cloud.store.get(VolumeBackend, backend_id(made.host))
    backend_down(cloud, backend)
    assert burn(cloud, made) == ("deleting", ["deleting"])
    backend_up(cloud, fresh(cloud, backend))
    assert settled_status(cloud, made) is None


def test_what_it_was_about_stays_as_it_is(cloud):
    made = group(cloud, volumes=1)
    backend = cloud.store.get(VolumeBackend, backend_id(made.host))
    delete_group(cloud, made, delete_volumes=True)
    backend_down(cloud, backend)
    cloud.advance(1)
    backend_up(cloud, fresh(cloud, backend))
    assert settled_status(cloud, made) == "deleting"


def settled_status(cloud, record):
    cloud.settle()
    return status(cloud, record)


# --- as a whole


def test_a_cloud_with_groups_forks_and_ends_the_same(cloud):
    made = group(cloud, volumes=2)
    delete_group(cloud, made, delete_volumes=True)
    twin = cloud.fork()
    for one in cloud, twin:
        one.settle()
    assert cloud.digest() == twin.digest()
    assert not cloud.store.all(VolumeGroup) and not cloud.store.all(Volume)


def test_a_volume_beside_the_group_is_left_alone(cloud):
    alone = volume(cloud)
    burn(cloud, group(cloud, volumes=1))
    assert settled(cloud, alone).status == "available"
