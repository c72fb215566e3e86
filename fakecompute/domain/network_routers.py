"""Routers: their gateway and their interfaces are ports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import begun, make_port
from fakecompute.domain.network_addresses import ROUTER_GATEWAY, ROUTER_INTERFACE, Wish
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.records.network import Network, Port, Router, Subnet

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def make_router(cloud: Cloud, project_id: str, *, id: str | None = None, **more: Any) -> Router:
    check_quota(cloud, project_id, "router")
    return cloud.store.put(
        Router(
            id=id or cloud.streams.uuid("router"),
            project_id=project_id,
            revision_number=1,
            **more,
            **begun(cloud),
        )
    )


def ports_of_router(cloud: Cloud, router: Router, owner: str = ROUTER_INTERFACE) -> list[Port]:
    """Its interfaces, or its gateway."""
    ports = [port for port in cloud.store.by(Port, "device", router.id) if port.device_owner == owner]
    return sorted(ports, key=lambda port: (port.created_at, port.id))


def gateway_of(cloud: Cloud, router: Router) -> Port | None:
    """The first of its gateways, which is the only one of most."""
    return next(iter(gateways_of(cloud, router)), None)


def gateways_of(cloud: Cloud, router: Router) -> list[Port]:
    return ports_of_router(cloud, router, ROUTER_GATEWAY)


def add_interface(cloud: Cloud, router: Router, subnet: Subnet) -> Port:
    """The router takes the subnet's gateway address."""
    network = cloud.store.get(Network, subnet.network_id)
    return make_port(
        cloud,
        network,
        router.project_id,
        fixed_ips=(Wish(subnet.id, subnet.gateway_ip),),
        security_groups=(),
        port_security_enabled=False,
        device_id=router.id,
        device_owner=ROUTER_INTERFACE,
        status="ACTIVE",
    )


def set_gateway(cloud: Cloud, router: Router, network: Network, wishes: Sequence[Wish] | None = None) -> Port:
    """A port on the external network; nobody owns it, so that no project sees it."""
    return make_port(
        cloud,
        network,
        "",
        fixed_ips=wishes,
        security_groups=(),
        port_security_enabled=False,
        device_id=router.id,
        device_owner=ROUTER_GATEWAY,
        status="ACTIVE",
    )
