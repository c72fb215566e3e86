"""Stub while the spine grows."""
from __future__ import annotations
from typing import TYPE_CHECKING
from fakecompute.kernel.events import Event
if TYPE_CHECKING:
    from fakecompute.cloud import Cloud
def perform(cloud: Cloud, event: Event) -> None:
    raise LookupError(event.kind)
