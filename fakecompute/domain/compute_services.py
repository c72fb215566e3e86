"""Nova's services: what runs on the controller, and what a compute host's service has to say before it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.aggregates import aggregates_of, change_hosts
from fakecompute.domain.placement.providers import forget
from fakecompute.domain.records.compute import ControlService, Host
from fakecompute.domain.records.server import Migration, Server
from fakecompute.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

CONTROLLER = "controller"
CONTROL = ("nova-conductor", "nova-scheduler")
COMPUTE = "nova-compute"

# nova/db/main/api.py: migration_get_in_progress_by_host_and_node
OVER = frozenset({"confirmed", "reverted", "error", "failed", "completed", "cancelled", "done"})


class HostsServers(Conflict):
    message = (
        "Unable to delete compute service that is hosting instances. Migrate or delete the instances first."
    )


class HasMigrations(Conflict):
    message = (
        "Unable to delete compute service that has in-progress migrations."
        " Complete the migrations or delete the instances first."
    )


class EvacuatedFrom(BadRequest):
    message = (
        "Unable to force up host {host} as `done` evacuation migration records remain associated with the host."
        " Ensure the compute service has been restarted, allowing these records to move to `completed` before"
        " retrying this request."
    )


def define_control_services(cloud: Cloud) -> None:
    for number, binary in enumerate(CONTROL, 1):
        id = cloud.streams.uuid_at(binary, CONTROLLER)
        cloud.store.put(ControlService(id=id, binary=binary, host=CONTROLLER, number=number))


def service_number(host: Host) -> int:
    """What older versions call the service of a compute host: the controller's come first."""
    return len(CONTROL) + host.number


def host_number(service_number: int) -> int:
    """The way back."""
    return service_number - len(CONTROL)


def check_evacuations(cloud: Cloud, name: str) -> None:
    """A host that was forced down comes back only after it has cleaned up what was evacuated from it."""
    for migration in cloud.store.by(Migration, "source", name):
        if migration.type == "evacuation" and migration.status == "done":
            raise EvacuatedFrom(host=name)


def remove_host(cloud: Cloud, host: Host) -> None:
    """The service of a compute host is deleted, and the host with it: its places in aggregates, its room."""
    if cloud.store.count(Server, "host", host.name):
        raise HostsServers
    if any(migration.status not in OVER for migration in _migrations(cloud, host.name)):
        raise HasMigrations
    for aggregate in aggregates_of(cloud, host.name):
        change_hosts(cloud, aggregate, tuple(name for name in aggregate.hosts if name != host.name))
    forget(cloud, host)  # and what evacuated servers still held there
    cloud.store.drop(cloud.store.get(Host, host.id))


def _migrations(cloud: Cloud, name: str) -> list[Migration]:
    """Those of servers that are still there, from or to the host."""
    found = []
    for migration in cloud.store.all(Migration):
        if name in (migration.source_host, migration.dest_host):
            server = cloud.store.find(Server, migration.server_id)
            if server is not None and not server.deleted:
                found.append(migration)
    return found
