"""What an image looks like: its own fields, and its custom properties beside them."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.image import Image
from fakecompute.rest.call import Call
from fakecompute.rest.view import View, field, listed, moment
from fakecompute.services.image.image_locations import locations_of
from fakecompute.services.image.images.protection import readable
from fakecompute.services.image.policies import permits

_own = View(
    field("name"),
    field("disk_format"),
    field("container_format"),
    field("visibility"),
    field("size"),
    field("virtual_size"),
    field("status"),
    field("checksum"),
    field("protected"),
    field("min_ram"),
    field("min_disk"),
    field("owner"),
    field("os_hidden"),
    field("os_hash_algo"),
    field("os_hash_value"),
    field("id"),
    field("created_at", moment("created_at")),
    field("updated_at", moment("updated_at")),
    field("tags", listed("tags")),
    field("self", lambda image, call: f"/v2/images/{image.id}"),
    field("file", lambda image, call: f"/v2/images/{image.id}/file"),
    field("schema", lambda image, call: "/v2/schemas/image"),
)


def image_detail(image: Image, call: Call) -> dict[str, Any]:
    return {**readable(call, image), **_own(image, call), **_places(image, call)}


def _places(image: Image, call: Call) -> dict[str, Any]:
    """Where the bytes are, as far as this cloud's Glance tells it."""
    settings, told = call.cloud.settings, dict[str, Any]()
    if not (settings.show_multiple_locations or settings.show_image_direct_url or settings.enabled_backends):
        return told
    places = locations_of(image) if permits(call, "get_image_location", image) else []
    if settings.show_multiple_locations:
        told["locations"] = places
    if settings.show_image_direct_url and places:
        told["direct_url"] = places[0]["url"]
    if names := [place["metadata"]["store"] for place in places if "store" in place["metadata"]]:
        told["stores"] = ",".join(names)
    return told
