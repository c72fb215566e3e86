"""/servers/{id}/topology: what a flavor's extra specs make of NUMA nodes (nova/virt/hardware.py)."""

from __future__ import annotations

import pytest


@pytest.fixture
def shown(http, admin, path, server, become):
    """The topology that extra specs make, for an admin or somebody else."""

    def read(specs, who="admin", vcpus=4, ram=4096):
        flavor = server.flavor.evolve(vcpus=vcpus, ram=ram, extra_specs=tuple(specs.items()))
        become(flavor=flavor)
        return (admin if who == "admin" else http).get(f"{path}/topology", version="2.78").json

    return read


def test_most_servers_have_no_nodes(shown):
    assert shown({}) == {"nodes": [], "pagesize_kb": None}


def test_nodes_share_evenly(shown):
    assert shown({"hw:numa_nodes": "2"}, who="demo") == {
        "nodes": [
            {"vcpu_set": [0, 1], "siblings": [], "memory_mb": 2048},
            {"vcpu_set": [2, 3], "siblings": [], "memory_mb": 2048},
        ],
        "pagesize_kb": None,
    }


def test_a_flavor_may_share_unevenly(shown):
    specs = {"hw:numa_nodes": "2", "hw:numa_cpus.0": "0", "hw:numa_mem.0": "1024"}
    specs |= {"hw:numa_cpus.1": "1-3", "hw:numa_mem.1": "3072"}
    nodes = shown(specs, who="demo")["nodes"]
    assert [(node["vcpu_set"], node["memory_mb"]) for node in nodes] == [([0], 1024), ([1, 2, 3], 3072)]


def test_admins_see_where_the_nodes_lie(shown):
    (node,) = shown({"hw:cpu_policy": "dedicated"}, vcpus=2)["nodes"]
    assert (node["host_node"], node["cpu_pinning"], node["siblings"]) == (0, {"0": 0, "1": 1}, [[0, 1]])
    (node,) = shown({"hw:numa_nodes": "1"})["nodes"]
    assert node["cpu_pinning"] == {}


@pytest.mark.parametrize(
    ("wanted", "size"), [("large", 2048), ("small", 4), ("2MB", 2048), ("1GiB", 1048576), ("2048", 2048)]
)
def test_page_sizes_are_told_in_kibibytes(shown, wanted, size):
    assert shown({"hw:mem_page_size": wanted})["pagesize_kb"] == size
