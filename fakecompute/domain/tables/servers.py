"""How a server moves.

Each row mirrors one `check_instance_state` of nova/compute/api.py and the task states, events and failure ends of
nova/compute/manager.py; all of them were watched on a real Nova (spec/servers.yaml).
"""

from __future__ import annotations

from fakecompute.domain.machine import Ends, Fails, Machine, row, step
from fakecompute.domain.states import VM, Power

ACTIVE, BUILDING, PAUSED, SUSPENDED, STOPPED, RESIZED, ERROR = (
    VM.ACTIVE, VM.BUILDING, VM.PAUSED, VM.SUSPENDED, VM.STOPPED, VM.RESIZED, VM.ERROR,
)  # fmt: skip
ON, OFF = Power.RUNNING, Power.SHUTDOWN
ANY = None
IDLE = (None,)
HARD_REBOOT_FROM = (
    None, "rebooting", "reboot_pending", "reboot_started", "rebooting_hard",
    "resuming", "unpausing", "pausing", "suspending",
)  # fmt: skip
BUILD = "compute__do_build_and_run_instance"
USUAL = "launched unlocked"

# fmt: off
SERVER = Machine(
    "server",
    #    trigger         vm_states             task_states        needs            ends in      power
    #        step                    a failure ends in   events
    row("create",        {BUILDING},           ANY,               "",              ACTIVE,      ON,
        step("scheduling",           Fails.AT_ONCE,      only_failing="conductor_schedule_and_build_instances"),
        step("claiming",             Fails.ABORT,        BUILD, task=None),
        step("networking",           Fails.ABORT,        BUILD),
        step("block_device_mapping", Fails.ABORT,        BUILD),
        step("spawning",             Fails.RESCHEDULE,   BUILD)),

    row("delete",        ANY,                  ANY,               "unlocked",      Ends.GONE,   Power.NOSTATE,
        step("deleting",             Fails.ERROR,        "compute_terminate_instance")),

    row("start",         {STOPPED},            IDLE,              USUAL + " host", ACTIVE,      ON,
        step("powering-on",          Fails.BACK,         "compute_start_instance")),

    row("stop",          {ACTIVE, ERROR},      IDLE,              USUAL + " host", STOPPED,     OFF,
        step("powering-off",         Fails.BACK,         "compute_stop_instance")),

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

    row("resize",        {ACTIVE, STOPPED},    IDLE,              USUAL + " host", RESIZED,     None,
        step("scheduling",           Fails.BACK,         "conductor_migrate_server cold_migrate", task="resize_prep"),
        step("resize_prep",          Fails.BACK,         "compute_prep_resize"),
        step("resize_migrating",     Fails.ERROR,        "compute_resize_instance"),
        step("resize_migrated",      Fails.ERROR,        "compute_resize_instance"),
        step("resize_finish",        Fails.ERROR,        "compute_finish_resize")),

    row("confirmResize", {RESIZED},            IDLE,              USUAL,           Ends.BY_POWER, None,
        step("confirming",           Fails.ERROR,        "compute_confirm_resize", task=None)),

    row("revertResize",  {RESIZED},            IDLE,              USUAL,           ACTIVE,      ON,
        step("resize_reverting",     Fails.ERROR,        "compute_revert_resize compute_finish_revert_resize")),

    row("revertResize_stopped", {RESIZED},     IDLE,              USUAL,           STOPPED,     OFF,
        step("resize_reverting",     Fails.ERROR,        "compute_revert_resize compute_finish_revert_resize"),
        step("powering-off",         Fails.ERROR,        "compute_finish_revert_resize compute_stop_instance"),
        action="revertResize"),
)
# fmt: on
