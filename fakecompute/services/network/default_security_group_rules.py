"""GET, POST, DELETE /default-security-group-rules: what new security groups begin with."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.network import DefaultRule
from fakecompute.errors import Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.security_group_rules import KEY, RULE, check_rule
from fakecompute.services.network.sharing import reads


class DefaultSecurityGroupRuleNotFound(NotFound):
    message = "Default Security Group rule {id} does not exist"


class DefaultSecurityGroupRuleExists(Conflict):
    message = "Default Security group rule already exists. Rule id is {id}."


# --- request schemas and response views ---------------------------------------------------------------

RULES_OWN = (
    "ethertype direction protocol port_range_min port_range_max remote_ip_prefix remote_address_group_id"
    " remote_group_id"
).split()
# fmt: off
DEFAULT_RULE = Noun(
    "default_security_group_rule", DefaultRule, DefaultSecurityGroupRuleNotFound,
    attribute("id"),
    *(RULE.attributes[name] for name in RULES_OWN),
    attribute("used_in_default_sg", values.boolean, "c", default=REQUIRED),
    attribute("used_in_non_default_sg", values.boolean, "c", default=REQUIRED),
    standard="description",
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> DefaultRule:
    check_rule(wish)
    fields = DEFAULT_RULE.fields_of(wish, "project_id")
    for other in call.cloud.store.all(DefaultRule):
        if all(getattr(other, name) == fields[name] for name in KEY):
            raise DefaultSecurityGroupRuleExists(id=other.id)
    id = call.cloud.streams.uuid("default security group rule")
    number = call.cloud.streams.number("default rule number")
    return call.cloud.store.put(DefaultRule(id=id, number=number, **fields))


def _remove(call: Call, rule: DefaultRule) -> None:
    """The last of them may go too: new groups begin with none then."""
    call.cloud.store.drop(rule)


Collection(
    DEFAULT_RULE,
    "/default-security-group-rules",
    create=_create,
    remove=_remove,
    visible=reads,
)
