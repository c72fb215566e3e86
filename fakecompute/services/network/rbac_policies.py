"""GET, POST, PUT, DELETE /rbac-policies: who may use what belongs to a project."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_addresses import InvalidInput
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.network_sharing import (
    CALLBACKS,
    EVERYBODY,
    EXTERNAL,
    KINDS,
    SHARED,
    check_unused,
    follow,
    is_open,
    put_policy,
    revise,
)
from fakecompute.domain.records.network_sharing import RBACPolicy
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute

ACTIONS = {kind: (SHARED, EXTERNAL) if kind == "network" else (SHARED,) for kind in KINDS}


class RbacPolicyNotFound(NotFound):
    message = "RBAC policy of type unknown with ID {id} not found"


class DuplicateRbacPolicy(Conflict):
    message = "An RBAC policy already exists with those values."


class InvalidActionForType(BadRequest):
    message = "Invalid action '{action}' for object type '{kind}'. Valid actions: {actions}"


# --- request schemas and response views ---------------------------------------------------------------


def _kind(value: Any) -> str:
    word = value.strip().lower() if isinstance(value, str) else value
    if word not in KINDS:
        raise InvalidInput(reason=f"'{value}' is not a valid RBAC object type")
    return str(word)


def _target(value: Any) -> str:
    """A project, with dashes or without, or everybody."""
    plain = str(value).replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "").lower()
    if value != EVERYBODY and not (isinstance(value, str) and values.HEX.fullmatch(plain)):
        raise InvalidInput(reason=f"'{value}' is not a valid target project ID; expected a UUID or '*'")
    return str(value)


# fmt: off
POLICY = Noun(
    "rbac_policy", RBACPolicy, RbacPolicyNotFound,
    attribute("id"),
    attribute("object_type", _kind, "c", default=None, guarded=True, sort=False),
    attribute("object_id", values.uuid, "c", default=REQUIRED, guarded=True, sort=False),
    attribute("target_tenant", _target, "cu", default=REQUIRED, target="target", guarded=True, sort=False),
    attribute("action", values.text(255), "c", default=REQUIRED, guarded=True, sort=False),
    plural="rbac_policies", standard="tenant_id project_id", indexes={"object_id": "object"},
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _demand(call: Call, action: str, wish: dict[str, Any]) -> None:
    """Only admins share with everybody."""
    POLICY.demand(call, action, wish, call.project_id, lambda rule: wish["target_tenant"] != EVERYBODY)


def _create(call: Call, wish: dict[str, Any]) -> RBACPolicy:
    _demand(call, "create", wish)
    check_quota(call.cloud, wish["project_id"], "rbac_policy")
    kind, action, target = wish["object_type"], wish["action"], wish["target_tenant"]
    if kind is None:
        raise InvalidInput(reason="'None' is not a valid RBAC object type")
    record = _object(call, kind, wish["object_id"])
    if action not in ACTIONS[kind]:
        raise InvalidActionForType(action=action, kind=kind, actions=ACTIONS[kind])
    if call.cloud.store.count(RBACPolicy, "access", (record.id, action, target)):
        raise DuplicateRbacPolicy
    made = put_policy(call.cloud, wish["project_id"], record, action, target)
    revise(call.cloud, record.id)
    return made


def _object(call: Call, kind: str, id: str) -> Any:
    """What is to be shared, if it is the caller's to share."""
    record = call.cloud.store.find(KINDS[kind], id)
    if record is None:
        reason = f"Network {id} could not be found." if kind == "network" else "'NoneType' object is not subscriptable"
    elif call.is_admin or record.project_id == call.context.project_id:
        return record
    elif kind == "network" and not is_open(call.cloud, record, call.context.project_id):
        reason = f"Network {id} could not be found."
    else:
        things = "networks" if kind == "network" else "objects"
        reason = f"Invalid input for operation: Only admins can manipulate policies on {things} they do not own."
    raise InvalidInput(reason=f'Callback {CALLBACKS[kind]} failed with "{reason}"')


def _update(call: Call, policy: RBACPolicy, wish: dict[str, Any]) -> RBACPolicy:
    """Whoever had the use of it must not need it any more."""
    if "target_tenant" not in wish:
        return policy
    _demand(call, "update", wish)
    target = wish["target_tenant"]
    if target == policy.target:
        return policy
    check_unused(call.cloud, policy, target)
    if call.cloud.store.count(RBACPolicy, "access", (policy.object_id, policy.action, target)):
        raise DuplicateRbacPolicy
    changed = call.cloud.store.put(policy.evolve(target=target))
    follow(call.cloud, policy.object_id, policy.object_type)
    revise(call.cloud, policy.object_id)
    return changed


def _remove(call: Call, policy: RBACPolicy) -> None:
    check_unused(call.cloud, policy)
    call.cloud.store.drop(policy)
    follow(call.cloud, policy.object_id, policy.object_type)
    revise(call.cloud, policy.object_id)


Collection(POLICY, "/rbac-policies", create=_create, update=_update, remove=_remove)
