"""/consistencygroups: the API that groups had before they were generic.

What it makes are groups of the type that Cinder reserves for it; what it shows are all groups.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fakecompute.domain.records.volume_group import GroupSnapshot, GroupType, VolumeGroup
from fakecompute.domain.volume.group_changes import update_group
from fakecompute.domain.volume.group_snapshots import visible_group_snapshot
from fakecompute.domain.volume.group_types import RESERVED
from fakecompute.domain.volume.groups import UnknownZone, create_group, delete_group
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import EXCLUDE, AnyOf, Anything, Null, Object, Schema, Text
from fakecompute.rest.view import View, field, listed, moment, naive
from fakecompute.services.volume.fields import Description, Flag, Name
from fakecompute.services.volume.groups import (
    GROUPS,
    copy_of,
    find_group,
    group_brief,
    group_page,
    refused_with_400,
    volume_types_of,
)
from fakecompute.services.volume.service import volume

GROUP = "/consistencygroups/<group>"


class NoVolumeTypes(BadRequest):
    message = "volume_types must be provided to create consistency group {name}."


class NoReservedType(BadRequest):
    message = "Group type {name} not found. Rerun migration script to create the default cgsnapshot type."


class NoSource(BadRequest):
    message = (
        "Either 'cgsnapshot_id' or 'source_cgid' must be provided to create consistency group {name} from source."
    )


class TwoSources(BadRequest):
    message = "Cannot provide both 'cgsnapshot_id' and 'source_cgid' to create consistency group {name} from source."


class NothingTold(BadRequest):
    message = "Name, description, add_volumes, and remove_volumes can not be all empty in the request body."


class NothingToUpdate(BadRequest):
    message = (
        "Must specify one or more of the following keys to update: name, description, add_volumes, remove_volumes."
    )


# --- request schemas ----------------------------------------------------------------------------------


class Loose(Schema):
    """Keys that nobody knows are passed over."""

    class Meta:
        unknown = EXCLUDE


class NewConsistencyGroup(Loose):
    name = Name(load_default=None)
    description = Description(load_default=None)
    volume_types = Anything(required=True)
    availability_zone = Anything(load_default=None)


class CreateConsistencyGroup(Loose):
    consistencygroup = Object(NewConsistencyGroup, required=True)


class ConsistencyGroupSource(Loose):
    name = Name(load_default=None)
    description = Description(load_default=None)
    cgsnapshot_id = Text(load_default="")
    source_cgid = Text(load_default="")


class CreateFromSource(Loose):
    source = Object(ConsistencyGroupSource, required=True, data_key="consistencygroup-from-src")


class Deletion(Loose):
    force = Flag(load_default=False)


class DeleteConsistencyGroup(Loose):
    consistencygroup = Object(Deletion, required=True)


class Nothing(Schema):
    """An empty object."""


class ConsistencyGroupChanges(Loose):
    name = Name()
    description = Description()
    add_volumes = Text(allow_none=True)
    remove_volumes = Text(allow_none=True)


class UpdateConsistencyGroup(Loose):
    consistencygroup = Object(ConsistencyGroupChanges, required=True)


CONSISTENCY_GROUPS = replace(
    GROUPS, collection="consistencygroups", called="consistencygroup", more=frozenset(), strict="9.0"
)


# --- response views -----------------------------------------------------------------------------------

consistency_group_view = View(
    field("id"),
    field("status"),
    field("availability_zone"),
    field("created_at", moment("created_at", naive)),
    field("name"),
    field("description"),
    field("volume_types", listed("volume_types")),
)


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/consistencygroups", policy="group:get_all")
def list_consistency_groups(call: Call) -> dict[str, Any]:
    groups, links = group_page(call, CONSISTENCY_GROUPS)
    return {"consistencygroups": group_brief.all(groups, call), **links}


@volume.get("/consistencygroups/detail", policy="group:get_all")
def list_consistency_groups_in_detail(call: Call) -> dict[str, Any]:
    groups, links = group_page(call, CONSISTENCY_GROUPS)
    return {"consistencygroups": consistency_group_view.all(groups, call), **links}


@volume.get(GROUP, policy="group:get")
def show_consistency_group(call: Call, group: VolumeGroup) -> dict[str, Any]:
    return {"consistencygroup": consistency_group_view(group, call)}


@volume.post("/consistencygroups", body=CreateConsistencyGroup, policy="group:create", success=202)
def create_consistency_group(call: Call) -> dict[str, Any]:
    """Volume types by ids or names with commas between, of which the last ones may be for nothing."""
    wish = call.body["consistencygroup"]
    words, zone = wish["volume_types"], wish["availability_zone"]
    if not words or not isinstance(words, str):
        raise NoVolumeTypes(name=wish["name"])
    group_type = call.cloud.store.one(GroupType, "name", RESERVED["name"])
    if group_type is None:
        raise NoReservedType(name=RESERVED["name"])
    volume_types = volume_types_of(call, words.rstrip(",").split(","))
    if zone is not None and not isinstance(zone, str):
        raise UnknownZone(zone=zone)
    group = create_group(
        call.cloud,
        project_id=call.project_id,
        user_id=call.user_id,
        group_type=group_type,
        volume_types=volume_types,
        name=wish["name"],
        description=wish["description"],
        availability_zone=zone,
    )
    return {"consistencygroup": group_brief(group, call)}


@volume.post(
    "/consistencygroups/create_from_src", body=CreateFromSource, policy="group:create", success=202
)
def create_consistency_group_from_source(call: Call) -> dict[str, Any]:
    wish = call.body["source"]
    snapshot_id, group_id = wish["cgsnapshot_id"], wish["source_cgid"]
    if not snapshot_id and not group_id:
        raise NoSource(name=wish["name"])
    if snapshot_id and group_id:
        raise TwoSources(name=wish["name"])
    source: VolumeGroup | GroupSnapshot
    if group_id:
        source = find_group(call, group_id)
    else:
        source = visible_group_snapshot(call.cloud, call.project_id, call.is_admin, snapshot_id)
    with refused_with_400():
        group = copy_of(call, source, wish["name"], wish["description"])
    return {"consistencygroup": group_brief(group, call)}


@volume.post(
    f"{GROUP}/delete",
    body=AnyOf(Object(DeleteConsistencyGroup), Object(Nothing), Null(), allow_none=True),
    policy="group:delete",
    success=202,
)
def delete_consistency_group(call: Call, group: VolumeGroup) -> None:
    """To force it is to delete its volumes, too."""
    told = (call.body or {}).get("consistencygroup", {})
    delete_group(call.cloud, group, delete_volumes=told.get("force", False))


@volume.put(f"{GROUP}/update", body=UpdateConsistencyGroup, policy="group:update", success=202)
def update_consistency_group(call: Call, group: VolumeGroup) -> None:
    wish = call.body["consistencygroup"]
    if not any(wish.values()):
        raise NothingTold
    _change(call, group, wish)


@volume.put(GROUP, body=UpdateConsistencyGroup, policy="group:update", success=202)
def put_consistency_group(call: Call, group: VolumeGroup) -> None:
    """The same; from 3.6 on a name or description may be emptied."""
    wish = call.body["consistencygroup"]
    volumes = wish.get("add_volumes") or wish.get("remove_volumes")
    if not call.since("3.6"):
        if not any(wish.values()):
            raise NothingTold
    elif wish.get("name") is None and wish.get("description") is None and not volumes:
        raise NothingToUpdate
    _change(call, group, wish)


def _change(call: Call, group: VolumeGroup, wish: dict[str, Any]) -> None:
    update_group(call.cloud, group, project_id=call.project_id, is_admin=call.is_admin, **wish)
