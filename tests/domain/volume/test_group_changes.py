"""Volumes join a group, and leave it."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.volume.group_changes import CannotJoin, CannotLeave, InvalidVolume, update_group
from fakecompute.domain.volume.group_members import volumes_of
from fakecompute.domain.volume.groups import InvalidGroup
from tests.domain.volume.making import fresh, group, project, settled, status, volume

NOTHING_GIVEN = "because no valid name, description, add_volumes, or remove_volumes were provided."


@pytest.fixture
def members(cloud):
    """A group with one volume, and another volume beside it."""
    made = group(cloud, volumes=1)
    return made, volumes_of(cloud, made.id)[0], outsider(cloud, made)


def outsider(cloud, group, **fields):
    """A volume that the group could take."""
    return volume(cloud, volume_type_id=group.volume_types[0], host=group.host, **fields)


def change(cloud, group, **changes):
    return update_group(cloud, fresh(cloud, group), project_id=project(cloud), is_admin=False, **changes)


def test_volumes_come_and_go_with_time(cloud, members):
    made, member, other = members
    assert change(cloud, made, add_volumes=other.id, remove_volumes=member.id).status == "updating"
    assert settled(cloud, made).status == "available"
    assert (fresh(cloud, member).group_id, fresh(cloud, other).group_id) == (None, made.id)


def test_a_name_comes_at_once(cloud, members):
    made, *_ = members
    assert change(cloud, made, name="new", description="d").name == "new"
    assert fresh(cloud, made).description == "d"


@pytest.mark.parametrize("state", ["creating", "updating", "deleting", "error", "deleted"])
def test_a_name_makes_any_group_available(cloud, members, state):
    made, *_ = members
    cloud.store.put(made.evolve(status=state))
    assert change(cloud, made, name="new").status == "available"


def test_volumes_change_in_a_group_that_is_available_alone(cloud, members):
    made, _, other = members
    cloud.store.put(made.evolve(status="error"))
    with pytest.raises(InvalidGroup, match=r"Group status must be available\."):
        change(cloud, made, add_volumes=other.id)


@pytest.mark.parametrize(
    "changes",
    [{}, {"name": "g"}, {"name": None, "description": None}, {"add_volumes": ""}, {"remove_volumes": ""}],
)
def test_something_must_change(cloud, members, changes):
    made, *_ = members
    with pytest.raises(InvalidGroup) as refusal:
        change(cloud, made, **changes)
    assert str(refusal.value) == f"Invalid Group: Cannot update group {made.id} {NOTHING_GIVEN}"


def test_a_volume_that_is_there_already_is_no_change(cloud, members):
    made, member, _ = members
    with pytest.raises(InvalidGroup, match=NOTHING_GIVEN):
        change(cloud, made, add_volumes=member.id)


def test_commas_around_the_ids_do_not_matter(cloud, members):
    made, _, other = members
    assert change(cloud, made, add_volumes=f",{other.id},").status == "updating"


def test_nobody_comes_and_goes_at_once(cloud, members):
    made, _, other = members
    with pytest.raises(InvalidVolume) as refusal:
        change(cloud, made, add_volumes=other.id, remove_volumes=other.id)
    assert str(refusal.value) == f"Invalid volume: UUIDs ['{other.id}'] are in both add and remove volume list."


# --- who may not join


def refused(cloud, group, id):
    with pytest.raises((CannotJoin, CannotLeave, InvalidVolume)) as refusal:
        change(cloud, group, add_volumes=id)
    return str(refusal.value).removeprefix(f"Invalid volume: Cannot add volume {id} to group {group.id} ")


def test_an_unknown_volume(cloud, members):
    assert refused(cloud, members[0], "nope") == "because volume cannot be found."


def test_a_volume_of_another_project(cloud, members):
    theirs = volume(cloud, owner="alt_demo", volume_type_id=members[0].volume_types[0])
    assert refused(cloud, members[0], theirs.id) == "because volume cannot be found."


def test_a_volume_of_another_project_that_an_admin_sees(cloud, members):
    theirs = volume(cloud, owner="alt_demo", volume_type_id=members[0].volume_types[0])
    with pytest.raises(CannotJoin, match=r"as they belong to different projects\."):
        update_group(cloud, members[0], project_id="x", is_admin=True, add_volumes=theirs.id)


def test_a_volume_of_another_group(cloud, members):
    there = group(cloud, volumes=1)
    (taken,) = volumes_of(cloud, there.id)
    assert refused(cloud, members[0], taken.id) == f"because it is already in group {there.id}."


def test_a_volume_of_another_type(cloud, members):
    kind = cloud.store.one(VolumeType, "name", "multiattach")
    other = volume(cloud, volume_type_id=kind.id)
    assert refused(cloud, members[0], other.id) == f"because volume type {kind.id} is not supported by the group."


def test_a_volume_without_a_type(cloud, members):
    assert refused(cloud, members[0], volume(cloud).id) == "because it has no volume type."


def test_a_volume_in_a_bad_way(cloud, members):
    made, _, other = members
    cloud.store.put(other.evolve(status="error"))
    assert refused(cloud, made, other.id) == (
        "because volume is in an invalid state: error. Valid states are: ('available', 'in-use')."
    )


def test_a_volume_elsewhere(cloud, members):
    made, _, other = members
    cloud.store.put(other.evolve(host="storage@elsewhere#pool"))
    assert refused(cloud, made, other.id) == "Invalid volume: Volume is not local to this node."


def test_a_volume_in_use_may_join(cloud, members):
    made, _, other = members
    cloud.store.put(other.evolve(status="in-use"))
    assert change(cloud, made, add_volumes=other.id).status == "updating"


# --- who may not leave


def test_only_members_leave(cloud, members):
    made, _, other = members
    with pytest.raises(CannotLeave) as refusal:
        change(cloud, made, remove_volumes=other.id)
    assert str(refusal.value) == (
        f"Invalid volume: Cannot remove volume {other.id} from group {made.id} because it is not in the group."
    )


def test_a_member_in_a_bad_way_stays(cloud, members):
    made, member, _ = members
    cloud.store.put(member.evolve(status="creating"))
    with pytest.raises(CannotLeave) as refusal:
        change(cloud, made, remove_volumes=member.id)
    assert str(refusal.value) == (
        f"Invalid volume: Cannot remove volume {member.id} from group {made.id} because volume is in an invalid state:"
        " creating. Valid states are: ('available', 'in-use', 'error', 'error_deleting')."
    )


def test_a_change_that_fails_leaves_everybody_where_they_were_and_in_error(cloud, members):
    made, member, other = members
    cloud.set_rules([Rule(id="", name="no", on="group.update.updating", effect=Effect(fail="no"))])
    change(cloud, made, add_volumes=other.id, remove_volumes=member.id)
    cloud.settle()
    assert [status(cloud, one) for one in (made, member, other)] == ["error"] * 3
    assert (fresh(cloud, member).group_id, fresh(cloud, other).group_id) == (made.id, None)
