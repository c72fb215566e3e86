"""New volumes as clients ask for them: all that is checked before one is on its way, in Cinder's order and words.

    order_volume(cloud, Order(project_id=..., user_id=..., size=2, image=image))

Whoever asks (POST /volumes, a server that boots from a volume) has found the records and asked policy; here sizes,
statuses, types, zones and the quota are looked at.  Facts: `create` of cinder/volume/api.py,
cinder/volume/flows/api/create_volume.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.backup import Backup
from fakecompute.domain.records.compute import Pairs
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.records.volume_group import VolumeGroup
from fakecompute.domain.volume.creation import create_volume
from fakecompute.domain.volume.pools import zones_of
from fakecompute.domain.volume.quota import check_new_volume
from fakecompute.domain.volume.types import TypeNotFoundByName, default_type, may_use
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

GIB = 1 << 30
MIN_SIZE, MAX_SIZE = "provisioning:min_vol_size", "provisioning:max_vol_size"  # GiB, in extra specs
IMAGE_TYPE = "cinder_img_volume_type"  # an image may name the type of its volumes
MULTIATTACH = ("multiattach", "<is> True")


class NoSize(BadRequest):
    message = "The server could not comply with the request since it is either malformed or otherwise incorrect."


class TooSmallForType(BadRequest):
    message = (
        "Invalid input received: Specified volume size of '{size}' is less than the minimum required size of '{limit}'"
        " for volume type '{type}'."
    )


class TooLargeForType(BadRequest):
    message = (
        "Invalid input received: Specified volume size of '{size}' is greater than the maximum allowable size of"
        " '{limit}' for volume type '{type}'."
    )


class GroupNeedsType(BadRequest):
    message = "Invalid input received: volume_type must be provided when creating a volume in a group."


class TypeNotOfGroup(BadRequest):
    message = (
        "Invalid input received: Invalid volume_type provided: {type} (requested type must be supported by this group)."
    )


class GroupWithoutHost(BadRequest):
    message = "Invalid volume: volume is not assigned to a host"


class TypeNotOfSource(BadRequest):
    message = (
        "Invalid input received: Invalid volume_type provided: {type} (requested type is not compatible; either match"
        " source volume, or omit type argument)."
    )


class TypeNotOfSnapshot(BadRequest):
    message = (
        "Invalid input received: Invalid volume_type provided: {type} (requested type is not compatible; recommend"
        " omitting the type argument)."
    )


class SeveralSources(BadRequest):
    message = "Invalid input received: May specify only one of backup, imageRef, snapshot, source volume"


class WrongStatus(BadRequest):
    message = "Invalid {noun}: Originating {source} status must be one of '{wanted}' values"


class SmallerThanSource(BadRequest):
    message = (
        "Invalid input received: Volume size '{size}'GB cannot be smaller than original volume size  {least}GB."
        " They must be >= original volume size."
    )


class SmallerThanSnapshot(BadRequest):
    message = (
        "Invalid input received: Volume size '{size}'GB cannot be smaller than the snapshot size {least}GB."
        " They must be >= original snapshot size."
    )


class SmallerThanBackup(BadRequest):
    message = (
        "Invalid input received: Volume size {size}GB cannot be smaller than the backup size {least}GB."
        " It must be >= backup size."
    )


class ImageNotActive(BadRequest):
    message = "Invalid input received: Image {id} is not active."


class ImageTooLarge(BadRequest):
    message = "Invalid input received: Size of specified image {image}GB is larger than volume size {size}GB."


class SmallerThanMinDisk(BadRequest):
    message = (
        "Invalid input received: Volume size {size}GB cannot be smaller than the image minDisk size {min_disk}GB."
    )


class ImageUnacceptable(BadRequest):
    message = (
        "Image {id} is unacceptable: Image virtual size is {image}GB and doesn't fit in a volume of size {size}GB."
    )


class NoZoneOfType(BadRequest):
    message = "Volume type is only supported in these availability zones: {zones}"


class NoSuchZone(BadRequest):
    message = "Availability zone '{zone}' is invalid."


class AnotherZone(BadRequest):
    message = "Invalid input received: Volume must be in the same availability zone as the {source}"


class SharedAndEncrypted(BadRequest):
    message = "Invalid volume: Multiattach cannot be used with encrypted volumes."


class NoCipher(BadRequest):
    message = "Invalid encryption spec"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What somebody wants: at most one of `snapshot`, `source`, `image` and `backup`, whose size it has by default."""

    project_id: str
    user_id: str
    size: int | None = None
    name: str | None = None
    description: str | None = None
    kind: VolumeType | None = None
    zone: str | None = None
    snapshot: Snapshot | None = None
    source: Volume | None = None
    image: Image | None = None
    backup: Backup | None = None
    group: VolumeGroup | None = None
    metadata: Pairs = ()
    hints: Mapping[str, Any] = field(default_factory=dict)
    request_id: str | None = None

    @property
    def wanted_size(self) -> int | None:
        copied = self.snapshot or self.source or self.backup
        return self.size if self.size is not None or copied is None else copied.size


def order_volume(cloud: Cloud, order: Order) -> Volume:
    """A volume on its way, or what Cinder says against it."""
    size = _size(cloud, order)
    _check_given_type(cloud, order)
    _check_sources(order, size)
    kind = type_of(cloud, order)
    zone = _zone(cloud, order, kind)
    shared = MULTIATTACH in kind.extra_specs
    _check_cipher(order, kind)
    if shared and kind.encryption is not None:
        raise SharedAndEncrypted
    check_new_volume(cloud, order.project_id, size, kind.id)
    copied = _copied(cloud, order)
    return create_volume(
        cloud,
        project_id=order.project_id,
        user_id=order.user_id,
        size=size,
        image_id=order.image.id if order.image else None,
        backup_id=order.backup.id if order.backup else None,
        hints=order.hints,
        request_id=order.request_id,
        name=order.name,
        description=order.description,
        metadata=order.metadata,
        volume_type_id=kind.id,
        availability_zone=zone,
        multiattach=shared,
        encryption_key_id=None if kind.encryption is None else cloud.streams.uuid("encryption key"),
        snapshot_id=order.snapshot.id if order.snapshot else None,
        source_volid=order.source.id if order.source else None,
        group_id=order.group.id if order.group else None,
        bootable=copied is not None and copied.bootable,
    )


def _check_cipher(order: Order, kind: VolumeType) -> None:
    """A key is made for a cipher, unless there is one that can be copied."""
    copied = order.snapshot or order.source
    has_key = copied is not None and copied.encryption_key_id is not None
    if kind.encryption is not None and not kind.encryption.cipher and not has_key:
        raise NoCipher


# --- sizes and sources -----------------------------------------------------------------------------------------


def _size(cloud: Cloud, order: Order) -> int:
    """What it is to have, as far as its type lets it."""
    size = order.wanted_size
    if size is None:
        raise NoSize
    kind = order.kind or default_type(cloud, None)
    check_size_of_type(kind, size)
    return size


def check_size_of_type(kind: VolumeType, size: int) -> None:
    """Types may have a least and a largest size; what is no number holds nobody up."""
    specs = dict(kind.extra_specs)
    for key, error, sign in (MIN_SIZE, TooSmallForType, 1), (MAX_SIZE, TooLargeForType, -1):
        limit = specs.get(key) or ""
        if limit.isdecimal() and limit.isascii() and size * sign < int(limit) * sign:
            raise error(size=size, limit=limit, type=kind.name)


def _check_given_type(cloud: Cloud, order: Order) -> None:
    """A type that is asked for must be one of the group's, and one that copies of the source may have."""
    if order.group is not None:
        if order.kind is None:
            raise GroupNeedsType
        if order.kind.id not in order.group.volume_types:
            raise TypeNotOfGroup(type=order.kind.id)
    if order.kind is None:
        return
    if order.source is not None and not _compatible(cloud, order.source.volume_type_id, order.kind):
        raise TypeNotOfSource(type=order.kind.id)
    if order.snapshot is not None and not _compatible(cloud, order.snapshot.volume_type_id, order.kind):
        raise TypeNotOfSnapshot(type=order.kind.id)


def _compatible(cloud: Cloud, source_type: str | None, kind: VolumeType) -> bool:
    """Is it the same type, or one of the same back end and encryption?  Where there is one back end, all are."""
    if source_type == kind.id:
        return True
    old = cloud.store.find(VolumeType, source_type)
    if (old.encryption if old else None) != kind.encryption:
        return False
    if cloud.store.count(VolumeBackend) == 1:
        return True
    names = [dict(one.extra_specs).get("volume_backend_name") if one else None for one in (old, kind)]
    return names[0] is not None and names[0] == names[1]


def _check_sources(order: Order, size: int) -> None:
    """One source at most, in a status to be copied, and no larger than the volume."""
    snapshot, source, backup, image = order.snapshot, order.source, order.backup, order.image
    if sum(one is not None for one in (snapshot, source, backup, image)) > 1:
        raise SeveralSources
    _check_status(snapshot, "snapshot", "snapshot", ("available",))
    _check_status(source, "volume", "source volume", ("available", "in-use"))
    _check_status(backup, "backup", "backup", ("available",))
    if source is not None and size < source.size:
        raise SmallerThanSource(size=size, least=source.size)
    if snapshot is not None and size < snapshot.size:
        raise SmallerThanSnapshot(size=size, least=snapshot.size)
    if backup is not None and size < backup.size:
        raise SmallerThanBackup(size=size, least=backup.size)
    _check_status(order.group, "Group", "group", ("available", "creating"))
    if order.group is not None and order.group.host is None:  # it is being scheduled
        raise GroupWithoutHost
    if image is not None:
        check_image(image, size)


def _check_status(record: Any, noun: str, source: str, wanted: tuple[str, ...]) -> None:
    if record is not None and record.status not in wanted:
        raise WrongStatus(noun=noun, source=source, wanted=", ".join(wanted))


def check_image(image: Image, size: int) -> None:
    """Is it active, and does it fit?"""
    # cinder/volume/volume_utils.py: check_image_metadata
    if image.status != "active":
        raise ImageNotActive(id=image.id)
    bytes_in_gib = -(-(image.size or 0) // GIB)
    if bytes_in_gib > size:
        raise ImageTooLarge(image=bytes_in_gib, size=size)
    if size < image.min_disk:
        raise SmallerThanMinDisk(size=size, min_disk=image.min_disk)
    unfolded = -(-(image.virtual_size or 0) // GIB)
    if unfolded > size:
        raise ImageUnacceptable(id=image.id, image=unfolded, size=size)


def _copied(cloud: Cloud, order: Order) -> Volume | None:
    """The volume whose bytes it will have."""
    return order.source or cloud.store.find(Volume, order.snapshot.volume_id if order.snapshot else None)


# --- types and zones ---------------------------------------------------------------------------------------------


def type_of(cloud: Cloud, order: Order) -> VolumeType:
    """The type that is asked for, or the source's, or the one that the image names, or the project's default."""
    if order.kind is not None:
        return order.kind
    copied = order.source or order.snapshot
    if copied is not None and (found := cloud.store.find(VolumeType, copied.volume_type_id)):
        return found
    named = dict(order.image.properties).get(IMAGE_TYPE) if order.image else None
    if named:
        store = cloud.store
        found = store.find(VolumeType, named) or store.one(VolumeType, "name", named)
        if found is None or not may_use(found, order.project_id, is_admin=False):
            raise TypeNotFoundByName(name=named)
        return found
    return default_type(cloud, order.project_id)


def _zone(cloud: Cloud, order: Order, kind: VolumeType) -> str | None:
    """The zone that it must be in; None if its type leaves the choice to the scheduler."""
    usual = cloud.settings.storage_availability_zone
    known = {backend.availability_zone for backend in cloud.store.all(VolumeBackend)} | {usual}
    of_type = zones_of(kind)
    fit = known if of_type is None else known.intersection(of_type)
    if not fit:
        raise NoZoneOfType(zones=list(of_type or ()))
    copied = _copied(cloud, order)
    zone = order.group.availability_zone if order.group is not None else order.zone
    if zone is None and copied is not None:
        zone = copied.availability_zone
    if zone is None and of_type is None:
        zone = usual
    if zone and zone not in fit:
        raise NoSuchZone(zone=zone)
    if zone and copied is not None and copied.availability_zone not in (None, zone):
        raise AnotherZone(source="snapshot" if order.snapshot else "source volume")
    if zone:
        return zone
    return next(iter(fit)) if len(fit) == 1 else None
