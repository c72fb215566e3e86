"""GET, POST, PUT, DELETE /qos/policies and their rules; /qos/rule-types, /qos/alias-*-rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fakecompute.domain.network_qos import (
    change_policy,
    change_rule,
    drop_policy,
    drop_rule,
    make_policy,
    make_rule,
    rules_of,
)
from fakecompute.domain.records.qos import QosPolicy, QosRule
from fakecompute.errors import Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Attribute, Noun, attribute
from fakecompute.services.network.qos_use import QosPolicyNotFound
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import open_to, own, reads, shared

MOST = 2**31 - 1
MARKS = (0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 44, 46, 48, 56)


class QosRuleNotFound(NotFound):
    message = "QoS rule {id} for policy {parent} could not be found."


class RuleTypeNotFound(NotFound):
    """A 500 of the real one."""

    neutrons_name = "HTTPNotFound"


class NotAuthorized(Forbidden):
    message = "Not authorized."


# --- request schemas and response views ---------------------------------------------------------------


class Limit(NamedTuple):
    """A number that a kind of rule has; one without a default must be given."""

    name: str
    values: tuple[int, ...] = ()  # none: a range from 0
    default: Any = REQUIRED


class Kind(NamedTuple):
    type: str
    directions: tuple[str, ...]
    limits: tuple[Limit, ...]


BOTH = ("ingress", "egress")
# fmt: off
KINDS = (
    # type                  directions         limits
    Kind("bandwidth_limit",     BOTH,           (Limit("max_kbps"), Limit("max_burst_kbps", default=0))),
    Kind("dscp_marking",        (),             (Limit("dscp_mark", MARKS),)),
    Kind("minimum_bandwidth",   BOTH,           (Limit("min_kbps"),)),
    Kind("minimum_packet_rate", ("any", *BOTH), (Limit("min_kpps"),)),
    Kind("packet_rate_limit",   BOTH,           (Limit("max_kpps"), Limit("max_burst_kpps", default=0))),
)
# fmt: on
ALIASES = ("bandwidth_limit", "dscp_marking", "minimum_bandwidth", "minimum_packet_rate")  # rules without a policy


def _attributes(kind: Kind) -> list[Attribute]:
    rows = []
    for limit in kind.limits:
        check = (
            values.one_of(*limit.values, convert=values.integer()) if limit.values else values.integer(0, MOST)
        )
        rows.append(attribute(limit.name, check, "cu", default=limit.default))
    if kind.directions:
        rows.append(attribute("direction", values.one_of(*kind.directions), "cu", default="egress"))
    return rows


def _rule_noun(kind: Kind, name: str) -> Noun:
    return Noun(
        name,
        QosRule,
        QosRuleNotFound,
        *_attributes(kind),
        attribute("id"),
        attribute("project_id", values.text(255), "c", source=None, filter=False),
        standard="",
        homeless=True,
    )


RULES = {kind.type: _rule_noun(kind, f"{kind.type}_rule") for kind in KINDS}


def _rules(policy: QosPolicy, call: Call) -> list[dict[str, Any]]:
    return [
        {**RULES[rule.type].view(rule, call), "qos_policy_id": policy.id, "type": rule.type}
        for rule in rules_of(call.cloud, policy)
    ]


POLICY = Noun(
    "policy",
    QosPolicy,
    QosPolicyNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("shared", values.boolean, "cu", default=False, source=shared),
    attribute("rules", source=_rules, filter=False),
    attribute("is_default", values.boolean, "cu", default=False),
    plural="policies",
)


# --- policies


def _create(call: Call, wish: dict[str, Any]) -> QosPolicy:
    return make_policy(call.cloud, **POLICY.fields_of(wish))


def _update(call: Call, policy: QosPolicy, wish: dict[str, Any]) -> QosPolicy:
    return change_policy(call.cloud, policy, **POLICY.fields_of(wish))


POLICIES = Collection(
    POLICY,
    "/qos/policies",
    create=_create,
    update=_update,
    remove=lambda call, policy: drop_policy(call.cloud, policy),
    visible=open_to,
    rule="policy",
    called="qos_policy",
)


# --- rules of policies


def _declare(kind: Kind) -> None:
    """The five operations on one kind of rule."""

    def create(call: Call, wish: dict[str, Any], policy: QosPolicy) -> QosRule:
        return make_rule(call.cloud, policy, kind.type, **noun.fields_of(wish, "project_id"))

    def update(call: Call, rule: QosRule, wish: dict[str, Any]) -> QosRule:
        return change_rule(call.cloud, rule, **noun.fields_of(wish))

    noun = RULES[kind.type]
    Collection(
        noun,
        f"/qos/policies/<qos_policy>/{noun.plural}",
        create=create,
        update=update,
        remove=lambda call, rule: drop_rule(call.cloud, rule),
        children=lambda call, policy: rules_of(call.cloud, policy, kind.type),
        rule=f"policy_{noun.name}",
    )


for _kind in KINDS:
    _declare(_kind)


# --- the same rules, found without their policy


def _declare_alias(type: str) -> None:
    """GET, PUT and DELETE /qos/alias-<type>-rules/<id>; no list."""
    noun = _rule_noun(next(kind for kind in KINDS if kind.type == type), f"alias_{type}_rule")

    def found(call: Call, verb: str, id: str) -> QosRule:
        rule = call.cloud.store.find(QosRule, id)
        if rule is None or rule.type != type:
            raise QosRuleNotFound(id=id, parent="")
        policy = POLICIES.found(call, rule.qos_policy_id)
        if not own(call, policy):
            raise QosRuleNotFound(id=id, parent="")
        call.demand(f"{verb}_policy_{type}_rule", policy.project_id)
        return rule

    def show(call: Call, item: str) -> dict[str, Any]:
        return noun.show(call, found(call, "get", item))

    def update(call: Call, item: str) -> dict[str, Any]:
        rule = found(call, "update", item)
        return noun.updated(call, rule, lambda call, rule, wish: change_rule(call.cloud, rule, **wish))

    def delete(call: Call, item: str) -> None:
        drop_rule(call.cloud, found(call, "delete", item))

    handlers: tuple[tuple[str, Callable[..., Any], int], ...] = (
        ("GET", show, 200), ("PUT", update, 200), ("DELETE", delete, 204),
    )  # fmt: skip
    for method, handler, success in handlers:
        handler.__name__ = f"{handler.__name__}_{noun.name}"
        for path in noun.plural, noun.plural.replace("_", "-"):
            network.route(method, f"/qos/{path}/<item>", success=success)(handler)


for _type in ALIASES:
    _declare_alias(_type)


# --- rule types


def _parameter(name: str, allowed: tuple[Any, ...]) -> dict[str, Any]:
    if allowed:
        return {"parameter_name": name, "parameter_values": list(allowed), "parameter_type": "choices"}
    return {"parameter_name": name, "parameter_values": {"start": 0, "end": MOST}, "parameter_type": "range"}


@network.get("/qos/rule-types", policy="get_rule_type")
def list_qos_rule_types(call: Call) -> dict[str, Any]:
    wanted = [value for name, value in call.query_pairs if name == "type"]
    seen = KINDS if reads(call) else ()
    return {"rule_types": [{"type": kind.type} for kind in seen if not wanted or kind.type in wanted]}


@network.get("/qos/rule-types/<type>", policy="get_rule_type")
def show_qos_rule_type(call: Call, type: str) -> dict[str, Any]:
    """What the drivers can; for admins."""
    if "admin" not in call.context.roles:
        raise NotAuthorized
    if not call.is_admin:
        raise RuleTypeNotFound
    for kind in KINDS:
        if kind.type == type:
            parameters = [_parameter(limit.name, limit.values) for limit in kind.limits]
            if kind.directions:
                parameters.append(_parameter("direction", kind.directions))
            drivers = [{"name": "openvswitch", "supported_parameters": parameters}]
            return {"rule_type": {"type": type, "drivers": drivers}}
    raise RuleTypeNotFound
