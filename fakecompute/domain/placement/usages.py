"""What is in use, summed up: of a provider, of a project."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.placement import book
from fakecompute.domain.records.compute import Allocation
from fakecompute.domain.records.placement import Provider

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

UNKNOWN = "unknown"  # the type of consumers that have none
ALL = "all"


class Usage(NamedTuple):
    amounts: dict[str, int]  # by resource class
    consumers: int


def of_provider(cloud: Cloud, provider: Provider) -> dict[str, int]:
    """Of every class in its inventory."""
    return {name: book.used(cloud, provider.place, name) for name, _ in provider.inventories}


def of_project(cloud: Cloud, project_id: str, user_id: str | None = None) -> dict[str, Usage]:
    """By type of consumer, those without one as UNKNOWN."""
    sums: dict[str, Counter[str]] = {}
    consumers: Counter[str] = Counter()
    for allocation in cloud.store.by(Allocation, "project", project_id):
        if user_id not in (None, allocation.user_id):
            continue
        kind = allocation.consumer_type or UNKNOWN
        consumers[kind] += 1
        total = sums.setdefault(kind, Counter())
        for share in allocation.shares:
            total.update(dict(share.resources))
    return {kind: Usage(dict(total), consumers[kind]) for kind, total in sorted(sums.items())}


def together(usages: dict[str, Usage]) -> Usage:
    """Of consumers of all types."""
    total: Counter[str] = Counter()
    for usage in usages.values():
        total.update(usage.amounts)
    return Usage(dict(total), sum(usage.consumers for usage in usages.values()))
