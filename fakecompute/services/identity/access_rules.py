"""/users/{id}/access_rules: the calls that somebody's application credentials were limited to."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.delegation import AccessRule
from fakecompute.domain.records.identity import ApplicationCredential
from fakecompute.errors import Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import View, field
from fakecompute.services.identity.delegation import refuse_trusts
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.service import identity


class AccessRuleNotFound(NotFound):
    message = "Could not find Access Rule: {id}."


class AccessRuleInUse(Forbidden):
    message = "May not delete access rule in use"


# --- request schemas ----------------------------------------------------------------------------------


class ListAccessRules(Listed):
    filters = ("service", "path", "method")


# --- response views -----------------------------------------------------------------------------------

rule_brief = View(field("path"), field("service"), field("method"), field("id"))
rule_detail = View(*rule_brief.fields, field("links", linked("access_rules")))  # without the user: Keystone's own slip


def shown_rules(call: Call, credential: ApplicationCredential) -> list[dict[str, Any]]:
    """Those of an application credential."""
    return rule_brief.all([call.cloud.store.get(AccessRule, id) for id in credential.access_rules], call)


# --- handlers -----------------------------------------------------------------------------------------

ALL = "/users/<user_id>/access_rules"
ONE = ALL + "/<rule_id>"


def rule_for(call: Call, user_id: str, wanted: dict[str, Any]) -> AccessRule:
    """The user's rule of this id or content; a new one if there is none."""
    store, id = call.cloud.store, wanted.get("id")
    known = store.find(AccessRule, id)
    if known is not None and known.user_id != user_id:
        raise AccessRuleNotFound(id=id)
    told = {name: wanted.get(name) for name in ("service", "path", "method")}
    known = known or store.one(AccessRule, "same", (user_id, *told.values()))
    if known is not None:
        return known
    if None in told.values():  # where the real one does not look, and stores half a rule or fails
        raise AccessRuleNotFound(id=id)
    number = call.cloud.streams.number("access rule")
    new = AccessRule(id=id or call.cloud.streams.hex("access rule"), user_id=user_id, number=number, **told)
    return store.put(new)


@identity.get(ALL, query=ListAccessRules, policy="identity:list_access_rules")
def list_access_rules(call: Call, user_id: str) -> dict[str, Any]:
    call.demand("identity:list_access_rules", user_id=user_id)
    refuse_trusts(call)
    rules = sorted(call.cloud.store.by(AccessRule, "user", user_id), key=lambda rule: rule.number)
    return collection(call, "access_rules", rules, rule_detail)


@identity.get(ONE, policy="identity:get_access_rule")
def show_access_rule(call: Call, user_id: str, rule_id: str) -> dict[str, Any]:
    return {"access_rule": rule_detail(_find(call, "identity:get_access_rule", user_id, rule_id), call)}


@identity.delete(ONE, policy="identity:delete_access_rule", success=204)
def delete_access_rule(call: Call, user_id: str, rule_id: str) -> None:
    rule = _find(call, "identity:delete_access_rule", user_id, rule_id)
    credentials = call.cloud.store.by(ApplicationCredential, "user", user_id)
    if any(rule.id in credential.access_rules for credential in credentials):
        raise AccessRuleInUse
    call.cloud.store.drop(rule)


def _find(call: Call, policy: str, user_id: str, rule_id: str) -> AccessRule:
    """The rule of the user who stands in the path."""
    call.demand(policy, user_id=user_id)
    refuse_trusts(call)
    rule = call.cloud.store.find(AccessRule, rule_id)
    if rule is None or rule.user_id != user_id:
        raise AccessRuleNotFound(id=rule_id)
    return rule
