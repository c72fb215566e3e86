"""The control API under /_fakecompute/: time, faults, events, snapshots, and what happened, of a cloud that is served."""

from fakecompute.faces.control.answering import with_control
from fakecompute.faces.control.guard import Guard, guard_for
from fakecompute.faces.control.tended import tend, tended

__all__ = ["Guard", "guard_for", "tend", "tended", "with_control"]
