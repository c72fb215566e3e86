"""Networks, ports and security groups that a server is asked for with: may it be, and why not, in Nova's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fakecompute.domain.network import default_group
from fakecompute.domain.network_quotas import room_for
from fakecompute.domain.network_sharing import is_open, is_shared, networks_for
from fakecompute.domain.records.network import Network, Port, SecurityGroup, Subnet
from fakecompute.domain.records.server import NetworkRequest
from fakecompute.errors import BadRequest, Conflict, Forbidden

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Requests = tuple[NetworkRequest, ...] | None
_UUID = re.compile(r"[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}")


class NetworkNotFound(BadRequest):
    message = "Network {id} could not be found."


class PortNotFound(BadRequest):
    message = "Port id {id} could not be found."


class PortInUse(Conflict):
    message = "Port {id} is still in use."


class PortRequiresFixedIP(BadRequest):
    message = "Port {id} requires a FixedIP in order to be used."


class PortGivenTwice(BadRequest):
    message = "Port ID '{id}' was specified twice: you cannot attach a port multiple times."


class FixedIpWithPort(BadRequest):
    message = (
        "Specified Fixed IP '{ip}' cannot be used with port '{id}': the two cannot be specified together."
    )


class NetworkRequiresSubnet(BadRequest):
    message = "Network {id} requires a subnet in order to boot instances on."


class ExternalNetworkAttachForbidden(Forbidden):
    message = "It is not allowed to create an interface on external network {id}"


class NetworkAmbiguous(Conflict):
    message = (
        "More than one possible network found. Specify network ID(s) to select which one(s) to connect to."
    )


class UnableToAutoAllocateNetwork(BadRequest):
    message = "Unable to automatically allocate a network for project {project_id}"


class FixedIpAlreadyInUse(BadRequest):
    message = "Fixed IP address {address} is already in use on instance {server}."


class PortLimitExceeded(Forbidden):
    message = "Maximum number of ports exceeded"


class ManyWithOnePort(BadRequest):
    message = (
        "Failed to launch instances: Unable to launch multiple instances with a single configured port ID."
        " Please launch your instance one by one with different ports."
    )


class ManyWithOneFixedIp(BadRequest):
    message = "Failed to launch instances: max_count cannot be greater than 1 if an fixed_ip is specified."


class SecurityGroupNotFound(BadRequest):
    message = "Unable to find security_group with name or id '{name}'"


class NoUniqueMatch(Conflict):
    message = "Multiple security_group matches found for name '{name}', use an ID to be more specific."


# --- networks and ports


def check_requests(
    cloud: Cloud,
    project_id: str,
    is_admin: bool,
    requests: Requests,
    count: int = 1,
    *,
    fewest: int | None = None,
    auto: bool = False,
) -> int:
    """Can `count` servers be on these networks?  Raises why not.

    The answer is how many of them the port quota has room for: at least `fewest`, which is all unless told.
    `auto` stands for `networks: auto`, which wants a network to be there.
    """
    if requests is None:
        ports = 1
        if not automatic_network(cloud, project_id) and auto:
            raise UnableToAutoAllocateNetwork(project_id=project_id)
    else:
        if count > 1:
            _check_many(requests)
        _check_ports(cloud, project_id, is_admin, requests)
        _check_networks(cloud, project_id, is_admin, requests)
        ports = sum(request.port_id is None for request in requests)
    return _check_port_quota(cloud, project_id, ports, count, count if fewest is None else fewest)


def _check_many(requests: tuple[NetworkRequest, ...]) -> None:
    """nova/compute/api.py: _check_multiple_instances_with_specified_ip."""
    if any(request.fixed_ip and request.network_id for request in requests):
        raise ManyWithOneFixedIp
    if any(request.port_id for request in requests):
        raise ManyWithOnePort


def _check_ports(cloud: Cloud, project_id: str, is_admin: bool, requests: tuple[NetworkRequest, ...]) -> None:
    seen: set[str] = set()
    for id, address in ((request.port_id, request.fixed_ip) for request in requests if request.port_id):
        if address:
            raise FixedIpWithPort(ip=address, id=id)
        if id in seen:
            raise PortGivenTwice(id=id)
        seen.add(id)
    for id in sorted(seen, key=[request.port_id for request in requests].index):
        port = cloud.store.find(Port, id)
        if port is None or not (is_admin or port.project_id == project_id):
            raise PortNotFound(id=id)
        if port.device_id:
            raise PortInUse(id=id)
        if not port.fixed_ips and port.ip_allocation != "none":
            raise PortRequiresFixedIP(id=id)


def _check_networks(
    cloud: Cloud, project_id: str, is_admin: bool, requests: tuple[NetworkRequest, ...]
) -> None:
    """nova/network/neutron.py: _ports_needed_per_instance."""
    wanted = [request for request in requests if request.port_id is None and request.network_id]
    for request in wanted:
        if request.fixed_ip and (holder := _seen_holder(cloud, project_id, is_admin, request)):
            raise FixedIpAlreadyInUse(address=request.fixed_ip, server=holder.device_id)
    found = {r.network_id: visible_network(cloud, project_id, is_admin, r.network_id) for r in wanted}
    for network in found.values():
        if network is not None and not cloud.store.count(Subnet, "network", network.id):
            raise NetworkRequiresSubnet(id=network.id)
    if lost := [str(id) for id, network in found.items() if network is None]:
        raise NetworkNotFound(id=", ".join(lost))
    for network in found.values():
        if network and network.external and not is_shared(cloud, network, project_id) and not is_admin:
            raise ExternalNetworkAttachForbidden(id=network.id)


def visible_network(cloud: Cloud, project_id: str, is_admin: bool, id: str | None) -> Network | None:
    """The network, for those who can see it: its project, all if it is shared or external."""
    network = cloud.store.find(Network, id)
    if network is None or is_admin or is_open(cloud, network, project_id):
        return network
    return None


def _seen_holder(cloud: Cloud, project_id: str, is_admin: bool, request: NetworkRequest) -> Port | None:
    """The port that has the address already, if the project may see it; if not, the build will fail."""
    for subnet in cloud.store.by(Subnet, "network", request.network_id):
        port = cloud.store.one(Port, "address", (subnet.id, request.fixed_ip))
        if port is not None:
            network = cloud.store.get(Network, port.network_id)
            return port if is_admin or project_id in (port.project_id, network.project_id) else None
    return None


def automatic_network(cloud: Cloud, project_id: str) -> Network | None:
    """The one network that a project can use, or None; NetworkAmbiguous if there are several."""
    found = cloud.store.by(Network, "project", project_id) + networks_for(cloud, project_id)
    if len(found) > 1:
        raise NetworkAmbiguous
    return found[0] if found else None


def _check_port_quota(cloud: Cloud, project_id: str, ports: int, count: int, fewest: int) -> int:
    room = room_for(cloud, project_id, "port") if ports else None
    if room is None:
        return count
    fit = min(count, max(room, 0) // ports)
    if fit < fewest or room < 0:
        raise PortLimitExceeded
    return fit


# --- security groups


def check_security_groups(cloud: Cloud, project_id: str, names: list[str]) -> tuple[str, ...]:
    """The ids of groups that are given by name or id; `default` is every project's."""
    return tuple(dict.fromkeys(security_group_id(cloud, project_id, name) for name in names))


def security_group_id(cloud: Cloud, project_id: str, name: str) -> str:
    """neutronclient: find_resourceid_by_name_or_id, as nova/network/security_group_api.py uses it."""
    if name == "default":
        return default_group(cloud, project_id).id
    group = cloud.store.find(SecurityGroup, name) if _UUID.fullmatch(name) else None
    if group is not None and group.project_id == project_id:
        return group.id
    match cloud.store.by(SecurityGroup, "name", (project_id, name)):
        case [one]:
            return one.id
        case []:
            raise SecurityGroupNotFound(name=name)
    raise NoUniqueMatch(name=name)
