"""Placement: who has how much of what, and who takes it.  The scheduler reads the same book."""
