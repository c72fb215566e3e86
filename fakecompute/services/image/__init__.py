"""Glance, the Image API."""

from fakecompute.services.coverage import answer_the_rest
from fakecompute.services.image import (
    image_actions,
    image_cache,
    image_data,
    image_import,
    image_locations,
    image_tags,
    info,
    members,
    metadefs,
    schemas,
    tasks,
    versions,
)
from fakecompute.services.image.images import routes as images
from fakecompute.services.image.operations import OPERATIONS
from fakecompute.services.image.service import image as routes

__all__ = [
    "image_actions",
    "image_cache",
    "image_data",
    "image_import",
    "image_locations",
    "image_tags",
    "images",
    "info",
    "members",
    "metadefs",
    "routes",
    "schemas",
    "tasks",
    "versions",
]

answer_the_rest(routes, OPERATIONS)
