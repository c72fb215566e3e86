"""GET /availability_zones: where the agents are that serve networks and routers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network.service import network

ZONES = ("nova",)  # of all agents, as they are by default
RESOURCES = ("network", "router")


class AvailabilityZoneNotFound(NotFound):
    message = "AvailabilityZone {zone} could not be found."


def check_zones(call: Call, hints: Iterable[str]) -> None:
    for zone in hints:
        if zone not in ZONES:
            raise AvailabilityZoneNotFound(zone=zone)


@network.get("/availability_zones", policy="get_availability_zone")
def list_availability_zones(call: Call) -> dict[str, Any]:
    asked = [pair for pair in call.query_pairs if pair[0] in ("name", "resource", "state")]
    found = [{"name": zone, "resource": kind, "state": "available"} for zone in ZONES for kind in RESOURCES]
    return {"availability_zones": [one for one in found if all(one[name] == value for name, value in asked)]}
