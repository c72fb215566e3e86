"""GET /os-services, PUT /os-services/{verb}: the processes of Cinder, for operators."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume_backend import CinderService, VolumeBackend
from fakecompute.domain.volume import services
from fakecompute.domain.volume.logs import API, BINARIES, check_level, levels_of, set_level
from fakecompute.domain.volume.services import (
    CONTROLLER,
    all_services,
    find_service,
    reported_at,
    services_at,
)
from fakecompute.domain.volume.storage import is_active
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Choice, Object, Schema, Text, problem
from fakecompute.rest.view import ABSENT, View, field, naive
from fakecompute.services.volume.service import volume

Service = VolumeBackend | CinderService
UPDATE = "volume_extension:services:update"
WITH_CLUSTER = "3.26"  # from when on a cluster can be named where a host is


class HostMissing(BadRequest):
    message = "Invalid input received: Host field is missing."


class HostOrCluster(BadRequest):
    message = "Invalid input received: One and only one of cluster and host must be set."


# --- request schemas ----------------------------------------------------------------------------------


def host_name() -> Text:
    return Text(min=1, max=255, pattern=r"^[a-zA-Z0-9-._#@:/+\[\]]*$", allow_none=True)


class Reason(Text):
    """Blanks around it do not count, but stay."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text and not text.strip():
            raise problem(f"{value!r} is not a 'disabled_reason'", value)
        return text


class SwitchService(Schema):
    binary = Text(min=1, max=255)
    host = host_name()
    cluster = Text(max=255, allow_none=True)
    service = Text(min=1, max=255)


class DisableWithReason(SwitchService):
    disabled_reason = Reason(min=1, max=255)


class Switched(Object):
    """One of the two names for what runs must be there."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        loaded = super()._deserialize(value, attr, data, **kwargs)
        if not loaded.keys() & {"binary", "service"}:
            raise problem(f"{value!r} is not valid under any of the given schemas", value)
        return loaded


class Freeze(Schema):
    cluster = Text(max=255, allow_none=True)
    host = host_name()


class Failover(Schema):
    host = host_name()
    backend_id = Text(max=255, allow_none=True)
    cluster = Text(max=255, allow_none=True)


class GetLog(Schema):
    binary = Choice(*BINARIES, "", "*")
    server = Text(max=255, allow_none=True)
    prefix = Text(max=255, allow_none=True)


class SetLog(GetLog):
    level = Text(allow_none=True)


# --- response views -----------------------------------------------------------------------------------


def _of_backend(source: str) -> Any:
    """A field that only those have that serve volumes."""
    return lambda service, call: getattr(service, source) if isinstance(service, VolumeBackend) else ABSENT


def _backend_state(service: Service, call: Call) -> Any:
    """What the scheduler has heard of it: nothing, if it does not ask it."""
    if not isinstance(service, VolumeBackend):
        return ABSENT
    return "up" if is_active(call.cloud, service) else None


service_detail = View(
    field("binary"),
    field("host", "place"),
    field("zone", "availability_zone"),
    field("status", lambda service, call: "disabled" if service.disabled else "enabled"),
    field("state", lambda service, call: "up" if service.is_up else "down"),
    field("updated_at", lambda service, call: naive(reported_at(call.cloud, service))),
    field("backend_state", _backend_state, since="3.49"),
    field("cluster", lambda service, call: getattr(service, "cluster", None), since="3.7"),
    field("disabled_reason"),
    field("replication_status", _of_backend("replication_status")),
    field("active_backend_id", _of_backend("active_backend_id")),
    field("frozen", _of_backend("frozen")),
)


# --- handlers: which there are, and whether they are used


@volume.get("/os-services", policy="volume_extension:services:index")
def list_services(call: Call) -> dict[str, Any]:
    query = dict(call.query_pairs)
    found = all_services(call.cloud)
    if "host" in query:
        found = services_at(found, query["host"])
    if "binary" in query:
        found = [service for service in found if service.binary == query["binary"]]
    return {"services": service_detail.all(found, call)}


def _named(call: Call) -> Service:
    """The service that a body names, by `binary` or, as it was once called, by `service`."""
    if not call.body.get("host"):
        raise HostMissing
    return find_service(call.cloud, call.body["host"], call.body.get("binary") or call.body.get("service"))


def _told(call: Call, status: str, **more: Any) -> dict[str, Any]:
    return {
        "host": call.body["host"],
        "service": call.body.get("service", ""),
        "binary": call.body.get("binary", ""),
        "status": status,
        "disabled": status == "disabled",
        **more,
    }


@volume.put("/os-services/enable", body=Switched(SwitchService), policy=UPDATE)
def enable_service(call: Call) -> dict[str, Any]:
    services.enable(call.cloud, _named(call))
    return _told(call, "enabled")


@volume.put("/os-services/disable", body=Switched(SwitchService), policy=UPDATE)
def disable_service(call: Call) -> dict[str, Any]:
    services.disable(call.cloud, _named(call))
    return _told(call, "disabled")


@volume.put("/os-services/disable-log-reason", body=Switched(DisableWithReason), policy=UPDATE)
def disable_service_with_reason(call: Call) -> dict[str, Any]:
    reason = call.body.get("disabled_reason")
    services.disable(call.cloud, _named(call), reason)
    return _told(call, "disabled", disabled_reason=reason)


# --- handlers: replication


def _place(call: Call) -> dict[str, str | None]:
    """A host, or from 3.26 on a cluster in its stead."""
    clustered = call.since(WITH_CLUSTER)
    host, cluster = call.body.get("host"), call.body.get("cluster") if clustered else None
    if bool(host) == bool(cluster):
        raise HostOrCluster if clustered else HostMissing
    return {"host": host or None, "cluster": cluster or None}


@volume.put("/os-services/freeze", body=Freeze, policy=UPDATE)
def freeze_host(call: Call) -> None:
    place = _place(call)
    call.demand("volume:freeze_host")
    services.freeze(call.cloud, **place)


@volume.put("/os-services/thaw", body=Freeze, policy=UPDATE)
def thaw_host(call: Call) -> None:
    place = _place(call)
    call.demand("volume:thaw_host")
    services.thaw(call.cloud, **place)


@volume.put("/os-services/failover_host", body=Failover, policy=UPDATE, success=202)
def failover_host(call: Call) -> None:
    place = _place(call)
    call.demand("volume:failover_host")
    services.failover(call.cloud, **place, target=call.body.get("backend_id"))


# --- handlers: logs


@volume.put("/os-services/set-log", since="3.32", body=SetLog, policy=UPDATE, success=202)
def set_log(call: Call) -> None:
    level, prefix = check_level(call.body.get("level")), call.body.get("prefix") or ""
    for id, _, _ in _logging(call):
        set_level(call.cloud, id, prefix, level)


@volume.put("/os-services/get-log", since="3.32", body=GetLog, policy=UPDATE)
def get_log(call: Call) -> dict[str, Any]:
    prefix = call.body.get("prefix") or ""
    shown = [
        {"host": host, "binary": binary, "levels": levels_of(call.cloud, id, binary, prefix)}
        for id, host, binary in _logging(call)
    ]
    return {"log_levels": shown}


def _logging(call: Call) -> list[tuple[str, str, str]]:
    """(id, host, binary) of the processes that a body means: those that are up, and the API."""
    binary, server = call.body.get("binary"), call.body.get("server")
    found = [(API, CONTROLLER, API)] if server in (None, "", CONTROLLER) else []
    up = [service for service in all_services(call.cloud) if service.is_up]
    for service in services_at(up, server) if server else up:
        found.append((service.id, service.place, service.binary))
    return [one for one in found if binary in (None, "", "*", one[2])]
