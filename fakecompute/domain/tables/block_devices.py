"""How a volume comes to a server and leaves it; what the stages do is in domain/volume_attachments.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.lifecycle import Ends, Lifecycle, stage, way
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume.places import volume_facts
from fakecompute.domain.whereabouts import reports, server_facts

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def _reports(cloud: Cloud, device: BlockDevice) -> bool:
    return reports(cloud, cloud.store.get(Server, device.server_id).host)


def _facts(cloud: Cloud, device: BlockDevice) -> dict[str, Any]:
    return facts_of(cloud, cloud.store.get(Server, device.server_id), device)


def facts_of(cloud: Cloud, server: Server, device: BlockDevice) -> dict[str, Any]:
    """Of the server and of the volume; host, zone and project are the server's."""
    volume = cloud.store.find(Volume, device.volume_id)
    of_volume = volume_facts(cloud, volume) if volume else {}
    return {**of_volume, **server_facts(cloud, server)}


# fmt: off
BLOCK_DEVICE = Lifecycle(
    "volume", BlockDevice,
    #   trigger    begins in    ends in      fails in     stages
    way("attach",  None,        "attached",  Ends.GONE,   stage("connecting", status="attaching"), stage("attaching")),
    way("detach",  "attached",  Ends.GONE,   "attached",  stage("detaching"),
                                                          stage("disconnecting", status="detaching")),
    way("swap",    "attached",  "attached",  "attached",  stage("swapping")),
    reports=_reports, facts=_facts, event="block_device.step", shown=lambda device: (device.volume_id or device.id,),
)
CALLS = (  # that Nova makes to Cinder within a step of the server: they take no time, and can fail
    "volume.boot.connecting",      # a server that is built
    "volume.move.disconnecting",   # off a host: shelve, resize and migrate, revert, rebuild, evacuate
    "volume.move.connecting",      # on to the next: resize and migrate, revert, rebuild, evacuate, unshelve
    "volume.live.connecting",      # a live migration's second attachment
    "volume.live.disconnecting",   # ... and the end of the one that is not needed any more
    "volume.release.detaching",    # the server is deleted
)
# fmt: on
