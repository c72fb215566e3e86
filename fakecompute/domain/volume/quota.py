"""How much storage a project may have: limits, what is used of them, and Cinder's refusals.

A limit comes from the first of these that names the resource: the project's, the class `default`, the defaults
below.  What is used are running totals of the store.  Every volume type has three limits of its own, called after
it: `volumes_fast`, `snapshots_fast`, `gigabytes_fast`.  Facts: cinder/quota.py, cinder/quota_utils.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.records.backup import Backup
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_group import VolumeGroup
from fakecompute.domain.records.volume_quota import VolumeQuota
from fakecompute.errors import BadDefinition, TooLarge

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Amounts = Mapping[str, int]
Over = list[tuple[str, str, int, int]]  # limits that are exceeded: their names, the resources, the limits, what is used
UNLIMITED = -1
RETRY = {"Retry-After": "0"}

# fmt: off
DEFAULTS: Mapping[str, int] = {
    "volumes":              10,
    "per_volume_gigabytes": UNLIMITED,     # GiB of one volume
    "snapshots":            10,
    "gigabytes":            1000,          # GiB of volumes and snapshots
    "backups":              10,
    "backup_gigabytes":     1000,
}
OF_TYPES = ("volumes", "gigabytes", "snapshots")
OF_GROUPS: Mapping[str, int] = {"groups": 10}
# fmt: on


class VolumeTooLarge(TooLarge):
    message = "VolumeSizeExceedsLimit: Requested volume size {size}G is larger than maximum allowed limit {limit}G."


class TooManyGigabytes(TooLarge):
    message = (
        "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed {name} quota."
        " Requested {requested}G, quota is {quota}G and {consumed}G has been consumed."
    )


class TooManyBackupGigabytes(TooLarge):
    message = (
        "VolumeBackupSizeExceedsAvailableQuota: Requested backup exceeds allowed Backup gigabytes quota."
        " Requested {requested}G, quota is {quota}G and {consumed}G has been consumed."
    )


class TooManyVolumes(TooLarge):
    message = "VolumeLimitExceeded: Maximum number of volumes allowed ({quota}) exceeded for quota '{name}'."


class TooManySnapshots(TooLarge):
    message = "SnapshotLimitExceeded: Maximum number of snapshots allowed ({quota}) exceeded"


class TooManyBackups(TooLarge):
    message = "BackupLimitExceeded: Maximum number of backups allowed ({quota}) exceeded"


class TooManyGroups(TooLarge):
    message = "GroupLimitExceeded: Maximum number of groups allowed ({quota}) exceeded"


# --- limits ------------------------------------------------------------------------------------------------


def own_limits(cloud: Cloud, id: str) -> dict[str, int]:
    """The limits that are set at one place: a project, or `class:NAME`."""
    quota = cloud.store.find(VolumeQuota, id)
    return dict(quota.limits) if quota else {}


def defaults(cloud: Cloud) -> dict[str, int]:
    """Every resource there is, in Cinder's order, and what holds where nothing is set."""
    return {**_built_in(cloud), **_known(cloud, own_limits(cloud, "class:default"))}


def class_limits(cloud: Cloud, name: str) -> dict[str, int]:
    """What a class says; the limits of another than `default` rest on it."""
    return {**defaults(cloud), **_known(cloud, own_limits(cloud, f"class:{name}"))}


def limits(cloud: Cloud, project_id: str) -> dict[str, int]:
    """Every resource and its limit for a project; -1 is no limit."""
    return {**defaults(cloud), **_known(cloud, own_limits(cloud, project_id))}


def set_limits(cloud: Cloud, id: str, changes: Amounts) -> None:
    """Set some limits at one place; the others stay."""
    cloud.store.put(VolumeQuota(id=id, limits=tuple({**own_limits(cloud, id), **changes}.items())))


def forget_limits(cloud: Cloud, id: str) -> None:
    """Back to the defaults."""
    if quota := cloud.store.find(VolumeQuota, id):
        cloud.store.drop(quota)


def _built_in(cloud: Cloud) -> dict[str, int]:
    of_types = {f"{resource}_{kind.name}": UNLIMITED for kind in _kinds(cloud) for resource in OF_TYPES}
    return {**DEFAULTS, **of_types, **OF_GROUPS}


def _kinds(cloud: Cloud) -> list[VolumeType]:
    """The newest first."""
    return sorted(cloud.store.all(VolumeType), key=lambda kind: -kind.number)


def _known(cloud: Cloud, own: dict[str, int]) -> dict[str, int]:
    """Without the limits of types that are gone."""
    if all(resource in DEFAULTS or resource in OF_GROUPS for resource in own):
        return own
    known = _built_in(cloud)
    return {resource: limit for resource, limit in own.items() if resource in known}


# --- use ---------------------------------------------------------------------------------------------------


class Use(NamedTuple):
    """How much of a resource a project has, and what more it was promised: extensions that are under way."""

    in_use: int = 0
    reserved: int = 0

    @property
    def consumed(self) -> int:
        return self.in_use + self.reserved


def usage(cloud: Cloud, project_id: str) -> dict[str, Use]:
    """Every resource, and how much of it a project has."""
    total = cloud.store.total
    backups, backup_size = total(Backup, "project", project_id) or (0, 0)
    (groups,) = total(VolumeGroup, "project", project_id) or (0,)
    used = {
        "per_volume_gigabytes": Use(),
        "backups": Use(backups),
        "backup_gigabytes": Use(backup_size),
        "groups": Use(groups),
        **_of_volumes(cloud, "project", project_id),
    }
    for kind in _kinds(cloud):
        of_type = _of_volumes(cloud, "type", (project_id, kind.id))
        used |= {f"{resource}_{kind.name}": of_type[resource] for resource in OF_TYPES}
    return used


def in_use(cloud: Cloud, project_id: str) -> dict[str, int]:
    """The same without promises."""
    return {resource: used.in_use for resource, used in usage(cloud, project_id).items()}


def _of_volumes(cloud: Cloud, name: str, key: Hashable) -> dict[str, Use]:
    """What a total of volumes and snapshots says."""
    volumes, volume_size = cloud.store.total(Volume, name, key) or (0, 0)
    _, growth = cloud.store.total(Volume, f"{name}_growth", key) or (0, 0)
    snapshots, snapshot_size = cloud.store.total(Snapshot, name, key) or (0, 0)
    return {
        "volumes": Use(volumes),
        "snapshots": Use(snapshots),
        "gigabytes": Use(volume_size - growth + snapshot_size, growth),
    }


# --- checks: nothing, or a refusal in Cinder's words ---------------------------------------------------------


def check_new_volume(cloud: Cloud, project_id: str, size: int, type_id: str | None) -> None:
    check_size(cloud, project_id, size)
    _check(cloud, project_id, {"volumes": 1, "gigabytes": size}, type_id, size)


def check_size(cloud: Cloud, project_id: str, size: int) -> None:
    """May a single volume be of this size?"""
    most = limits(cloud, project_id)["per_volume_gigabytes"]
    if 0 <= most < size:
        raise VolumeTooLarge(headers=RETRY, size=size, limit=most)


def check_growth(cloud: Cloud, project_id: str, new_size: int, extra: int, type_id: str | None) -> None:
    """A volume is to be of `new_size` GiB, which is `extra` more than it has."""
    check_size(cloud, project_id, new_size)
    if _over(cloud, project_id, {"gigabytes": extra}, type_id):  # even if it is the type's limit, these are told
        quota, used = limits(cloud, project_id)["gigabytes"], usage(cloud, project_id)["gigabytes"]
        told = {"name": "gigabytes", "requested": extra, "quota": quota, "consumed": used.consumed}
        raise TooManyGigabytes(headers=RETRY, **told)


def check_retype(cloud: Cloud, project_id: str, size: int, snapshots: list[int], type_id: str) -> None:
    """A volume of `size` GiB and its snapshots, by size, are to be of another type: the limits of that type count."""
    wanted = {"volumes": 1, "gigabytes": size + sum(snapshots)} | ({"snapshots": len(snapshots)} if snapshots else {})
    of_type = [one for one in _over(cloud, project_id, wanted, type_id) if one[0] != one[1]]
    _refuse(of_type, size)


def check_new_snapshot(cloud: Cloud, project_id: str, size: int, type_id: str | None) -> None:
    _check(cloud, project_id, {"snapshots": 1, "gigabytes": size}, type_id, size)


def check_new_snapshots(cloud: Cloud, project_id: str, volumes: Sequence[Volume]) -> None:
    """One of each volume, all at once: a refusal tells the size of them all."""
    size = sum(volume.size for volume in volumes)
    for type_id in [None, *dict.fromkeys(volume.volume_type_id for volume in volumes)]:
        sizes = [volume.size for volume in volumes if type_id in (None, volume.volume_type_id)]
        _check(cloud, project_id, {"snapshots": len(sizes), "gigabytes": sum(sizes)}, type_id, size)


def check_new_backup(cloud: Cloud, project_id: str, size: int) -> None:
    _check(cloud, project_id, {"backups": 1, "backup_gigabytes": size}, None, size)


def check_new_group(cloud: Cloud, project_id: str) -> None:
    _check(cloud, project_id, {"groups": 1}, None, 0)


# fmt: off
REFUSALS: Mapping[str, type[TooLarge]] = {
    "backup_gigabytes": TooManyBackupGigabytes,
    "gigabytes":        TooManyGigabytes,
    "volumes":          TooManyVolumes,
    "snapshots":        TooManySnapshots,
    "backups":          TooManyBackups,
    "groups":           TooManyGroups,
}
# fmt: on


def _check(cloud: Cloud, project_id: str, wanted: Amounts, type_id: str | None, size: int) -> None:
    """Of several that are over, the first in the alphabet is told."""
    _refuse(_over(cloud, project_id, wanted, type_id), size)


def _refuse(over: Over, size: int) -> None:
    for name, resource, quota, consumed in sorted(over):
        raise REFUSALS[resource](headers=RETRY, name=name, requested=size, quota=quota, consumed=consumed)


def _over(cloud: Cloud, project_id: str, wanted: Amounts, type_id: str | None) -> Over:
    """What would be too much: the name of the limit, the resource, the limit, what is used."""
    kind = cloud.store.find(VolumeType, type_id)
    named = [(resource, resource) for resource in wanted]
    if kind is not None:
        named += [(f"{resource}_{kind.name}", resource) for resource in wanted]
    limit_of, used = limits(cloud, project_id), usage(cloud, project_id)
    return [
        (name, resource, limit_of[name], used[name].consumed)
        for name, resource in named
        if 0 <= limit_of[name] < used[name].consumed + wanted[resource]
    ]


# --- the section of a definition -----------------------------------------------------------------------------


def define_volume_quotas(cloud: Cloud, entries: Mapping[str, Mapping[str, int]]) -> None:
    """Names of projects, and their limits."""
    known = _built_in(cloud)
    for name, wanted in dict(entries or {}).items():
        project = cloud.store.one(Project, "name", ("default", name))
        if project is None:
            raise BadDefinition([f"volume_quotas: there is no project {name!r}"])
        unknown = [resource for resource in wanted if resource not in known]
        if unknown:
            raise BadDefinition([f"volume_quotas.{name}.{word}: there is no such limit" for word in unknown])
        set_limits(cloud, project.id, wanted)
