"""Who belongs to a group, and what becomes of them when an operation of the group's ends.

A fault rule may strike a single member, at the place where its own operation would be (`volume.delete.deleting`):
then the group ends in error with it, and the others are as they would be.  A rule that strikes the group's own stage
leaves all of them in error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from fakecompute.domain.faults import match_faults
from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.records.walker import Walker
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

M = TypeVar("M", Volume, Snapshot)
DOOMED = "doomed"


class MembersFailed(BadRequest):
    message = "The operation failed for some members of the group."


def volumes_of(cloud: Cloud, group_id: str) -> list[Volume]:
    """In the order in which they were made."""
    return sorted(cloud.store.by(Volume, "group", group_id), key=lambda one: one.number)


def snapshots_of(cloud: Cloud, group_snapshot_id: str) -> list[Snapshot]:
    """In the order in which they were made."""
    return sorted(cloud.store.by(Snapshot, "group_snapshot", group_snapshot_id), key=lambda one: one.number)


def doomed(
    cloud: Cloud, members: Iterable[M], place: str, facts: Callable[[Cloud, M], Mapping[str, Any]]
) -> Pairs:
    """The memo of those that fault rules let fail."""
    found = []
    for member in members:
        effect = match_faults(cloud, phase="step", on=place, **facts(cloud, member))
        if effect is not None and effect.fail:
            found.append((DOOMED, member.id))
    return tuple(found)


def check_members(record: Walker) -> None:
    """MembersFailed if one of them is doomed: the end of the stage."""
    if record.memory(DOOMED):
        raise MembersFailed


def part(record: Walker, members: list[M]) -> tuple[list[M], list[M]]:
    """Of an operation that has failed: those that went well, and those that did not."""
    ids = {id for key, id in record.memo if key == DOOMED}
    if not ids:
        return [], members
    return [one for one in members if one.id not in ids], [one for one in members if one.id in ids]


def mark(cloud: Cloud, members: Iterable[M], status: str) -> None:
    """Give all of them a status."""
    for member in members:
        cloud.store.put(member.evolve(status=status, updated_at=cloud.now))
