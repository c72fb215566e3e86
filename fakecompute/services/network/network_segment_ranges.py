"""GET, POST, PUT, DELETE /network_segment_ranges: which numbers networks get, of which projects."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import begun, change
from fakecompute.domain.network_segments import used_numbers
from fakecompute.domain.records.network_pools import SegmentRange
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute

KINDS = ("vlan", "vxlan", "gre", "geneve")
LAST = {"vlan": 4094}
LARGEST = 2**32 - 1


class NetworkSegmentRangeNotFound(NotFound):
    message = "Network Segment Range {id} could not be found."


class NetworkSegmentRangeDefaultReadOnly(BadRequest):
    message = "Network Segment Range {id} is a default segment range which could not be updated or deleted."


class NetworkSegmentRangeReferencedByProject(Conflict):
    message = "Network Segment Range {id} is referenced by one or more project networks."


class NetworkSegmentRangeOverlaps(Conflict):
    message = "Network segment range overlaps with range(s) with id {ids}"


class BadRange(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad network_segment_range request: {reason}."


class NetworkVlanRangeError(BadRequest):  # Neutron's own is a 500
    message = "Invalid network VLAN range: '{low}:{high}' - 'End of VLAN range is less than start of VLAN range'."


class NetworkTunnelRangeError(BadRequest):  # and so is this one
    message = "Invalid network tunnel range: '{low}:{high}' - End of tunnel range is less than start of tunnel range."


# --- request schemas and response views ---------------------------------------------------------------


def _kind(value: Any) -> str:
    if value not in KINDS:
        raise values.Bad(f"{value} is not in valid_values")
    return str(value)


def _available(one: SegmentRange, call: Call) -> list[int]:
    used = used_numbers(call.cloud, one)
    return [number for number in range(one.minimum, one.maximum + 1) if number not in used]


def _used(one: SegmentRange, call: Call) -> dict[str, str]:
    return {str(number): project for number, project in used_numbers(call.cloud, one).items()}


# fmt: off
RANGE = Noun(
    "network_segment_range", SegmentRange, NetworkSegmentRangeNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("default", filter=False),
    attribute("shared", values.boolean, "c", default=True),
    attribute("project_id", values.none_or(values.text(255)), "c", source=lambda one, call: one.project_id or ABSENT),
    attribute("tenant_id", values.none_or(values.text(255)), "c", target="project_id", source=None),
    attribute("network_type", _kind, "c", default=REQUIRED),
    attribute("physical_network", values.none_or(values.text(64)), "c", default=None),
    attribute("minimum", values.integer(1, LARGEST), "cu", default=REQUIRED),
    attribute("maximum", values.integer(1, LARGEST), "cu", default=REQUIRED),
    attribute("available", source=_available, filter=False),
    attribute("used", source=_used, filter=False),
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> SegmentRange:
    """Shared is for all; not shared it is a project's."""
    fields = RANGE.fields_of(wish)
    if wish["network_type"] == "vlan" and not wish["physical_network"]:
        raise BadRange(
            reason="Network type vlan requires 'physical_network' to be specified while creating new range"
        )
    physical = wish["physical_network"] if wish["network_type"] == "vlan" else ""
    fields |= {"physical_network": physical, "project_id": "" if wish["shared"] else wish["project_id"]}
    made = SegmentRange(id=call.cloud.streams.uuid("segment range"), **fields, **begun(call.cloud))
    _check(call, made)
    return call.cloud.store.put(made)


def _check(call: Call, one: SegmentRange) -> None:
    """It goes upwards, and no other but the configured one has its numbers."""
    if one.network_type == "vlan" and one.maximum > LAST["vlan"]:
        raise BadRequest(
            reason=f"Invalid input for maximum. Reason: '{one.maximum}' is too large - must be no larger than '4094'."
        )
    if one.maximum < one.minimum:
        kind = NetworkVlanRangeError if one.network_type == "vlan" else NetworkTunnelRangeError
        raise kind(low=one.minimum, high=one.maximum)
    overlapping = [
        other.id
        for other in call.cloud.store.by(SegmentRange, "type", one.network_type)
        if other.id != one.id
        and not other.default
        and other.physical_network == one.physical_network
        and other.minimum <= one.maximum
        and one.minimum <= other.maximum
    ]
    if overlapping:
        raise NetworkSegmentRangeOverlaps(ids=", ".join(sorted(overlapping)))


def _update(call: Call, one: SegmentRange, wish: dict[str, Any]) -> SegmentRange:
    if one.default:
        raise NetworkSegmentRangeDefaultReadOnly(id=one.id)
    wanted = one.evolve(**RANGE.fields_of(wish))
    if set(used_numbers(call.cloud, one)) - set(used_numbers(call.cloud, wanted)):
        raise NetworkSegmentRangeReferencedByProject(id=one.id)
    _check(call, wanted)
    return change(call.cloud, one, **RANGE.fields_of(wish))


def _remove(call: Call, one: SegmentRange) -> None:
    if one.default:
        raise NetworkSegmentRangeDefaultReadOnly(id=one.id)
    if used_numbers(call.cloud, one):
        raise NetworkSegmentRangeReferencedByProject(id=one.id)
    call.cloud.store.drop(one)


Collection(
    RANGE,
    "/network_segment_ranges",
    create=_create,
    update=_update,
    remove=_remove,
    visible=lambda call, record: call.is_admin,
)
