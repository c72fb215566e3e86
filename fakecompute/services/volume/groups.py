"""/groups: volumes that are snapshotted, copied and deleted together.

Consistency groups are groups of a type that Cinder reserves for them: they have an API of their own
(consistencygroups.py), and this one does not touch them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from marshmallow import ValidationError

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_backend import backend_id
from fakecompute.domain.records.volume_group import GroupSnapshot, GroupType, VolumeGroup
from fakecompute.domain.volume.group_changes import update_group as change
from fakecompute.domain.volume.group_copies import copy_group
from fakecompute.domain.volume.group_members import volumes_of
from fakecompute.domain.volume.group_snapshots import visible_group_snapshot
from fakecompute.domain.volume.group_types import GroupTypeNotFoundByName, is_reserved
from fakecompute.domain.volume.groups import GroupNotFound, visible_group
from fakecompute.domain.volume.groups import create_group as create
from fakecompute.domain.volume.groups import delete_group as delete
from fakecompute.domain.volume.types import TypeNotFound, TypeNotFoundByName
from fakecompute.errors import BadRequest, FakeError, NotFound, TooLarge
from fakecompute.rest.call import Call
from fakecompute.rest.schema import FORMS, ListOf, Object, Schema, Text, problem
from fakecompute.rest.schema.scalars import UNKNOWN
from fakecompute.rest.view import ABSENT, View, field, listed, moment, naive
from fakecompute.services.volume.fields import Checked, Description, Flag, Name
from fakecompute.services.volume.group_types import found_group_type
from fakecompute.services.volume.listing import Listing, boolean
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.types import description as ids  # any printable text

G = TypeVar("G", VolumeGroup, GroupSnapshot)

# fmt: off
STATUSES = ("error", "available", "creating", "deleting", "deleted", "updating", "in-use", "error_deleting")
# fmt: on


class Reserved(BadRequest):
    message = (
        "Group_type {type} is reserved for migrating CGs to groups. Migrated group can only be operated by CG APIs."
    )


# --- request schemas ----------------------------------------------------------------------------------


class SomeKey(Object):
    """An object without required keys, of which one must be there; `sole`: no second.  Strange ones are told last."""

    def __init__(self, schema: type[Schema], *keys: str, sole: bool = False, **options: Any) -> None:
        super().__init__(schema, **options)
        self.keys, self.sole = keys, sole

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        strange = None
        loaded = None
        try:
            loaded = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            if not isinstance(error.messages, dict) or any(flaw != [UNKNOWN] for flaw in error.messages.values()):
                raise
            strange = error
        given = [key for key in self.keys if key in value]
        if not given:
            raise problem(f"{value!r} is not valid under any of the given schemas", value)
        if self.sole and len(given) > 1:
            others = ", ".join(repr({"required": [key]}) for key in reversed(given))
            raise problem(f"{value!r} is valid under each of {others}", value)
        if strange is not None:
            raise strange
        return loaded


class GroupTypeWord(Text):
    """A group type by id or name."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not 1 <= len(text.strip()) <= 255:
            raise problem(f"{value!r} is not a 'group_type'", value)
        return text


def _is_zone(text: str) -> str | None:
    if not text:
        return "The 'availability_zone' can not be None."
    length = len(text.strip())
    if not length:
        return "Invalid input received: availability_zone has 0 characters, less than 1."
    if length > 255:
        return f"Invalid input received: availability_zone has {length} characters, more than 255."
    return None


class NewGroup(Schema):
    description = Description(load_default=None)
    group_type = GroupTypeWord(required=True)
    name = Name(load_default=None)
    volume_types = ListOf(Text(max=255), required=True, min=1, unique=True)
    availability_zone = Checked(_is_zone, allow_none=True, load_default=None)


class CreateGroup(Schema):
    group = Object(NewGroup, required=True)


class GroupSource(Schema):
    description = Description(load_default=None)
    name = Name(load_default=None)
    source_group_id = Text(form="uuid")
    group_snapshot_id = Text(form="uuid")


class GroupChanges(Schema):
    description = Description()
    name = Name()
    add_volumes = ids()
    remove_volumes = ids()


class UpdateGroup(Schema):
    group = SomeKey(GroupChanges, "name", "description", "add_volumes", "remove_volumes", required=True)


class DeleteGroup(Schema):
    delete_volumes = Flag(data_key="delete-volumes", load_default=False)


def _is_status(text: str) -> str | None:
    if not text.strip():
        return "Invalid Group Status: The 'status' can not be empty."
    if text.lower() in STATUSES and text.lower() != "in-use":  # which the refusal names nevertheless
        return None
    return f"Invalid Group Status: Group status: {text} is invalid, valid status are: {STATUSES}."


class ResetStatus(Schema):
    status = Checked(_is_status, required=True)


# fmt: off
COLUMNS = {
    "id":                 lambda group: group.id,
    "user_id":            lambda group: group.user_id,
    "project_id":         lambda group: group.project_id,
    "availability_zone":  lambda group: group.availability_zone,
    "host":               lambda group: group.host,
    "cluster_name":       lambda group: None,
    "name":               lambda group: group.name,
    "description":        lambda group: group.description,
    "status":             lambda group: group.status,
    "group_type_id":      lambda group: group.group_type_id,
    "group_snapshot_id":  lambda group: group.group_snapshot_id,
    "source_group_id":    lambda group: group.source_group_id,
    "replication_status": lambda group: group.replication_status,
    "created_at":         lambda group: group.created_at,
    "updated_at":         lambda group: group.updated_at,
    "deleted":            lambda group: False,
    "deleted_at":         lambda group: None,
}
# fmt: on
GROUPS: Listing[VolumeGroup] = Listing(
    "groups",
    "group",
    filters=COLUMNS,
    sort_keys=COLUMNS,
    old_filters=None,
    missing=lambda marker: GroupNotFound(id=marker),
    more=frozenset(("list_volume",)),
    called="group",
)


# --- response views -----------------------------------------------------------------------------------


def _volumes(group: VolumeGroup, call: Call) -> Any:
    """If one asks for them."""
    if not boolean("list_volume", dict(call.query_pairs).get("list_volume", "0")):
        return ABSENT
    return [one.id for one in volumes_of(call.cloud, group.id)]


group_brief = View(field("id"), field("name"))
group_detail = View(
    field("id"),
    field("status"),
    field("availability_zone"),
    field("created_at", moment("created_at", naive)),
    field("name"),
    field("description"),
    field("group_type", "group_type_id"),
    field("volume_types", listed("volume_types")),
    field("group_snapshot_id", since="3.14"),
    field("source_group_id", since="3.14"),
    field("volumes", _volumes, since="3.25"),
    field("replication_status", since="3.38"),
    field("project_id", since="3.58", rule="group:group_project_attribute"),
)


# --- handlers -----------------------------------------------------------------------------------------


@volume.finder("group")
def find_group(call: Call, id: str) -> VolumeGroup:
    return visible_group(call.cloud, call.project_id, call.is_admin, id)


def refuse_reserved(call: Call, group_type_id: str) -> None:
    if is_reserved(call.cloud, group_type_id):
        raise Reserved(type=group_type_id)


def visible_to(call: Call, listing: Listing[G], kind: type[G]) -> tuple[Listing[G], list[G]]:
    """What the caller may list, and the listing with the filters that count.

    Whatever `all_tenants` says, it opens all projects to an admin; for others it is a filter that nothing fits,
    until it is passed over.  The filter `project_id` means the caller's own unless all are listed.
    """
    store, everybody = call.cloud.store, "all_tenants" in dict(call.query_pairs)
    if everybody and call.is_admin:
        return listing, store.all(kind)
    own = store.by(kind, "project", call.project_id)
    if call.is_admin or not call.since(listing.strict):
        return replace(listing, more=listing.more | {"project_id"}), [] if everybody else own
    return listing, own


def group_page(call: Call, listing: Listing[VolumeGroup]) -> tuple[list[VolumeGroup], dict[str, Any]]:
    """A page and its link.  The filter `host` means the back end."""
    listing, groups = visible_to(call, listing, VolumeGroup)
    host = dict(call.query_pairs).get("host")
    if host is not None and (call.is_admin or not call.since(listing.strict)):
        listing = replace(listing, more=listing.more | {"host"})
        groups = [group for group in groups if group.host and backend_id(group.host) == backend_id(host)]
    page, links, _ = listing.page(call, groups)
    return list(page), links


def _generic(call: Call) -> tuple[list[VolumeGroup], dict[str, Any]]:
    """Consistency groups are left out of a page afterwards: it may be shorter than asked for, and then has no link."""
    page, links = group_page(call, GROUPS)
    shown = [group for group in page if not is_reserved(call.cloud, group.group_type_id)]
    return shown, links if len(shown) == len(page) else {}


@volume.get("/groups", since="3.13", policy="group:get_all")
def list_groups(call: Call) -> dict[str, Any]:
    groups, links = _generic(call)
    return {"groups": group_brief.all(groups, call), **links}


@volume.get("/groups/detail", since="3.13", policy="group:get_all")
def list_groups_in_detail(call: Call) -> dict[str, Any]:
    groups, links = _generic(call)
    return {"groups": group_detail.all(groups, call), **links}


@volume.get("/groups/<group>", since="3.13", policy="group:get")
def show_group(call: Call, group: VolumeGroup) -> dict[str, Any]:
    refuse_reserved(call, group.group_type_id)
    return {"group": group_detail(group, call)}


@volume.post("/groups", since="3.13", body=CreateGroup, success=202)
def create_group(call: Call) -> dict[str, Any]:
    """Names are looked up before the policy is asked, ids after it."""
    wish = call.body["group"]
    word = wish["group_type"]
    named = None if FORMS["uuid"](word) else _named(call, word)
    refuse_reserved(call, named.id if named else word)
    call.demand("group:create")
    volume_types = volume_types_of(call, wish["volume_types"])
    group = create(
        call.cloud,
        project_id=call.project_id,
        user_id=call.user_id,
        group_type=named or found_group_type(call, word),
        volume_types=volume_types,
        name=wish["name"],
        description=wish["description"],
        availability_zone=wish["availability_zone"],
    )
    return {"group": group_brief(group, call)}


def _named(call: Call, name: str) -> GroupType:
    """By its name everybody finds it, public or not."""
    kind = call.cloud.store.one(GroupType, "name", name)
    if kind is None:
        raise GroupTypeNotFoundByName(name=name)
    return kind


def volume_types_of(call: Call, words: list[str]) -> list[VolumeType]:
    """Volume types by id or name, be they the caller's or not."""
    return [_volume_type(call, word) for word in words]


def _volume_type(call: Call, word: str) -> VolumeType:
    store, by_id = call.cloud.store, FORMS["uuid"](word)
    kind = (store.find(VolumeType, word) if by_id else None) or store.one(VolumeType, "name", word)
    if kind is None:
        raise TypeNotFound(id=word) if by_id else TypeNotFoundByName(name=word)
    return kind


@volume.put("/groups/<group>", since="3.13", body=UpdateGroup, success=202)
def update_group(call: Call, group: VolumeGroup) -> None:
    refuse_reserved(call, group.group_type_id)
    call.demand("group:update", group.project_id)
    change(call.cloud, group, project_id=call.project_id, is_admin=call.is_admin, **call.body["group"])


# --- actions

ACTION = "/groups/<group>/action"


@volume.action(
    "/groups/action",
    "create-from-src",
    since="3.14",
    body=SomeKey(GroupSource, "group_snapshot_id", "source_group_id", sole=True),
    success=202,
)
def create_group_from_source(call: Call) -> dict[str, Any]:
    wish = call.body
    source: VolumeGroup | GroupSnapshot
    if "group_snapshot_id" in wish:
        source = visible_group_snapshot(call.cloud, call.project_id, call.is_admin, wish["group_snapshot_id"])
    else:
        source = find_group(call, wish["source_group_id"])
    refuse_reserved(call, source.group_type_id)
    with refused_with_400():
        call.demand("group:create")
        group = copy_of(call, source, wish["name"], wish["description"])
    return {"group": group_brief(group, call)}


def copy_of(
    call: Call, source: VolumeGroup | GroupSnapshot, name: str | None, description: str | None
) -> VolumeGroup:
    who = {"project_id": call.project_id, "user_id": call.user_id}
    return copy_group(call.cloud, source, **who, name=name, description=description)


@contextmanager
def refused_with_400() -> Iterator[None]:
    """Whatever keeps a group from being copied is a 400 of the same words: policies and quotas, too."""
    # cinder/api/v3/groups.py: create_from_src
    try:
        yield
    except NotFound:
        raise
    except TooLarge as refusal:  # `GroupLimitExceeded: ...`
        raise BadRequest(reason=str(refusal).partition(": ")[2]) from None
    except FakeError as refusal:
        raise BadRequest(reason=str(refusal)) from None


@volume.action(ACTION, "delete", since="3.13", body=DeleteGroup, success=202)
def delete_group(call: Call, group: VolumeGroup) -> None:
    refuse_reserved(call, group.group_type_id)
    call.demand("group:delete", group.project_id)
    delete(call.cloud, group, delete_volumes=call.body["delete_volumes"])


@volume.action(
    ACTION, "reset_status", since="3.20", body=ResetStatus, policy="group:reset_status", success=202
)
def reset_group_status(call: Call, group: VolumeGroup) -> None:
    """What is under way goes on, and has the last word."""
    status = call.body["status"].lower()
    call.cloud.store.put(group.evolve(status=status, updated_at=call.cloud.now))
