"""GET, POST, PUT, DELETE /segments: the parts of layer 2 that networks are made of."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_segments import MTU, SegmentNotFound, add_segment, segments_of
from fakecompute.domain.records.network import Network, Port, Subnet
from fakecompute.domain.records.network_pools import Segment
from fakecompute.errors import Conflict
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.networks import PROVIDER, NetworkNotFound, check_mtu
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute


class SegmentInUse(Conflict):
    message = "Segment '{id}' cannot be deleted: {reason}."


# --- request schemas and response views ---------------------------------------------------------------

# fmt: off
SEGMENT = Noun(
    "segment", Segment, SegmentNotFound,
    attribute("id"),
    attribute("network_id", values.uuid, "c", default=REQUIRED),
    attribute("name", values.none_or(values.text(255)), "cu", default=None),
    attribute("description", values.none_or(values.text(255)), "cu", default=""),
    attribute("network_type", values.text(32), "c", default=REQUIRED),
    attribute("physical_network", values.none_or(values.text(64)), "c", default=None),
    attribute("segmentation_id", values.none_or(values.integer()), "c", default=None),
    standard="created_at updated_at revision_number", indexes={"network_id": "network"},
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> Segment:
    home = call.cloud.store.find(Network, wish["network_id"])
    if home is None:
        raise NetworkNotFound(id=wish["network_id"])
    kind, physical, number = (wish[name] for name in PROVIDER)
    made = add_segment(
        call.cloud, home, kind, physical, number, name=wish["name"], description=wish["description"], revision_number=1
    )
    check_mtu(home.mtu, MTU.get(kind, 1500))
    return made


def _update(call: Call, segment: Segment, wish: dict[str, Any]) -> Segment:
    return change(call.cloud, segment, **SEGMENT.fields_of(wish))  # type: ignore[type-var]


def _remove(call: Call, segment: Segment) -> None:
    """Subnets and ports that are bound to it stand in the way."""
    store = call.cloud.store
    subnets = store.by(Subnet, "segment", segment.id)
    if subnets:
        ports = {port.id for subnet in subnets for port in store.by(Port, "subnet", subnet.id)}
        reasons = [f"The segment is still associated with subnet(s) {', '.join(sorted(s.id for s in subnets))}"]
        if ports:
            reasons.insert(0, f"The segment is still bound with {len(ports)} port(s)")
        raise SegmentInUse(id=segment.id, reason=reasons[0])
    bound = [port for port in store.by(Port, "network", segment.network_id) if port.host]
    routed = any(subnet.segment_id for subnet in store.by(Subnet, "network", segment.network_id))
    if bound and not routed and segments_of(call.cloud, segment.network_id)[0] == segment:
        raise SegmentInUse(id=segment.id, reason=f"The segment is still bound with {len(bound)} port(s)")
    store.drop(segment)


Collection(
    SEGMENT, "/segments", create=_create, update=_update, remove=_remove, visible=lambda call, record: call.is_admin
)
