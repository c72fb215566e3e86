"""How often a project may call, where a cloud limits that: as Nova's own middleware did until 2016, and proxies do.

Each limit is a bucket that leaks: a call pours in its share of the unit, and is refused where that would run over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fakecompute.domain.records.limits import RateCounter, RateLimit, RateLimits
from fakecompute.errors import FakeError
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

UNITS = {"SECOND": SECOND, "MINUTE": 60 * SECOND, "HOUR": 3600 * SECOND, "DAY": 86_400 * SECOND}
TOO_LARGE_UNTIL = "2015.1"  # releases up to this one answer 413, later ones 429
ALL = "all"  # the id of the one RateLimits

# What Nova's middleware had if nobody said otherwise: spec/quotas.yaml, rate_limiting.
# fmt: off
NOVA_DEFAULTS = (
    RateLimit("POST",   "*",               ".*",                 120),
    RateLimit("POST",   "*/servers",       "^/servers",          120),
    RateLimit("PUT",    "*",               ".*",                 120),
    RateLimit("GET",    "*changes-since*", ".*changes-since.*",  120),
    RateLimit("DELETE", "*",               ".*",                 120),
    RateLimit("GET",    "*/os-fping",      "^/os-fping",         12),
)
# fmt: on


class RateLimited(FakeError):
    status = 429
    message = "This request was rate-limited."

    def __init__(self, status: int, limit: RateLimit, seconds: int) -> None:
        details = (
            f"Only {limit.value} {limit.verb} request(s) can be made to {limit.uri} every {limit.unit.lower()}."
        )
        super().__init__(details=details, headers={"Retry-After": str(seconds)})
        self.status = status  # type: ignore[misc]


class Level(NamedTuple):
    """A limit as it stands for a project: calls that are left, and when the next one may come."""

    limit: RateLimit
    remaining: int
    next_at: int


def rate_limits(cloud: Cloud) -> tuple[RateLimit, ...]:
    """Those of the definition, else of the settings; none as a rule."""
    defined = cloud.store.find(RateLimits, ALL)
    return defined.limits if defined else cloud.settings.rate_limits


def count_call(cloud: Cloud, project_id: str, verb: str, address: str) -> None:
    """Count a call towards every limit that means it; RateLimited by the one that takes longest to recover."""
    refusals = []
    for position, limit in enumerate(rate_limits(cloud)):
        if limit.verb != verb or not re.match(limit.regex, address):
            continue
        id, share = f"{project_id}/{position}", UNITS[limit.unit] // limit.value
        water = _water(cloud, id)
        if (over := water + share - UNITS[limit.unit]) > 0:
            refusals.append((over, limit))
        else:
            cloud.store.put(RateCounter(id=id, water=water + share, at=cloud.now))
    if refusals:
        over, limit = max(refusals, key=lambda refusal: refusal[0])
        raise RateLimited(_status(cloud), limit, -(-over // SECOND))


def levels(cloud: Cloud, project_id: str) -> list[Level]:
    """What is left of each limit."""
    shown = []
    for position, limit in enumerate(rate_limits(cloud)):
        capacity = UNITS[limit.unit]
        share, water = capacity // limit.value, _water(cloud, f"{project_id}/{position}")
        wait = max(0, water + share - capacity)
        shown.append(Level(limit, (capacity - water) // share, cloud.now + wait))
    return shown


def _water(cloud: Cloud, id: str) -> int:
    """What has not run out yet."""
    counter = cloud.store.find(RateCounter, id)
    return max(0, counter.water - (cloud.now - counter.at)) if counter else 0


def _status(cloud: Cloud) -> int:
    return cloud.settings.rate_limit_status or (413 if cloud.release.name <= TOO_LARGE_UNTIL else 429)


# --- what a cloud begins with -----------------------------------------------------------------------------


def define_rate_limits(cloud: Cloud, entries: list[dict[str, Any]]) -> None:
    """`regex` may be left out where `uri` (with `*` for anything) says it."""
    if not entries:
        return
    limits = tuple(
        RateLimit(
            verb=entry["verb"],
            uri=entry["uri"],
            regex=entry.get("regex") or regex_of(entry["uri"]),
            value=entry["value"],
            unit=entry.get("unit", "MINUTE").upper(),
        )
        for entry in entries
    )
    cloud.store.put(RateLimits(id=ALL, limits=limits))


def regex_of(uri: str) -> str:
    return ".*".join(map(re.escape, uri.split("*")))
