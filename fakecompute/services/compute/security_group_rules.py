"""POST, DELETE /os-security-group-rules (to 2.35): what may come in, as Neutron's rules."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any
from urllib.parse import unquote

from fakecompute.domain.records.network import SecurityGroup, SecurityGroupRule
from fakecompute.errors import BadRequest, FakeError, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import INCLUDE, Anything, Object, Schema, Text
from fakecompute.services.compute.neighbours import at, handed_on
from fakecompute.services.compute.security_groups import (
    ANYWHERE,
    check_uuid,
    find_group,
    incoming,
    ports,
    rule_view,
)
from fakecompute.services.compute.service import compute
from fakecompute.services.network import security_group_rules as neutrons
from fakecompute.services.network.service import network as neutron

EVERYWHERE = (ANYWHERE, "::/0")


class InvalidCidr(BadRequest):
    message = "{cidr} is not a valid IP network."


class BadPrefix(BadRequest):
    message = "Bad prefix for network in cidr {cidr}"


class TooLittle(BadRequest):
    message = "Not enough parameters to build a valid rule."


class NoIntegers(BadRequest):
    message = "Invalid input received: {reason}"


class InvalidIpProtocol(BadRequest):
    message = "Invalid IP protocol {protocol}."


class InvalidPortRange(BadRequest):
    message = "Invalid port range {low}:{high}. {reason}"


class RuleExists(BadRequest):
    message = "This rule already exists in group {id}"


# --- request schemas ----------------------------------------------------------------------------------


class NewRule(Schema):
    group_id = Text(form="uuid", allow_none=True)
    parent_group_id = Text(form="uuid", required=True)
    to_port = Anything()
    from_port = Anything()
    ip_protocol = Anything()
    cidr = Anything()

    class Meta:
        unknown = INCLUDE


class CreateRule(Schema):
    security_group_rule = Object(NewRule, required=True)

    class Meta:
        unknown = INCLUDE


# --- handlers -----------------------------------------------------------------------------------------


@compute.post(
    "/os-security-group-rules",
    until="2.35",
    body=CreateRule,
    policy="os_compute_api:os-security-groups:rule:create",
)
def create_os_security_group_rule(call: Call) -> dict[str, Any]:
    sent = call.body["security_group_rule"]
    parent = find_group(call, sent["parent_group_id"])
    source = sent.get("group_id")
    if source is not None:
        find_group(call, source)
    cidr = None if source else _cidr(sent.get("cidr"))
    protocol, low, high = _traffic(sent, source is not None)
    if cidr and protocol is None:
        raise TooLittle
    if cidr and cidr.endswith("/0") and cidr not in EVERYWHERE:
        raise BadPrefix(cidr=cidr)
    if (source, cidr, low, high, protocol) in [_told(rule) for rule in incoming(call, parent)]:
        raise RuleExists(id=parent.id)
    return {"security_group_rule": rule_view(_make(call, parent, source, cidr, protocol, low, high), call)}


@compute.delete(
    "/os-security-group-rules/<id>",
    until="2.35",
    policy="os_compute_api:os-security-groups:rule:delete",
    success=202,
)
def delete_os_security_group_rule(call: Call, id: str) -> None:
    check_uuid(id)
    try:
        rule = neutrons.find_rule(at(call, neutron), id)
    except NotFound as missing:
        raise handed_on(call, missing) from None
    neutrons.delete_security_group_rule(at(call, neutron), rule)


def _told(rule: SecurityGroupRule) -> tuple[Any, ...]:
    return (rule.remote_group_id, rule.remote_ip_prefix or ANYWHERE, *ports(rule), rule.protocol)


def _cidr(sent: Any) -> str:
    if not sent:
        return ANYWHERE
    text = unquote(sent) if isinstance(sent, str) else str(sent)
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise InvalidCidr(cidr=text) from None
    if "/" not in text:
        raise InvalidCidr(cidr=text)
    return text


def _traffic(sent: dict[str, Any], of_group: bool) -> tuple[str | None, int | None, int | None]:
    """Protocol and ports; for a group a protocol alone stands for all of its ports."""
    # nova/network/security_group_api.py: _new_ingress_rule
    protocol, low, high = sent.get("ip_protocol"), sent.get("from_port"), sent.get("to_port")
    upper = str(protocol).upper() if protocol else ""
    if of_group and low is None and high is None:
        low, high = {"ICMP": (-1, -1), "TCP": (1, 65535), "UDP": (1, 65535)}.get(upper, (None, None))
    if not protocol or low is None or high is None:
        return None, None, None
    try:
        low, high = int(low), int(high)
    except (ValueError, TypeError, OverflowError):
        icmp = "Type and Code must be integers for ICMP protocol type"
        raise NoIntegers(reason=icmp if upper == "ICMP" else "To and From ports must be integers") from None
    if upper not in ("TCP", "UDP", "ICMP"):
        raise InvalidIpProtocol(protocol=protocol)
    if flaw := _flaw(upper, low, high):
        raise InvalidPortRange(low=low, high=high, reason=flaw)
    return str(protocol), low, high


def _flaw(protocol: str, low: int, high: int) -> str | None:
    if protocol == "ICMP":
        return None if -1 <= low <= 255 and -1 <= high <= 255 else "For ICMP, the type:code must be valid"
    if low > high:
        return "Former value cannot be greater than the later"
    if low < 1 or high > 65535:
        return f"Valid {protocol} ports should be between 1-65535"
    return None


def _make(
    call: Call,
    parent: SecurityGroup,
    source: str | None,
    cidr: str | None,
    protocol: str | None,
    low: int | None,
    high: int | None,
) -> SecurityGroupRule:
    """For a group the rule is one of IPv4 only: Nova's rules do not tell which they are of."""
    wish: dict[str, Any] = {
        "direction": "ingress",
        "protocol": protocol,
        "ethertype": f"IPv{ip_network(cidr, strict=False).version}" if cidr else "IPv4",
        "remote_ip_prefix": cidr,
        "security_group_id": parent.id,
        "remote_group_id": source,
    }
    for name, port in (("port_range_min", low), ("port_range_max", high)):
        if port is not None and port != -1:
            wish[name] = port
    try:
        made = neutrons.create_security_group_rule(at(call, neutron, {"security_group_rule": wish}))
    except FakeError as refused:
        raise handed_on(call, refused, conflict=Forbidden) from None
    return call.cloud.store.get(SecurityGroupRule, made["security_group_rule"]["id"])
