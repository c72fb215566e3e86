"""Compute hosts that die and come back, and what follows for their servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.block_devices import devices_of
from fakecompute.domain.network_trunks import resume
from fakecompute.domain.placement.hosts import report
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.scheduler import give_back
from fakecompute.domain.states import VM, Power
from fakecompute.domain.tables.block_devices import BLOCK_DEVICE
from fakecompute.domain.whereabouts import reports
from fakecompute.domain.workflows import again, give_up, periodic, start
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SILENT = "host.silent"  # the event after which a host that does not report counts as down
SYNC = "guest.stopped"  # the look of Nova that finds a guest stopped

# What a host does with a server that it finds in the middle of something when it comes back
# (nova/compute/manager.py: _init_instance).  Task states that are not named stay as they are.
# fmt: off
AGAIN = frozenset({"deleting", "powering-off", "powering-on", "reboot_pending", "reboot_pending_hard"})
CLEARED = frozenset({
    "image_snapshot_pending", "image_snapshot", "image_pending_upload", "image_uploading", "resize_prep",
})
RUNNING_CLEARED = frozenset({
    "rebooting", "rebooting_hard", "reboot_started", "reboot_started_hard", "pausing", "unpausing",
})
FAILED = frozenset({
    "scheduling", "networking", "block_device_mapping", "spawning",
    "rebuilding", "rebuild_block_device_mapping", "rebuild_spawning",
})
# fmt: on


def host_down(cloud: Cloud, host: Host) -> Host:
    """The host stops: nothing on it goes on, and after `service_down_time` the others notice."""
    if not host.reporting:
        return host
    host = cloud.store.put(host.evolve(reporting=False, outage=host.outage + 1, updated_at=cloud.now))
    due = cloud.now + cloud.settings.service_down_time * SECOND
    cloud.events.add(due, SILENT, host.id, host.outage)
    return host


def silent(cloud: Cloud, event: Event) -> None:
    """Nobody has heard of it for too long."""
    host = cloud.store.find(Host, event.subject)
    if host is not None and not host.reporting and host.outage == event.workflow:
        cloud.store.put(host.evolve(up=False))


def host_up(cloud: Cloud, host: Host) -> Host:
    """The host is back: it forgets what was evacuated, and goes through its servers."""
    if host.reporting:
        return host
    host = cloud.store.put(host.evolve(reporting=True, up=True, updated_at=cloud.now))
    for migration in cloud.store.by(Migration, "source", host.name):
        if migration.type == "evacuation" and migration.status == "done":
            give_back(cloud, migration.id)
            cloud.store.put(migration.evolve(status="completed", updated_at=cloud.now))
    for server in sorted(cloud.store.by(Server, "host", host.name), key=lambda server: server.number):
        _found_again(cloud, server)
        for device in devices_of(cloud, server.id):
            if device.cast_in_vain:
                BLOCK_DEVICE.again(cloud, device)
    resume(cloud, host.name)
    report(cloud, host)
    return host


def _found_again(cloud: Cloud, server: Server) -> None:
    task, vm_state = server.task_state, server.vm_state
    if server.trigger is None:
        return
    if server.cast_in_vain or task in AGAIN:  # the call waits in the host's queue still
        again(cloud, server)
    elif vm_state == VM.BUILDING or (task in FAILED and vm_state in (VM.ACTIVE, VM.STOPPED)):
        give_up(cloud, server, "The host went down while the server was being built.", VM.ERROR)
    elif task in CLEARED:
        give_up(cloud, server, "The host went down.", vm_state)
    elif task in RUNNING_CLEARED and server.power_state == Power.RUNNING:
        give_up(cloud, server, "The host went down.", VM.ACTIVE)


# --- guests that stop by themselves -----------------------------------------------------------------------


def guest_stops(cloud: Cloud, server: Server) -> None:
    """The guest shuts down, or crashes; Nova finds out when it next compares power states, and stops the server."""
    interval = (cloud.settings.sync_power_state_interval or 60) * SECOND
    if interval > 0:
        looks = (cloud.now - cloud.begun) // interval + 1
        cloud.events.add(cloud.begun + looks * interval, SYNC, server.id, server.workflow)


def synchronise(cloud: Cloud, event: Event) -> None:
    """nova/compute/manager.py: _sync_instance_power_state, for a guest that is found stopped."""
    server = cloud.store.find(Server, event.subject)
    if server is None or server.workflow != event.workflow or server.task_state is not None:
        return
    if server.vm_state in (VM.ACTIVE, VM.PAUSED) and reports(cloud, server.host):
        start(cloud, server, "stop", periodic(cloud, server))
