"""GET /types/{id}/os-volume-type-access, POST /types/{id}/action: who may use a type that is not public."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import VolumeType
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Schema, Text
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.types import found_type


class NoAccessList(NotFound):
    message = "Access list not available for public volume types."


class PublicType(BadRequest):
    message = "Invalid volume type: Type access modification is not applicable to public volume type."


class AccessExists(Conflict):
    message = "Volume type access for {id} / {project} combination already exists."


class AccessNotFound(NotFound):
    message = "Volume type access not found for {id} / {project} combination."


# --- request schemas ----------------------------------------------------------------------------------


class ProjectAccess(Schema):
    project = Text(min=1, max=255, required=True)


# --- handlers -----------------------------------------------------------------------------------------


@volume.get(
    "/types/<type_id>/os-volume-type-access", policy="volume_extension:volume_type_access:get_all_for_type"
)
def list_type_access(call: Call, type_id: str) -> dict[str, Any]:
    kind = found_type(call, type_id)
    if kind.is_public:
        raise NoAccessList
    shown = [{"volume_type_id": kind.id, "project_id": project} for project in kind.access]
    return {"volume_type_access": shown}


@volume.action(
    "/types/<type_id>/action",
    "addProjectAccess",
    body=ProjectAccess,
    policy="volume_extension:volume_type_access:addProjectAccess",
    success=202,
)
def add_project_access(call: Call, type_id: str) -> None:
    """Any word is a project's id."""
    kind, project = _private_type(call, type_id), call.body["project"]
    if project in kind.access:
        raise AccessExists(id=kind.id, project=project)
    call.cloud.store.put(kind.evolve(access=(*kind.access, project)))


@volume.action(
    "/types/<type_id>/action",
    "removeProjectAccess",
    body=ProjectAccess,
    policy="volume_extension:volume_type_access:removeProjectAccess",
    success=202,
)
def remove_project_access(call: Call, type_id: str) -> None:
    kind, project = _private_type(call, type_id), call.body["project"]
    if project not in kind.access:
        raise AccessNotFound(id=kind.id, project=project)
    call.cloud.store.put(kind.evolve(access=tuple(one for one in kind.access if one != project)))


def _private_type(call: Call, id: str) -> VolumeType:
    kind = found_type(call, id)
    if kind.is_public:
        raise PublicType
    return kind
