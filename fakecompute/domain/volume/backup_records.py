"""What is known of a backup, taken out of one Cinder and into another.  Facts: cinder/objects/backup.py."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.backup import Backup
from fakecompute.domain.tables.backups import BACKUP
from fakecompute.domain.volume.backups import DRIVER, REASON, InvalidBackup, service_for
from fakecompute.domain.volume.quota import check_new_backup
from fakecompute.errors import BadRequest
from fakecompute.kernel.clock import SECOND, moment

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

NOWHERE = "00000000-0000-0000-0000-000000000000"  # the volume of a backup that is being imported
MOST = 2**31 - 1


class BadRecord(BadRequest):
    message = "Invalid input received: {reason}"


class NotImported(BadRequest):
    message = "{reason}"


def _text(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= REASON)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _time(value: Any) -> bool:
    try:
        return value is None or (isinstance(value, str) and moment(value) >= 0)
    except (ValueError, OverflowError):
        return False


def _pairs(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


# What a record says, by its names there and here.
# fmt: off
FIELDS: tuple[tuple[str, str, Callable[[Any], bool], bool], ...] = (
    #  there                   here                 fits     must be there
    ("volume_id",             "volume_id",          _text,   False),
    ("container",             "container",          _text,   True),
    ("parent_id",             "parent_id",          _text,   False),
    ("size",                  "size",               _count,  True),
    ("display_name",          "name",               _text,   True),
    ("display_description",   "description",        _text,   True),
    ("service_metadata",      "service_metadata",   _text,   True),
    ("object_count",          "object_count",       _count,  True),
    ("num_dependent_backups", "dependents",         _count,  False),
    ("snapshot_id",           "snapshot_id",        _text,   False),
    ("encryption_key_id",     "encryption_key_id",  _text,   False),
    ("restore_volume_id",     "restore_volume_id",  _text,   False),
    ("data_timestamp",        "data_timestamp",     _time,   False),
    ("created_at",            "created_at",         _time,   False),
    ("metadata",              "metadata",           _pairs,  False),
)
# fmt: on
REQUIRED = ("id", *(there for there, _, _, needed in FIELDS if needed))


# --- out


def export_record(cloud: Cloud, backup: Backup) -> tuple[str, str]:
    """The driver that wrote it, and all that is known of it."""
    if backup.status != "available":
        raise InvalidBackup(reason=f"Backup status must be available and not {backup.status}.")
    service_for(cloud, backup.availability_zone)
    told: dict[str, Any] = {
        "driver_info": {},
        "id": backup.id,
        "user_id": backup.user_id,
        "project_id": backup.project_id,
    }
    told |= {there: _shown(there, getattr(backup, here)) for there, here, _, _ in FIELDS}
    told |= {
        "host": backup.host,
        "availability_zone": backup.availability_zone,
        "status": backup.status,
        "fail_reason": backup.fail_reason,
        "service": backup.service,
        "updated_at": _shown("updated_at", backup.updated_at),
    }
    return backup.service or DRIVER, base64.b64encode(json.dumps(told).encode()).decode()


def _shown(there: str, value: Any) -> Any:
    if value is not None and there.endswith(("_at", "_timestamp")):
        return f"{datetime.fromtimestamp(value // SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return dict(value) if there == "metadata" else value


# --- in


def import_record(cloud: Cloud, *, project_id: str, user_id: str, service: str, url: str) -> Backup:
    """A backup of the id that the record names, which cinder-backup fills with the rest."""
    service_for(cloud, None)
    record = decode(url)
    if "id" not in record:
        raise BadRecord(reason="Provided backup record is missing an id")
    if "size" not in record:
        raise BadRecord(reason="Provided backup record is missing size attribute")
    if not record["id"] or not _text(record["id"]) or not _count(record["size"]):
        raise BadRecord(reason="Can't parse backup record.")
    if cloud.store.find(Backup, record["id"]) is not None:
        raise InvalidBackup(reason="Backup already exists in database.")
    check_new_backup(cloud, project_id, record["size"])
    backup = Backup(
        id=record["id"],
        number=cloud.streams.number("backup number"),
        project_id=project_id,
        user_id=user_id,
        volume_id=NOWHERE,
        size=0,
        host=service_for(cloud, None).host,
        created_at=cloud.now,
    )
    return BACKUP.start(cloud, backup, "import", memo=(("service", service), ("url", url)))


def decode(url: str) -> dict[str, Any]:
    """What stands in a record; BadRecord if it is none."""
    try:
        told = json.loads(base64.b64decode(url))
        json.dumps(told, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError):
        raise BadRecord(reason="Can't parse backup record.") from None
    return told if isinstance(told, dict) else {}


@BACKUP.leaving("import.importing")
def imported(cloud: Cloud, backup: Backup) -> Changes:
    """The driver must be the one that wrote it, and the record whole."""
    service = backup.memory("service") or ""
    if not DRIVER.startswith(service):
        told = "Import record failed, cannot find backup service to perform the import. Request service"
        raise NotImported(reason=f"{told} {service}.")
    record = decode(backup.memory("url") or "")
    missing = [name for name in REQUIRED if name not in record]
    if missing:
        told = "Driver successfully decoded imported backup data, but there are missing fields"
        raise NotImported(reason=f"{told} ({', '.join(missing)}).")
    changes: Changes = {}
    for there, here, fits, _ in FIELDS:
        if (there in record and record[there] is not None) or there in REQUIRED:
            if not fits(record[there]):
                raise NotImported(reason=f"The field {there} of the backup record is wrong.")
            changes[here] = _read(there, record[there])
    zone = service_for(cloud, None).availability_zone
    return {**changes, "service": DRIVER, "availability_zone": zone}


def _read(there: str, value: Any) -> Any:
    if there.endswith(("_at", "_timestamp")):
        return None if value is None else moment(value)
    return tuple(value.items()) if there == "metadata" else value


@BACKUP.failing("import")
def not_imported(cloud: Cloud, backup: Backup, reason: str) -> Changes:
    return {"fail_reason": reason[:REASON]}
