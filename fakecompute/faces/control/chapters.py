"""All endpoints: importing a chapter declares its own."""

from fakecompute.faces.control import (
    clock,
    clouds,
    events,
    faults,
    findings,
    health,
    journal,
    page,
    scenario,
    snapshots,
    state,
)
from fakecompute.faces.control.declaring import control

CHAPTERS = (
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
)  # of the page
control.arrange(chapter.noun for chapter in CHAPTERS)

__all__ = ["control"]
