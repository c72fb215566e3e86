"""How a server walks through the table of its transitions, event by event.

    start(cloud, server, "stop", caller)      # the first step begins; the rest comes with time

Every event carries the ticket of its workflow.  A server that has since gone on to another drops it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from fakecompute.domain import actions
from fakecompute.domain.actions import Caller
from fakecompute.domain.boot_images import image_of_server
from fakecompute.domain.faults import Effect, Rule, match_faults
from fakecompute.domain.looks import End, begin_step
from fakecompute.domain.machine import Ends, Fails, Step, Transition
from fakecompute.domain.records.server import Fault, Server
from fakecompute.domain.side_effects import (
    ON_ARRIVAL,
    ON_ENTRY,
    ON_EXIT,
    ON_FAILURE,
    ON_STEP_FAILURE,
    UNTIL,
    disks,
)
from fakecompute.domain.side_effects.building import RetriesExhausted, leave_host, may_retry, retries
from fakecompute.domain.states import VM, Power
from fakecompute.domain.tables.servers import SERVER
from fakecompute.domain.whereabouts import carries, reports, server_facts
from fakecompute.errors import BuildAborted, FakeError
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

STEP, CLEAR, TIMER = "server.step", "server.clear", "server.timer"  # kinds of events
MESSAGE_LENGTH = 255  # characters of a fault's message
FAULT_WORDS = {
    "rescue": "Instance {id} cannot be rescued: Driver Error: {reason}",
    "create": "Build of instance {id} aborted: {reason}",
}  # nova/exception.py: what the manager makes of a driver's error

# The periodic tasks of nova-compute: in which vm_state, after which setting, what is done ...
TIMERS = {
    VM.RESIZED: ("resize_confirm_window", "confirmResize"),
    VM.SOFT_DELETED: ("reclaim_instance_interval", "delete"),
    VM.SHELVED: ("shelved_offload_time", "shelveOffload"),
    VM.RESCUED: ("rescue_timeout", "unrescue"),
}
# ... and what must not take longer than a setting, if it is set.
TIMEOUTS = {
    "create": ("instance_build_timeout", "build timeout"),
    "reboot_soft": ("reboot_timeout", "reboot timeout"),
    "reboot_hard": ("reboot_timeout", "reboot timeout"),
}
REBOOTING = frozenset({"rebooting", "reboot_pending", "reboot_started"}) | frozenset(
    {"rebooting_hard", "reboot_pending_hard", "reboot_started_hard"}
)


def perform(cloud: Cloud, event: Event) -> None:
    """Live through one event, unless its subject has gone on to something else."""
    server = cloud.store.find(Server, event.subject)
    if server is None or server.workflow != event.workflow:
        return
    match event.kind, event.detail:
        case "server.step", (str(trigger), int(index), failure, ends_in):
            _leave(cloud, server, SERVER[trigger], index, failure, ends_in)
        case "server.clear", _:
            cloud.store.put(server.evolve(task_state=None, updated_at=cloud.now))
        case "server.timer", ("build timeout",):
            if server.vm_state == VM.BUILDING:
                give_up(cloud, server, "Build timed out", VM.ERROR)
        case "server.timer", ("reboot timeout",):
            if server.task_state in REBOOTING and reports(cloud, server.host):
                start(cloud, server, "reboot_hard", periodic(cloud, server))
        case "server.timer", (str(trigger),):
            start(cloud, server, trigger, periodic(cloud, server))


def start(cloud: Cloud, server: Server, trigger: str, caller: Caller, **changes: Any) -> Server:
    """Set a transition off; what was under way before is overtaken."""
    transition = SERVER[trigger]
    overtake(cloud, server)
    action = actions.record(cloud, server, transition.action, caller)
    ticket = cloud.streams.number("workflow")
    server = server.evolve(workflow=ticket, trigger=trigger, action_id=action.id, **changes)
    setting, name = TIMEOUTS.get(trigger, ("", ""))
    if setting and (seconds := getattr(cloud.settings, setting)) > 0:
        cloud.events.add(cloud.now + seconds * SECOND, TIMER, server.id, ticket, name)
    return _enter(cloud, server, transition, 0)


def periodic(cloud: Cloud, server: Server) -> Caller:
    """Who acts when Nova does by itself."""
    return Caller("req-" + cloud.streams.uuid("periodic"), server.user_id, server.project_id)


def overtake(cloud: Cloud, server: Server) -> None:
    """The workflow under way, if any, is given up: its events end here."""
    for event in actions.running(cloud, server.action_id):
        actions.finish(cloud, event)


def arrive_at_once(cloud: Cloud, server: Server, trigger: str) -> Server:
    """The end of a transition without its steps: what the API does alone when no host is involved."""
    ticket = cloud.streams.number("workflow")
    overtake(cloud, server)
    return _arrive(cloud, server.evolve(workflow=ticket, trigger=trigger), SERVER[trigger])


# --- the walk -------------------------------------------------------------------------------------------


def _enter(cloud: Cloud, server: Server, transition: Transition, index: int) -> Server:
    """Begin a step, or arrive if none is left."""
    if index == len(transition.steps):
        return _arrive(cloud, server, transition)
    step = transition.steps[index]
    place, here = SERVER.place(transition, step), f"{transition.trigger}.{step.name}"
    changes = ON_ENTRY[here](cloud, server) if here in ON_ENTRY else {}
    changes |= {"task_state": step.task_state, "step": index, "cast_in_vain": False, "updated_at": cloud.now}
    server = cloud.store.put(server.evolve(**changes))
    before = transition.steps[index - 1].events if index else ()
    for name in step.events:
        if name not in before and server.action_id:
            actions.begin(cloud, server.action_id, name, server.host)

    effect = struck(cloud, server, place)
    if effect is not None and effect.hang:
        return server
    if not _heard(cloud, step, server):
        return cloud.store.put(server.evolve(cast_in_vain=True))
    failure, ends_in = (effect.fail, effect.ends_in) if effect is not None else (None, None)
    end = End(STEP, server.id, server.workflow, (transition.trigger, index, failure, ends_in))
    most = _shutdown_timeout(cloud, server) if step.task_state == "powering-off" else None
    draw = server.id, server.workflow, len(server.tried_hosts)
    begin_step(cloud, place, end, *draw, facts=partial(server_facts, cloud, server), effect=effect, most=most)
    return server


def _shutdown_timeout(cloud: Cloud, server: Server) -> int:
    """When a guest that does not shut down is cut off, in microseconds: the image's word before the setting."""
    image = image_of_server(cloud, server)
    own = dict(image.properties).get("os_shutdown_timeout", "") if image else ""
    return (int(own) if own.isdecimal() and len(own) < 10 else cloud.settings.shutdown_timeout) * SECOND


def _heard(cloud: Cloud, step: Step, server: Server) -> bool:
    """Is there somebody to do the step, and does the call arrive?"""
    return reports(cloud, server.host) if step.on_host else carries(cloud)


def struck(cloud: Cloud, server: Server, place: str) -> Effect | None:
    """What a fault rule does to this step of this server, if one does."""
    if not cloud.store.count(Rule, "phase", "step"):
        return None
    return match_faults(cloud, phase="step", on=place, **server_facts(cloud, server))


def _leave(
    cloud: Cloud, server: Server, transition: Transition, index: int, failure: Any, ends_in: Any
) -> None:
    """A step is over: do what it was for, and go on to the next."""
    step = transition.steps[index]
    if not carries(cloud):
        cloud.store.put(server.evolve(cast_in_vain=True))  # what it has to say waits
        return None
    if not _heard(cloud, step, server):
        return None  # it died in the middle: `hosts.host_up` sees to it
    if failure is not None:
        return _fail(cloud, server, transition, step, failure, ends_in)
    here = f"{transition.trigger}.{step.name}"
    changes: dict[str, Any] = {}
    try:
        with cloud.transaction():
            wait = UNTIL[here](cloud, server) if here in UNTIL else 0
        if wait:
            again = (transition.trigger, index, None, None)
            cloud.events.add(cloud.now + wait, STEP, server.id, server.workflow, *again)
            return None
        server = cloud.store.get(Server, server.id)
        if here in ON_EXIT:
            with cloud.transaction():
                changes = ON_EXIT[here](cloud, server)
    except FakeError as error:
        ends_in = VM.ERROR.value if isinstance(error, BuildAborted) else None
        return _fail(cloud, cloud.store.get(Server, server.id), transition, step, str(error), ends_in)
    after = transition.steps[index + 1].events if index + 1 < len(transition.steps) else ()
    for event in actions.running(cloud, server.action_id):
        if event.event not in after:
            actions.finish(cloud, event)
    _enter(cloud, server.evolve(**changes), transition, index + 1)
    return None


def _arrive(cloud: Cloud, server: Server, transition: Transition) -> Server:
    """The last step is over: the final state, in one write."""
    changes: dict[str, Any] = {"task_state": None, "trigger": None, "updated_at": cloud.now}
    if transition.power is not None:
        changes["power_state"] = transition.power
    match transition.ends:
        case Ends.BY_POWER:
            changes["vm_state"] = VM.ACTIVE if server.power_state == Power.RUNNING else VM.STOPPED
        case VM() as vm_state:
            changes["vm_state"] = vm_state
    if transition.trigger in ON_ARRIVAL:
        changes |= ON_ARRIVAL[transition.trigger](cloud, server)
    server = cloud.store.put(server.evolve(**changes))
    setting, trigger = TIMERS.get(server.vm_state, ("", ""))
    if setting and (seconds := getattr(cloud.settings, setting)) > 0:
        cloud.events.add(cloud.now + seconds * SECOND, TIMER, server.id, server.workflow, trigger)
    return server


# --- when a step fails ----------------------------------------------------------------------------------


def _fail(
    cloud: Cloud, server: Server, transition: Transition, step: Step, reason: str, ends_in: str | None
) -> None:
    """End where the table says, or in the vm_state `ends_in` that a fault rule asked for."""
    if step.fails is Fails.RESCHEDULE and ends_in is None and may_retry(cloud, server):
        return _reschedule(cloud, server, transition)
    message = _tell(cloud, server, transition, step, reason, ends_in)
    changes: dict[str, Any] = {
        "fault": Fault(message[:MESSAGE_LENGTH], cloud.now, details=message),
        "task_state": None,
        "trigger": None,
        "progress": 0,
        "updated_at": cloud.now,
    }
    if tidy := ON_STEP_FAILURE.get(f"{transition.trigger}.{step.name}"):
        tidy(cloud, server)
    if transition.trigger in ON_FAILURE:
        changes |= ON_FAILURE[transition.trigger](cloud, server)
    if ends_in is not None:
        changes["vm_state"] = VM(ends_in)
    elif step.fails not in (Fails.BACK, Fails.QUIET):
        changes["vm_state"] = VM.ERROR
        if step.fails is Fails.ERROR:  # real Nova clears the task_state in a second write
            changes["task_state"] = server.task_state
            place = f"{SERVER.kind}.{transition.family}.failing"
            end = End(CLEAR, server.id, server.workflow, ())
            begin_step(cloud, place, end, server.id, server.workflow, facts=partial(server_facts, cloud, server))
    cloud.store.put(server.evolve(**changes))


def _tell(
    cloud: Cloud, server: Server, transition: Transition, step: Step, reason: str, ends_in: str | None
) -> str:
    """End the events of a failed step; the words of the fault."""
    if step.fails is Fails.QUIET:
        _finish_events(cloud, server, actions.SUCCESS, None)
        return reason
    if step.fails is Fails.RESCHEDULE and ends_in is None:  # each attempt was told as one that went well
        _finish_events(cloud, server, actions.SUCCESS, None)
        return str(RetriesExhausted(server_id=server.id)) if retries(cloud, server) else reason
    for name in step.only_failing:
        if server.action_id:
            actions.begin(cloud, server.action_id, name, None)
    _finish_events(cloud, server, actions.ERROR, reason)
    if step.fails is not Fails.AT_ONCE and transition.trigger in FAULT_WORDS:
        return FAULT_WORDS[transition.trigger].format(id=server.id, reason=reason)
    return reason


def _finish_events(cloud: Cloud, server: Server, result: str, details: str | None) -> None:
    for event in actions.running(cloud, server.action_id):
        actions.finish(cloud, event, result, details)


def _reschedule(cloud: Cloud, server: Server, transition: Transition) -> None:
    """The build begins again, on another host: one event an attempt, none of them an error."""
    _finish_events(cloud, server, actions.SUCCESS, None)
    disks.renew(cloud, server)
    _enter(cloud, server.evolve(**leave_host(cloud, server)), transition, 0)


def give_up(cloud: Cloud, server: Server, message: str, vm_state: VM) -> Server:
    """End a workflow from outside: its events are errors, and what it has begun is taken back."""
    _finish_events(cloud, server, actions.ERROR, message)
    changes: dict[str, Any] = {
        "workflow": cloud.streams.number("workflow"),
        "vm_state": vm_state,
        "task_state": None,
        "trigger": None,
        "progress": 0,
        "updated_at": cloud.now,
    }
    if vm_state == VM.ERROR:
        changes["fault"] = Fault(message[:MESSAGE_LENGTH], cloud.now, details=message)
    if server.trigger in ON_FAILURE:
        changes |= ON_FAILURE[server.trigger](cloud, server)
    return cloud.store.put(server.evolve(**changes))


def again(cloud: Cloud, server: Server) -> Server:
    """Begin the step in which it stands once more."""
    assert server.trigger is not None
    return _enter(cloud, server, SERVER[server.trigger], server.step)
