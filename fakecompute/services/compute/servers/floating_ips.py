"""addFloatingIp and removeFloatingIp of POST /servers/{id}/action, until 2.43."""

from __future__ import annotations

from fakecompute.domain.network_floatingips import associate, disassociate
from fakecompute.domain.records.network import FixedIP, FloatingIP, Port
from fakecompute.domain.records.server import Server
from fakecompute.domain.server_network import ports_of
from fakecompute.errors import BadRequest, Conflict, FakeError, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import AnyOf, Schema, Text
from fakecompute.services.compute.servers.actions import PATH
from fakecompute.services.compute.service import compute


class NoNetworkYet(BadRequest):
    message = "Instance network is not ready yet"


class NoFixedIps(BadRequest):
    message = "No fixed IPs associated to instance"


class NotAssigned(BadRequest):
    message = "Specified fixed address not assigned to instance"


class NoIPv4(BadRequest):
    message = (
        "Unable to associate floating IP {address} to any fixed IPs for instance {server_id}."
        " Instance has no fixed IPv4 addresses to associate."
    )


class CannotAssociate(BadRequest):
    message = (
        "Unable to associate floating IP {address} to fixed IP {fixed} for instance {server_id}."
        " Error: {reason}"
    )


class FloatingIpUnknown(NotFound):
    message = "floating IP not found"


class FloatingIpNotFound(NotFound):
    message = "Floating IP not found for address {address}."


class NotAssociated(Conflict):
    message = "Floating IP {address} is not associated with instance {server_id}."


# --- request schemas ----------------------------------------------------------------------------------


class AddFloatingIp(Schema):
    address = AnyOf(Text(form="ipv4"), Text(form="ipv6"), required=True)
    fixed_address = AnyOf(Text(form="ipv4"), Text(form="ipv6"))


class RemoveFloatingIp(Schema):
    address = AnyOf(Text(form="ipv4"), Text(form="ipv6"), required=True)


# --- handlers -----------------------------------------------------------------------------------------


@compute.action(
    PATH,
    "addFloatingIp",
    until="2.43",
    body=AddFloatingIp,
    policy="os_compute_api:os-floating-ips:add",
    success=202,
)
def add_floating_ip(call: Call, server: Server) -> None:
    """To the address that is told, or to the first of IPv4."""
    address = call.body["address"]
    port, fixed = _inside(call, server)
    floating = _floating(call, address)
    if floating is None:
        raise FloatingIpUnknown
    try:
        associate(call.cloud, floating, port, fixed.ip_address)
    except Conflict as refused:
        raise BadRequest(reason=str(refused)) from None
    except FakeError as refused:
        raise CannotAssociate(
            address=address, fixed=fixed.ip_address, server_id=server.id, reason=refused
        ) from None


def _inside(call: Call, server: Server) -> tuple[Port, FixedIP]:
    ports = ports_of(call.cloud, server.id)
    addresses = [(port, fixed) for port in ports for fixed in port.fixed_ips]
    if not ports:
        raise NoNetworkYet
    if not addresses:
        raise NoFixedIps
    if wanted := call.body.get("fixed_address"):
        fit = [(port, fixed) for port, fixed in addresses if fixed.ip_address == wanted]
        if not fit:
            raise NotAssigned
    else:
        fit = [(port, fixed) for port, fixed in addresses if ":" not in fixed.ip_address]
        if not fit:
            raise NoIPv4(address=call.body["address"], server_id=server.id)
    return fit[0]


def _floating(call: Call, address: str) -> FloatingIP | None:
    """The one of this address, if the caller sees it."""
    for floating in call.cloud.store.by(FloatingIP, "address", address):
        if call.is_admin or floating.project_id == call.project_id:
            return floating
    return None


@compute.action(
    PATH,
    "removeFloatingIp",
    until="2.43",
    body=RemoveFloatingIp,
    policy="os_compute_api:os-floating-ips:remove",
    success=202,
)
def remove_floating_ip(call: Call, server: Server) -> None:
    address = call.body["address"]
    floating = _floating(call, address)
    if floating is None:
        raise FloatingIpNotFound(address=address)
    port = call.cloud.store.find(Port, floating.port_id)
    if port is None or port.device_id != server.id:
        raise NotAssociated(address=address, server_id=server.id)
    disassociate(call.cloud, floating)
