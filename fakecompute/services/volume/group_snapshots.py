"""/group_snapshots: all volumes of a group as they were at one moment."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume_group import GroupSnapshot, VolumeGroup
from fakecompute.domain.volume.group_snapshots import GroupSnapshotNotFound, visible_group_snapshot
from fakecompute.domain.volume.group_snapshots import create_group_snapshot as create
from fakecompute.domain.volume.group_snapshots import delete_group_snapshot as delete
from fakecompute.domain.volume.group_types import is_reserved
from fakecompute.domain.volume.snapshots import Frozen
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import View, field, moment, naive
from fakecompute.services.volume.fields import Checked
from fakecompute.services.volume.groups import find_group, visible_to
from fakecompute.services.volume.listing import Listing, limit_of
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.types import description

# fmt: off
STATUSES = ("error", "available", "creating", "deleting", "deleted", "updating", "error_deleting")
# fmt: on


class Reserved(BadRequest):
    message = (
        "Group_type {type} is reserved for migrating CGs to groups. Migrated group snapshots can only be operated by CG"
        " snapshot APIs."
    )


class CannotDelete(BadRequest):
    message = "Error occurred when deleting group snapshot {id}."


# --- request schemas ----------------------------------------------------------------------------------


class NewGroupSnapshot(Schema):
    group_id = Text(form="uuid", required=True)
    name = Text(max=255, allow_none=True, load_default=None)
    description = description(load_default=None)


class CreateGroupSnapshot(Schema):
    group_snapshot = Object(NewGroupSnapshot, required=True)


def _is_status(text: str) -> str | None:
    if not text.strip():
        return "Invalid GroupSnapshot Status: The 'status' can not be empty."
    if text.lower() in STATUSES:
        return None
    return (
        f"Invalid GroupSnapshot Status: Group snapshot status: {text} is invalid, valid statuses are: {STATUSES}."
    )


class ResetStatus(Schema):
    status = Checked(_is_status, required=True)


# fmt: off
COLUMNS = {
    "id":            lambda snapshot: snapshot.id,
    "group_id":      lambda snapshot: snapshot.group_id,
    "group_type_id": lambda snapshot: snapshot.group_type_id,
    "user_id":       lambda snapshot: snapshot.user_id,
    "project_id":    lambda snapshot: snapshot.project_id,
    "name":          lambda snapshot: snapshot.name,
    "description":   lambda snapshot: snapshot.description,
    "status":        lambda snapshot: snapshot.status,
    "created_at":    lambda snapshot: snapshot.created_at,
    "updated_at":    lambda snapshot: snapshot.updated_at,
    "deleted":       lambda snapshot: False,
    "deleted_at":    lambda snapshot: None,
}
# fmt: on
GROUP_SNAPSHOTS: Listing[GroupSnapshot] = Listing(
    "group_snapshots",
    "group_snapshot",
    filters=COLUMNS,
    sort_keys=COLUMNS,
    old_filters=None,
    missing=lambda marker: GroupSnapshotNotFound(id=marker),
    called="group_snapshot",
)


# --- response views -----------------------------------------------------------------------------------

brief_view = View(field("id"), field("name"))
created_view = View(field("id"), field("name"), field("group_type_id"))
group_snapshot_view = View(
    field("id"),
    field("group_id"),
    field("group_type_id"),
    field("status"),
    field("created_at", moment("created_at", naive)),
    field("name"),
    field("description"),
    field("project_id", since="3.58", rule="group:group_snapshot_project_attribute"),
)


# --- handlers -----------------------------------------------------------------------------------------


@volume.finder("group_snapshot")
def find_group_snapshot(call: Call, id: str) -> GroupSnapshot:
    return visible_group_snapshot(call.cloud, call.project_id, call.is_admin, id)


def _refuse_reserved(call: Call, group_type_id: str) -> None:
    if is_reserved(call.cloud, group_type_id):
        raise Reserved(type=group_type_id)


@volume.get("/group_snapshots", since="3.14", policy="group:get_all_group_snapshots")
def list_group_snapshots(call: Call) -> dict[str, Any]:
    return _listed(call, brief_view)


@volume.get("/group_snapshots/detail", since="3.14", policy="group:get_all_group_snapshots")
def list_group_snapshots_in_detail(call: Call) -> dict[str, Any]:
    return _listed(call, group_snapshot_view)


def _listed(call: Call, view: View) -> dict[str, Any]:
    """Those of consistency groups are left out of the page that was cut."""
    page, links = _paged(call) if call.since("3.29") else _unpaged(call)
    shown = [one for one in page if not is_reserved(call.cloud, one.group_type_id)]
    return {"group_snapshots": view.all(shown, call), **links}


def _paged(call: Call) -> tuple[list[GroupSnapshot], dict[str, Any]]:
    listing, found = visible_to(call, GROUP_SNAPSHOTS, GroupSnapshot)
    page, links, _ = listing.page(call, found)
    return list(page), links


def _unpaged(call: Call) -> tuple[list[GroupSnapshot], dict[str, Any]]:
    """Before 3.29 there were no filters and no pages; a limit only led to a link behind the last one."""
    page = newest_first(call)
    full = page and limit_of(call, dict(call.query_pairs)) <= len(page)
    return page, GROUP_SNAPSHOTS.links(call, page[-1].id, "") if full else {}


def newest_first(call: Call) -> list[GroupSnapshot]:
    """All of the caller's project."""
    found = call.cloud.store.by(GroupSnapshot, "project", call.project_id)
    return sorted(found, key=lambda one: (one.created_at, one.number), reverse=True)


@volume.get("/group_snapshots/<group_snapshot>", since="3.14", policy="group:get_group_snapshot")
def show_group_snapshot(call: Call, group_snapshot: GroupSnapshot) -> dict[str, Any]:
    _refuse_reserved(call, group_snapshot.group_type_id)
    return {"group_snapshot": group_snapshot_view(group_snapshot, call)}


@volume.post("/group_snapshots", since="3.14", body=CreateGroupSnapshot, success=202)
def create_group_snapshot(call: Call) -> dict[str, Any]:
    wish = call.body["group_snapshot"]
    group = find_group(call, wish["group_id"])
    _refuse_reserved(call, group.group_type_id)
    snapshot = snapshot_of(call, group, wish["name"], wish["description"])
    return {"group_snapshot": created_view(snapshot, call)}


def snapshot_of(call: Call, group: VolumeGroup, name: str | None, description: str | None) -> GroupSnapshot:
    """It is the caller's, whosever the group is."""
    call.demand("group:create_group_snapshot", group.project_id)
    who = {"project_id": call.project_id, "user_id": call.user_id}
    return create(call.cloud, group, **who, name=name, description=description)


@volume.delete("/group_snapshots/<group_snapshot>", since="3.14", success=202)
def delete_group_snapshot(call: Call, group_snapshot: GroupSnapshot) -> None:
    """Most refusals are told without a reason."""
    # cinder/api/v3/group_snapshots.py: delete
    if is_reserved(call.cloud, group_snapshot.group_type_id):
        raise CannotDelete(id=group_snapshot.id)
    call.demand("group:delete_group_snapshot", group_snapshot.project_id)
    try:
        delete(call.cloud, group_snapshot)
    except Frozen:
        raise CannotDelete(id=group_snapshot.id) from None


@volume.action(
    "/group_snapshots/<group_snapshot>/action",
    "reset_status",
    since="3.19",
    body=ResetStatus,
    policy="group:reset_group_snapshot_status",
    success=202,
)
def reset_group_snapshot_status(call: Call, group_snapshot: GroupSnapshot) -> None:
    """What is under way goes on, and has the last word."""
    status = call.body["status"].lower()
    call.cloud.store.put(group_snapshot.evolve(status=status, updated_at=call.cloud.now))
