"""Who may see and use what belongs to another project: RBAC policies.

Each object that can be shared has `shared`: is there a policy that shares it with everybody?  Networks have
`external` as well.  Both follow the policies, which are the truth; so do not write them, but `share` and `unshare`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import touch
from fakecompute.domain.network_addresses import ROUTER_GATEWAY
from fakecompute.domain.records.network import Network, Port, Router, SecurityGroup, SecurityGroupRule, Subnet
from fakecompute.domain.records.network_pools import AddressGroup, AddressScope, SubnetPool
from fakecompute.domain.records.network_sharing import RBACPolicy
from fakecompute.domain.records.qos import QosPolicy
from fakecompute.errors import Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

SHARED, EXTERNAL = "access_as_shared", "access_as_external"
EVERYBODY = "*"
KINDS: dict[str, type[Any]] = {
    "network": Network,
    "qos_policy": QosPolicy,
    "security_group": SecurityGroup,
    "address_scope": AddressScope,
    "subnetpool": SubnetPool,
    "address_group": AddressGroup,
}
TYPES = {kind: name for name, kind in KINDS.items()}

# Which method of Neutron it is that objects to a change of a policy; its answers say so
_OBJECTS = "neutron.objects.{}.RbacNeutronDbObjectMixin.validate_rbac_policy_change-{}"
CALLBACKS = {
    "network": "neutron.plugins.ml2.plugin.NeutronDbPluginV2.validate_network_rbac_policy_change-242089",
    "external": "neutron.plugins.ml2.plugin.External_net_db_mixin._validate_ext_not_in_use_by_project-252085",
    "qos_policy": _OBJECTS.format("qos.policy", 2952472455106),
    "security_group": _OBJECTS.format("securitygroup", 2952472202954),
    "address_scope": _OBJECTS.format("address_scope", 2952472230818),
    "subnetpool": _OBJECTS.format("subnetpool", 2952473311902),
    "address_group": _OBJECTS.format("address_group", 2952472205017),
}


class RbacPolicyInUse(Conflict):
    message = (
        "RBAC policy on object {object_id} cannot be removed because other objects depend on it.\n"
        "Details: {details}"
    )


class InvalidSharedSetting(Conflict):
    message = "Unable to reconfigure sharing settings for network {id}. Multiple projects are using it."


# --- reading


def is_shared(cloud: Cloud, record: Any, project_id: str | None) -> bool:
    """What the object's `shared` says to a project: may it use the object because of a policy?"""
    return bool(
        record.shared or (project_id and cloud.store.count(RBACPolicy, "access", (record.id, SHARED, project_id)))
    )


def is_external(cloud: Cloud, network: Network, project_id: str | None) -> bool:
    """May a project have its gateways and floating IPs there because of a policy?"""
    return network.external and any(
        cloud.store.count(RBACPolicy, "access", (network.id, EXTERNAL, target))
        for target in (EVERYBODY, project_id)
        if target
    )


def is_open(cloud: Cloud, record: Any, project_id: str | None) -> bool:
    """May a project see the object: because it is its own, or by a policy?"""
    if project_id == record.project_id or is_shared(cloud, record, project_id):
        return True
    return isinstance(record, Network) and is_external(cloud, record, project_id)


def networks_for(cloud: Cloud, project_id: str) -> list[Network]:
    """Those that are shared with a project, and are not its own."""
    shared = {network.id: network for network in cloud.store.by(Network, "shared", True)}
    for policy in cloud.store.by(RBACPolicy, "target", (project_id, "network", SHARED)):
        shared[policy.object_id] = cloud.store.get(Network, policy.object_id)
    return [network for network in shared.values() if network.project_id != project_id]


# --- writing


def put_policy(cloud: Cloud, project_id: str, record: Any, action: str, target: str) -> RBACPolicy:
    """Share an object; it is told."""
    policy = RBACPolicy(
        id=cloud.streams.uuid("rbac policy"),
        project_id=project_id,
        object_type=TYPES[type(record)],
        object_id=record.id,
        action=action,
        target=target,
        number=cloud.streams.number("rbac policy number"),
    )
    cloud.store.put(policy)
    follow(cloud, record.id, policy.object_type)
    return policy


def revise(cloud: Cloud, object_id: str) -> None:
    """A network is a revision further with every change of its policies; other objects are not."""
    if (network := cloud.store.find(Network, object_id)) is not None:
        touch(cloud, network)


def set_shared(cloud: Cloud, record: Any, shared: bool, action: str = SHARED) -> Any:
    """What an object's own `shared` (or `router:external`) sets: it is there for everybody, or for nobody else.

    Not shared any more with everybody, it stays shared with those that were named; not external means for nobody.
    """
    there = cloud.store.by(RBACPolicy, "access", (record.id, action, EVERYBODY))
    if shared and not there:
        put_policy(cloud, record.project_id, record, action, EVERYBODY)
    elif not shared:
        for policy in there if action == SHARED else cloud.store.by(RBACPolicy, "use", (record.id, EXTERNAL)):
            cloud.store.drop(policy)
        follow(cloud, record.id, TYPES[type(record)])
    return cloud.store.get(type(record), record.id)


def follow(cloud: Cloud, object_id: str, object_type: str) -> None:
    """Write down in the object what its policies say by now."""
    record = cloud.store.get(KINDS[object_type], object_id)
    now = {"shared": bool(cloud.store.count(RBACPolicy, "access", (object_id, SHARED, EVERYBODY)))}
    if object_type == "network":
        now["external"] = bool(cloud.store.count(RBACPolicy, "use", (object_id, EXTERNAL)))
    if any(getattr(record, name) != value for name, value in now.items()):
        cloud.store.put(record.evolve(**now))


def forget(cloud: Cloud, object_id: str) -> None:
    """An object is no more: its policies go with it."""
    for policy in cloud.store.by(RBACPolicy, "object", object_id):
        cloud.store.drop(policy)


# --- who depends on a policy


def check_unused(cloud: Cloud, policy: RBACPolicy, new_target: str | None = None) -> None:
    """RbacPolicyInUse, if a project lives on what the policy allows; `new_target` is who it is to be for."""
    if new_target == policy.target:
        return
    record = cloud.store.get(KINDS[policy.object_type], policy.object_id)
    check: Callable[..., Any] = _check_object
    if policy.object_type == "network":
        check = _check_external if policy.action == EXTERNAL else _check_network
    if trouble := check(cloud, record, policy, new_target):
        place = "external" if policy.action == EXTERNAL else policy.object_type
        raise RbacPolicyInUse(
            object_id=policy.object_id, details=f'Callback {CALLBACKS[place]} failed with "{trouble}"'
        )


def _check_network(cloud: Cloud, network: Network, policy: RBACPolicy, new_target: str | None) -> Any:
    if policy.target == network.project_id:
        return None
    users = users_of(cloud, network)
    if policy.target == EVERYBODY:
        named = {other.target for other in cloud.store.by(RBACPolicy, "use", (network.id, SHARED))}
        lost = users - named
    elif network.shared:  # with everybody: nobody needs the policy
        lost = set()
    else:
        lost = users & {policy.target}
    return InvalidSharedSetting(id=network.id) if lost else None


def users_of(cloud: Cloud, network: Network) -> set[str]:
    """Other projects with ports or subnets on a network."""
    store, id = cloud.store, network.id
    there = {port.project_id for port in store.by(Port, "network", id) if not port.device_owner.startswith("network:")}
    there |= {subnet.project_id for subnet in store.by(Subnet, "network", id)}
    return there - {"", network.project_id}


def _check_external(cloud: Cloud, network: Network, policy: RBACPolicy, new_target: str | None) -> Any:
    """Neutron asks about its own error in an error: the words come twice."""
    others = [other for other in cloud.store.by(RBACPolicy, "use", (network.id, EXTERNAL)) if other != policy]
    targets = {other.target for other in others} | {new_target}
    gateways = [port for port in cloud.store.by(Port, "network", network.id) if port.device_owner == ROUTER_GATEWAY]
    routers = [router for port in gateways if (router := cloud.store.find(Router, port.device_id))]
    if policy.target == EVERYBODY and network.is_default:
        details = "Default external networks must be shared to everyone."
    elif EVERYBODY in targets or not any(
        router.project_id not in targets if policy.target == EVERYBODY else router.project_id == policy.target
        for router in routers
    ):
        return None
    else:
        details = "There are routers attached to this network that depend on this policy for access."
    return RbacPolicyInUse(object_id=network.id, details=details)


def _check_object(cloud: Cloud, record: Any, policy: RBACPolicy, new_target: str | None) -> Any:
    users = set(USERS[policy.object_type](cloud, record.id)) - {"", record.project_id}
    others = {
        other.target for other in cloud.store.by(RBACPolicy, "use", (record.id, SHARED)) if other.id != policy.id
    }
    if policy.target != EVERYBODY:
        users &= {policy.target}
    if EVERYBODY in others or not (lost := sorted(users - others)):
        return None
    return RbacPolicyInUse(object_id=record.id, details=f"project_id={','.join(lost)}")


def _users_of_group(cloud: Cloud, id: str) -> Iterable[str]:
    yield from (port.project_id for port in cloud.store.by(Port, "group", id))
    yield from (rule.project_id for rule in cloud.store.by(SecurityGroupRule, "remote", id))


def _users_of_qos(cloud: Cloud, id: str) -> Iterable[str]:
    yield from (network.project_id for network in cloud.store.all(Network) if network.qos_policy_id == id)
    yield from (port.project_id for port in cloud.store.all(Port) if port.qos_policy_id == id)


# Whose projects use an object of the type
USERS: dict[str, Callable[[Any, str], Iterable[str]]] = {
    "qos_policy": _users_of_qos,
    "security_group": _users_of_group,
    "address_scope": lambda cloud, id: (pool.project_id for pool in cloud.store.by(SubnetPool, "scope", id)),
    "subnetpool": lambda cloud, id: (subnet.project_id for subnet in cloud.store.by(Subnet, "pool", id)),
    "address_group": lambda cloud, id: (
        rule.project_id for rule in cloud.store.by(SecurityGroupRule, "address_group", id)
    ),
}
