"""How much storage a project may have."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class VolumeQuota(Record):
    """The limits that are set at one place, which the id names: a project, or `class:NAME`."""

    limits: tuple[tuple[str, int], ...] = ()
