"""What servers take of hosts, written into the one book that Placement shows (domain/placement/book.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.boot_images import is_volume_backed
from fakecompute.domain.placement import allocations, book
from fakecompute.domain.placement.candidates import candidates
from fakecompute.domain.placement.providers import everyone
from fakecompute.domain.records.compute import Allocation, Flavor, Host
from fakecompute.domain.records.placement import Provider
from fakecompute.domain.scheduler.groups import question
from fakecompute.domain.scheduler.needs import Needs, needs_of

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
    return dict(host.resources).get(name, 0) - book.used(cloud, host.name, name)


def claim(cloud: Cloud, consumer: str, host: Host, flavor: Flavor, project_id: str, user_id: str) -> None:
    """Write down what a consumer (a server, whose disks are known) takes of a host."""
    needs = needs_of(flavor, volume_backed=is_volume_backed(cloud, consumer))
    far = None
    if reaches_far(cloud):
        wish = allocations.Wish(consumer, {}, project_id, user_id)
        far = _from_several(cloud, wish, host, flavor, needs)
    book.write(
        cloud,
        far
        or Allocation(
            id=consumer,
            host=host.name,
            vcpus=needs.vcpus,
            ram=needs.ram,
            disk=needs.disk,
            others=needs.others,
            project_id=project_id,
            user_id=user_id,
            updated_at=cloud.now,
        ),
    )


def reaches_far(cloud: Cloud) -> bool:
    """Are there providers below or beside hosts, on which a server may draw as well?"""
    return cloud.store.count(Provider, "far", True) > 0


def _from_several(
    cloud: Cloud, wish: allocations.Wish, host: Host, flavor: Flavor, needs: Needs
) -> Allocation | None:
    """The first way in which the host and what is around it give all of it."""
    near = [one for one in everyone(cloud) if one.host is None or one.root_id == host.id]
    asked = question(flavor, {}, needs)
    ways, world = candidates(cloud, asked, near) if asked else ([], None)
    way = next((way for way in ways if way.anchor == host.id), None)
    if way is None or world is None:
        return None
    return allocations.allocation(wish._replace(amounts={host.id: {}, **way.amounts}), world.providers)


def give_back(cloud: Cloud, consumer: str | None) -> None:
    """The consumer takes nothing any more."""
    book.strike(cloud, consumer)
