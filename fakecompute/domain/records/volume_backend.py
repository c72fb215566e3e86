"""Where volumes live: the back ends of Cinder with their pools, the clusters that serve them, the other services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from fakecompute.domain.records.compute import Pairs
from fakecompute.kernel.store import Record

SCHEDULER, BACKUP, VOLUME = "cinder-scheduler", "cinder-backup", "cinder-volume"


class Pool(NamedTuple):
    """A pool of storage; `capacity` and sizes are in GiB.

    A thin pool may promise `max_over_subscription_ratio` times what it has, less `reserved_percentage` of it.
    `capabilities` are what the extra specs of volume types can ask for beside those that every pool reports.
    """

    name: str
    capacity: int = 1000
    thin: bool = True
    max_over_subscription_ratio: float = 20.0
    reserved_percentage: int = 0
    multiattach: bool = True
    capabilities: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class StorageService(Record):
    """A process of Cinder's on a host.

    `reporting` is whether it runs, `up` whether the others know of it, as with compute hosts.
    """

    host: str
    number: int
    service_id: str = ""
    availability_zone: str = "nova"
    reporting: bool = True
    up: bool = True
    outage: int = 0  # how many there were: the ticket of its events
    disabled: bool = False
    disabled_reason: str | None = None
    created_at: int = 0
    updated_at: int | None = None

    @property
    def is_up(self) -> bool:
        return self.up

    @property
    def place(self) -> str:
        """What the service is called by: the host, or back end."""
        return self.host


@dataclass(frozen=True, kw_only=True)
class CinderService(StorageService):
    """cinder-scheduler or cinder-backup; the id is `binary:host`."""

    indexes = {"binary": lambda service: service.binary}

    binary: str


@dataclass(frozen=True, kw_only=True)
class VolumeBackend(StorageService):
    """A back end and the cinder-volume that serves it; the id is `host@name`, as in a volume's host.

    What is taken of its pools stands in the totals of Volume.  `cluster` is the VolumeCluster that it belongs to.
    """

    indexes = {
        "service": lambda backend: backend.service_id,
        "name": lambda backend: backend.name,
        "cluster": lambda backend: backend.cluster,
    }
    binary: ClassVar[str] = VOLUME

    name: str  # volume_backend_name
    cluster: str | None = None
    pools: tuple[Pool, ...] = ()
    driver: str = "lvm"
    protocol: str = "iSCSI"
    frozen: bool = False
    replication_status: str = "disabled"
    replication_targets: tuple[str, ...] = ()
    active_backend_id: str | None = None  # the target that it has failed over to

    @property
    def place(self) -> str:
        return self.id

    def pool(self, name: str) -> Pool | None:
        return next((pool for pool in self.pools if pool.name == name), None)


@dataclass(frozen=True, kw_only=True)
class VolumeCluster(Record):
    """Back ends that serve the same storage together; the id is its name, `cluster@backend`."""

    number: int
    disabled: bool = False
    disabled_reason: str | None = None
    frozen: bool = False
    replication_status: str = "disabled"
    active_backend_id: str | None = None
    created_at: int = 0
    updated_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class LogLevel(Record):
    """How much a service logs, below the names that begin with a prefix; what was told last counts."""

    indexes = {"service": lambda level: level.service_id}

    service_id: str  # the record's id, or cinder-api
    prefix: str
    level: str
    number: int


def backend_id(host: str) -> str:
    """`storage@fast` of `storage@fast#pool`."""
    return host.partition("#")[0]
