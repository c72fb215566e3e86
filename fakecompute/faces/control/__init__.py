"""The control API under /_fakecompute/: time, faults, events, snapshots, and what happened."""

from fakecompute.faces.control.answering import with_control
from fakecompute.faces.control.following import FOLLOWING, Following
from fakecompute.faces.control.guard import Guard, guard_for
from fakecompute.faces.control.tended import tend, tended

__all__ = ["FOLLOWING", "Following", "Guard", "guard_for", "tend", "tended", "with_control"]
