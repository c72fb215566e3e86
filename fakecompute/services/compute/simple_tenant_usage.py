"""/os-simple-tenant-usage: what projects had of servers in a period, in hours of vCPUs, MiB and GiB.

A server counts from when it was launched, whatever its state, until it was deleted, and with the size it has now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from fakecompute.domain.records.server import Server
from fakecompute.errors import BadRequest
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.clock import moment as parse_moment
from fakecompute.rest import page
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, Schema, Text, since
from fakecompute.rest.view import naive
from fakecompute.services.compute.paging import MarkerLost, address
from fakecompute.services.compute.service import compute

ROOT = "os_compute_api:os-simple-tenant-usage"
FORMS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f")
HOUR = 3600 * SECOND


class BadTime(BadRequest):
    message = "Invalid datetime string: Datetime is in invalid format"


class StartAfterEnd(BadRequest):
    message = "Invalid start time. The start time cannot occur after the end time."


class Period(NamedTuple):
    start: int
    stop: int


# --- request schemas ----------------------------------------------------------------------------------


class ShowUsage(Schema):
    start = Text()
    end = Text()
    limit = since("2.40", Integer(min=0, pattern="^[0-9]*$"))
    marker = since("2.40", Text())


class ListUsage(ShowUsage):
    detailed = Text()


# --- response views -----------------------------------------------------------------------------------


def _hours(server: Server, period: Period) -> float:
    start = max(server.launched_at or 0, period.start)
    stop = min(server.terminated_at or period.stop, period.stop)
    return max(0, stop - start) / HOUR


def server_usage(server: Server, period: Period, now: int) -> dict[str, Any]:
    flavor, launched = server.flavor, server.launched_at or 0
    return {
        "instance_id": server.id,
        "name": server.name,
        "tenant_id": server.project_id,
        "hours": _hours(server, period),
        "flavor": flavor.name,
        "memory_mb": flavor.ram,
        "local_gb": flavor.disk + flavor.ephemeral,
        "vcpus": flavor.vcpus,
        "started_at": naive(launched),
        "ended_at": naive(server.terminated_at),
        "state": "terminated" if server.terminated_at else str(server.vm_state),
        "uptime": ((server.terminated_at or now) - launched) // SECOND,
    }


def project_usage(usages: list[dict[str, Any]], period: Period, detailed: bool) -> dict[str, Any]:
    def total(name: str) -> float:
        amounts: list[float] = [usage[name] * usage["hours"] for usage in usages]
        return sum(amounts)

    summary = {
        "tenant_id": usages[0]["tenant_id"],
        "total_hours": sum(usage["hours"] for usage in usages),
        "total_vcpus_usage": total("vcpus"),
        "total_memory_mb_usage": total("memory_mb"),
        "total_local_gb_usage": total("local_gb"),
        "start": naive(period.start),
        "stop": naive(period.stop),
    }
    return {**summary, "server_usages": usages} if detailed else summary


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-simple-tenant-usage", query=ListUsage, strict_query="2.75", policy=f"{ROOT}:list")
def list_tenant_usage(call: Call) -> dict[str, Any]:
    period = _period(call)
    detailed = _first(call, "detailed") == "1"
    servers, more = _page(call, call.cloud.store.all(Server), period, "tenant_usages", "")
    return {"tenant_usages": _projects(call, servers, period, detailed), **more}


@compute.get("/os-simple-tenant-usage/<tenant_id>", query=ShowUsage, strict_query="2.75")
def show_tenant_usage(call: Call, tenant_id: str) -> dict[str, Any]:
    """Of a project that had nothing, and of one that there is not, there is nothing to tell."""
    call.demand(f"{ROOT}:show", tenant_id)
    period, store = _period(call), call.cloud.store
    servers = [s for deleted in (False, True) for s in store.by(Server, "project", (tenant_id, deleted))]
    shown, more = _page(call, servers, period, "tenant_usage", f"/{tenant_id}")
    usages = _projects(call, shown, period, detailed=True)
    return {"tenant_usage": usages[0] if usages else {}, **more}


def _projects(call: Call, servers: list[Server], period: Period, detailed: bool) -> list[dict[str, Any]]:
    of_project: dict[str, list[dict[str, Any]]] = {}
    for server in servers:
        usage = server_usage(server, period, call.cloud.now)
        of_project.setdefault(server.project_id, []).append(usage)
    return [project_usage(usages, period, detailed) for usages in of_project.values()]


def _page(
    call: Call, servers: Iterable[Server], period: Period, collection: str, path: str
) -> tuple[list[Server], dict[str, Any]]:
    """Pages are of servers, ordered by project and id; before 2.40 there is the first one only."""
    most = call.cloud.settings.max_limit
    limit = min(call.query.get("limit", most), most)
    found = sorted((server for server in servers if _is_in(server, period)), key=_order)
    if (marker := call.query.get("marker")) is not None:
        last = call.cloud.store.find(Server, marker)
        if last is None:
            raise MarkerLost(marker=marker)
        found = [server for server in found if _order(server) > _order(last)]
    shown = found[:limit]
    if not call.since("2.40"):
        return shown, {}
    url = f"{address(call)}/os-simple-tenant-usage{path}"
    return shown, page.links(collection, url, call.query_pairs, shown, limit, lambda server: server.id)


def _order(server: Server) -> tuple[str, str]:
    return server.project_id, server.id


def _is_in(server: Server, period: Period) -> bool:
    """Launched before its end, and not deleted before its start."""
    ended = server.terminated_at is not None and server.terminated_at <= period.start
    return server.launched_at is not None and server.launched_at < period.stop and not ended


def _period(call: Call) -> Period:
    """Both ends are now unless told; for Nova some microseconds pass between the two."""
    now = call.cloud.now
    start, stop = (_time(_first(call, name)) for name in ("start", "end"))
    period = Period(now if start is None else start, now + 1 if stop is None else stop)
    if not period.start < period.stop:
        raise StartAfterEnd
    return period._replace(stop=min(period.stop, now))


def _first(call: Call, name: str) -> str | None:
    """The first value of a parameter that is not empty."""
    return next((value for key, value in call.query_pairs if key == name and value), None)


def _time(text: str | None) -> int | None:
    if text is None:
        return None
    for form in FORMS:
        try:
            return parse_moment(datetime.strptime(text, form).replace(tzinfo=UTC).isoformat())
        except ValueError:
            continue
    raise BadTime
