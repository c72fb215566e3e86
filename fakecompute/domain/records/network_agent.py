"""Neutron's agents, and what an administrator has said of them."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class Agent(Record):
    """What works somewhere for Neutron; it is found out, not written down (domain/network_agents.py)."""

    agent_type: str
    binary: str
    topic: str
    host: str
    availability_zone: str | None
    configurations: tuple[tuple[str, object], ...]
    created_at: int
    heartbeat_timestamp: int
    alive: bool
    admin_state_up: bool = True
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class AgentSetting(Record):
    """Of the agent of a type on a host (`type:host`).

    One that was removed comes back when it reports again, as another: `generation` counts them.
    """

    admin_state_up: bool = True
    description: str | None = None
    removed_at: int | None = None
    generation: int = 0


@dataclass(frozen=True, kw_only=True)
class Hosting(Record):
    """The agents that carry a router or a network (its id), where an administrator has chosen."""

    agents: tuple[str, ...] = ()
