"""How backups move.  Each row mirrors a method of cinder/backup/manager.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.lifecycle import Ends, Lifecycle, stage, way
from fakecompute.domain.records.backup import Backup
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.records.volume_backend import CinderService
from fakecompute.domain.volume.places import owner_facts, reports_volume, volume_facts

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

PREPARING = 1  # the stage of a creation that is cinder-volume's; the others are cinder-backup's


def _reports(cloud: Cloud, backup: Backup) -> bool:
    """Does the service listen that has the work?"""
    if backup.trigger == "create" and backup.step == PREPARING:
        volume = cloud.store.find(Volume, backup.volume_id)
        return volume is None or reports_volume(cloud, volume)
    service = cloud.store.find(CinderService, f"cinder-backup:{backup.host}")
    return service is None or service.reporting


def _facts(cloud: Cloud, backup: Backup) -> dict[str, Any]:
    """Of the backup and of its volume, or of the volume that it is restored to; `host` is cinder-backup's."""
    place = backup.restore_volume_id if backup.trigger == "restore" else backup.volume_id
    volume = cloud.store.find(Volume, place)
    mine = {"backup": backup.name, "backup.name": backup.name, "backup.id": backup.id}
    about = volume_facts(cloud, volume) if volume else {}
    return {**about, **mine, "host": backup.host, **owner_facts(cloud, backup.project_id, backup.user_id)}


# fmt: off
SCHEDULING = stage("scheduling", status="creating", on_host=False)
BACKUP = Lifecycle(
    "backup", Backup,
    #   trigger        begins in          ends in      fails in     stages
    way("create",       None,              "available", "error",
        SCHEDULING, stage("preparing", status="creating"), stage("backing-up", status="creating")),
    way("import",       None,              "available", "error",     stage("importing", status="creating")),
    way("restore",      None,              "available", "available", stage("restoring")),
    way("delete",       "available error", Ends.GONE,   "error",     stage("deleting")),
    way("force_delete", None,              Ends.GONE,   "error",     stage("deleting"), family="delete"),
    reports=_reports, facts=_facts,
)
# fmt: on
