"""How a server walks through the table of its transitions, event by event.

    start(cloud, server, "stop", caller)      # the first step begins; the rest comes with time

Every event carries the ticket of its workflow.  A server that has since gone on to another drops it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain import actions
from fakecompute.domain.actions import Caller
from fakecompute.domain.faults import Effect, Rule, match_faults
from fakecompute.domain.machine import Ends, Fails, Step, Transition
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.server import Fault, Server
from fakecompute.domain.side_effects import ON_ARRIVAL, ON_ENTRY, ON_EXIT, ON_FAILURE
from fakecompute.domain.side_effects.building import RetriesExhausted, leave_host, may_retry
from fakecompute.domain.states import VM, Power
from fakecompute.domain.tables.servers import SERVER
from fakecompute.errors import FakeError
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

STEP, CLEAR = "server.step", "server.clear"  # kinds of events
MESSAGE_LENGTH = 255  # characters of a fault's message


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


def start(cloud: Cloud, server: Server, trigger: str, caller: Caller, **changes: Any) -> Server:
    """Set a transition off; what was under way before is overtaken."""
    transition = SERVER[trigger]
    overtake(cloud, server)
    action = actions.record(cloud, server, transition.action, caller)
    ticket = cloud.streams.number("workflow")
    server = server.evolve(workflow=ticket, trigger=trigger, action_id=action.id, **changes)
    return _enter(cloud, server, transition, 0)


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
    server = cloud.store.put(server.evolve(task_state=step.task_state, updated_at=cloud.now, **changes))
    before = transition.steps[index - 1].events if index else ()
    for name in step.events:
        if name not in before and server.action_id:
            actions.begin(cloud, server.action_id, name, server.host)

    effect = _struck(cloud, server, place)
    if effect is None or not effect.hang:
        took = cloud.timing.draw(cloud.streams, place, server.id, server.workflow, len(server.tried_hosts))
        if effect is not None:
            took = round(took * effect.slow) + effect.delay
        failure, ends_in = (effect.fail, effect.ends_in) if effect else (None, None)
        detail = (transition.trigger, index, failure, ends_in)
        cloud.events.add(cloud.now + took, STEP, server.id, server.workflow, *detail)
    return server


def _struck(cloud: Cloud, server: Server, place: str) -> Effect | None:
    if not cloud.store.count(Rule, "phase", "step"):
        return None
    project = cloud.store.find(Project, server.project_id)
    facts = {
        "server": server.name,
        "server.name": server.name,
        "server.id": server.id,
        "host": server.host,
        "zone": server.availability_zone,
        "flavor": server.flavor.name,
        "image": server.image_id,
        "project": project.name if project else None,
    }
    return match_faults(cloud, phase="step", on=place, **facts)


def _leave(
    cloud: Cloud, server: Server, transition: Transition, index: int, failure: Any, ends_in: Any
) -> None:
    """A step is over: do what it was for, and go on to the next."""
    step = transition.steps[index]
    if failure is not None:
        return _fail(cloud, server, transition, step, failure, ends_in)
    here = f"{transition.trigger}.{step.name}"
    changes: dict[str, Any] = {}
    if here in ON_EXIT:
        try:
            with cloud.transaction():
                changes = ON_EXIT[here](cloud, server)
        except FakeError as error:
            return _fail(cloud, server, transition, step, str(error), None)
    after = transition.steps[index + 1].events if index + 1 < len(transition.steps) else ()
    for event in actions.running(cloud, server.action_id):
        if event.event not in after:
            actions.finish(cloud, event)
    _enter(cloud, server.evolve(**changes), transition, index + 1)


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
    return cloud.store.put(server.evolve(**changes))


# --- when a step fails ----------------------------------------------------------------------------------


def _fail(
    cloud: Cloud, server: Server, transition: Transition, step: Step, message: str, ends_in: str | None
) -> None:
    """End where the table says, or in the vm_state `ends_in` that a fault rule asked for."""
    if step.fails is Fails.RESCHEDULE and ends_in is None:
        if may_retry(cloud, server):
            return _reschedule(cloud, server, transition)
        message = str(RetriesExhausted(server_id=server.id))
        _finish_events(cloud, server, actions.SUCCESS, None)
    else:
        for name in step.only_failing:
            if server.action_id:
                actions.begin(cloud, server.action_id, name, None)
        _finish_events(cloud, server, actions.ERROR, message)
        if step.fails in (Fails.ABORT, Fails.RESCHEDULE):
            message = f"Build of instance {server.id} aborted: {message}"

    fault = Fault(message[:MESSAGE_LENGTH], cloud.now, details=message)
    changes: dict[str, Any] = {"fault": fault, "updated_at": cloud.now, "trigger": None, "progress": 0}
    if transition.trigger in ON_FAILURE:
        changes |= ON_FAILURE[transition.trigger](cloud, server)
    if ends_in is not None:
        changes |= {"vm_state": VM(ends_in), "task_state": None}
    elif step.fails is Fails.BACK:
        changes |= {"task_state": None}
    else:
        changes |= {"vm_state": VM.ERROR}
        if step.fails is Fails.ERROR:  # real Nova clears the task_state in a second write
            took = cloud.timing.draw(
                cloud.streams, f"server.{transition.family}.failing", server.id, server.workflow
            )
            cloud.events.add(cloud.now + took, CLEAR, server.id, server.workflow)
        else:
            changes |= {"task_state": None}
    cloud.store.put(server.evolve(**changes))


def _finish_events(cloud: Cloud, server: Server, result: str, details: str | None) -> None:
    for event in actions.running(cloud, server.action_id):
        actions.finish(cloud, event, result, details)


def _reschedule(cloud: Cloud, server: Server, transition: Transition) -> None:
    """The build begins again, on another host: one event an attempt, none of them an error."""
    _finish_events(cloud, server, actions.SUCCESS, None)
    _enter(cloud, server.evolve(**leave_host(cloud, server)), transition, 0)
