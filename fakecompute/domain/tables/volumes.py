"""How volumes, and what is made of them, move.

Each row mirrors a method of cinder/volume/manager.py or cinder/backup/manager.py: the statuses that its caller in
cinder/volume/api.py lets it begin in, those on the way, where it ends, and where it ends if it fails
(spec/volumes.yaml, volume_transitions).
"""

from __future__ import annotations

from functools import partial

from fakecompute.domain.lifecycle import Ends, Lifecycle, stage, way
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.volume.places import reports_snapshot, reports_volume, snapshot_facts, volume_facts

SAME, GONE = Ends.SAME, Ends.GONE
NEW = None  # it begins with it
ANY = None
conducted = partial(stage, on_host=False)  # by the API or the scheduler: a dead back end is no hindrance
FIT_TO_DELETE = "available error error_restoring error_extending error_managing"

# fmt: off
SCHEDULING = conducted("scheduling", status="creating")
VOLUME = Lifecycle(
    "volume", Volume,
    #    trigger                begins in          ends in      fails in            stages
    way("create",               NEW,               "available", "error",            SCHEDULING, stage("creating")),
    way("create_from_image",    NEW,               "available", "error",
        SCHEDULING, stage("creating"), stage("downloading"),                        family="create"),
    way("create_from_snapshot", NEW,               "available", "error",
        SCHEDULING, stage("copying", status="creating"),                            family="create"),
    way("create_from_volume",   NEW,               "available", "error",
        SCHEDULING, stage("copying", status="creating"),                            family="create"),
    way("create_from_backup",   NEW,               "available", "error",
        SCHEDULING, stage("creating"),                                              family="create"),  # then BACKUP's
    way("manage",               NEW,               "available", "error_managing",
        conducted("scheduling", status="managing"), stage("managing")),

    # --- the end
    way("delete",               FIT_TO_DELETE,     GONE,        "error_deleting",   stage("deleting")),
    way("force_delete",         ANY,               GONE,        "error_deleting",   stage("deleting"), family="delete"),
    way("unmanage",             FIT_TO_DELETE,     GONE,        "error_unmanaging", stage("unmanaging")),

    # --- another size, type, place
    way("extend",               "available",       SAME,        "error_extending",
        conducted("scheduling", status="extending"), stage("extending")),
    way("extend_attached",      "in-use",          SAME,        "error_extending",
        conducted("scheduling", status="extending"), stage("extending"),            family="extend"),
    way("retype",               "available in-use", SAME,       SAME,               stage("retyping")),
    way("retype_moving",        "available",       SAME,        SAME,
        stage("retyping"), stage("moving", status="retyping"),                      family="retype"),
    way("retype_attached",      "in-use",          SAME,        SAME,
        stage("retyping"), stage("preparing", status="retyping"),                   family="retype"),
    way("migrate",              "available",       SAME,        SAME,
        conducted("scheduling", status=None), stage("migrating", status=None), stage("completing", status=None)),
    way("migrate_locked",       "available",       SAME,        SAME,
        conducted("scheduling", status="maintenance"), stage("migrating", status="maintenance"),
        stage("completing", status="maintenance"),                                  family="migrate"),
    way("migrate_attached",     "in-use",          SAME,        SAME,
        conducted("scheduling", status=None), stage("preparing", status=None),      family="migrate"),

    # --- other bytes, and elsewhere
    way("upload",               "available in-use", SAME,       SAME,
        stage("converting", status="uploading"), stage("uploading")),
    way("revert",               "available",       SAME,        "error",            stage("reverting")),
    way("reimage",              "available error reserved", SAME, "error",          stage("downloading")),
    reports=reports_volume, facts=volume_facts,
)

SNAPSHOT = Lifecycle(
    "snapshot", Snapshot,
    #    trigger                begins in          ends in      fails in            stages
    way("create",               NEW,               "available", "error",            SCHEDULING, stage("creating")),
    way("manage",               NEW,               "available", "error",
        stage("managing", status="creating")),
    way("delete",               "available error", GONE,        "error_deleting",   stage("deleting")),
    way("force_delete",         ANY,               GONE,        "error_deleting",   stage("deleting"), family="delete"),
    way("unmanage",             "available error", GONE,        "error_deleting",   stage("unmanaging")),
    reports=reports_snapshot, facts=snapshot_facts,
)
# fmt: on
