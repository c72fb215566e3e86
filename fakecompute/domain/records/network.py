"""Neutron's nouns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from fakecompute.kernel.store import Record


class Pool(NamedTuple):
    """A range of addresses that ports get theirs from, both ends included."""

    start: str
    end: str


class HostRoute(NamedTuple):
    destination: str
    nexthop: str


class FixedIP(NamedTuple):
    subnet_id: str
    ip_address: str


class AddressPair(NamedTuple):
    """Another source address that a port may send from."""

    ip_address: str
    mac_address: str


class DHCPOption(NamedTuple):
    opt_name: str
    opt_value: str
    ip_version: int


@dataclass(frozen=True, kw_only=True)
class Standard(Record):
    """What all of Neutron's resources have."""

    project_id: str
    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    revision_number: int = 0  # what the client sees begins at 1 or more: each write counts
    created_at: int = 0
    updated_at: int = 0


@dataclass(frozen=True, kw_only=True)
class Network(Standard):
    indexes = {
        "project": lambda network: network.project_id,
        "shared": lambda network: network.shared or None,
        "qos": lambda network: network.qos_policy_id,
        "external": lambda network: network.external or None,
        "name": lambda network: network.name,
    }

    status: str = "ACTIVE"
    admin_state_up: bool = True
    shared: bool = False
    external: bool = False
    is_default: bool = False
    mtu: int = 1442
    port_security_enabled: bool = True
    dns_domain: str = ""
    qos_policy_id: str | None = None
    availability_zone_hints: tuple[str, ...] = ()
    network_type: str = "geneve"
    physical_network: str | None = None
    segmentation_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Subnet(Standard):
    indexes = {
        "project": lambda subnet: subnet.project_id,
        "network": lambda subnet: subnet.network_id,
        "pool": lambda subnet: subnet.subnetpool_id,
        "segment": lambda subnet: subnet.segment_id,
    }

    network_id: str
    ip_version: int
    cidr: str
    gateway_ip: str | None = None
    enable_dhcp: bool = True
    allocation_pools: tuple[Pool, ...] = ()
    dns_nameservers: tuple[str, ...] = ()
    host_routes: tuple[HostRoute, ...] = ()
    ipv6_ra_mode: str | None = None
    ipv6_address_mode: str | None = None
    service_types: tuple[str, ...] = ()
    subnetpool_id: str | None = None  # what it was cut from
    segment_id: str | None = None  # the part of its network that it is for
    number: int = 0  # in the order of creation: which subnet a port's address is taken from first

    @property
    def auto_address(self) -> bool:
        """Do hosts make their own addresses here, from the MAC?"""
        return self.ipv6_address_mode in ("slaac", "dhcpv6-stateless")


@dataclass(frozen=True, kw_only=True)
class Port(Standard):
    """`attachment` orders the ports of a server; `owned_by_nova` tells which go when the server goes."""

    indexes = {
        "project": lambda port: port.project_id,
        "network": lambda port: port.network_id,
        "device": lambda port: port.device_id or None,
        "mac": lambda port: (port.network_id, port.mac_address),
        "address": lambda port: [(ip.subnet_id, ip.ip_address) for ip in port.fixed_ips],
        "subnet": lambda port: [ip.subnet_id for ip in port.fixed_ips],
        "group": lambda port: list(port.security_groups),
        "qos": lambda port: port.qos_policy_id,
    }

    network_id: str
    mac_address: str
    status: str = "DOWN"
    admin_state_up: bool = True
    fixed_ips: tuple[FixedIP, ...] = ()
    device_id: str = ""
    device_owner: str = ""
    security_groups: tuple[str, ...] = ()  # ids
    port_security_enabled: bool = True
    allowed_address_pairs: tuple[AddressPair, ...] = ()
    extra_dhcp_opts: tuple[DHCPOption, ...] = ()
    dns_name: str = ""
    qos_policy_id: str | None = None
    propagate_uplink_status: bool = True
    device_profile: str | None = None
    numa_affinity_policy: str | None = None
    ip_allocation: str = "immediate"
    host: str = ""  # binding:host_id
    vnic_type: str = "normal"
    vif_type: str = "unbound"
    vif_details: tuple[tuple[str, Any], ...] = ()
    profile: tuple[tuple[str, Any], ...] = ()
    attachment: int = 0
    owned_by_nova: bool = False
    tag: str | None = None  # Nova's name for the device


@dataclass(frozen=True, kw_only=True)
class SecurityGroup(Standard):
    """The default group of a project is `is_default`; whatever it is called, it is the one."""

    indexes = {
        "project": lambda group: group.project_id,
        "default": lambda group: group.project_id if group.is_default else None,
        "name": lambda group: (group.project_id, group.name),
    }

    stateful: bool = True
    is_default: bool = False
    shared: bool = False  # with everybody, by a policy (domain/network_sharing.py)


@dataclass(frozen=True, kw_only=True)
class SecurityGroupRule(Standard):
    indexes = {
        "project": lambda rule: rule.project_id,
        "group": lambda rule: rule.security_group_id,
        "remote": lambda rule: rule.remote_group_id,
        "address_group": lambda rule: rule.remote_address_group_id,
    }

    security_group_id: str
    direction: str
    ethertype: str = "IPv4"
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None
    belongs_to_default_sg: bool = False
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class DefaultRule(Record):
    """What the groups of all projects begin with; `remote_group_id` PARENT stands for the group itself."""

    direction: str
    description: str = ""
    ethertype: str = "IPv4"
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None
    remote_address_group_id: str | None = None
    used_in_default_sg: bool = False
    used_in_non_default_sg: bool = True
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Router(Standard):
    """Its gateway and its interfaces are ports whose device it is."""

    indexes = {
        "project": lambda router: router.project_id,
        "qos": lambda router: router.qos_policy_id,
        "flavor": lambda router: router.flavor_id,
    }

    status: str = "ACTIVE"
    admin_state_up: bool = True
    enable_snat: bool = True
    qos_policy_id: str | None = None  # of its gateway
    distributed: bool = False
    ha: bool = False
    enable_ndp_proxy: bool = False
    flavor_id: str | None = None
    routes: tuple[HostRoute, ...] = ()
    availability_zone_hints: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FloatingIP(Standard):
    indexes = {
        "project": lambda floating: floating.project_id,
        "port": lambda floating: floating.port_id,
        "address": lambda floating: floating.floating_ip_address,
        "network": lambda floating: floating.floating_network_id,
        "router": lambda floating: floating.router_id,
        "qos": lambda floating: floating.qos_policy_id,
    }

    floating_network_id: str
    floating_ip_address: str
    status: str = "DOWN"
    port_id: str | None = None
    fixed_ip_address: str | None = None
    router_id: str | None = None
    dns_name: str = ""
    dns_domain: str = ""
    qos_policy_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkQuota(Record):
    """Limits of a project that differ from the defaults; the id is the project's."""

    limits: tuple[tuple[str, int], ...] = ()
