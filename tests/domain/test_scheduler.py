"""Where servers go, and that room is room."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain import servers
from fakecompute.domain.records.compute import Flavor, Host, ServerGroup
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.server import Server
from fakecompute.domain.scheduler import NoValidHost, claim, free, room_for, select_host

FLAVOR = Flavor(id="f", name="f", vcpus=2, ram=1024, disk=10)


@pytest.fixture
def small() -> Cloud:
    """Two hosts, the second twice as large; ratios and reserved memory are Nova's defaults."""
    hosts = [
        {"name": "one", "vcpus": 2, "ram": 2560, "disk": 20, "zone": "a"},
        {"name": "two", "vcpus": 4, "ram": 4608, "disk": 40, "zone": "b"},
    ]
    return Cloud({"hosts": hosts})


def test_capacity_counts_ratios_and_what_is_reserved(small):
    one = small.store.one(Host, "name", "one")
    assert one.capacity == (8, 2048, 20)  # 4 times the cores, 512 MiB kept back


def test_disk_is_root_ephemeral_and_whole_gibibytes_of_swap():
    assert room_for(FLAVOR.evolve(ephemeral=5, swap=1025)) == (2, 1024, 17)


def test_the_host_with_the_most_room_is_taken(small):
    assert select_host(small, FLAVOR).name == "two"


def test_a_full_host_is_passed_over(small):
    two = small.store.one(Host, "name", "two")
    for n in range(4):
        claim(small, f"c{n}", two, FLAVOR, "p", "u")
    assert free(small, two) == (8, 0, 0)
    assert select_host(small, FLAVOR).name == "one"


# fmt: off
NARROW = [
    ({"zone": "a"},           "one"),
    ({"host": "one"},         "one"),
    ({"exclude": ("two",)},   "one"),
]
# fmt: on


@pytest.mark.parametrize(("options", "name"), NARROW)
def test_what_narrows_the_choice(small, options, name):
    assert select_host(small, FLAVOR, **options).name == name


@pytest.mark.parametrize("change", [{"disabled": True}, {"up": False}, {"forced_down": True}])
def test_hosts_that_are_not_in_service_are_not_chosen(small, change):
    small.store.put(small.store.one(Host, "name", "two").evolve(**change))
    assert select_host(small, FLAVOR).name == "one"


@pytest.mark.parametrize("wish", [{"vcpus": 17}, {"ram": 4097}, {"disk": 41}])
def test_no_room_in_nova_s_words(small, wish):
    with pytest.raises(NoValidHost) as refused:
        select_host(small, FLAVOR.evolve(**wish))
    assert str(refused.value) == "No valid host was found. There are not enough hosts available."


def in_group(cloud: Cloud, policy: str) -> list[str | None]:
    """Where three servers of a group go."""
    project = cloud.store.one(Project, "name", ("default", "demo"))
    group = ServerGroup(id="g", name="g", project_id=project.id, user_id="u", policy=policy)
    cloud.store.put(group)
    made = []
    for _ in range(3):
        made.append(servers.boot(cloud, group_id="g"))
        cloud.settle()
    return [cloud.store.get(Server, server.id).host for server in made]


def test_affinity_keeps_servers_together(cloud):
    assert len(set(in_group(cloud, "affinity"))) == 1


def test_anti_affinity_keeps_them_apart_and_runs_out_of_hosts(cloud):
    first, second, third = in_group(cloud, "anti-affinity")
    assert {first, second} == {"compute-1", "compute-2"}
    assert third is None
