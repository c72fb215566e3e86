"""Which of several hosts is the best: Nova's weighers with Nova's multipliers."""

from __future__ import annotations

from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain.records.compute import Flavor, Host
from fakecompute.domain.scheduler import Request, claim, select_host
from fakecompute.domain.scheduler.needs import needs_of
from fakecompute.domain.settings import Settings

FLAVOR = Flavor(id="f", name="f", vcpus=1, ram=512, disk=1)
USUAL = {"vcpus": 16, "ram": 33280, "disk": 1000}


def cloud_of(*hosts: dict[str, Any], **settings: Any) -> Cloud:
    named = [{"name": f"h{number}", **USUAL, **host} for number, host in enumerate(hosts, 1)]
    return Cloud({"hosts": named}, settings=Settings(**settings))


def chosen(cloud: Cloud, **options: Any) -> str:
    return select_host(cloud, Request(flavor=FLAVOR, needs=needs_of(FLAVOR), **options)).name


def test_the_first_wins_a_tie():
    assert chosen(cloud_of({}, {}, {})) == "h1"


# fmt: off
BETTER: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({},                                        {"vcpus": 17}),
    ({},                                        {"ram": 33281}),
    ({},                                        {"disk": 1001}),
    ({},                                        {"cpu_allocation_ratio": 5.0}),
    ({"reserved_ram": 600},                     {}),
    ({},                                        {"hypervisor_version": 9000000}),
    ({"vcpus": 15, "ram": 40000, "disk": 900},  {"vcpus": 16, "ram": 39000, "disk": 1000}),
]
# fmt: on


@pytest.mark.parametrize(("worse", "better"), BETTER)
def test_more_room_is_better(worse, better):
    assert chosen(cloud_of(worse, better)) == "h2"


def test_a_ratio_of_memory_is_no_room():
    """Nova weighs the MiB that are really free."""
    assert chosen(cloud_of({}, {"ram_allocation_ratio": 2.0})) == "h1"


def test_what_is_taken_counts():
    cloud = cloud_of({}, {})
    first = cloud.store.one(Host, "name", "h1")
    assert first is not None
    claim(cloud, "c", first, FLAVOR, "p", "u")
    assert chosen(cloud) == "h2"


def test_each_kind_of_room_counts_in_proportion_to_the_largest():
    """From 0 to the most that there is: 10 % more RAM do not outweigh half the cores."""
    assert chosen(cloud_of({"ram": 36608}, {"vcpus": 32})) == "h2"


def test_a_negative_multiplier_stacks():
    cloud = cloud_of({"ram": 99999}, {}, ram_weight_multiplier=-1.0)
    assert chosen(cloud) == "h2"


def test_an_aggregate_sets_its_own_multiplier():
    hosts = [{"name": "h1", **USUAL, "ram": 99999}, {"name": "h2", **USUAL}]
    metadata = {"ram_weight_multiplier": "-5.0"}
    cloud = Cloud({"hosts": hosts, "aggregates": [{"name": "a", "hosts": ["h1"], "metadata": metadata}]})
    assert chosen(cloud) == "h2"


def test_a_multiplier_that_is_no_number_is_not_heard():
    hosts = [{"name": "h1", **USUAL}, {"name": "h2", **USUAL, "ram": 99999}]
    metadata = {"ram_weight_multiplier": "much"}
    cloud = Cloud({"hosts": hosts, "aggregates": [{"name": "a", "hosts": ["h2"], "metadata": metadata}]})
    assert chosen(cloud) == "h2"


def test_failed_builds_weigh_more_than_any_room():
    cloud = cloud_of({"vcpus": 64, "ram": 262144, "disk": 9999}, {})
    first = cloud.store.one(Host, "name", "h1")
    assert first is not None
    cloud.store.put(first.evolve(failed_builds=1))
    assert chosen(cloud) == "h2"


# fmt: off
SOFT = [
    ("soft-affinity",      {"h2": 1},          "h2"),
    ("soft-affinity",      {"h2": 1, "h3": 2}, "h3"),
    ("soft-anti-affinity", {"h1": 1},          "h2"),
    ("soft-anti-affinity", {"h1": 1, "h2": 2}, "h3"),
    ("affinity",           {"h1": 9, "h2": 9}, "h1"),
]
# fmt: on


@pytest.mark.parametrize(("policy", "members", "name"), SOFT)
def test_soft_policies_weigh(policy, members, name):
    assert chosen(cloud_of({}, {}, {}), policy=policy, members=members) == name


def test_servers_that_were_just_placed_make_a_host_busy():
    assert chosen(cloud_of({}, {}), io={"h1": 1}) == "h2"
