"""What is asked of Placement: providers beside the hosts, and what somebody takes of them without a server."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.placement import Provider
from tests.properties.asking import Ask

API = "/placement"
KINDS: dict[str, type[Any]] = {"host": Host, "provider": Provider}
CONSUMERS = tuple(f"c0000000-0000-4000-8000-00000000000{n}" for n in range(3))


def _take(consumer: str, place: str, project: str = "$project", **amounts: int) -> Ask:
    allocations = {place: {"resources": amounts}} if amounts else {}
    body = {"allocations": allocations, "project_id": project, "user_id": "$admin", "consumer_generation": "$generation",
            "consumer_type": "HAND"}  # fmt: skip
    return Ask("PUT", f"{API}/allocations/{consumer}", body)


def _has(place: str, name: str, **inventory: Any) -> Ask:
    body = {"resource_provider_generation": f"${place}_generation", **inventory}
    return Ask("PUT", f"{API}/resource_providers/${place}/inventories/{name}", body)


def _give(**inventories: Any) -> Ask:
    body = {"resource_provider_generation": "$provider_generation", "inventories": inventories}
    return Ask("PUT", f"{API}/resource_providers/$provider/inventories", body)


ONE, TWO, THREE = CONSUMERS
ASKS: tuple[Ask, ...] = (
    _take(ONE, "$host", VCPU=1),
    _take(ONE, "$host", VCPU=2, MEMORY_MB=1024),
    _take(TWO, "$host", MEMORY_MB=2048, DISK_GB=3),
    _take(TWO, "$provider", DISK_GB=4),
    _take(THREE, "$provider", "$alt", VGPU=1),
    _take(ONE, "$host"),
    Ask("DELETE", f"{API}/allocations/{ONE}"),
    Ask("DELETE", f"{API}/allocations/{TWO}"),
    Ask("DELETE", f"{API}/allocations/{THREE}"),
    Ask("POST", f"{API}/resource_providers", {"name": "beside"}),
    Ask("POST", f"{API}/resource_providers", {"name": "below", "parent_provider_uuid": "$host"}),
    Ask("DELETE", f"{API}/resource_providers/$provider"),
    _give(VGPU={"total": 2}, DISK_GB={"total": 6, "reserved": 1}),
    _give(DISK_GB={"total": 6}),
    _has("host", "VCPU", total=2, allocation_ratio=1.5),
    _has("host", "VCPU", total=4, allocation_ratio=2.0),
    _has("host", "DISK_GB", total=12),
    Ask("DELETE", f"{API}/resource_providers/$provider/inventories/VGPU"),
)
# What is made where a request names what there is none of.
MAKERS: dict[str, Ask] = {"provider": Ask("POST", f"{API}/resource_providers", {"name": "beside"})}
BEGIN = (ASKS[0], MAKERS["provider"], _give(VGPU={"total": 2}, DISK_GB={"total": 6, "reserved": 1}))
LOOKS = tuple(
    Ask("GET", f"{API}/{path}")
    for path in (
        "resource_providers", "resource_providers/$host/usages", "resource_providers/$host/inventories",
        "resource_providers/$host/allocations", "usages?project_id=$project", f"allocations/{ONE}",
        "allocation_candidates?resources=VCPU:1",
    )
)  # fmt: skip
