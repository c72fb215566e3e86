"""/group_types: what volume groups can do; /group_types/default is the one that none has set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fakecompute.domain.records.volume_group import GroupType
from fakecompute.domain.volume.group_types import GroupTypeNotFound
from fakecompute.domain.volume.group_types import create_group_type as create
from fakecompute.domain.volume.group_types import delete_group_type as delete
from fakecompute.domain.volume.group_types import update_group_type as update
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import View, field, mapped
from fakecompute.services.volume.fields import Checked, Flag, metadata
from fakecompute.services.volume.listing import Listing
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.types import description, public_filter, visible_name


class NoDefaultGroupType(NotFound):
    message = "Default group type can not be found."


class BlankName(BadRequest):
    message = "Group type name can not be empty."


class NothingToUpdate(BadRequest):
    message = "Specify group type name, description or a combination thereof."


# --- request schemas ----------------------------------------------------------------------------------


class NewGroupType(Schema):
    name = Checked(visible_name, min=1, max=255, required=True)
    description = description()
    is_public = Flag(load_default=True)
    group_specs = metadata(allow_none=True)


class CreateGroupType(Schema):
    group_type = Object(NewGroupType, required=True)


class GroupTypeChanges(Schema):
    name = Text(max=255, allow_none=True)
    description = description()
    is_public = Flag()


class UpdateGroupType(Schema):
    group_type = Object(GroupTypeChanges, required=True)


# fmt: off
COLUMNS = {
    "id":          lambda kind: kind.id,
    "name":        lambda kind: kind.name,
    "description": lambda kind: kind.description,
    "is_public":   lambda kind: kind.is_public,
    "created_at":  lambda kind: kind.created_at,
    "updated_at":  lambda kind: kind.updated_at,
}
# fmt: on
GROUP_TYPES: Listing[GroupType] = Listing(
    "group_types", "group", filters={}, sort_keys=COLUMNS, missing=None, called="group_type"
)


# --- response views -----------------------------------------------------------------------------------

group_type_view = View(
    field("id"),
    field("name"),
    field("description"),
    field("is_public"),
    field("group_specs", mapped("group_specs"), rule="group:access_group_types_specs"),
)


# --- handlers -----------------------------------------------------------------------------------------


def found_group_type(call: Call, id: str) -> GroupType:
    """Types that are not public are there for admins alone.

    Called by the handlers: Cinder asks the policy before it looks.
    """
    kind = call.cloud.store.find(GroupType, id)
    if kind is None or not (kind.is_public or call.is_admin):
        raise GroupTypeNotFound(id=id)
    return kind


@volume.get("/group_types", since="3.11")
def list_group_types(call: Call) -> dict[str, Any]:
    """Public ones; an admin may ask for those that are not, or for all (`is_public=None`).  No other filter."""
    query = dict(call.query_pairs)
    public = public_filter(query["is_public"]) if call.is_admin and "is_public" in query else True
    kinds = [kind for kind in call.cloud.store.all(GroupType) if public in (None, kind.is_public)]
    page, links, _ = replace(GROUP_TYPES, more=frozenset(query)).page(call, kinds)
    return {"group_types": group_type_view.all(page, call), **links}


@volume.post(
    "/group_types", since="3.11", body=CreateGroupType, policy="group:group_types:create", success=202
)
def create_group_type(call: Call) -> dict[str, Any]:
    wish = call.body["group_type"]
    kind = create(
        call.cloud,
        wish["name"],
        description=wish.get("description"),
        is_public=wish["is_public"],
        specs=wish.get("group_specs"),
    )
    return {"group_type": group_type_view(kind, call)}


@volume.get("/group_types/<id>", since="3.11")
def show_group_type(call: Call, id: str) -> dict[str, Any]:
    """No setting names a default type."""
    if id == "default":
        raise NoDefaultGroupType
    return {"group_type": group_type_view(found_group_type(call, id), call)}


@volume.put("/group_types/<id>", since="3.11", body=UpdateGroupType, policy="group:group_types:update")
def update_group_type(call: Call, id: str) -> dict[str, Any]:
    """Null leaves things as they are; an empty name is one, blanks are not."""
    changes = {key: value for key, value in call.body["group_type"].items() if value is not None}
    if changes.get("name", "").isspace():
        raise BlankName
    if not changes:
        raise NothingToUpdate
    return {"group_type": group_type_view(update(call.cloud, id, changes), call)}


@volume.delete("/group_types/<id>", since="3.11", policy="group:group_types:delete", success=202)
def delete_group_type(call: Call, id: str) -> None:
    delete(call.cloud, found_group_type(call, id))
