"""What is right only at the time at which something is taken: limits and capacities may shrink below it later."""

from __future__ import annotations

from typing import NamedTuple

from fakecompute import Cloud
from fakecompute.domain.placement import usages
from fakecompute.domain.placement.providers import everyone
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.network import FixedIP
from tests.properties.ledger.network import assert_from_pools, given
from tests.properties.ledger.quotas import standing

Pairs = dict[tuple[str, str], tuple[float, float]]  # by place and what it is: used, and how much there is


class Claims(NamedTuple):
    """How things stood when one looked last."""

    capacities: Pairs
    limits: Pairs
    addresses: frozenset[tuple[str, FixedIP]]

    @classmethod
    def of(cls, cloud: Cloud) -> Claims:
        limits = {
            (project.name, name): pair
            for project in cloud.store.all(Project)
            for name, pair in standing(cloud, project.id).items()
        }
        return cls(_capacities(cloud), dict(limits), given(cloud))

    def then(self, cloud: Cloud, *, wishful: bool) -> Claims:
        """How they stand now: what has grown since has room.  `wishful`: somebody named an address, or a pool."""
        now = Claims.of(cloud)
        _assert_room(self.capacities, now.capacities)
        _assert_room(self.limits, now.limits)
        if not wishful:
            assert_from_pools(cloud, self.addresses)
        return now


def _capacities(cloud: Cloud) -> Pairs:
    return {
        (provider.id, name): (used, dict(provider.inventories)[name].capacity)
        for provider in everyone(cloud)
        for name, used in usages.of_provider(cloud, provider).items()
    }


def _assert_room(before: Pairs, now: Pairs) -> None:
    for place, (used, most) in now.items():
        known, had = before.get(place, (0, most))
        assert used <= known or used <= max(most, had), (place, "used", known, used, "of", had, most)
