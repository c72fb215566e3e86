"""How groups of volumes, and snapshots of whole groups, move.

A back end does the work for all members at once, so that each operation is one stage of the group's, and the members
follow.  Each row mirrors a method of cinder/volume/manager.py: `create_group` and its neighbours.
"""

from __future__ import annotations

from fakecompute.domain.lifecycle import Lifecycle, stage, way
from fakecompute.domain.records.volume_group import GroupSnapshot, VolumeGroup
from fakecompute.domain.tables.volumes import ANY, GONE, NEW, SCHEDULING
from fakecompute.domain.volume.places import (
    group_facts,
    group_snapshot_facts,
    reports_group,
    reports_group_snapshot,
)

# fmt: off
GROUP = Lifecycle(
    "group", VolumeGroup,
    #    trigger            begins in          ends in      fails in   stages
    way("create",           NEW,               "available", "error",   SCHEDULING, stage("creating")),
    way("create_from_src",  NEW,               "available", "error",   stage("copying", status="creating"),
        family="create"),
    way("update",           "available",       "available", "error",   stage("updating")),
    way("delete",           ANY,               GONE,        "error",   stage("deleting")),
    reports=reports_group, facts=group_facts,
)

GROUP_SNAPSHOT = Lifecycle(
    "group_snapshot", GroupSnapshot,
    #    trigger            begins in          ends in      fails in   stages
    way("create",           NEW,               "available", "error",   stage("creating")),
    way("delete",           "available error", GONE,        "error",   stage("deleting")),
    reports=reports_group_snapshot, facts=group_snapshot_facts,
)
# fmt: on
