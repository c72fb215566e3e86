"""What an image looks like: its own fields, and its custom properties beside them."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.image import Image
from fakecompute.rest.call import Call
from fakecompute.rest.view import View, field, listed, moment

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
    return {**dict(image.properties), **_own(image, call)}
