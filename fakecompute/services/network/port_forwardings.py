"""GET, POST, PUT, DELETE /floatingips/{id}/port_forwardings: single ports of a floating IP."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_floatingips import drop_forwarding
from fakecompute.domain.network_forwardings import (
    change_forwarding,
    forwardings_of,
    make_forwarding,
    written,
)
from fakecompute.domain.records.network import FloatingIP
from fakecompute.domain.records.network_services import PortForwarding
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.ports import find_port
from fakecompute.services.network.values import Bad

SIDES = ("internal", "external")


class PortForwardingNotFound(NotFound):
    message = "Port Forwarding {id} could not be found."


# --- request schemas and response views ---------------------------------------------------------------


def _ports(value: Any) -> tuple[int, int]:
    """`80` or `80:90`."""
    words = str(value).split(":")
    if len(words) > 2:
        raise Bad("Port range must be two integers separated by a colon")
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) < 6 and 1 <= int(word) <= 65535):
            raise Bad(f"Invalid port: {word}")
    first, last = int(words[0]), int(words[-1])
    if first > last:
        raise Bad("First port in a port range must be lower than the second port")
    return first, last


def _port(value: Any) -> int:
    if isinstance(value, str) and not value.lstrip("-").isdecimal():
        raise Bad(f"'{value}' is not an integer")
    return int(values.integer(1, 65535)(value))


def _single(record: PortForwarding, side: str) -> int | None:
    first, last = getattr(record, f"{side}_ports")
    return first if first == last else None


# fmt: off
FORWARDING = Noun(
    "port_forwarding", PortForwarding, PortForwardingNotFound,
    attribute("id"),
    attribute("project_id", values.text(255), "c", source=None, filter=False),
    attribute("external_port", _port, "cu", source=lambda record, call: _single(record, "external")),
    attribute("external_port_range", _ports, "cu", source=lambda record, call: written(record.external_ports)),
    attribute("protocol", values.protocol, "cu", default=REQUIRED),
    attribute("internal_port_id", values.uuid, "cu", default=REQUIRED),
    attribute("internal_ip_address", values.ip, "cu", default=REQUIRED, filter=False),
    attribute("internal_port", _port, "cu", source=lambda record, call: _single(record, "internal"), filter=False),
    attribute("internal_port_range", _ports, "cu", source=lambda record, call: written(record.internal_ports),
              filter=False),
    standard="description",
)
# fmt: on
IN_FLOATINGIP = "id protocol internal_ip_address internal_port external_port internal_port_id".split()


def in_floatingip(call: Call, floating: FloatingIP) -> list[dict[str, Any]]:
    """The forwardings as their floating IP shows them."""
    shown = FORWARDING.view.all(forwardings_of(call.cloud, floating), call)
    return [{key: one[key] for key in IN_FLOATINGIP if one[key] is not None} for one in shown]


# --- handlers -----------------------------------------------------------------------------------------


def _ranges(wish: dict[str, Any], needed: bool) -> dict[str, tuple[int, int]]:
    """What a wish says of ports: one port, or a range of them; the port counts if it says both."""
    found: dict[str, tuple[int, int]] = {}
    for side in SIDES:
        port, ports = wish.get(f"{side}_port"), wish.get(f"{side}_port_range")
        if port is not None:
            found[f"{side}_ports"] = (port, port)
        elif ports is not None:
            found[f"{side}_ports"] = ports
        elif needed:
            raise BadRequest(reason=f"Failed to parse request. Required attribute '{side}_port' not specified")
    return found


def _create(call: Call, wish: dict[str, Any], floating: FloatingIP) -> PortForwarding:
    return make_forwarding(
        call.cloud,
        floating,
        find_port(call, wish["internal_port_id"]),
        protocol=wish["protocol"],
        internal_ip_address=wish["internal_ip_address"],
        description=wish["description"],
        **_ranges(wish, needed=True),
    )


def _update(call: Call, record: PortForwarding, wish: dict[str, Any]) -> PortForwarding:
    port = find_port(call, wish.get("internal_port_id", record.internal_port_id))
    fields = {key: wish[key] for key in ("protocol", "internal_ip_address", "description") if key in wish}
    return change_forwarding(call.cloud, record, port, **fields, **_ranges(wish, needed=False))


Collection(
    FORWARDING,
    "/floatingips/<floatingip>/port_forwardings",
    create=_create,
    update=_update,
    remove=lambda call, record: drop_forwarding(call.cloud, record),
    children=lambda call, floating: forwardings_of(call.cloud, floating),
    rule="floatingip_port_forwarding",
    called="floatingip_port_forwarding",
)
