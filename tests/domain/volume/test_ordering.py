"""What is asked before a volume is on its way, where no client is needed to ask it."""

from __future__ import annotations

import pytest

from fakecompute.domain.volume.ordering import AnotherZone, NoZoneOfType, Order, WrongStatus, order_volume
from fakecompute.domain.volume.quota import (
    TooManyGigabytes,
    TooManyVolumes,
    VolumeTooLarge,
    check_growth,
    set_limits,
)
from fakecompute.domain.volume.types import create_type
from tests.domain.volume.making import project, volume


def order(cloud, **wish):
    return order_volume(cloud, Order(project_id=project(cloud), user_id="u", **wish))


def test_a_source_must_be_at_rest(cloud):
    source = cloud.store.put(volume(cloud).evolve(status="error"))
    with pytest.raises(WrongStatus, match="Originating source volume status must be one of 'available, in-use' values"):
        order(cloud, source=source)


def test_a_copy_stays_in_its_zone(cloud):
    source = cloud.store.put(volume(cloud).evolve(availability_zone="elsewhere"))
    with pytest.raises(AnotherZone):
        order(cloud, source=source, zone="nova")


def test_a_type_may_be_bound_to_zones_that_are_none(cloud):
    kind = create_type(cloud, "far", extra_specs=(("RESKEY:availability_zones", "mars"),))
    with pytest.raises(NoZoneOfType, match="only supported in these availability zones: \\['mars'\\]"):
        order(cloud, size=1, kind=kind)


def test_a_type_has_quotas_of_its_own(cloud):
    kind = create_type(cloud, "fast")
    set_limits(cloud, project(cloud), {"volumes_fast": 1})
    order(cloud, size=1, kind=kind)
    with pytest.raises(TooManyVolumes, match="quota 'volumes_fast'"):
        order(cloud, size=1, kind=kind)
    order(cloud, size=1)


def test_one_volume_has_a_largest_size(cloud):
    set_limits(cloud, project(cloud), {"per_volume_gigabytes": 5})
    with pytest.raises(VolumeTooLarge, match="Requested volume size 6G is larger than maximum allowed limit 5G"):
        order(cloud, size=6)


def test_growth_counts_what_is_added(cloud):
    grown = order(cloud, size=600)
    check_growth(cloud, project(cloud), 1000, 400, grown.volume_type_id)
    with pytest.raises(TooManyGigabytes, match="Requested 401G, quota is 1000G and 600G has been consumed"):
        check_growth(cloud, project(cloud), 1001, 401, grown.volume_type_id)


def test_nothing_is_left_of_what_was_refused(cloud):
    before = cloud.digest()
    with pytest.raises(TooManyGigabytes):
        order(cloud, size=1001)
    assert cloud.digest() == before
