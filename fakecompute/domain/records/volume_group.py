"""Generic volume groups, their types, and snapshots of all volumes of a group at once."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.domain.records.walker import Walker
from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class GroupType(Record):
    """`group_specs` say what the groups of a type can do; a value may be None.  Private types are the admins'."""

    indexes = {"name": lambda kind: kind.name}

    name: str
    description: str | None = None
    is_public: bool = True
    group_specs: tuple[tuple[str, str | None], ...] = ()
    number: int = 0  # the order of creation
    created_at: int = 0
    updated_at: int | None = None

    def has(self, ability: str) -> bool:
        """Is a spec set to `<is> True`?"""
        return dict(self.group_specs).get(ability) == "<is> True"


@dataclass(frozen=True, kw_only=True)
class VolumeGroup(Walker):
    """Its volumes are found by their `group_id`; `host` is the back end and pool that all of them live on."""

    indexes = {
        "project": lambda group: group.project_id,
        "type": lambda group: group.group_type_id,
        "volume_type": lambda group: list(group.volume_types),
        "host": lambda group: group.host,
        "source": lambda group: group.source_group_id,
        "source_snapshot": lambda group: group.group_snapshot_id,
    }
    totals = {"project": lambda group: (group.project_id, (1,))}

    project_id: str
    user_id: str
    group_type_id: str
    volume_types: tuple[str, ...] = ()  # ids, of the volumes that it takes
    name: str | None = None
    description: str | None = None
    host: str | None = None
    availability_zone: str = "nova"
    group_snapshot_id: str | None = None  # that it was made from
    source_group_id: str | None = None
    replication_status: str = "disabled"
    number: int = 0  # the order of creation
    created_at: int = 0


@dataclass(frozen=True, kw_only=True)
class GroupSnapshot(Walker):
    """Its snapshots, one of each volume, are found by their `group_snapshot_id`."""

    indexes = {"project": lambda snapshot: snapshot.project_id, "group": lambda snapshot: snapshot.group_id}

    project_id: str
    user_id: str
    group_id: str
    group_type_id: str
    name: str | None = None
    description: str | None = None
    number: int = 0  # the order of creation
    created_at: int = 0
