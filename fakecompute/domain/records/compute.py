"""Nova's nouns, servers aside."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Flavor(Record):
    """The id is Nova's flavorid.  Servers keep a copy."""

    indexes = {"name": lambda flavor: flavor.name}

    name: str
    vcpus: int
    ram: int  # MiB
    disk: int  # GiB
    ephemeral: int = 0  # GiB
    swap: int = 0  # MiB
    rxtx_factor: float = 1.0
    is_public: bool = True
    disabled: bool = False
    description: str | None = None
    extra_specs: Pairs = ()
    access: tuple[str, ...] = ()  # projects, if it is not public
    number: int = 0  # the row's: the order of creation
    created_at: int = 0
    updated_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class KeyPair(Record):
    """The id is `user_id/name`; `number` is the integer that clients see."""

    indexes = {"user": lambda keypair: keypair.user_id}

    name: str
    user_id: str
    public_key: str
    fingerprint: str
    type: str = "ssh"
    created_at: int = 0
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class ServerGroup(Record):
    indexes = {"project": lambda group: group.project_id, "user": lambda group: (group.project_id, group.user_id)}

    name: str
    project_id: str
    user_id: str
    policy: str
    rules: Pairs = ()
    members: tuple[str, ...] = ()  # server ids, in the order of joining; deleted ones are left out when shown
    number: int = 0  # the row's: the order of creation
    created_at: int = 0


@dataclass(frozen=True, kw_only=True)
class Host(Record):
    """A compute node and its service; the id is the UUID of node and resource provider, `name` the host's.

    Capacity is what there is; what is taken stands in the totals of `Allocation`.
    """

    indexes = {"name": lambda host: host.name, "zone": lambda host: host.availability_zone}

    name: str
    number: int
    vcpus: int
    ram: int  # MiB
    disk: int  # GiB
    service_id: str = ""
    availability_zone: str = "nova"
    cpu_allocation_ratio: float = 4.0
    ram_allocation_ratio: float = 1.0
    disk_allocation_ratio: float = 1.0
    reserved_ram: int = 512
    disabled: bool = False
    disabled_reason: str | None = None
    up: bool = True  # as the others see it: false some time after it stopped reporting
    reporting: bool = True
    outage: int = 0  # how often it stopped
    forced_down: bool = False
    created_at: int = 0
    updated_at: int = 0

    @property
    def hypervisor_hostname(self) -> str:
        return self.name

    @property
    def capacity(self) -> tuple[int, int, int]:
        """vCPUs, MiB and GiB that may be given out, allocation ratios applied."""
        return (
            int(self.vcpus * self.cpu_allocation_ratio),
            int((self.ram - self.reserved_ram) * self.ram_allocation_ratio),
            int(self.disk * self.disk_allocation_ratio),
        )


@dataclass(frozen=True, kw_only=True)
class Aggregate(Record):
    indexes = {"name": lambda aggregate: aggregate.name}

    name: str
    number: int
    availability_zone: str | None = None
    hosts: tuple[str, ...] = ()  # names
    metadata: Pairs = ()
    created_at: int = 0
    updated_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Allocation(Record):
    """Room taken on a host; the id is the consumer's: a server, or the migration that keeps its old place."""

    indexes = {"host": lambda allocation: allocation.host}
    totals = {"host": lambda a: (a.host, (a.vcpus, a.ram, a.disk))}

    host: str  # name
    vcpus: int
    ram: int
    disk: int
    project_id: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class Quota(Record):
    """Limits that differ from the defaults.  The id is `project`, `project/user` or `class:NAME`."""

    indexes = {"of_users": lambda quota: quota.id.split("/")[0] if "/" in quota.id else None}  # by project

    limits: tuple[tuple[str, int], ...] = ()
