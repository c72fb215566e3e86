"""A volume goes to another pool: a second one is made there, is filled, and takes the place of the first.

Migrations (migrating.py) and changes of type (retyping.py) move volumes; the data of one that servers have is moved
by Nova (nova.py).  Facts: `_migrate_volume_generic` and `migrate_volume_completion` of cinder/volume/manager.py,
`finish_volume_migration` of cinder/objects/volume.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.volume import Attachment, Volume, VolumeType
from fakecompute.domain.volume.attachments import attachments_of, status_of
from fakecompute.domain.volume.places import backend_of
from fakecompute.domain.volume.storage import Place
from fakecompute.domain.volume.transfers import forget_offers
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

TARGET = "target:{id}"  # migration_status of the second one; only admins see it in lists


class MigrationFailed(BadRequest):
    message = "Volume migration failed: {reason}"


def is_copied(volume: Volume) -> bool:
    """Is somebody reading its bytes for a migration?

    A real Cinder lets others at it meanwhile, and undoes what they did in the end; here they are refused.
    """
    return volume.is_migrating and (volume.trigger or "").startswith("migrate")


def make_target(cloud: Cloud, volume: Volume, place: Place, kind: VolumeType | None = None) -> Volume:
    """The second one: a copy of the first in all but place and type, which the project does not pay for."""
    key = volume.encryption_key_id
    if kind is not None and encryption_differs(cloud, volume, kind):
        key = cloud.streams.uuid("encryption key") if kind.encryption else None
    return cloud.store.put(
        Volume(
            id=cloud.streams.uuid("volume"),
            number=cloud.streams.number("volume number"),
            project_id=volume.project_id,
            user_id=volume.user_id,
            name=volume.name,
            description=volume.description,
            size=volume.size,
            status="available",
            host=place.host,
            availability_zone=place.backend.availability_zone,
            volume_type_id=kind.id if kind else volume.volume_type_id,
            encryption_key_id=key,
            multiattach=volume.multiattach,
            migration_status=TARGET.format(id=volume.id),
            consumes_quota=False,
            launched_at=cloud.now,
            created_at=cloud.now,
            updated_at=cloud.now,
        )
    )


def target_of(cloud: Cloud, volume: Volume) -> Volume:
    """The second one; MigrationFailed if an operator has taken it away."""
    found = cloud.store.find(Volume, volume.memory("target"))
    if found is None:
        raise MigrationFailed(reason="The volume that it was to be copied to is gone.")
    return found


def encryption_differs(cloud: Cloud, volume: Volume, kind: VolumeType) -> bool:
    """Would the bytes have to be written anew?  How it is encrypted counts, not since when."""
    old = cloud.store.find(VolumeType, volume.volume_type_id)
    mine, theirs = old.encryption if old else None, kind.encryption
    if mine is None or theirs is None:
        return mine is not theirs
    return (mine.provider, mine.control_location, mine.cipher, mine.key_size) != (
        theirs.provider, theirs.control_location, theirs.cipher, theirs.key_size
    )  # fmt: skip


def adopt(cloud: Cloud, volume: Volume, target: Volume) -> Changes:
    """The first becomes what the second is, whoever has the second has the first, and the second is gone."""
    for attachment in cloud.store.by(Attachment, "volume", target.id):
        cloud.store.put(attachment.evolve(volume_id=volume.id))
    _forget(cloud, target)
    return {
        "host": target.host or volume.host,
        "availability_zone": target.availability_zone,
        "volume_type_id": target.volume_type_id,
        "encryption_key_id": target.encryption_key_id,
        "size": target.size,
        "name_id": _name_id(cloud, volume, target),
        "migration_status": "success",
    }


def _name_id(cloud: Cloud, volume: Volume, target: Volume) -> str | None:
    """What it is called on its back end; LVM gives it its own name again, unless somebody has it open."""
    backend = backend_of(cloud, target.host)
    renamed = backend is not None and backend.driver == "lvm" and not attachments_of(cloud, volume.id)
    return None if renamed else target.name_id or target.id


def drop_target(cloud: Cloud, volume: Volume) -> None:
    """What was made for a move that came to nothing."""
    target = cloud.store.find(Volume, volume.memory("target"))
    if target is not None and target.migration_status == TARGET.format(id=volume.id):
        discard(cloud, target)


def discard(cloud: Cloud, target: Volume) -> None:
    for attachment in cloud.store.by(Attachment, "volume", target.id):
        cloud.store.drop(attachment)
    _forget(cloud, target)


def _forget(cloud: Cloud, target: Volume) -> None:
    """Its record is gone, and so is the offer that an admin has made of it."""
    forget_offers(cloud, target)
    cloud.store.drop(cloud.store.get(Volume, target.id))


def complete_migration(cloud: Cloud, volume: Volume, target: Volume, *, error: bool = False) -> Volume:
    """Nova has the data where it is to be, or has not made it."""
    changes: Changes = {"migration_status": "error"}
    if error:
        discard(cloud, target)
    else:
        changes = adopt(cloud, volume, target)
    volume = cloud.store.get(Volume, volume.id)
    status = status_of(cloud, volume)
    return cloud.store.put(volume.evolve(**changes, status=status, previous_status=None, updated_at=cloud.now))
