"""GET, POST, PUT, DELETE /ports: where something is plugged into a network."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import (
    MacAddressInUse,
    SecurityGroupNotFound,
    change,
    default_group,
    make_port,
)
from fakecompute.domain.network_addresses import (
    FLOATING,
    ROUTER_GATEWAY,
    ROUTER_INTERFACE,
    Wish,
    requested,
    with_mac,
)
from fakecompute.domain.network_bindings import binding
from fakecompute.domain.network_floatingips import drop_port, floatingips_of, follow_addresses
from fakecompute.domain.network_sharing import is_open, is_shared
from fakecompute.domain.network_trunks import check_deletable, follow_parent, trunk_of
from fakecompute.domain.records.network import FloatingIP, Network, Port, Router, SecurityGroup
from fakecompute.domain.records.network_services import LocalIP
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT, listed, mapped
from fakecompute.services.network import listing, values
from fakecompute.services.network.networks import find_network
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute, check_revision, lists
from fakecompute.services.network.qos_use import check_qos
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import own, serves, tags

VNIC_TYPES = (
    "normal", "direct", "macvtap", "baremetal", "direct-physical", "virtio-forwarder", "smart-nic", "vdpa",
    "accelerator-direct", "accelerator-direct-physical", "remote-managed",
)  # fmt: skip
OWNERS = {ROUTER_INTERFACE: Router, ROUTER_GATEWAY: Router, FLOATING: FloatingIP}  # whose ports go with them


SERVED = ("compute:", "baremetal:", "manila:")  # the devices of other services


class PortNotFound(NotFound):
    message = "Port {id} could not be found."


class ServicePortInUse(Conflict):
    message = "Port {id} cannot be deleted directly via the port API: {reason}."


class PortBound(Conflict):
    message = (
        "Unable to complete operation on port {id}, port is already bound, port type: {vif_type},"
        " old_mac {old}, new_mac {new}."
    )


class FipAssociated(Conflict):
    message = (
        "Unable to complete the operation on port {id} because the port still has an associated floating IP."
    )


class BadPortRequest(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad port request: {reason}."


class DeviceIDNotOwnedByTenant(Conflict):
    message = (
        "The following device_id {device_id} is not owned by your project or matches another project router."
    )


class PortSecurityAndIPRequiredForSecurityGroups(BadRequest):
    message = (
        "Port security must be enabled and port must have an IP address in order to use security groups."
    )


class PortSecurityPortHasSecurityGroup(Conflict):
    message = (
        "Port has security group associated. Cannot disable port security or IP address until security group is"
        " removed."
    )


class AddressPairAndPortSecurityRequired(Conflict):
    message = "Port Security must be enabled in order to have allowed address pairs on a port."


# --- request schemas and response views ---------------------------------------------------------------


def _pairs(port: Port, call: Call) -> list[dict[str, str]]:
    return [
        {"ip_address": pair.ip_address, "mac_address": pair.mac_address or port.mac_address}
        for pair in port.allowed_address_pairs
    ]


def _profile(port: Port, call: Call) -> dict[str, Any]:
    return values.thawed(port.profile)


def _names(port: Port, call: Call) -> list[dict[str, str]]:
    """What the addresses are called in the cloud's own DNS."""
    domain = call.cloud.store.get(Network, port.network_id).dns_domain or "openstacklocal."
    shown = []
    for address in (ip.ip_address for ip in port.fixed_ips):
        host = port.dns_name or f"host-{address.replace('.', '-').replace(':', '-')}"
        shown.append({"ip_address": address, "hostname": host, "fqdn": f"{host}.{domain}"})
    return shown


def _network_policy(port: Port, call: Call) -> str | None:
    """The policy of quality of service that counts where the port has none."""
    return call.cloud.store.get(Network, port.network_id).qos_policy_id


def _trunk(port: Port, call: Call) -> Any:
    """A parent's trunk; others say nothing of trunks."""
    trunk = trunk_of(call.cloud, port)
    if trunk is None:
        return ABSENT
    subports = [
        {**sub._asdict(), "mac_address": call.cloud.store.get(Port, sub.port_id).mac_address}
        for sub in trunk.sub_ports
    ]
    return {"trunk_id": trunk.id, "sub_ports": subports}


def owns_port(call: Call, port: Port) -> bool:
    """One's own, and all on one's own networks."""
    return own(call, port) or own(call, call.cloud.store.get(Network, port.network_id))


# fmt: off
PORT = Noun(
    "port", Port, PortNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("network_id", values.uuid, "c", default=REQUIRED),
    attribute("admin_state_up", values.boolean, "cu", default=True),
    attribute("mac_address", values.mac, "cu", guarded=True),
    attribute("fixed_ips", values.fixed_ips, "cu", source=lists("fixed_ips"), guarded=True),
    attribute("device_id", values.text(255), "cu", default="", guarded=True),
    attribute("device_owner", values.text(255), "cu", default="", guarded=True),
    attribute("status"),
    attribute("binding:vif_type", target="vif_type", shown="get_port:binding:vif_type"),
    attribute("binding:vif_details", source=mapped("vif_details"), shown="get_port:binding:vif_details", filter=False),
    attribute("binding:vnic_type", values.one_of(*VNIC_TYPES), "cu", default="normal", target="vnic_type",
              guarded=True),
    attribute("binding:host_id", values.none_or(values.text(255)), "cu", target="host", guarded=True,
              shown="get_port:binding:host_id"),
    attribute("binding:profile", values.mapping, "cu", target="profile", source=_profile, guarded=True,
              shown="get_port:binding:profile", filter=False),
    attribute("port_security_enabled", values.boolean, "cu", guarded=True),
    attribute("security_groups", values.uuids, "cu", source=listed("security_groups")),
    attribute("dns_name", values.domain, "cu", default=""),
    attribute("dns_assignment", source=_names, filter=False),
    attribute("extra_dhcp_opts", values.dhcp_options, "cu", default=(), source=lists("extra_dhcp_opts"), filter=False),
    attribute("allowed_address_pairs", values.address_pairs, "cu", source=_pairs, guarded=True, filter=False),
    attribute("propagate_uplink_status", values.boolean, "c", default=True),
    attribute("resource_request", source=lambda port, call: None, shown="get_port:resource_request", filter=False),
    attribute("qos_policy_id", values.none_or(values.uuid), "cu", default=None, guarded=True),
    attribute("qos_network_policy_id", source=_network_policy),
    attribute("trunk_details", source=_trunk, filter=False),
    attribute("ip_allocation"),
    attribute("device_profile", values.none_or(values.text(255)), "c", default=None),
    attribute("numa_affinity_policy", values.none_or(values.one_of("required", "preferred", "legacy")), "cu",
              default=None),
    attribute("tags", values.strings, "c", default=(), source=tags(owns_port), filter=False),
    indexes={"device_id": "device", "network_id": "network"},
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def may_see_port(call: Call, port: Port) -> bool:
    """Services see all of them."""
    return serves(call) or owns_port(call, port)


@network.finder("port")
def find_port(call: Call, id: str) -> Port:
    found = call.cloud.store.find(Port, id)
    if found is None or not may_see_port(call, found):
        raise PortNotFound(id=id)
    return found


@network.get("/ports", policy="get_port")
def list_ports(call: Call) -> dict[str, Any]:
    return listing.listed(call, PORT, lambda port: may_see_port(call, port))


@network.get("/ports/<port>", policy="get_port")
def show_port(call: Call, port: Port) -> dict[str, Any]:
    return PORT.show(call, port)


@network.post("/ports", success=201)
def create_port(call: Call) -> dict[str, Any]:
    return PORT.created(call, _create)


@network.put("/ports/<port>", policy="update_port")
def update_port(call: Call, port: Port) -> dict[str, Any]:
    return PORT.updated(call, port, _update)


@network.delete("/ports/<port>", policy="get_port", success=204)
def delete_port(call: Call, port: Port) -> None:
    """A server's port is for services to delete; a router's goes with its interface, another's floating IP holds it."""
    if port.device_owner.startswith(SERVED) and not (call.is_admin or serves(call)):
        raise call.denied("delete_port")
    if not call.may("delete_port", port.project_id):
        call.demand("delete_port", call.cloud.store.get(Network, port.network_id).project_id)
    check_revision(call, port)
    check_deletable(call.cloud, port)
    if call.cloud.store.count(LocalIP, "port", port.id):
        raise ServicePortInUse(id=port.id, reason="still referenced by Local IPs")
    owner = OWNERS.get(port.device_owner)
    if owner and call.cloud.store.find(owner, port.device_id):
        raise ServicePortInUse(id=port.id, reason=f"has device owner {port.device_owner}")
    mine = call.context.project_id
    if not call.is_admin and any(one.project_id != mine for one in floatingips_of(call.cloud, port.id)):
        raise FipAssociated(id=port.id)
    drop_port(call.cloud, port)


def _demand(call: Call, action: str, wish: dict[str, Any], home: Network, owner: str) -> None:
    """Most attributes are for the network's owner; some for all who may have a port there."""

    def free(rule: str) -> bool:
        match rule.split(":", 1)[1]:
            case "device_id" | "binding:vnic_type" | "qos_policy_id":
                return call.may(rule, owner)
            case "device_owner":
                return not wish.get("device_owner", "").startswith("network:")
            case "fixed_ips:subnet_id":
                return is_shared(call.cloud, home, call.context.project_id)
            case "fixed_ips":
                return action == "create" and is_shared(call.cloud, home, call.context.project_id)
        return False

    PORT.demand(call, action, wish, home.project_id, free)


def _create(call: Call, wish: dict[str, Any]) -> Port:
    if call.context.barred:
        raise call.denied("create_port")
    check_qos(call, wish)
    home = find_network(call, wish["network_id"])
    if not is_shared(call.cloud, home, call.context.project_id):
        call.demand("create_port", home.project_id)
    _demand(call, "create", wish, home, wish["project_id"])
    _check_device(call, wish, wish["project_id"])
    guarded = wish.get("port_security_enabled", home.port_security_enabled)
    groups = wish.get("security_groups")
    if groups is not None:
        _check_groups(call, groups, wish["project_id"])
    if not guarded and groups:
        raise PortSecurityAndIPRequiredForSecurityGroups
    if not guarded and wish.get("allowed_address_pairs"):
        raise AddressPairAndPortSecurityRequired
    fields = PORT.fields_of(wish, "network_id", "project_id", "host", "binding:host_id", "security_groups")
    if wish.get("fixed_ips") == ():
        fields["ip_allocation"] = "none"
    host = wish.get("binding:host_id") or ""
    return make_port(call.cloud, home, wish["project_id"], security_groups=groups, host=host, **fields)


def _check_groups(call: Call, ids: tuple[str, ...], project_id: str) -> None:
    default_group(call.cloud, project_id)
    for id in ids:
        group = call.cloud.store.find(SecurityGroup, id)
        if group is None or not (call.is_admin or is_open(call.cloud, group, project_id)):
            raise SecurityGroupNotFound(id=id)


def _check_device(call: Call, wish: dict[str, Any], project_id: str) -> None:
    """Nobody plugs a port into another's router."""
    router = call.cloud.store.find(Router, wish.get("device_id"))
    if router is not None and not call.is_admin and router.project_id != project_id:
        raise DeviceIDNotOwnedByTenant(device_id=router.id)


def _update(call: Call, port: Port, wish: dict[str, Any]) -> Port:
    home = call.cloud.store.get(Network, port.network_id)
    _demand(call, "update", wish, home, port.project_id)
    check_qos(call, wish, port.qos_policy_id)
    _check_device(call, wish, port.project_id)
    fields = PORT.fields_of(wish, "fixed_ips", "binding:host_id", "mac_address")
    if "security_groups" in wish:
        _check_groups(call, wish["security_groups"], port.project_id)
    mac = wish.get("mac_address", port.mac_address)
    if mac != port.mac_address:
        _check_mac(call, port, mac)
        fields |= {"mac_address": mac, "fixed_ips": with_mac(call.cloud, port, mac)}
    if "fixed_ips" in wish:
        owner = wish.get("device_owner", port.device_owner)
        _check_floating(call, port, wish["fixed_ips"])
        fields["fixed_ips"] = requested(call.cloud, home, wish["fixed_ips"], mac, owner, port.fixed_ips)
    if "binding:host_id" in wish:
        fields |= binding(call.cloud, port, wish["binding:host_id"] or "")
    _check_security(port.evolve(**fields), wish)
    return _followed(call, change(call.cloud, port, **fields))


def _followed(call: Call, port: Port) -> Port:
    """What depends on a port's addresses and host comes along, or goes."""
    follow_addresses(call.cloud, port)
    follow_parent(call.cloud, port)
    return port


def _check_floating(call: Call, port: Port, wishes: tuple[Wish, ...]) -> None:
    """neutron/db/l3_db.py: prevent_internal_ip_change_for_fip."""
    kept = {wish.ip_address for wish in wishes}
    if any(floating.fixed_ip_address not in kept for floating in floatingips_of(call.cloud, port.id)):
        raise BadPortRequest(
            reason=f"Cannot update the fixed_ips of the port {port.id}, because its original fixed_ip has been"
            " associated to a floating ip"
        )


def _check_mac(call: Call, port: Port, mac: str) -> None:
    if port.host:
        raise PortBound(id=port.id, vif_type=port.vif_type, old=port.mac_address, new=mac)
    if call.cloud.store.count(Port, "mac", (port.network_id, mac)):
        raise MacAddressInUse(net_id=port.network_id, mac=mac)


def _check_security(after: Port, wish: dict[str, Any]) -> None:
    """Groups and address pairs want port security, whichever of them is being changed."""
    if after.port_security_enabled:
        return
    if after.security_groups:
        if wish.get("security_groups"):
            raise PortSecurityAndIPRequiredForSecurityGroups
        raise PortSecurityPortHasSecurityGroup
    if after.allowed_address_pairs:
        raise AddressPairAndPortSecurityRequired
