"""A server and its networks, as Nova asks Neutron for them; the errors are in Nova's words.

`check_requests` and `check_security_groups` speak at POST /servers, the others are steps of workflows:
`allocate` when its host is known, `activate` when the guest runs, `rebind` when it moved, `release` in the end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import MacAddressInUse, change, default_group, make_port
from fakecompute.domain.network_addresses import (
    InvalidIpForNetwork,
    IpAddressAlreadyAllocated,
    IpAddressGenerationFailure,
    Wish,
)
from fakecompute.domain.network_bindings import (
    FAILED,
    PortBindingAlreadyExists,
    PortBindingError,
    activate_binding,
    add_binding,
    binding,
    drop_bindings,
)
from fakecompute.domain.network_floatingips import drop_port, floatingips_of
from fakecompute.domain.network_quotas import OverQuota, room_for
from fakecompute.domain.network_sharing import is_open, is_shared, networks_for
from fakecompute.domain.network_trunks import follow_parent
from fakecompute.domain.records.network import Network, Port, SecurityGroup, Subnet
from fakecompute.domain.records.network_services import PortBinding
from fakecompute.domain.records.server import NetworkRequest, Server
from fakecompute.errors import BadRequest, Conflict, Forbidden

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Requests = tuple[NetworkRequest, ...] | None


class NetworkNotFound(BadRequest):
    message = "Network {id} could not be found."


class PortNotFound(BadRequest):
    message = "Port id {id} could not be found."


class PortInUse(Conflict):
    message = "Port {id} is still in use."


class PortNotUsable(BadRequest):
    message = "Port {id} not usable for instance {server}."


class PortNotUsableDNS(BadRequest):
    message = (
        "Port {id} not usable for instance {server}. Value {value} assigned to dns_name attribute does not"
        " match instance's hostname {hostname}"
    )


class PortBindingFailed(Conflict):
    message = "Binding failed for port {id}, please check neutron logs for more information."


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


class NoNetworkAvailable(BadRequest):
    message = "No specific network was requested and none are available for project '{project_id}'."


class FixedIpAlreadyInUse(BadRequest):
    message = "Fixed IP address {address} is already in use on instance {server}."


class FixedIpTaken(FixedIpAlreadyInUse):
    message = "Fixed IP {address} is already in use."


class InvalidFixedIp(BadRequest):
    message = "Invalid input received: Fixed IP {address} is not a valid ip address for network {network_id}."


class NoMoreFixedIps(BadRequest):
    message = "No fixed IP addresses available for network: {network_id}"


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


# --- what is asked at POST /servers


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
        if not _automatic_network(cloud, project_id) and auto:
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


def _automatic_network(cloud: Cloud, project_id: str) -> Network | None:
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


_UUID = re.compile(r"[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}")


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


# --- what workflows do


def allocate(cloud: Cloud, server: Server) -> None:
    """Make or bind the ports that a new server was asked for with; raises why that cannot be."""
    if ports_of(cloud, server.id):  # it was plugged into some while it was on its way
        return rebind(cloud, server)
    requests = server.networks
    if requests is None:
        network = _automatic_network(cloud, server.project_id)
        requests = (NetworkRequest(network_id=network.id),) if network else ()
    with cloud.transaction():
        for request in requests:
            _attach(cloud, server, request)


def attach(cloud: Cloud, server: Server, request: NetworkRequest) -> Port:
    """One more port for a server: an existing one, or a new one on a network; bound, or it is refused."""
    port = _attach(cloud, server, request)
    check_bound(port)
    return port


def check_bound(port: Port) -> None:
    """nova/network/neutron.py: _ensure_no_port_binding_failure."""
    if port.vif_type == FAILED:
        raise PortBindingFailed(id=port.id)


def _attach(cloud: Cloud, server: Server, request: NetworkRequest) -> Port:
    attachment = cloud.streams.number("attachment")
    mine = {
        "device_id": server.id,
        "device_owner": f"compute:{server.availability_zone}",
        "attachment": attachment,
        "tag": request.tag,
    }
    if request.port_id is None:
        return _new_port(cloud, server, request, mine)
    port = cloud.store.find(Port, request.port_id)
    if port is None:
        raise PortNotFound(id=request.port_id)
    if port.project_id != server.project_id:
        raise PortNotUsable(id=port.id, server=server.id)
    if port.device_id:
        raise PortInUse(id=port.id)
    if port.dns_name and port.dns_name != server.hostname:
        raise PortNotUsableDNS(id=port.id, server=server.id, value=port.dns_name, hostname=server.hostname)
    bound = change(cloud, port, **mine, **binding(cloud, port, server.host or ""), dns_name=server.hostname)
    follow_parent(cloud, bound)
    return bound


def attach_automatic(cloud: Cloud, server: Server) -> Port:
    """An interface on the only network that there is for the project: what `{}` asks for."""
    network = _automatic_network(cloud, server.project_id)
    if network is None:
        raise NoNetworkAvailable(project_id=server.project_id)
    return attach(cloud, server, NetworkRequest(network_id=network.id))


def _new_port(cloud: Cloud, server: Server, request: NetworkRequest, mine: dict[str, Any]) -> Port:
    """nova/network/neutron.py: _create_port_minimal, with what it makes of Neutron's refusals."""
    network = cloud.store.find(Network, request.network_id)
    if network is None:
        raise NetworkNotFound(id=request.network_id)
    try:
        return make_port(
            cloud,
            network,
            server.project_id,
            fixed_ips=(Wish(ip_address=request.fixed_ip),) if request.fixed_ip else None,
            security_groups=server.security_groups or None if network.port_security_enabled else (),
            host=server.host or "",
            dns_name=server.hostname,
            owned_by_nova=True,
            **mine,
        )
    except OverQuota:
        raise PortLimitExceeded from None
    except InvalidIpForNetwork:
        raise InvalidFixedIp(address=request.fixed_ip, network_id=network.id) from None
    except IpAddressAlreadyAllocated:
        raise FixedIpTaken(address=request.fixed_ip, server="") from None
    except (IpAddressGenerationFailure, MacAddressInUse):
        raise NoMoreFixedIps(network_id=network.id) from None


FREE = {"device_id": "", "device_owner": "", "dns_name": "", "attachment": 0, "tag": None, "profile": ()}


def detach(cloud: Cloud, port: Port) -> None:
    """Take a port from its server: Nova deletes what it made, and lets go of the others."""
    if port.owned_by_nova:
        drop_port(cloud, port)
    else:
        drop_bindings(cloud, port)
        follow_parent(cloud, change(cloud, port, **binding(cloud, port, ""), **FREE))


def release(cloud: Cloud, server: Server) -> None:
    """The server is gone."""
    for port in ports_of(cloud, server.id):
        detach(cloud, port)


def activate(cloud: Cloud, server: Server) -> None:
    """The guest is plugged in: its ports are up."""
    for port in ports_of(cloud, server.id):
        if port.admin_state_up and port.vif_type != FAILED:
            follow_parent(cloud, change(cloud, port, status="ACTIVE"))


def rebind(cloud: Cloud, server: Server) -> None:
    """The server is on another host, or (shelved and offloaded) on none."""
    moved = {"device_owner": f"compute:{server.availability_zone}"} if server.host else {}
    for port in ports_of(cloud, server.id):
        follow_parent(cloud, change(cloud, port, **binding(cloud, port, server.host or ""), **moved))


def prepare_move(cloud: Cloud, server: Server, host: str) -> None:
    """A live migration begins: every port is bound to the other host too, inactively."""
    for port in ports_of(cloud, server.id):
        if host == port.host or port.vif_type == FAILED:
            continue
        try:
            add_binding(cloud, port, host)
        except PortBindingAlreadyExists:
            continue
        except PortBindingError:
            raise PortBindingFailed(id=port.id) from None


def moved(cloud: Cloud, server: Server) -> None:
    """It runs on the other host: what was prepared is active there, and nothing is left of the old."""
    for port in ports_of(cloud, server.id):
        if any(other.host == server.host for other in cloud.store.by(PortBinding, "port", port.id)):
            change(cloud, activate_binding(cloud, port, server.host or ""), status=port.status)
    rebind(cloud, server)
    stay(cloud, server)


def stay(cloud: Cloud, server: Server) -> None:
    """There is no second host any more."""
    for port in ports_of(cloud, server.id):
        drop_bindings(cloud, port)


# --- what views show


def ports_of(cloud: Cloud, server_id: str) -> list[Port]:
    """In the order in which they were attached."""
    ports = cloud.store.by(Port, "device", server_id)
    return ports if len(ports) < 2 else sorted(ports, key=lambda port: port.attachment)


def addresses(cloud: Cloud, server_id: str) -> dict[str, list[dict[str, Any]]]:
    """What `addresses` of a server is: by the name of the network, first the ports' own, then the floating ones."""
    shown: dict[str, list[dict[str, Any]]] = {}
    floating: dict[str, list[dict[str, Any]]] = {}
    for port in ports_of(cloud, server_id):
        name = cloud.store.get(Network, port.network_id).name
        shown.setdefault(name, []).extend(_address(port, ip.ip_address, "fixed") for ip in port.fixed_ips)
        floating.setdefault(name, []).extend(
            _address(port, ip.floating_ip_address, "floating") for ip in floatingips_of(cloud, port.id)
        )
    return {name: own + floating[name] for name, own in shown.items()}


def _address(port: Port, address: str, kind: str) -> dict[str, Any]:
    return {
        "version": 6 if ":" in address else 4,
        "addr": address,
        "OS-EXT-IPS:type": kind,
        "OS-EXT-IPS-MAC:mac_addr": port.mac_address,
    }


def security_group_names(cloud: Cloud, server_id: str) -> list[str]:
    """One a group and port."""
    return [
        cloud.store.get(SecurityGroup, id).name
        for port in ports_of(cloud, server_id)
        for id in port.security_groups
    ]
