"""The sections of a cloud definition that are Cinder's: back ends with their pools, and volume types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.volume import Encryption, VolumeType
from fakecompute.domain.records.volume_backend import Pool, VolumeBackend, VolumeCluster
from fakecompute.domain.records.volume_type import QosSpecs
from fakecompute.domain.volume.managing import leave
from fakecompute.domain.volume.services import define_services
from fakecompute.errors import BadDefinition

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Entries = list[dict[str, Any]]

# Where a definition says nothing: two back ends of one host, and a type for volumes that several servers share.
BACKENDS: Entries = [
    {"host": "storage", "name": "lvm-1", "pools": [{"name": "lvm-1"}]},
    {"host": "storage", "name": "lvm-2", "pools": [{"name": "lvm-2"}]},
]
DEFAULT_TYPE: dict[str, Any] = {"name": "__DEFAULT__", "description": "Default Volume Type"}  # Cinder makes it itself
TYPES: Entries = [{"name": "multiattach", "extra_specs": {"multiattach": "<is> True"}}]


def define_volume_backends(cloud: Cloud, entries: Entries) -> None:
    """`host` and `name` (volume_backend_name), which together are the id `host@name`; `zone`, `driver`, `protocol`,
    `disabled`, `disabled_reason`, `frozen`.

    `cluster` makes several of one name serve the same storage, as `cluster@name`; `replication_targets` are what it
    can fail over to.  `pools` have a `name`, a `capacity` (GiB), `thin`, `max_over_subscription_ratio`,
    `reserved_percentage`, `multiattach`, and `capabilities` that the extra specs of types can ask for; one of the
    back end's own name is there if none is told.  `unmanaged` in a pool is what Cinder does not know of it: `name`,
    `size`, and the `source` of a snapshot.
    """
    for number, entry in enumerate(entries or BACKENDS, 1):
        shape = {key: value for key, value in entry.items() if key not in ("pools", "zone", "cluster")}
        id = f"{entry['host']}@{entry['name']}"
        targets = tuple(entry.get("replication_targets", ()))
        shape |= {
            "pools": tuple(_pool(pool) for pool in entry.get("pools") or [{"name": entry["name"]}]),
            "availability_zone": entry.get("zone") or cloud.settings.storage_availability_zone,
            "cluster": _cluster(cloud, entry),
            "replication_targets": targets,
            "replication_status": "enabled" if targets else "disabled",
        }
        more: dict[str, Any] = {"created_at": cloud.now, "updated_at": cloud.now}
        service_id = cloud.streams.uuid_at("cinder-volume", id)
        cloud.store.put(VolumeBackend(id=id, service_id=service_id, number=number, **shape, **more))
        for pool in entry.get("pools") or ():
            for told in pool.get("unmanaged", ()):
                leave(cloud, id, pool["name"], **told)
    define_services(cloud)


def _pool(entry: dict[str, Any]) -> Pool:
    capabilities = {str(key): str(value) for key, value in entry.get("capabilities", {}).items()}
    shape = {key: value for key, value in entry.items() if key != "unmanaged"}
    return Pool(**{**shape, "capabilities": tuple(capabilities.items())})


def _cluster(cloud: Cloud, entry: dict[str, Any]) -> str | None:
    """The id of the cluster, which is made for the first of its back ends."""
    if not entry.get("cluster"):
        return None
    id = f"{entry['cluster']}@{entry['name']}"
    if cloud.store.find(VolumeCluster, id) is None:
        number = cloud.store.count(VolumeCluster) + 1
        status = "enabled" if entry.get("replication_targets") else "disabled"
        cloud.store.put(VolumeCluster(id=id, number=number, replication_status=status, created_at=cloud.now))
    return id


def define_volume_types(cloud: Cloud, entries: Entries) -> None:
    """`name`, `description`, `extra_specs`, `is_public`, `access` (names of projects, if it is not public).

    `encryption` has `provider` and `control_location`, maybe `cipher` and `key_size`; `qos` has `name`, `consumer`
    and `specs`: types that name the same share them.  `__DEFAULT__` is always there.
    """
    told = entries or TYPES
    default = [] if any(entry["name"] == DEFAULT_TYPE["name"] for entry in told) else [DEFAULT_TYPE]
    for entry in default + told:
        specs = {str(key): str(value) for key, value in entry.get("extra_specs", {}).items()}
        shape = {key: value for key, value in entry.items() if key != "qos"}
        shape |= {
            "extra_specs": tuple(specs.items()),
            "access": tuple(_project(cloud, name) for name in entry.get("access", ())),
            "encryption": _encryption(cloud, entry),
            "qos_specs_id": _qos(cloud, entry.get("qos")),
        }
        number = cloud.streams.number("volume type")
        id = cloud.streams.uuid_at("volume type", entry["name"])
        cloud.store.put(VolumeType(id=id, number=number, created_at=cloud.now, **shape))


def _encryption(cloud: Cloud, entry: dict[str, Any]) -> Encryption | None:
    told = entry.get("encryption")
    id = cloud.streams.uuid_at("encryption", entry["name"])
    return Encryption(id=id, created_at=cloud.now, **told) if told else None


def _qos(cloud: Cloud, told: dict[str, Any] | None) -> str | None:
    if not told:
        return None
    known = cloud.store.one(QosSpecs, "name", told["name"])
    if known is not None:
        return known.id
    specs = tuple((str(key), str(value)) for key, value in told.get("specs", {}).items())
    made = QosSpecs(
        id=cloud.streams.uuid_at("qos specs", told["name"]),
        name=told["name"],
        consumer=told.get("consumer", "back-end"),
        specs=specs,
        number=cloud.streams.number("qos specs"),
        created_at=cloud.now,
    )
    return cloud.store.put(made).id


def _project(cloud: Cloud, name: str) -> str:
    found = cloud.store.one(Project, "name", ("default", name))
    if found is None:
        raise BadDefinition([f"volume_types: there is no project {name!r}"])
    return found.id
