"""The sections `networks`, `routers` and `network_quotas` of a cloud definition.

networks:
  - name: private
    project: demo
    shared: true
    subnets:
      - {name: private-subnet, cidr: 10.0.0.0/22}
routers:
  - {name: router1, project: demo, gateway: public, interfaces: [private-subnet]}
network_quotas:
  demo: {port: 5000}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import begun, default_group, define_templates
from fakecompute.domain.network_quotas import DEFAULTS
from fakecompute.domain.network_routers import add_interface, make_router, set_gateway
from fakecompute.domain.network_segments import define_ranges, free_number, put_segment
from fakecompute.domain.network_sharing import EXTERNAL, set_shared
from fakecompute.domain.network_subnets import make_subnet
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.network import HostRoute, Network, NetworkQuota, Pool, Subnet
from fakecompute.errors import BadDefinition, FakeError

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Entries = list[dict[str, Any]]
NETWORK_KEYS = {
    "name", "project", "id", "shared", "external", "mtu", "description", "port_security_enabled", "is_default",
    "network_type", "physical_network", "segmentation_id", "dns_domain", "subnets",
}  # fmt: skip
SUBNET_KEYS = {
    "name", "id", "cidr", "gateway_ip", "enable_dhcp", "allocation_pools", "dns_nameservers", "host_routes",
    "ipv6_ra_mode", "ipv6_address_mode", "description",
}  # fmt: skip
ROUTER_KEYS = {"name", "project", "id", "gateway", "interfaces", "enable_snat", "description"}


def define_networks(cloud: Cloud, entries: Entries) -> None:
    """Networks with their subnets; and the default security group of every project."""
    define_templates(cloud)
    for project in sorted(cloud.store.all(Project), key=lambda project: project.id):
        default_group(cloud, project.id)
    define_ranges(cloud)
    for position, entry in enumerate(entries):
        place = f"networks[{position}]"
        _check_keys(place, entry, NETWORK_KEYS, {"name"})
        own = {key: value for key, value in entry.items() if key not in ("project", "subnets")}
        shared, external = bool(own.pop("shared", False)), own.pop("external", False)
        if external and "network_type" not in own:
            own |= {"network_type": "flat", "physical_network": "public", "mtu": own.get("mtu", 1500)}
        if own.get("network_type", "geneve") == "geneve" and "segmentation_id" not in own:
            own["segmentation_id"] = free_number(cloud, "geneve", None, "")
        network = Network(
            **{"id": cloud.streams.uuid_at("network", entry["name"]), **own},
            project_id=_project(cloud, place, entry.get("project", "admin")),
            revision_number=1,
            **begun(cloud),
        )
        cloud.store.put(network)
        put_segment(cloud, network, network.network_type, network.physical_network, network.segmentation_id)
        network = set_shared(cloud, set_shared(cloud, network, shared), external, EXTERNAL)
        for number, shape in enumerate(entry.get("subnets", ())):
            _subnet(cloud, network, f"{place}.subnets[{number}]", shape)


def _subnet(cloud: Cloud, network: Network, place: str, entry: Mapping[str, Any]) -> None:
    _check_keys(place, entry, SUBNET_KEYS, {"cidr"})
    own = {key: value for key, value in entry.items() if key not in ("id", "cidr")}
    name = entry.get("name", "")
    if "allocation_pools" in own:
        own["allocation_pools"] = tuple(Pool(str(p["start"]), str(p["end"])) for p in own["allocation_pools"])
    if "host_routes" in own:
        own["host_routes"] = tuple(HostRoute(r["destination"], r["nexthop"]) for r in own["host_routes"])
    if "dns_nameservers" in own:
        own["dns_nameservers"] = tuple(own["dns_nameservers"])
    id = entry.get("id") or cloud.streams.uuid_at("subnet", network.name, name or entry["cidr"])
    try:
        make_subnet(cloud, network, network.project_id, str(entry["cidr"]), id=id, **own)
    except (FakeError, ValueError) as error:
        raise BadDefinition([f"{place}: {error}"]) from None


def define_routers(cloud: Cloud, entries: Entries) -> None:
    """Routers, by the names of their external network and of the subnets that they join."""
    for position, entry in enumerate(entries):
        place = f"routers[{position}]"
        _check_keys(place, entry, ROUTER_KEYS, {"name"})
        own = {key: value for key, value in entry.items() if key not in ("project", "gateway", "interfaces")}
        id = own.pop("id", None) or cloud.streams.uuid_at("router", entry["name"])
        router = make_router(cloud, _project(cloud, place, entry.get("project", "admin")), id=id, **own)
        if "gateway" in entry:
            network = cloud.store.one(Network, "name", entry["gateway"])
            if network is None or not network.external:
                raise BadDefinition([f"{place}.gateway: there is no external network {entry['gateway']!r}"])
            set_gateway(cloud, router, network)
        for name in entry.get("interfaces", ()):
            found = [subnet for subnet in cloud.store.all(Subnet) if subnet.name == name]
            if len(found) != 1:
                raise BadDefinition([f"{place}.interfaces: there is no one subnet {name!r}"])
            add_interface(cloud, router, found[0])


def define_network_quotas(cloud: Cloud, entries: Mapping[str, Mapping[str, int]]) -> None:
    """Neutron's limits of projects, by name; -1 is unlimited."""
    for name, limits in dict(entries or {}).items():
        place = f"network_quotas.{name}"
        _check_keys(place, limits, set(DEFAULTS), set())
        cloud.store.put(NetworkQuota(id=_project(cloud, place, name), limits=tuple(limits.items())))


def _project(cloud: Cloud, place: str, name: str) -> str:
    project = cloud.store.one(Project, "name", ("default", name))
    if project is None:
        raise BadDefinition([f"{place}.project: there is no project {name!r}"])
    return project.id


def _check_keys(place: str, entry: Mapping[str, Any], known: set[str], needed: set[str]) -> None:
    mistakes = [f"{place}.{key}: there is no such key" for key in sorted(entry.keys() - known)]
    mistakes += [f"{place}.{key}: is missing" for key in sorted(needed - entry.keys())]
    if mistakes:
        raise BadDefinition(mistakes)
