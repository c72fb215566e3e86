"""What happens to a cloud by itself: machines and services that go and come back, limits that change, other people.

    happen(cloud, "host_down", host="compute-1")               # now
    plan(cloud, at, "host_up", host="compute-1")                # as an event, in microseconds

Consequences are not written here: a host that is down does to its servers what it does in a real cloud.  Each kind
is a function of HAPPENINGS; its parameters are the words of a scenario file.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import fields, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from fakecompute.domain import (
    cells,
    hosts,
    message_queue,
    moves,
    network_agents,
    network_quotas,
    quota,
    servers,
)
from fakecompute.domain.catalog import list_service, unlist_service
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.compute import Flavor, Host
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.settings import Settings
from fakecompute.domain.volume import outages, upkeep
from fakecompute.domain.volume import quota as volume_quota
from fakecompute.domain.workflows import periodic
from fakecompute.errors import BadRequest, FakeError
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

HAPPENING = "happening"  # the kind of event
PROXY = (
    "<html><body><h1>503 Service Unavailable</h1>\n"
    "No server is available to handle this request.\n</body></html>\n"
)  # HAProxy's page
Happening = Callable[..., None]
VolumeStatus = str  # one of Cinder's


class NothingFits(BadRequest):
    message = "{what} {name!r}: there is none in this cloud"


HAPPENINGS: dict[str, Happening] = {}


def happening(function: Happening) -> Happening:
    """Make a function a kind of happening, under its name."""
    HAPPENINGS[function.__name__] = function
    return function


def parameters(name: str) -> dict[str, inspect.Parameter]:
    """What a kind must and may be told."""
    return dict(list(inspect.signature(HAPPENINGS[name]).parameters.items())[1:])


def happen(cloud: Cloud, name: str, /, **told: Any) -> None:
    """Let it happen now; KeyError for a kind that there is not, NothingFits for a name that means nothing."""
    with cloud.transaction():
        HAPPENINGS[name](cloud, **told)


def plan(cloud: Cloud, at: int, name: str, /, **told: Any) -> Event:
    """Let it happen at a time."""
    if name not in HAPPENINGS:
        raise KeyError(name)
    return cloud.events.add(at, HAPPENING, name, 0, json.dumps(told, sort_keys=True))


def perform(cloud: Cloud, event: Event) -> None:
    """It is time.  What is meant may be gone by now, or the cloud refuses it: then nothing happens."""
    with suppress(FakeError), cloud.transaction():
        HAPPENINGS[event.subject](cloud, **json.loads(str(event.detail[0])))


def named(found: Iterable[Any], what: str, glob: str, name_of: Callable[[Any], str]) -> list[Any]:
    """The records whose name fits, in order; NothingFits if none does."""
    fitting = sorted((one for one in found if fnmatchcase(name_of(one), glob)), key=lambda one: one.number)
    if not fitting:
        raise NothingFits(what=what, name=glob)
    return fitting


# --- machines


def _hosts(cloud: Cloud, host: str) -> list[Host]:
    return named(cloud.store.all(Host), "host", host, lambda one: one.name)


@happening
def host_down(cloud: Cloud, host: str) -> None:
    """A hypervisor stops: nothing on it goes on, and its service is found down after a while."""
    for one in _hosts(cloud, host):
        hosts.host_down(cloud, one)


@happening
def host_up(cloud: Cloud, host: str) -> None:
    for one in _hosts(cloud, host):
        hosts.host_up(cloud, one)


@happening
def host_disabled(cloud: Cloud, host: str, reason: str = "") -> None:
    """An admin takes hosts out of service; a zone of which all hosts are is not available any more."""
    for one in _hosts(cloud, host):
        cloud.store.put(one.evolve(disabled=True, disabled_reason=reason or None, updated_at=cloud.now))


@happening
def host_enabled(cloud: Cloud, host: str) -> None:
    for one in _hosts(cloud, host):
        cloud.store.put(one.evolve(disabled=False, disabled_reason=None, updated_at=cloud.now))


@happening
def backend_down(cloud: Cloud, backend: str) -> None:
    """A back end of Cinder stops: volumes on it stay as they are."""
    for one in named(cloud.store.all(VolumeBackend), "back end", backend, lambda one: one.id):
        outages.backend_down(cloud, one)


@happening
def backend_up(cloud: Cloud, backend: str) -> None:
    for one in named(cloud.store.all(VolumeBackend), "back end", backend, lambda one: one.id):
        outages.backend_up(cloud, one)


@happening
def zone_down(cloud: Cloud, zone: str) -> None:
    """All hosts and back ends of an availability zone stop at once."""
    _zone(cloud, zone, hosts.host_down, outages.backend_down)


@happening
def zone_up(cloud: Cloud, zone: str) -> None:
    _zone(cloud, zone, hosts.host_up, outages.backend_up)


def _zone(cloud: Cloud, zone: str, with_host: Callable[..., Any], with_backend: Callable[..., Any]) -> None:
    mine = cloud.store.by(Host, "zone", zone)
    storage = [one for one in cloud.store.all(VolumeBackend) if one.availability_zone == zone]
    if not mine and not storage:
        raise NothingFits(what="zone", name=zone)
    for host in sorted(mine, key=lambda one: one.number):
        with_host(cloud, host)
    for backend in sorted(storage, key=lambda one: one.number):
        with_backend(cloud, backend)


@happening
def cell_down(cloud: Cloud, cell: str) -> None:
    """The database of a cell does not answer: its servers are UNKNOWN."""
    cells.cell_down(cloud, cell)


@happening
def cell_up(cloud: Cloud, cell: str) -> None:
    cells.cell_up(cloud, cell)


# --- services


@happening
def message_queue_down(cloud: Cloud) -> None:
    """The APIs go on to answer, and nothing that they promise is done."""
    message_queue.queue_down(cloud)


@happening
def message_queue_up(cloud: Cloud) -> None:
    message_queue.queue_up(cloud)


@happening
def endpoint_down(cloud: Cloud, service: str, status: int = 503, body: str = "") -> None:
    """Everything that is asked of a service is answered by the proxy in front of it."""
    effect = Effect(status=status, body=body or PROXY)
    name = f"endpoint_down {service}"
    cloud.store.put(Rule(id=name, name=name, on=f"{service}.*", phase="before", effect=effect, position=-1))


@happening
def endpoint_up(cloud: Cloud, service: str) -> None:
    rule = cloud.store.find(Rule, f"endpoint_down {service}")
    if rule is not None:
        cloud.store.drop(rule)


@happening
def endpoint_unlisted(cloud: Cloud, service: str) -> None:
    """The catalogue has no endpoints of a service any more, though it is there."""
    for one in _entries(cloud, service):
        unlist_service(cloud, one)


@happening
def endpoint_listed(cloud: Cloud, service: str, region: str = "") -> None:
    """The catalogue has the endpoints of a service, it may be in another region."""
    for one in _entries(cloud, service):
        list_service(cloud, one, region)


def _entries(cloud: Cloud, service: str) -> list[CatalogService]:
    """Those of compute, volume, network ...: a service may have more than one."""
    found = cloud.store.by(CatalogService, "path", service)
    if not found:
        raise NothingFits(what="service", name=service)
    return sorted(found, key=lambda one: one.position)


@happening
def agent_down(cloud: Cloud, host: str) -> None:
    """The network agent of a host stops: what is plugged in there does not come up."""
    for one in _hosts(cloud, host):
        network_agents.agent_down(cloud, one)


@happening
def agent_up(cloud: Cloud, host: str) -> None:
    for one in _hosts(cloud, host):
        network_agents.agent_up(cloud, one)


# --- limits


@happening
def set_quota(cloud: Cloud, project: str, **limits: int) -> None:
    """Limits of Nova, Neutron and Cinder, each by its name: instances, cores, port, volumes, gigabytes ..."""
    owner = cloud.store.one(Project, "name", ("default", project))
    if owner is None:
        raise NothingFits(what="project", name=project)
    nova = {name: amount for name, amount in limits.items() if name in quota.DEFAULTS}
    neutron = {name: amount for name, amount in limits.items() if name in network_quotas.DEFAULTS}
    cinder = {name: amount for name, amount in limits.items() if name not in nova and name not in neutron}
    if nova:
        quota.set_limits(cloud, owner.id, nova)
    if neutron:
        network_quotas.set_limits(cloud, owner.id, neutron)
    if cinder:
        volume_quota.set_limits(cloud, owner.id, cinder)


@happening
def set_capacity(
    cloud: Cloud, host: str, vcpus: int | None = None, ram: int | None = None, disk: int | None = None
) -> None:
    """Hosts become larger or smaller; what is on them stays."""
    told = {"vcpus": vcpus, "ram": ram, "disk": disk}
    changes = {name: amount for name, amount in told.items() if amount is not None}
    for one in _hosts(cloud, host):
        cloud.store.put(one.evolve(**changes, updated_at=cloud.now))


@happening
def set_settings(cloud: Cloud, **settings: Any) -> None:
    """Options of the services are other ones from here on: how long tokens live, how long pages are."""
    known = {field.name for field in fields(Settings)}
    for name in settings.keys() - known:
        raise NothingFits(what="setting", name=name)
    told: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in settings.items()}
    cloud.settings = replace(cloud.settings, **told)


# --- other people, and the guests themselves


def _servers(cloud: Cloud, server: str) -> list[Server]:
    alive = [one for one in cloud.store.all(Server) if not one.deleted]
    return named(alive, "server", server, lambda one: one.name)


@happening
def server_made(cloud: Cloud, server: str, project: str = "demo", flavor: str = "m1.tiny") -> None:
    """Somebody else boots one."""
    for known, what, name in (Project, "project", ("default", project)), (Flavor, "flavor", flavor):
        if not cloud.store.count(known, "name", name):
            raise NothingFits(what=what, name=name)
    servers.boot(cloud, project, server, flavor)


@happening
def server_crashed(cloud: Cloud, server: str) -> None:
    """The guest stops by itself; Nova finds out when it next looks."""
    for one in _servers(cloud, server):
        hosts.guest_stops(cloud, one)


@happening
def server_deleted(cloud: Cloud, server: str) -> None:
    """Somebody else deletes it."""
    for one in _servers(cloud, server):
        servers.delete(cloud, one, periodic(cloud, one), is_admin=True, force=True)


@happening
def server_live_migrated(cloud: Cloud, server: str, host: str = "") -> None:
    """Somebody with admin's rights moves it while it runs; those that cannot move stay."""
    for one in _servers(cloud, server):
        with suppress(FakeError):
            moves.live_migrate(cloud, one, periodic(cloud, one), is_admin=True, host=host or None, old=False)


@happening
def server_failed(cloud: Cloud, server: str) -> None:
    """Somebody with admin's rights resets it to ERROR."""
    for one in _servers(cloud, server):
        servers.reset_state(cloud, one, "error", periodic(cloud, one))


@happening
def server_locked(cloud: Cloud, server: str, reason: str = "") -> None:
    """An admin holds it: whoever's it is can do nothing with it until it is unlocked."""
    for one in _servers(cloud, server):
        servers.lock(cloud, one, periodic(cloud, one)._replace(project_id=""), reason or None)


@happening
def server_unlocked(cloud: Cloud, server: str) -> None:
    for one in _servers(cloud, server):
        servers.unlock(cloud, one, periodic(cloud, one))


@happening
def volume_reset(cloud: Cloud, volume: str, status: VolumeStatus = "available") -> None:
    """Somebody with admin's rights sets its status; `available` takes its attachments away too."""
    detached = "detached" if status in ("available", "error") else None
    for one in named(cloud.store.all(Volume), "volume", volume, lambda one: one.name or one.id):
        upkeep.reset(cloud, one, status=status, attach_status=detached)


@happening
def server_changed(cloud: Cloud, server: str, name: str = "", metadata: dict[str, str] | None = None) -> None:
    """Somebody else renames it, or writes metadata to it."""
    for one in _servers(cloud, server):
        changes: dict[str, Any] = {"name": name} if name else {}
        if metadata is not None:
            changes["metadata"] = tuple({**dict(one.metadata), **metadata}.items())
        cloud.store.put(one.evolve(**changes, updated_at=cloud.now))


@happening
def flavor_gone(cloud: Cloud, flavor: str) -> None:
    """An admin takes a flavor away; servers keep what they have of it."""
    for one in named(cloud.store.all(Flavor), "flavor", flavor, lambda one: one.name):
        cloud.store.drop(one)
