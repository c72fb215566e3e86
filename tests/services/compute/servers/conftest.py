"""A server that runs, and somebody who may do everything with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakecompute import Cloud
from fakecompute.domain.records.server import ActionEvent, InstanceAction, Server
from fakecompute.domain.servers import boot
from fakecompute.wsgi.client import Answer, Http


@pytest.fixture
def server(cloud: Cloud) -> Server:
    """One of demo's, on a host and on a network."""
    id = boot(cloud, name="web").id
    cloud.settle()
    return cloud.store.get(Server, id)


@pytest.fixture
def path(server: Server) -> str:
    return f"/compute/v2.1/servers/{server.id}"


@pytest.fixture
def admin(http: Http) -> Http:
    return http.as_("admin")


@pytest.fixture
def told() -> Callable[[Answer], tuple[int, str]]:
    """The status and the message of a refusal."""

    def read(answer: Answer) -> tuple[int, str]:
        (fault,) = answer.json.values()
        return answer.status_code, fault["message"]

    return read


@pytest.fixture
def become(cloud: Cloud, server: Server) -> Callable[..., Server]:
    """The server in another state, however it came there."""

    def change(**fields: object) -> Server:
        return cloud.store.put(cloud.store.get(Server, server.id).evolve(**fields))

    return change


@pytest.fixture
def actions_of(cloud: Cloud, server: Server) -> Callable[[], list[tuple[str, list[tuple[str, str | None]]]]]:
    """What was done to the server after its boot: each action with its events and their results."""

    def read() -> list[tuple[str, list[tuple[str, str | None]]]]:
        done = sorted(cloud.store.by(InstanceAction, "server", server.id), key=lambda action: action.number)
        return [
            (
                action.action,
                [(event.event, event.result) for event in cloud.store.by(ActionEvent, "action", action.id)],
            )
            for action in done[1:]
        ]

    return read
