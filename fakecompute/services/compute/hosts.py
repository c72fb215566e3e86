"""/os-hosts, until 2.42: compute hosts by their names, before hypervisors and services had ids of their own.

Under libvirt a host has neither a maintenance mode nor a power button: 501 in the words of Nova.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.server import Server
from fakecompute.errors import FakeError
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Choice, Schema, SomeOf, Text
from fakecompute.services.compute.hypervisors import ram_used
from fakecompute.services.compute.service import compute
from fakecompute.services.compute.services import all_services, demand_host

ROOT = "os_compute_api:os-hosts"


class NotSupported(FakeError):
    status = 501
    message = "The requested functionality is not supported."


# --- request schemas ----------------------------------------------------------------------------------

SWITCH = ("enable", "disable", "Enable", "Disable", "ENABLE", "DISABLE")


class ListHosts(Schema):
    zone = Text()


class UpdateHost(Schema):
    status = Choice(*SWITCH)
    maintenance_mode = Choice(*SWITCH)


# --- response views -----------------------------------------------------------------------------------


def resource(host: Host, project: str, room: Iterable[int]) -> dict[str, Any]:
    cpu, memory, disk = room
    values = {"host": host.name, "project": project, "cpu": cpu, "memory_mb": memory, "disk_gb": disk}
    return {"resource": values}


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-hosts", until="2.42", query=ListHosts, policy=f"{ROOT}:list")
def list_hosts(call: Call) -> dict[str, Any]:
    """One line a service, those that are disabled left out."""
    zone = call.query.get("zone")
    return {
        "hosts": [
            {"host_name": service.host, "service": service.binary.removeprefix("nova-"), "zone": service.zone}
            for service in all_services(call.cloud)
            if not service.disabled and (not zone or service.zone == zone)
        ]
    }


@compute.get("/os-hosts/<host_name>", until="2.42", policy=f"{ROOT}:show")
def show_host(call: Call, host_name: str) -> dict[str, Any]:
    """What there is, what is taken, what the servers may take at most, and whose they are."""
    host = demand_host(call, host_name)
    taken = call.cloud.store.total(Allocation, "host", host.name) or (0, 0, 0)
    servers = sorted(call.cloud.store.by(Server, "host", host.name), key=lambda server: server.number)
    of_project: dict[str, list[Server]] = {}
    for server in servers:
        of_project.setdefault(server.project_id, []).append(server)
    return {
        "host": [
            resource(host, "(total)", (host.vcpus, host.ram, host.disk)),
            resource(host, "(used_now)", (taken[0], ram_used(host, call), taken[2])),
            resource(host, "(used_max)", _sizes(servers)),
            *(resource(host, project, _sizes(own)) for project, own in of_project.items()),
        ]
    }


@compute.put("/os-hosts/<host_name>", until="2.42", body=SomeOf(UpdateHost), policy=f"{ROOT}:update")
def update_host(call: Call, host_name: str) -> dict[str, Any]:
    """The status goes to Placement until the host's next report takes it back: to last, it must be the service's."""
    demand_host(call, host_name)
    if "maintenance_mode" in call.body:
        raise NotSupported
    return {"host": host_name, "status": f"{call.body['status'].lower()}d"}


@compute.get("/os-hosts/<host_name>/startup", until="2.42", policy=f"{ROOT}:start")
def start_host(call: Call, host_name: str) -> None:
    demand_host(call, host_name)
    raise NotSupported


@compute.get("/os-hosts/<host_name>/shutdown", until="2.42", policy=f"{ROOT}:shutdown")
def shut_down_host(call: Call, host_name: str) -> None:
    demand_host(call, host_name)
    raise NotSupported


@compute.get("/os-hosts/<host_name>/reboot", until="2.42", policy=f"{ROOT}:reboot")
def reboot_host(call: Call, host_name: str) -> None:
    demand_host(call, host_name)
    raise NotSupported


def _sizes(servers: Iterable[Server]) -> tuple[int, int, int]:
    flavors = [server.flavor for server in servers]
    disk = sum(flavor.disk + flavor.ephemeral for flavor in flavors)
    return sum(flavor.vcpus for flavor in flavors), sum(flavor.ram for flavor in flavors), disk
