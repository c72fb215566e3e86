"""GET, POST, PUT, DELETE /local_ips: an address that leads, on every host, to a port there."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import begun, change, make_port
from fakecompute.domain.network_addresses import Wish, subnets_of
from fakecompute.domain.network_floatingips import drop_port
from fakecompute.domain.records.network import Port
from fakecompute.domain.records.network_services import LocalIP, LocalIPAssociation
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.networks import find_network
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.ports import may_see_port

OWNER = "network:local_ip"


class LocalIPNotFound(NotFound):
    message = "Local IP {id} could not be found."


class LocalIPInUse(Conflict):
    message = "Local IP {id} is still associated with one or more ports."


class LocalIPPortOrNetworkRequired(BadRequest):
    message = "Either Port ID or Network ID must be specified for Local IP create."


class LocalIPNoIP(BadRequest):
    message = "Specified Port {id} has no fixed IPs configured."


class LocalIPNoRequestedIP(BadRequest):
    message = "Specified Port {id} has several IPs, should specify exact IP address to use for Local IP."


class LocalIPRequestedIPNotFound(BadRequest):
    message = "Specified Port {id} does not have requested IP address: {ip}."


class LocalIPAssociationNotFound(NotFound):
    message = "Local IP {parent} association with port {id} could not be found."


class LocalIPAssociationExists(Conflict):
    """A 500 of the real one."""

    neutrons_name = "NeutronDbObjectDuplicateEntry"
    message = "Local IP {id} association with port {port_id} already exists."


class BadLocalIP(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad {noun} request: {reason}."


# --- request schemas and response views ---------------------------------------------------------------


def _of_local_ip(association: LocalIPAssociation, call: Call) -> str:
    return call.cloud.store.get(LocalIP, association.local_ip_id).local_ip_address


def _host(association: LocalIPAssociation, call: Call) -> str:
    return call.cloud.store.get(Port, association.fixed_port_id).host


# fmt: off
LOCAL_IP = Noun(
    "local_ip", LocalIP, LocalIPNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("description", values.text(1024), "cu", default=""),
    attribute("local_port_id", values.uuid, "c"),
    attribute("network_id", values.uuid, "c"),
    attribute("local_ip_address", values.none_or(values.ip), "c"),
    attribute("ip_mode", values.one_of("translate", "passthrough"), "c", default="translate"),
    standard="tenant_id project_id revision_number created_at updated_at",
)
ASSOCIATION = Noun(
    "port_association", LocalIPAssociation, LocalIPAssociationNotFound,
    attribute("local_ip_id", filter=False),
    attribute("fixed_port_id", values.uuid, "c", default=REQUIRED),
    attribute("fixed_ip", values.none_or(values.ip), "c", default=None),
    attribute("local_ip_address", source=_of_local_ip),
    attribute("host", source=_host),
    attribute("project_id", values.text(255), "c", source=None, filter=False),
    standard="",
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> LocalIP:
    """The address is a port's, or that of a port made for it."""
    id = call.cloud.streams.uuid("local ip")
    wanted = wish.get("local_ip_address")
    if port_id := wish.get("local_port_id"):
        port = _port(call, port_id, "local_ip")
        address = _address(port, wanted)
    elif network_id := wish.get("network_id"):
        port = _make_port(call, id, wish["project_id"], network_id, wanted)
        address = port.fixed_ips[0].ip_address
    else:
        raise LocalIPPortOrNetworkRequired
    fields = LOCAL_IP.fields_of(wish, "local_port_id", "network_id", "local_ip_address")
    return call.cloud.store.put(
        LocalIP(
            id=id,
            local_port_id=port.id,
            network_id=port.network_id,
            local_ip_address=address,
            revision_number=1,
            **fields,
            **begun(call.cloud),
        )
    )


def _port(call: Call, id: str, noun: str) -> Port:
    port = call.cloud.store.find(Port, id)
    if port is None or not may_see_port(call, port):
        raise BadLocalIP(noun=noun, reason=f"Port {id} not found")
    return port


def _make_port(call: Call, id: str, project_id: str, network_id: str, wanted: str | None) -> Port:
    network = find_network(call, network_id)
    if all(subnet.ip_version != 4 for subnet in subnets_of(call.cloud, network.id)):
        raise BadLocalIP(noun="local_ip", reason=f"Network {network.id} does not contain any IPv4 subnet")
    return make_port(
        call.cloud,
        network,
        project_id,
        fixed_ips=(Wish(ip_address=wanted),) if wanted else None,
        device_id=id,
        device_owner=OWNER,
        status="N/A",
    )


def _address(port: Port, wanted: str | None) -> str:
    """The wanted address of a port, or its only one."""
    own = [fixed.ip_address for fixed in port.fixed_ips]
    if wanted is not None and own:
        if wanted not in own:
            raise LocalIPRequestedIPNotFound(id=port.id, ip=wanted)
        return wanted
    match own:
        case [one]:
            return one
        case []:
            raise LocalIPNoIP(id=port.id)
    raise LocalIPNoRequestedIP(id=port.id)


def _remove(call: Call, record: LocalIP) -> None:
    if call.cloud.store.count(LocalIPAssociation, "local_ip", record.id):
        raise LocalIPInUse(id=record.id)
    call.cloud.store.drop(record)
    port = call.cloud.store.find(Port, record.local_port_id)
    if port is not None and port.device_owner == OWNER:
        drop_port(call.cloud, port)


def _associate(call: Call, wish: dict[str, Any], local: LocalIP) -> LocalIPAssociation:
    port = _port(call, wish["fixed_port_id"], "local_ip_port_association")
    address = _address(port, wish["fixed_ip"])
    if any(one.fixed_port_id == port.id for one in _associations(call, local)):
        raise LocalIPAssociationExists(id=local.id, port_id=port.id)
    return call.cloud.store.put(
        LocalIPAssociation(
            id=call.cloud.streams.uuid("local ip association"),
            project_id=local.project_id,
            local_ip_id=local.id,
            fixed_port_id=port.id,
            fixed_ip=address,
        )
    )


def _associations(call: Call, local: LocalIP) -> list[LocalIPAssociation]:
    return sorted(call.cloud.store.by(LocalIPAssociation, "local_ip", local.id), key=lambda one: one.fixed_port_id)


Collection(
    LOCAL_IP,
    "/local_ips",
    create=_create,
    update=lambda call, record, wish: change(call.cloud, record, **LOCAL_IP.fields_of(wish)),
    remove=_remove,
)
Collection(
    ASSOCIATION,
    "/local_ips/<local_ip>/port_associations",
    create=_associate,
    remove=lambda call, record: call.cloud.store.drop(record),
    children=_associations,
    sought=False,
    key=lambda record: record.fixed_port_id,
    rule="local_ip_port_association",
    called="local_ip_port_association",
)
