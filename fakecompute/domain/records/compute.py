"""Nova's nouns, servers aside."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, NamedTuple

from fakecompute.kernel.store import Part, Record

Pairs = tuple[tuple[str, str], ...]

_HOSTS = IPv4Address("198.18.0.0")  # the range of RFC 2544: nobody's network
Amounts = tuple[tuple[str, int], ...]  # by resource class
ROOM = ("VCPU", "MEMORY_MB", "DISK_GB")  # the classes that every host has

# What a libvirt node of today tells Placement that it can do.
# fmt: off
LIBVIRT_TRAITS = (
    "COMPUTE_ACCELERATORS", "COMPUTE_DEVICE_TAGGING", "COMPUTE_GRAPHICS_MODEL_CIRRUS", "COMPUTE_GRAPHICS_MODEL_QXL",
    "COMPUTE_GRAPHICS_MODEL_VGA", "COMPUTE_GRAPHICS_MODEL_VIRTIO", "COMPUTE_IMAGE_TYPE_AKI", "COMPUTE_IMAGE_TYPE_AMI",
    "COMPUTE_IMAGE_TYPE_ARI", "COMPUTE_IMAGE_TYPE_ISO", "COMPUTE_IMAGE_TYPE_QCOW2", "COMPUTE_IMAGE_TYPE_RAW",
    "COMPUTE_NET_ATTACH_INTERFACE", "COMPUTE_NET_ATTACH_INTERFACE_WITH_TAG", "COMPUTE_NET_VIF_MODEL_E1000",
    "COMPUTE_NET_VIF_MODEL_VIRTIO", "COMPUTE_NET_VIRTIO_PACKED", "COMPUTE_NODE", "COMPUTE_RESCUE_BFV",
    "COMPUTE_SOCKET_PCI_NUMA_AFFINITY", "COMPUTE_STORAGE_BUS_IDE", "COMPUTE_STORAGE_BUS_SATA",
    "COMPUTE_STORAGE_BUS_SCSI", "COMPUTE_STORAGE_BUS_USB", "COMPUTE_STORAGE_BUS_VIRTIO", "COMPUTE_TRUSTED_CERTS",
    "COMPUTE_VOLUME_ATTACH", "COMPUTE_VOLUME_ATTACH_WITH_TAG", "COMPUTE_VOLUME_EXTEND", "COMPUTE_VOLUME_MULTI_ATTACH",
    "HW_ARCH_X86_64", "HW_CPU_HYPERTHREADING", "HW_CPU_X86_AESNI", "HW_CPU_X86_AVX", "HW_CPU_X86_AVX2",
    "HW_CPU_X86_SSE", "HW_CPU_X86_SSE2", "HW_CPU_X86_SSE41", "HW_CPU_X86_SSE42", "HW_CPU_X86_SSSE3",
    "HW_CPU_X86_VMX", "OWNER_NOVA",
)
# fmt: on


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

    Capacity is what there is; what is taken stands in the totals of `Allocation`.  `resources` is what it offers
    beyond vCPUs, RAM and disk.
    """

    indexes = {
        "name": lambda host: host.name,
        "zone": lambda host: host.availability_zone,
        "number": lambda host: host.number,
        "service": lambda host: host.service_id,
        "offers": lambda host: True if host.resources else None,
    }

    name: str
    number: int
    vcpus: int
    ram: int  # MiB
    disk: int  # GiB
    service_id: str = ""
    availability_zone: str = "nova"  # of the aggregate that names one (domain/aggregates.py)
    cpu_allocation_ratio: float = 4.0
    ram_allocation_ratio: float = 1.0
    disk_allocation_ratio: float = 1.0
    reserved_ram: int = 512
    traits: tuple[str, ...] = LIBVIRT_TRAITS  # COMPUTE_STATUS_DISABLED aside, which is `disabled`
    resources: Amounts = ()
    architecture: str = "x86_64"
    hypervisor_type: str = "QEMU"
    hypervisor_version: int = 8002002
    cell: str = "cell1"
    failed_builds: int = 0  # since the last one that went well
    disabled: bool = False
    disabled_reason: str | None = None
    up: bool = True  # as the others see it: false some time after it stopped reporting
    reporting: bool = True
    outage: int = 0  # how often it stopped
    forced_down: bool = False
    agent_lost_at: int = 0  # since when its network agent has been silent
    created_at: int = 0
    updated_at: int = 0

    @property
    def hypervisor_hostname(self) -> str:
        return self.name

    @property
    def ip(self) -> str:
        """The address that other hosts know it by."""
        return str(_HOSTS + self.number)

    @property
    def is_up(self) -> bool:
        """Do the others count on it?"""
        return self.up and not self.forced_down

    @property
    def capacity(self) -> tuple[int, int, int]:
        """vCPUs, MiB and GiB that may be given out, allocation ratios applied."""
        return (
            int(self.vcpus * self.cpu_allocation_ratio),
            int((self.ram - self.reserved_ram) * self.ram_allocation_ratio),
            int(self.disk * self.disk_allocation_ratio),
        )


@dataclass(frozen=True, kw_only=True)
class ControlService(Record):
    """One of Nova's own services, which run on no compute host."""

    binary: str
    host: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Cell(Record):
    """A cell that was down at some time; the id is its name.  All others are up."""

    down: bool = False


@dataclass(frozen=True, kw_only=True)
class Aggregate(Record):
    indexes = {
        "name": lambda aggregate: aggregate.name,
        "number": lambda aggregate: aggregate.number,  # what clients call it by
        "host": lambda aggregate: list(aggregate.hosts),
        "zone": lambda aggregate: aggregate.availability_zone,
        "key": lambda aggregate: [key for key, _ in aggregate.metadata],
    }

    name: str
    number: int
    hosts: tuple[str, ...] = ()  # names
    metadata: Pairs = ()
    created_at: int = 0
    updated_at: int | None = None

    @property
    def availability_zone(self) -> str | None:
        """The zone that it makes, if any."""
        return next((value for key, value in self.metadata if key == "availability_zone"), None)


class Share(NamedTuple):
    """A part of an allocation: what is taken in one place, a host (by name) or another provider (by id)."""

    place: str
    resources: Amounts


def _places(allocation: Any) -> str | list[str] | None:
    if not allocation.elsewhere:
        return allocation.host  # type: ignore[no-any-return]
    return [share.place for share in allocation.shares]


def _room(allocation: Any) -> Part | list[Part] | None:
    """vCPUs, MiB and GiB, by place."""
    if not allocation.elsewhere:
        return allocation.host, (allocation.vcpus, allocation.ram, allocation.disk)
    sizes = ((share.place, dict(share.resources)) for share in allocation.shares)
    return [(place, tuple(amounts.get(name, 0) for name in ROOM)) for place, amounts in sizes]


def _others(allocation: Any) -> list[Part] | None:
    """Of all other resource classes, by place and class."""
    if not allocation.others and not allocation.elsewhere:
        return None
    return [
        ((share.place, name), (amount,))
        for share in allocation.shares
        for name, amount in share.resources
        if name not in ROOM
    ]


@dataclass(frozen=True, kw_only=True)
class Allocation(Record):
    """What a consumer takes; its id is the consumer's: a server, the migration that keeps its old place, or whoever.

    Most take of one compute host and of nothing else: `host`, `vcpus`, `ram`, `disk` and `others`.  What other
    providers give, and other hosts, is `elsewhere`.
    """

    indexes = {"host": _places, "project": lambda allocation: allocation.project_id}
    totals = {"host": _room, "others": _others}

    host: str | None  # name
    vcpus: int
    ram: int
    disk: int
    project_id: str
    user_id: str
    others: Amounts = ()
    elsewhere: tuple[Share, ...] = ()
    generation: int = 1
    consumer_type: str | None = None  # Nova says none
    updated_at: int = 0

    @property
    def shares(self) -> tuple[Share, ...]:
        """All of it, place by place."""
        if self.host is None:
            return self.elsewhere
        room = zip(ROOM, (self.vcpus, self.ram, self.disk), strict=True)
        own = (*((name, amount) for name, amount in room if amount), *self.others)
        return (Share(self.host, own), *self.elsewhere)


@dataclass(frozen=True, kw_only=True)
class Quota(Record):
    """Limits that differ from the defaults.  The id is `project`, `project/user` or `class:NAME`."""

    indexes = {"of_users": lambda quota: quota.id.split("/")[0] if "/" in quota.id else None}  # by project

    limits: tuple[tuple[str, int], ...] = ()
