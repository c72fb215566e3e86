"""A project's network without a wish: subnets of the default pools, a router to the default external network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.network import begun
from fakecompute.domain.network_floatingips import drop_port
from fakecompute.domain.network_pools import cut
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.network_routers import add_interface, make_router, set_gateway
from fakecompute.domain.network_segments import MTU, add_segment, segments_of
from fakecompute.domain.network_sharing import forget, is_open
from fakecompute.domain.network_subnets import make_subnet
from fakecompute.domain.records.network import Network, Port, Router, Subnet
from fakecompute.domain.records.network_pools import SubnetPool
from fakecompute.domain.records.network_sharing import AutoAllocated
from fakecompute.errors import Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class AutoAllocationFailure(Conflict):
    message = "Deployment error: {reason}."


def requirements(cloud: Cloud, project_id: str) -> tuple[Network, list[SubnetPool]]:
    """What must be there before a topology can be made; AutoAllocationFailure says what is not."""
    homes = [home for home in cloud.store.by(Network, "external", True) if home.is_default]
    if not homes:
        raise AutoAllocationFailure(reason="No default router:external network")
    pools = [pool for version in (4, 6) if (pool := cloud.store.one(SubnetPool, "default", version))]
    if not any(is_open(cloud, pool, project_id) for pool in pools):
        raise AutoAllocationFailure(reason="No default subnetpools defined")
    return homes[0], [pool for pool in pools if is_open(cloud, pool, project_id)]


def topology_for(cloud: Cloud, project_id: str) -> AutoAllocated:
    """The project's, made when it is first asked for."""
    if found := cloud.store.find(AutoAllocated, project_id):
        return found
    try:
        external, pools = requirements(cloud, project_id)
    except AutoAllocationFailure as lacks:
        if "external" in str(lacks):
            raise
        raise AutoAllocationFailure(reason="Unable to provide project private network") from None
    check_quota(cloud, project_id, "network")
    home = Network(
        id=cloud.streams.uuid("network"),
        project_id=project_id,
        name="auto_allocated_network",
        revision_number=1,
        mtu=MTU["geneve"],
        **begun(cloud),
    )
    cloud.store.put(home)
    segment = add_segment(cloud, home, None)
    cloud.store.put(home.evolve(segmentation_id=segment.segmentation_id))
    router = make_router(cloud, project_id, name="auto_allocated_router")
    set_gateway(cloud, router, external)
    for pool in pools:
        name = f"auto_allocated_subnet_v{pool.ip_version}"
        cidr = cut(cloud, pool, project_id, pool.default_prefixlen)
        subnet = make_subnet(cloud, home, project_id, cidr, name=name, subnetpool_id=pool.id)
        add_interface(cloud, cloud.store.get(Router, router.id), subnet)
    return cloud.store.put(AutoAllocated(id=project_id, network_id=home.id, router_id=router.id))


def remove_topology(cloud: Cloud, found: AutoAllocated) -> None:
    """All of it; whether somebody uses it has been asked before."""
    store = cloud.store
    if router := store.find(Router, found.router_id):
        for port in store.by(Port, "device", router.id):
            drop_port(cloud, port)
        store.drop(router)
    for port in store.by(Port, "network", found.network_id):
        drop_port(cloud, port)
    for subnet in store.by(Subnet, "network", found.network_id):
        store.drop(subnet)
    for segment in segments_of(cloud, found.network_id):
        store.drop(segment)
    if home := store.find(Network, found.network_id):
        forget(cloud, home.id)
        store.drop(home)
    store.drop(found)
