"""What back ends hold that Cinder does not know."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class Leftover(Record):
    """A volume or snapshot that was there before Cinder, or that it no longer manages; the id is `backend/name`.

    `source` is the name, on the same back end, of the volume that a snapshot is of; a volume has none.
    """

    indexes = {"backend": lambda leftover: leftover.backend}

    backend: str
    pool: str
    name: str
    size: int  # GiB
    source: str | None = None
    number: int = 0  # the order in which they came
