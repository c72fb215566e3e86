"""/servers and what stands below it."""

from fakecompute.services.compute.servers import actions, create, instance_actions, ips, metadata, routes

__all__ = ["actions", "create", "instance_actions", "ips", "metadata", "routes"]
