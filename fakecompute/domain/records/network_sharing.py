"""Who may use what is not theirs."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class RBACPolicy(Record):
    """A project, or all of them (`*`), may use the object in a way: `access_as_shared`, `access_as_external`."""

    indexes = {
        "project": lambda policy: policy.project_id,
        "object": lambda policy: policy.object_id,
        "use": lambda policy: (policy.object_id, policy.action),
        "access": lambda policy: (policy.object_id, policy.action, policy.target),
        "target": lambda policy: (policy.target, policy.object_type, policy.action),
    }

    project_id: str
    object_type: str
    object_id: str
    action: str
    target: str
    number: int = 0  # in the order of creation


@dataclass(frozen=True, kw_only=True)
class AutoAllocated(Record):
    """The topology that a project (its id) got without a wish."""

    network_id: str
    router_id: str
