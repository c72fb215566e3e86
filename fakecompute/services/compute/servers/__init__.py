"""/servers and what stands below it."""

from fakecompute.services.compute.servers import (
    actions,
    create,
    image_actions,
    instance_actions,
    ips,
    metadata,
    move_actions,
    routes,
)

__all__ = [
    "actions",
    "create",
    "image_actions",
    "instance_actions",
    "ips",
    "metadata",
    "move_actions",
    "routes",
]
