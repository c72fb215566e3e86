"""Where subnets get their prefixes from, and names for many addresses at once."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.domain.records.network import Standard
from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class AddressScope(Record):
    """Within it no address is there twice."""

    indexes = {"project": lambda scope: scope.project_id}

    project_id: str
    ip_version: int
    name: str = ""
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class SubnetPool(Standard):
    """Prefixes that subnets are cut from."""

    indexes = {
        "project": lambda pool: pool.project_id,
        "scope": lambda pool: pool.address_scope_id,
        "default": lambda pool: pool.ip_version if pool.is_default else None,
    }

    prefixes: tuple[str, ...]
    ip_version: int
    min_prefixlen: int
    max_prefixlen: int
    default_prefixlen: int
    default_quota: int | None = None  # in addresses of IPv4, or /64 of IPv6, that a project may have of it
    address_scope_id: str | None = None
    is_default: bool = False
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class AddressGroup(Standard):
    """Prefixes that rules of security groups name together."""

    indexes = {"project": lambda group: group.project_id}

    addresses: tuple[str, ...] = ()
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Segment(Record):
    """A part of layer 2 that a network is made of; most are made of one."""

    indexes = {
        "network": lambda segment: segment.network_id,
        "number": lambda segment: (segment.network_type, segment.physical_network, segment.segmentation_id),
    }

    network_id: str
    network_type: str
    physical_network: str | None = None
    segmentation_id: int | None = None
    name: str | None = None
    description: str | None = None
    number: int = 0  # in the order of creation
    revision_number: int = 0
    created_at: int = 0
    updated_at: int = 0


@dataclass(frozen=True, kw_only=True)
class SegmentRange(Standard):
    """Segmentation ids that networks of a project, or of all, get theirs from; `default` ones are configured."""

    indexes = {"type": lambda one: one.network_type}

    network_type: str
    physical_network: str = ""
    minimum: int
    maximum: int
    default: bool = False
    shared: bool = True
