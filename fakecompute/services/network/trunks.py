"""GET, POST, PUT, DELETE /trunks, and their subports: many networks over one port of a server."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_addresses import InvalidInput
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.network_trunks import (
    add_subports,
    check_parent,
    check_subport,
    drop_trunk,
    make_trunk,
    remove_subports,
)
from fakecompute.domain.records.network import Network, Port
from fakecompute.domain.records.trunk import SubPort, Trunk
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute, lists
from fakecompute.services.network.ports import find_port
from fakecompute.services.network.service import network
from fakecompute.services.network.values import UUID, Bad

RANGES = {"vlan": (1, 4094)}  # what the Open vSwitch driver carries


class TrunkNotFound(NotFound):
    message = "Trunk {id} could not be found."


# --- request schemas and response views ---------------------------------------------------------------


def _subports(value: Any) -> list[dict[str, Any]]:
    """A list of ports, each once, each with a segment of its own."""
    if not isinstance(value, list):
        raise Bad(f"Invalid data format for subports: '{value}' is not a list")
    seen: list[Any] = []
    for sub in value:
        if not isinstance(sub, dict):
            raise Bad(f"Invalid data format for subport: '{sub}' is not a dict")
        if "port_id" not in sub:
            raise Bad("A valid port UUID must be specified")
        id, segment = sub["port_id"], (sub.get("segmentation_type"), sub.get("segmentation_id"))
        if not isinstance(id, str) or not UUID.fullmatch(id):
            raise Bad(f"Invalid UUID for subport: '{id}'")
        if id in seen:
            raise Bad(f"Non unique UUID for subport: '{id}'")
        if segment[0] != "inherit":
            if len(sub) > 1 and (not segment[0] or segment[1] is None):
                raise Bad(_segment_missing(sub))
            if segment[1] is not None and segment in seen:
                raise Bad(f"Segmentation ID '{segment[1]}' for '{id}' is not unique")
        seen += [id, segment]
    return value


def _segment_missing(sub: dict[str, Any]) -> str:
    return (
        f"Invalid subport details '{sub}': missing segmentation information. Must specify both segmentation_id and"
        " segmentation_type"
    )


TRUNK = Noun(
    "trunk",
    Trunk,
    TrunkNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("admin_state_up", values.boolean, "cu", default=True),
    attribute("port_id", values.uuid, "c", default=REQUIRED),
    attribute("status"),
    attribute("sub_ports", _subports, "c", default=(), source=lists("sub_ports"), filter=False),
    indexes={"port_id": "parent"},
)


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> Trunk:
    check_quota(call.cloud, wish["project_id"], "trunk")  # before its ports are looked at
    parent = find_port(call, wish["port_id"])
    check_parent(call.cloud, parent)
    sub_ports = _wanted(call, parent, wish["sub_ports"])
    return make_trunk(call.cloud, sub_ports=sub_ports, **TRUNK.fields_of(wish, "sub_ports"))


def _update(call: Call, trunk: Trunk, wish: dict[str, Any]) -> Trunk:
    return change(call.cloud, trunk, **TRUNK.fields_of(wish))


Collection(
    TRUNK, "/trunks", create=_create, update=_update, remove=lambda call, trunk: drop_trunk(call.cloud, trunk)
)


@network.get("/trunks/<trunk>/get_subports", policy="get_subports")
def get_subports(call: Call, trunk: Trunk) -> dict[str, Any]:
    return {"sub_ports": [sub._asdict() for sub in trunk.sub_ports]}


@network.put("/trunks/<trunk>/add_subports", policy="add_subports")
def add_trunk_subports(call: Call, trunk: Trunk) -> dict[str, Any]:
    parent = call.cloud.store.get(Port, trunk.port_id)
    return TRUNK.view(add_subports(call.cloud, trunk, _wanted(call, parent, _sent(call))), call)


@network.put("/trunks/<trunk>/remove_subports", policy="remove_subports")
def remove_trunk_subports(call: Call, trunk: Trunk) -> dict[str, Any]:
    gone = [sub["port_id"] for sub in _sent(call)]
    return TRUNK.view(remove_subports(call.cloud, trunk, gone), call)


def _sent(call: Call) -> list[dict[str, Any]]:
    """The subports of a body without a noun around them."""
    sent = call.body.get("sub_ports") if isinstance(call.body, dict) else None
    try:
        return _subports(sent)
    except Bad as bad:
        raise InvalidInput(reason=bad.reason) from None


def _wanted(call: Call, parent: Port, sent: Any) -> list[SubPort]:
    """The subports that a body asks for, each of which may be one."""
    found = []
    for sub in sent:
        kind, number = sub.get("segmentation_type"), sub.get("segmentation_id")
        if kind == "inherit":
            home = call.cloud.store.get(Network, find_port(call, sub["port_id"]).network_id)
            kind, number = home.network_type, home.segmentation_id
        found.append(_segmented(sub, kind, number))
        check_subport(call.cloud, find_port(call, sub["port_id"]), parent)
    return found


def _segmented(sub: dict[str, Any], kind: Any, number: Any) -> SubPort:
    if kind is None or number is None:
        raise InvalidInput(reason=_segment_missing(sub))
    try:
        checked = values.integer()(number)
    except (InvalidInput, Bad):
        raise InvalidInput(
            reason=f"Invalid subport details: segmentation_id '{number}' is not an integer"
        ) from None
    if not isinstance(kind, str) or kind not in RANGES:
        raise InvalidInput(reason=f"Unknown segmentation_type '{kind}'")
    low, high = RANGES[kind]
    if not low <= checked <= high:
        raise InvalidInput(reason=f"Segmentation ID '{checked}' is not in range")
    return SubPort(checked, kind, sub["port_id"])
