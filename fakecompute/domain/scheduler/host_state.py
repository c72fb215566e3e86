"""What Nova's scheduler knows of a host, by the names that extra specs use: HostState of its host_manager.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.scheduler.ledger import taken

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def instances(cloud: Cloud, host: Host) -> int:
    """How many servers it has."""
    return cloud.store.count(Server, "host", host.name)


def io_operations(cloud: Cloud, host: Host) -> int:
    """How many of them keep its disks busy."""
    total = cloud.store.total(Server, "io", host.name)
    return total[0] if total else 0


# fmt: off
STATE: dict[str, Callable[[Cloud, Host], Any]] = {
    "host":                  lambda cloud, host: host.name,
    "nodename":              lambda cloud, host: host.hypervisor_hostname,
    "hypervisor_hostname":   lambda cloud, host: host.hypervisor_hostname,
    "hypervisor_type":       lambda cloud, host: host.hypervisor_type,
    "hypervisor_version":    lambda cloud, host: host.hypervisor_version,
    "host_ip":               lambda cloud, host: host.ip,
    "uuid":                  lambda cloud, host: host.id,
    "vcpus_total":           lambda cloud, host: host.vcpus,
    "vcpus_used":            lambda cloud, host: taken(cloud, host)[0],
    "total_usable_ram_mb":   lambda cloud, host: host.ram,
    "free_ram_mb":           lambda cloud, host: host.ram - host.reserved_ram - taken(cloud, host)[1],
    "total_usable_disk_gb":  lambda cloud, host: host.disk,
    "free_disk_mb":          lambda cloud, host: (host.disk - taken(cloud, host)[2]) * 1024,
    "disk_mb_used":          lambda cloud, host: taken(cloud, host)[2] * 1024,
    "num_instances":         instances,
    "num_io_ops":            io_operations,
    "failed_builds":         lambda cloud, host: host.failed_builds,
    "cpu_allocation_ratio":  lambda cloud, host: host.cpu_allocation_ratio,
    "ram_allocation_ratio":  lambda cloud, host: host.ram_allocation_ratio,
    "disk_allocation_ratio": lambda cloud, host: host.disk_allocation_ratio,
    "cpu_info:arch":         lambda cloud, host: host.architecture,
    "cpu_info:vendor":       lambda cloud, host: "Intel",
    "cpu_info:model":        lambda cloud, host: "Nehalem",
}
# fmt: on
