"""What is done to ports and security groups, whoever asks for it: Neutron's API or Nova's workflows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from fakecompute.domain.network_addresses import Wish, automatic, new_mac, requested
from fakecompute.domain.network_bindings import binding
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.records.network import (
    DefaultRule,
    Network,
    Port,
    SecurityGroup,
    SecurityGroupRule,
    Standard,
)
from fakecompute.errors import Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

S = TypeVar("S", bound=Standard)
PARENT = "PARENT"
TEMPLATE = (
    "direction ethertype protocol port_range_min port_range_max remote_ip_prefix remote_group_id"
    " remote_address_group_id"
).split()
DEFAULT_GROUP = {"name": "default", "description": "Default security group"}


class MacAddressInUse(Conflict):
    message = "Unable to complete operation for network {net_id}. The mac address {mac} is in use."


class SecurityGroupNotFound(NotFound):
    message = "Security group {id} does not exist"


def begun(cloud: Cloud) -> dict[str, Any]:
    """The bookkeeping of a new resource."""
    return {"created_at": cloud.now, "updated_at": cloud.now}


def change(cloud: Cloud, record: S, **changes: Any) -> S:
    """Write a resource down with other values, as its next revision; not if they are what it has."""
    if all(getattr(record, name) == value for name, value in changes.items()):
        return record
    revision = record.revision_number + 1
    return cloud.store.put(record.evolve(**changes, revision_number=revision, updated_at=cloud.now))


def touch(cloud: Cloud, record: Standard) -> None:
    """What belongs to a resource changed: it is a revision further."""
    cloud.store.put(record.evolve(revision_number=record.revision_number + 1, updated_at=cloud.now))


# --- ports


def make_port(
    cloud: Cloud,
    network: Network,
    project_id: str,
    *,
    fixed_ips: Sequence[Wish] | None = None,
    mac_address: str | None = None,
    security_groups: tuple[str, ...] | None = None,
    host: str = "",
    **more: Any,
) -> Port:
    """A port on a network; None stands for Neutron's default: an address a version, the default group."""
    if project_id:  # a gateway is nobody's
        check_quota(cloud, project_id, "port")
    owner = more.get("device_owner", "")
    mac = mac_address or new_mac(cloud, network.id)
    if mac_address and cloud.store.count(Port, "mac", (network.id, mac)):
        raise MacAddressInUse(net_id=network.id, mac=mac)
    if fixed_ips is None:
        addresses = automatic(cloud, network, mac, owner)
    else:
        addresses = requested(cloud, network, fixed_ips, mac, owner)
    guarded = more.get("port_security_enabled", network.port_security_enabled)
    if security_groups is None:
        trusted = not guarded or owner.startswith("network:")
        security_groups = () if trusted else (default_group(cloud, project_id).id,)
    port = Port(
        id=cloud.streams.uuid("port"),
        project_id=project_id,
        network_id=network.id,
        mac_address=mac,
        fixed_ips=addresses,
        security_groups=security_groups,
        revision_number=1,
        **begun(cloud),
        **{"port_security_enabled": guarded, **more},
    )
    return cloud.store.put(port.evolve(**binding(cloud, port, host)) if host else port)


# --- security groups


def default_group(cloud: Cloud, project_id: str) -> SecurityGroup:
    """The default group of a project, made when it is first needed."""
    found = cloud.store.one(SecurityGroup, "default", project_id)
    return found or make_group(cloud, project_id, is_default=True, **DEFAULT_GROUP)


def make_group(cloud: Cloud, project_id: str, *, is_default: bool = False, **more: Any) -> SecurityGroup:
    """A group with the rules that it begins with, as the templates have it."""
    # The default group's ids depend on the project alone: whoever looked first must not matter.
    place = partial(cloud.streams.uuid_at, "default group", project_id) if is_default else None
    group = SecurityGroup(
        id=place() if place else cloud.streams.uuid("security group"),
        project_id=project_id,
        is_default=is_default,
        **more,
        revision_number=1,
        **begun(cloud),
    )
    cloud.store.put(group)
    for template in templates(cloud):
        if template.used_in_default_sg if is_default else template.used_in_non_default_sg:
            own = {name: getattr(template, name) for name in TEMPLATE}
            if own["remote_group_id"] == PARENT:
                own["remote_group_id"] = group.id
            put_rule(cloud, group, id=place(template.id) if place else None, **own)
    return cloud.store.put(cloud.store.get(SecurityGroup, group.id).evolve(revision_number=1))


def define_templates(cloud: Cloud) -> None:
    """What groups begin with, until an admin changes it: out to anywhere; the default one also in from itself."""
    for direction in "egress", "ingress":
        for ethertype in "IPv4", "IPv6":
            cloud.store.put(
                DefaultRule(
                    id=cloud.streams.uuid_at("default rule", direction, ethertype),
                    direction=direction,
                    ethertype=ethertype,
                    remote_group_id=PARENT if direction == "ingress" else None,
                    used_in_default_sg=True,
                    used_in_non_default_sg=direction == "egress",
                    number=cloud.streams.number("default rule number"),
                )
            )


def templates(cloud: Cloud) -> list[DefaultRule]:
    return sorted(cloud.store.all(DefaultRule), key=lambda rule: rule.number)


def put_rule(cloud: Cloud, group: SecurityGroup, *, id: str | None = None, **more: Any) -> SecurityGroupRule:
    """A rule of a group, which thereby is a revision further."""
    rule = SecurityGroupRule(
        id=id or cloud.streams.uuid("security group rule"),
        project_id=group.project_id,
        security_group_id=group.id,
        belongs_to_default_sg=group.is_default,
        number=cloud.store.count(SecurityGroupRule, "group", group.id),
        **more,
        **begun(cloud),
    )
    touch(cloud, cloud.store.get(SecurityGroup, group.id))
    return cloud.store.put(rule)
