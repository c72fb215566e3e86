"""Quality of service: policies, the rules that a policy may have at once, and where policies are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fakecompute.domain.network import begun, change, touch
from fakecompute.domain.network_sharing import forget, set_shared
from fakecompute.domain.records.network import FloatingIP, Network, Port, Router, Standard
from fakecompute.domain.records.qos import QosPolicy, QosRule
from fakecompute.errors import Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

USERS: tuple[tuple[str, type[Standard]], ...] = (
    ("port", Port), ("network", Network), ("fip", FloatingIP), ("router", Router),
)  # fmt: skip


class QosPolicyInUse(Conflict):
    message = "QoS Policy {id} is used by {kind} {user}."


class QoSPolicyDefaultAlreadyExists(Conflict):
    message = "A default QoS policy exists for project {project_id}."


class QoSRulesConflict(Conflict):
    message = "Rule {type} conflicts with rule {rule_id} which already exists in QoS Policy {id}."


class QoSRuleParameterConflict(Conflict):
    message = (
        "Unable to add the rule with value {value} to the policy {id} as the existing rule of type {type} has value"
        " {existing}."
    )


# --- policies


def make_policy(cloud: Cloud, project_id: str, shared: bool = False, **fields: Any) -> QosPolicy:
    if fields.get("is_default"):
        _check_default(cloud, project_id, None)
    id = cloud.streams.uuid("qos policy")
    made = cloud.store.put(QosPolicy(id=id, project_id=project_id, **fields, **begun(cloud)))
    return _share(cloud, made, shared)


def _share(cloud: Cloud, policy: QosPolicy, shared: bool | None) -> QosPolicy:
    """With everybody, or with nobody else; None: as it is."""
    if shared is None or shared == policy.shared:
        return policy
    return set_shared(cloud, policy, shared)  # type: ignore[no-any-return]


def change_policy(cloud: Cloud, policy: QosPolicy, shared: bool | None = None, **fields: Any) -> QosPolicy:
    if fields.get("is_default"):
        _check_default(cloud, policy.project_id, policy.id)
    return _share(cloud, change(cloud, policy, **fields), shared)


def _check_default(cloud: Cloud, project_id: str, id: str | None) -> None:
    if any(other.id != id for other in cloud.store.by(QosPolicy, "default", project_id)):
        raise QoSPolicyDefaultAlreadyExists(project_id=project_id)


def default_policy(cloud: Cloud, project_id: str) -> str | None:
    """The id of the one that a project's new networks begin with."""
    found = cloud.store.one(QosPolicy, "default", project_id)
    return found.id if found else None


def drop_policy(cloud: Cloud, policy: QosPolicy) -> None:
    """Its rules go with it; whatever uses it stands in the way."""
    for kind, record in USERS:
        if users := sorted(user.id for user in cloud.store.by(record, "qos", policy.id)):
            raise QosPolicyInUse(id=policy.id, kind=kind, user=users[0])
    for rule in rules_of(cloud, policy):
        cloud.store.drop(rule)
    forget(cloud, policy.id)
    cloud.store.drop(policy)


# --- rules


def rules_of(cloud: Cloud, policy: QosPolicy, type: str = "") -> list[QosRule]:
    """All, or those of one kind, in the order in which they were made."""
    found = [rule for rule in cloud.store.by(QosRule, "policy", policy.id) if not type or rule.type == type]
    return sorted(found, key=lambda rule: rule.number)


def make_rule(cloud: Cloud, policy: QosPolicy, type: str, **fields: Any) -> QosRule:
    rule = QosRule(
        id=cloud.streams.uuid("qos rule"),
        project_id=policy.project_id,
        qos_policy_id=policy.id,
        type=type,
        number=cloud.streams.number("qos rule"),
        **fields,
    )
    _check_rule(rules_of(cloud, policy), rule, fields)
    touch(cloud, policy)
    return cloud.store.put(rule)


def change_rule(cloud: Cloud, rule: QosRule, **fields: Any) -> QosRule:
    policy = cloud.store.get(QosPolicy, rule.qos_policy_id)
    changed = rule.evolve(**fields)
    _check_rule(rules_of(cloud, policy), changed, fields)
    touch(cloud, policy)
    return cloud.store.put(changed)


def drop_rule(cloud: Cloud, rule: QosRule) -> None:
    touch(cloud, cloud.store.get(QosPolicy, rule.qos_policy_id))
    cloud.store.drop(rule)


def _check_rule(others: Sequence[QosRule], rule: QosRule, told: dict[str, Any]) -> None:
    """No limits that contradict each other, no two rules of a kind and direction."""
    # neutron/objects/qos/qos_policy_validator.py
    for other in others:
        if other.type != "dscp_marking" and told.get("direction") in (None, other.direction):
            _check_limits(other, rule, told)
    for other in others:
        mixed = "any" in (pair := {other.direction, rule.direction}) and len(pair) > 1
        if mixed and other.id != rule.id and other.type == rule.type == "minimum_packet_rate":
            raise _contradiction(rule, rule.direction, other, other.direction)
    for other in others:
        if other.id != rule.id and (other.type, other.direction) == (rule.type, rule.direction):
            raise QoSRulesConflict(type=rule.type, rule_id=other.id, id=rule.qos_policy_id)


def _check_limits(other: QosRule, rule: QosRule, told: dict[str, Any]) -> None:
    """What is promised cannot be more than what is let through."""
    most, least = told.get("max_kbps"), told.get("min_kbps")
    if other.type == "minimum_bandwidth" and most is not None and (other.min_kbps or 0) > most:
        raise _contradiction(rule, most, other, other.min_kbps)
    if other.type == "bandwidth_limit" and least is not None and (other.max_kbps or 0) < least:
        raise _contradiction(rule, least, other, other.max_kbps)


def _contradiction(rule: QosRule, value: Any, other: QosRule, existing: Any) -> QoSRuleParameterConflict:
    return QoSRuleParameterConflict(value=value, id=rule.qos_policy_id, type=other.type, existing=existing)
