"""What the neighbours tell Nova about a server: Neutron, Cinder, Ironic, Cyborg."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain import actions
from fakecompute.domain.actions import Caller
from fakecompute.domain.block_devices import device_on
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.states import VM, Power
from fakecompute.domain.workflows import start

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# What Ironic says: the action, the transition, and where that begins: vm_state, power_state, task_state.
# fmt: off
POWER = {
    "POWER_ON":   ("start", "power_on",   (VM.STOPPED, Power.SHUTDOWN, None)),
    "POWER_OFF":  ("stop",  "power_off",  (VM.ACTIVE,  Power.RUNNING,  None)),
}
# fmt: on


def receive(cloud: Cloud, server: Server, name: str, tag: str | None, caller: Caller) -> None:
    """Most are of no consequence: nothing here waits for a port that is plugged or a volume that is imaged anew."""
    if name == "volume-extended":
        actions.at_once(cloud, server, "extend_volume", "compute_extend_volume", caller)
        _grow(cloud, server, tag)
    elif name == "power-update" and tag in POWER:
        action, trigger, origin = POWER[tag]
        if (server.vm_state, server.power_state, server.task_state) == origin:
            start(cloud, server, trigger, caller)
        else:
            actions.at_once(cloud, server, action, "compute_power_update", caller)


def _grow(cloud: Cloud, server: Server, volume_id: str | None) -> None:
    """Nova writes down how large the disk is now."""
    volume = cloud.store.find(Volume, volume_id)
    device = device_on(cloud, server.id, volume.id) if volume else None
    if volume is not None and device is not None:
        cloud.store.put(device.evolve(volume_size=volume.size))
