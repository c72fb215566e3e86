"""GET /floatingips: none, for none can be made here yet; clients ask when they show a server."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound, NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.services.network.service import network


class FloatingIPNotFound(NotFound):
    message = "Floating IP {id} could not be found"


@network.get("/floatingips", policy="get_floatingip")
def list_floatingips(call: Call) -> dict[str, Any]:
    return {"floatingips": []}


@network.get("/floatingips/<floatingip_id>", policy="get_floatingip")
def show_floatingip(call: Call, floatingip_id: str) -> None:
    raise FloatingIPNotFound(id=floatingip_id)


@network.put("/floatingips/<floatingip_id>", policy="get_floatingip")
def update_floatingip(call: Call, floatingip_id: str) -> None:
    raise FloatingIPNotFound(id=floatingip_id)


@network.delete("/floatingips/<floatingip_id>", policy="get_floatingip")
def delete_floatingip(call: Call, floatingip_id: str) -> None:
    raise FloatingIPNotFound(id=floatingip_id)


@network.post("/floatingips", policy="create_floatingip", success=201)
def create_floatingip(call: Call) -> None:
    raise NotImplementedHere(operation="floating IPs")
