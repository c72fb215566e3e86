"""What Cinder tells Nova: a volume of a server has grown, has new bytes, or is to be moved under it.

Facts: cinder/compute/nova.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.actions import Caller
from fakecompute.domain.block_devices import device_on
from fakecompute.domain.external_events import receive
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.servers import check_states
from fakecompute.domain.states import VM
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.moving import MigrationFailed
from fakecompute.domain.volume_swaps import swap

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SWAPPABLE = frozenset({VM.ACTIVE, VM.PAUSED, VM.RESIZED})


def tell(cloud: Cloud, volume: Volume, event: str) -> None:
    """`volume-extended` or `volume-reimaged`, to all servers that have it; one without a host hears nothing."""
    for attachment in attachments_of(cloud, volume.id):
        server = cloud.store.find(Server, attachment.server_id)
        if server is not None and not server.deleted and server.host is not None:
            receive(cloud, server, event, volume.id, _cinder(cloud, volume))


def move(cloud: Cloud, volume: Volume, target: Volume) -> None:
    """Have the servers that have it copy it, and use the other one; what they say against it is raised."""
    for server_id in dict.fromkeys(attachment.server_id for attachment in attachments_of(cloud, volume.id)):
        server = cloud.store.find(Server, server_id)
        if server is None or server.deleted:
            raise MigrationFailed(reason=f"Nova knows no server {server_id} that has volume {volume.id}.")
        check_states(server, "swap_volume", SWAPPABLE, {None}, True)
        device = device_on(cloud, server.id, volume.id)
        swap(cloud, server, _cinder(cloud, volume), volume, target, device)


def _cinder(cloud: Cloud, volume: Volume) -> Caller:
    """In whose name it calls: the volume's owner's."""
    return Caller("req-" + cloud.streams.uuid("nova request"), volume.user_id, volume.project_id)
