"""/servers/{id}/os-interface; addFixedIp and removeFixedIp, until 2.43."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import interfaces, network_requests, server_network
from fakecompute.domain.records.network import Network, Port
from fakecompute.domain.records.server import NetworkRequest, Server
from fakecompute.errors import BadRequest, Conflict, FakeError, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import AnyOf, ListOf, Object, Schema, Text, since
from fakecompute.rest.view import View, field
from fakecompute.services.compute.servers.actions import PATH as ACTION
from fakecompute.services.compute.servers.create import caller_of
from fakecompute.services.compute.servers.schemas import TAG
from fakecompute.services.compute.service import compute

PATH = "/servers/<server>/os-interface"


class NetworkAmbiguous(BadRequest):
    message = "Multiple possible networks found, use a Network ID to be more specific."


class Missing(NotFound):
    message = "{reason}"


class NotAttached(NotFound):
    message = "Instance {server_id} does not have a port with id {port_id}"


# What the same mistake is at POST /servers, and here.
# fmt: off
TOLD: dict[type[FakeError], type[FakeError]] = {
    network_requests.PortNotFound:      Missing,
    network_requests.NetworkNotFound:   Missing,
    server_network.FixedIpTaken:      Conflict,
    network_requests.NetworkAmbiguous:  NetworkAmbiguous,
}
# fmt: on

# --- request schemas ----------------------------------------------------------------------------------


def _address() -> AnyOf:
    return AnyOf(Text(form="ipv4"), Text(form="ipv6"), required=True)


class Address(Schema):
    ip_address = _address()


class Interface(Schema):
    net_id = Text(form="uuid")
    port_id = Text(form="uuid")
    fixed_ips = ListOf(Object(Address), min=1, max=1)
    tag = since("2.49", Text(min=1, max=60, pattern=TAG))


class NewInterface(Schema):
    interface = Object(Interface, data_key="interfaceAttachment")


class NetworkId(Text):
    """A string or, from other times, a number."""

    types = ("string", "number")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        return super()._deserialize(value, attr, data, **kwargs)


class AddFixedIp(Schema):
    network_id = NetworkId(min=1, max=36, required=True, data_key="networkId")


class RemoveFixedIp(Schema):
    address = _address()


# --- response views -----------------------------------------------------------------------------------

interface_view = View(
    field("net_id", "network_id"),
    field("port_id", "id"),
    field("mac_addr", "mac_address"),
    field("port_state", "status"),
    field("fixed_ips", lambda port, call: [ip._asdict() for ip in port.fixed_ips]),
    field("tag", since="2.70"),
)

# --- handlers -----------------------------------------------------------------------------------------


@compute.get(PATH, policy="os_compute_api:os-attach-interfaces:list", strict_query="2.102")
def list_interfaces(call: Call, server: Server) -> dict[str, Any]:
    """In the order in which Neutron lists ports."""
    ports = [port for port in server_network.ports_of(call.cloud, server.id) if _visible(call, port)]
    return {"interfaceAttachments": interface_view.all(sorted(ports, key=lambda port: port.id), call)}


@compute.get(f"{PATH}/<port_id>", policy="os_compute_api:os-attach-interfaces:show", strict_query="2.102")
def show_interface(call: Call, server: Server, port_id: str) -> dict[str, Any]:
    port = call.cloud.store.find(Port, port_id)
    if port is None or not _visible(call, port):
        raise Missing(reason=str(network_requests.PortNotFound(id=port_id)))
    if port.device_id != server.id:
        raise NotAttached(server_id=server.id, port_id=port_id)
    return {"interfaceAttachment": interface_view(port, call)}


def _visible(call: Call, port: Port) -> bool:
    """Neutron shows the ports of one's project, and all those on its networks."""
    network = call.cloud.store.get(Network, port.network_id)
    return call.is_admin or call.project_id in (port.project_id, network.project_id)


@compute.post(PATH, body=NewInterface, policy="os_compute_api:os-attach-interfaces:create")
def attach_interface(call: Call, server: Server) -> dict[str, Any]:
    wish = call.body.get("interface") or {}
    address = next((fixed["ip_address"] for fixed in wish.get("fixed_ips", ())), None)
    if "net_id" in wish and "port_id" in wish:
        raise BadRequest(reason="Must not input both network_id and port_id")
    if address and "net_id" not in wish:
        raise BadRequest(reason="Must input network_id when request IP address")
    request = NetworkRequest(wish.get("net_id"), wish.get("port_id"), address, wish.get("tag"))
    try:
        port = interfaces.attach(call.cloud, server, caller_of(call), call.is_admin, request)
    except tuple(TOLD) as error:
        raise TOLD[type(error)](reason=str(error)) from None
    return {"interfaceAttachment": interface_view(port, call)}


@compute.delete(f"{PATH}/<port_id>", policy="os_compute_api:os-attach-interfaces:delete", success=202)
def detach_interface(call: Call, server: Server, port_id: str) -> None:
    interfaces.detach(call.cloud, server, caller_of(call), call.is_admin, port_id)


@compute.action(
    ACTION, "addFixedIp", until="2.43", body=AddFixedIp, policy="os_compute_api:os-multinic:add", success=202
)
def add_fixed_ip(call: Call, server: Server) -> None:
    interfaces.add_fixed_ip(call.cloud, server, call.is_admin, call.body["network_id"])


@compute.action(
    ACTION,
    "removeFixedIp",
    until="2.43",
    body=RemoveFixedIp,
    policy="os_compute_api:os-multinic:remove",
    success=202,
)
def remove_fixed_ip(call: Call, server: Server) -> None:
    interfaces.remove_fixed_ip(call.cloud, server, call.is_admin, call.body["address"])
