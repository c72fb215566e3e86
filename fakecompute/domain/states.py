"""Nova's words for what a server is: vm_state, task_state, power_state, and the status made of them."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class VM(StrEnum):
    """`OS-EXT-STS:vm_state`: what it is when nothing happens to it."""

    ACTIVE = "active"
    BUILDING = "building"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    RESCUED = "rescued"
    RESIZED = "resized"
    SOFT_DELETED = "soft-delete"
    DELETED = "deleted"
    ERROR = "error"
    SHELVED = "shelved"
    OFFLOADED = "shelved_offloaded"


class Power(IntEnum):
    """`OS-EXT-STS:power_state`: what the hypervisor says."""

    NOSTATE = 0
    RUNNING = 1
    PAUSED = 3
    SHUTDOWN = 4
    CRASHED = 6
    SUSPENDED = 7


_Words = dict[str | None, str]
_REBOOT: _Words = dict.fromkeys(("rebooting", "reboot_pending", "reboot_started"), "REBOOT")
_HARD: _Words = dict.fromkeys(("rebooting_hard", "reboot_pending_hard", "reboot_started_hard"), "HARD_REBOOT")
_REBUILD: _Words = dict.fromkeys(("rebuilding", "rebuild_block_device_mapping", "rebuild_spawning"), "REBUILD")
_RESIZE: _Words = dict.fromkeys(("resize_prep", "resize_migrating", "resize_migrated", "resize_finish"), "RESIZE")
_MIGRATING: _Words = {"migrating": "MIGRATING"}

_PASSWORD: _Words = {"updating_password": "PASSWORD"}

# nova/api/openstack/common.py: _STATE_MAP; None stands for every task_state that is not listed
# fmt: off
STATUS: dict[str, dict[str | None, str]] = {
    VM.ACTIVE:       {None: "ACTIVE", **_REBOOT, **_HARD, **_PASSWORD, **_REBUILD, **_MIGRATING, **_RESIZE},
    VM.BUILDING:     {None: "BUILD"},
    VM.STOPPED:      {None: "SHUTOFF", **_RESIZE, **_REBUILD},
    VM.RESIZED:      {None: "VERIFY_RESIZE", "resize_reverting": "REVERT_RESIZE"},
    VM.PAUSED:       {None: "PAUSED", **_MIGRATING},
    VM.SUSPENDED:    {None: "SUSPENDED"},
    VM.RESCUED:      {None: "RESCUE"},
    VM.ERROR:        {None: "ERROR", **_REBUILD},
    VM.DELETED:      {None: "DELETED"},
    VM.SOFT_DELETED: {None: "SOFT_DELETED"},
    VM.SHELVED:      {None: "SHELVED"},
    VM.OFFLOADED:    {None: "SHELVED_OFFLOADED"},
}
# fmt: on


def status_of(vm_state: str, task_state: str | None) -> str:
    """The status that a client sees."""
    words = STATUS.get(vm_state)
    return "UNKNOWN" if words is None else words.get(task_state) or words[None]


def states_of(status: str) -> tuple[frozenset[str], frozenset[str | None]]:
    """The vm_states and task_states that a status filter means; no task_states: any.  Empty: no such status.

    nova/api/openstack/common.py: task_and_vm_state_from_status.
    """
    vm_states, task_states = set(), set()
    for vm_state, words in STATUS.items():
        for task_state, word in words.items():
            if word.lower() == status.lower():
                vm_states.add(str(vm_state))
                task_states.add(task_state)
    if task_states == {None}:
        task_states = set()
    return frozenset(vm_states), frozenset(task_states)
