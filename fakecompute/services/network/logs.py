"""GET, POST, PUT, DELETE /log/logs, GET /log/loggable-resources: what security groups let through, written down."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import begun, change
from fakecompute.domain.records.network import Port, SecurityGroup
from fakecompute.domain.records.network_services import NetworkLog
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.ports import may_see_port
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import open_to

LOGGABLE = ("security_group",)  # what the drivers of this cloud can


class LogResourceNotFound(NotFound):
    message = "Log resource {id} could not be found."


class InvalidLogResourceType(BadRequest):
    message = "Invalid log resource_type: {type}."


class ResourceNotFound(NotFound):
    message = "Resource {id} could not be found."


class TargetResourceNotFound(NotFound):
    message = "Target resource {id} could not be found."


class InvalidResourceConstraint(BadRequest):
    message = "Invalid resource constraint between resource (security_group {id}) and target resource (port {target})."


# --- request schemas and response views ---------------------------------------------------------------


LOG = Noun(
    "log",
    NetworkLog,
    LogResourceNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("resource_type", values.text(255), "c", default=REQUIRED),
    attribute("resource_id", values.none_or(values.uuid), "c", default=None),
    attribute("target_id", values.none_or(values.uuid), "c", default=None),
    attribute("event", values.one_of("ACCEPT", "DROP", "ALL"), "c", default="ALL"),
    attribute("enabled", values.boolean, "cu", default=True),
    standard="tenant_id project_id description revision_number created_at updated_at",
)


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> NetworkLog:
    if wish["resource_type"] not in LOGGABLE:
        raise InvalidLogResourceType(type=wish["resource_type"])
    group, port = (
        call.cloud.store.find(kind, wish[name])
        for kind, name in ((SecurityGroup, "resource_id"), (Port, "target_id"))
    )
    if wish["resource_id"] and (group is None or not open_to(call, group)):
        raise ResourceNotFound(id=wish["resource_id"])
    if wish["target_id"] and (not isinstance(port, Port) or not may_see_port(call, port)):
        raise TargetResourceNotFound(id=wish["target_id"])
    if group is not None and isinstance(port, Port) and group.id not in port.security_groups:
        raise InvalidResourceConstraint(id=group.id, target=port.id)
    id = call.cloud.streams.uuid("network log")
    return call.cloud.store.put(
        NetworkLog(id=id, revision_number=1, **LOG.fields_of(wish), **begun(call.cloud))
    )


def _sees(call: Call, log: NetworkLog) -> bool:
    """Logs are for managers of the project."""
    return call.may("get_log", log.project_id)


Collection(
    LOG,
    "/log/logs",
    create=_create,
    update=lambda call, log, wish: change(call.cloud, log, **LOG.fields_of(wish)),
    remove=lambda call, log: call.cloud.store.drop(log),
    visible=_sees,
    open=False,
)


@network.get("/log/loggable-resources")
def list_loggable_resources(call: Call) -> dict[str, Any]:
    """Nothing, for those who may not log."""
    return {"loggable_resources": [{"type": type} for type in LOGGABLE if call.may("get_loggable_resource")]}
