"""What a value may be, in the words of Neutron's validators: each function gives the value, or says why not.

`Bad` becomes `Invalid input for <attribute>. Reason: <reason>.`; some values have an error of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

from fakecompute.domain.network_addresses import InvalidInput, Wish
from fakecompute.domain.records.network import AddressPair, DHCPOption, HostRoute, Pool
from fakecompute.errors import BadRequest, FakeError, NotFound

Kind = Callable[[Any], Any]

HEX = re.compile(r"[a-f0-9]{32}")
UUID = re.compile(r"[a-f0-9]{8}(-[a-f0-9]{4}){3}-[a-f0-9]{12}")
_MAC = re.compile(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}")
_WORDS = {"true": True, "t": True, "on": True, "yes": True, "y": True, "1": True,
          "false": False, "f": False, "off": False, "no": False, "n": False, "0": False}  # fmt: skip
PORTED = frozenset(("dccp", "icmp", "ipv6-icmp", "sctp", "tcp", "udp"))  # of port forwardings, helpers
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
OWNERS = ("network:", "compute:", "baremetal:", "neutron:", "trunk:")
MOST_NAMESERVERS, MOST_ROUTES, MOST_PAIRS = 5, 20, 10  # neutron.conf's defaults


class Bad(Exception):
    """This is no value for the attribute, for a reason."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class DNSNameServersExhausted(BadRequest):
    message = (
        "Unable to complete operation for {subnet}. The number of DNS nameservers exceeds the limit {quota}."
    )


class AllowedAddressPairExhausted(BadRequest):
    message = "The number of allowed address pair exceeds the maximum {quota}."


class AllowedAddressPairsMissingIP(BadRequest):
    message = "AllowedAddressPair must contain ip_address"


class DuplicateAddressPairInRequest(BadRequest):
    message = "Request contains duplicate address pair: mac_address {mac} ip_address {ip}."


class HostRoutesExhausted(BadRequest):
    message = "Unable to complete operation for {subnet}. The number of host routes exceeds the limit {quota}."


class InvalidSubnetServiceType(BadRequest):
    message = "Subnet service type {service_type} does not correspond to a valid device owner."


class InvalidInputSubnetServiceType(BadRequest):
    message = "Subnet service type {service_type} is not a string."


class QosPolicyNotFound(NotFound):
    message = "QoS policy {id} could not be found."


class InvalidCIDR(BadRequest):
    message = "Invalid CIDR {input} given as IP prefix."


# --- simple ones


def anything(value: Any) -> Any:
    return value


def boolean(value: Any) -> bool:
    word = str(value).strip().lower()
    if isinstance(value, (bool, str, int)) and word in _WORDS:
        return _WORDS[word]
    raise InvalidInput(reason=f"'{value}' cannot be converted to boolean")


def text(most: int = 255, printable: bool = False) -> Kind:
    """A string; `printable`: a name, without control characters or blanks at its ends."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise Bad(f"'{value}' is not a valid string")
        if len(value) > most:
            raise Bad(f"'{value}' exceeds maximum length of {most}")
        if printable and (value != value.strip() or not value.isprintable()):
            raise Bad(f"'{value}' is not a valid string")
        return value

    return check


name = text(255, printable=True)


def none_or(kind: Kind) -> Kind:
    return lambda value: None if value is None else kind(value)


def uuid(value: Any) -> str:
    if not isinstance(value, str) or not UUID.fullmatch(value):
        raise Bad(f"'{value}' is not a valid UUID")
    return value


def integer(low: int = -(1 << 63), high: int = (1 << 63) - 1) -> Kind:
    def check(value: Any) -> int:
        try:
            number = int(value)
        except (ValueError, TypeError, OverflowError):
            raise InvalidInput(reason=f"'{value}' is not an integer") from None
        if isinstance(value, bool) or (isinstance(value, float) and value != number):
            raise InvalidInput(reason=f"'{value}' is not an integer")
        if number < low:
            raise Bad(f"'{number}' is too small - must be at least '{low}'")
        if number > high:
            raise Bad(f"'{number}' is too large - must be no larger than '{high}'")
        return number

    return check


def non_negative(value: Any) -> int:
    number: int = integer()(value)
    if number < 0:
        raise Bad(f"'{number}' should be non-negative")
    return number


def one_of(*values: Any, convert: Kind = anything) -> Kind:
    def check(value: Any) -> Any:
        value = convert(value)
        if not any(value == option and type(value) is type(option) for option in values):
            raise Bad(f"{value} is not in valid_values")
        return value

    return check


def protocol(value: Any) -> str:
    """The name of an IP protocol that has ports; the others, by number, are none for those who ask."""
    word = str(value).lower()
    if word in PORTED:
        return word
    if not (word.isascii() and word.isdigit() and len(word) < 4 and int(word) < 256):
        raise InvalidInput(
            reason=f"IP protocol '{value}' is not supported. Only protocol names and their integer representation"
            " (0 to 255) are supported"
        )
    raise Bad(f"{word} is not in valid_values")


def mapping(value: Any) -> tuple[tuple[str, str], ...]:
    """An object of whatever, as pairs of a name and JSON: records hold nothing that could be changed later."""
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise Bad(f"'{value}' is not a dictionary")
    return tuple((key, json.dumps(inner)) for key, inner in value.items())


def domain(value: Any) -> str:
    """A DNS name, or none at all."""
    checked = text(255)(value)
    trimmed = checked.rstrip(".")
    if " " in trimmed:
        raise Bad(f"'{value}' is not a FQDN")
    if trimmed and not all(_LABEL.fullmatch(label) for label in trimmed.split(".")):
        raise Bad(f"'{value}' not a valid PQDN or FQDN. Reason: Name '{trimmed}' must be 1-63 characters long, each"
                  " of which can only be alphanumeric or a hyphen")  # fmt: skip
    return str(checked)


def nothing_yet(missing: type[FakeError]) -> Kind:
    """Null, or the id of something that this cloud has none of."""

    def check(value: Any) -> None:
        if value is not None:
            raise missing(id=uuid(value))

    return check


# --- addresses


def mac(value: Any) -> str:
    if not isinstance(value, str) or not _MAC.fullmatch(value) or value in ("00:00:00:00:00:00",):
        raise Bad(f"'{value}' is not a valid MAC address")
    return value.lower().replace("-", ":")


def plain(value: Any) -> str:
    """A string, and no address with a scope: `fe80::1%eth0` means something on one host only."""
    if not isinstance(value, str) or "%" in value or any(letter.isspace() for letter in value):
        raise ValueError(value)
    return value


def ip(value: Any) -> str:
    try:
        return str(ip_address(plain(value)))
    except ValueError:
        raise Bad(f"'{value}' is not a valid IP address") from None


def cidr(value: Any) -> str:
    """A prefix, as it was sent: host bits are cut off by whoever makes a subnet of it."""
    try:
        ip_network(plain(value), strict=False)
    except ValueError:
        raise InvalidInput(reason=f"{value} is not in a CIDR format") from None
    return str(value) if "/" in value else str(ip_network(value))


def prefix(value: Any) -> str | None:
    """The same of a rule: an address alone is a prefix of full length."""
    if not value:
        return None
    try:
        network = ip_network(plain(value), strict=False)
    except ValueError:
        raise InvalidCIDR(input=value) from None
    return f"{str(value).partition('/')[0].lower()}/{network.prefixlen}"


# --- lists


def _items(value: Any, words: str) -> list[Any]:
    if not isinstance(value, list):
        raise Bad(f"{words}: '{value}'")
    return value


def _keys(value: Any, *names: str) -> None:
    if not isinstance(value, dict):
        raise Bad(f"Invalid input. '{value}' must be a dictionary with keys: {list(names)}")
    if set(value) != set(names):
        raise Bad("Validation of dictionary's keys failed. "
                  f"Expected keys: {set(names)} Provided keys: {set(value)}")  # fmt: skip


def prefixes(value: Any) -> tuple[str, ...]:
    """Of pools and groups: each once, without the bits of hosts."""
    found = []
    for item in unique(value):
        try:
            if "/" not in plain(item):
                raise ValueError(item)
            found.append(str(ip_network(item, strict=False)))
        except ValueError:
            raise Bad(f"'{item}' is not a valid IP subnet") from None
    return tuple(dict.fromkeys(found))


def pools(value: Any) -> tuple[Pool, ...]:
    found = []
    for pool in _items([] if value is None else value, "Invalid data format for IP pool"):
        _keys(pool, "start", "end")
        found.append(Pool(ip(pool["start"]), ip(pool["end"])))
    return tuple(found)


def fixed_ips(value: Any) -> tuple[Wish, ...]:
    found: list[Wish] = []
    for item in _items(value, "Invalid data format for fixed IP"):
        if not isinstance(item, dict):
            raise Bad(f"Invalid data format for fixed IP: '{item}'")
        address = ip(item["ip_address"]) if "ip_address" in item else None
        if address and address in (other.ip_address for other in found):
            raise Bad(f"Duplicate IP address '{item['ip_address']}'")
        found.append(Wish(uuid(item["subnet_id"]) if "subnet_id" in item else None, address))
    return tuple(found)


def nameservers(value: Any) -> tuple[str, ...]:
    found: list[str] = []
    for host in _items([] if value is None else value, "Invalid data format for nameserver"):
        try:
            address = ip(host)
        except Bad as bad:
            raise Bad(f"'{host}' is not a valid nameserver. {bad.reason}") from None
        if address in found:
            raise Bad(f"Duplicate nameserver '{host}'")
        found.append(address)
    if len(found) > MOST_NAMESERVERS:
        raise DNSNameServersExhausted(subnet="new subnet", quota=MOST_NAMESERVERS)
    return tuple(found)


def _destination(value: Any) -> str:
    try:
        return cidr(value)
    except InvalidInput:
        raise Bad(f"'{value}' is not a valid CIDR") from None


def service_types(value: Any) -> tuple[str, ...]:
    """Owners of ports, or beginnings of what owners are called."""
    for item in unique([] if value is None else value):
        if not isinstance(item, str):
            raise InvalidInputSubnetServiceType(service_type=item)
        if not item.startswith(OWNERS):
            raise InvalidSubnetServiceType(service_type=item)
    return tuple(value or ())


def host_routes(value: Any) -> tuple[HostRoute, ...]:
    found: list[HostRoute] = []
    for route in _items([] if value is None else value, "Invalid data format for hostroute"):
        _keys(route, "destination", "nexthop")
        one = HostRoute(_destination(route["destination"]), ip(route["nexthop"]))
        if one in found:
            raise Bad(f"Duplicate hostroute '{route}'")
        found.append(one)
    return tuple(found)


def address_pairs(value: Any) -> tuple[AddressPair, ...]:
    """An empty MAC stands for the port's own."""
    if value is not None and not isinstance(value, list):
        raise BadRequest(reason="Allowed address pairs must be a list.")
    found: list[AddressPair] = []
    for pair in value or []:
        if not isinstance(pair, dict):
            raise Bad(f"'{pair}' is not a dictionary")
        if "ip_address" not in pair:
            raise AllowedAddressPairsMissingIP
        if strange := set(pair) - {"ip_address", "mac_address"}:
            raise BadRequest(reason=f"Unrecognized attribute(s) '{', '.join(sorted(strange))}'")
        try:
            kind = cidr if "/" in str(pair["ip_address"]) else ip
            one = AddressPair(
                kind(pair["ip_address"]), mac(pair["mac_address"]) if "mac_address" in pair else ""
            )
        except Bad as bad:
            raise BadRequest(reason=bad.reason) from None
        if one in found:
            raise DuplicateAddressPairInRequest(mac=pair.get("mac_address"), ip=one.ip_address)
        found.append(one)
    if len(found) > MOST_PAIRS:
        raise AllowedAddressPairExhausted(quota=MOST_PAIRS)
    return tuple(found)


def dhcp_options(value: Any) -> tuple[DHCPOption, ...]:
    found = []
    for option in _items([] if value is None else value, "Invalid data format for extra_dhcp_opt"):
        if not isinstance(option, dict) or "opt_name" not in option:
            raise Bad(f"No valid key specs matched for: {option}")
        version = one_of(4, 6, convert=integer())(option.get("ip_version", 4))
        value = none_or(text(255))(option.get("opt_value"))
        found.append(DHCPOption(text(64)(option["opt_name"]), value, version))
    return tuple(found)


def uuids(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(uuid(item) for item in unique([] if value is None else value)))


def strings(value: Any) -> tuple[str, ...]:
    return tuple(text(255)(item) for item in unique([] if value is None else value))


def unique(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Bad(f"'{value}' is not a list")
    for position, item in enumerate(value):
        if item in value[:position]:
            raise Bad(f"Duplicate items in the list: '{item}'")
    return value


def thawed(value: Any) -> dict[str, Any]:
    """Pairs, as `mapping` made them, as an object again."""
    return {key: json.loads(inner) for key, inner in value}
