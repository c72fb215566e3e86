"""What must add up in Placement: what is in use is what servers, migrations and those who write by hand take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from fakecompute import Cloud
from fakecompute.domain.boot_images import is_volume_backed
from fakecompute.domain.placement import usages
from fakecompute.domain.placement.providers import everyone
from fakecompute.domain.records.compute import ROOM, Allocation, Flavor
from fakecompute.domain.records.placement import Generation
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.scheduler import room_for

Hand = Mapping[str, tuple[str, Mapping[str, Mapping[str, int]]]]  # consumer -> project, and amounts by provider


def assert_allocated(cloud: Cloud, hand: Hand) -> None:
    """What Placement says is in use, of providers and of projects, is what servers of their flavors take, and `hand`.

    The latter is what consumers were given of which Nova knows nothing.
    """
    taken: Counter[tuple[str, str]] = Counter()
    of_projects: Counter[tuple[str, str]] = Counter()
    ids = {provider.host: provider.id for provider in everyone(cloud) if provider.host}
    for server in cloud.store.all(Server):
        for host, flavor in () if server.deleted else _stays(cloud, server):
            room = room_for(flavor, volume_backed=is_volume_backed(cloud, server.id))
            for name, amount in zip(ROOM, room, strict=True):
                taken[ids.get(host, host), name] += amount
                of_projects[server.project_id, name] += amount
    for project_id, places in hand.values():
        for place, amounts in places.items():
            for name, amount in amounts.items():
                taken[place, name] += amount
                of_projects[project_id, name] += amount
    unsure = _left_behind(cloud)
    for provider in everyone(cloud):
        if provider.host not in unsure:
            expected = {name: taken[provider.id, name] for name, _ in provider.inventories}
            assert usages.of_provider(cloud, provider) == expected, provider.name
    if not unsure:
        assert _told(cloud) == {key: amount for key, amount in of_projects.items() if amount}
    _assert_placed(cloud)


def _told(cloud: Cloud) -> dict[tuple[str, str], int]:
    """What usages of projects are shown as."""
    projects = {allocation.project_id for allocation in cloud.store.all(Allocation)}
    shown = {id: usages.together(usages.of_project(cloud, id)).amounts for id in projects}
    return {(id, name): amount for id, amounts in shown.items() for name, amount in amounts.items() if amount}


def _assert_placed(cloud: Cloud) -> None:
    """Whatever is taken is taken of somebody who is there; whose generation is kept is there, too."""
    places = {provider.place for provider in everyone(cloud)}
    for allocation in cloud.store.all(Allocation):
        assert {share.place for share in allocation.shares} <= places, "something is taken of nobody"
    for kept in cloud.store.all(Generation):
        assert kept.id in places, "the generation of nobody"


def _stays(cloud: Cloud, server: Server) -> list[tuple[str, Flavor]]:
    """Where a server takes room, and for which flavor: on two hosts while it moves."""
    if server.host is None:
        return []
    migration = cloud.store.find(Migration, server.migration_id)
    if migration is None or migration.dest_host is None or migration.type == "evacuation":
        return [(server.host, server.flavor)]
    if server.old_flavor is not None:  # it has moved, and may go back
        return [(server.host, server.flavor), (migration.source_host, server.old_flavor)]
    return [(migration.source_host, server.flavor), (migration.dest_host, server.new_flavor or server.flavor)]


def _left_behind(cloud: Cloud) -> set[str]:
    """Hosts that servers were evacuated from, and that have not cleaned up: nobody knows in what size."""
    evacuations = (one for one in cloud.store.all(Migration) if one.type == "evacuation")
    return {one.source_host for one in evacuations if one.status != "completed"}
