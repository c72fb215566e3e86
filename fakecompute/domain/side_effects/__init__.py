"""What steps do besides taking time: places, ports, allocations, migrations, images.

Each function belongs to a step (`trigger.step`) or to a trigger by the tables below, and gives the fields of the server
that change in the same write.  A FakeError that one raises is the failure of its step.
"""

from __future__ import annotations

from fakecompute.domain.side_effects import building, imaging, moving
from fakecompute.domain.side_effects.moving import Effect, migration_becomes

# fmt: off
ON_ENTRY: dict[str, Effect] = {
    "resize.resize_migrating":           migration_becomes("migrating"),
    "resize.resize_migrated":            migration_becomes("post-migrating"),
    "resize.resize_finish":              moving.move,
    "migrate.resize_migrating":          migration_becomes("migrating"),
    "migrate.resize_migrated":           migration_becomes("post-migrating"),
    "migrate.resize_finish":             moving.move,
    "confirmResize.confirming":          migration_becomes("confirming"),
    "revertResize.resize_reverting":     migration_becomes("reverting"),
    "revertResize_stopped.resize_reverting": migration_becomes("reverting"),
    "live_migrate.preparing":            migration_becomes("preparing"),
    "live_migrate.running":              migration_becomes("running"),
    "live_migrate.post-migrating":       migration_becomes("post-migrating"),
    "live_migrate_old.preparing":        migration_becomes("preparing"),
    "live_migrate_old.running":          migration_becomes("running"),
    "live_migrate_old.post-migrating":   migration_becomes("post-migrating"),
    "rebuild_stopped.restarted":         imaging.runs_again,
    "evacuate_stopped.restarted":        imaging.runs_again,
    "createImage.image_uploading":       imaging.upload,
    "createBackup.image_uploading":      imaging.upload,
    "shelve.shelving_image_uploading":   imaging.upload,
    "shelve_here.shelving_image_uploading": imaging.upload,
    "shelve.shelving_offloading":        imaging.shelved,
}
ON_EXIT: dict[str, Effect] = {
    "create.scheduling":                 building.place,
    "create.networking":                 building.plug,
    "resize.scheduling":                 moving.place_resized,
    "migrate.scheduling":                moving.place_resized,
    "revertResize_stopped.resize_reverting": moving.reverted,
    "live_migrate.scheduling":           moving.place_live,
    "live_migrate_old.scheduling":       moving.place_live,
    "rebuild.scheduling":                imaging.check_image,
    "rebuild_stopped.scheduling":        imaging.check_image,
    "evacuate.scheduling":               moving.place_evacuated,
    "evacuate_stopped.scheduling":       moving.place_evacuated,
    "unshelve_offloaded.scheduling":     imaging.place_again,
}
ON_ARRIVAL: dict[str, Effect] = {
    "create":              building.launch,
    "delete":              building.bury,
    "resize":              moving.resized,
    "migrate":             moving.resized,
    "confirmResize":       moving.confirmed,
    "revertResize":        moving.reverted,
    "live_migrate":        moving.moved_live,
    "live_migrate_old":    moving.moved_live,
    "evacuate":            moving.evacuated,
    "evacuate_stopped":    moving.evacuated,
    "rebuild":             imaging.rebuilt,
    "createImage":         imaging.uploaded,
    "createBackup":        imaging.uploaded,
    "shelve":              imaging.offloaded,
    "shelve_here":         imaging.shelved,
    "shelveOffload":       imaging.offloaded,
    "unshelve":            imaging.unshelved,
    "unshelve_offloaded":  imaging.unshelved,
}
ON_FAILURE: dict[str, Effect] = {
    "create":              building.build_failed,
    "resize":              moving.move_failed,
    "migrate":             moving.move_failed,
    "live_migrate":        moving.move_failed,
    "live_migrate_old":    moving.move_failed,
    "evacuate":            moving.evacuation_failed,
    "evacuate_stopped":    moving.evacuation_failed,
    "rebuild":             imaging.not_rebuilt,
    "rebuild_stopped":     imaging.not_rebuilt,
    "createImage":         imaging.not_uploaded,
    "createBackup":        imaging.not_uploaded,
    "shelve":              imaging.not_shelved,
    "shelve_here":         imaging.not_shelved,
    "unshelve_offloaded":  imaging.not_unshelved,
}
# fmt: on
