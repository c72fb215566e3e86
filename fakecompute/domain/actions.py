"""Instance actions: what was done to a server, by whom, in which parts, and how these ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.records.server import ActionEvent, InstanceAction, Server

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SUCCESS, ERROR = "Success", "Error"


class Caller(NamedTuple):
    """Who asked, and in which request.  `token_until` is when the token is over that it came with."""

    request_id: str
    user_id: str
    project_id: str
    token_until: int | None = None


def record(cloud: Cloud, server: Server, action: str, caller: Caller) -> InstanceAction:
    """Write an action down; its events follow."""
    return cloud.store.put(
        InstanceAction(
            id=cloud.streams.uuid("action"),
            server_id=server.id,
            action=action,
            request_id=caller.request_id,
            user_id=caller.user_id,
            project_id=caller.project_id,
            number=cloud.streams.number("action number"),
            start_time=cloud.now,
            updated_at=cloud.now,
        )
    )


def begin(cloud: Cloud, action_id: str, event: str, host: str | None) -> ActionEvent:
    """An event of an action begins."""
    _touch(cloud, action_id)
    return cloud.store.put(
        ActionEvent(
            id=cloud.streams.uuid("action event"),
            action_id=action_id,
            event=event,
            number=cloud.streams.number("action event number"),
            start_time=cloud.now,
            host=host,
        )
    )


def finish(cloud: Cloud, event: ActionEvent, result: str = SUCCESS, details: str | None = None) -> None:
    """An event ends; an Error is told by its action, too."""
    traceback = f"Traceback (most recent call last):\n{details}\n" if result == ERROR else None
    cloud.store.put(event.evolve(finish_time=cloud.now, result=result, details=details, traceback=traceback))
    _touch(cloud, event.action_id, ERROR if result == ERROR else None)


def running(cloud: Cloud, action_id: str | None) -> list[ActionEvent]:
    """The events of an action that have not ended."""
    events = cloud.store.by(ActionEvent, "action", action_id) if action_id else []
    return [event for event in events if event.finish_time is None]


def at_once(cloud: Cloud, server: Server, action: str, event: str | None, caller: Caller) -> None:
    """An action that takes no time: lock, unlock, os-resetState."""
    recorded = record(cloud, server, action, caller)
    if event:
        finish(cloud, begin(cloud, recorded.id, event, server.host))


def _touch(cloud: Cloud, action_id: str, message: str | None = None) -> None:
    action = cloud.store.get(InstanceAction, action_id)
    cloud.store.put(action.evolve(updated_at=cloud.now, message=message or action.message))
