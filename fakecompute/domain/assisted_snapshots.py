"""Snapshots that a back end leaves to the host of the server that has the volume: Nova takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Snapshot
from fakecompute.domain.states import VM
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

PROGRESS = "90%"  # nova/volume/cinder.py: update_snapshot_status


class VolumeNotInUse(BadRequest):
    message = "No volume Block Device Mapping with id {id}."


class Shared(BadRequest):
    message = "Block Device Mapping {id} is a multi-attach volume and is not valid for this operation."


class NotReady(BadRequest):
    message = "Instance {id} is not ready"


class WrongState(BadRequest):
    message = "Instance {id} in {attribute} {state}. Cannot {word} while the instance is in this state."


def _holder(cloud: Cloud, volume_id: str, word: str) -> Server:
    """The server that has the volume, and has a host and nothing to do."""
    devices = cloud.store.by(BlockDevice, "volume", volume_id)
    if not devices:
        raise VolumeNotInUse(id=volume_id)
    if len(devices) > 1:
        raise Shared(id=volume_id)
    server = cloud.store.get(Server, devices[0].server_id)
    if server.host is None:
        raise NotReady(id=server.id)
    if server.task_state is not None:
        raise WrongState(id=server.id, attribute="task_state", state=server.task_state, word=word)
    return server


def _tell(cloud: Cloud, snapshot_id: str, status: str) -> None:
    """Cinder goes on by itself; one that has no such snapshot says so to nobody but Nova's log."""
    snapshot = cloud.store.find(Snapshot, snapshot_id)
    if snapshot is not None and snapshot.status == status:
        cloud.store.put(snapshot.evolve(progress=PROGRESS, updated_at=cloud.now))


def create(cloud: Cloud, volume_id: str, snapshot_id: str) -> None:
    _holder(cloud, volume_id, "do_volume_snapshot_create")
    _tell(cloud, snapshot_id, "creating")


def delete(cloud: Cloud, volume_id: str, snapshot_id: str, *, merges: bool) -> None:
    """`merges`: into another file than the newest, which only a running guest can do."""
    server = _holder(cloud, volume_id, "do_volume_snapshot_delete")
    if merges and server.vm_state != VM.ACTIVE:
        raise WrongState(
            id=server.id, attribute="vm_state", state=str(server.vm_state), word="volume_snapshot_delete"
        )
    _tell(cloud, snapshot_id, "deleting")
