"""GET /agents: the Open vSwitch agent of every compute host, which binds its ports."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_agents import is_alive
from fakecompute.domain.records.compute import Host
from fakecompute.errors import NotFound
from fakecompute.kernel.clock import SECOND
from fakecompute.rest.call import Call
from fakecompute.rest.view import naive
from fakecompute.services.network.service import network


class AgentNotFound(NotFound):
    message = "Agent {id} could not be found"


# --- response views -----------------------------------------------------------------------------------


def _time(at: int) -> str:
    return (naive(at - at % SECOND) or "").replace("T", " ")[:19]


def _view(host: Host, call: Call) -> dict[str, Any]:
    """It runs on the host, so it is not alive when the host is not."""
    alive = is_alive(call.cloud, host)
    last = call.cloud.now if alive else host.agent_lost_at or host.updated_at
    return {
        "id": call.cloud.streams.uuid_at("agent", host.name),
        "agent_type": "Open vSwitch agent",
        "binary": "neutron-openvswitch-agent",
        "topic": "N/A",
        "host": host.name,
        "admin_state_up": True,
        "alive": alive,
        "availability_zone": None,
        "created_at": _time(host.created_at),
        "started_at": _time(host.created_at),
        "heartbeat_timestamp": _time(last),
        "description": None,
        "resources_synced": None,
        "configurations": {"bridge_mappings": {"public": "br-ex"}, "datapath_type": "system"},
    }


# --- handlers -----------------------------------------------------------------------------------------


def _agents(call: Call) -> list[dict[str, Any]]:
    """Those that the caller may see: a list leaves out the others, and nobody is refused."""
    if not call.may("get_agent"):
        return []
    hosts = sorted(call.cloud.store.all(Host), key=lambda host: host.number)
    return [_view(host, call) for host in hosts]


@network.get("/agents")
def list_agents(call: Call) -> dict[str, Any]:
    wanted = [(name, value.lower()) for name, value in call.query_pairs if name != "fields"]
    fits = [a for a in _agents(call) if all(str(a.get(name)).lower() == value for name, value in wanted)]
    return {"agents": fits}


@network.get("/agents/<agent_id>")
def show_agent(call: Call, agent_id: str) -> dict[str, Any]:
    for agent in _agents(call):
        if agent["id"] == agent_id:
            return {"agent": agent}
    raise AgentNotFound(id=agent_id)
