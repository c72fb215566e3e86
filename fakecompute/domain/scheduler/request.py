"""What is asked of the scheduler: one server, and all that narrows the choice of its host (Nova's RequestSpec)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakecompute.domain.boot_images import image_of_server, is_volume_backed
from fakecompute.domain.records.compute import Allocation, Flavor, ServerGroup
from fakecompute.domain.records.server import Server
from fakecompute.domain.scheduler.needs import Needs, needs_of

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

CLAIMED = 2  # steps of a build, after which it is known to all where it is: scheduling and claiming


@dataclass(frozen=True, kw_only=True)
class Request:
    """`host` is the only one that will do (`forced`: without asking any filter), `excluded` are those that will not.

    `members` are the hosts of the server group, each with how many members it has; `own_host` is where the server
    itself is.  `io` counts servers of the same request that were placed a moment ago.
    """

    flavor: Flavor
    needs: Needs
    project_id: str = ""
    image_id: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = None
    host: str | None = None
    forced: bool = False
    cell: str | None = None
    excluded: Collection[str] = ()
    hints: Mapping[str, Any] = field(default_factory=dict)
    policy: str | None = None
    rules: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, int] = field(default_factory=dict)
    own_host: str | None = None
    io: Mapping[str, int] = field(default_factory=dict)


def request_for(cloud: Cloud, server: Server, flavor: Flavor | None = None, **narrower: Any) -> Request:
    """The request of a server, perhaps in another size; the fields of `narrower` as they are."""
    flavor = flavor or server.flavor
    image = image_of_server(cloud, server)
    properties = dict(image.properties) if image else {}
    group = cloud.store.find(ServerGroup, server.group_id)
    return Request(
        flavor=flavor,
        needs=needs_of(flavor, properties, volume_backed=is_volume_backed(cloud, server.id)),
        project_id=server.project_id,
        image_id=server.image_id,
        properties=properties,
        hints=dict(server.scheduler_hints),
        policy=group.policy if group else None,
        rules=dict(group.rules) if group else {},
        members=hosts_of(cloud, group, server) if group else {},
        own_host=server.host,
        **narrower,
    )


def hosts_of(cloud: Cloud, group: ServerGroup, asking: Server) -> Counter[str]:
    """Where the members of a group are, or are about to be, as the scheduler knows it when one more asks.

    Of another request it learns when the host has claimed the server.  A strict policy is looked at again then, and
    that is as if it had known; a soft one is not.
    """
    hosts: Counter[str] = Counter()
    for id in group.members:
        server = cloud.store.find(Server, id)
        if server is None or server.deleted or (group.policy.startswith("soft") and _unheard_of(server, asking)):
            continue
        held = None if server.host else cloud.store.find(Allocation, id)
        if host := server.host or (held.host if held else None):
            hosts[host] += 1
    return hosts


def _unheard_of(server: Server, asking: Server) -> bool:
    """Does its host still have to claim it?"""
    waiting = server.trigger == "create" and server.step < CLAIMED
    return waiting and server.reservation_id != asking.reservation_id
