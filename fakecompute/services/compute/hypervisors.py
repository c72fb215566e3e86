"""/os-hypervisors: what compute hosts have and what is taken of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from fakecompute.domain.compute_services import service_number
from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.server import Server
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import SECOND
from fakecompute.rest import page
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Booleanish, Integer, Schema, Single, Text, shapes, since
from fakecompute.rest.view import View, field, naive
from fakecompute.services.compute.ids import NotAnInteger, demand_uuid, row_number
from fakecompute.services.compute.service import compute
from fakecompute.services.compute.services import host_name

ROOT = "os_compute_api:os-hypervisors"


class HypervisorNotFound(NotFound):
    message = "Hypervisor with ID '{id}' could not be found."


class NoMatch(NotFound):
    message = "No hypervisor matching '{pattern}' could be found."


class NoPagesOfMatches(BadRequest):
    # Nova has words for it, and loses them on the way
    message = (
        "The server could not comply with the request since it is either malformed or otherwise incorrect."
    )


class HostUnavailable(BadRequest):
    message = "Compute service of {host} is unavailable at this time."


# --- request schemas ----------------------------------------------------------------------------------


def _limit() -> Integer:
    return Integer(min=0, pattern="^[0-9]*$")


class WithServers(Schema):
    with_servers = since("2.53", Single(Booleanish()))


class ListHypervisors(WithServers):
    limit = shapes(since("2.33", _limit(), until="2.52"), since("2.53", Single(_limit())))
    marker = shapes(since("2.33", Text(), until="2.52"), since("2.53", Single(Text())))
    hypervisor_hostname_pattern = since("2.53", Single(host_name()))


# --- response views -----------------------------------------------------------------------------------


def _taken(host: Host, call: Call) -> tuple[int, ...]:
    """vCPUs, MiB and GiB: the book that the scheduler keeps."""
    return call.cloud.store.total(Allocation, "host", host.name) or (0, 0, 0)


def ram_used(host: Host, call: Call) -> int:
    return host.reserved_ram + _taken(host, call)[1]


def _busy(host: Host, call: Call) -> int:
    """Servers to which something is happening."""
    return sum(server.task_state is not None for server in call.cloud.store.by(Server, "host", host.name))


# fmt: off
NUMBERS: dict[str, Callable[[Host, Call], int]] = {  # what statistics add up
    "vcpus":                lambda host, call: host.vcpus,
    "memory_mb":            lambda host, call: host.ram,
    "local_gb":             lambda host, call: host.disk,
    "vcpus_used":           lambda host, call: _taken(host, call)[0],
    "memory_mb_used":       ram_used,
    "local_gb_used":        lambda host, call: _taken(host, call)[2],
    "free_ram_mb":          lambda host, call: host.ram - ram_used(host, call),
    "free_disk_gb":         lambda host, call: host.disk - _taken(host, call)[2],
    "current_workload":     _busy,
    "running_vms":          lambda host, call: call.cloud.store.count(Server, "host", host.name),
    "disk_available_least": lambda host, call: host.disk - _taken(host, call)[2],
}
# fmt: on


def _cpu_info(host: Host, call: Call) -> dict[str, Any]:
    return {
        "arch": host.architecture,
        "model": "Nehalem",
        "vendor": "Intel",
        "features": ["pge", "clflush"],
        "topology": {"cells": 1, "sockets": 1, "cores": host.vcpus, "threads": 1},
    }


def _service(host: Host, call: Call) -> dict[str, Any]:
    id = host.service_id if call.since("2.53") else service_number(host)
    return {"id": id, "host": host.name, "disabled_reason": host.disabled_reason}


def uptime(host: Host, call: Call) -> str | None:
    """What the command of this name prints, as if the host had been switched on with the cloud; None if it is down."""
    if not (host.is_up and host.reporting):
        return None
    minutes = (call.cloud.now - host.created_at) // (60 * SECOND)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    since_days = f"{days} day{'s' if days > 1 else ''}, " if days else ""
    since_hours = f"{hours:2}:{rest:02}" if hours else f"{rest} min"
    clock = (naive(call.cloud.now) or "")[11:19]
    return f" {clock} up {since_days}{since_hours},  0 users,  load average: 0.00, 0.01, 0.05\n"


_BRIEF = (
    field("id", "number", until="2.52"),
    field("id", since="2.53"),
    field("hypervisor_hostname"),
    field("state", lambda host, call: "up" if host.is_up else "down"),
    field("status", lambda host, call: "disabled" if host.disabled else "enabled"),
)
hypervisor_brief = View(*_BRIEF)
hypervisor_detail = View(
    *_BRIEF,
    field("hypervisor_type"),
    field("hypervisor_version"),
    field("host_ip", "ip"),
    field("service", _service),
    *(field(name, source, until="2.87") for name, source in NUMBERS.items()),
    field("cpu_info", lambda host, call: json.dumps(_cpu_info(host, call)), until="2.27"),
    field("cpu_info", _cpu_info, since="2.28", until="2.87"),
    field("uptime", uptime, since="2.88"),
)


def _servers(host: Host, call: Call) -> list[dict[str, str]]:
    servers = sorted(call.cloud.store.by(Server, "host", host.name), key=lambda server: server.number)
    return [{"name": f"instance-{server.number:08x}", "uuid": server.id} for server in servers]


def _shown(view: View, host: Host, call: Call, with_servers: bool) -> dict[str, Any]:
    """A host without servers has an empty list of them from 2.75 only."""
    shown = view(host, call)
    servers = _servers(host, call) if with_servers else []
    if servers or (with_servers and call.since("2.75")):
        shown["servers"] = servers
    return shown


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-hypervisors", query=ListHypervisors, strict_query="2.53", policy=f"{ROOT}:list")
def list_hypervisors(call: Call) -> dict[str, Any]:
    return _listed(call, hypervisor_brief, "/os-hypervisors")


@compute.get(
    "/os-hypervisors/detail", query=ListHypervisors, strict_query="2.53", policy=f"{ROOT}:list-detail"
)
def list_hypervisors_detail(call: Call) -> dict[str, Any]:
    return _listed(call, hypervisor_detail, "/os-hypervisors/detail")


@compute.get("/os-hypervisors/statistics", until="2.87", policy=f"{ROOT}:statistics")
def show_hypervisor_statistics(call: Call) -> dict[str, Any]:
    """Sums over the hosts that are not disabled."""
    hosts = [host for host in call.cloud.store.all(Host) if not host.disabled]
    sums = {name: sum(source(host, call) for host in hosts) for name, source in NUMBERS.items()}
    return {"hypervisor_statistics": {"count": len(hosts), **sums}}


@compute.get("/os-hypervisors/<hypervisor_id>", query=WithServers, strict_query="2.53", policy=f"{ROOT}:show")
def show_hypervisor(call: Call, hypervisor_id: str) -> dict[str, Any]:
    host = _found(call, hypervisor_id)
    return {"hypervisor": _shown(hypervisor_detail, host, call, call.query.get("with_servers", False))}


@compute.get("/os-hypervisors/<hypervisor_id>/uptime", until="2.87", policy=f"{ROOT}:uptime")
def show_hypervisor_uptime(call: Call, hypervisor_id: str) -> dict[str, Any]:
    host = _found(call, hypervisor_id)
    told = uptime(host, call)
    if told is None:
        raise HostUnavailable(host=host.name)
    return {"hypervisor": {**hypervisor_brief(host, call), "uptime": told}}


@compute.get("/os-hypervisors/<hypervisor_id>/search", until="2.52", policy=f"{ROOT}:search")
def search_hypervisors(call: Call, hypervisor_id: str) -> dict[str, Any]:
    """What is called an id is a part of the name."""
    return {"hypervisors": hypervisor_brief.all(_matching(call, hypervisor_id), call)}


@compute.get("/os-hypervisors/<hypervisor_id>/servers", until="2.52", policy=f"{ROOT}:servers")
def list_servers_of_hypervisors(call: Call, hypervisor_id: str) -> dict[str, Any]:
    matching = _matching(call, hypervisor_id)
    return {"hypervisors": [_shown(hypervisor_brief, host, call, True) for host in matching]}


def _listed(call: Call, view: View, path: str) -> dict[str, Any]:
    query = call.query
    links: dict[str, Any] = {}
    if (pattern := query.get("hypervisor_hostname_pattern")) is not None:
        if "limit" in query or query.get("marker"):
            raise NoPagesOfMatches
        hosts = _matching(call, pattern)
    else:
        hosts, links = _page(call, path)
    shown = [_shown(view, host, call, query.get("with_servers", False)) for host in hosts]
    return {"hypervisors": shown, **links}


def _page(call: Call, path: str) -> tuple[list[Host], dict[str, Any]]:
    """A marker may be a number or a UUID in any version; the next one is what the version shows."""
    hosts = _by_number(call.cloud.store.all(Host))
    marker = call.query.get("marker")
    if marker is not None and marker.isdecimal():
        hosts = list(page.after(hosts, marker, lambda host: str(host.number)))
    else:
        hosts = list(page.after(hosts, marker, lambda host: host.id))
    most = call.cloud.settings.max_limit
    limit = min(call.query.get("limit", most), most)
    shown = hosts[:limit]
    if not call.since("2.33"):
        return shown, {}
    key = "id" if call.since("2.53") else "number"
    url = call.url + path
    return shown, page.links(
        "hypervisors", url, call.query_pairs, shown, limit, lambda host: str(getattr(host, key))
    )


def _found(call: Call, id: str) -> Host:
    store = call.cloud.store
    if call.since("2.53"):
        demand_uuid(id)
        host = store.find(Host, id)
    else:
        try:
            host = store.one(Host, "number", row_number(id))
        except NotAnInteger:
            host = None
    if host is None:
        raise HypervisorNotFound(id=id)
    return host


def _matching(call: Call, pattern: str) -> list[Host]:
    """SQL's LIKE, anywhere in the name: `_` is any character, `%` any number of them."""
    parts = {"_": ".", "%": ".*"}
    like = re.compile("".join(parts.get(c) or re.escape(c) for c in pattern), re.IGNORECASE | re.DOTALL)
    hosts = [host for host in call.cloud.store.all(Host) if like.search(host.hypervisor_hostname)]
    if not hosts:
        raise NoMatch(pattern=pattern)
    return _by_number(hosts)


def _by_number(hosts: list[Host]) -> list[Host]:
    return sorted(hosts, key=lambda host: host.number)
