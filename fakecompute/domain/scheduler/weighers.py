"""The weighers: what makes one host better than another.

Each gives every host a number, brought to 0..1 over all candidates and multiplied by a setting (which an aggregate
may override for its hosts); the sum decides.  nova/weights.py and nova/scheduler/weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakecompute.domain.records.compute import Host
from fakecompute.domain.scheduler.aggregates import least_of
from fakecompute.domain.scheduler.host_state import instances, io_operations
from fakecompute.domain.scheduler.ledger import Room, taken
from fakecompute.domain.scheduler.request import Request

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Column = Sequence[float]


@dataclass(frozen=True)
class Scene:
    """The candidates, and what was looked up about them once for all weighers."""

    cloud: Cloud
    request: Request
    hosts: Sequence[Host]
    taken: Sequence[Room]


@dataclass(frozen=True)
class Weigher:
    """`multiplier` is the setting's name; `raw` gives a number for each host, or None where all are alike.

    From `zero`: the range begins at 0, not at the least of the candidates.  `sign` is of the multiplier.
    """

    multiplier: str
    raw: Callable[[Scene], Column | None]
    zero: bool = False
    sign: int = 1


def _vcpus(scene: Scene) -> Column:
    return [
        host.vcpus * host.cpu_allocation_ratio - gone[0] for host, gone in zip(scene.hosts, scene.taken, strict=True)
    ]


def _ram(scene: Scene) -> Column:
    """MiB that are really there: ratios do not count."""
    return [host.ram - host.reserved_ram - gone[1] for host, gone in zip(scene.hosts, scene.taken, strict=True)]


def _disk(scene: Scene) -> Column:
    return [host.disk - gone[2] for host, gone in zip(scene.hosts, scene.taken, strict=True)]


def _io(scene: Scene) -> Column:
    cloud, more = scene.cloud, scene.request.io
    return [io_operations(cloud, host) + more.get(host.name, 0) for host in scene.hosts]


def _num_instances(scene: Scene) -> Column:
    return [instances(scene.cloud, host) for host in scene.hosts]


def _hypervisor_version(scene: Scene) -> Column:
    return [host.hypervisor_version for host in scene.hosts]


def _soft_affinity(scene: Scene) -> Column | None:
    members = scene.request.members
    if scene.request.policy != "soft-affinity":
        return None
    return [members.get(host.name, 0) for host in scene.hosts]


def _soft_anti_affinity(scene: Scene) -> Column | None:
    members = scene.request.members
    if scene.request.policy != "soft-anti-affinity":
        return None
    return [-members.get(host.name, 0) for host in scene.hosts]


def _failed_builds(scene: Scene) -> Column:
    return [host.failed_builds for host in scene.hosts]


# fmt: off
WEIGHERS = (
    Weigher("cpu_weight_multiplier",                _vcpus,              zero=True),
    Weigher("ram_weight_multiplier",                _ram,                zero=True),
    Weigher("disk_weight_multiplier",               _disk,               zero=True),
    Weigher("io_ops_weight_multiplier",             _io,                 zero=True),
    Weigher("num_instances_weight_multiplier",      _num_instances),
    Weigher("hypervisor_version_weight_multiplier", _hypervisor_version),
    Weigher("soft_affinity_weight_multiplier",      _soft_affinity),
    Weigher("soft_anti_affinity_weight_multiplier", _soft_anti_affinity),
    Weigher("build_failure_weight_multiplier",      _failed_builds,      sign=-1),
)
# fmt: on


def heaviest(cloud: Cloud, request: Request, hosts: Sequence[Host]) -> Host:
    """The best of the candidates; the lowest number wins ties."""
    if len(hosts) == 1:
        return hosts[0]
    scene = Scene(cloud, request, hosts, [taken(cloud, host) for host in hosts])
    sums = [0.0] * len(hosts)
    for weigher in WEIGHERS:
        _add(scene, weigher, sums)
    best = max(range(len(hosts)), key=lambda index: (sums[index], -hosts[index].number))
    return hosts[best]


def _add(scene: Scene, weigher: Weigher, sums: list[float]) -> None:
    usual = weigher.sign * getattr(scene.cloud.settings, weigher.multiplier)
    special = least_of(scene.cloud, weigher.multiplier)
    if not usual and not special:
        return
    raw = weigher.raw(scene)
    if raw is None:
        return
    low, high = (0.0 if weigher.zero else min(raw)), max(raw)
    if high <= low:  # all are alike
        return
    span = high - low
    if special:
        for index, value in enumerate(raw):
            own = special.get(scene.hosts[index].name)
            sums[index] += (usual if own is None else weigher.sign * own) * max(0.0, value - low) / span
    else:
        for index, value in enumerate(raw):
            if value > low:
                sums[index] += usual * (value - low) / span
