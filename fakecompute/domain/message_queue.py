"""The message queue between the services: while it is down the APIs answer, and nothing that they cast arrives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.stages import LIFECYCLES
from fakecompute.domain.whereabouts import QueueOutage
from fakecompute.domain.workflows import again
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SILENT = "message_queue.silent"  # the event after which all services count as down


def queue_down(cloud: Cloud) -> None:
    """Nobody hears anybody; after `service_down_time` no service has reported."""
    if cloud.store.count(QueueOutage):
        return
    ticket = cloud.streams.number("queue outage")
    cloud.store.put(QueueOutage(id="queue", ticket=ticket))
    cloud.events.add(cloud.now + cloud.settings.service_down_time * SECOND, SILENT, "queue", ticket)


def silent(cloud: Cloud, event: Event) -> None:
    outage = cloud.store.find(QueueOutage, "queue")
    if outage is not None and outage.ticket == event.workflow:
        _set_up(cloud, False)


def queue_up(cloud: Cloud) -> None:
    """What was cast in the meantime arrives, in the order in which it was sent."""
    outage = cloud.store.find(QueueOutage, "queue")
    if outage is None:
        return
    cloud.store.drop(outage)
    _set_up(cloud, True)
    waiting = [server for server in cloud.store.all(Server) if server.cast_in_vain and server.trigger]
    for server in sorted(waiting, key=lambda one: one.workflow):
        again(cloud, server)
    for lifecycle in LIFECYCLES:
        stuck: Iterable[Any] = (one for one in cloud.store.all(lifecycle.record) if one.cast_in_vain and one.trigger)
        for record in sorted(stuck, key=lambda one: one.workflow):
            lifecycle.again(cloud, record)


def _set_up(cloud: Cloud, up: bool) -> None:
    services: list[Host | VolumeBackend] = [*cloud.store.all(Host), *cloud.store.all(VolumeBackend)]
    for one in sorted(services, key=lambda one: one.id):
        if one.reporting and one.up != up:
            cloud.store.put(one.evolve(up=up))
