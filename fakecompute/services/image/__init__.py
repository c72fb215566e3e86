"""Glance, the Image API."""

from fakecompute.services.image import (
    image_actions,
    image_data,
    image_import,
    image_tags,
    info,
    locations,
    members,
    metadefs,
    schemas,
    tasks,
    versions,
)
from fakecompute.services.image.images import routes as images
from fakecompute.services.image.service import image as routes

__all__ = [
    "image_actions",
    "image_data",
    "image_import",
    "image_tags",
    "images",
    "info",
    "locations",
    "members",
    "metadefs",
    "routes",
    "schemas",
    "tasks",
    "versions",
]
