"""What a table of transitions consists of.  `workflows.py` walks it; neither knows any row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from fakecompute.domain.states import VM, Power


class Fails(Enum):
    """Where a server ends when a step fails."""

    BACK = "the vm_state it was in"
    ERROR = "error; the task_state is cleared a moment later"
    AT_ONCE = "error, in one write"
    QUIET = "the vm_state it was in; nobody is told: the action ends as if it had gone well"
    ABORT = "error, in one write, as a build that is not tried again"
    RESCHEDULE = "another host, as long as there are hosts and attempts left"


class Ends(Enum):
    """Ends that depend on the server."""

    SAME = "the vm_state it was in"
    BY_POWER = "active if it runs, stopped if not"
    GONE = "deleted"


@dataclass(frozen=True)
class Step:
    """A stretch of time with one task_state.

    `events` are the instance-action events that run in it: one begins with the first step that names it and ends
    with the last.  `only_failing` are those that are written down only if the step fails.  A step `on_host` stands
    still while its host does not report; the others are the conductor's and the scheduler's.
    """

    name: str
    task_state: str | None
    fails: Fails
    events: tuple[str, ...] = ()
    only_failing: tuple[str, ...] = ()
    on_host: bool = True


@dataclass(frozen=True)
class Transition:
    """One way of a server: what sets it off, from where, through which steps, to which end.

    `vm_states` and `task_states` are where it may begin (None: anywhere); `needs` holds `launched` (booted once),
    `unlocked` and `host`.  `word` is what error messages call it, `action` what the instance action is called.
    """

    trigger: str
    family: str  # what its steps are called by: variants of one action share it
    action: str
    word: str
    vm_states: frozenset[VM] | None
    task_states: frozenset[str | None] | None
    needs: frozenset[str]
    steps: tuple[Step, ...]
    ends: VM | Ends
    power: Power | None  # None: as it was


class Machine:
    """A table of transitions, by trigger."""

    def __init__(self, kind: str, *rows: Transition) -> None:
        self.kind = kind
        self.rows: Mapping[str, Transition] = {row.trigger: row for row in rows}

    def __getitem__(self, trigger: str) -> Transition:
        return self.rows[trigger]

    def place(self, transition: Transition, step: Step) -> str:
        """`server.create.spawning`: what timing and fault rules call a step."""
        return f"{self.kind}.{transition.family}.{step.name}"

    def steps(self) -> list[str]:
        """The names of all steps, in the order of the table."""
        return list(dict.fromkeys(self.place(row, step) for row in self.rows.values() for step in row.steps))


def step(
    name: str,
    fails: Fails,
    events: str = "",
    *,
    task: str | None = "",
    only_failing: str = "",
    on_host: bool = True,
) -> Step:
    """A row's step; the task_state is its name unless `task` says otherwise, events are words."""
    task_state = name if task == "" else task
    return Step(name, task_state, fails, tuple(events.split()), tuple(only_failing.split()), on_host)


def row(
    trigger: str,
    vm_states: Iterable[VM] | None,
    task_states: Iterable[str | None] | None,
    needs: str,
    ends: VM | Ends,
    power: Power | None,
    *steps: Step,
    family: str = "",
    action: str = "",
    word: str = "",
) -> Transition:
    """`family`, `action` and `word` are the trigger's name, each unless it or one before it is given."""
    family = family or trigger
    return Transition(
        trigger=trigger,
        family=family,
        action=action or family,
        word=word or action or family,
        vm_states=None if vm_states is None else frozenset(vm_states),
        task_states=None if task_states is None else frozenset(task_states),
        needs=frozenset(needs.split()),
        steps=steps,
        ends=ends,
        power=power,
    )
