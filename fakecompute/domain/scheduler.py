"""Which host a server goes to: filters, then weighers, over hosts with real room.

What is taken stands in the totals of `Allocation`, which Placement shows; there is no second book.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from fakecompute.domain.records.compute import Allocation, Flavor, Host
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Room = tuple[int, int, int]  # vCPUs, MiB, GiB


class NoValidHost(BadRequest):
    message = "No valid host was found. {reason}"


def room_for(flavor: Flavor) -> Room:
    """What a server of this flavor takes; swap counts as disk, in whole GiB."""
    return flavor.vcpus, flavor.ram, flavor.disk + flavor.ephemeral + -(-flavor.swap // 1024)


def free(cloud: Cloud, host: Host) -> Room:
    """What is left of a host."""
    taken = cloud.store.total(Allocation, "host", host.name) or (0, 0, 0)
    has = host.capacity
    return has[0] - taken[0], has[1] - taken[1], has[2] - taken[2]


def select_host(
    cloud: Cloud,
    flavor: Flavor,
    *,
    zone: str | None = None,
    host: str | None = None,
    exclude: Collection[str] = (),
    accepts: Callable[[Host], bool] | None = None,
    reason: str = "There are not enough hosts available.",
) -> Host:
    """The best host with room; NoValidHost if there is none.

    `zone` and `host` narrow the choice, `exclude` are names that were tried, `accepts` is a further filter.
    """
    wanted = room_for(flavor)
    if host is not None:
        hosts = cloud.store.by(Host, "name", host)
        if not hosts:
            raise NoValidHost(reason=f"No such host - host: {host} node: None ")
    else:
        hosts = cloud.store.by(Host, "zone", zone) if zone else cloud.store.all(Host)
    fitting = []
    for candidate in hosts:
        if not candidate.up or candidate.disabled or candidate.forced_down or candidate.name in exclude:
            continue
        if (zone is not None and candidate.availability_zone != zone) or (accepts and not accepts(candidate)):
            continue
        left = free(cloud, candidate)
        if all(have >= want for have, want in zip(left, wanted, strict=True)):
            fitting.append((candidate, left))
    if not fitting:
        raise NoValidHost(reason=reason)
    return _heaviest(fitting)


def _heaviest(fitting: Sequence[tuple[Host, Room]]) -> Host:
    """The CPU, RAM and disk weighers: free room, each from 0 to 1 over the candidates; the lowest number wins ties."""
    if len(fitting) == 1:
        return fitting[0][0]
    spans = [(min(column), max(column)) for column in zip(*(left for _, left in fitting), strict=True)]

    def weight(item: tuple[Host, Room]) -> tuple[float, int]:
        host, left = item
        parts = (
            (have - low) / (high - low) for have, (low, high) in zip(left, spans, strict=True) if high > low
        )
        return sum(parts), -host.number

    return max(fitting, key=weight)[0]


def claim(cloud: Cloud, consumer: str, host: Host, flavor: Flavor, project_id: str, user_id: str) -> None:
    """Write down what a consumer (a server or a migration) takes of a host."""
    vcpus, ram, disk = room_for(flavor)
    cloud.store.put(
        Allocation(
            id=consumer,
            host=host.name,
            vcpus=vcpus,
            ram=ram,
            disk=disk,
            project_id=project_id,
            user_id=user_id,
        )
    )


def give_back(cloud: Cloud, consumer: str | None) -> None:
    """The consumer takes nothing any more."""
    allocation = cloud.store.find(Allocation, consumer)
    if allocation is not None:
        cloud.store.drop(allocation)
