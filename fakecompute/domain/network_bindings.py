"""Where ports are bound: to the host of what is plugged in, if its agent lives; to a second host while it moves.

The active binding of a port is on the port itself; others, made before a live migration, are records beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.network import Port
from fakecompute.domain.records.network_services import PortBinding
from fakecompute.errors import Conflict, NotFound
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

AGENT_DOWN_TIME = 75 * SECOND  # neutron.conf: without a report an agent is dead after it
UNBOUND, FAILED = "unbound", "binding_failed"
VIF_DETAILS: tuple[tuple[str, Any], ...] = (
    ("connectivity", "l2"),
    ("port_filter", True),
    ("ovs_hybrid_plug", False),
    ("datapath_type", "system"),
    ("bridge_name", "br-int"),
)  # what the Open vSwitch driver says of a port that it has bound


class PortBindingAlreadyExists(Conflict):
    message = "Binding for port {port_id} on host {host} already exists."


class PortBindingAlreadyActive(Conflict):
    message = "Binding for port {port_id} on host {host} is already active."


class PortBindingNotFound(NotFound):
    message = "Binding for port {port_id} for host {host} could not be found."


class PortBindingError(Conflict):
    """A 500 of the real one."""

    message = "Binding for port {port_id} on host {host} could not be created or updated."


def is_alive(cloud: Cloud, host: Host) -> bool:
    """Does Neutron count on the agent there?"""
    return host.up and (not host.agent_lost_at or cloud.now < host.agent_lost_at + AGENT_DOWN_TIME)


def vif(cloud: Cloud, host: str) -> dict[str, Any]:
    """What a port becomes on a host: no agent that lives, no binding."""
    if not host:
        return {"vif_type": UNBOUND, "vif_details": ()}
    found = cloud.store.one(Host, "name", host)
    if found is None or not is_alive(cloud, found):
        return {"vif_type": FAILED, "vif_details": ()}
    return {"vif_type": "ovs", "vif_details": VIF_DETAILS}


def binding(cloud: Cloud, port: Port, host: str) -> dict[str, Any]:
    """The changes that bind a port to a host; to none: unbind it."""
    if host and host == port.host and port.vif_type != FAILED:
        return {}
    changes = {"host": host, **vif(cloud, host)}
    return changes if changes["vif_type"] == "ovs" else changes | {"status": "DOWN"}


# --- more than one


def bindings_of(cloud: Cloud, port: Port) -> list[tuple[str, Port | PortBinding]]:
    """(status, binding), by host; a port without a host has an empty one."""
    others: list[tuple[str, Port | PortBinding]] = [
        ("INACTIVE", other) for other in cloud.store.by(PortBinding, "port", port.id)
    ]
    return sorted([("ACTIVE", port), *others], key=lambda pair: pair[1].host)


def inactive(cloud: Cloud, port: Port, host: str) -> PortBinding:
    for other in cloud.store.by(PortBinding, "port", port.id):
        if other.host == host:
            return other
    raise PortBindingNotFound(port_id=port.id, host=host)


def add_binding(cloud: Cloud, port: Port, host: str, **fields: Any) -> PortBinding:
    """One more host, on which the port is not active yet."""
    if any(other.host == host for _, other in bindings_of(cloud, port)):
        raise PortBindingAlreadyExists(port_id=port.id, host=host)
    return cloud.store.put(
        PortBinding(
            id=cloud.streams.uuid("port binding"),
            port_id=port.id,
            host=host,
            **_bound(cloud, port, host),
            **{"vnic_type": port.vnic_type, **fields},
        )
    )


def update_binding(cloud: Cloud, port: Port, other: PortBinding, **fields: Any) -> PortBinding:
    """It is bound anew, with another profile or kind of interface; not where it is now."""
    host = fields.get("host", other.host)
    if host != other.host and any(one.host == host for _, one in bindings_of(cloud, port)):
        raise PortBindingAlreadyExists(port_id=port.id, host=host)
    return cloud.store.put(other.evolve(**{**fields, **_bound(cloud, port, host)}))


def _bound(cloud: Cloud, port: Port, host: str) -> dict[str, Any]:
    bound = vif(cloud, host)
    if bound["vif_type"] == FAILED:
        raise PortBindingError(port_id=port.id, host=host)
    return bound


def activate_binding(cloud: Cloud, port: Port, host: str) -> Port:
    """The port is on that host from here on; where it was, an empty binding stays.  It is down until it is plugged."""
    if host == port.host:
        raise PortBindingAlreadyActive(port_id=port.id, host=host)
    other = inactive(cloud, port, host)
    if port.host:
        cloud.store.put(PortBinding(id=cloud.streams.uuid("port binding"), port_id=port.id, host=port.host))
    cloud.store.drop(other)
    return cloud.store.put(
        port.evolve(
            host=host,
            vnic_type=other.vnic_type,
            vif_type=other.vif_type,
            vif_details=other.vif_details,
            profile=other.profile,
            status="DOWN",
            revision_number=port.revision_number + 1,
            updated_at=cloud.now,
        )
    )


def drop_bindings(cloud: Cloud, port: Port) -> None:
    """All but the active one: the move is over, or the port is."""
    for other in cloud.store.by(PortBinding, "port", port.id):
        cloud.store.drop(other)
