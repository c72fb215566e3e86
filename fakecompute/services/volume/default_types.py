"""GET /default-types, GET, PUT, DELETE /default-types/{project}: the types of volumes that ask for none (3.62)."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.volume_type import DefaultType
from fakecompute.domain.volume.types import TypeNotFoundByName
from fakecompute.errors import BadRequest, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import EXCLUDE, Object, Schema
from fakecompute.rest.view import View, field
from fakecompute.services.volume.fields import Checked
from fakecompute.services.volume.service import type_named, volume
from fakecompute.services.volume.types import visible_name


class NotAuthorized(Forbidden):
    message = "You are not authorized to perform this operation."


class ProjectNotFound(NotFound):
    message = "Project with id {id} not found."


class DefaultTypeNotFound(NotFound):
    message = "Default type for project {id} not found."


class UnknownType(BadRequest):
    message = TypeNotFoundByName.message


# --- request schemas ----------------------------------------------------------------------------------


class NewDefaultType(Schema):
    volume_type = Checked(visible_name, min=1, max=255, required=True)


class SetDefaultType(Schema):
    class Meta:
        unknown = EXCLUDE

    default_type = Object(NewDefaultType, required=True)


# --- response views -----------------------------------------------------------------------------------

default_type_detail = View(field("project_id", "id"), field("volume_type_id"))


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/default-types", since="3.62")
def list_default_types(call: Call) -> dict[str, Any]:
    if not call.may("volume_extension:default_get_all"):
        raise NotAuthorized
    found = sorted(call.cloud.store.all(DefaultType), key=lambda default: default.number)
    return {"default_types": default_type_detail.all(found, call)}


@volume.get("/default-types/<project_id>", since="3.62")
def show_default_type(call: Call, project_id: str) -> dict[str, Any]:
    _check(call, project_id, "volume_extension:default_get")
    found = call.cloud.store.find(DefaultType, project_id)
    if found is None:
        raise DefaultTypeNotFound(id=project_id)
    return {"default_type": default_type_detail(found, call)}


@volume.put("/default-types/<project_id>", since="3.62", body=SetDefaultType)
def set_default_type(call: Call, project_id: str) -> dict[str, Any]:
    _check(call, project_id, "volume_extension:default_set_or_update")
    cloud, name = call.cloud, call.body["default_type"]["volume_type"]
    kind = type_named(call, name)
    if kind is None:
        raise UnknownType(name=name)
    known = cloud.store.find(DefaultType, project_id)
    if known is None:
        number = cloud.streams.number("default type")
        made = DefaultType(id=project_id, volume_type_id=kind.id, number=number, created_at=cloud.now)
    else:
        made = known.evolve(volume_type_id=kind.id, updated_at=cloud.now)
    return {"default_type": default_type_detail(cloud.store.put(made), call)}


@volume.delete("/default-types/<project_id>", since="3.62", success=204)
def unset_default_type(call: Call, project_id: str) -> None:
    """Also of a project that is gone, or that has none."""
    if call.cloud.store.find(Project, project_id) is not None:  # else there is nobody to ask for
        _check(call, project_id, "volume_extension:default_unset")
    found = call.cloud.store.find(DefaultType, project_id)
    if found is not None:
        call.cloud.store.drop(found)


def _check(call: Call, project_id: str, rule: str) -> None:
    """The project first, then whether the caller may."""
    if call.cloud.store.find(Project, project_id) is None:
        raise ProjectNotFound(id=project_id)
    if not call.may(rule, project_id):
        raise NotAuthorized
