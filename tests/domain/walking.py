"""Watching servers walk: what the tests of workflows share."""

from __future__ import annotations

from typing import Any

from fakecompute import Cloud
from fakecompute.domain import servers
from fakecompute.domain.actions import Caller
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.compute import Flavor, Host
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import ActionEvent, InstanceAction, Server

CALLER = Caller("req-test", "user", "project")


def rule(on: str, **effect: Any) -> Rule:
    return Rule(id="", name=on, on=on, effect=Effect(**effect))


def booted(cloud: Cloud, **fields: Any) -> Server:
    """A server that runs, of the first cirros."""
    image = min(cloud.store.all(Image), key=lambda image: image.name or "")
    server = servers.boot(cloud, **{"image_id": image.id, **fields})
    cloud.settle()
    return now(cloud, server)


def now(cloud: Cloud, server: Server) -> Server:
    return cloud.store.get(Server, server.id)


def host_of(cloud: Cloud, server: Server) -> Host:
    host = cloud.store.one(Host, "name", now(cloud, server).host)
    assert host is not None
    return host


def flavor(cloud: Cloud, name: str) -> Flavor:
    found = cloud.store.one(Flavor, "name", name)
    assert found is not None
    return found


def acted(cloud: Cloud, server: Server, trigger: str) -> Server:
    """The server at the end of an action."""
    servers.act(cloud, now(cloud, server), trigger, CALLER, False)
    cloud.settle()
    return now(cloud, server)


def chain(cloud: Cloud, server: Server) -> list[str]:
    """Every vm_state/task_state/power_state that it passes through until nothing more happens."""
    seen: list[str] = []
    while True:
        server = now(cloud, server)
        place = f"{server.vm_state}/{server.task_state or '-'}/{server.power_state.value}"
        if not seen or seen[-1] != place:
            seen.append(place)
        due = cloud.events.next_due()
        if due is None:
            return seen
        cloud.clock.advance(max(0, due - cloud.clock.now()))
        cloud.catch_up()


def last_action(cloud: Cloud, server: Server) -> tuple[str, str | None, list[tuple[str, str | None]]]:
    """(action, message, its events with their results) of what was done to it last."""
    action = max(cloud.store.by(InstanceAction, "server", server.id), key=lambda action: action.number)
    events = sorted(cloud.store.by(ActionEvent, "action", action.id), key=lambda event: event.number)
    return action.action, action.message, [(event.event, event.result) for event in events]


def successes(*events: str) -> list[tuple[str, str]]:
    return [(event, "Success") for event in events]
