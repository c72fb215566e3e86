"""The filters by Nova's names: each reads the request once, and tells hosts that will do from those that will not.

A filter that the request gives nothing to do is None, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.scheduler.aggregates import least_of, metadata_of, values_of
from fakecompute.domain.scheduler.host_state import STATE, instances, io_operations
from fakecompute.domain.scheduler.image_properties import image_properties
from fakecompute.domain.scheduler.operators import matches
from fakecompute.domain.scheduler.request import Request

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Test = Callable[[Host], bool]
Filter = Callable[["Cloud", Request], Test | None]


def passing(cloud: Cloud, request: Request, hosts: list[Host], names: tuple[str, ...] | None = None) -> list[Host]:
    """Those that every enabled filter (or every one of `names`) lets pass, asked in their order."""
    for name in cloud.settings.enabled_filters if names is None else names:
        test = FILTERS[name](cloud, request)
        if test is not None:
            hosts = [host for host in hosts if test(host)]
        if not hosts:
            break
    return hosts


# --- the host


def _all_hosts(cloud: Cloud, request: Request) -> Test | None:
    return None


def _compute(cloud: Cloud, request: Request) -> Test | None:
    """Services that are enabled and heard of."""
    return lambda host: host.is_up and not host.disabled


def _io_ops(cloud: Cloud, request: Request) -> Test | None:
    most, more = cloud.settings.max_io_ops_per_host, request.io
    return lambda host: io_operations(cloud, host) + more.get(host.name, 0) < most


def _aggregate_io_ops(cloud: Cloud, request: Request) -> Test | None:
    usual, more = cloud.settings.max_io_ops_per_host, request.io
    most = least_of(cloud, "max_io_ops_per_host")
    return lambda host: io_operations(cloud, host) + more.get(host.name, 0) < most.get(host.name, usual)


def _num_instances(cloud: Cloud, request: Request) -> Test | None:
    most = cloud.settings.max_instances_per_host
    return lambda host: instances(cloud, host) < most


def _aggregate_num_instances(cloud: Cloud, request: Request) -> Test | None:
    usual, most = cloud.settings.max_instances_per_host, least_of(cloud, "max_instances_per_host")
    return lambda host: instances(cloud, host) < most.get(host.name, usual)


def _isolated_hosts(cloud: Cloud, request: Request) -> Test | None:
    """Some images go to some hosts; and nothing else does, if the setting says so."""
    settings = cloud.settings
    kept, alone = frozenset(settings.isolated_hosts), settings.restrict_isolated_hosts_to_isolated_images
    if not settings.isolated_images:
        return (lambda host: host.name not in kept) if alone else None
    isolated = request.image_id in settings.isolated_images
    if alone:
        return lambda host: (host.name in kept) == isolated
    return (lambda host: host.name in kept) if isolated else None


# --- the flavor

CAPABILITIES = "capabilities:"


def _compute_capabilities(cloud: Cloud, request: Request) -> Test | None:
    """`capabilities:` in the extra specs; keys without a scope count if a host has something of that name."""
    wanted = []
    for key, value in request.flavor.extra_specs:
        if key == "hw:maxphysaddr_bits":
            wanted.append(("cpu_info:maxphysaddr:bits", f">= {value}"))
        elif key.startswith(CAPABILITIES):
            wanted.append((key.removeprefix(CAPABILITIES), value))
        elif ":" not in key and key in STATE:
            wanted.append((key, value))
    if not wanted:
        return None
    return lambda host: all(key in STATE and matches(str(STATE[key](cloud, host)), value) for key, value in wanted)


SCOPE = "aggregate_instance_extra_specs:"


def _aggregate_extra_specs(cloud: Cloud, request: Request) -> Test | None:
    """Extra specs of this scope, or of none, must stand in the metadata of the host's aggregates."""
    specs = [
        (key.removeprefix(SCOPE), value)
        for key, value in request.flavor.extra_specs
        if key.startswith(SCOPE) or ":" not in key
    ]
    if not specs:
        return None

    def test(host: Host) -> bool:
        known = metadata_of(cloud, host)
        return all(any(matches(own, wanted) for own in known.get(key, ())) for key, wanted in specs)

    return test


def _aggregate_type_affinity(cloud: Cloud, request: Request) -> Test | None:
    """Hosts of some aggregates take only flavors of some names."""
    reserved = {
        host: {name.strip() for value in values for name in value.split(",")}
        for host, values in values_of(cloud, "instance_type").items()
    }
    name = request.flavor.name
    return (lambda host: host.name not in reserved or name in reserved[host.name]) if reserved else None


# --- the image


def _image_properties(cloud: Cloud, request: Request) -> Test | None:
    return image_properties(request.properties)


def _aggregate_image_isolation(cloud: Cloud, request: Request) -> Test | None:
    """Where the image and the host's aggregates speak of the same property, they must agree."""
    space, properties = cloud.settings.aggregate_image_properties_isolation_namespace, request.properties
    if not properties:
        return None

    def test(host: Host) -> bool:
        return all(
            str(properties[key]) in values
            for key, values in metadata_of(cloud, host).items()
            if properties.get(key) and (not space or key.startswith(f"{space}."))
        )

    return test


# --- the project


def _multi_tenancy(cloud: Cloud, request: Request) -> Test | None:
    """Hosts of aggregates with `filter_tenant_id...` take the servers of those projects alone."""

    def test(host: Host) -> bool:
        known = metadata_of(cloud, host)
        owners = {id for key, ids in known.items() if key.startswith("filter_tenant_id") for id in ids}
        return not owners or request.project_id in owners

    return test


# --- other servers


def _anti_affinity(cloud: Cloud, request: Request) -> Test | None:
    """So many members of the group on a host, and no more; where the server is, it may stay."""
    if request.policy != "anti-affinity":
        return None
    most = int(request.rules.get("max_server_per_host", 1))
    members, own = request.members, request.own_host
    return lambda host: host.name == own or members.get(host.name, 0) < most


def _affinity(cloud: Cloud, request: Request) -> Test | None:
    """Where a member is, the server itself included: alone in its group it cannot be moved."""
    members = request.members
    if request.policy != "affinity" or not members:
        return None
    return lambda host: host.name in members


def _hosts_of_servers(cloud: Cloud, ids: Any) -> set[str | None]:
    found = (cloud.store.find(Server, id) for id in ([ids] if isinstance(ids, str) else ids))
    return {server.host for server in found if server is not None and not server.deleted}


def _different_host(cloud: Cloud, request: Request) -> Test | None:
    if not (ids := request.hints.get("different_host")):
        return None
    hosts = _hosts_of_servers(cloud, ids)
    return lambda host: host.name not in hosts


def _same_host(cloud: Cloud, request: Request) -> Test | None:
    if not (ids := request.hints.get("same_host")):
        return None
    hosts = _hosts_of_servers(cloud, ids)
    return lambda host: host.name in hosts


def _near_host_ip(cloud: Cloud, request: Request) -> Test | None:
    """Hosts of the network around an address."""
    if not (near := _only(request.hints.get("build_near_host_ip"))):
        return None
    mask = str(_only(request.hints.get("cidr")) or "/24")
    try:
        around = ip_network(f"{near}/{mask.lstrip('/')}", strict=False)
    except ValueError:
        return lambda host: False
    return lambda host: ip_address(host.ip) in around


def _only(hint: Any) -> Any:
    return hint[0] if isinstance(hint, list) and hint else hint


# fmt: off
FILTERS: dict[str, Filter] = {
    "AllHostsFilter":                     _all_hosts,
    "ComputeFilter":                      _compute,
    "ComputeCapabilitiesFilter":          _compute_capabilities,
    "ImagePropertiesFilter":              _image_properties,
    "ServerGroupAntiAffinityFilter":      _anti_affinity,
    "ServerGroupAffinityFilter":          _affinity,
    "DifferentHostFilter":                _different_host,
    "SameHostFilter":                     _same_host,
    "SimpleCIDRAffinityFilter":           _near_host_ip,
    "AggregateInstanceExtraSpecsFilter":  _aggregate_extra_specs,
    "AggregateImagePropertiesIsolation":  _aggregate_image_isolation,
    "AggregateTypeAffinityFilter":        _aggregate_type_affinity,
    "AggregateMultiTenancyIsolation":     _multi_tenancy,
    "IsolatedHostsFilter":                _isolated_hosts,
    "IoOpsFilter":                        _io_ops,
    "AggregateIoOpsFilter":               _aggregate_io_ops,
    "NumInstancesFilter":                 _num_instances,
    "AggregateNumInstancesFilter":        _aggregate_num_instances,
}
# fmt: on
ON_REBUILD = ("ImagePropertiesFilter", "AggregateImagePropertiesIsolation", "IsolatedHostsFilter")  # these ask again
