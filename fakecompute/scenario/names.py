"""What there is to name in a scenario: calls, steps, facts about them, and the things of its cloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from re import findall

from fakecompute.cloud import Cloud
from fakecompute.domain.records.compute import Flavor, Host
from fakecompute.domain.records.identity import Project, User
from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.records.volume_group import GroupType
from fakecompute.domain.tables.block_devices import BLOCK_DEVICE, CALLS
from fakecompute.domain.tables.servers import SERVER
from fakecompute.domain.timing import REAL
from fakecompute.domain.volume.stages import LIFECYCLES
from fakecompute.services import all_services

# --- calls and steps


@cache
def operations() -> tuple[str, ...]:
    """All calls that a fault can strike."""
    return tuple(sorted({endpoint.operation for service in all_services() for endpoint in service.endpoints}))


@cache
def steps() -> tuple[str, ...]:
    """All steps that take time and can fail."""
    others = {name for name in REAL if "*" not in name}
    return tuple(sorted(others.union(countable_steps(), CALLS)))


@cache
def countable_steps() -> frozenset[str]:
    """Those that may wait to be looked at (domain/looks.py)."""
    return frozenset(SERVER.steps()).union(*(lifecycle.steps() for lifecycle in LIFECYCLES))


@cache
def path_parameters() -> frozenset[str]:
    """The names in the paths of all calls: `server`, `flavor`."""
    paths = {endpoint.path for service in all_services() for endpoint in service.endpoints}
    return frozenset(name for path in paths for name in findall(r"<(?:\w+:)?(\w+)>", path))


def matching(glob: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if fnmatchcase(name, glob)]


# --- facts

CALL_FACTS = (  # wsgi/faults.py; what has a dot is looked for in the body, and in what the call is about
    "project", "project_id", "user", "method", "path", "service", "version", "host", "zone", "flavor", "image",
    "volume", "volume_type", "snapshot", "network", "port", "server",
)  # fmt: skip
_PLACE = ("host", "zone", "project", "user")
_SERVER = ("server", "server.name", "server.id", "flavor", "image", "image.id", *_PLACE)
_VOLUME = ("volume", "volume.name", "volume.id", "volume.size", "volume_type", *_PLACE)
_GROUP = ("group", "group.name", "group.id", "group_type", *_PLACE)
FACTS_OF = {  # by the first word of a step: domain/whereabouts.py, domain/volume/places.py, domain/tables/backups.py
    "server": _SERVER,
    "volume": _VOLUME,
    "snapshot": ("snapshot", "snapshot.name", "snapshot.id", *_VOLUME),
    "backup": ("backup", "backup.name", "backup.id", *_VOLUME),
    "group": _GROUP,
    "group_snapshot": ("group_snapshot", "group_snapshot.name", "group_snapshot.id", *_GROUP),
}


def facts_of_steps(glob: str) -> list[str]:
    """What is known of at least one of the steps that are meant."""
    both = {*BLOCK_DEVICE.steps(), *CALLS}
    found: dict[str, None] = {}
    for step in matching(glob, steps()):
        mine = (*_VOLUME, *_SERVER) if step in both else FACTS_OF.get(step.partition(".")[0], ())
        found |= dict.fromkeys(mine)
    return list(found)


# --- things


def names_in(cloud: Cloud) -> Mapping[str, list[str]]:
    """By the fact that tells of them; hosts are Cinder's back ends with their pools, too."""
    store = cloud.store
    hosts, backends = store.all(Host), store.all(VolumeBackend)
    pools = [f"{backend.id}#{pool.name}" for backend in backends for pool in backend.pools]
    services = [backend.id.partition("@")[0] for backend in backends]  # of backups
    zones = [*(host.availability_zone for host in hosts), *(backend.availability_zone for backend in backends)]
    return {
        "host": [*(host.name for host in hosts), *pools, *dict.fromkeys(services)],
        "hypervisor": [host.name for host in hosts],
        "backend": [backend.id for backend in backends],
        "cell": list(dict.fromkeys(host.cell for host in hosts)),
        "service": [service.name for service in all_services()],
        "zone": list(dict.fromkeys(zones)),
        "project": [project.name for project in store.all(Project)],
        "user": [user.name for user in store.all(User)],
        "flavor": [flavor.name for flavor in store.all(Flavor)],
        "volume_type": [kind.name for kind in store.all(VolumeType)],
        "group_type": [kind.name for kind in store.all(GroupType)],
    }
