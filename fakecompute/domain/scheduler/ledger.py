"""The one book of what is taken: allocations, which Placement shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.boot_images import is_volume_backed
from fakecompute.domain.records.compute import Allocation, Flavor, Host
from fakecompute.domain.scheduler.needs import needs_of

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Room = tuple[int, int, int]  # vCPUs, MiB, GiB


def room_for(flavor: Flavor, *, volume_backed: bool = False) -> Room:
    """What a server of this flavor takes."""
    return needs_of(flavor, volume_backed=volume_backed).room


def taken(cloud: Cloud, host: Host) -> Room:
    """What has been given out of a host."""
    vcpus, ram, disk = cloud.store.total(Allocation, "host", host.name) or (0, 0, 0)
    return vcpus, ram, disk


def free(cloud: Cloud, host: Host) -> Room:
    """What is left of a host."""
    has, gone = host.capacity, taken(cloud, host)
    return has[0] - gone[0], has[1] - gone[1], has[2] - gone[2]


def free_of(cloud: Cloud, host: Host, name: str) -> int:
    """What is left of another resource class."""
    held = cloud.store.by(Allocation, "host", host.name)
    return dict(host.resources).get(name, 0) - sum(dict(allocation.others).get(name, 0) for allocation in held)


def claim(cloud: Cloud, consumer: str, host: Host, flavor: Flavor, project_id: str, user_id: str) -> None:
    """Write down what a consumer (a server, whose disks are known) takes of a host."""
    needs = needs_of(flavor, volume_backed=is_volume_backed(cloud, consumer))
    cloud.store.put(
        Allocation(
            id=consumer,
            host=host.name,
            vcpus=needs.vcpus,
            ram=needs.ram,
            disk=needs.disk,
            others=needs.others,
            project_id=project_id,
            user_id=user_id,
        )
    )


def give_back(cloud: Cloud, consumer: str | None) -> None:
    """The consumer takes nothing any more."""
    allocation = cloud.store.find(Allocation, consumer)
    if allocation is not None:
        cloud.store.drop(allocation)
