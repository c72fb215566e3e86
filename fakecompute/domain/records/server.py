"""The server, and what is written down about it: faults, actions, events, migrations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from fakecompute.domain.records.compute import Flavor, Pairs
from fakecompute.domain.states import VM, Power, status_of
from fakecompute.kernel.store import Record


class Fault(NamedTuple):
    """Why a server is in ERROR."""

    message: str
    created_at: int
    code: int = 500
    details: str = ""


class NetworkRequest(NamedTuple):
    """One of the networks that a server is to be on: a network (perhaps with an address) or an existing port."""

    network_id: str | None = None
    port_id: str | None = None
    fixed_ip: str | None = None
    tag: str | None = None


def _counted(server: Any) -> tuple[str, tuple[int, ...]] | None:
    """Instances, cores and MiB of RAM towards the project's quota; soft-deleted servers do not count."""
    if server.deleted or server.vm_state == VM.SOFT_DELETED:
        return None
    return server.project_id, (1, server.flavor.vcpus, server.flavor.ram)


def _counted_of_user(server: Any) -> tuple[tuple[str, str], tuple[int, ...]] | None:
    counted = _counted(server)
    return counted and ((server.project_id, server.user_id), counted[1])


BUSY_DISK = frozenset({
    "rebuilding", "resize_prep", "resize_migrating", "image_snapshot", "image_backup", "rescuing", "unshelving",
})  # fmt: skip  # nova/compute/stats.py: io_workload


def _reservation(server: Any) -> str | None:
    """By which servers of one request find each other until each has a host, or has got none."""
    unplaced = server.host is None and server.launched_at is None and not server.deleted
    return server.reservation_id or None if unplaced else None


def _io_operations(server: Any) -> tuple[str, tuple[int]] | None:
    """Servers that keep the disks of their host busy."""
    busy = server.vm_state == VM.BUILDING or server.task_state in BUSY_DISK
    return (server.host, (1,)) if busy and server.host is not None and not server.deleted else None


@dataclass(frozen=True, kw_only=True)
class Server(Record):
    """A server, deleted ones included (`deleted`): their row stays, as in Nova."""

    indexes = {
        "project": lambda server: (server.project_id, server.deleted),
        "deleted": lambda server: server.deleted,
        "host": lambda server: None if server.deleted else server.host,
        "reservation": _reservation,
    }
    totals = {"project": _counted, "user": _counted_of_user, "io": _io_operations}

    name: str
    project_id: str
    user_id: str
    flavor: Flavor
    number: int  # the row's; instance-%08x
    image_id: str | None = None
    vm_state: VM = VM.BUILDING
    task_state: str | None = None
    power_state: Power = Power.NOSTATE
    progress: int = 0
    host: str | None = None
    availability_zone: str | None = None  # of the host
    requested_zone: str | None = None
    requested_host: str | None = None
    host_forced: bool = False  # the requested one: no filter is asked
    cell: str | None = None  # of the first host
    hostname: str = ""
    key_name: str | None = None
    description: str | None = None
    metadata: Pairs = ()
    tags: tuple[str, ...] = ()
    user_data: str | None = None
    config_drive: bool = False
    disk_config: str = "MANUAL"
    access_ip_v4: str | None = None
    access_ip_v6: str | None = None
    security_groups: tuple[str, ...] = ()  # ids, as resolved at creation
    networks: tuple[NetworkRequest, ...] | None = None  # None: automatic
    scheduler_hints: tuple[tuple[str, Any], ...] = ()
    group_id: str | None = None
    trusted_image_certificates: tuple[str, ...] | None = None
    pinned_availability_zone: str | None = None
    root_device_name: str | None = "/dev/vda"
    launch_index: int = 0
    reservation_id: str = ""
    created_at: int = 0
    updated_at: int = 0
    launched_at: int | None = None
    terminated_at: int | None = None
    deleted: bool = False
    locked_by: str | None = None  # owner | admin
    locked_reason: str | None = None
    fault: Fault | None = None

    # the workflow that moves it, and what that needs to remember
    workflow: int = 0  # the ticket; events with another are out of date
    trigger: str | None = None
    step: int = 0  # of the trigger's steps: where it stands
    cast_in_vain: bool = False  # the step waits in the queue of a host that does not report
    action_id: str | None = None  # the InstanceAction that the workflow writes to
    tried_hosts: tuple[str, ...] = ()
    old_flavor: Flavor | None = None  # until a resize is confirmed or reverted
    new_flavor: Flavor | None = None
    migration_id: str | None = None
    shelved_image_id: str | None = None
    memo: tuple[tuple[str, Any], ...] = ()  # what the workflow under way was asked for

    @property
    def status(self) -> str:
        return "DELETED" if self.deleted else status_of(self.vm_state, self.task_state)

    @property
    def locked(self) -> bool:
        return self.locked_by is not None


@dataclass(frozen=True, kw_only=True)
class InstanceAction(Record):
    """What somebody did to a server.  `request_id` is that of the call, and what clients ask for it by."""

    indexes = {"server": lambda action: action.server_id}

    server_id: str
    action: str
    request_id: str
    user_id: str
    project_id: str
    number: int
    start_time: int
    updated_at: int
    message: str | None = None


@dataclass(frozen=True, kw_only=True)
class ActionEvent(Record):
    """A part of an action, as one of Nova's services performs it."""

    indexes = {"action": lambda event: event.action_id}

    action_id: str
    event: str
    number: int
    start_time: int
    finish_time: int | None = None
    result: str | None = None  # Success | Error
    host: str | None = None
    traceback: str | None = None
    details: str | None = None


@dataclass(frozen=True, kw_only=True)
class Migration(Record):
    """A move of a server from host to host; the id is the UUID, `number` what older versions show."""

    indexes = {"server": lambda migration: migration.server_id, "source": lambda migration: migration.source_host}

    number: int
    server_id: str
    project_id: str
    user_id: str
    type: str  # resize | migration | live-migration | evacuation
    status: str
    source_host: str
    dest_host: str | None = None
    old_flavor_id: str = ""
    new_flavor_id: str = ""
    created_at: int = 0
    updated_at: int | None = None
