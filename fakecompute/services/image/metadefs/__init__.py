"""/v2/metadefs/...: the catalogue of what properties mean: namespaces, and what is defined in them."""

from fakecompute.services.image.metadefs import namespaces, objects, properties, resource_types, tags

__all__ = ["namespaces", "objects", "properties", "resource_types", "tags"]
