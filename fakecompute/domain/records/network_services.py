"""What stands beside routers, floating IPs and ports: forwardings, helpers, proxies, meters, logs, flavors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fakecompute.domain.records.network import Standard
from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class PortBinding(Record):
    """A binding of a port that is not the active one: what live migration prepares, and leaves behind."""

    indexes = {"port": lambda binding: binding.port_id}

    port_id: str
    host: str
    vnic_type: str = "normal"
    vif_type: str = "unbound"
    vif_details: tuple[tuple[str, Any], ...] = ()
    profile: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class PortForwarding(Standard):
    """Ports of a floating IP that lead to ports of an address inside; first and last of each."""

    indexes = {
        "floatingip": lambda one: one.floatingip_id,
        "port": lambda one: one.internal_port_id,
    }

    floatingip_id: str
    protocol: str
    internal_port_id: str
    internal_ip_address: str
    internal_ports: tuple[int, int]
    external_ports: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class ConntrackHelper(Record):
    indexes = {"router": lambda helper: helper.router_id}

    project_id: str
    router_id: str
    protocol: str
    port: int
    helper: str


@dataclass(frozen=True, kw_only=True)
class NDPProxy(Standard):
    indexes = {
        "project": lambda proxy: proxy.project_id,
        "router": lambda proxy: proxy.router_id,
        "port": lambda proxy: proxy.port_id,
    }

    router_id: str
    port_id: str
    ip_address: str


@dataclass(frozen=True, kw_only=True)
class LocalIP(Standard):
    indexes = {"project": lambda local: local.project_id, "port": lambda local: local.local_port_id}

    local_port_id: str
    network_id: str
    local_ip_address: str
    ip_mode: str = "translate"


@dataclass(frozen=True, kw_only=True)
class LocalIPAssociation(Record):
    indexes = {
        "local_ip": lambda association: association.local_ip_id,
        "port": lambda association: association.fixed_port_id,
    }

    project_id: str
    local_ip_id: str
    fixed_port_id: str
    fixed_ip: str


@dataclass(frozen=True, kw_only=True)
class MeteringLabel(Standard):
    indexes = {"project": lambda label: label.project_id}

    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class MeteringLabelRule(Record):
    indexes = {"label": lambda rule: rule.metering_label_id}

    project_id: str
    metering_label_id: str
    direction: str
    excluded: bool = False
    remote_ip_prefix: str | None = None
    source_ip_prefix: str | None = None
    destination_ip_prefix: str | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkLog(Standard):
    """What of a security group's decisions, or of a router's translations, is to be logged."""

    indexes = {
        "project": lambda log: log.project_id,
        "resource": lambda log: log.resource_id,
        "target": lambda log: log.target_id,
    }

    resource_type: str
    resource_id: str | None = None
    target_id: str | None = None
    event: str = "ALL"
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class ServiceProfile(Record):
    description: str | None = ""
    driver: str = ""
    metainfo: str = ""  # as JSON
    enabled: bool = True


@dataclass(frozen=True, kw_only=True)
class NetworkFlavor(Record):
    indexes = {"profile": lambda flavor: list(flavor.service_profiles)}

    name: str = ""
    description: str | None = ""
    service_type: str
    enabled: bool = True
    service_profiles: tuple[str, ...] = ()
