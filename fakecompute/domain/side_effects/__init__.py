"""What steps do besides taking time: places, ports, allocations, migrations, images.

Each function belongs to a step (`trigger.step`) or to a trigger by the tables below, and gives the fields of the server
that change in the same write.  A FakeError that one raises is the failure of its step.

What a step waits for stands in UNTIL: it is asked when the step's own time is over, and again after as many
microseconds as it answers; 0 is the end of waiting.  What it has written by then stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fakecompute.domain import network_agents
from fakecompute.domain.records.server import Server
from fakecompute.domain.side_effects import building, disks, imaging, moving, reimaging
from fakecompute.domain.side_effects.moving import Effect, migration_becomes

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Wait = Callable[["Cloud", Server], int]
Tidy = Callable[["Cloud", Server], None]

# fmt: off
ON_ENTRY: dict[str, Effect] = {
    "create.block_device_mapping":       disks.name_devices,
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
UNTIL: dict[str, Wait] = {
    "create.block_device_mapping":       disks.prepare,
    "create.spawning":                   network_agents.plugged,
    "delete.deleting":                   disks.let_go_of_making,
    "rebuild.rebuilding":                reimaging.reimaged,
    "rebuild_stopped.rebuilding":        reimaging.reimaged,
}
ON_EXIT: dict[str, Effect] = {
    "create.scheduling":                 building.place,
    "create.networking":                 building.plug,
    "resize.scheduling":                 moving.place_resized,
    "resize.resize_migrating":           moving.unplug_volumes,
    "resize.resize_finish":              moving.plug_volumes,
    "migrate.scheduling":                moving.place_resized,
    "migrate.resize_migrating":          moving.unplug_volumes,
    "migrate.resize_finish":             moving.plug_volumes,
    "revertResize.resize_reverting":     moving.return_volumes,
    "revertResize_stopped.resize_reverting": moving.reverted_with_volumes,
    "live_migrate.scheduling":           moving.place_live,
    "live_migrate.preparing":            moving.share_volumes,
    "live_migrate_old.scheduling":       moving.place_live,
    "live_migrate_old.preparing":        moving.share_volumes,
    "rebuild.scheduling":                imaging.check_image,
    "rebuild_stopped.scheduling":        imaging.check_image,
    "evacuate.scheduling":               moving.place_evacuated,
    "evacuate.rebuilding":               moving.unplug_volumes,
    "evacuate.rebuild_block_device_mapping": moving.plug_volumes,
    "evacuate_stopped.scheduling":       moving.place_evacuated,
    "evacuate_stopped.rebuilding":       moving.unplug_volumes,
    "evacuate_stopped.rebuild_block_device_mapping": moving.plug_volumes,
    "createImage.image_pending_upload":  imaging.pending,
    "createImage.image_uploading":       imaging.uploaded,
    "createBackup.image_pending_upload": imaging.pending,
    "createBackup.image_uploading":      imaging.uploaded,
    "shelve.shelving_image_pending_upload":  imaging.pending,
    "shelve.shelving_image_uploading":   imaging.uploaded,
    "shelve.shelving_offloading":        moving.unplug_volumes,
    "shelve_here.shelving_image_pending_upload": imaging.pending,
    "shelve_here.shelving_image_uploading": imaging.uploaded,
    "shelve_volume_backed.shelving":     moving.unplug_volumes,
    "shelveOffload.shelving_offloading": moving.unplug_volumes,
    "unshelve_offloaded.scheduling":     imaging.place_again,
    "unshelve_offloaded.spawning":       moving.plug_volumes,
    "unshelve_volume_backed.scheduling": imaging.place_again,
    "unshelve_volume_backed.spawning":   moving.plug_volumes,
    "rebuild.rebuild_block_device_mapping":  moving.plug_volumes,
    "rebuild_stopped.rebuild_block_device_mapping": moving.plug_volumes,
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
    "createImage":         imaging.rotate,
    "createBackup":        imaging.rotate,
    "shelve":              imaging.offloaded,
    "shelve_here":         imaging.shelved,
    "shelve_volume_backed": imaging.offloaded,
    "shelveOffload":       imaging.offloaded,
    "unshelve":            imaging.unshelved,
    "unshelve_offloaded":  imaging.unshelved,
    "unshelve_volume_backed": imaging.unshelved,
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
    "unshelve_volume_backed": imaging.not_unshelved,
}
ON_STEP_FAILURE: dict[str, Tidy] = {  # for good
    "create.claiming":                   disks.clean_up,
    "create.networking":                 disks.clean_up,
    "create.block_device_mapping":       disks.clean_up,
    "create.spawning":                   disks.disconnect,
}
# fmt: on
