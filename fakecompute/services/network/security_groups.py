"""GET, POST, PUT, DELETE /security-groups: what ports let through; every project has a `default`."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import SecurityGroupNotFound, change, default_group, make_group
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.network_sharing import forget
from fakecompute.domain.records.network import Port, SecurityGroup, SecurityGroupRule
from fakecompute.errors import Conflict
from fakecompute.rest.call import Call
from fakecompute.services.network import listing, values
from fakecompute.services.network.nouns import Noun, attribute, check_revision
from fakecompute.services.network.security_group_rules import RULE, rules_of
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import open_to, shared


class SecurityGroupInUse(Conflict):
    message = "Security Group {id} in use."


class SecurityGroupCannotRemoveDefault(Conflict):
    message = "Insufficient rights for removing default security group."


class SecurityGroupCannotUpdateDefault(Conflict):
    message = "Updating default security group not allowed."


class SecurityGroupDefaultAlreadyExists(Conflict):
    message = "Default security group already exists."


# --- request schemas and response views ---------------------------------------------------------------


def _name(value: Any) -> str:
    checked = str(values.text(255)(value))
    if checked.lower() == "default":
        raise SecurityGroupDefaultAlreadyExists
    return checked


def _rules(group: SecurityGroup, call: Call) -> list[dict[str, Any]]:
    return RULE.view.all(rules_of(call.cloud, group.id), call)


GROUP = Noun(
    "security_group",
    SecurityGroup,
    SecurityGroupNotFound,
    attribute("id"),
    attribute("name", _name, "cu", default=""),
    attribute("stateful", values.boolean, "cu", default=True),
    attribute("shared", values.boolean, source=shared),
    attribute("security_group_rules", source=_rules, filter=False),
)


# --- handlers -----------------------------------------------------------------------------------------


@network.finder("security_group")
def find_group(call: Call, id: str) -> SecurityGroup:
    found = call.cloud.store.find(SecurityGroup, id)
    if found is None or not open_to(call, found):
        raise SecurityGroupNotFound(id=id)
    return found


@network.get("/security-groups", policy="get_security_group")
def list_security_groups(call: Call) -> dict[str, Any]:
    if call.context.project_id:
        default_group(call.cloud, call.context.project_id)
    return listing.listed(call, GROUP, lambda group: open_to(call, group))


@network.get("/security-groups/<security_group>", policy="get_security_group")
def show_security_group(call: Call, security_group: SecurityGroup) -> dict[str, Any]:
    return GROUP.show(call, security_group)


@network.post("/security-groups", policy="create_security_group", success=201, asks=True)
def create_security_group(call: Call) -> dict[str, Any]:
    return GROUP.created(call, _create)


@network.put("/security-groups/<security_group>", policy="update_security_group")
def update_security_group(call: Call, security_group: SecurityGroup) -> dict[str, Any]:
    return GROUP.updated(call, security_group, _update)


@network.delete("/security-groups/<security_group>", policy="delete_security_group", success=204)
def delete_security_group(call: Call, security_group: SecurityGroup) -> None:
    """Rules of other groups that let its members in go with it."""
    check_revision(call, security_group)
    store, id = call.cloud.store, security_group.id
    if store.count(Port, "group", id):
        raise SecurityGroupInUse(id=id)
    if security_group.is_default and not call.is_admin:
        raise SecurityGroupCannotRemoveDefault
    for rule in [*store.by(SecurityGroupRule, "group", id), *store.by(SecurityGroupRule, "remote", id)]:
        store.drop(rule)
    forget(call.cloud, id)
    store.drop(security_group)


def _create(call: Call, wish: dict[str, Any]) -> SecurityGroup:
    project_id = wish["project_id"]
    default_group(call.cloud, project_id)
    check_quota(call.cloud, project_id, "security_group")
    check_quota(call.cloud, project_id, "security_group_rule", 2)
    return make_group(call.cloud, project_id, **GROUP.fields_of(wish, "project_id"))


def _update(call: Call, group: SecurityGroup, wish: dict[str, Any]) -> SecurityGroup:
    if group.is_default and "name" in wish:
        raise SecurityGroupCannotUpdateDefault
    if wish.get("stateful", group.stateful) != group.stateful and call.cloud.store.count(
        Port, "group", group.id
    ):
        raise SecurityGroupInUse(id=group.id)
    return change(call.cloud, group, **GROUP.fields_of(wish))
