"""Trunks: a parent port that carries subports, wired by the agent of the parent's host when a server is plugged in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import begun, change
from fakecompute.domain.network_bindings import FAILED, binding, vif
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.records.network import Network, Port
from fakecompute.domain.records.trunk import SubPort, Trunk
from fakecompute.errors import Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud
    from fakecompute.kernel.events import Event

WIRE = "trunk.wire"  # the event in which the agent has wired a trunk
SUBPORT = "trunk:subport"


class TrunkPortInUse(Conflict):
    message = "Port {port_id} is in use by another trunk."


class ParentPortInUse(Conflict):
    message = "Port {port_id} is currently in use and is not eligible for use as a parent port."


class TrunkInUse(Conflict):
    message = "Trunk {id} is currently in use."


class TrunkDisabled(Conflict):
    message = "Trunk {id} is currently disabled."


class PortInUseAsTrunkParent(Conflict):
    message = "Port {port_id} is currently a parent port for trunk {id}."


class PortInUseAsSubPort(Conflict):
    message = "Port {port_id} is currently a subport for trunk {id}."


class SubPortNotFound(NotFound):
    message = "SubPort {port_id} on trunk {id} could not be found."


class DuplicateSubPort(Conflict):
    message = (
        "segmentation_type {segmentation_type} and segmentation_id {segmentation_id} already in use on trunk {id}."
    )


class SubPortMtuGreaterThanTrunkPortMtu(Conflict):
    message = "MTU {mtu} of subport {port_id} cannot be greater than MTU {trunk_mtu} of trunk {id}."


class PortInUse(Conflict):
    message = (
        "Unable to complete operation on port {id} for network {net_id}. Port already has an attached device"
        " {device_id}."
    )


# --- what may be a trunk


def check_parent(cloud: Cloud, port: Port) -> None:
    """Only a port that is in no trunk, and not bound, becomes a parent: neutron/services/trunk/rules.py."""
    _check_free(cloud, port.id)
    if port.host:
        raise ParentPortInUse(port_id=port.id)


def check_subport(cloud: Cloud, port: Port, parent: Port) -> None:
    """A subport is another port than the parent, unused, and of a network whose packets fit into the parent's."""
    if port.id == parent.id:
        raise ParentPortInUse(port_id=port.id)
    mtu, trunk_mtu = (cloud.store.get(Network, one.network_id).mtu for one in (port, parent))
    if mtu > trunk_mtu:
        raise SubPortMtuGreaterThanTrunkPortMtu(mtu=mtu, port_id=port.id, trunk_mtu=trunk_mtu, id=parent.id)
    _check_free(cloud, port.id)
    if port.device_id:
        raise PortInUse(id=port.id, net_id=port.network_id, device_id=port.device_id)


def _check_free(cloud: Cloud, port_id: str) -> None:
    if cloud.store.count(Trunk, "subport", port_id):
        raise TrunkPortInUse(port_id=port_id)
    if cloud.store.count(Trunk, "parent", port_id):
        raise ParentPortInUse(port_id=port_id)


def check_deletable(cloud: Cloud, port: Port) -> None:
    """A port of a trunk stays while it is one."""
    if trunk := cloud.store.one(Trunk, "subport", port.id):
        raise PortInUseAsSubPort(port_id=port.id, id=trunk.id)
    if trunk := trunk_of(cloud, port):
        raise PortInUseAsTrunkParent(port_id=port.id, id=trunk.id)


def trunk_of(cloud: Cloud, parent: Port) -> Trunk | None:
    return cloud.store.one(Trunk, "parent", parent.id)


# --- what is done to one


def make_trunk(cloud: Cloud, project_id: str, sub_ports: Sequence[SubPort], **fields: Any) -> Trunk:
    check_quota(cloud, project_id, "trunk")
    id = cloud.streams.uuid("trunk")
    _check_distinct(id, sub_ports)
    return cloud.store.put(Trunk(id=id, project_id=project_id, sub_ports=tuple(sub_ports), **fields, **begun(cloud)))


def drop_trunk(cloud: Cloud, trunk: Trunk) -> None:
    """Not while its parent is bound; the subports are ports like others again."""
    _check_enabled(trunk)
    if cloud.store.get(Port, trunk.port_id).host:
        raise TrunkInUse(id=trunk.id)
    for sub in trunk.sub_ports:
        _unplug(cloud, sub)
    cloud.store.drop(trunk)


def add_subports(cloud: Cloud, trunk: Trunk, more: Sequence[SubPort]) -> Trunk:
    """It is down until the agent has wired them."""
    _check_enabled(trunk)
    together = (*trunk.sub_ports, *more)
    _check_distinct(trunk.id, together)
    return wire(cloud, _now(cloud, trunk, sub_ports=together))


def remove_subports(cloud: Cloud, trunk: Trunk, port_ids: Sequence[str]) -> Trunk:
    _check_enabled(trunk)
    kept = {sub.port_id: sub for sub in trunk.sub_ports}
    for port_id in port_ids:
        gone = kept.pop(port_id, None)
        if gone is None:
            raise SubPortNotFound(port_id=port_id, id=trunk.id)
        _unplug(cloud, gone)
    return wire(cloud, _now(cloud, trunk, sub_ports=tuple(kept.values())))


def _check_enabled(trunk: Trunk) -> None:
    if not trunk.admin_state_up:
        raise TrunkDisabled(id=trunk.id)


def _check_distinct(trunk_id: str, sub_ports: Sequence[SubPort]) -> None:
    segments: set[tuple[str, int]] = set()
    for sub in sub_ports:
        segment = (sub.segmentation_type, sub.segmentation_id)
        if segment in segments:
            raise DuplicateSubPort(
                segmentation_type=sub.segmentation_type, segmentation_id=sub.segmentation_id, id=trunk_id
            )
        segments.add(segment)


def _now(cloud: Cloud, trunk: Trunk, **changes: Any) -> Trunk:
    """What happens to subports and status is no revision of the trunk."""
    if all(getattr(trunk, name) == value for name, value in changes.items()):
        return trunk
    return cloud.store.put(trunk.evolve(**changes, updated_at=cloud.now))


# --- the agent's part


def wire(cloud: Cloud, trunk: Trunk) -> Trunk:
    """It is down from here; if a server is plugged into its parent, the agent begins to wire it."""
    trunk = _now(cloud, trunk, status="DOWN")
    if cloud.store.get(Port, trunk.port_id).status == "ACTIVE":
        took = cloud.timing.draw(cloud.streams, WIRE, trunk.id, cloud.now)
        cloud.events.add(cloud.now + took, WIRE, trunk.id)
    return trunk


def wired(cloud: Cloud, event: Event) -> None:
    """The agent is done: parent and subports are one trunk on the host, unless the server has gone meanwhile."""
    trunk = cloud.store.find(Trunk, event.subject)
    if trunk is None:
        return
    parent = cloud.store.get(Port, trunk.port_id)
    if parent.status != "ACTIVE" or vif(cloud, parent.host)["vif_type"] == FAILED:  # a silent agent wires nothing
        return
    for sub in trunk.sub_ports:
        port = cloud.store.get(Port, sub.port_id)
        change(cloud, port, **binding(cloud, port, parent.host), device_owner=SUBPORT, status="ACTIVE")
    _now(cloud, trunk, status="ACTIVE")


def resume(cloud: Cloud, host: str) -> None:
    """The agent of a host is back: it wires what it has not."""
    for trunk in sorted(cloud.store.all(Trunk), key=lambda trunk: (trunk.created_at, trunk.id)):
        if trunk.status != "ACTIVE" and cloud.store.get(Port, trunk.port_id).host == host:
            wire(cloud, trunk)


def follow_parent(cloud: Cloud, parent: Port) -> None:
    """A port was bound, plugged in or unbound: if it is a parent, its trunk follows."""
    trunk = trunk_of(cloud, parent)
    if trunk is not None:
        wire(cloud, trunk)
        if not parent.host:
            for sub in trunk.sub_ports:
                _unplug(cloud, sub)


def _unplug(cloud: Cloud, sub: SubPort) -> None:
    port = cloud.store.get(Port, sub.port_id)
    if port.device_owner == SUBPORT:
        change(cloud, port, **binding(cloud, port, ""), device_owner="")
