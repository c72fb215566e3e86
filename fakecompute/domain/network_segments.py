"""What networks are made of: segments, and the ranges that their numbers are taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import begun
from fakecompute.domain.network_addresses import InvalidInput, subnets_of
from fakecompute.domain.records.network import Network
from fakecompute.domain.records.network_pools import Segment, SegmentRange
from fakecompute.errors import BadRequest, Conflict, FakeError, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

TYPES = ("flat", "vlan", "geneve", "vxlan", "gre", "local")
PHYSICAL = ("flat", "vlan")
UNNUMBERED = ("flat", "local")
MTU = {"geneve": 1442, "vxlan": 1450, "gre": 1458}  # what the tunnel leaves of 1500
# The ranges of a devstack's configuration
DEFAULT_RANGES = (
    ("vlan", "public", 1, 4094),
    ("geneve", "", 1, 65536),
    ("vxlan", "", 1, 65536),
    ("gre", "", 1, 65536),
)  # fmt: skip


class SegmentNotFound(NotFound):
    message = "Segment {id} could not be found."


class FlatNetworkInUse(Conflict):
    message = "Unable to create the flat network. Physical network {physical} is in use."


class VlanIdInUse(Conflict):
    message = "Unable to create the network. The VLAN {number} on physical network {physical} is in use."


class TunnelIdInUse(Conflict):
    message = "Unable to create the network. The tunnel ID {number} is in use."


class NoNetworkAvailable(FakeError):
    status = 503
    message = "Unable to create the network. No tenant network is available for allocation."


class SubnetsNotAllAssociatedWithSegments(BadRequest):
    message = (
        "All of the subnets on network '{id}' must either all be associated with segments or all not associated with"
        " any segment."
    )


def define_ranges(cloud: Cloud) -> None:
    """The ranges that are configured, if they are not there yet."""
    if cloud.store.count(SegmentRange):
        return
    for kind, physical, low, high in DEFAULT_RANGES:
        cloud.store.put(
            SegmentRange(
                id=cloud.streams.uuid_at("segment range", kind, physical),
                project_id="",
                network_type=kind,
                physical_network=physical,
                minimum=low,
                maximum=high,
                default=True,
                **begun(cloud),
            )
        )


def segments_of(cloud: Cloud, network_id: str) -> list[Segment]:
    return sorted(cloud.store.by(Segment, "network", network_id), key=lambda segment: segment.number)


def add_segment(
    cloud: Cloud,
    network: Network,
    kind: str | None,
    physical: str | None = None,
    number: int | None = None,
    **more: Any,
) -> Segment:
    """Make a network of one more segment; without a kind it is a tunnel with a number of its own."""
    kind = kind or "geneve"
    check_wish(kind, physical, number)
    if kind == "vlan" and not physical:
        physical = _some_physical(cloud, network.project_id)
    if number is None and kind not in UNNUMBERED:
        number = free_number(cloud, kind, physical, network.project_id)
    elif cloud.store.count(Segment, "number", (kind, physical, number)) and kind != "local":
        _refuse(kind, physical, number)
    return put_segment(cloud, network, kind, physical, number, **more)


def put_segment(
    cloud: Cloud, network: Network, kind: str, physical: str | None, number: int | None, **more: Any
) -> Segment:
    segment = Segment(
        id=cloud.streams.uuid("segment"),
        network_id=network.id,
        network_type=kind,
        physical_network=physical,
        segmentation_id=number,
        number=cloud.streams.number("segment number"),
        **begun(cloud),
        **more,
    )
    return cloud.store.put(segment)


def _refuse(kind: str, physical: str | None, number: int | None) -> None:
    if kind == "flat":
        raise FlatNetworkInUse(physical=physical)
    if kind == "vlan":
        raise VlanIdInUse(number=number, physical=physical)
    raise TunnelIdInUse(number=number)


def check_wish(kind: str, physical: str | None, number: int | None) -> None:
    """neutron/plugins/ml2/drivers/type_*.py: validate_provider_segment."""
    if kind not in TYPES:
        raise InvalidInput(reason=f"network_type value '{kind}' not supported")
    if not physical and (kind == "flat" or (kind == "vlan" and number is not None)):
        raise InvalidInput(reason=f"physical_network required for {kind} provider network")
    if kind not in PHYSICAL and physical:
        raise InvalidInput(reason=f"provider:physical_network specified for {kind} network")
    if kind in UNNUMBERED and number is not None:
        raise InvalidInput(reason=f"segmentation_id prohibited for {kind} provider network")
    if kind == "vlan" and number is not None and not 1 <= number <= 4094:
        raise InvalidInput(reason="segmentation_id out of range (1 through 4094)")


def free_number(cloud: Cloud, kind: str, physical: str | None, project_id: str) -> int:
    """The next one that no network has: of the project's own ranges, then of those for all."""
    ranges = [
        one
        for one in cloud.store.by(SegmentRange, "type", kind)
        if one.physical_network == (physical or "") and (one.shared or one.project_id == project_id)
    ]
    known = {one.physical_network for one in cloud.store.by(SegmentRange, "type", kind)}
    if kind == "vlan" and physical not in known:
        raise InvalidInput(reason=f"physical_network '{physical}' unknown for VLAN provider network")
    for one in sorted(ranges, key=lambda one: (one.shared, not one.default, one.id)):
        size = one.maximum - one.minimum + 1
        for _ in range(size):
            number = one.minimum + (cloud.streams.number(f"segmentation {one.id}") - 1) % size
            if not cloud.store.count(Segment, "number", (kind, physical, number)):
                return number
    raise NoNetworkAvailable


def used_numbers(cloud: Cloud, one: SegmentRange) -> dict[int, str]:
    """The numbers of a range that are taken, and by which project."""
    return {
        segment.segmentation_id: cloud.store.get(Network, segment.network_id).project_id
        for segment in cloud.store.all(Segment)
        if segment.network_type == one.network_type
        and (segment.physical_network or "") == one.physical_network
        and segment.segmentation_id is not None
        and one.minimum <= segment.segmentation_id <= one.maximum
    }


def _some_physical(cloud: Cloud, project_id: str) -> str:
    """A network that VLANs may be on, where nobody says which."""
    ranges = [one for one in cloud.store.by(SegmentRange, "type", "vlan") if one.shared or one.project_id == project_id]
    if not ranges:
        raise NoNetworkAvailable
    return min(one.physical_network for one in ranges)


def renumber(cloud: Cloud, segment: Segment, number: int | None) -> None:
    """A VLAN gets another number, if nobody has it."""
    check_wish(segment.network_type, segment.physical_network, number)
    if cloud.store.count(Segment, "number", (segment.network_type, segment.physical_network, number)):
        _refuse(segment.network_type, segment.physical_network, number)
    cloud.store.put(segment.evolve(segmentation_id=number))


def check_segment(cloud: Cloud, network: Network, segment_id: str | None) -> None:
    """May a new subnet of the network be of this segment?  All of a network's are of one, or none is."""
    if segment_id is not None:
        segment = cloud.store.find(Segment, segment_id)
        if segment is None or segment.network_id != network.id:
            raise SegmentNotFound(id=segment_id)
    if any((subnet.segment_id is None) != (segment_id is None) for subnet in subnets_of(cloud, network.id)):
        raise SubnetsNotAllAssociatedWithSegments(id=network.id)
