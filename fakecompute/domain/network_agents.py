"""Neutron's agents: one a compute host that wires its ports, and on the controller those of routers and DHCP.

While the agent of a host is silent, no port there is wired, and Nova waits for it in vain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fakecompute.domain.compute_services import CONTROLLER
from fakecompute.domain.network_bindings import is_alive
from fakecompute.domain.network_trunks import resume
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.network import Network, Port, Router, Subnet
from fakecompute.domain.records.network_agent import Agent, AgentSetting, Hosting
from fakecompute.domain.records.server import Server
from fakecompute.domain.server_network import check_bound, ports_of
from fakecompute.errors import BuildAborted
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

LOOK = 5 * SECOND  # how often it is looked whether the agent is back
REPORT = 30 * SECOND  # how often agents report: neutron.conf
OVS, L3, DHCP = "Open vSwitch agent", "L3 agent", "DHCP agent"
# fmt: off
BINARIES = {  # type -> (binary, topic, zone, what it says of itself)
    OVS:  ("neutron-openvswitch-agent", "N/A",        None,   (("bridge_mappings", {"public": "br-ex"}),
                                                                  ("datapath_type", "system"))),
    L3:   ("neutron-l3-agent",          "l3_agent",   "nova", (("agent_mode", "legacy"),
                                                                  ("handle_internal_only_routers", True),
                                                                  ("interface_driver", "openvswitch"))),
    DHCP: ("neutron-dhcp-agent",        "dhcp_agent", "nova", (("dhcp_driver", "neutron.agent.linux.dhcp.Dnsmasq"),
                                                                  ("dhcp_lease_duration", 86400))),
}
# fmt: on


class NetworksNotAllocated(BuildAborted):
    message = "Failed to allocate the network(s), not rescheduling."


# --- the agents of compute hosts


def agent_down(cloud: Cloud, host: Host) -> Host:
    """It says nothing from here on; what is plugged in stays so."""
    return host if host.agent_lost_at else cloud.store.put(host.evolve(agent_lost_at=cloud.now))


def agent_up(cloud: Cloud, host: Host) -> Host:
    if not host.agent_lost_at:
        return host
    host = cloud.store.put(host.evolve(agent_lost_at=0))
    resume(cloud, host.name)
    return host


def plugged(cloud: Cloud, server: Server) -> int:
    """nova/virt/libvirt/driver.py: a guest starts when its ports are wired, or, in the end, does not."""
    for port in ports_of(cloud, server.id):
        check_bound(port)  # who made them does not wait; who starts the guest finds out, and another host is tried
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


# --- all of them, as they show themselves


def agents_of(cloud: Cloud) -> list[Agent]:
    """Every agent that Neutron knows of."""
    return [agent for agent in _agents(cloud) if agent is not None]


def _agents(cloud: Cloud) -> Iterator[Agent | None]:
    for type in (L3, DHCP):
        yield _agent(cloud, type, CONTROLLER, True, cloud.begun, cloud.now)
    for host in sorted(cloud.store.all(Host), key=lambda host: host.number):
        alive = is_alive(cloud, host)
        last = cloud.now if alive else host.agent_lost_at or host.updated_at
        yield _agent(cloud, OVS, host.name, alive, host.created_at, last)


def _agent(cloud: Cloud, type: str, host: str, alive: bool, begun: int, last: int) -> Agent | None:
    """An agent with what was said of it; None while it is removed."""
    setting = cloud.store.find(AgentSetting, f"{type}:{host}") or AgentSetting(id=f"{type}:{host}")
    if setting.removed_at is not None and not (alive and cloud.now >= setting.removed_at + REPORT):
        return None
    binary, topic, zone, configurations = BINARIES[type]
    place = (host,) if type == OVS else (type, host)
    again = (setting.generation,) if setting.generation else ()
    return Agent(
        id=cloud.streams.uuid_at("agent", *place, *again),
        agent_type=type,
        binary=binary,
        topic=topic,
        host=host,
        availability_zone=zone,
        configurations=configurations,
        created_at=begun if setting.removed_at is None else setting.removed_at + REPORT,
        heartbeat_timestamp=last,
        alive=alive,
        admin_state_up=setting.admin_state_up,
        description=setting.description,
    )


def set_agent(cloud: Cloud, agent: Agent, **fields: Any) -> None:
    """What an administrator says of it: may it be given work, what is it for."""
    cloud.store.put(_setting(cloud, agent).evolve(**fields))


def remove_agent(cloud: Cloud, agent: Agent) -> None:
    """It is forgotten, with what was said of it, and carries nothing; if it lives, it reports again."""
    for hosting in cloud.store.all(Hosting):
        if agent.id in hosting.agents:
            cloud.store.put(hosting.evolve(agents=tuple(id for id in hosting.agents if id != agent.id)))
    setting = _setting(cloud, agent)
    cloud.store.put(AgentSetting(id=setting.id, removed_at=cloud.now, generation=setting.generation + 1))


def _setting(cloud: Cloud, agent: Agent) -> AgentSetting:
    id = f"{agent.agent_type}:{agent.host}"
    return cloud.store.find(AgentSetting, id) or AgentSetting(id=id)


# --- what they carry


def carriers(cloud: Cloud, carried: Router | Network) -> list[Agent]:
    """The agents of a router that is joined to something, or of a network that hands out addresses."""
    chosen = cloud.store.find(Hosting, carried.id)
    type = L3 if isinstance(carried, Router) else DHCP
    fit = [agent for agent in agents_of(cloud) if agent.agent_type == type]
    if chosen is not None:
        return [agent for agent in fit if agent.id in chosen.agents]
    if isinstance(carried, Router):
        needed = bool(cloud.store.count(Port, "device", carried.id))
    else:
        needed = any(subnet.enable_dhcp for subnet in cloud.store.by(Subnet, "network", carried.id))
    return [agent for agent in fit if agent.admin_state_up][:1] if needed else []


def carry(cloud: Cloud, carried: Router | Network, *agents: Agent) -> None:
    """Let these agents, and no others, carry it from here on."""
    cloud.store.put(Hosting(id=carried.id, agents=tuple(agent.id for agent in agents)))
