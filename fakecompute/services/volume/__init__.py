"""Cinder v3.  So far its version documents: everything else answers 501."""

from fakecompute.services.volume import versions
from fakecompute.services.volume.service import volume as routes

__all__ = ["routes", "versions"]
