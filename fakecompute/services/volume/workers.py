"""POST /workers/cleanup: work that services have left half done is cleaned up (3.24)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakecompute.domain.records.volume_backend import SCHEDULER, VOLUME, CinderService, VolumeBackend
from fakecompute.domain.volume.outages import clean_up, half_done
from fakecompute.domain.volume.places import peers
from fakecompute.domain.volume.services import all_services, services_at
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, Schema, Text
from fakecompute.rest.view import View, field
from fakecompute.services.volume.fields import Enum, Flag, uuid_or_null
from fakecompute.services.volume.service import volume

Service = VolumeBackend | CinderService
TYPES = ("Volume", "Snapshot")


class BadResourceType(BadRequest):
    message = "Invalid input received: Resource type {type} not valid, must be Volume or Snapshot"


class NothingPending(BadRequest):
    message = "Invalid input received: ('There is no resource with UUID %s pending cleanup.', '{id}')"


# --- request schemas ----------------------------------------------------------------------------------


def name() -> Text:
    return Text(min=1, max=255, pattern="^[a-zA-Z0-9-._#@:/+]*$", allow_none=True)


class CleanUp(Schema):
    cluster_name = name()
    disabled = Flag()
    host = name()
    is_up = Flag()
    binary = Enum(VOLUME, SCHEDULER)
    resource_id = uuid_or_null()
    resource_type = Text(max=40, allow_none=True)
    service_id = Integer(pattern="^[0-9]*$", allow_none=True)


# --- response views -----------------------------------------------------------------------------------

worker_detail = View(
    field("id", "number"),
    field("host", "place"),
    field("binary"),
    field("cluster_name", lambda service, call: getattr(service, "cluster", None)),
)


# --- handlers -----------------------------------------------------------------------------------------


@volume.post("/workers/cleanup", since="3.24", body=CleanUp, policy="workers:cleanup", success=202)
def clean_up_workers(call: Call) -> dict[str, Any]:
    """Those services are meant that are down, unless the body says otherwise; others of their cluster do it."""
    wish = {key: value for key, value in call.body.items() if value is not None}
    resource = _resource(wish)
    if "resource_id" in wish and not wish.keys() & {"service_id", "cluster_name", "host"}:
        _check_pending(call, resource)
    cleaning: list[Service] = []
    unavailable: list[Service] = []
    for service in _meant(call, wish):
        if isinstance(service, VolumeBackend) and not any(one.is_up for one in peers(call.cloud, service)):
            unavailable.append(service)
            continue
        cleaning.append(service)
        if isinstance(service, VolumeBackend):
            clean_up(call.cloud, service, **resource)
    return {
        "cleaning": worker_detail.all(cleaning, call),
        "unavailable": worker_detail.all(unavailable, call),
    }


def _resource(wish: Mapping[str, Any]) -> dict[str, str | None]:
    """What is to be cleaned: of one type, or one alone."""
    kind = wish.get("resource_type")
    if kind and kind.title() not in TYPES:
        raise BadResourceType(type=kind.title())
    return {"kind": kind.title() if kind else None, "id": wish.get("resource_id")}


def _check_pending(call: Call, resource: Mapping[str, str | None]) -> None:
    backends = (service for service in all_services(call.cloud) if isinstance(service, VolumeBackend))
    if not any(half_done(call.cloud, backend, **resource) for backend in backends):
        raise NothingPending(id=resource["id"])


def _meant(call: Call, wish: Mapping[str, Any]) -> list[Service]:
    if "service_id" in wish:  # a real Cinder takes the number, and finds nothing by it
        return []
    found = all_services(call.cloud)
    if "host" in wish:
        found = services_at(found, wish["host"])
    return [
        service
        for service in found
        if service.is_up == wish.get("is_up", False)
        and wish.get("disabled", service.disabled) == service.disabled
        and wish.get("binary", service.binary) == service.binary
        and wish.get("cluster_name") in (None, getattr(service, "cluster", None))
    ]
