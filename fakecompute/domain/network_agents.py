"""The network agent of a compute host: while it is silent, no port there is wired, and Nova waits for it in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.server_network import ports_of
from fakecompute.errors import BuildAborted
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

AGENT_DOWN_TIME = 75 * SECOND  # neutron.conf: without a report an agent is dead after it
LOOK = 5 * SECOND  # how often it is looked whether the agent is back


class NetworksNotAllocated(BuildAborted):
    message = "Failed to allocate the network(s), not rescheduling."


def agent_down(cloud: Cloud, host: Host) -> Host:
    """It says nothing from here on; what is plugged in stays so."""
    return host if host.agent_lost_at else cloud.store.put(host.evolve(agent_lost_at=cloud.now))


def agent_up(cloud: Cloud, host: Host) -> Host:
    return cloud.store.put(host.evolve(agent_lost_at=0)) if host.agent_lost_at else host


def is_alive(cloud: Cloud, host: Host) -> bool:
    """Does Neutron count on it?"""
    return host.up and (not host.agent_lost_at or cloud.now < host.agent_lost_at + AGENT_DOWN_TIME)


def plugged(cloud: Cloud, server: Server) -> int:
    """nova/virt/libvirt/driver.py: a guest starts when its ports are wired, or, in the end, does not."""
    host = cloud.store.one(Host, "name", server.host) if server.host else None
    timeout = cloud.settings.vif_plugging_timeout * SECOND
    if host is None or not host.agent_lost_at or not timeout or not ports_of(cloud, server.id):
        return 0
    left = server.updated_at + timeout - cloud.now  # it came to this step then
    if left > 0:
        return min(left, LOOK)
    if cloud.settings.vif_plugging_is_fatal:
        raise NetworksNotAllocated
    return 0
