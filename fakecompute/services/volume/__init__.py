"""Cinder v3.  So far its version documents: everything else answers 501."""

from fakecompute.services.coverage import answer_the_rest
from fakecompute.services.volume import versions
from fakecompute.services.volume.operations import OPERATIONS
from fakecompute.services.volume.service import volume as routes

__all__ = ["routes", "versions"]

answer_the_rest(routes, OPERATIONS)
