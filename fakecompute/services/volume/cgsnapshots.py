"""/cgsnapshots: the API that snapshots of groups had before groups were generic.  What it shows are all of them."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume_group import GroupSnapshot
from fakecompute.domain.volume.group_snapshots import delete_group_snapshot
from fakecompute.domain.volume.snapshots import Frozen
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Text
from fakecompute.rest.view import View, field, moment, naive
from fakecompute.services.volume.consistencygroups import Loose
from fakecompute.services.volume.group_snapshots import brief_view, newest_first, snapshot_of
from fakecompute.services.volume.groups import find_group
from fakecompute.services.volume.listing import limit_of, offset_of
from fakecompute.services.volume.service import volume

SNAPSHOT = "/cgsnapshots/<group_snapshot>"


class CannotDelete(BadRequest):
    message = "Failed to delete the cgsnapshot"


# --- request schemas ----------------------------------------------------------------------------------


class NewCgSnapshot(Loose):
    consistencygroup_id = Text(required=True)
    name = Text()
    description = Text()


class CreateCgSnapshot(Loose):
    cgsnapshot = Object(NewCgSnapshot, required=True)


# --- response views -----------------------------------------------------------------------------------

cgsnapshot_view = View(
    field("id"),
    field("consistencygroup_id", "group_id"),
    field("status"),
    field("created_at", moment("created_at", naive)),
    field("name"),
    field("description"),
)


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/cgsnapshots", policy="group:get_all_group_snapshots")
def list_cgsnapshots(call: Call) -> dict[str, Any]:
    return {"cgsnapshots": brief_view.all(_page(call), call)}


@volume.get("/cgsnapshots/detail", policy="group:get_all_group_snapshots")
def list_cgsnapshots_in_detail(call: Call) -> dict[str, Any]:
    return {"cgsnapshots": cgsnapshot_view.all(_page(call), call)}


def _page(call: Call) -> list[GroupSnapshot]:
    """By limit, where 0 is none, and offset; nothing else is heard."""
    query = dict(call.query_pairs)
    limit, offset = limit_of(call, query) or call.cloud.settings.max_limit, offset_of(query)
    return newest_first(call)[offset : offset + limit]


@volume.get(SNAPSHOT, policy="group:get_group_snapshot")
def show_cgsnapshot(call: Call, group_snapshot: GroupSnapshot) -> dict[str, Any]:
    return {"cgsnapshot": cgsnapshot_view(group_snapshot, call)}


@volume.post("/cgsnapshots", body=CreateCgSnapshot, success=202)
def create_cgsnapshot(call: Call) -> dict[str, Any]:
    wish = call.body["cgsnapshot"]
    name, description = (wish[key].strip() if key in wish else None for key in ("name", "description"))
    snapshot = snapshot_of(call, find_group(call, wish["consistencygroup_id"]), name, description)
    return {"cgsnapshot": brief_view(snapshot, call)}


@volume.delete(SNAPSHOT, policy="group:delete_group_snapshot", success=202)
def delete_cgsnapshot(call: Call, group_snapshot: GroupSnapshot) -> None:
    try:
        delete_group_snapshot(call.cloud, group_snapshot)
    except Frozen:
        raise CannotDelete from None
