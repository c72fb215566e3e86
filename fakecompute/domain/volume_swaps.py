"""Swapping the volume under a server: the part of Nova in a migration between the backends of Cinder.

The data goes from the old volume to the new one; in the end Cinder gives the new one the old one's id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain import actions
from fakecompute.domain.actions import Caller
from fakecompute.domain.records.server import ActionEvent, Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume_attachments import check_detachable, check_free, check_reservable
from fakecompute.domain.volumes import follow
from fakecompute.domain.workflows import reports, struck
from fakecompute.errors import BadRequest
from fakecompute.kernel.events import Event

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SWAP = "volume.swap"  # the kind of event in which the data has been copied
SWAPPING = "volume.swap.swapping"  # what timing and fault rules call the step before it


class CannotSwap(BadRequest):
    message = "Invalid volume: {reason}"


class SharedSwap(BadRequest):
    message = "Swapping multi-attach volumes with more than one read/write attachment is not supported."


def swap(cloud: Cloud, server: Server, caller: Caller, old: Volume, new: Volume) -> None:
    """Have the host copy a volume that is attached to one that is not."""
    attachment = old.on(server.id)
    if attachment is None:
        raise CannotSwap(reason="Old volume is attached to a different instance.")
    if any(one.status == "attached" for one in new.attachments):
        raise CannotSwap(reason="New volume must be detached in order to swap.")
    if new.size < old.size:
        raise CannotSwap(reason="New volume must be the same size or larger.")
    check_detachable(cloud, old, attachment)
    if sum(one.mode == "rw" for one in old.attachments) > 1:
        raise SharedSwap
    check_free(new, server)
    check_reservable(cloud, new)
    cloud.store.put(old.evolve(status="detaching", updated_at=cloud.now))
    cloud.store.put(new.evolve(status="reserved", updated_at=cloud.now))
    action = actions.record(cloud, server, "swap_volume", caller)
    if not reports(cloud, server.host):
        return  # the cast is heard by nobody
    event = actions.begin(cloud, action.id, "compute_swap_volume", server.host)
    effect = struck(cloud, server, SWAPPING)
    if effect is not None and effect.hang:
        return
    took, failure = cloud.timing.draw(cloud.streams, SWAPPING, server.id, event.id), None
    if effect is not None:
        took, failure = round(took * effect.slow) + effect.delay, effect.fail
    cloud.events.add(cloud.now + took, SWAP, server.id, 0, event.id, old.id, new.id, failure)


def swapped(cloud: Cloud, event: Event) -> None:
    """The host is done; without the old volume, or after a failure, the new one is free again."""
    event_id, old_id, new_id, failure = event.detail
    server, told = cloud.store.get(Server, event.subject), cloud.store.get(ActionEvent, str(event_id))
    old, new = cloud.store.find(Volume, str(old_id)), cloud.store.find(Volume, str(new_id))
    attachment = old.on(server.id) if old else None
    if old is None or new is None or attachment is None:
        if new is not None:
            follow(cloud, new, new.attachments)
        return actions.finish(cloud, told, actions.ERROR, f"Volume {old_id} could not be swapped.")
    if not reports(cloud, server.host):
        return None  # the host died over it, and nobody takes up where it stopped
    if failure is not None:
        follow(cloud, new, new.attachments)
        follow(cloud, old.evolve(migration_status="error"), old.attachments)
        return actions.finish(cloud, told, actions.ERROR, str(failure))
    cloud.store.drop(new)
    moved = attachment._replace(id=cloud.streams.uuid("attachment"), attached_at=cloud.now)
    kept = tuple(moved if one.id == attachment.id else one for one in old.attachments)
    follow(cloud, old.evolve(migration_status="success", size=new.size), kept)
    return actions.finish(cloud, told)
