"""One host for a request, or Nova's refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.cells import down_cells
from fakecompute.domain.records.compute import Host
from fakecompute.domain.scheduler.candidates import NoValidHost, candidates
from fakecompute.domain.scheduler.filters import ON_REBUILD, passing
from fakecompute.domain.scheduler.request import Request
from fakecompute.domain.scheduler.weighers import heaviest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# Since Placement chooses first, Nova gives this reason only if a filter refuses the last host, and none if Placement
# finds none.  Here it is the same either way: the words that clients and people know.
NOT_ENOUGH = "There are not enough hosts available."


def select_host(cloud: Cloud, request: Request) -> Host:
    """The best host there is; NoValidHost if there is none."""
    hosts = candidates(cloud, request)
    if not hosts:
        raise NoValidHost(reason=NOT_ENOUGH)
    hosts = _within_reach(cloud, request, hosts)
    if not request.forced:
        hosts = passing(cloud, request, hosts)
    if not hosts:
        raise NoValidHost(reason=NOT_ENOUGH)
    return heaviest(cloud, request, hosts)


def check_stays(cloud: Cloud, request: Request) -> None:
    """Does the server's own host suit what has changed about it?  NoValidHost if not."""
    names = tuple(name for name in cloud.settings.enabled_filters if name in ON_REBUILD)
    if not passing(cloud, request, cloud.store.by(Host, "name", request.host), names):
        raise NoValidHost(reason=NOT_ENOUGH)


def _within_reach(cloud: Cloud, request: Request, hosts: list[Host]) -> list[Host]:
    """Not those that were tried, and of the cells only those that answer."""
    if request.excluded:
        hosts = [host for host in hosts if host.name not in request.excluded]
    if down := down_cells(cloud):
        hosts = [host for host in hosts if host.cell not in down]
    if request.cell is not None:
        hosts = [host for host in hosts if host.cell == request.cell]
    return hosts
