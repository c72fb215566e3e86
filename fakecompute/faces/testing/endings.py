"""Waits that have no end."""

from __future__ import annotations


class NeverEnds(BaseException):
    """A wait that has no end.  No Exception: clients that catch everything and try again do not catch it."""


class Deadlock(NeverEnds):
    """All threads wait, and nothing is due."""


class EndlessWait(NeverEnds):
    """A test takes more of the cloud's time than it may."""


class Left(NeverEnds):
    """Ends the other threads of a test that has come to a Deadlock."""
