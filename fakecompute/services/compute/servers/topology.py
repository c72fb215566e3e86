"""/servers/{id}/topology: the NUMA nodes of a server, and to admins where they lie on the host (2.78)."""

from __future__ import annotations

import re
from typing import Any

from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.server import Server
from fakecompute.rest.call import Call
from fakecompute.services.compute.service import compute

HOST_RULE = "compute:server:topology:host:index"
PAGE_SIZES = {"small": 4, "any": 4, "large": 2048}  # KiB on x86; a number is one, unless it has a unit
UNITS = {"k": 1, "m": 1 << 10, "g": 1 << 20}
NODE_SPAN = 64  # CPUs of each node of the host  # unverified: pinning looks at no other server


# --- response views -----------------------------------------------------------------------------------


def _pinned(flavor: Flavor) -> bool:
    return dict(flavor.extra_specs).get("hw:cpu_policy") == "dedicated"


def _node_count(flavor: Flavor) -> int:
    """nova/virt/hardware.py: numa_get_constraints.  Pages or pinned CPUs that are asked for make a node, too."""
    specs = dict(flavor.extra_specs)
    if specs.get("hw:numa_nodes", "").isdecimal():
        return min(int(specs["hw:numa_nodes"]), flavor.vcpus)
    return 1 if _pinned(flavor) or "hw:mem_page_size" in specs else 0


def _page_size(flavor: Flavor) -> int | None:
    """KiB, or None if none was asked for."""
    wanted = dict(flavor.extra_specs).get("hw:mem_page_size", "").lower()
    if wanted in PAGE_SIZES:
        return PAGE_SIZES[wanted]
    found = re.fullmatch(r"(\d+)([kmg]?)i?b?", wanted)
    return int(found[1]) * UNITS[found[2] or "k"] if found else None


def _cpus(text: str, count: int) -> list[int]:
    """`0-2,5`: those of the server's CPUs that an extra spec gives to a node."""
    cpus: set[int] = set()
    for part in text.split(","):
        if found := re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip()):
            cpus |= {*range(int(found[1]), min(int(found[2] or found[1]) + 1, count))}
    return sorted(cpus)


def _node(flavor: Flavor, number: int, count: int, with_host: bool) -> dict[str, Any]:
    """An even share, unless extra specs say otherwise."""
    specs, share = dict(flavor.extra_specs), flavor.vcpus // count
    cpus = _cpus(specs.get(f"hw:numa_cpus.{number}", ""), flavor.vcpus)
    cpus = cpus or [*range(number * share, (number + 1) * share)]
    memory = specs.get(f"hw:numa_mem.{number}", "")
    shown: dict[str, Any] = {
        "vcpu_set": cpus,
        "siblings": [cpus] if _pinned(flavor) and len(cpus) > 1 else [],
        "memory_mb": int(memory) if memory.isdecimal() else flavor.ram // count,
    }
    if with_host:
        shown["host_node"] = number
        first = number * NODE_SPAN
        pinning = {str(cpu): first + place for place, cpu in enumerate(cpus)}
        shown["cpu_pinning"] = pinning if _pinned(flavor) else {}
    return shown


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(
    "/servers/<server>/topology",
    since="2.78",
    policy="compute:server:topology:index",
    strict_query="2.102",
)
def show_server_topology(call: Call, server: Server) -> dict[str, Any]:
    flavor, with_host = server.flavor, call.may(HOST_RULE)
    count = _node_count(flavor)
    nodes = [_node(flavor, number, count, with_host) for number in range(count)]
    return {"nodes": nodes, "pagesize_kb": _page_size(flavor) if nodes else None}
