"""/os-baremetal-nodes (to 2.35): what a Nova without Ironic says."""

from __future__ import annotations

from typing import NoReturn

from fakecompute.errors import BadRequest, NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.services.compute.service import compute


class NoIronic(NotImplementedHere):
    message = "Ironic client unavailable, cannot access Ironic."


class AskIronic(BadRequest):
    message = "Command not supported. Please use Ironic command {command} to perform this action."


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-baremetal-nodes", until="2.35", policy="os_compute_api:os-baremetal-nodes:list")
def list_baremetal_nodes(call: Call) -> NoReturn:
    raise NoIronic


@compute.get("/os-baremetal-nodes/<id>", until="2.35", policy="os_compute_api:os-baremetal-nodes:show")
def show_baremetal_node(call: Call, id: str) -> NoReturn:
    raise NoIronic


@compute.post("/os-baremetal-nodes", until="2.35")
def create_baremetal_node(call: Call) -> NoReturn:
    raise AskIronic(command="node-create")


@compute.delete("/os-baremetal-nodes/<id>", until="2.35")
def delete_baremetal_node(call: Call, id: str) -> NoReturn:
    raise AskIronic(command="node-delete")


@compute.action("/os-baremetal-nodes/<id>/action", "add_interface", until="2.35")
def add_baremetal_interface(call: Call, id: str) -> NoReturn:
    raise AskIronic(command="port-create")


@compute.action("/os-baremetal-nodes/<id>/action", "remove_interface", until="2.35")
def remove_baremetal_interface(call: Call, id: str) -> NoReturn:
    raise AskIronic(command="port-delete")
