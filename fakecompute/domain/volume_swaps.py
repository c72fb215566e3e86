"""Swapping the volume under a server: the part of Nova in a migration between the back ends of Cinder.

The data goes from the old volume to the new one; in the end Cinder gives the new one the old one's id.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from fakecompute.domain import actions
from fakecompute.domain.actions import Caller
from fakecompute.domain.block_devices import connector
from fakecompute.domain.lifecycle import Changes
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.tables.block_devices import BLOCK_DEVICE
from fakecompute.domain.volume.attachments import (
    attach_status_of,
    attachments_of,
    complete,
    connect,
    delete_attachment,
    roll_detaching,
)
from fakecompute.domain.volume.moving import TARGET, complete_migration
from fakecompute.domain.volume_attachments import (
    VolumeNotMapped,
    check_detachable,
    check_free,
    check_zone,
    reserve_for,
    tell,
)
from fakecompute.errors import BadRequest, FakeError

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class CannotSwap(BadRequest):
    message = "Invalid volume: {reason}"


class SharedSwap(BadRequest):
    message = "Swapping multi-attach volumes with more than one read/write attachment is not supported."


class SwapLost(BadRequest):
    message = "Volume {id} could not be swapped."


def swap(cloud: Cloud, server: Server, caller: Caller, old: Volume, new: Volume, device: BlockDevice | None) -> None:
    """Have the host copy a volume that is attached to one that is not."""
    holders = [one for one in attachments_of(cloud, old.id) if one.status == "attached"]
    if all(one.server_id != server.id for one in holders):
        raise CannotSwap(reason="Old volume is attached to a different instance.")
    if attach_status_of(cloud, new) == "attached":
        raise CannotSwap(reason="New volume must be detached in order to swap.")
    if new.size < old.size:
        raise CannotSwap(reason="New volume must be the same size or larger.")
    check_zone(cloud, new, server)
    check_detachable(cloud, old)
    if len(holders) > 1 and sum(one.mode == "rw" for one in holders) > 1:
        raise SharedSwap
    if device is None:
        raise VolumeNotMapped(id=old.id)
    check_free(cloud, new, server)
    attachment = reserve_for(cloud, server, new)
    action = actions.record(cloud, server, "swap_volume", caller)
    event = actions.begin(cloud, action.id, "compute_swap_volume", server.host)
    memo = (("event", event.id), ("new", new.id), ("new_attachment", attachment.id))
    BLOCK_DEVICE.start(cloud, device, "swap", memo=memo)


@BLOCK_DEVICE.leaving("swap.swapping")
def swapped(cloud: Cloud, device: BlockDevice) -> Changes:
    """The data is there: the new volume becomes the old one, in the new one's place."""
    server = cloud.store.get(Server, device.server_id)
    old, new = cloud.store.find(Volume, device.volume_id), cloud.store.find(Volume, device.memory("new"))
    before = cloud.store.find(Attachment, device.attachment_id)
    after = cloud.store.find(Attachment, device.memory("new_attachment"))
    if old is None or new is None or before is None or after is None:
        raise SwapLost(id=device.volume_id)
    after = complete(cloud, connect(cloud, after, connector(server, device)))
    delete_attachment(cloud, before)
    complete_migration(cloud, cloud.store.get(Volume, old.id), cloud.store.get(Volume, new.id))
    tell(cloud, device)
    return {"attachment_id": after.id, "volume_size": new.size}


@BLOCK_DEVICE.failing("swap")
def not_swapped(cloud: Cloud, device: BlockDevice, reason: str) -> Changes:
    """The old volume is where it was; the new one is free again, or gone if Cinder had made it for this."""
    tell(cloud, device, reason)
    if attachment := cloud.store.find(Attachment, device.memory("new_attachment")):
        with suppress(FakeError):  # Nova logs it
            delete_attachment(cloud, attachment)
    old, new = cloud.store.find(Volume, device.volume_id), cloud.store.find(Volume, device.memory("new"))
    if old is not None and new is not None and new.migration_status == TARGET.format(id=old.id):
        complete_migration(cloud, old, new, error=True)
    elif old is not None:
        roll_detaching(cloud, cloud.store.put(old.evolve(migration_status="error", updated_at=cloud.now)))
    return {}
