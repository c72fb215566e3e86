"""All endpoints: importing a chapter declares its own."""

from fakecompute.faces.control import (  # noqa: F401  in the order of the page
    health,
    clock,
    faults,
    events,
    scenario,
    snapshots,
    clouds,
    journal,
    findings,
    state,
    page,
)
from fakecompute.faces.control.declaring import control

__all__ = ["control"]
