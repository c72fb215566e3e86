"""GET, DELETE /auto-allocated-topology/{project}: a network for those who ask for none; Nova's `auto`."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_floatingips import floatingips_of
from fakecompute.domain.network_topology import (
    remove_topology,
    requirements,
    topology_for,
)
from fakecompute.domain.records.network import Network, Port
from fakecompute.domain.records.network_sharing import AutoAllocated
from fakecompute.errors import BadRequest, Forbidden
from fakecompute.rest.call import Call
from fakecompute.services.network.networks import NetworkInUse
from fakecompute.services.network.service import network

DRY_RUN = "dry-run"


class NotAuthorized(Forbidden):
    message = "Not authorized."


class BadTopologyRequest(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad auto_allocate request: {reason}."


def _check_own(call: Call, project_id: str) -> None:
    """Those of others are for admins."""
    if "admin" not in call.context.roles and project_id != call.context.project_id:
        raise NotAuthorized


@network.get("/auto-allocated-topology/<project_id>", policy="get_auto_allocated_topology")
def show_auto_allocated_topology(call: Call, project_id: str) -> dict[str, Any]:
    """Made, if need be; `fields=dry-run` tells whether that would do."""
    _check_own(call, project_id)
    asked = {value for name, value in call.query_pairs if name == "fields" and value}
    if asked - {DRY_RUN}:
        raise BadTopologyRequest(reason="Unrecognized field")
    if asked:
        requirements(call.cloud, project_id)
        return {"auto_allocated_topology": {"id": "dry-run=pass", "project_id": project_id}}
    found = topology_for(call.cloud, project_id)
    shown = {"id": found.network_id, "tenant_id": project_id, "project_id": project_id}
    return {"auto_allocated_topology": shown}


@network.delete("/auto-allocated-topology/<project_id>", policy="delete_auto_allocated_topology", success=204)
def delete_auto_allocated_topology(call: Call, project_id: str) -> None:
    """Where there is none, there is nothing to do."""
    _check_own(call, project_id)
    found = call.cloud.store.find(AutoAllocated, project_id)
    if found is None:
        requirements(call.cloud, project_id)  # it would be made first
        return
    home = call.cloud.store.find(Network, found.network_id)
    ports = call.cloud.store.by(Port, "network", found.network_id)
    used = [port for port in ports if not port.device_owner.startswith("network:")]
    used += [port for port in ports if floatingips_of(call.cloud, port.id)]
    if home is not None and used:
        raise NetworkInUse(id=home.id, ports=",".join(sorted({port.id for port in used})))
    remove_topology(call.cloud, found)
