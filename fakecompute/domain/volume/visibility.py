"""Who sees what: Cinder shows a thing to its project, and to admins; for all others it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.errors import NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class VolumeNotFound(NotFound):
    message = "Volume {id} could not be found."


class SnapshotNotFound(NotFound):
    message = "Snapshot {id} could not be found."


def visible(cloud: Cloud, project_id: str, is_admin: bool, id: str) -> Volume:
    volume = cloud.store.find(Volume, id)
    if volume is None or not (is_admin or volume.project_id == project_id):
        raise VolumeNotFound(id=id)
    return volume


def visible_snapshot(cloud: Cloud, project_id: str, is_admin: bool, id: str) -> Snapshot:
    snapshot = cloud.store.find(Snapshot, id)
    if snapshot is None or not (is_admin or snapshot.project_id == project_id):
        raise SnapshotNotFound(id=id)
    return snapshot
