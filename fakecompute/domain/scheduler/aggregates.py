"""What aggregates say about a host."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fakecompute.domain.records.compute import Aggregate, Host

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def metadata_of(cloud: Cloud, host: Host) -> dict[str, set[str]]:
    """The metadata of all aggregates of a host; a value may be several, with commas between."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for aggregate in cloud.store.by(Aggregate, "host", host.name):
        for key, value in aggregate.metadata:
            found[key].update(word.strip() for word in value.split(","))
    return found


def values_of(cloud: Cloud, key: str) -> dict[str, list[str]]:
    """By host, what its aggregates have under a key; hosts without it are not there."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for aggregate in cloud.store.by(Aggregate, "key", key):
        value = dict(aggregate.metadata)[key]
        for host in aggregate.hosts:
            found[host].append(value)
    return dict(found)


def least_of(cloud: Cloud, key: str) -> dict[str, float]:
    """By host, the smallest number under a key; nonsense counts as nothing said."""
    found = {}
    for host, values in values_of(cloud, key).items():
        try:
            found[host] = min(map(float, values))
        except ValueError:
            continue
    return found
