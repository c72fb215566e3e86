"""/groups: there are none, and none can be made; clients that look for them find nothing."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.identity import User
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.identity.listing import links
from fakecompute.services.identity.service import identity


class GroupNotFound(NotFound):
    message = "Could not find group: {id}."


# --- handlers -----------------------------------------------------------------------------------------


@identity.get("/groups", policy="identity:list_groups")
def list_groups(call: Call) -> dict[str, Any]:
    return {"groups": [], "links": links(call)}


@identity.get("/users/<user>/groups", policy="identity:list_groups_for_user")
def list_user_groups(call: Call, user: User) -> dict[str, Any]:
    return {"groups": [], "links": links(call)}


@identity.get("/groups/<group_id>", policy="identity:get_group")
def show_group(call: Call, group_id: str) -> None:
    raise GroupNotFound(id=group_id)


@identity.get("/groups/<group_id>/users", policy="identity:list_users_in_group")
def list_group_users(call: Call, group_id: str) -> None:
    raise GroupNotFound(id=group_id)


@identity.patch("/groups/<group_id>", policy="identity:update_group")
def update_group(call: Call, group_id: str) -> None:
    raise GroupNotFound(id=group_id)


@identity.delete("/groups/<group_id>", policy="identity:delete_group")
def delete_group(call: Call, group_id: str) -> None:
    raise GroupNotFound(id=group_id)
