"""A trunk: one port that carries the traffic of several, told apart by their segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from fakecompute.domain.records.network import Standard


class SubPort(NamedTuple):
    segmentation_id: int
    segmentation_type: str
    port_id: str


@dataclass(frozen=True, kw_only=True)
class Trunk(Standard):
    """`port_id` is its parent: the port that a server is plugged in with."""

    indexes = {
        "project": lambda trunk: trunk.project_id,
        "parent": lambda trunk: trunk.port_id,
        "subport": lambda trunk: [sub.port_id for sub in trunk.sub_ports],
    }

    port_id: str
    status: str = "DOWN"
    admin_state_up: bool = True
    sub_ports: tuple[SubPort, ...] = ()
