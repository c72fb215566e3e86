"""Volumes that one project offers and another takes: whoever has the key may.

Facts: cinder/transfer/api.py, `transfer_create` and `transfer_accept` of cinder/db/api.py.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from fakecompute.domain.records.backup import Transfer
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.volume.places import reports_volume
from fakecompute.domain.volume.quota import check_new_snapshots, check_new_volume
from fakecompute.domain.volume.visibility import VolumeNotFound
from fakecompute.errors import BadRequest, NotFound, ServiceUnavailable

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SALT, KEY = 8, 16  # characters


class TransferNotFound(NotFound):
    message = "Transfer {id} could not be found."


class CannotTransfer(BadRequest):
    message = "Invalid volume: {reason}"


class SnapshotNotAvailable(BadRequest):
    message = "Invalid snapshot: {reason}"


class WrongKey(BadRequest):
    message = "Invalid auth key: Attempt to transfer {id} with invalid auth key."


class NoReply(ServiceUnavailable):
    message = "Timed out waiting for a reply from the volume service."


def offer(
    cloud: Cloud, volume: Volume, *, name: str | None, no_snapshots: bool = False, encrypted: bool = False
) -> tuple[Transfer, str]:
    """The offer, and the key that nobody is told again; `encrypted` volumes go from 3.70 on."""
    if volume.status != "available":
        raise CannotTransfer(reason="status must be available")
    if volume.encrypted and not encrypted:
        raise CannotTransfer(reason="transferring encrypted volume is not supported")
    if volume.encrypted and no_snapshots:
        raise CannotTransfer(reason="transferring an encrypted volume without its snapshots is not supported")
    for snapshot in [] if no_snapshots else _snapshots(cloud, volume):
        if snapshot.status != "available":
            raise SnapshotNotAvailable(reason=f"snapshot: {snapshot.id} status must be available")
    salt, key = cloud.streams.hex("transfer salt", SALT), cloud.streams.hex("transfer key", KEY)
    transfer = Transfer(
        id=cloud.streams.uuid("transfer"),
        number=cloud.streams.number("transfer number"),
        project_id=volume.project_id,
        volume_id=volume.id,
        name=name,
        salt=salt,
        crypt_hash=_hash(salt, key),
        no_snapshots=no_snapshots,
        created_at=cloud.now,
    )
    cloud.store.put(volume.evolve(status="awaiting-transfer", updated_at=cloud.now))
    return cloud.store.put(transfer), key


def _hash(salt: str, key: str) -> str:
    return hmac.new(salt.encode(), key.encode("utf-8", "replace"), "sha1").hexdigest()


def _snapshots(cloud: Cloud, volume: Volume) -> list[Snapshot]:
    return sorted(cloud.store.by(Snapshot, "volume", volume.id), key=lambda snapshot: snapshot.number)


def withdraw(cloud: Cloud, transfer: Transfer) -> None:
    """The volume is its project's as before."""
    volume = cloud.store.find(Volume, transfer.volume_id)
    if volume is not None and volume.status == "awaiting-transfer":
        cloud.store.put(volume.evolve(status="available", updated_at=cloud.now))
    cloud.store.drop(transfer)


def forget_offers(cloud: Cloud, volume: Volume) -> None:
    """A volume that is gone cannot be given."""
    for transfer in cloud.store.by(Transfer, "volume", volume.id):
        cloud.store.drop(transfer)


def accept(cloud: Cloud, transfer: Transfer, key: str, *, project_id: str, user_id: str) -> Volume:
    """The volume is the taker's, with its snapshots unless they were kept back; WrongKey, or a quota's 413."""
    if not hmac.compare_digest(_hash(transfer.salt, key), transfer.crypt_hash):
        raise WrongKey(id=transfer.id)
    volume = cloud.store.find(Volume, transfer.volume_id)
    if volume is None:
        raise VolumeNotFound(id=transfer.volume_id)
    snapshots = [] if transfer.no_snapshots else _snapshots(cloud, volume)
    with cloud.transaction():
        check_new_volume(cloud, project_id, volume.size, volume.volume_type_id)
        own = {"project_id": project_id, "user_id": user_id, "updated_at": cloud.now}
        taken = cloud.store.put(volume.evolve(status="available", **own))
        check_new_snapshots(cloud, project_id, [volume.evolve(size=snapshot.size) for snapshot in snapshots])
        _check_ready(cloud, transfer, volume, snapshots)
        for snapshot in snapshots:
            cloud.store.put(snapshot.evolve(**own))
        cloud.store.drop(transfer)
    return taken


def _check_ready(cloud: Cloud, transfer: Transfer, volume: Volume, snapshots: list[Snapshot]) -> None:
    """Is everything still as it was when it was offered, and cinder-volume there to hand it over?"""
    if volume.status == "maintenance":
        raise CannotTransfer(reason="The volume cannot accept transfer in maintenance mode.")
    if not reports_volume(cloud, volume):
        raise NoReply
    if volume.status != "awaiting-transfer":
        told = f"Transfer {transfer.id}: Volume id {volume.id} expected in awaiting-transfer state."
        raise CannotTransfer(reason=told)
    for snapshot in snapshots:
        if snapshot.status != "available":
            told = f"Transfer {transfer.id}: Snapshot {snapshot.id} is not in the expected available state."
            raise SnapshotNotAvailable(reason=told)
