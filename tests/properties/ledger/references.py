"""Which records name which others: whoever is named is there, in all services but for what real ones leave behind.

Servers, volumes, images and ports outlive their projects and users, as they do in a real cloud: they are orphans, and
are not looked at here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fakecompute import Cloud
from fakecompute.domain.records.catalog import CatalogEndpoint, CatalogService
from fakecompute.domain.records.delegation import AccessRule, Credential, Receipt, Trust
from fakecompute.domain.records.identity import (
    ApplicationCredential,
    Assignment,
    Domain,
    DomainConfig,
    Group,
    Inference,
    Membership,
    Project,
    Role,
    Token,
    User,
)
from fakecompute.domain.records.image import CachedImage, Image, ImageData, ImageMember
from fakecompute.domain.records.network import (
    FloatingIP,
    Network,
    Port,
    Router,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)
from fakecompute.domain.records.network_pools import AddressScope, Segment, SubnetPool
from fakecompute.domain.records.network_services import (
    LocalIP,
    LocalIPAssociation,
    NDPProxy,
    PortBinding,
    PortForwarding,
)
from fakecompute.domain.records.network_sharing import RBACPolicy
from fakecompute.domain.records.qos import QosPolicy, QosRule
from fakecompute.domain.records.trunk import Trunk
from fakecompute.domain.records.unified_limits import Limit, RegisteredLimit
from fakecompute.kernel.store import Record

Kinds = type[Record] | tuple[type[Record], ...]
Named = Callable[[Any], str | Iterable[str | None] | None]


def _target(assignment: Assignment) -> str | None:
    """`system` needs nobody."""
    return assignment.target.partition(":")[2] or None


# fmt: off
REFERENCES: tuple[tuple[type[Record], Named, Kinds], ...] = (
    # --- Neutron
    (Subnet,                lambda one: one.network_id,                             Network),
    (Subnet,                lambda one: one.subnetpool_id,                          SubnetPool),
    (Subnet,                lambda one: one.segment_id,                             Segment),
    (Segment,               lambda one: one.network_id,                             Network),
    (SubnetPool,            lambda one: one.address_scope_id,                       AddressScope),
    (Port,                  lambda one: one.network_id,                             Network),
    (Port,                  lambda one: [ip.subnet_id for ip in one.fixed_ips],     Subnet),
    (Port,                  lambda one: one.security_groups,                        SecurityGroup),
    (PortBinding,           lambda one: one.port_id,                                Port),
    (SecurityGroupRule,     lambda one: (one.security_group_id, one.remote_group_id), SecurityGroup),
    (FloatingIP,            lambda one: one.floating_network_id,                    Network),
    (FloatingIP,            lambda one: one.port_id,                                Port),
    (FloatingIP,            lambda one: one.router_id,                              Router),
    (PortForwarding,        lambda one: one.floatingip_id,                          FloatingIP),
    (PortForwarding,        lambda one: one.internal_port_id,                       Port),
    (Trunk,                 lambda one: (one.port_id, *(sub.port_id for sub in one.sub_ports)), Port),
    (NDPProxy,              lambda one: one.port_id,                                Port),
    (LocalIP,               lambda one: one.local_port_id,                          Port),
    (LocalIPAssociation,    lambda one: one.local_ip_id,                            LocalIP),
    (LocalIPAssociation,    lambda one: one.fixed_port_id,                          Port),
    (RBACPolicy,            lambda one: one.object_id,
     (Network, QosPolicy, SecurityGroup, AddressScope, SubnetPool)),
    (QosRule,               lambda one: one.policy_id,                              QosPolicy),
    *((kind,                lambda one: one.qos_policy_id,                          QosPolicy)
      for kind in (Network, Port, Router, FloatingIP)),
    # --- Keystone
    (Project,               lambda one: one.domain_id,                              Domain),
    (Project,               lambda one: one.parent_id,                              (Project, Domain)),
    (User,                  lambda one: one.domain_id,                              Domain),
    (Group,                 lambda one: one.domain_id,                              Domain),
    (Role,                  lambda one: one.domain_id,                              Domain),
    (DomainConfig,          lambda one: one.id,                                     Domain),
    (Membership,            lambda one: one.group_id,                               Group),
    (Membership,            lambda one: one.user_id,                                User),
    (Assignment,            lambda one: one.user_id,                                User),
    (Assignment,            lambda one: one.group_id,                               Group),
    (Assignment,            lambda one: one.role_id,                                Role),
    (Assignment,            _target,                                                (Project, Domain)),
    (Inference,             lambda one: (one.prior_id, one.implied_id),             Role),
    (ApplicationCredential, lambda one: one.user_id,                                User),
    (ApplicationCredential, lambda one: one.project_id,                             Project),
    (ApplicationCredential, lambda one: one.access_rules,                           AccessRule),
    (AccessRule,            lambda one: one.user_id,                                User),
    (Credential,            lambda one: one.user_id,                                User),
    (Receipt,               lambda one: one.user_id,                                User),
    (Trust,                 lambda one: (one.trustor_user_id, one.trustee_user_id), User),
    (Trust,                 lambda one: one.project_id,                             Project),
    (Trust,                 lambda one: one.redelegated_trust_id,                   Trust),
    (Token,                 lambda one: one.user_id,                                User),
    (Token,                 lambda one: one.project_id,                             Project),
    (Token,                 lambda one: one.domain_id,                              Domain),
    (Token,                 lambda one: one.application_credential_id,              ApplicationCredential),
    (Token,                 lambda one: one.trust_id,                               Trust),
    (Limit,                 lambda one: one.registered_limit_id,                    RegisteredLimit),
    (Limit,                 lambda one: one.project_id,                             Project),
    (Limit,                 lambda one: one.domain_id,                              Domain),
    (RegisteredLimit,       lambda one: one.service_id,                             CatalogService),
    (CatalogEndpoint,       lambda one: one.service_id,                             CatalogService),
    # --- Glance
    (ImageData,             lambda one: one.id,                                     Image),
    (CachedImage,           lambda one: one.id,                                     Image),
    (ImageMember,           lambda one: one.image_id,                               Image),
)
# fmt: on


def assert_referred(cloud: Cloud, kinds: Iterable[type[Record]] | None = None) -> None:
    """Nobody names what is not there."""
    for kind, named, others in REFERENCES:
        if kinds is None or kind in kinds:
            for record in cloud.store.all(kind):
                for id in _ids(named(record)):
                    found = others if isinstance(others, tuple) else (others,)
                    assert any(cloud.store.find(other, id) for other in found), (kind.__name__, record, id)


def _ids(value: str | Iterable[str | None] | None) -> Iterator[str]:
    if value is None or isinstance(value, str):
        value = (value,)
    yield from filter(None, value)
