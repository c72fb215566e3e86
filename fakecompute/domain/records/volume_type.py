"""What belongs to volume types: the qos specs that they share, and the types that projects have by default."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class QosSpecs(Record):
    """`consumer` is who holds volumes to it: front-end, back-end, both; or whatever it was told to be."""

    indexes = {"name": lambda specs: specs.name}

    name: str
    consumer: str | None = None
    specs: tuple[tuple[str, str | None], ...] = ()
    number: int = 0  # the order of creation
    created_at: int = 0
    updated_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class DefaultType(Record):
    """The type of a project's volumes that ask for none; the id is the project's."""

    indexes = {"type": lambda default: default.volume_type_id}

    volume_type_id: str
    number: int = 0
    created_at: int = 0
    updated_at: int | None = None
