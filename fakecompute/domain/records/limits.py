"""How often one may call: the limits of a cloud, and the calls that were counted."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True)
class RateLimit:
    """`value` calls a `unit` of a verb to addresses that `regex` (a regular expression) matches from the beginning.

    `uri` is what people call those addresses.
    """

    verb: str
    uri: str
    regex: str
    value: int
    unit: str = "MINUTE"


@dataclass(frozen=True, kw_only=True)
class RateLimits(Record):
    """The limits that a definition gives the cloud; the only record of its kind."""

    limits: tuple[RateLimit, ...]


@dataclass(frozen=True, kw_only=True)
class RateCounter(Record):
    """What a project has left of a limit; the id is `project/position of the limit`.

    A bucket that leaks: every call pours in `unit / value` microseconds, time lets them run out again.  `water` is
    what was in it at `at`.
    """

    water: int
    at: int
