"""Interfaces that come to a server and leave it while it is there, and the groups that guard them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from fakecompute.domain import actions, network_requests, server_network
from fakecompute.domain.actions import Caller
from fakecompute.domain.network import change
from fakecompute.domain.network_addresses import Wish, requested, subnets_of
from fakecompute.domain.network_floatingips import floatingips_of, follow_addresses
from fakecompute.domain.network_sharing import is_shared
from fakecompute.domain.network_trunks import follow_parent
from fakecompute.domain.records.network import Network, Port, SecurityGroup
from fakecompute.domain.records.server import ActionEvent, NetworkRequest, Server
from fakecompute.domain.server_network import ports_of
from fakecompute.domain.servers import check_states, check_unlocked
from fakecompute.domain.states import VM, Power
from fakecompute.domain.whereabouts import reports, server_facts
from fakecompute.domain.workflows import struck
from fakecompute.errors import BadRequest, FakeError, NotFound
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

DETACH = "interface.detach"  # the event in which the host has taken an interface off
DETACHING = "server.detach_interface.detaching"  # what timing and fault rules call the step before it
ATTACHABLE = frozenset({VM.ACTIVE, VM.PAUSED, VM.STOPPED})
ACCELERATORS = ("accelerator-direct", "accelerator-direct-physical")


class PortWithAccelerator(BadRequest):
    message = "Feature not supported with Ports that have accelerators."


class SecurityGroupCannotBeApplied(BadRequest):
    message = (
        "Network requires port_security_enabled and subnet associated in order to apply security groups."
    )


class NoPorts(NotFound):
    message = "instance_id {server_id} could not be found as device id on any ports"


class NotAssociated(NotFound):
    message = "Security group {name} not associated with the instance {server_id}"


# --- to come and to go


def attach(cloud: Cloud, server: Server, caller: Caller, is_admin: bool, request: NetworkRequest) -> Port:
    """One more interface, at once: on a network, with a port, or (neither told) on the only network there is."""
    check_unlocked(server, is_admin)
    check_states(server, "attach_interface", ATTACHABLE, {None}, True)
    _check_port(cloud, request)
    _check_network(cloud, server, is_admin, request)
    actions.at_once(cloud, server, "attach_interface", "compute_attach_interface", caller)
    bare = server.evolve(security_groups=())  # the groups of a server are those that it was created with
    if request.port_id or request.network_id:
        port = server_network.attach(cloud, bare, request)
    else:
        port = change(cloud, server_network.attach_automatic(cloud, bare), tag=request.tag)
    if server.power_state == Power.RUNNING and port.admin_state_up:
        port = change(cloud, port, status="ACTIVE")
        follow_parent(cloud, port)
    return port


def _check_port(cloud: Cloud, request: NetworkRequest) -> None:
    """Of the things that may be wrong with a port, those that `server_network.attach` does not look at."""
    port = cloud.store.find(Port, request.port_id)
    if port is None or port.device_id:
        return
    if port.vnic_type in ACCELERATORS:
        raise PortWithAccelerator
    if not port.fixed_ips and port.ip_allocation != "none":
        raise network_requests.PortRequiresFixedIP(id=port.id)


def _check_network(cloud: Cloud, server: Server, is_admin: bool, request: NetworkRequest) -> None:
    if request.network_id is None:
        return
    network = network_requests.visible_network(cloud, server.project_id, is_admin, request.network_id)
    if network is None:
        raise network_requests.NetworkNotFound(id=request.network_id)
    if network.external and not is_shared(cloud, network, server.project_id) and not is_admin:
        raise network_requests.ExternalNetworkAttachForbidden(id=network.id)
    if network.port_security_enabled and not subnets_of(cloud, network.id):
        raise SecurityGroupCannotBeApplied


def detach(cloud: Cloud, server: Server, caller: Caller, is_admin: bool, port_id: str) -> None:
    """Have the host take an interface off; whether it is there, is the host's to find out."""
    check_unlocked(server, is_admin)
    check_states(server, "detach_interface", ATTACHABLE, {None}, True)
    port = cloud.store.find(Port, port_id)
    if port is not None and port.device_id == server.id and port.vnic_type in ACCELERATORS:
        raise PortWithAccelerator
    action = actions.record(cloud, server, "detach_interface", caller)
    if not reports(cloud, server.host):
        return  # the cast is heard by nobody
    event = actions.begin(cloud, action.id, "compute_detach_interface", server.host)
    effect = struck(cloud, server, DETACHING)
    if effect is not None and effect.hang:
        return
    facts, failure = partial(server_facts, cloud, server), None
    took = cloud.timing.draw(cloud.streams, DETACHING, server.id, event.id, facts=facts)
    if effect is not None:
        took, failure = round(took * effect.slow) + effect.delay, effect.fail
    cloud.events.add(cloud.now + took, DETACH, server.id, 0, event.id, port_id, failure)


def detached(cloud: Cloud, event: Event) -> None:
    """The host is done: the port goes, or there was none."""
    event_id, port_id, failure = event.detail
    told = cloud.store.get(ActionEvent, str(event_id))
    port = cloud.store.find(Port, str(port_id))
    if failure is not None:
        actions.finish(cloud, told, actions.ERROR, str(failure))
    elif port is None or port.device_id != event.subject:
        actions.finish(cloud, told, actions.ERROR, f"Port {port_id} is not attached")
    else:
        server_network.detach(cloud, port)
        actions.finish(cloud, told)


# --- one address more or less: addFixedIp and removeFixedIp


def add_fixed_ip(cloud: Cloud, server: Server, is_admin: bool, network_id: str) -> None:
    """An address of the first subnet that has one, for the first port on the network; nobody is told if none has."""
    # nova/network/neutron.py: add_fixed_ip_to_instance
    check_unlocked(server, is_admin)
    for port in ports_of(cloud, server.id):
        if port.network_id == network_id and _grow(cloud, port):
            cloud.store.put(server.evolve(updated_at=cloud.now))
            return


def _grow(cloud: Cloud, port: Port) -> bool:
    network = cloud.store.get(Network, port.network_id)
    kept = [Wish(fixed.subnet_id, fixed.ip_address) for fixed in port.fixed_ips]
    for subnet in subnets_of(cloud, network.id):
        wishes = [*kept, Wish(subnet.id)]
        try:
            more = requested(cloud, network, wishes, port.mac_address, port.device_owner, mine=port.fixed_ips)
        except FakeError:
            continue
        change(cloud, port, fixed_ips=more)
        return True
    return False


def remove_fixed_ip(cloud: Cloud, server: Server, is_admin: bool, address: str) -> None:
    """Take an address from the first port that has it; nobody is told if none has, or Neutron does not let it go."""
    check_unlocked(server, is_admin)
    for port in ports_of(cloud, server.id):
        kept = tuple(fixed for fixed in port.fixed_ips if fixed.ip_address != address)
        if kept != port.fixed_ips:
            if any(floating.fixed_ip_address == address for floating in floatingips_of(cloud, port.id)):
                return  # nova/network/neutron.py: remove_fixed_ip_from_instance looks at no other port
            follow_addresses(cloud, change(cloud, port, fixed_ips=kept))
            cloud.store.put(server.evolve(updated_at=cloud.now))
            return


# --- security groups


def add_group(cloud: Cloud, server: Server, group_id: str) -> None:
    """The group guards every port of the server."""
    ports = _some_ports(cloud, server)
    for port in ports:
        if port.port_security_enabled and not port.fixed_ips:
            raise SecurityGroupCannotBeApplied
    for port in ports:
        change(cloud, port, security_groups=tuple(dict.fromkeys((*port.security_groups, group_id))))


def remove_group(cloud: Cloud, server: Server, group_id: str, name: str) -> None:
    """The group guards no port of the server any more; `name` is what the caller calls it."""
    guarded = [port for port in _some_ports(cloud, server) if group_id in port.security_groups]
    if not guarded:
        raise NotAssociated(name=name, server_id=server.id)
    for port in guarded:
        change(cloud, port, security_groups=tuple(id for id in port.security_groups if id != group_id))


def _some_ports(cloud: Cloud, server: Server) -> list[Port]:
    ports = ports_of(cloud, server.id)
    if not ports:
        raise NoPorts(server_id=server.id)
    return ports


def groups_of(cloud: Cloud, server: Server) -> list[SecurityGroup]:
    """One a group and port."""
    ports = ports_of(cloud, server.id)
    return [cloud.store.get(SecurityGroup, id) for port in ports for id in port.security_groups]
