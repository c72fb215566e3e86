"""GET /availability_zones: none, for zones of networks and routers come from agents that there are none of."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.services.network.service import network


@network.get("/availability_zones", policy="get_availability_zone")
def list_availability_zones(call: Call) -> dict[str, Any]:
    return {"availability_zones": []}
