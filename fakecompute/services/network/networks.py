"""GET, POST, PUT, DELETE /networks: layer 2, and who may use it."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import begun, change
from fakecompute.domain.network_addresses import ROUTER_GATEWAY, InvalidInput, subnets_of
from fakecompute.domain.network_floatingips import remove_floatingip
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.records.network import FloatingIP, Network, Port
from fakecompute.errors import Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT, listed
from fakecompute.services.network import listing, values
from fakecompute.services.network.nouns import Noun, attribute, check_revision
from fakecompute.services.network.service import network

TYPES = ("flat", "vlan", "geneve", "vxlan", "gre", "local")
MTU = {"geneve": 1442, "vxlan": 1450, "gre": 1458}  # what the tunnel leaves of 1500
PHYSICAL = ("flat", "vlan")


class NetworkNotFound(NotFound):
    message = "Network {id} could not be found."


class NetworkInUse(Conflict):
    message = (
        "Unable to complete operation on network {id}. There are one or more ports still in use on the network,"
        " id for these ports is: {ports}."
    )


class InvalidSharedSetting(Conflict):
    message = "Unable to reconfigure sharing settings for network {id}. Multiple projects are using it."


class ExternalNetworkInUse(Conflict):
    message = "External network {id} cannot be updated to be made non-external, since it has existing gateway ports."


class FlatNetworkInUse(Conflict):
    message = "Unable to create the flat network. Physical network {physical_network} is in use."


class VlanIdInUse(Conflict):
    message = (
        "Unable to create the network. The VLAN {vlan_id} on physical network {physical_network} is in use."
    )


# --- request schemas and response views ---------------------------------------------------------------


def _provider(name: str) -> dict[str, Any]:
    return {"target": name, "guarded": True, "shown": f"get_network:provider:{name}"}


# fmt: off
NETWORK = Noun(
    "network", Network, NetworkNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("subnets", source=lambda record, call: [s.id for s in subnets_of(call.cloud, record.id)], filter=False),
    attribute("admin_state_up", values.boolean, "cu", default=True),
    attribute("status"),
    attribute("shared", values.boolean, "cu", default=False, guarded=True),
    attribute("router:external", values.boolean, "cu", default=False, target="external", guarded=True),
    attribute("provider:network_type", values.text(32), "cu", **_provider("network_type")),
    attribute("provider:physical_network", values.text(64), "cu", **_provider("physical_network")),
    attribute("provider:segmentation_id", values.integer(0), "cu", **_provider("segmentation_id")),
    attribute("port_security_enabled", values.boolean, "cu", default=True, guarded=True),
    attribute("availability_zones", source=lambda record, call: [], filter=False),
    attribute("availability_zone_hints", values.strings, "c", default=(), source=listed("availability_zone_hints")),
    attribute("mtu", values.integer(0), "cu", default=0),
    attribute("dns_domain", values.domain, "cu", default=""),
    attribute("ipv4_address_scope", source=lambda record, call: None),
    attribute("ipv6_address_scope", source=lambda record, call: None),
    attribute("qos_policy_id", values.nothing_yet(values.QosPolicyNotFound), "cu", default=None),
    attribute("is_default", values.boolean, "cu", default=False, guarded=True,
              source=lambda record, call: record.is_default if record.external else ABSENT),
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def may_see(call: Call, record: Network) -> bool:
    """One's own, and what is there for all."""
    return call.is_admin or record.shared or record.external or record.project_id == call.context.project_id


@network.finder("network")
def find_network(call: Call, id: str) -> Network:
    found = call.cloud.store.find(Network, id)
    if found is None or not may_see(call, found):
        raise NetworkNotFound(id=id)
    return found


@network.get("/networks", policy="get_network")
def list_networks(call: Call) -> dict[str, Any]:
    return listing.listed(call, NETWORK, lambda record: may_see(call, record))


@network.get("/networks/<network>", policy="get_network")
def show_network(call: Call, network: Network) -> dict[str, Any]:
    return NETWORK.show(call, network)


@network.post("/networks", policy="create_network", success=201)
def create_network(call: Call) -> dict[str, Any]:
    return NETWORK.created(call, _create)


@network.put("/networks/<network>", policy="update_network")
def update_network(call: Call, network: Network) -> dict[str, Any]:
    return NETWORK.updated(call, network, _update)


@network.delete("/networks/<network>", policy="delete_network", success=204)
def delete_network(call: Call, network: Network) -> None:
    """Its subnets go with it, and floating IPs that lead nowhere; its ports stand in the way."""
    check_revision(call, network)
    store = call.cloud.store
    for floating in store.by(FloatingIP, "network", network.id):
        if floating.port_id is None:
            remove_floatingip(call.cloud, floating)
    if ports := sorted(port.id for port in store.by(Port, "network", network.id)):
        raise NetworkInUse(id=network.id, ports=",".join(ports))
    for subnet in subnets_of(call.cloud, network.id):
        store.drop(subnet)
    store.drop(network)


def _create(call: Call, wish: dict[str, Any]) -> Network:
    NETWORK.demand(call, "create", wish, wish["project_id"])
    check_quota(call.cloud, wish["project_id"], "network")
    fields = {**NETWORK.fields_of(wish), **_segment(call, wish)}
    most = MTU.get(fields["network_type"], 1500)
    fields["mtu"] = _mtu(fields["mtu"] or most, most)
    id = call.cloud.streams.uuid("network")
    return call.cloud.store.put(Network(id=id, revision_number=1, **fields, **begun(call.cloud)))


def _mtu(wanted: int, most: int) -> int:
    if wanted > most:
        raise InvalidInput(reason=f"Requested MTU is too big, maximum is {most}")
    return wanted


def _segment(call: Call, wish: dict[str, Any]) -> dict[str, Any]:
    """What the network is made of: what an admin said, or a tunnel with a number of its own."""
    kind = wish.get("provider:network_type")
    physical, number = wish.get("provider:physical_network"), wish.get("provider:segmentation_id")
    if kind is None:
        if physical is not None or number is not None:
            raise InvalidInput(reason="network_type required")
        kind = "geneve"
    _check_segment(kind, physical, number)
    if kind in PHYSICAL:
        _check_free(call, kind, physical, number)
    if number is None and kind not in ("flat", "local"):
        number = call.cloud.streams.number("segmentation")
    return {"network_type": kind, "physical_network": physical, "segmentation_id": number}


def _check_segment(kind: str, physical: str | None, number: int | None) -> None:
    """neutron/plugins/ml2/drivers/type_*.py: validate_provider_segment."""
    if kind not in TYPES:
        raise InvalidInput(reason=f"network_type value '{kind}' not supported")
    if kind in PHYSICAL and not physical:
        raise InvalidInput(reason=f"physical_network required for {kind} provider network")
    if kind not in PHYSICAL and physical:
        raise InvalidInput(reason=f"provider:physical_network specified for {kind} network")
    if kind in ("flat", "local") and number is not None:
        raise InvalidInput(reason=f"segmentation_id prohibited for {kind} provider network")
    if kind == "vlan" and number is not None and not 1 <= number <= 4094:
        raise InvalidInput(reason="segmentation_id out of range (1 through 4094)")


def _check_free(call: Call, kind: str, physical: str | None, number: int | None) -> None:
    for other in call.cloud.store.all(Network):
        if (other.network_type, other.physical_network) == (kind, physical):
            if kind == "flat":
                raise FlatNetworkInUse(physical_network=physical)
            if other.segmentation_id == number:
                raise VlanIdInUse(vlan_id=number, physical_network=physical)


def _update(call: Call, record: Network, wish: dict[str, Any]) -> Network:
    NETWORK.demand(call, "update", wish, record.project_id)
    if record.shared and wish.get("shared") is False:
        _check_unshared(call, record)
    if record.external and wish.get("router:external") is False:
        ports = call.cloud.store.by(Port, "network", record.id)
        if any(port.device_owner == ROUTER_GATEWAY for port in ports):
            raise ExternalNetworkInUse(id=record.id)
    if any(name.startswith("provider:") for name in wish):
        raise InvalidInput(reason="Plugin does not support updating the following provider network attributes: "
                                  + ", ".join(name for name in wish if name.startswith("provider:")))  # fmt: skip
    most = MTU.get(record.network_type, 1500)
    if "mtu" in wish:
        wish["mtu"] = _mtu(wish["mtu"] or most, most)
    return change(call.cloud, record, **NETWORK.fields_of(wish))


def _check_unshared(call: Call, record: Network) -> None:
    for port in call.cloud.store.by(Port, "network", record.id):
        if port.project_id not in ("", record.project_id) and not port.device_owner.startswith("network:"):
            raise InvalidSharedSetting(id=record.id)
