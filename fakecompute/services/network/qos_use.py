"""Who may use which policy of quality of service, for networks, ports, floating IPs and gateways of routers."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_sharing import is_open
from fakecompute.domain.records.qos import QosPolicy
from fakecompute.errors import Forbidden, NotFound
from fakecompute.rest.call import Call


class QosPolicyNotFound(NotFound):
    message = "QoS policy {id} could not be found."


class PolicyRemoveAuthorizationError(Forbidden):
    message = "Failed to remove provided policy {id} because you are not authorized."


def _usable(call: Call, policy: QosPolicy) -> bool:
    """Whatever the roles."""
    return call.is_admin or is_open(call.cloud, policy, call.context.project_id)


def check_qos(call: Call, wish: dict[str, Any], old: str | None = None) -> None:
    """May the caller put the policy that a wish names in the place of `old`?"""
    if "qos_policy_id" not in wish or wish["qos_policy_id"] == old:
        return
    find, new = call.cloud.store.find, wish["qos_policy_id"]
    held = find(QosPolicy, old)
    if held is not None and not _usable(call, held):
        raise PolicyRemoveAuthorizationError(id=old)
    policy = find(QosPolicy, new)
    if new is not None and (policy is None or not _usable(call, policy)):
        raise QosPolicyNotFound(id=new)
