"""What all records have in common that move through statuses in time (domain/lifecycle.py)."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.domain.records.compute import Pairs
from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class Walker(Record):
    """`status` is what clients see; the others tell where on its way a record is.

    `workflow` is the ticket of the way that it is on, `trigger` its name, `step` how far it has come;
    `previous_status` is where it came from, `memo` what the way must know.  `cast_in_vain`: its host does not
    report, and the call waits in its queue.  `waiting`: for another record, which wakes it.
    """

    status: str = "creating"
    previous_status: str | None = None
    trigger: str | None = None
    step: int = 0
    workflow: int = 0
    cast_in_vain: bool = False
    waiting: bool = False
    memo: Pairs = ()
    updated_at: int | None = None

    def memory(self, key: str) -> str | None:
        """What the memo says."""
        return next((value for name, value in self.memo if name == key), None)
