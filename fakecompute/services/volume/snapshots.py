"""/snapshots: volumes as they were at a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.records.volume_backend import backend_id
from fakecompute.domain.volume.snapshots import create_snapshot as create
from fakecompute.domain.volume.snapshots import delete_snapshot as delete
from fakecompute.domain.volume.snapshots import unmanage_snapshot
from fakecompute.domain.volume.visibility import SnapshotNotFound
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Object, Schema, SomeOf, Text
from fakecompute.rest.view import View, field, mapped, moment, naive
from fakecompute.services.volume.fields import Checked, Description, Flag, Name, metadata, uuid_or_null
from fakecompute.services.volume.listing import Listing, boolean, owned
from fakecompute.services.volume.service import find_volume, volume

# fmt: off
STATUSES = (
    "error", "available", "creating", "deleting", "deleted", "updating", "error_deleting", "unmanaging", "backing-up",
    "restoring",
)
# fmt: on
SETTABLE = {  # by os-update_snapshot_status
    "creating": ("creating", "available", "error"),
    "deleting": ("deleting", "error_deleting"),
}


class ForceIsGone(BadRequest):
    message = (
        "Since microversion 3.66 the 'force' flag is invalid for this request.  For backward compatability, however,"
        " when the 'force' flag is passed with a value evaluating to True, it is silently ignored."
    )


class StatusIsFinal(BadRequest):
    message = "Snapshot status {status} not allowed for update_snapshot_status"


class StatusNotNext(BadRequest):
    message = "Provided snapshot status {wanted} not allowed for snapshot with status {status}."


# --- request schemas ----------------------------------------------------------------------------------


class NewSnapshot(Schema):
    name = Name()
    display_name = Name()
    description = Description(load_default=None)
    volume_id = uuid_or_null(required=True)
    force = Flag()
    metadata = metadata(allow_none=True, load_default=None)


class CreateSnapshot(Schema):
    snapshot = Object(NewSnapshot, required=True)


class SnapshotChanges(Schema):
    name = Name()
    description = Description()
    display_name = Name()
    display_description = Description()


class UpdateSnapshot(Schema):
    snapshot = SomeOf(SnapshotChanges, required=True)


def _is_status(text: str) -> str | None:
    known = text.lower() in STATUSES
    return None if known else f"Snapshot status: {text} is invalid, valid statuses are: {STATUSES}."


def _is_progress(text: str) -> str | None:
    if not text:
        return None
    try:
        percent = int(text[:-1])
    except ValueError:
        return "Invalid input received: progress must be an integer percentage"
    if text.endswith("%") and 0 <= percent <= 100:
        return None
    return "Invalid input received: progress must be an integer percentage between 0 and 100"


class ResetStatus(Schema):
    status = Checked(_is_status, required=True)


class UpdateStatus(Schema):
    status = Text(required=True)
    progress = Checked(_is_progress, allow_none=True)


# --- response views -----------------------------------------------------------------------------------

EXTENDED = "os-extended-snapshot-attributes"
SUMMARY = (
    field("id"),
    field("created_at", moment("created_at", naive)),
    field("updated_at", moment("updated_at", naive)),
    field("name"),
    field("description"),
    field("volume_id"),
    field("status"),
    field("size"),
    field("metadata", mapped("metadata")),
)
DETAIL = (
    *SUMMARY,
    field("group_snapshot_id", since="3.14"),
    field("user_id", since="3.41"),
    field("consumes_quota", since="3.65"),
)
summary_view = View(*SUMMARY)
changed_view = View(*DETAIL)
snapshot_view = View(
    *DETAIL,
    field(f"{EXTENDED}:project_id", "project_id", rule="volume_extension:extended_snapshot_attributes"),
    field(f"{EXTENDED}:progress", "progress", rule="volume_extension:extended_snapshot_attributes"),
)

# fmt: off
COLUMNS = {
    "id":                  lambda snapshot: snapshot.id,
    "created_at":          lambda snapshot: snapshot.created_at,
    "updated_at":          lambda snapshot: snapshot.updated_at,
    "volume_id":           lambda snapshot: snapshot.volume_id,
    "project_id":          lambda snapshot: snapshot.project_id,
    "user_id":             lambda snapshot: snapshot.user_id,
    "display_name":        lambda snapshot: snapshot.name,
    "display_description": lambda snapshot: snapshot.description,
    "status":              lambda snapshot: snapshot.status,
    "progress":            lambda snapshot: snapshot.progress,
    "volume_size":         lambda snapshot: snapshot.size,
    "volume_type_id":      lambda snapshot: snapshot.volume_type_id,
    "encryption_key_id":   lambda snapshot: snapshot.encryption_key_id,
    "group_snapshot_id":   lambda snapshot: snapshot.group_snapshot_id,
    "use_quota":           lambda snapshot: snapshot.consumes_quota,
}
# fmt: on


@dataclass(frozen=True)
class SnapshotListing(Listing[Snapshot]):
    def test(self, call: Call, name: str, wanted: str) -> Callable[[Snapshot], bool] | None:
        if name in ("consumes_quota", "use_quota") and call.since("3.31"):
            flag = boolean("use_quota", wanted)
            return lambda snapshot: snapshot.consumes_quota is flag
        return super().test(call, name, wanted)


SNAPSHOTS = SnapshotListing(
    "snapshots",
    "snapshot",
    filters={
        **COLUMNS,
        "name": COLUMNS["display_name"],
        "consumes_quota": COLUMNS["use_quota"],
        "metadata": lambda snapshot: snapshot.metadata,
    },
    sort_keys={**COLUMNS, "name": COLUMNS["display_name"]},
    old_filters=frozenset(("status", "volume_id", "name", "metadata")),
    since={"metadata": "3.22", "consumes_quota": "3.65", "use_quota": "3.65"},
    counted=True,
    missing=lambda marker: SnapshotNotFound(id=marker),
)


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/snapshots", policy="volume:get_all_snapshots")
def list_snapshots(call: Call) -> dict[str, Any]:
    return _listing(call).answer(call, _wanted(call), summary_view.all)


@volume.get("/snapshots/detail", policy="volume:get_all_snapshots")
def list_snapshots_in_detail(call: Call) -> dict[str, Any]:
    return _listing(call).answer(call, _wanted(call), snapshot_view.all, "/detail")


def _listing(call: Call) -> Listing[Snapshot]:
    """With what the volume of a snapshot tells of it; names sort from 3.30 on."""
    zones = {
        "availability_zone": lambda snapshot: getattr(_volume_of(call, snapshot), "availability_zone", None)
    }
    sort_keys = SNAPSHOTS.sort_keys if call.since("3.30") else COLUMNS
    more = frozenset(("host",)) if call.is_admin else frozenset()
    return replace(SNAPSHOTS, filters={**SNAPSHOTS.filters, **zones}, sort_keys=sort_keys, more=more)


def _wanted(call: Call) -> list[Snapshot]:
    """Those that the caller sees; an admin may ask for a host's, whatever back end or pool they are in."""
    found = owned(call, Snapshot)
    host = dict(call.query_pairs).get("host") if call.is_admin else None
    return found if host is None else [one for one in found if _is_on(_volume_of(call, one), host)]


def _volume_of(call: Call, snapshot: Snapshot) -> Volume | None:
    return call.cloud.store.find(Volume, snapshot.volume_id)


def _is_on(volume: Volume | None, host: str) -> bool:
    own = volume.host if volume else None
    return own is not None and host in (own, backend_id(own), own.partition("@")[0])


@volume.post("/snapshots", body=CreateSnapshot, success=202)
def create_snapshot(call: Call) -> dict[str, Any]:
    """Before 3.66 a volume that is in use needs force; since then there is none, and a true one is passed over."""
    wish = call.body["snapshot"]
    source = find_volume(call, wish["volume_id"])
    in_use_is_fine = call.since("3.66")
    if in_use_is_fine and wish.get("force") is False:
        raise ForceIsGone
    call.demand("volume:create_snapshot", source.project_id)
    snapshot = create(
        call.cloud,
        source,
        project_id=call.project_id,
        user_id=call.user_id,
        name=wish.get("name", wish.get("display_name")),
        description=wish["description"],
        force=in_use_is_fine or wish.get("force", False),
        metadata=tuple((wish["metadata"] or {}).items()),
    )
    return {"snapshot": changed_view(snapshot, call)}


@volume.get("/snapshots/<snapshot>", policy="volume:get_snapshot")
def show_snapshot(call: Call, snapshot: Snapshot) -> dict[str, Any]:
    return {"snapshot": snapshot_view(snapshot, call)}


@volume.put("/snapshots/<snapshot>", body=UpdateSnapshot, policy="volume:update_snapshot")
def update_snapshot(call: Call, snapshot: Snapshot) -> dict[str, Any]:
    wish = call.body["snapshot"]
    told = {key: wish[word] for word, key in WORDS.items() if word in wish}
    changed = call.cloud.store.put(snapshot.evolve(**told, updated_at=call.cloud.now))
    return {"snapshot": changed_view(changed, call)}


WORDS = {  # the later wins
    "display_name": "name",
    "name": "name",
    "display_description": "description",
    "description": "description",
}


@volume.delete("/snapshots/<snapshot>", policy="volume:delete_snapshot", success=202)
def delete_snapshot(call: Call, snapshot: Snapshot) -> None:
    delete(call.cloud, snapshot)


# --- actions


@volume.action(
    "/snapshots/<snapshot>/action",
    "os-reset_status",
    body=ResetStatus,
    policy="volume_extension:snapshot_admin_actions:reset_status",
    success=202,
)
def reset_snapshot_status(call: Call, snapshot: Snapshot) -> None:
    """What is under way goes on, and has the last word."""
    status = call.body["status"].lower()
    call.cloud.store.put(snapshot.evolve(status=status, updated_at=call.cloud.now))


@volume.action(
    "/snapshots/<snapshot>/action",
    "os-update_snapshot_status",
    body=UpdateStatus,
    policy="snapshot_extension:snapshot_actions:update_snapshot_status",
    success=202,
)
def update_snapshot_status(call: Call, snapshot: Snapshot) -> None:
    """Nova tells how far a snapshot is that its hypervisor makes."""
    wish, status = call.body, snapshot.status
    if status not in SETTABLE:
        raise StatusIsFinal(status=status)
    if wish["status"] not in SETTABLE[status]:
        raise StatusNotNext(wanted=wish["status"], status=status)
    changes = {"status": wish["status"], "progress": wish.get("progress") or snapshot.progress}
    call.cloud.store.put(snapshot.evolve(**changes, updated_at=call.cloud.now))


@volume.action(
    "/snapshots/<snapshot>/action",
    "os-force_delete",
    body=Anything(),
    policy="volume_extension:snapshot_admin_actions:force_delete",
    success=202,
)
def force_delete_snapshot(call: Call, snapshot: Snapshot) -> None:
    delete(call.cloud, snapshot, force=True)


@volume.action(
    "/snapshots/<snapshot>/action",
    "os-unmanage",
    body=Anything(),
    policy="snapshot_extension:snapshot_unmanage",
    success=202,
)
def unmanage(call: Call, snapshot: Snapshot) -> None:
    unmanage_snapshot(call.cloud, snapshot)
