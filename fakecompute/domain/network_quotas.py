"""How many networks, ports and the like a project may have, counted by the store's indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.network import (
    FloatingIP,
    Network,
    NetworkQuota,
    Port,
    Router,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)
from fakecompute.domain.records.network_pools import SubnetPool
from fakecompute.domain.records.network_sharing import RBACPolicy
from fakecompute.domain.records.trunk import Trunk
from fakecompute.errors import Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud
    from fakecompute.kernel.store import Record

UNLIMITED = -1
# fmt: off
DEFAULTS = {
    "network": 100, "subnet": 100, "subnetpool": -1, "port": 500, "router": 10, "floatingip": 50,
    "rbac_policy": 10, "security_group": 10, "security_group_rule": 100, "router_route": 30, "trunk": -1,
}
# fmt: on
KINDS: dict[str, type[Record]] = {
    "network": Network,
    "subnet": Subnet,
    "subnetpool": SubnetPool,
    "port": Port,
    "router": Router,
    "floatingip": FloatingIP,
    "rbac_policy": RBACPolicy,
    "security_group": SecurityGroup,
    "security_group_rule": SecurityGroupRule,
    "trunk": Trunk,
}


class OverQuota(Conflict):
    message = "Quota exceeded for resources: ['{resource}']."


def limits_of(cloud: Cloud, project_id: str) -> dict[str, int]:
    own = cloud.store.find(NetworkQuota, project_id)
    return {**DEFAULTS, **dict(own.limits)} if own else DEFAULTS


def set_limits(cloud: Cloud, project_id: str, limits: dict[str, int]) -> None:
    """Some of a project's limits are other ones from here on."""
    own = cloud.store.find(NetworkQuota, project_id)
    known = dict(own.limits) if own else {}
    cloud.store.put(NetworkQuota(id=project_id, limits=tuple({**known, **limits}.items())))


def used_by(cloud: Cloud, project_id: str, resource: str) -> int:
    kind = KINDS.get(resource)  # what we do not have is not used
    return cloud.store.count(kind, "project", project_id) if kind else 0


def room_for(cloud: Cloud, project_id: str, resource: str) -> int | None:
    """How many more there may be; None for any number."""
    limit = limits_of(cloud, project_id)[resource]
    return None if limit == UNLIMITED else limit - used_by(cloud, project_id, resource)


def check_quota(cloud: Cloud, project_id: str, resource: str, count: int = 1) -> None:
    """OverQuota unless the project may have `count` more."""
    room = room_for(cloud, project_id, resource)
    if room is not None and room < count:
        raise OverQuota(resource=resource)
