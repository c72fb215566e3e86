"""/v2/cache: which images Glance keeps near at hand."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.image_tasks import cache
from fakecompute.domain.records.image import CachedImage
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import SECOND
from fakecompute.rest.call import Call
from fakecompute.services.image.policies import ImageMissing, look_up
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body

TARGET = "x-image-cache-clear-target"
STATUSES = {"": ("cached", "queued"), "cache": ("cached",), "queue": ("queued",)}


class NoCache(NotFound):
    message = "Caching via API is not supported at this site."


class NotActive(BadRequest):
    message = "Only images with status active can be targeted for queueing"


class UnknownTarget(BadRequest):
    message = "If provided 'x-image-cache-clear-target' must be 'cache', 'queue' or empty string."


# --- response views -----------------------------------------------------------------------------------


def _shown(cached: CachedImage) -> dict[str, Any]:
    return {
        "id": cached.number,
        "image_id": cached.id,
        "last_accessed": cached.accessed_at / SECOND,
        "last_modified": cached.modified_at / SECOND,
        "size": cached.size,
        "hits": cached.hits,
        "checksum": None,
    }


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/cache")
def show_cache(call: Call) -> dict[str, Any]:
    refuse_body(call)
    _enforce(call, "cache_list")
    entries = sorted(call.cloud.store.all(CachedImage), key=lambda cached: cached.number)
    return {
        "cached_images": [_shown(cached) for cached in entries if cached.status == "cached"],
        "queued_images": [cached.id for cached in entries if cached.status == "queued"],
    }


@routes.put("/cache/<image_id>", success=202)
def queue_image(call: Call, image_id: str) -> None:
    image = look_up(call, image_id, ImageMissing)
    _enforce(call, "cache_image")
    if image.status != "active":
        raise NotActive
    cache(call.cloud, image)


@routes.delete("/cache/<image_id>", success=204)
def delete_cached_image(call: Call, image_id: str) -> None:
    """From the cache or the queue; it does no harm if it is in neither."""
    refuse_body(call)
    look_up(call, image_id, ImageMissing)
    _enforce(call, "cache_delete")
    if cached := call.cloud.store.find(CachedImage, image_id):
        call.cloud.store.drop(cached)


@routes.delete("/cache", success=204)
def clear_cache(call: Call) -> None:
    refuse_body(call)
    _enforce(call, "cache_delete")
    target = (call.header(TARGET) or "").lower()
    if target not in STATUSES:
        raise UnknownTarget
    for cached in call.cloud.store.all(CachedImage):
        if cached.status in STATUSES[target]:
            call.cloud.store.drop(cached)


def _enforce(call: Call, rule: str) -> None:
    call.demand(rule)
    if not call.cloud.settings.image_cache:
        raise NoCache
