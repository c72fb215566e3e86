"""Volumes on servers: what the tests of both sides share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute import Cloud
from fakecompute.domain import servers
from fakecompute.domain.bootstrap import read_definition
from fakecompute.domain.records.server import ActionEvent, InstanceAction, Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume_attachments import Wish, attach_volume
from tests.domain.volume.making import fresh, volume
from tests.domain.walking import CALLER

Actions = Callable[[], list[tuple[str, list[tuple[str, str | None]]]]]


def attached(cloud: Cloud, **fields: Any) -> tuple[Volume, Server, Actions]:
    """A volume that a server of demo's has, the server, and what was done to that."""
    server = servers.boot(cloud)
    cloud.settle()
    held = volume(cloud, **fields)
    attach_volume(cloud, fresh(cloud, server), CALLER, held, Wish(), told=True)
    cloud.settle()

    def actions_of() -> list[tuple[str, list[tuple[str, str | None]]]]:
        done = sorted(cloud.store.by(InstanceAction, "server", server.id), key=lambda action: action.number)
        return [
            (one.action, [(event.event, event.result) for event in cloud.store.by(ActionEvent, "action", one.id)])
            for one in done
        ]

    return fresh(cloud, held), fresh(cloud, server), actions_of


def clouded(backends: list[dict[str, Any]]) -> Cloud:
    """The usual cloud, with other back ends."""
    return Cloud({**read_definition("default"), "volume_backends": backends})
