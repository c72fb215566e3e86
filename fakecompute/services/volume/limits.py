"""GET /limits: how much a project may have, and has."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.volume.quota import in_use, limits
from fakecompute.rest.call import Call
from fakecompute.services.volume.service import volume

# fmt: off
LIMITS = {
    "volumes":          "maxTotalVolumes",
    "snapshots":        "maxTotalSnapshots",
    "gigabytes":        "maxTotalVolumeGigabytes",
    "backups":          "maxTotalBackups",
    "backup_gigabytes": "maxTotalBackupGigabytes",
}
USED = {
    "totalVolumesUsed":         "volumes",
    "totalGigabytesUsed":       "gigabytes",
    "totalSnapshotsUsed":       "snapshots",
    "totalBackupsUsed":         "backups",
    "totalBackupGigabytesUsed": "backup_gigabytes",
}
# fmt: on


@volume.get("/limits")
def show_limits(call: Call) -> dict[str, Any]:
    """An admin may ask for another project's (3.39)."""
    project_id = call.project_id
    if call.is_admin and call.since("3.39"):
        query = dict(call.query_pairs)
        project_id = query.get("project_id", query.get("tenant_id", project_id))
    allowed = limits(call.cloud, project_id)
    absolute = {shown: allowed[resource] for resource, shown in LIMITS.items()}
    if call.may("limits_extension:used_limits"):
        used = in_use(call.cloud, project_id)
        absolute |= {shown: used[resource] for shown, resource in USED.items()}
    return {"limits": {"rate": [], "absolute": absolute}}
