"""The pools of all back ends, with what is taken of them and what they can do: what the scheduler knows.

Facts: cinder/scheduler/host_manager.py, cinder/scheduler/sched_utils.py, and the stats that LVM reports.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any, NamedTuple

from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.records.volume_backend import Pool, VolumeBackend, VolumeCluster, backend_id
from fakecompute.domain.volume.places import peers

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# cinder/common/constants.py: each protocol answers to all of its names
PROTOCOLS = (
    ("iSCSI", "iscsi"), ("FC", "fibre_channel", "fc"), ("nfs", "NFS"), ("NVMe-oF", "NVMeOF", "nvmeof"),
)  # fmt: skip


class Place(NamedTuple):
    """A pool of a back end, and what is taken of it: volumes, and their GiB."""

    backend: VolumeBackend
    pool: Pool
    volumes: int
    allocated: int

    @property
    def host(self) -> str:
        return f"{self.backend.id}#{self.pool.name}"

    @property
    def name(self) -> str:
        """What the scheduler calls it: by the cluster, if it has one."""
        return f"{self.backend.cluster or self.backend.id}#{self.pool.name}"

    @property
    def unwritten(self) -> int:
        """GiB that are empty: a thin pool holds names until somebody writes."""
        return self.pool.capacity if self.pool.thin else self.pool.capacity - self.allocated

    def promised(self, thin: bool = True) -> float:
        """GiB that it may promise in all; `thin` is whether the volumes may be."""
        usable = self.pool.capacity - floor(self.pool.capacity * self.pool.reserved_percentage / 100)
        return usable * self.pool.max_over_subscription_ratio if thin and self.pool.thin else usable

    def room(self, thin: bool = True) -> float:
        """GiB that can still be promised: less than nothing if the pool has shrunk."""
        left = self.promised(thin) - self.allocated
        return round(left if thin and self.pool.thin else min(left, self.unwritten), 2)

    @property
    def free(self) -> float:
        return self.room()


def wants_thin(kind: VolumeType | None) -> bool:
    return kind is None or dict(kind.extra_specs).get("provisioning:type") != "thick"


def places(cloud: Cloud) -> list[Place]:
    """All pools, as the definition has them; those of a cluster once, by the first of its services that is up."""
    found: dict[str, Place] = {}
    for backend in sorted(cloud.store.all(VolumeBackend), key=lambda one: (not one.is_up, one.number)):
        for pool in backend.pools:
            place = _place(cloud, backend, pool)
            found.setdefault(place.name, place)
    return sorted(found.values(), key=lambda place: place.backend.number)


def active_places(cloud: Cloud) -> list[Place]:
    """Those that the scheduler has: of services that are up, enabled and not frozen."""
    return [place for place in places(cloud) if is_active(cloud, place.backend)]


def is_active(cloud: Cloud, backend: VolumeBackend) -> bool:
    if not backend.is_up or backend.disabled or backend.frozen:
        return False
    cluster = cloud.store.find(VolumeCluster, backend.cluster)
    return cluster is None or not (cluster.disabled or cluster.frozen)


def place_at(cloud: Cloud, host: str) -> Place | None:
    """The pool of a volume's host."""
    backend = cloud.store.find(VolumeBackend, backend_id(host))
    pool = backend.pool(host.partition("#")[2]) if backend else None
    return None if backend is None or pool is None else _place(cloud, backend, pool)


def _place(cloud: Cloud, backend: VolumeBackend, pool: Pool) -> Place:
    hosts = [f"{one.id}#{pool.name}" for one in peers(cloud, backend)]
    taken = [cloud.store.total(Volume, "pool", host) or (0, 0) for host in hosts]
    return Place(backend, pool, sum(count for count, _ in taken), sum(size for _, size in taken))


def capabilities(place: Place) -> dict[str, Any]:
    """What a pool reports of itself; extra specs are held against it."""
    backend, pool = place.backend, place.pool
    return {
        "pool_name": pool.name,
        "total_capacity_gb": pool.capacity,
        "free_capacity_gb": place.unwritten,
        "provisioned_capacity_gb": place.allocated,
        "allocated_capacity_gb": place.allocated,
        "reserved_percentage": pool.reserved_percentage,
        "max_over_subscription_ratio": str(float(pool.max_over_subscription_ratio)),
        "thin_provisioning_support": pool.thin,
        "thick_provisioning_support": not pool.thin,
        "location_info": f"{DRIVERS.get(backend.driver, backend.driver)}:{backend.host}:{pool.name}",
        "QoS_support": False,
        "multiattach": pool.multiattach,
        "online_extend_support": True,
        "total_volumes": place.volumes,
        "backend_state": "up",
        "consistent_group_snapshot_enabled": True,
        "replication_enabled": bool(backend.replication_targets),
        "filter_function": None,
        "goodness_function": None,
        "cacheable": True,
        "volume_backend_name": backend.name,
        "storage_protocol": backend.protocol,
        "vendor_name": VENDOR,
        "driver_version": DRIVER_VERSION,
        **dict(pool.capabilities),
    }


VENDOR, DRIVER_VERSION = "Open Source", "3.0.0"
DRIVERS = {"lvm": "LVMVolumeDriver", "rbd": "RBDDriver", "nfs": "NfsDriver"}


def protocol_names(protocol: str) -> tuple[str, ...]:
    return next((names for names in PROTOCOLS if protocol in names), (protocol,))
