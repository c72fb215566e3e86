"""/volumes: the volumes of a project, their metadata and what encrypts them."""

from fakecompute.services.volume.volumes import encryption, metadata, routes

__all__ = ["encryption", "metadata", "routes"]
