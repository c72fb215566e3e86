"""What becomes of a server's volumes when it leaves a host, comes to one, or ends: Nova's calls to Cinder.

Cinder cannot move a connection: off a host each attachment is replaced by one without a connector, and on the next
host that is connected.  A live migration has both for a while.  Each call is a place where a fault rule may strike
(CALLS in domain/tables/block_devices.py); one that hangs has failed, for Nova gives up waiting.  Facts:
nova/compute/manager.py, `_terminate_volume_connections`, `pre_live_migration`, `_rollback_volume_bdms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain import actions
from fakecompute.domain.block_devices import connector, devices_of, next_device, volumes_of
from fakecompute.domain.faults import Rule, match_faults
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import ActionEvent, Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.tables.block_devices import BLOCK_DEVICE, facts_of
from fakecompute.domain.volume.attachments import (
    AttachmentNotFound,
    complete,
    connect,
    delete_attachment,
    reserve,
    reserve_and_connect,
)
from fakecompute.domain.volume.deletion import delete_volume
from fakecompute.domain.volume.visibility import VolumeNotFound
from fakecompute.errors import FakeError, ServiceUnavailable

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class CinderFailed(ServiceUnavailable):
    """A fault rule has struck a call; what the server's step makes of it depends on the step."""

    message = "{reason}"


def call_cinder(cloud: Cloud, place: str, server: Server, device: BlockDevice) -> None:
    """CinderFailed if a fault rule wants this call to fail."""
    if not cloud.store.count(Rule, "phase", "step"):
        return
    effect = match_faults(cloud, phase="step", on=place, **facts_of(cloud, server, device))
    if effect is not None and (effect.hang or effect.fail is not None):
        raise CinderFailed(reason=effect.fail or "The request to Cinder has timed out.")


def attached_to(cloud: Cloud, server: Server) -> list[BlockDevice]:
    """The volumes that were reserved for it."""
    return [device for device in volumes_of(cloud, server.id) if device.attachment_id is not None]


def _attachment(cloud: Cloud, id: str | None) -> Attachment:
    found = cloud.store.find(Attachment, id)
    if found is None:
        raise AttachmentNotFound(id=id)
    return found


def _volume(cloud: Cloud, device: BlockDevice) -> Volume:
    found = cloud.store.find(Volume, device.volume_id)
    if found is None:
        raise VolumeNotFound(id=device.volume_id)
    return found


# --- from host to host, with a stop in between ----------------------------------------------------------


def disconnect_all(cloud: Cloud, server: Server) -> None:
    """It leaves its host: the volumes stay its own, connected to nothing."""
    for device in attached_to(cloud, server):
        call_cinder(cloud, "volume.move.disconnecting", server, device)
        kept = reserve(cloud, _volume(cloud, device), server.id)
        delete_attachment(cloud, _attachment(cloud, device.attachment_id))
        cloud.store.put(device.evolve(attachment_id=kept.id, old_attachment_id=None))


def connect_all(cloud: Cloud, server: Server) -> None:
    """It is on a host: its volumes are named, connected there and complete."""
    for device in attached_to(cloud, server):
        if device.device_name is None:
            device = cloud.store.put(device.evolve(device_name=next_device(cloud, server)))
        call_cinder(cloud, "volume.move.connecting", server, device)
        complete(cloud, connect(cloud, _attachment(cloud, device.attachment_id), connector(server, device)))


# --- from host to host, running ------------------------------------------------------------------------


def begin_live(cloud: Cloud, server: Server, destination: str) -> None:
    """Both hosts have the volumes; of two attachments the mapping knows the new one."""
    there = server.evolve(host=destination)
    for device in attached_to(cloud, server):
        call_cinder(cloud, "volume.live.connecting", there, device)
        second = reserve_and_connect(cloud, _volume(cloud, device), server.id, connector(there, device))
        complete(cloud, second)
        cloud.store.put(device.evolve(attachment_id=second.id, old_attachment_id=device.attachment_id))


def end_live(cloud: Cloud, server: Server) -> None:
    """It has moved: the source lets go.  If Cinder fails, Nova logs it, and the old attachment stays behind."""
    for device in attached_to(cloud, server):
        if device.old_attachment_id is not None:
            _let_go(cloud, "volume.live.disconnecting", server, device, device.old_attachment_id)
            cloud.store.put(device.evolve(old_attachment_id=None))


def undo_live(cloud: Cloud, server: Server) -> None:
    """It has not moved: the destination lets go, and the mapping knows the old attachment again.

    If Cinder fails, Nova logs it; the mapping then keeps the new one, and the old one belongs to nobody.
    """
    for device in attached_to(cloud, server):
        if device.old_attachment_id is not None:
            gone = _let_go(cloud, "volume.live.disconnecting", server, device, device.attachment_id)
            kept = device.old_attachment_id if gone else device.attachment_id
            cloud.store.put(device.evolve(attachment_id=kept, old_attachment_id=None))


def strand_live(cloud: Cloud, server: Server) -> None:
    """An operator resets its state in the middle: both attachments stay, and nobody knows the old one."""
    for device in attached_to(cloud, server):
        if device.old_attachment_id is not None:
            cloud.store.put(device.evolve(old_attachment_id=None))


# --- to go with the server -----------------------------------------------------------------------------


def release(cloud: Cloud, server: Server) -> None:
    """The server is gone, whatever Cinder says: an attachment that it does not take away stays without a server."""
    for device in devices_of(cloud, server.id):
        let_go(cloud, server, device)


def let_go(cloud: Cloud, server: Server, device: BlockDevice) -> None:
    """The mapping ends; the volume, too, if it was to be deleted with the server and Cinder lets it go."""
    device = end_swap(cloud, device)
    told = cloud.store.find(ActionEvent, device.memory("event"))
    if told is not None and told.finish_time is None:
        actions.finish(cloud, told, actions.ERROR, "The volume is no longer attached.")
    for id in device.old_attachment_id, device.attachment_id:
        if id is not None:
            _let_go(cloud, "volume.release.detaching", server, device, id)
    cloud.store.drop(device)
    volume = cloud.store.find(Volume, device.volume_id)
    if device.delete_on_termination and volume is not None:
        try:
            delete_volume(cloud, volume)
        except FakeError:  # Nova logs it, and goes on
            return


def end_swap(cloud: Cloud, device: BlockDevice) -> BlockDevice:
    """What is taken away cannot be copied any more."""
    if device.trigger != "swap":
        return device
    return BLOCK_DEVICE.give_up(cloud, device, "attached", "The volume is no longer attached.")


def _let_go(cloud: Cloud, place: str, server: Server, device: BlockDevice, id: str | None) -> bool:
    """Have Cinder take an attachment away; did it?  One that is not there any more is as good as gone."""
    attachment = cloud.store.find(Attachment, id)
    if attachment is None:
        return True
    try:
        call_cinder(cloud, place, server, device)
        delete_attachment(cloud, attachment)
    except FakeError:
        return False
    return True
