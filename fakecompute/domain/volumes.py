"""The volumes that Cinder has, as far as servers are concerned: who sees them, and what their status follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.errors import NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

STEP = "volume.step"  # the kind of event in which a step of a volume's is over
DELETING = "volume.delete.deleting"


class VolumeNotFound(NotFound):
    message = "Volume {id} could not be found."


def visible(cloud: Cloud, project_id: str, is_admin: bool, id: str) -> Volume:
    """Cinder shows a volume to its project, and to admins."""
    volume = cloud.store.find(Volume, id)
    if volume is None or not (is_admin or volume.project_id == project_id):
        raise VolumeNotFound(id=id)
    return volume


def volumes_of(cloud: Cloud, server_id: str) -> list[tuple[Volume, Attachment]]:
    """The volumes of a server, as they came to it."""
    found = [(volume, volume.on(server_id)) for volume in cloud.store.by(Volume, "server", server_id)]
    pairs = [(volume, attachment) for volume, attachment in found if attachment is not None]
    return sorted(pairs, key=lambda pair: (pair[1].number, pair[0].id))


# --- the names of devices


def local_disks(server: Server) -> int:
    """The block devices that are no volumes: the image's disk, an ephemeral one, swap."""
    return 1 + bool(server.flavor.ephemeral) + bool(server.flavor.swap)


def next_device(cloud: Cloud, server: Server) -> str:
    """The first free name; the local disks have the first ones."""
    taken = {attachment.device for _, attachment in volumes_of(cloud, server.id)}
    index = local_disks(server)
    while (name := f"/dev/vd{_letters(index)}") in taken:
        index += 1
    return name


def _letters(index: int) -> str:
    """a, b ... z, aa, ab ..."""
    more, last = divmod(index, 26)
    return (_letters(more - 1) if more else "") + chr(ord("a") + last)


def connect(cloud: Cloud, server: Server) -> None:
    """The server is on a host again: volumes that came to it while it was on none are named."""
    for volume, attachment in volumes_of(cloud, server.id):
        if attachment.device is None:
            named = attachment._replace(device=next_device(cloud, server))
            others = tuple(named if one.id == named.id else one for one in volume.attachments)
            cloud.store.put(volume.evolve(attachments=others))


# --- the volume follows its attachments


def without(cloud: Cloud, volume: Volume, attachment_id: str) -> Volume:
    return follow(cloud, volume, tuple(one for one in volume.attachments if one.id != attachment_id))


# The status of a volume is that of the attachment that is furthest.
FURTHEST = {"attached": "in-use", "attaching": "attaching", "reserved": "reserved"}


def follow(cloud: Cloud, volume: Volume, attachments: tuple[Attachment, ...]) -> Volume:
    statuses = {attachment.status for attachment in attachments}
    status = next((word for one, word in FURTHEST.items() if one in statuses), "available")
    return cloud.store.put(volume.evolve(attachments=attachments, status=status, updated_at=cloud.now))


# --- to go with the server


def release(cloud: Cloud, server: Server) -> None:
    """The server is gone."""
    for volume, attachment in volumes_of(cloud, server.id):
        let_go(cloud, volume, attachment)


def let_go(cloud: Cloud, volume: Volume, attachment: Attachment) -> None:
    """The attachment ends; the volume, too, if it was to be deleted with the server and nobody else has it."""
    volume = without(cloud, volume, attachment.id)
    if attachment.delete_on_termination and not volume.attachments:
        cloud.store.put(volume.evolve(status="deleting"))
        took = cloud.timing.draw(cloud.streams, DELETING, volume.id)
        cloud.events.add(cloud.now + took, STEP, volume.id, 0, DELETING)
