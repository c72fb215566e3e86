"""Volume types: which there are for whom, which one is meant where none is told, and what holds one fast.

Facts: cinder/volume/volume_types.py, cinder/db/api.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.records.volume_group import VolumeGroup
from fakecompute.domain.records.volume_type import DefaultType
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# cinder/policies/type_extra_specs.py: what everybody may see
VISIBLE_SPECS = ("RESKEY:availability_zones", "multiattach", "replication_enabled")


class TypeNotFound(NotFound):
    message = "Volume type {id} could not be found."


class TypeNotFoundByName(NotFound):
    message = "Volume type with name {name} could not be found."


class TypeExists(Conflict):
    message = "Volume Type {name} already exists."


class TypeInUse(BadRequest):
    message = "Target volume type is still in use."


class TypeIsDefault(BadRequest):
    message = "The volume type {id} is a default volume type and cannot be deleted."


class NoDefaultType(NotFound):
    message = "The request cannot be fulfilled as the default volume type {name} cannot be found."


def type_for(cloud: Cloud, project_id: str | None, is_admin: bool, id: str) -> VolumeType:
    """A type that is not public is there for its projects alone."""
    kind = cloud.store.find(VolumeType, id)
    if kind is None or not may_use(kind, project_id, is_admin):
        raise TypeNotFound(id=id)
    return kind


def may_use(kind: VolumeType, project_id: str | None, is_admin: bool) -> bool:
    return kind.is_public or is_admin or project_id in kind.access


def default_type(cloud: Cloud, project_id: str | None, is_admin: bool = False) -> VolumeType:
    """The type of volumes that ask for none: the project's own, or the cloud's."""
    own = cloud.store.find(DefaultType, project_id)
    if own is not None:
        return type_for(cloud, project_id, is_admin, own.volume_type_id)
    name = cloud.settings.default_volume_type
    kind = cloud.store.one(VolumeType, "name", name)
    if kind is None:
        raise NoDefaultType(name=name)
    return kind


def is_used(cloud: Cloud, kind: VolumeType) -> bool:
    """Are there volumes of it?"""
    return cloud.store.count(Volume, "type", kind.id) > 0


def create_type(cloud: Cloud, name: str, **fields: Any) -> VolumeType:
    _check_name(cloud, name)
    kind = VolumeType(
        id=cloud.streams.uuid("volume type"),
        number=cloud.streams.number("volume type"),
        name=name,
        created_at=cloud.now,
        **fields,
    )
    return cloud.store.put(kind)


def update_type(cloud: Cloud, kind: VolumeType, **changes: Any) -> VolumeType:
    if "name" in changes and changes["name"] != kind.name:
        _check_name(cloud, changes["name"])
    return cloud.store.put(kind.evolve(**changes, updated_at=cloud.now))


def _check_name(cloud: Cloud, name: str) -> None:
    if cloud.store.one(VolumeType, "name", name) is not None:
        raise TypeExists(name=name)


def delete_type(cloud: Cloud, kind: VolumeType) -> None:
    """TypeIsDefault if it is the cloud's, or a project's; TypeInUse if something is of it."""
    default = cloud.store.one(VolumeType, "name", cloud.settings.default_volume_type)
    if kind == default or cloud.store.count(DefaultType, "type", kind.id):
        raise TypeIsDefault(id=kind.id)
    if is_used(cloud, kind) or cloud.store.count(VolumeGroup, "volume_type", kind.id):
        raise TypeInUse
    cloud.store.drop(kind)
