"""`fakecompute ctl`: the control API of a cloud that is served, on the command line."""

from fakecompute.faces.ctl import clock, faults, looking, worlds
from fakecompute.faces.ctl.root import ctl

__all__ = ["clock", "ctl", "faults", "looking", "worlds"]
