"""Group types: what the groups of a type can do, and the one that Cinder keeps for the old consistency groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.volume_group import GroupType, VolumeGroup
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Specs = Mapping[str, str | None]

CONSISTENT = "consistent_group_snapshot_enabled"
REPLICATED = ("group_replication_enabled", "consistent_group_replication_enabled")
RESERVED: dict[str, Any] = {
    "name": "default_cgsnapshot_type",
    "description": "Default group type for migrating cgsnapshot",
    "group_specs": {CONSISTENT: "<is> True"},
}  # that Cinder makes by itself


class GroupTypeNotFound(NotFound):
    message = "Group type {id} could not be found."


class GroupTypeNotFoundByName(NotFound):
    message = "Group type with name {name} could not be found."


class GroupTypeExists(Conflict):
    message = "Group Type {name} already exists."


class GroupTypeInUse(BadRequest):
    message = (
        "Target group type is still in use. Group Type {id} deletion is not allowed with groups present with the type."
    )


def is_reserved(cloud: Cloud, group_type_id: str) -> bool:
    """Is it the type of consistency groups?"""
    reserved = cloud.store.one(GroupType, "name", RESERVED["name"])
    return reserved is not None and reserved.id == group_type_id


def create_group_type(
    cloud: Cloud, name: str, *, description: str | None = None, is_public: bool = True, specs: Specs | None = None
) -> GroupType:
    if cloud.store.one(GroupType, "name", name):
        raise GroupTypeExists(name=name)
    return cloud.store.put(
        GroupType(
            id=cloud.streams.uuid("group type"),
            name=name,
            description=description,
            is_public=is_public,
            group_specs=tuple((specs or {}).items()),
            number=cloud.streams.number("group type number"),
            created_at=cloud.now,
        )
    )


def update_group_type(cloud: Cloud, id: str, changes: Mapping[str, Any]) -> GroupType:
    """A name that another has is refused before anyone looks whether this one exists."""
    name = changes.get("name")
    namesake = cloud.store.one(GroupType, "name", name) if name is not None else None
    if namesake is not None and namesake.id != id:
        raise GroupTypeExists(name=name)
    kind = cloud.store.find(GroupType, id)
    if kind is None:
        raise GroupTypeNotFound(id=id)
    return cloud.store.put(kind.evolve(**changes, updated_at=cloud.now))


def set_group_specs(cloud: Cloud, kind: GroupType, specs: Specs) -> GroupType:
    """Add specs, or change them; the others stay."""
    return cloud.store.put(kind.evolve(group_specs=tuple({**dict(kind.group_specs), **specs}.items())))


def delete_group_type(cloud: Cloud, kind: GroupType) -> None:
    if cloud.store.count(VolumeGroup, "type", kind.id):
        raise GroupTypeInUse(id=kind.id)
    cloud.store.drop(kind)


def define_group_types(cloud: Cloud, entries: list[dict[str, Any]]) -> None:
    """The section of a definition: `name`, `description`, `group_specs`, `is_public`."""
    for entry in [RESERVED, *entries]:
        specs = {str(key): str(value) for key, value in entry.get("group_specs", {}).items()}
        cloud.store.put(
            GroupType(
                id=cloud.streams.uuid_at("group type", entry["name"]),
                number=cloud.streams.number("group type number"),
                created_at=cloud.now,
                **{**entry, "group_specs": tuple(specs.items())},
            )
        )
