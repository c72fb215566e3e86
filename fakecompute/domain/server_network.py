"""A server and its ports, as Nova asks Neutron for them; the errors are in Nova's words.

What was asked for at POST /servers has been looked at (domain/network_requests.py); here are the steps of workflows:
`allocate` when its host is known, `activate` when the guest runs, `rebind` when it moved, `release` in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import MacAddressInUse, change, make_port
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
from fakecompute.domain.network_quotas import OverQuota
from fakecompute.domain.network_requests import (
    FixedIpAlreadyInUse,
    NetworkNotFound,
    PortInUse,
    PortLimitExceeded,
    PortNotFound,
    automatic_network,
)
from fakecompute.domain.network_trunks import follow_parent
from fakecompute.domain.records.network import Network, Port, SecurityGroup
from fakecompute.domain.records.network_services import PortBinding
from fakecompute.domain.records.server import NetworkRequest, Server
from fakecompute.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class PortNotUsable(BadRequest):
    message = "Port {id} not usable for instance {server}."


class PortNotUsableDNS(BadRequest):
    message = (
        "Port {id} not usable for instance {server}. Value {value} assigned to dns_name attribute does not"
        " match instance's hostname {hostname}"
    )


class PortBindingFailed(Conflict):
    message = "Binding failed for port {id}, please check neutron logs for more information."


class NoNetworkAvailable(BadRequest):
    message = "No specific network was requested and none are available for project '{project_id}'."


class FixedIpTaken(FixedIpAlreadyInUse):
    message = "Fixed IP {address} is already in use."


class InvalidFixedIp(BadRequest):
    message = "Invalid input received: Fixed IP {address} is not a valid ip address for network {network_id}."


class NoMoreFixedIps(BadRequest):
    message = "No fixed IP addresses available for network: {network_id}"


# --- what workflows do


def allocate(cloud: Cloud, server: Server) -> None:
    """Make or bind the ports that a new server was asked for with; raises why that cannot be."""
    if ports_of(cloud, server.id):  # it was plugged into some while it was on its way
        return rebind(cloud, server)
    requests = server.networks
    if requests is None:
        network = automatic_network(cloud, server.project_id)
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
    network = automatic_network(cloud, server.project_id)
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
