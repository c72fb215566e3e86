"""/os-services: Nova's services on the controller and on the compute hosts; a compute host's can be disabled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from fakecompute.cloud import Cloud
from fakecompute.domain.cells import down_cells
from fakecompute.domain.compute_services import (
    COMPUTE,
    check_evacuations,
    host_number,
    remove_host,
    service_number,
)
from fakecompute.domain.records.compute import ControlService, Host
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import SECOND
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Booleanish, Choice, Schema, Text, since
from fakecompute.rest.view import View, field, moment, naive
from fakecompute.services.compute.ids import demand_uuid, row_number
from fakecompute.services.compute.service import compute

INTERNAL = "internal"  # the zone where those of the controller are said to be
REPORT_INTERVAL = 10 * SECOND  # nova.conf: report_interval
UPDATE = "os_compute_api:os-services:update"


class ServiceNotFound(NotFound):
    message = "Service {id} could not be found."


class NothingToDelete(NotFound):
    message = "Service {id} not found."


class HostNotMapped(NotFound):
    message = "Host '{host}' is not mapped to any cell"


class UnknownAction(NotFound):
    message = "Unknown action"


class NotUpdatable(BadRequest):
    message = "Updating a {binary} service is not supported. Only nova-compute services can be updated."


class MissingReason(BadRequest):
    message = "Missing disabled reason field"


class MissingForcedDown(BadRequest):
    message = "Missing forced_down field"


class ReasonToEnable(BadRequest):
    message = "Specifying 'disabled_reason' with status 'enabled' is invalid."


class NoUpdates(BadRequest):
    message = "No updates were requested. Fields 'status' or 'forced_down' should be specified."


class Service(NamedTuple):
    """A service as clients see it."""

    id: str
    number: int
    binary: str
    host: str
    zone: str
    reported_at: int
    up: bool = True
    disabled: bool = False
    disabled_reason: str | None = None
    forced_down: bool = False
    cell: str | None = None


def all_services(cloud: Cloud, *, unreachable: bool = False) -> Iterator[Service]:
    """In the order of their numbers; those of a cell that does not answer on demand only."""
    latest = cloud.now - (cloud.now - cloud.begun) % REPORT_INTERVAL
    for control in sorted(cloud.store.all(ControlService), key=lambda service: service.number):
        yield Service(control.id, control.number, control.binary, control.host, INTERNAL, latest)
    down = () if unreachable else down_cells(cloud)
    for host in sorted(cloud.store.all(Host), key=lambda host: host.number):
        if host.cell not in down:
            yield of_host(cloud, host)


def of_host(cloud: Cloud, host: Host) -> Service:
    latest = cloud.now - (cloud.now - cloud.begun) % REPORT_INTERVAL
    return Service(
        id=host.service_id,
        number=service_number(host),
        binary=COMPUTE,
        host=host.name,
        zone=host.availability_zone,
        reported_at=latest if host.up and host.reporting else host.updated_at,
        up=host.is_up,
        disabled=host.disabled,
        disabled_reason=host.disabled_reason,
        forced_down=host.forced_down,
        cell=host.cell,
    )


# --- request schemas ----------------------------------------------------------------------------------


def host_name(**options: Any) -> Text:
    """nova/api/validation/parameter_types.py: fqdn."""
    return Text(min=1, max=255, pattern="^[a-zA-Z0-9-._]*$", **options)


class ListServices(Schema):
    host = Text()
    binary = Text()


class UpdateServiceOfHost(Schema):
    host = host_name(required=True)
    binary = Text(min=1, max=255, required=True)
    disabled_reason = Text(min=1, max=255)
    forced_down = since("2.11", Booleanish())


class UpdateService(Schema):
    status = Choice("enabled", "disabled")
    disabled_reason = Text(min=1, max=255)
    forced_down = Booleanish()


# --- response views -----------------------------------------------------------------------------------

service_view = View(
    field("id", "number", until="2.52"),
    field("id", since="2.53"),
    field("binary"),
    field("host"),
    field("zone"),
    field("status", lambda service, call: "disabled" if service.disabled else "enabled"),
    field("state", lambda service, call: "up" if service.up else "down"),
    field("updated_at", moment("reported_at", naive)),
    field("disabled_reason"),
    field("forced_down", since="2.11"),
)
service_unknown = View(
    field("binary"),
    field("host"),
    field("status", lambda service, call: "UNKNOWN"),
)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(
    "/os-services", query=ListServices, strict_query="2.75", policy="os_compute_api:os-services:list"
)
def list_services(call: Call) -> dict[str, Any]:
    """Of a service in a cell that does not answer little is known (from 2.69 on)."""
    host, binary, down = call.query.get("host"), call.query.get("binary"), down_cells(call.cloud)
    services = [
        service
        for service in all_services(call.cloud, unreachable=call.since("2.69"))
        if (not host or service.host == host) and (not binary or service.binary == binary)
    ]
    return {
        "services": [
            service_unknown(service, call) if service.cell in down else service_view(service, call)
            for service in services
        ]
    }


@compute.put("/os-services/<service_id>", until="2.52", body=UpdateServiceOfHost, policy=UPDATE)
def act_on_service(call: Call, service_id: str) -> dict[str, Any]:
    """What is called an id is one of ACTIONS; the body names the service."""
    if service_id not in ACTIONS or (service_id == "force-down" and not call.since("2.11")):
        raise UnknownAction
    wish = call.body
    changes = ACTIONS[service_id](wish)
    if wish["binary"] != COMPUTE:
        raise NotUpdatable(binary=wish["binary"])
    _put(call, demand_host(call, wish["host"]), changes)
    told = {"host": wish["host"], "binary": wish["binary"]}
    if "forced_down" in changes:
        return {"service": {**told, **changes}}
    told["status"] = "disabled" if changes["disabled"] else "enabled"
    reason = changes["disabled_reason"]
    return {"service": {**told, "disabled_reason": reason} if reason else told}


@compute.put("/os-services/<service_id>", since="2.53", body=UpdateService)
def update_service(call: Call, service_id: str) -> dict[str, Any]:
    demand_uuid(service_id)  # before the policy is asked
    call.demand(UPDATE)
    service = _found(call, service_id)
    if service is None:
        raise ServiceNotFound(id=service_id)
    if isinstance(service, ControlService):
        raise NotUpdatable(binary=service.binary)
    wish = call.body
    changes = _changes(wish)
    if "forced_down" in wish:
        changes["forced_down"] = wish["forced_down"]
    if not changes:
        raise NoUpdates
    return {"service": service_view(of_host(call.cloud, _put(call, service, changes)), call)}


@compute.delete("/os-services/<service_id>", success=204, policy="os_compute_api:os-services:delete")
def delete_service(call: Call, service_id: str) -> None:
    """A compute host goes with its service, unless it has servers."""
    if call.since("2.53"):
        demand_uuid(service_id)
    else:
        row_number(service_id)
    service = _found(call, service_id)
    if service is None:
        raise NothingToDelete(id=service_id)
    if isinstance(service, Host):
        remove_host(call.cloud, service)
    else:
        call.cloud.store.drop(service)


def demand_host(call: Call, name: str) -> Host:
    """The compute host of this name."""
    host = call.cloud.store.one(Host, "name", name)
    if host is None:
        raise HostNotMapped(host=name)
    return host


def _found(call: Call, id: str) -> ControlService | Host | None:
    """By UUID or by number, as the version has it."""
    store = call.cloud.store
    if call.since("2.53"):
        return store.find(ControlService, id) or store.one(Host, "service", id)
    number = row_number(id)
    controls = (control for control in store.all(ControlService) if control.number == number)
    return next(controls, None) or store.one(Host, "number", host_number(number))


def _put(call: Call, host: Host, changes: dict[str, Any]) -> Host:
    if changes.get("forced_down") is False:
        check_evacuations(call.cloud, host.name)
    return call.cloud.store.put(host.evolve(**changes))


# --- what is changed: status and reason


def _changes(wish: dict[str, Any]) -> dict[str, Any]:
    match wish.get("status"):
        case "enabled" if wish.get("disabled_reason"):
            raise ReasonToEnable
        case "enabled":
            return _enabled(wish)
        case "disabled":
            return {"disabled": True, "disabled_reason": wish.get("disabled_reason")}
    return {}


def _enabled(wish: dict[str, Any]) -> dict[str, Any]:
    return {"disabled": False, "disabled_reason": None}


def _disabled(wish: dict[str, Any]) -> dict[str, Any]:
    """Any reason that the body gives is not heard."""
    return {"disabled": True, "disabled_reason": None}


def _disabled_for(wish: dict[str, Any]) -> dict[str, Any]:
    if "disabled_reason" not in wish:
        raise MissingReason
    return {"disabled": True, "disabled_reason": wish["disabled_reason"]}


def _forced_down(wish: dict[str, Any]) -> dict[str, Any]:
    if "forced_down" not in wish:
        raise MissingForcedDown
    return {"forced_down": wish["forced_down"]}


# fmt: off
ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "enable":             _enabled,
    "disable":            _disabled,
    "disable-log-reason": _disabled_for,
    "force-down":         _forced_down,
}
# fmt: on
