"""GET, POST, DELETE /security-group-rules: what may come in or go out."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import SecurityGroupNotFound, put_rule, touch
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.records.network import SecurityGroup, SecurityGroupRule
from fakecompute.domain.records.network_pools import AddressGroup
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import listing, values
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute, check_revision
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import open_to, own

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# neutron_lib/constants.py: IP_PROTOCOL_MAP
# fmt: off
PROTOCOLS = {
    "ah": 51, "dccp": 33, "egp": 8, "esp": 50, "gre": 47, "icmp": 1, "icmpv6": 58, "igmp": 2, "ipip": 4,
    "ipv6-encap": 41, "ipv6-frag": 44, "ipv6-icmp": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "ipv6-route": 43,
    "ospf": 89, "pgm": 113, "rsvp": 46, "sctp": 132, "tcp": 6, "udp": 17, "udplite": 136, "vrrp": 112,
}
# fmt: on
ANY_PROTOCOL = (None, "any")
WITH_PORTS = {"tcp": 6, "udp": 17, "sctp": 132, "dccp": 33, "udplite": 136}
ICMP = (1, 58)
ONLY_IPV6 = frozenset(
    word
    for name in ("ipv6-encap", "ipv6-frag", "ipv6-icmp", "icmpv6", "ipv6-nonxt", "ipv6-opts", "ipv6-route")
    for word in (name, str(PROTOCOLS[name]))
)


class SecurityGroupRuleNotFound(NotFound):
    message = "Security group rule {id} does not exist"


class AddressGroupNotFound(NotFound):
    message = "Address group {id} could not be found."


class SecurityGroupRuleExists(Conflict):
    message = "Security group rule already exists. Rule id is {id}."


class SecurityGroupRuleInvalidProtocol(BadRequest):
    message = (
        "Security group rule protocol {protocol} not supported. Only protocol values {values} and integer"
        " representations [0 to 255] are supported."
    )


class SecurityGroupRuleInvalidEtherType(BadRequest):
    message = (
        "Security group rule for ethertype '{ethertype}' not supported. Allowed values are ['IPv4', 'IPv6']."
    )


class SecurityGroupInvalidPortValue(BadRequest):
    message = "Invalid value for port {port}"


class SecurityGroupInvalidPortRange(BadRequest):
    message = "For TCP/UDP protocols, port_range_min must be <= port_range_max"


class SecurityGroupInvalidProtocolForPort(BadRequest):
    message = "Ports cannot be specified for protocol {protocol}. Ports are only supported for {ports}."


class SecurityGroupProtocolRequiredWithPorts(BadRequest):
    message = "Must also specify protocol if port range is given."


class SecurityGroupInvalidIcmpValue(BadRequest):
    message = "Invalid value for ICMP {field} ({name}) {value}. It must be 0 to 255."


class SecurityGroupMissingIcmpType(BadRequest):
    message = "ICMP code (port-range-max) {value} is provided but ICMP type (port-range-min) is missing."


class SecurityGroupEthertypeConflictWithProtocol(BadRequest):
    message = "Invalid ethertype {ethertype} for protocol {protocol}."


class SecurityGroupRuleParameterConflict(BadRequest):
    message = "Conflicting value ethertype {ethertype} for CIDR {cidr}"


class SecurityGroupMultipleRemoteEntites(BadRequest):
    message = "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided."


# --- request schemas and response views ---------------------------------------------------------------


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 19


def _protocol(value: Any) -> str | None:
    """A name or a number, as text; what means any is None."""
    if value in ANY_PROTOCOL:
        return None
    word = str(value).lower()
    if (
        isinstance(value, (str, int))
        and not isinstance(value, bool)
        and (word in PROTOCOLS or (_is_number(word) and int(word) <= 255))
    ):
        return word
    raise SecurityGroupRuleInvalidProtocol(protocol=value, values=(*ANY_PROTOCOL, *PROTOCOLS))


def _port(value: Any) -> int | None:
    if value is None:
        return None
    text = str(value)
    if isinstance(value, (bool, float)) or not _is_number(text) or int(text) > 65535:
        raise SecurityGroupInvalidPortValue(port=value)
    return int(text)


def _ethertype(value: Any) -> str:
    for known in ("IPv4", "IPv6"):
        if isinstance(value, str) and value.lower() == known.lower():
            return known
    raise SecurityGroupRuleInvalidEtherType(ethertype=value)


def _normalized(rule: SecurityGroupRule, call: Call) -> str | None:
    """The prefix without the bits of the host."""
    return str(ip_network(rule.remote_ip_prefix, strict=False)) if rule.remote_ip_prefix else None


# fmt: off
RULE = Noun(
    "security_group_rule", SecurityGroupRule, SecurityGroupRuleNotFound,
    attribute("id"),
    attribute("security_group_id", values.text(36), "c", default=REQUIRED),
    attribute("ethertype", _ethertype, "c", default="IPv4"),
    attribute("direction", values.one_of("ingress", "egress"), "c", default=REQUIRED),
    attribute("protocol", _protocol, "c", default=None),
    attribute("port_range_min", _port, "c", default=None),
    attribute("port_range_max", _port, "c", default=None),
    attribute("remote_ip_prefix", values.prefix, "c", default=None),
    attribute("remote_address_group_id", values.none_or(values.text(36)), "c", default=None),
    attribute("normalized_cidr", source=_normalized),
    attribute("remote_group_id", values.none_or(values.text(36)), "c", default=None),
    attribute("belongs_to_default_sg"),
    indexes={"security_group_id": "group", "remote_group_id": "remote", "remote_address_group_id": "address_group"},
)
# fmt: on
KEY = (
    "direction ethertype protocol port_range_min port_range_max remote_ip_prefix remote_group_id"
    " remote_address_group_id"
).split()


# --- handlers -----------------------------------------------------------------------------------------


def rules_of(cloud: Cloud, group_id: str) -> list[SecurityGroupRule]:
    return sorted(
        cloud.store.by(SecurityGroupRule, "group", group_id), key=lambda rule: (rule.number, rule.id)
    )


@network.finder("security_group_rule")
def find_rule(call: Call, id: str) -> SecurityGroupRule:
    found = call.cloud.store.find(SecurityGroupRule, id)
    if found is None or not own(call, found):
        raise SecurityGroupRuleNotFound(id=id)
    return found


@network.get("/security-group-rules", policy="get_security_group_rule")
def list_security_group_rules(call: Call) -> dict[str, Any]:
    return listing.listed(call, RULE, lambda rule: own(call, rule))


@network.get("/security-group-rules/<security_group_rule>", policy="get_security_group_rule")
def show_security_group_rule(call: Call, security_group_rule: SecurityGroupRule) -> dict[str, Any]:
    return RULE.show(call, security_group_rule)


@network.post("/security-group-rules", policy="create_security_group_rule", success=201, asks=True)
def create_security_group_rule(call: Call) -> dict[str, Any]:
    return RULE.created(call, _create)


@network.delete(
    "/security-group-rules/<security_group_rule>", policy="delete_security_group_rule", success=204
)
def delete_security_group_rule(call: Call, security_group_rule: SecurityGroupRule) -> None:
    check_revision(call, security_group_rule)
    store = call.cloud.store
    touch(call.cloud, store.get(SecurityGroup, security_group_rule.security_group_id))
    store.drop(security_group_rule)


def _create(call: Call, wish: dict[str, Any]) -> SecurityGroupRule:
    group = _group(call, wish["security_group_id"])
    call.demand("create_security_group_rule", group.project_id)
    check_rule(wish)
    _check_remote(call, wish)
    check_quota(call.cloud, group.project_id, "security_group_rule")
    fields = RULE.fields_of(wish, "project_id", "security_group_id")
    for rule in rules_of(call.cloud, group.id):
        if all(getattr(rule, name) == fields[name] for name in KEY):
            raise SecurityGroupRuleExists(id=rule.id)
    return put_rule(call.cloud, group, **fields)


def check_rule(wish: dict[str, Any]) -> None:
    """What must fit whoever asks; protocols and ports are written down as they always are."""
    if wish["ethertype"] == "IPv6" and wish["protocol"] in ("icmp", "icmpv6"):
        wish["protocol"] = "ipv6-icmp"
    if wish["ethertype"] == "IPv6" and wish["protocol"] == "1":
        wish["protocol"] = "58"
    if (wish["port_range_min"], wish["port_range_max"]) == (1, 65535):
        wish["port_range_min"] = wish["port_range_max"] = None
    _check_ports(wish)
    _check_ethertype(wish)
    if sum(bool(wish[name]) for name in ("remote_ip_prefix", "remote_group_id", "remote_address_group_id")) > 1:
        raise SecurityGroupMultipleRemoteEntites


def _group(call: Call, id: str) -> SecurityGroup:
    group = call.cloud.store.find(SecurityGroup, id)
    if group is None:
        raise SecurityGroupNotFound(id=id)
    if not open_to(call, group):
        raise call.denied("create_security_group_rule")
    return group


def _check_ports(wish: dict[str, Any]) -> None:
    """neutron/db/securitygroups_db.py: _validate_port_range."""
    low, high, protocol = wish["port_range_min"], wish["port_range_max"], wish["protocol"]
    if low is None and high is None:
        return
    if not protocol:
        raise SecurityGroupProtocolRequiredWithPorts
    number = PROTOCOLS[protocol] if protocol in PROTOCOLS else int(protocol)
    if number in WITH_PORTS.values():
        if 0 in (low, high):
            raise SecurityGroupInvalidPortValue(port=0)
        if low is None or high is None or low > high:
            raise SecurityGroupInvalidPortRange
    elif number in ICMP:
        for name, field in (("port_range_min", "type"), ("port_range_max", "code")):
            if wish[name] is not None and wish[name] > 255:
                raise SecurityGroupInvalidIcmpValue(field=field, name=name, value=wish[name])
        if low is None:
            raise SecurityGroupMissingIcmpType(value=high)
    else:
        ports = ", ".join(name.upper() for name in WITH_PORTS)
        raise SecurityGroupInvalidProtocolForPort(protocol=number, ports=ports)


def _check_ethertype(wish: dict[str, Any]) -> None:
    prefix = wish["remote_ip_prefix"]
    if prefix and wish["ethertype"] != f"IPv{ip_network(prefix, strict=False).version}":
        raise SecurityGroupRuleParameterConflict(ethertype=wish["ethertype"], cidr=prefix)
    if wish["protocol"] in ONLY_IPV6 and wish["ethertype"] == "IPv4":
        raise SecurityGroupEthertypeConflictWithProtocol(ethertype="IPv4", protocol=wish["protocol"])


def _check_remote(call: Call, wish: dict[str, Any]) -> None:
    if wish["remote_group_id"]:
        _group(call, wish["remote_group_id"])
    if id := wish["remote_address_group_id"]:
        found = call.cloud.store.find(AddressGroup, id)
        if found is None or not open_to(call, found):
            raise AddressGroupNotFound(id=id)
