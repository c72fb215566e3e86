"""Policies of quality of service, and their rules."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.domain.records.network import Standard
from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class QosPolicy(Standard):
    """A project has one that is its default at most: new networks begin with it."""

    indexes = {
        "project": lambda policy: policy.project_id,
        "shared": lambda policy: policy.shared or None,
        "default": lambda policy: policy.project_id if policy.is_default else None,
    }

    shared: bool = False
    is_default: bool = False


@dataclass(frozen=True, kw_only=True)
class QosRule(Record):
    """One of any kind: each kind has a direction or none, and limits of its own."""

    indexes = {"policy": lambda rule: rule.qos_policy_id}

    project_id: str
    qos_policy_id: str
    type: str
    number: int = 0  # in the order of creation
    direction: str | None = None
    max_kbps: int | None = None
    max_burst_kbps: int | None = None
    min_kbps: int | None = None
    max_kpps: int | None = None
    max_burst_kpps: int | None = None
    min_kpps: int | None = None
    dscp_mark: int | None = None
