"""POST /volumes/{id}/action, by theme: how it comes to servers, its images, its place, its size and its state."""

from fakecompute.services.volume.volume_actions import attaching, images, moving, state

__all__ = ["attaching", "images", "moving", "state"]
