"""/groups: users who are given roles together."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.identity import join, leave
from fakecompute.domain.identity_removal import drop_group
from fakecompute.domain.records.identity import Group, Membership, User
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.domains import require_free
from fakecompute.services.identity.listing import Listed, collection, linked, of_domain
from fakecompute.services.identity.members import (
    DuplicateName,
    Open,
    OpenView,
    Some,
    a_name,
    admit,
    an_id,
    domain_of_new,
    require_same,
    stored,
)
from fakecompute.services.identity.service import identity
from fakecompute.services.identity.users import ListUsers, fitting, user_detail

COLUMN = 64  # characters of a name, in the database


class GroupNotFound(NotFound):
    message = "Could not find group: {id}."


class NotAMember(NotFound):
    message = "User '{user}' not found in group '{group}'"


class NameTooLong(BadRequest):
    message = (
        "String length exceeded. The length of string '{name}' exceeds the limit of column name(CHAR({limit}))."
    )


# --- request schemas ----------------------------------------------------------------------------------


class ListGroups(Listed):
    filters = ("domain_id", "name")
    domain_id = an_id()
    name = a_name()


class GroupFields(Open):
    name = a_name()
    description = Text(allow_none=True)


class NewGroup(GroupFields):
    name = a_name(required=True)
    domain_id = an_id()


class CreateGroup(Schema):
    group = Object(NewGroup, required=True)


class UpdateGroup(Schema):
    group = Some(GroupFields, required=True)


# --- response views -----------------------------------------------------------------------------------

group_detail = OpenView(
    field("id"),
    field("name"),
    field("domain_id"),
    field("description"),
    field("links", linked("groups")),
)
group_of_user = OpenView(
    *group_detail.fields,
    field("membership_expires_at", lambda group, call: None),  # it does for those whom a federation sends
)


# --- handlers -----------------------------------------------------------------------------------------


def find_group(call: Call, id: str) -> Group:
    group = call.cloud.store.find(Group, id)
    return admit(call, group, GroupNotFound(id=id), domain_id=group.domain_id if group else "")


def _create(call: Call, wish: Wish) -> Group:
    domain_id = domain_of_new(call, "identity:create_group", wish)
    require_free(call, Group, "group", domain_id, wish["name"])
    return _keep(call, Group(id=call.cloud.streams.hex("group"), name=wish["name"], domain_id=domain_id), wish)


def _update(call: Call, group: Group, wish: Wish) -> Group:
    require_same(group, wish, [("id", "ID"), ("domain_id", "Domain ID")])
    name = wish.get("name", group.name)
    if name != group.name and call.cloud.store.one(Group, "name", (group.domain_id, name)) is not None:
        raise DuplicateName(kind="group", name=name)
    return _keep(call, group, wish)


def _keep(call: Call, group: Group, wish: Wish) -> Group:
    """The schema takes longer names than the database."""
    if len(wish.get("name", "")) > COLUMN:
        raise NameTooLong(name=wish["name"], limit=COLUMN)
    return stored(call, group, wish, GroupFields)


Collection(
    "group",
    "/groups",
    Group,
    group_detail,
    find=find_group,
    records=lambda call: of_domain(call, call.cloud.store.all(Group)),
    query=ListGroups,
    create=(CreateGroup, _create),
    update=(UpdateGroup, _update),
    remove=drop_group,
)


# --- members ------------------------------------------------------------------------------------------------


@identity.get("/users/<user>/groups", query=ListGroups, policy="identity:list_groups_for_user")
def list_user_groups(call: Call, user: User) -> dict[str, Any]:
    memberships = call.cloud.store.by(Membership, "user", user.id)
    groups = sorted((call.cloud.store.get(Group, one.group_id) for one in memberships), key=lambda g: g.id)
    return collection(call, "groups", groups, group_of_user)


@identity.get("/groups/<group>/users", query=ListUsers, policy="identity:list_users_in_group")
def list_group_users(call: Call, group: Group) -> dict[str, Any]:
    memberships = call.cloud.store.by(Membership, "group", group.id)
    users = sorted((call.cloud.store.get(User, one.user_id) for one in memberships), key=lambda user: user.id)
    return collection(call, "users", fitting(call, users), user_detail)


@identity.put("/groups/<group>/users/<user>", policy="identity:add_user_to_group", success=204)
def add_user_to_group(call: Call, group: Group, user: User) -> None:
    join(call.cloud, group.id, user.id)


@identity.get("/groups/<group>/users/<user>", policy="identity:check_user_in_group", success=204)
def check_user_in_group(call: Call, group: Group, user: User) -> None:
    _find(call, group, user)


@identity.delete("/groups/<group>/users/<user>", policy="identity:remove_user_from_group", success=204)
def remove_user_from_group(call: Call, group: Group, user: User) -> None:
    leave(call.cloud, _find(call, group, user))


def _find(call: Call, group: Group, user: User) -> Membership:
    found = call.cloud.store.find(Membership, f"{group.id}/{user.id}")
    if found is None:
        raise NotAMember(user=user.id, group=group.id)
    return found
