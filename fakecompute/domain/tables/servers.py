"""How a server moves.

Each row mirrors one `check_instance_state` of nova/compute/api.py and the task states, events and failure ends of
nova/compute/manager.py; all of them were watched on a real Nova (spec/servers.yaml).
"""

from __future__ import annotations

from functools import partial

from fakecompute.domain.machine import Ends, Fails, Machine, Step, row, step
from fakecompute.domain.states import VM, Power

ACTIVE, BUILDING, PAUSED, SUSPENDED, STOPPED, RESCUED, RESIZED, ERROR, SHELVED, OFFLOADED, SOFT_DELETED = (
    VM.ACTIVE, VM.BUILDING, VM.PAUSED, VM.SUSPENDED, VM.STOPPED, VM.RESCUED, VM.RESIZED, VM.ERROR, VM.SHELVED,
    VM.OFFLOADED, VM.SOFT_DELETED,
)  # fmt: skip
ON, OFF = Power.RUNNING, Power.SHUTDOWN
ANY = None
IDLE = (None,)
HARD_REBOOT_FROM = (
    None, "rebooting", "reboot_pending", "reboot_started", "rebooting_hard",
    "resuming", "unpausing", "pausing", "suspending",
)  # fmt: skip
SNAPSHOT_FROM = (ACTIVE, STOPPED, PAUSED, SUSPENDED)
USUAL = "launched unlocked"
conducted = partial(step, on_host=False)  # by the conductor or the scheduler: a dead host is no hindrance
migrating = partial(step, task="migrating")
finding = partial(conducted, task="migrating")

# Stretches that several rows share; columns: step, where a failure ends, events
# fmt: off
BUILD = "compute__do_build_and_run_instance"
MOVING: tuple[Step, ...] = (
    conducted("scheduling",      Fails.BACK,         "conductor_migrate_server cold_migrate", task="resize_prep"),
    step("resize_prep",          Fails.BACK,         "compute_prep_resize"),
    step("resize_migrating",     Fails.ERROR,        "compute_resize_instance"),
    step("resize_migrated",      Fails.ERROR,        "compute_resize_instance"),
    step("resize_finish",        Fails.ERROR,        "compute_finish_resize"),
)
REBUILDING: tuple[Step, ...] = (
    conducted("scheduling",               Fails.AT_ONCE,  "rebuild_server", task="rebuilding"),
    step("rebuilding",                    Fails.ERROR,    "compute_rebuild_instance"),
    step("rebuild_block_device_mapping",  Fails.ERROR,    "compute_rebuild_instance"),
    step("rebuild_spawning",              Fails.ERROR,    "compute_rebuild_instance"),
)
STOPPING: tuple[Step, ...] = (  # a rebuilt server runs, and is stopped again
    step("restarted",            Fails.ERROR,        task=None),
    step("powering-off",         Fails.ERROR,        "compute_stop_instance"),
)
UPLOADING: tuple[Step, ...] = (
    step("image_pending_upload", Fails.QUIET,        "compute_snapshot_instance"),
    step("image_uploading",      Fails.QUIET,        "compute_snapshot_instance"),
)
SHELVING: tuple[Step, ...] = (
    step("shelving",                       Fails.BACK,  "compute_shelve_instance"),
    step("shelving_image_pending_upload",  Fails.BACK,  "compute_shelve_instance"),
    step("shelving_image_uploading",       Fails.BACK,  "compute_shelve_instance"),
)
LIVE_CHECKS = "compute_check_can_live_migrate_destination compute_check_can_live_migrate_source"
LIVE: tuple[Step, ...] = (
    migrating("preparing",       Fails.BACK,         "compute_live_migration compute_pre_live_migration"),
    migrating("running",         Fails.BACK,         "compute_live_migration"),
    migrating("post-migrating",  Fails.ERROR,
              "compute_live_migration compute_post_live_migration_at_destination"),
)

SERVER = Machine(
    "server",
    #    trigger         vm_states             task_states        needs            ends in      power
    row("create",        {BUILDING},           ANY,               "",              ACTIVE,      ON,
        conducted("scheduling",      Fails.AT_ONCE,      only_failing="conductor_schedule_and_build_instances"),
        step("claiming",             Fails.ABORT,        BUILD, task=None),
        step("networking",           Fails.ABORT,        BUILD),
        step("block_device_mapping", Fails.ABORT,        BUILD),
        step("spawning",             Fails.RESCHEDULE,   BUILD)),

    # --- the end, and back from it
    row("delete",        ANY,                  ANY,               "unlocked",      Ends.GONE,   Power.NOSTATE,
        step("deleting",             Fails.ERROR,        "compute_terminate_instance")),

    row("soft_delete",   ANY,                  ANY,               USUAL,           SOFT_DELETED, OFF,
        step("soft-deleting",        Fails.ERROR,        "compute_soft_delete_instance"),
        action="delete"),

    row("restore",       {SOFT_DELETED},       IDLE,              "launched unlocked-quirk", ACTIVE, ON,
        step("restoring",            Fails.ERROR,        "compute_restore_instance")),

    # --- power
    row("start",         {STOPPED},            IDLE,              USUAL + " host", ACTIVE,      ON,
        step("powering-on",          Fails.BACK,         "compute_start_instance")),

    row("stop",          {ACTIVE, ERROR},      IDLE,              USUAL + " host", STOPPED,     OFF,
        step("powering-off",         Fails.BACK,         "compute_stop_instance")),

    row("power_on",      {STOPPED},            IDLE,              "",              ACTIVE,      ON,     # Ironic says so
        step("powering-on",          Fails.BACK,         "compute_power_update"), family="start"),

    row("power_off",     {ACTIVE},             IDLE,              "",              STOPPED,     OFF,
        step("powering-off",         Fails.BACK,         "compute_power_update"), family="stop"),

    row("reboot_soft",   {ACTIVE},             IDLE,              USUAL,           ACTIVE,      ON,
        step("rebooting",            Fails.ERROR,        "compute_reboot_instance"),
        step("reboot_pending",       Fails.ERROR,        "compute_reboot_instance"),
        step("reboot_started",       Fails.ERROR,        "compute_reboot_instance"),
        action="reboot"),

    row("reboot_hard",   {ACTIVE, STOPPED, PAUSED, SUSPENDED, ERROR}, HARD_REBOOT_FROM, USUAL, ACTIVE, ON,
        step("rebooting_hard",       Fails.ERROR,        "compute_reboot_instance"),
        step("reboot_pending_hard",  Fails.ERROR,        "compute_reboot_instance"),
        step("reboot_started_hard",  Fails.ERROR,        "compute_reboot_instance"),
        action="reboot"),

    row("pause",         {ACTIVE},             IDLE,              USUAL,           PAUSED,      Power.PAUSED,
        step("pausing",              Fails.BACK,         "compute_pause_instance")),

    row("unpause",       {PAUSED},             IDLE,              USUAL,           ACTIVE,      ON,
        step("unpausing",            Fails.BACK,         "compute_unpause_instance")),

    row("suspend",       {ACTIVE},             IDLE,              USUAL,           SUSPENDED,   OFF,
        step("suspending",           Fails.ERROR,        "compute_suspend_instance")),

    row("resume",        {SUSPENDED},          IDLE,              USUAL,           ACTIVE,      ON,
        step("resuming",             Fails.ERROR,        "compute_resume_instance")),

    # --- another size, another host
    row("resize",        {ACTIVE, STOPPED},    IDLE,              USUAL + " host", RESIZED,     None, *MOVING),
    row("migrate",       {ACTIVE, STOPPED},    IDLE,              USUAL + " host", RESIZED,     None, *MOVING),

    row("confirmResize", {RESIZED},            IDLE,              USUAL,           Ends.BY_POWER, None,
        step("confirming",           Fails.ERROR,        "compute_confirm_resize", task=None)),

    row("revertResize",  {RESIZED},            IDLE,              USUAL,           ACTIVE,      ON,
        step("resize_reverting",     Fails.ERROR,        "compute_revert_resize compute_finish_revert_resize")),

    row("revertResize_stopped", {RESIZED},     IDLE,              USUAL,           STOPPED,     OFF,
        step("resize_reverting",     Fails.ERROR,        "compute_revert_resize compute_finish_revert_resize"),
        step("powering-off",         Fails.ERROR,        "compute_finish_revert_resize compute_stop_instance"),
        family="revertResize"),

    row("live_migrate",  {ACTIVE, PAUSED},     IDLE,              USUAL,           Ends.SAME,   None,
        finding("scheduling",        Fails.BACK,         "conductor_live_migrate_instance"),
        finding("checking",          Fails.BACK,         "conductor_live_migrate_instance " + LIVE_CHECKS),
        *LIVE, action="live-migration", word="os-migrateLive"),

    row("live_migrate_old", {ACTIVE, PAUSED},  IDLE,              USUAL,           Ends.SAME,   None,   # until 2.33
        finding("scheduling",        Fails.BACK,         "conductor_migrate_server"),
        finding("checking",          Fails.BACK,         "conductor_migrate_server " + LIVE_CHECKS),
        *LIVE, family="live_migrate", action="live-migration", word="os-migrateLive"),

    row("evacuate",      {ACTIVE, STOPPED, ERROR}, ANY,           "launched",      ACTIVE,      ON,     *REBUILDING),
    row("evacuate_stopped", {ACTIVE, STOPPED, ERROR}, ANY,        "launched",      STOPPED,     OFF,
        *REBUILDING, *STOPPING, family="evacuate"),

    # --- another disk
    row("rebuild",       {ACTIVE, STOPPED, ERROR}, IDLE,          USUAL,           ACTIVE,      ON,     *REBUILDING),
    row("rebuild_stopped", {ACTIVE, STOPPED, ERROR}, IDLE,        USUAL,           STOPPED,     OFF,
        *REBUILDING, *STOPPING, family="rebuild"),

    row("rescue",        {ACTIVE, STOPPED, ERROR}, IDLE,          USUAL,           RESCUED,     ON,
        step("rescuing",             Fails.ERROR,        "compute_rescue_instance")),

    row("unrescue",      {RESCUED},            IDLE,              USUAL,           ACTIVE,      ON,
        step("unrescuing",           Fails.ERROR,        "compute_unrescue_instance")),

    # --- images of it
    row("createImage",   SNAPSHOT_FROM,        IDLE,              "launched",      Ends.SAME,   None,
        step("image_snapshot_pending", Fails.QUIET,      "compute_snapshot_instance"),
        step("image_snapshot",       Fails.QUIET,        "compute_snapshot_instance"),
        *UPLOADING),

    row("createBackup",  SNAPSHOT_FROM,        IDLE,              "launched",      Ends.SAME,   None,
        step("image_backup",         Fails.BACK,         "compute_backup_instance"),
        step("image_pending_upload", Fails.BACK,         "compute_backup_instance"),
        step("image_uploading",      Fails.BACK,         "compute_backup_instance")),

    row("shelve",        SNAPSHOT_FROM,        IDLE,              USUAL,           OFFLOADED,   None,
        *SHELVING,
        step("shelving_offloading",  Fails.ERROR,        "compute_shelve_instance")),

    row("shelve_here",   SNAPSHOT_FROM,        IDLE,              USUAL,           SHELVED,     OFF,    *SHELVING,
        family="shelve"),

    row("shelve_volume_backed", SNAPSHOT_FROM, IDLE,              USUAL,           OFFLOADED,   OFF,
        step("shelving",             Fails.ERROR,        "compute_shelve_offload_instance"), family="shelve"),

    row("shelveOffload", {SHELVED},            IDLE,              USUAL,           OFFLOADED,   None,
        step("shelving_offloading",  Fails.ERROR,        "compute_shelve_offload_instance")),

    row("unshelve",      {SHELVED, OFFLOADED}, IDLE,              USUAL,           ACTIVE,      ON,
        conducted("unshelving",      Fails.BACK),
        step("powering-on",          Fails.BACK,         "compute_start_instance")),

    row("unshelve_offloaded", {SHELVED, OFFLOADED}, IDLE,         USUAL,           ACTIVE,      ON,
        conducted("unshelving",      Fails.BACK,         "get_image_info"),
        conducted("scheduling",      Fails.BACK,         "schedule_instances", task="unshelving"),
        step("spawning",             Fails.BACK,         "compute_unshelve_instance"),
        family="unshelve"),

    row("unshelve_volume_backed", {SHELVED, OFFLOADED}, IDLE,     USUAL,           ACTIVE,      ON,     # without image
        conducted("unshelving",      Fails.BACK),
        conducted("scheduling",      Fails.BACK,         "schedule_instances", task="unshelving"),
        step("spawning",             Fails.BACK,         "compute_unshelve_instance"),
        family="unshelve"),
)
# fmt: on
