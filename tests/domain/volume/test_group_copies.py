"""Groups that begin as copies of groups, or of snapshots of groups."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.volume.group_copies import copy_group
from fakecompute.domain.volume.group_members import snapshots_of, volumes_of
from fakecompute.domain.volume.groups import InvalidGroup
from fakecompute.domain.volume.ordering import WrongStatus
from fakecompute.domain.volume.quota import TooManyVolumes, in_use, set_limits
from tests.domain.volume.making import fresh, group, group_snapshot, project, settled, status, walk_of


@pytest.fixture
def source(cloud):
    return group(cloud, volumes=2)


def copy(cloud, source):
    return copy_group(cloud, source, project_id=project(cloud), user_id="user", name="copy", description=None)


def test_a_group_is_copied_with_all_of_its_volumes(cloud, source):
    made = copy(cloud, source)
    copies = volumes_of(cloud, made.id)
    assert walk_of(cloud, made, *copies) == [("creating",) * 3, ("available",) * 3]
    assert [one.source_volid for one in copies] == [one.id for one in volumes_of(cloud, source.id)]


def test_a_snapshot_of_a_group_becomes_a_group(cloud, source):
    taken = settled(cloud, group_snapshot(cloud, source))
    made = settled(cloud, copy(cloud, taken))
    assert (made.status, made.group_snapshot_id, made.source_group_id) == ("available", taken.id, None)
    copies = volumes_of(cloud, made.id)
    assert [one.snapshot_id for one in copies] == [one.id for one in snapshots_of(cloud, taken.id)]


def test_a_copy_is_like_its_source(cloud, source):
    made = copy(cloud, source)
    same = ("group_type_id", "volume_types", "host", "availability_zone")
    assert [getattr(made, key) for key in same] == [getattr(source, key) for key in same]


def test_volumes_of_a_copy_boot_if_their_sources_do(cloud, source):
    first, _ = volumes_of(cloud, source.id)
    cloud.store.put(first.evolve(bootable=True, image_metadata=(("image_name", "cirros"),)))
    one, other = volumes_of(cloud, settled(cloud, copy(cloud, source)).id)
    assert (one.bootable, one.image_metadata) == (True, (("image_name", "cirros"),))
    assert (other.bootable, other.image_metadata) == (False, ())


def test_volumes_of_a_copy_can_be_shared_if_their_type_can(cloud):
    made = copy(cloud, group(cloud, "multiattach", volumes=1))
    assert all(one.multiattach for one in volumes_of(cloud, made.id))
    assert cloud.store.one(VolumeType, "name", "multiattach").id in made.volume_types


def test_an_empty_group_has_no_copy(cloud):
    with pytest.raises(InvalidGroup, match=r"Source Group is empty\. No group will be created\."):
        copy(cloud, group(cloud))


def test_a_volume_in_error_is_not_copied(cloud, source):
    cloud.store.put(volumes_of(cloud, source.id)[1].evolve(status="error"))
    with pytest.raises(WrongStatus) as refusal:
        copy(cloud, source)
    assert str(refusal.value) == (
        "Invalid volume: Originating source volume status must be one of 'available, in-use' values"
    )


def test_a_volume_in_use_is_taken_for_a_copy_that_then_fails(cloud, source):
    cloud.store.put(volumes_of(cloud, source.id)[1].evolve(status="in-use"))
    made = copy(cloud, source)
    assert settled(cloud, made).status == "error"
    assert [one.status for one in volumes_of(cloud, made.id)] == ["error", "error"]


def test_every_volume_of_a_copy_counts(cloud, source):
    set_limits(cloud, project(cloud), {"volumes": 3})
    with pytest.raises(TooManyVolumes), cloud.transaction():
        copy(cloud, source)
    assert in_use(cloud, project(cloud))["volumes"] == 2


def test_a_back_end_that_is_full_takes_no_copy(cloud, source):
    backend = cloud.store.get(VolumeBackend, backend_id(source.host))
    full = tuple(pool._replace(capacity=0) for pool in backend.pools)
    cloud.store.put(backend.evolve(pools=full))
    with pytest.raises(InvalidGroup, match="No valid host to create group"):
        copy(cloud, source)


def test_a_copy_that_fails_as_a_whole_leaves_all_in_error(cloud, source):
    cloud.set_rules([Rule(id="", name="no", on="group.create.copying", effect=Effect(fail="no"))])
    made = settled(cloud, copy(cloud, source))
    assert (made.status, [one.status for one in volumes_of(cloud, made.id)]) == ("error", ["error", "error"])


def test_one_volume_that_cannot_be_copied_leaves_the_group_in_error(cloud, source):
    cloud.set_rules([Rule(id="", name="no", on="volume.create.copying", times=1, effect=Effect(fail="no"))])
    made = settled(cloud, copy(cloud, source))
    assert (made.status, [one.status for one in volumes_of(cloud, made.id)]) == ("error", ["error", "available"])


def test_the_source_is_as_it_was(cloud, source):
    before = [source, *volumes_of(cloud, source.id)]
    copy(cloud, source)
    cloud.settle()
    assert [fresh(cloud, one) for one in before] == before
    assert status(cloud, source) == "available"
