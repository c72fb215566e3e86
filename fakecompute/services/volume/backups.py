"""/backups: copies of volumes elsewhere, and volumes made of them again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fakecompute.domain.records.backup import Backup
from fakecompute.domain.volume.backup_records import export_record, import_record
from fakecompute.domain.volume.backups import BackupNotFound, reset_status
from fakecompute.domain.volume.backups import create_backup as create
from fakecompute.domain.volume.backups import delete_backup as delete
from fakecompute.domain.volume.quota import TooManyGigabytes, TooManyVolumes
from fakecompute.domain.volume.restoring import check_restorable, restore_to, restore_to_new
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Object, Schema, Text, since
from fakecompute.rest.view import ABSENT, View, field, mapped, moment, naive
from fakecompute.services.volume.fields import Checked, Description, Flag, Name, metadata, uuid_or_null
from fakecompute.services.volume.listing import NO, YES, Listing, owned
from fakecompute.services.volume.refusals import told_plainly
from fakecompute.services.volume.service import find_snapshot, find_volume, links, volume

STATUSES = ["available", "error"]


class NotABoolean(BadRequest):
    message = "all_tenants must be a boolean, got '{value}'."


# --- request schemas ----------------------------------------------------------------------------------


class NewBackup(Schema):
    volume_id = Text(form="uuid", required=True)
    container = Text(max=255, allow_none=True, load_default=None)
    description = Description(load_default=None)
    incremental = Flag(load_default=False)
    force = Flag(load_default=False)
    name = Name(load_default=None)
    snapshot_id = uuid_or_null(load_default=None)
    metadata = since("3.43", metadata(allow_none=True, load_default=None))
    availability_zone = since("3.51", Text(max=255, allow_none=True, load_default=None))


class CreateBackup(Schema):
    backup = Object(NewBackup, required=True)


class BackupChanges(Schema):
    name = Name()
    description = Description()
    metadata = since("3.43", metadata())


class UpdateBackup(Schema):
    backup = Object(BackupChanges, required=True)


class Restore(Schema):
    name = Text(max=255, allow_none=True, load_default=None)
    volume_id = uuid_or_null(load_default=None)


class RestoreBackup(Schema):
    restore = Object(Restore, required=True)


class BackupRecord(Schema):
    backup_service = Text(max=255, required=True)
    backup_url = Text(min=1, form="base64", required=True)


class ImportRecord(Schema):
    record = Object(BackupRecord, required=True, data_key="backup-record")


def _is_status(text: str) -> str | None:
    known = text.lower() in STATUSES
    return None if known else f"Backup status: {text} is invalid, valid statuses are: {STATUSES}."


class ResetStatus(Schema):
    status = Checked(_is_status, required=True)


# --- response views -----------------------------------------------------------------------------------


def _links(backup: Backup, call: Call) -> list[dict[str, Any]]:
    return links(call, "backups", backup.id)


summary_view = View(field("id"), field("name"), field("links", _links))
backup_view = View(
    field("id"),
    field("status"),
    field("size"),
    field("object_count"),
    field("availability_zone"),
    field("container"),
    field("created_at", moment("created_at", naive)),
    field("updated_at", moment("updated_at", naive)),
    field("name"),
    field("description"),
    field("fail_reason"),
    field("volume_id"),
    field("links", _links),
    field("is_incremental"),
    field("has_dependent_backups"),
    field("snapshot_id"),
    field("data_timestamp", moment("data_timestamp", naive)),
    field("metadata", mapped("metadata"), since="3.43"),
    field("encryption_key_id", lambda backup, call: backup.encryption_key_id or ABSENT, since="3.64"),
    field(
        "os-backup-project-attr:project_id",
        "project_id",
        since="3.18",
        rule="backup:backup_project_attribute",
    ),
    field("user_id", since="3.56", rule="backup:backup_project_attribute"),
)

# fmt: off
COLUMNS = {
    "id":                    lambda backup: backup.id,
    "created_at":            lambda backup: backup.created_at,
    "updated_at":            lambda backup: backup.updated_at,
    "user_id":               lambda backup: backup.user_id,
    "project_id":            lambda backup: backup.project_id,
    "volume_id":             lambda backup: backup.volume_id,
    "host":                  lambda backup: backup.host,
    "availability_zone":     lambda backup: backup.availability_zone,
    "display_name":          lambda backup: backup.name,
    "display_description":   lambda backup: backup.description,
    "container":             lambda backup: backup.container,
    "parent_id":             lambda backup: backup.parent_id,
    "status":                lambda backup: backup.status,
    "fail_reason":           lambda backup: backup.fail_reason,
    "service":               lambda backup: backup.service,
    "service_metadata":      lambda backup: backup.service_metadata,
    "size":                  lambda backup: backup.size,
    "object_count":          lambda backup: backup.object_count,
    "snapshot_id":           lambda backup: backup.snapshot_id,
    "num_dependent_backups": lambda backup: backup.dependents,
    "data_timestamp":        lambda backup: backup.data_timestamp,
    "restore_volume_id":     lambda backup: backup.restore_volume_id,
    "encryption_key_id":     lambda backup: backup.encryption_key_id,
}
# fmt: on
BACKUPS: Listing[Backup] = Listing(
    "backups",
    "backup",
    filters={**COLUMNS, "name": COLUMNS["display_name"], "metadata": lambda backup: backup.metadata},
    sort_keys={**COLUMNS, "name": COLUMNS["display_name"]},
    old_filters=frozenset(("name", "status", "volume_id")),
    counted=True,
    missing=lambda marker: BackupNotFound(id=marker),
)
NAMELESS = replace(BACKUPS, sort_keys=COLUMNS)  # names sort from 3.37 on


# --- handlers -----------------------------------------------------------------------------------------


@volume.finder("backup")
def find_backup(call: Call, id: str) -> Backup:
    backup = call.cloud.store.find(Backup, id)
    if backup is None or not (call.is_admin or backup.project_id == call.project_id):
        raise BackupNotFound(id=id)
    return backup


@volume.get("/backups", policy="backup:get_all")
def list_backups(call: Call) -> dict[str, Any]:
    return _listing(call).answer(call, _wanted(call), summary_view.all)


@volume.get("/backups/detail", policy="backup:get_all")
def list_backups_in_detail(call: Call) -> dict[str, Any]:
    return _listing(call).answer(call, _wanted(call), backup_view.all, "/detail")


def _listing(call: Call) -> Listing[Backup]:
    return BACKUPS if call.since("3.37") else NAMELESS


def _wanted(call: Call) -> list[Backup]:
    everybody = dict(call.query_pairs).get("all_tenants", "0")
    if call.is_admin and everybody.strip().lower() not in YES + NO:
        raise NotABoolean(value=everybody)
    return owned(call, Backup)


@volume.post("/backups", body=CreateBackup, success=202)
def create_backup(call: Call) -> dict[str, Any]:
    wish = call.body["backup"]
    source = find_volume(call, wish["volume_id"])
    call.demand("backup:create", source.project_id)
    backup = create(
        call.cloud,
        source,
        project_id=call.project_id,
        user_id=call.user_id,
        name=wish["name"],
        description=wish["description"],
        container=wish["container"],
        incremental=wish["incremental"],
        force=wish["force"],
        snapshot=find_snapshot(call, wish["snapshot_id"]) if wish["snapshot_id"] else None,
        availability_zone=wish.get("availability_zone"),
        metadata=tuple((wish.get("metadata") or {}).items()),
    )
    return {"backup": summary_view(backup, call)}


@volume.get("/backups/<backup>", policy="backup:get")
def show_backup(call: Call, backup: Backup) -> dict[str, Any]:
    return {"backup": backup_view(backup, call)}


@volume.put("/backups/<backup>", since="3.9", body=UpdateBackup, policy="backup:update")
def update_backup(call: Call, backup: Backup) -> dict[str, Any]:
    wish = call.body["backup"]
    if "metadata" in wish:
        wish = {**wish, "metadata": tuple(wish["metadata"].items())}
    changed = call.cloud.store.put(backup.evolve(**wish, updated_at=call.cloud.now)) if wish else backup
    return {"backup": summary_view(changed, call)}


@volume.delete("/backups/<backup>", policy="backup:delete", success=202)
def delete_backup(call: Call, backup: Backup) -> None:
    delete(call.cloud, backup)


@volume.post("/backups/<backup>/restore", body=RestoreBackup, policy="backup:restore", success=202)
def restore_backup(call: Call, backup: Backup) -> dict[str, Any]:
    """To a volume, or to a new one if none is named."""
    wish = call.body["restore"]
    check_restorable(backup)
    if wish["volume_id"] is not None:
        target = restore_to(call.cloud, backup, find_volume(call, wish["volume_id"]))
    else:
        owner = {"project_id": call.project_id, "user_id": call.user_id}
        with told_plainly(TooManyVolumes, TooManyGigabytes):
            target = restore_to_new(call.cloud, backup, **owner, name=wish["name"])
    return {"restore": {"backup_id": backup.id, "volume_id": target.id, "volume_name": target.name}}


# --- records


@volume.get("/backups/<backup>/export_record", policy="backup:export-import")
def export_backup_record(call: Call, backup: Backup) -> dict[str, Any]:
    service, url = export_record(call.cloud, backup)
    return {"backup-record": {"backup_service": service, "backup_url": url}}


@volume.post("/backups/import_record", body=ImportRecord, policy="backup:backup-import", success=201)
def import_backup_record(call: Call) -> dict[str, Any]:
    record = call.body["record"]
    backup = import_record(
        call.cloud,
        project_id=call.project_id,
        user_id=call.user_id,
        service=record["backup_service"],
        url=record["backup_url"],
    )
    return {"backup": summary_view(backup, call)}


# --- actions


@volume.action(
    "/backups/<backup>/action",
    "os-reset_status",
    body=ResetStatus,
    policy="volume_extension:backup_admin_actions:reset_status",
    success=202,
)
def reset_backup_status(call: Call, backup: Backup) -> None:
    reset_status(call.cloud, backup, call.body["status"].lower())


@volume.action(
    "/backups/<backup>/action",
    "os-force_delete",
    body=Anything(),
    policy="volume_extension:backup_admin_actions:force_delete",
    success=202,
)
def force_delete_backup(call: Call, backup: Backup) -> None:
    delete(call.cloud, backup, force=True)
