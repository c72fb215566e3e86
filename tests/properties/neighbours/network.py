"""What is asked of Neutron, and of Nova where it touches ports."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.network import FloatingIP, Network, Port, Router, SecurityGroup, Subnet
from fakecompute.domain.records.network_pools import AddressScope, SubnetPool
from fakecompute.domain.records.network_services import LocalIP, LocalIPAssociation, PortForwarding
from fakecompute.domain.records.network_sharing import RBACPolicy
from fakecompute.domain.records.qos import QosPolicy
from fakecompute.domain.records.trunk import Trunk
from tests.properties.asking import Ask

API = "/network/v2.0"
SERVERS = "/compute/v2.1/servers"
BOOT_IMAGE = "11111111-2222-4333-8444-555555555555"
# A small cloud: subnets and pools run out, and one may go outside.
NETWORKS: list[dict[str, Any]] = [
    {
        "name": "private",
        "project": "demo",
        "shared": True,
        "subnets": [
            {"name": "private-subnet", "cidr": "10.0.0.0/28"},
            {"name": "slaac", "cidr": "fd00::/64", "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"},
        ],
    },
    {"name": "public", "external": True, "subnets": [{"name": "public-subnet", "cidr": "172.24.4.0/29"}]},
]
DEFINITION: dict[str, Any] = {
    "networks": NETWORKS,
    "routers": [{"name": "router", "project": "demo", "gateway": "public", "interfaces": ["private-subnet"]}],
    "network_quotas": {"demo": {"port": 11, "network": 4, "subnet": 6, "router": 3, "floatingip": 2, "trunk": 2}},
}
KINDS: dict[str, type[Any]] = {
    "network": Network,
    "subnet": Subnet,
    "port": Port,
    "inner": Port,  # one that a floating IP may lead to
    "interface": Port,  # of a router
    "free": Port,  # one that is plugged into nothing
    "spare": Port,  # the same, and in no trunk
    "extra": Port,  # another of these, by chance the same
    "router": Router,
    "floating": FloatingIP,
    "loose": FloatingIP,  # one that leads to no port as a whole
    "forwarding": PortForwarding,
    "group": SecurityGroup,
    "trunk": Trunk,
    "pool": SubnetPool,
    "scope": AddressScope,
    "qos": QosPolicy,
    "rbac": RBACPolicy,
    "local": LocalIP,
    "association": LocalIPAssociation,
}


def _make(noun: str, user: str = "admin", /, **told: Any) -> Ask:
    return Ask("POST", f"{API}/{_plural(noun)}", {noun: told}, user)


def _set(noun: str, kind: str | None = None, /, **told: Any) -> Ask:
    return Ask("PUT", f"{API}/{_plural(noun)}/${kind or noun}", {noun: told})


def _drop(noun: str, kind: str | None = None) -> Ask:
    return Ask("DELETE", f"{API}/{_plural(noun)}/${kind or noun}")


def _plural(noun: str) -> str:
    return {"rbac_policy": "rbac-policies", "policy": "qos/policies", "security_group": "security-groups",
            "address_scope": "address-scopes", "security_group_rule": "security-group-rules",
            "local_ip": "local_ips"}.get(noun, f"{noun}s")  # fmt: skip


def _subnet(cidr: str, version: int = 4, **more: Any) -> Ask:
    return _make("subnet", network_id="$network", cidr=cidr, ip_version=version, **more)


def _join(verb: str, **what: Any) -> Ask:
    return Ask("PUT", f"{API}/routers/$router/{verb}_router_interface", what)


def _act(action: str, told: Any) -> Ask:
    return Ask("POST", f"{SERVERS}/$server/action", {action: told})


SLAAC = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
PORT = _make("port", network_id="$network")
TRUNK = _make("trunk", port_id="$spare")
SUBPORT = {"port_id": "$extra", "segmentation_type": "vlan"}
FLOATING = _make("floatingip", floating_network_id="$public")
FORWARDING = {
    "protocol": "tcp", "internal_port_id": "$inner", "internal_ip_address": "$address", "internal_port": 22,
}  # fmt: skip
ASKS: tuple[Ask, ...] = (
    # --- networks, subnets, pools
    _make("network", name="n"),
    _make("network", "alt_demo", name="other's"),
    Ask("POST", f"{API}/networks", {"network": {"name": "outside", "router:external": True}}),
    _set("network", shared=True),
    _set("network", shared=False),
    _set("network", mtu=1300, qos_policy_id="$qos"),
    _drop("network"),
    _subnet("10.0.0.0/28"),
    _subnet("10.1.0.0/29"),
    _subnet("10.2.0.0/30", gateway_ip=None),
    _subnet("10.3.0.0/28", allocation_pools=[{"start": "10.3.0.4", "end": "10.3.0.6"}], enable_dhcp=False),
    _subnet("fd01::/64", 6, **SLAAC),
    _subnet("fd02::/124", 6),
    _make("subnet", network_id="$network", subnetpool_id="$pool", ip_version=4),
    _make("subnet", network_id="$network", subnetpool_id="$pool", ip_version=4, prefixlen=29),
    _set("subnet", allocation_pools=[{"start": "10.0.0.3", "end": "10.0.0.8"}]),
    _set("subnet", gateway_ip=None),
    _set("subnet", gateway_ip="10.1.0.6"),
    _drop("subnet"),
    _make("subnetpool", name="pool", prefixes=["10.8.0.0/27"], default_prefixlen=29, default_quota=16),
    _make("subnetpool", name="scoped", prefixes=["10.9.0.0/28"], default_prefixlen=30, address_scope_id="$scope"),
    Ask("PUT", f"{API}/subnetpools/$pool/onboard_network_subnets", {"network_id": "$network"}),
    Ask("PUT", f"{API}/subnetpools/$pool/remove_prefixes", {"prefixes": ["10.8.0.0/28"]}),
    _drop("subnetpool", "pool"),
    _make("address_scope", name="scope", ip_version=4),
    _drop("address_scope", "scope"),
    # --- ports, and the servers they are plugged into
    PORT,
    PORT,
    _make("port", "alt_demo", network_id="$network"),
    _make("port", network_id="$home", fixed_ips=[{"subnet_id": "$subnet"}, {"subnet_id": "$subnet"}]),
    _make("port", network_id="$network", fixed_ips=[]),
    _make("port", network_id="$network", fixed_ips=[{"ip_address": "10.0.0.9"}]),
    _set("port", "inner", fixed_ips=[{"subnet_id": "$beside"}]),
    _set("port", "inner", fixed_ips=[{"subnet_id": "$beside"}, {"subnet_id": "$beside"}]),
    _set("port", "inner", fixed_ips=[{"subnet_id": "$beside", "ip_address": "10.0.0.5"}]),
    _set("port", "inner", fixed_ips=[]),
    _set("port", security_groups=["$group"]),
    _set("port", security_groups=[], port_security_enabled=False),
    _set("port", qos_policy_id="$qos"),
    _set("port", "free", **{"binding:host_id": "compute-1"}),
    _set("port", "free", **{"binding:host_id": "", "mac_address": "fa:16:3e:00:00:01"}),
    _drop("port"),
    _drop("port", "free"),
    Ask("POST", f"{SERVERS}/$server/os-interface", {"interfaceAttachment": {"port_id": "$free"}}),
    Ask("POST", f"{SERVERS}/$server/os-interface", {"interfaceAttachment": {"net_id": "$network"}}),
    Ask("DELETE", f"{SERVERS}/$server/os-interface/$port"),
    Ask("POST", SERVERS, {"server": {"name": "ported", "flavorRef": "1", "imageRef": BOOT_IMAGE,
                                     "networks": [{"port": "$free"}, {"uuid": "$network"}]}}),
    Ask("POST", SERVERS, {"server": {"name": "auto", "flavorRef": "1", "imageRef": BOOT_IMAGE, "networks": "auto"}}),
    _act("addFixedIp", {"networkId": "$network"}),
    _act("removeFixedIp", {"address": "$own_address"}),
    _act("addFloatingIp", {"address": "$outer"}),
    _act("removeFloatingIp", {"address": "$outer"}),
    # --- routers
    _make("router", name="r"),
    _make("router", name="r", external_gateway_info={"network_id": "$public"}),
    _make("router", "alt_demo", name="other's"),
    _set("router", external_gateway_info={"network_id": "$public"}),
    _set("router", external_gateway_info={"network_id": "$public", "qos_policy_id": "$qos"}),
    _set("router", external_gateway_info=None),
    _set("router", routes=[{"destination": "192.0.2.0/24", "nexthop": "10.0.0.14"}]),
    _set("router", routes=[]),
    _join("add", subnet_id="$subnet"),
    _join("add", port_id="$spare"),
    _join("remove", subnet_id="$subnet"),
    _join("remove", subnet_id="$joined"),
    Ask("PUT", f"{API}/routers/$owner/remove_router_interface", {"port_id": "$interface"}),
    _drop("router"),
    Ask("GET", f"{API}/auto-allocated-topology/$project"),
    # --- floating IPs and their ports
    FLOATING,
    _make("floatingip", floating_network_id="$public", port_id="$inner"),
    _make("floatingip", "alt_demo", floating_network_id="$public"),
    _set("floatingip", "floating", port_id="$inner"),
    _set("floatingip", "floating", port_id="$inner", fixed_ip_address="$address"),
    _set("floatingip", "floating", port_id=None),
    _drop("floatingip", "floating"),
    Ask("POST", f"{API}/floatingips/$loose/port_forwardings", {"port_forwarding": {**FORWARDING, "external_port": 1}}),
    Ask("POST", f"{API}/floatingips/$loose/port_forwardings", {"port_forwarding": {**FORWARDING, "external_port": 2}}),
    Ask("PUT", f"{API}/floatingips/$led/port_forwardings/$forwarding", {"port_forwarding": {"internal_port_id": "$inner"}}),
    Ask("DELETE", f"{API}/floatingips/$led/port_forwardings/$forwarding"),
    # --- trunks
    TRUNK,
    _make("trunk", port_id="$free"),
    Ask("PUT", f"{API}/trunks/$trunk/add_subports", {"sub_ports": [{**SUBPORT, "port_id": "$free", "segmentation_id": 6}]}),
    _make("trunk", port_id="$spare", sub_ports=[{**SUBPORT, "segmentation_id": 7}]),
    Ask("PUT", f"{API}/trunks/$trunk/add_subports", {"sub_ports": [{**SUBPORT, "segmentation_id": 8}]}),
    Ask("PUT", f"{API}/trunks/$trunk/add_subports", {"sub_ports": [{**SUBPORT, "segmentation_id": 9}]}),
    Ask("PUT", f"{API}/trunks/$trunk/remove_subports", {"sub_ports": [{"port_id": "$subport"}]}),
    _set("trunk", admin_state_up=False),
    _set("trunk", admin_state_up=True),
    _drop("trunk"),
    Ask("POST", f"{SERVERS}/$server/os-interface", {"interfaceAttachment": {"port_id": "$parent"}}),
    # --- groups, quality of service, sharing, limits
    _make("security_group", name="g"),
    _make("security_group_rule", security_group_id="$group", direction="ingress", remote_group_id="$group"),
    _drop("security_group", "group"),
    _make("policy", name="q"),
    _drop("policy", "qos"),
    _make("rbac_policy", object_type="network", object_id="$network", action="access_as_shared", target_tenant="$alt"),
    _make("rbac_policy", object_type="network", object_id="$network", action="access_as_external", target_tenant="*"),
    _drop("rbac_policy", "rbac"),
    _make("local_ip", network_id="$network"),
    Ask("POST", f"{API}/local_ips/$local/port_associations", {"port_association": {"fixed_port_id": "$port"}}),
    _drop("local_ip", "local"),
    Ask("DELETE", f"{API}/local_ips/$whole/port_associations/$fixed"),
    Ask("PUT", f"{API}/quotas/$project", {"quota": {"port": 10, "floatingip": 3, "subnet": 5}}),
    Ask("PUT", f"{API}/quotas/$project", {"quota": {"port": -1, "trunk": 1}}),
    Ask("DELETE", f"{API}/quotas/$project"),
)
# What is made where a request names what there is none of.
MAKERS: dict[str, Ask] = {
    "network": _make("network", name="n"),
    "subnet": _subnet("10.1.0.0/29"),
    "port": PORT,
    "inner": Ask("POST", f"{API}/ports", {"port": {"network_id": "$private"}}),
    "free": PORT,
    "spare": PORT,
    "extra": PORT,
    "router": _make("router", name="r"),
    "floating": FLOATING,
    "forwarding": Ask("POST", f"{API}/floatingips/$loose/port_forwardings",
                      {"port_forwarding": {**FORWARDING, "external_port": 3}}),
    "loose": FLOATING,
    "trunk": TRUNK,
    "subport": Ask("PUT", f"{API}/trunks/$trunk/add_subports", {"sub_ports": [{**SUBPORT, "segmentation_id": 9}]}),
    "pool": _make("subnetpool", name="pool", prefixes=["10.8.0.0/27"], default_prefixlen=29, default_quota=16),
    "scope": _make("address_scope", name="scope", ip_version=4),
    "qos": _make("policy", name="q"),
    "local": _make("local_ip", network_id="$network"),
}  # fmt: skip
# Most of what there is begins with this.
BEGIN = (PORT, PORT, PORT, TRUNK, FLOATING, MAKERS["qos"], MAKERS["pool"])
LOOKS = tuple(
    Ask("GET", f"{API}/{path}")
    for path in (
        "networks", "subnets", "ports", "ports/$port", "routers", "floatingips", "trunks", "subnetpools", "agents",
        "security-groups", "network-ip-availabilities", "quotas/$project/details", "availability_zones", "segments",
        "floatingips/$floating/port_forwardings", "rbac-policies", "qos/policies", "ports/$port/bindings",
    )
)  # fmt: skip
# In the order in which all of it goes.
CLEARING: tuple[tuple[str, str, str, Any], ...] = (
    ("forwarding", "DELETE", f"{API}/floatingips/$led/port_forwardings/$forwarding", None),
    ("floating", "DELETE", f"{API}/floatingips/$floating", None),
    ("trunk", "PUT", f"{API}/trunks/$trunk", {"trunk": {"admin_state_up": True}}),
    ("free", "PUT", f"{API}/ports/$free", {"port": {"binding:host_id": ""}}),
    ("trunk", "DELETE", f"{API}/trunks/$trunk", None),
    ("association", "DELETE", f"{API}/local_ips/$whole/port_associations/$fixed", None),
    ("local", "DELETE", f"{API}/local_ips/$local", None),
    ("router", "PUT", f"{API}/routers/$router", {"router": {"routes": [], "external_gateway_info": None}}),
    ("interface", "PUT", f"{API}/routers/$owner/remove_router_interface", {"port_id": "$interface"}),
    ("router", "DELETE", f"{API}/routers/$router", None),
    ("port", "DELETE", f"{API}/ports/$port", None),
    ("subnet", "DELETE", f"{API}/subnets/$subnet", None),
    ("rbac", "DELETE", f"{API}/rbac-policies/$rbac", None),
    ("network", "DELETE", f"{API}/networks/$network", None),
    ("pool", "DELETE", f"{API}/subnetpools/$pool", None),
    ("scope", "DELETE", f"{API}/address-scopes/$scope", None),
    ("qos", "DELETE", f"{API}/qos/policies/$qos", None),
)
