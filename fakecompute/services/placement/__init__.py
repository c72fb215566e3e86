"""Placement.  So far its version document: everything else answers 501."""

from fakecompute.services.coverage import answer_the_rest
from fakecompute.services.placement import versions
from fakecompute.services.placement.operations import OPERATIONS
from fakecompute.services.placement.service import placement as routes

__all__ = ["routes", "versions"]

answer_the_rest(routes, OPERATIONS)
