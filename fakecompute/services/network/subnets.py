"""GET, POST, PUT, DELETE /subnets: ranges of addresses on a network."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from fakecompute.domain.network import change, touch
from fakecompute.domain.network_addresses import (
    ROUTER_GATEWAY,
    ROUTER_INTERFACE,
    InvalidInput,
    SubnetNotFound,
    eui64,
)
from fakecompute.domain.network_pools import (
    SubnetPoolNotFound,
    check_affinity,
    cut,
    default_pool,
)
from fakecompute.domain.network_segments import check_segment
from fakecompute.domain.network_sharing import is_shared
from fakecompute.domain.network_subnets import check_gateway, check_pools, make_subnet
from fakecompute.domain.records.network import FixedIP, Network, Port, Subnet
from fakecompute.domain.records.network_pools import SubnetPool
from fakecompute.errors import BadRequest, Conflict
from fakecompute.rest.call import Call
from fakecompute.rest.view import listed
from fakecompute.services.network import listing, values
from fakecompute.services.network.networks import NetworkNotFound, may_see
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute, check_revision, lists
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import open_to, own, tags

LISTS = ("allocation_pools", "dns_nameservers", "host_routes")  # changing them is no revision of the subnet
IPV6_MODES = ("dhcpv6-stateful", "dhcpv6-stateless", "slaac")


class SubnetInUse(Conflict):
    message = "Unable to complete operation on subnet {id}: One or more ports have an IP allocation from this subnet."


class GatewayIpInUse(Conflict):
    message = "Current gateway ip {gateway} already in use by port {port_id}. Unable to update."


class SubnetSegmentAssociationChangeNotAllowed(BadRequest):
    message = "A subnet that is already associated with a segment cannot have its segment association changed."


class BadSubnetRequest(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad subnets request: {reason}."


# --- request schemas and response views ---------------------------------------------------------------

def _open(call: Call, record: Subnet) -> bool:
    return own(call, record) or open_to(call, call.cloud.store.get(Network, record.network_id))


# fmt: off
SUBNET = Noun(
    "subnet", Subnet, SubnetNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("ip_version", values.one_of(4, 6, convert=values.integer()), "c", default=REQUIRED),
    attribute("network_id", values.uuid, "c", default=REQUIRED),
    attribute("subnetpool_id", values.none_or(values.uuid), "c"),
    attribute("prefixlen", values.non_negative, "c", source=None, filter=False),
    attribute("cidr", values.none_or(values.cidr), "c"),
    attribute("gateway_ip", values.none_or(values.ip), "cu"),
    attribute("allocation_pools", values.pools, "cu", source=lists("allocation_pools"), filter=False),
    attribute("dns_nameservers", values.nameservers, "cu", source=listed("dns_nameservers"), filter=False),
    attribute("host_routes", values.host_routes, "cu", source=lists("host_routes"), filter=False),
    attribute("enable_dhcp", values.boolean, "cu", default=True),
    attribute("ipv6_ra_mode", values.none_or(values.one_of(*IPV6_MODES)), "c"),
    attribute("ipv6_address_mode", values.none_or(values.one_of(*IPV6_MODES)), "c"),
    attribute("shared", values.boolean, source=None),
    attribute("use_default_subnetpool", values.boolean, "c", source=None, filter=False),
    attribute("service_types", values.service_types, "cu", source=listed("service_types"), filter=False),
    attribute("tags", values.strings, "", source=tags(_open), filter=False),
    attribute("segment_id", values.none_or(values.uuid), "cu", default=None, shown="get_subnet:segment_id"),
    attribute("router:external", values.boolean,
              source=lambda record, call: call.cloud.store.get(Network, record.network_id).external),
    indexes={"network_id": "network", "subnetpool_id": "pool", "segment_id": "segment"},
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def may_see_subnet(call: Call, record: Subnet) -> bool:
    """One's own, and those of networks that one sees."""
    return own(call, record) or may_see(call, call.cloud.store.get(Network, record.network_id))


@network.finder("subnet")
def find_subnet(call: Call, id: str) -> Subnet:
    found = call.cloud.store.find(Subnet, id)
    if found is None or not may_see_subnet(call, found):
        raise SubnetNotFound(id=id)
    return found


@network.get("/subnets", policy="get_subnet")
def list_subnets(call: Call) -> dict[str, Any]:
    wanted = [values.boolean(value) for name, value in call.query_pairs if name == "shared"]
    call.query_pairs = [pair for pair in call.query_pairs if pair[0] != "shared"]

    def seen(record: Subnet) -> bool:
        if not may_see_subnet(call, record):
            return False
        home = call.cloud.store.get(Network, record.network_id)
        return not wanted or is_shared(call.cloud, home, call.context.project_id) in wanted

    return listing.listed(call, SUBNET, seen)


@network.get("/subnets/<subnet>", policy="get_subnet")
def show_subnet(call: Call, subnet: Subnet) -> dict[str, Any]:
    return SUBNET.show(call, subnet)


@network.post("/subnets", policy="create_subnet", success=201, asks=True)
def create_subnet(call: Call) -> dict[str, Any]:
    return SUBNET.created(call, _create)


@network.put("/subnets/<subnet>", policy="get_subnet")
def update_subnet(call: Call, subnet: Subnet) -> dict[str, Any]:
    _demand_owner(call, "update_subnet", subnet)
    return SUBNET.updated(call, subnet, _update)


@network.delete("/subnets/<subnet>", policy="get_subnet", success=204)
def delete_subnet(call: Call, subnet: Subnet) -> None:
    """Addresses that ports made for themselves go with it; all others stand in the way."""
    _demand_owner(call, "delete_subnet", subnet)
    check_revision(call, subnet)
    store = call.cloud.store
    ports = store.by(Port, "subnet", subnet.id)
    if any(not subnet.auto_address or port.device_owner == ROUTER_INTERFACE for port in ports):
        raise SubnetInUse(id=subnet.id)
    for port in ports:
        change(call.cloud, port, fixed_ips=tuple(ip for ip in port.fixed_ips if ip.subnet_id != subnet.id))
    touch(call.cloud, store.get(Network, subnet.network_id))
    store.drop(subnet)


def _demand_owner(call: Call, rule: str, record: Subnet) -> None:
    """The owner of the subnet may, and the owner of its network."""
    owner = call.cloud.store.get(Network, record.network_id).project_id
    if not call.may(rule, record.project_id):
        call.demand(rule, owner)


def _create(call: Call, wish: dict[str, Any]) -> Subnet:
    home = call.cloud.store.find(Network, wish["network_id"])
    if home is None:
        raise NetworkNotFound(id=wish["network_id"])
    call.demand("create_subnet", home.project_id)
    if len(wish.get("host_routes", ())) > values.MOST_ROUTES:
        raise values.HostRoutesExhausted(subnet="new subnet", quota=values.MOST_ROUTES)
    SUBNET.demand(call, "create", wish, home.project_id)
    pool = _pool(call, wish)
    _check_versions(wish["ip_version"], wish)
    if wish.get("cidr"):
        _check_prefix(wish)
    _check_modes(wish)
    check_affinity(call.cloud, home, wish["ip_version"], pool)
    check_segment(call.cloud, home, wish["segment_id"])
    if pool is not None:
        wish["cidr"] = _cut(call, pool, wish)
        _check_prefix(wish)
    fields = SUBNET.fields_of(
        wish, "id", "ip_version", "network_id", "subnetpool_id", "prefixlen", "cidr", "use_default_subnetpool",
        "project_id",
    )  # fmt: skip
    fields["subnetpool_id"] = pool.id if pool else None
    made = make_subnet(call.cloud, home, wish["project_id"], wish["cidr"], **fields)
    if made.auto_address:
        for port in call.cloud.store.by(Port, "network", home.id):
            if port.device_owner not in (ROUTER_INTERFACE, ROUTER_GATEWAY):
                own = FixedIP(made.id, eui64(made.cidr, port.mac_address))
                change(call.cloud, port, fixed_ips=(*port.fixed_ips, own))
    return made


def _pool(call: Call, wish: dict[str, Any]) -> SubnetPool | None:
    """The pool that the subnet is to be cut from; None for a prefix of its own.

    neutron/db/db_base_plugin_v2.py: _get_subnetpool_id.
    """
    id, usual = wish.get("subnetpool_id"), wish.get("use_default_subnetpool")
    version = wish["ip_version"]
    if wish.get("cidr") and "prefixlen" in wish:
        raise BadSubnetRequest(reason="cidr and prefixlen must not be supplied together")
    if id and usual:
        raise BadSubnetRequest(reason="subnetpool_id and use_default_subnetpool cannot both be specified")
    if usual:
        if (found := default_pool(call.cloud, version, call.context.project_id, call.is_admin)) is None:
            raise BadSubnetRequest(reason=f"No default subnetpool found for IPv{version}")
        return found
    if not id:
        if not wish.get("cidr"):
            raise BadSubnetRequest(reason="a subnetpool must be specified in the absence of a cidr")
        return None
    pool = call.cloud.store.find(SubnetPool, id)
    if pool is None or not open_to(call, pool):
        raise SubnetPoolNotFound(id=id)
    if pool.ip_version != version:
        raise BadSubnetRequest(reason=f"Cannot allocate IPv{version} subnet from IPv{pool.ip_version} subnet pool")
    return pool


def _cut(call: Call, pool: SubnetPool, wish: dict[str, Any]) -> str:
    """The prefix that the subnet gets: the one it wants, or whichever there is."""
    if cidr := wish.get("cidr"):
        return cut(call.cloud, pool, wish["project_id"], ip_network(cidr, strict=False).prefixlen, cidr)
    if wish.get("allocation_pools"):
        raise BadSubnetRequest(reason="allocation_pools allowed only for specific subnet requests.")
    length = wish.get("prefixlen", pool.default_prefixlen)
    return cut(call.cloud, pool, wish["project_id"], length)


def _check_versions(version: int, wish: dict[str, Any]) -> None:
    """All addresses are of the subnet's version.  neutron/db/db_base_plugin_v2.py: _validate_ip_version."""
    named = [(name, wish.get(name)) for name in ("cidr", "gateway_ip")]
    named += [("dns_nameserver", address) for address in wish.get("dns_nameservers", ())]
    named += [("nexthop", route.nexthop) for route in wish.get("host_routes", ())]
    named += [("destination", route.destination) for route in wish.get("host_routes", ())]
    for name, value in named:
        if value and ip_address(value.partition("/")[0]).version != version:
            raise InvalidInput(reason=f"{name} '{value}' does not match the ip_version '{version}'")


def _check_prefix(wish: dict[str, Any]) -> None:
    prefix = ip_network(wish["cidr"], strict=False)
    if prefix.version == 6 and int(prefix.network_address) == 0:
        raise InvalidInput(reason="IPv6 subnet '::' is not supported")
    if not wish["enable_dhcp"]:
        return
    if prefix.max_prefixlen - prefix.prefixlen < 2:
        raise InvalidInput(reason="Subnet has a prefix length that is incompatible with DHCP service enabled")
    if prefix.is_multicast:
        raise InvalidInput(reason="Multicast IP subnet is not supported if enable_dhcp is True")
    if prefix.is_loopback:
        raise InvalidInput(reason="Loopback IP subnet is not supported if enable_dhcp is True")
    if int(prefix.network_address) == 0:
        raise InvalidInput(reason="First IP '0.0.0.0' of network is not supported if enable_dhcp is True.")


def _check_modes(wish: dict[str, Any]) -> None:
    """neutron/db/db_base_plugin_v2.py: _validate_ipv6_attributes."""
    ra, address = wish.get("ipv6_ra_mode"), wish.get("ipv6_address_mode")
    if wish["ip_version"] == 4:
        for name in ("ipv6_ra_mode", "ipv6_address_mode"):
            if wish.get(name):
                raise InvalidInput(reason=f"{name} is not valid when ip_version is 4")
        return
    if (ra or address) and not wish["enable_dhcp"]:
        raise InvalidInput(
            reason="ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False"
        )
    if ra and address and ra != address:
        raise InvalidInput(
            reason=f"ipv6_ra_mode set to '{ra}' with ipv6_address_mode set to '{address}' is not valid. If both"
            " attributes are set, they must be the same value"
        )
    if address in ("slaac", "dhcpv6-stateless") and ip_network(wish["cidr"], strict=False).prefixlen != 64:
        raise InvalidInput(
            reason=f"Invalid CIDR {wish['cidr']} for IPv6 address mode. OpenStack uses the EUI-64 address format,"
            " which requires the prefix to be /64"
        )


def _update(call: Call, record: Subnet, wish: dict[str, Any]) -> Subnet:
    SUBNET.demand(call, "update", wish, call.cloud.store.get(Network, record.network_id).project_id)
    prefix = ip_network(record.cidr)
    _check_versions(record.ip_version, wish)
    gateway = wish.get("gateway_ip", record.gateway_ip)
    if "gateway_ip" in wish:
        check_gateway(prefix, gateway)
        used = call.cloud.store.one(Port, "address", (record.id, record.gateway_ip))
        if gateway != record.gateway_ip and used is not None and used.device_owner == ROUTER_INTERFACE:
            raise GatewayIpInUse(gateway=record.gateway_ip, port_id=used.id)
    if "gateway_ip" in wish or "allocation_pools" in wish:
        check_pools(prefix, wish.get("allocation_pools", record.allocation_pools), gateway)
    if len(wish.get("host_routes", ())) > values.MOST_ROUTES:
        raise values.HostRoutesExhausted(subnet=record.id, quota=values.MOST_ROUTES)
    if wish.get("segment_id") and record.segment_id not in (None, wish["segment_id"]):
        raise SubnetSegmentAssociationChangeNotAllowed
    lists = {name: wish.pop(name) for name in LISTS if name in wish}
    changed = change(call.cloud, record, **SUBNET.fields_of(wish))
    return call.cloud.store.put(changed.evolve(**lists)) if lists else changed
