"""GET, PUT, DELETE /agents: who works for Neutron on which host, and which routers and networks they carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fakecompute.domain.network_agents import (
    DHCP,
    L3,
    agents_of,
    carriers,
    carry,
    remove_agent,
    set_agent,
)
from fakecompute.domain.records.network import Network, Router
from fakecompute.domain.records.network_agent import Agent
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.view import mapped, naive
from fakecompute.services.network import listing, values
from fakecompute.services.network.networks import NETWORK, find_network
from fakecompute.services.network.nouns import Noun, attribute
from fakecompute.services.network.routers import ROUTER, find_router
from fakecompute.services.network.service import network


class AgentNotFound(NotFound):
    message = "Agent {id} could not be found."


class AgentHidden(NotFound):
    """There is one, and it is none of the caller's business."""

    neutrons_name = "HTTPNotFound"


class InvalidL3Agent(NotFound):
    message = "Agent {id} is not a L3 Agent or has been disabled"


class RouterHostedByL3Agent(Conflict):
    message = "The router {router_id} has been already hosted by the L3 Agent {agent_id}."


class InvalidDHCPAgent(NotFound):
    message = "Agent {id} is not a valid DHCP Agent or has been disabled."


class NetworkHostedByDHCPAgent(Conflict):
    message = "The network {network_id} has been already hosted by the DHCP Agent {agent_id}."


class NetworkNotHostedByDhcpAgent(Conflict):
    message = "The network {network_id} is not hosted by the DHCP Agent {agent_id}."


# --- request schemas and response views ---------------------------------------------------------------


def _time(name: str) -> Any:
    return lambda agent, call: (naive(getattr(agent, name)) or "").replace("T", " ")


# fmt: off
AGENT = Noun(
    "agent", Agent, AgentNotFound,
    attribute("id"),
    attribute("agent_type"),
    attribute("binary"),
    attribute("topic"),
    attribute("host"),
    attribute("admin_state_up", values.boolean, "u"),
    attribute("created_at", source=_time("created_at"), filter=False),
    attribute("started_at", source=_time("created_at"), filter=False),
    attribute("heartbeat_timestamp", source=_time("heartbeat_timestamp"), filter=False),
    attribute("description", values.none_or(values.text(255)), "u"),
    attribute("resources_synced", source=lambda agent, call: None, filter=False),
    attribute("availability_zone"),
    attribute("alive", values.boolean),
    attribute("configurations", source=mapped("configurations"), filter=False),
    standard="",
)
# fmt: on


def _carrier(agent: Agent, call: Call) -> dict[str, Any]:
    """As those show it that ask what carries a router or a network."""
    return {**AGENT.view(agent, call), "resource_versions": {}, "ha_chassis_priority": None}


# --- handlers -----------------------------------------------------------------------------------------


@network.finder("agent")
def find_agent(call: Call, id: str) -> Agent:
    for agent in agents_of(call.cloud):
        if agent.id == id:
            if not call.may("get_agent"):
                raise AgentHidden
            return agent
    raise AgentNotFound(id=id)


@network.get("/agents")
def list_agents(call: Call) -> dict[str, Any]:
    """Those that the caller may see: a list leaves out the others, and nobody is refused."""
    return listing.listed(call, AGENT, lambda agent: call.may("get_agent"), agents_of(call.cloud))


@network.get("/agents/<agent>", policy="get_agent")
def show_agent(call: Call, agent: Agent) -> dict[str, Any]:
    return AGENT.show(call, agent)


@network.put("/agents/<agent>", policy="update_agent")
def update_agent(call: Call, agent: Agent) -> dict[str, Any]:
    def change(call: Call, agent: Agent, wish: dict[str, Any]) -> Agent:
        set_agent(call.cloud, agent, **wish)
        return agent.evolve(**wish)

    return AGENT.updated(call, agent, change)


@network.delete("/agents/<agent>", policy="delete_agent", success=204)
def delete_agent(call: Call, agent: Agent) -> None:
    remove_agent(call.cloud, agent)


def _sent_id(call: Call, key: str) -> str:
    """The id in a body without a noun around it."""
    sent = call.body.get(key) if isinstance(call.body, dict) else None
    if not isinstance(sent, str):
        raise BadRequest(reason=f"Failed to parse request. Required attribute '{key}' not specified")
    return sent


def taken() -> Answer:
    """Nothing, in words that clients read as JSON."""
    return Answer(201, b"null")


def _carried(call: Call, agent_id: str, noun: Noun, records: Iterable[Router | Network]) -> dict[str, Any]:
    """Those of the routers, or networks, that an agent carries."""
    agent = find_agent(call, agent_id)
    carried = [one for one in records if agent in carriers(call.cloud, one)]
    return {noun.plural: noun.view.all(sorted(carried, key=lambda one: one.id), call)}


def _able(call: Call, id: str, type: str, unfit: type[NotFound]) -> Agent:
    """The agent, if it is of the type and may be given work."""
    agent = find_agent(call, id)
    if agent.agent_type != type or not agent.admin_state_up:
        raise unfit(id=agent.id)
    return agent


# --- routers and the agents that carry them


@network.get("/routers/<router_id>/l3-agents", policy="get_l3-agents")
def list_l3_agents_of_router(call: Call, router_id: str) -> dict[str, Any]:
    router = find_router(call, router_id)
    return {"agents": [{**_carrier(agent, call), "ha_state": None} for agent in carriers(call.cloud, router)]}


@network.get("/agents/<agent_id>/l3-routers", policy="get_l3-routers")
def list_routers_on_l3_agent(call: Call, agent_id: str) -> dict[str, Any]:
    return _carried(call, agent_id, ROUTER, call.cloud.store.all(Router))


@network.post("/agents/<agent_id>/l3-routers", policy="create_l3-router", success=201)
def add_router_to_l3_agent(call: Call, agent_id: str) -> Answer:
    """A router is on one agent, unless it is highly available."""
    router = find_router(call, _sent_id(call, "router_id"))
    agent = _able(call, agent_id, L3, InvalidL3Agent)
    now = carriers(call.cloud, router)
    if agent in now:
        return taken()
    if now and not router.ha:
        raise RouterHostedByL3Agent(router_id=router.id, agent_id=now[0].id)
    carry(call.cloud, router, *now, agent)
    return taken()


@network.delete("/agents/<agent_id>/l3-routers/<router_id>", policy="delete_l3-router", success=204)
def remove_router_from_l3_agent(call: Call, agent_id: str, router_id: str) -> None:
    agent, router = find_agent(call, agent_id), find_router(call, router_id)
    carry(call.cloud, router, *(one for one in carriers(call.cloud, router) if one != agent))


# --- networks and the agents that hand out their addresses


@network.get("/networks/<network_id>/dhcp-agents", policy="get_dhcp-agents")
def list_dhcp_agents_of_network(call: Call, network_id: str) -> dict[str, Any]:
    """None of a network that there is not."""
    home = call.cloud.store.find(Network, network_id)
    return {"agents": [_carrier(agent, call) for agent in carriers(call.cloud, home)] if home else []}


@network.get("/agents/<agent_id>/dhcp-networks", policy="get_dhcp-networks")
def list_networks_on_dhcp_agent(call: Call, agent_id: str) -> dict[str, Any]:
    return _carried(call, agent_id, NETWORK, call.cloud.store.all(Network))


@network.post("/agents/<agent_id>/dhcp-networks", policy="create_dhcp-network", success=201)
def add_network_to_dhcp_agent(call: Call, agent_id: str) -> Answer:
    home = find_network(call, _sent_id(call, "network_id"))
    agent = _able(call, agent_id, DHCP, InvalidDHCPAgent)
    now = carriers(call.cloud, home)
    if agent in now:
        raise NetworkHostedByDHCPAgent(network_id=home.id, agent_id=agent.id)
    carry(call.cloud, home, *now, agent)
    return taken()


@network.delete("/agents/<agent_id>/dhcp-networks/<network_id>", policy="delete_dhcp-network", success=204)
def remove_network_from_dhcp_agent(call: Call, agent_id: str, network_id: str) -> None:
    agent = find_agent(call, agent_id)
    home = call.cloud.store.find(Network, network_id)
    now = carriers(call.cloud, home) if home else []
    if home is None or agent not in now:
        raise NetworkNotHostedByDhcpAgent(network_id=network_id, agent_id=agent.id)
    carry(call.cloud, home, *(one for one in now if one != agent))
