"""What quotas show as used, in each service, is what there is."""

from __future__ import annotations

from typing import Any

from fakecompute import Cloud
from fakecompute.domain import image_quota, quota, quota_unified
from fakecompute.domain.network_quotas import limits_of
from fakecompute.domain.records.compute import ServerGroup
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.image import COMING, Image
from fakecompute.domain.records.network import (
    FloatingIP,
    Network,
    Port,
    Router,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)
from fakecompute.domain.records.network_pools import SubnetPool
from fakecompute.domain.records.network_sharing import RBACPolicy
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.trunk import Trunk
from fakecompute.domain.records.unified_limits import RegisteredLimit
from fakecompute.domain.states import VM
from fakecompute.kernel.store import Record
from fakecompute.wsgi.client import Http

OF_NEUTRON: dict[str, type[Record]] = {
    "network": Network, "subnet": Subnet, "subnetpool": SubnetPool, "port": Port, "router": Router, "trunk": Trunk,
    "floatingip": FloatingIP, "rbac_policy": RBACPolicy, "security_group": SecurityGroup,
    "security_group_rule": SecurityGroupRule,
}  # fmt: skip
MIB = 1 << 20
Used = dict[str, int]


def assert_counted(cloud: Cloud) -> None:
    """As the services tell it over HTTP."""
    http = Http(cloud, "admin", "demo")
    for project in cloud.store.all(Project):
        told = http.get(f"/network/v2.0/quotas/{project.id}/details").json["quota"]
        counted = network_use(cloud, project.id)
        assert {name: told[name]["used"] for name in counted} == counted, project.name
        told = http.get(f"/compute/v2.1/os-quota-sets/{project.id}/detail").json["quota_set"]
        counted = compute_use(cloud, project.id)
        assert {name: told[name]["in_use"] for name in counted} == counted, project.name
    if cloud.settings.use_keystone_limits:
        told = http.get("/image/v2/info/usage").json["usage"]
        counted = image_use(cloud, http.token.project_id)
        assert {name: one["usage"] for name, one in told.items()} == counted


def network_use(cloud: Cloud, project_id: str) -> Used:
    def mine(record: Any) -> bool:
        return bool(record.project_id == project_id)

    return {name: sum(map(mine, cloud.store.all(kind))) for name, kind in OF_NEUTRON.items()}


def compute_use(cloud: Cloud, project_id: str) -> Used:
    live = [one for one in cloud.store.all(Server) if one.project_id == project_id and not one.deleted]
    counted = [server.flavor for server in live if server.vm_state != VM.SOFT_DELETED]
    groups = [group for group in cloud.store.all(ServerGroup) if group.project_id == project_id]
    cores, ram = sum(flavor.vcpus for flavor in counted), sum(flavor.ram for flavor in counted)
    return {"instances": len(counted), "cores": cores, "ram": ram, "server_groups": len(groups)}


def image_use(cloud: Cloud, project_id: str | None) -> Used:
    images = [image for image in cloud.store.all(Image) if image.owner == project_id]
    staged = [image.size or 0 for image in images if image.status in COMING and not image.locations]
    return {
        "image_size_total": sum((image.size or 0) * len(image.locations) for image in images) // MIB,
        "image_stage_total": sum(staged) // MIB,
        "image_count_total": len(images),
        "image_count_uploading": sum(image.status in COMING for image in images),
    }


# --- limits ---------------------------------------------------------------------------------------------


def standing(cloud: Cloud, project_id: str) -> dict[str, tuple[int, int]]:
    """What is used, and what may be, of each that has a limit."""
    network, compute = limits_of(cloud, project_id), quota.limits(cloud, project_id)
    found = {f"network {name}": (used, network[name]) for name, used in network_use(cloud, project_id).items()}
    found |= {
        f"compute {name}": (used, compute[name])
        for name, used in compute_use(cloud, project_id).items()
        if _is_limited(cloud, name)
    }
    images = [one for one in cloud.store.all(Image) if one.owner == project_id]
    if cloud.settings.use_keystone_limits:
        limit = image_quota.usage(cloud, project_id)["image_count_total"]["limit"]
        found["image count"] = len(images), limit
    elif cloud.settings.user_storage_quota:
        bytes_of = sum((one.size or 0) * len(one.locations) for one in images)
        found["image bytes"] = bytes_of, cloud.settings.user_storage_quota
    return {name: pair for name, pair in found.items() if pair[1] >= 0}


def _is_limited(cloud: Cloud, resource: str) -> bool:
    """Keystone's limits are limits once they are registered; servers that are not may not be at all."""
    if not quota_unified.is_on(cloud) or resource == "instances":
        return True
    name = quota_unified.NAMES[resource]
    return any(limit.resource_name == name for limit in cloud.store.all(RegisteredLimit))
