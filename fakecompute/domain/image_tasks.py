"""Imports: a task that takes its time, and the image that waits for it.  Nothing is ever fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from fakecompute.domain.image_formats import FormatMismatch, made_of
from fakecompute.domain.image_quota import StorageQuotaFull, check_storage
from fakecompute.domain.image_stores import Location, location, stores, stores_of
from fakecompute.domain.images import store_data
from fakecompute.domain.lifecycle import Changes, Lifecycle, stage, way
from fakecompute.domain.records.image import CachedImage, Image, ImageData, ImageTask
from fakecompute.errors import FakeError
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

TIME_TO_LIVE = 48 * 3600 * SECOND  # [task]task_time_to_live
LOCK, IMPORTING, FAILED = "os_glance_import_task", "os_glance_importing_to_stores", "os_glance_failed_import"
GIB = 1 << 30
LARGEST = 16  # GiB of the disks that are simulated


class ImportFailed(FakeError):
    message = "{reason}"


class EmptyInput(FakeError):
    message = "Input to {type} task is empty."


def _anywhere(cloud: Cloud, record: Any) -> bool:
    """Glance does its work itself."""
    return True


def _facts(cloud: Cloud, task: ImageTask) -> dict[str, Any]:
    image = cloud.store.find(Image, task.image_id)
    return {"image": image.name if image else task.image_id, "project_id": task.owner}


def _cache_facts(cloud: Cloud, cached: CachedImage) -> dict[str, Any]:
    image = cloud.store.find(Image, cached.id)
    return {"image": image.name if image else cached.id}


PROCESSING = stage("processing")
FETCHING = stage("fetching", status="queued")

# fmt: off
TASK = Lifecycle(
    "image", ImageTask,
    #    trigger            begins in   ends in     fails in    stages
    way("glance-direct",    "pending",  "success",  "failure",  PROCESSING),
    way("web-download",     "pending",  "success",  "failure",  PROCESSING),
    way("glance-download",  "pending",  "success",  "failure",  PROCESSING),
    way("copy-image",       "pending",  "success",  "failure",  PROCESSING),
    way("location_import",  "pending",  "success",  "failure",  PROCESSING),
    way("import",           "pending",  "success",  "failure",  PROCESSING),  # POST /v2/tasks
    way("api_image_import", "pending",  "success",  "failure",  PROCESSING),  # the same, which never has what it needs
    reports=_anywhere, facts=_facts, shown=lambda task: (task.id, task.image_id or task.id),
)
CACHE = Lifecycle(
    "image_cache", CachedImage,
    way("cache",            "queued",   "cached",   "queued",   FETCHING),
    reports=_anywhere, facts=_cache_facts,
)
# fmt: on
LIFECYCLES = (TASK, CACHE)

# --- setting off ------------------------------------------------------------------------------------------


def start_task(
    cloud: Cloud,
    trigger: str,
    content: dict[str, Any],
    *,
    type: str,
    image: Image | None,
    owner: str,
    user_id: str,
    request_id: str,
) -> ImageTask:
    """A task, and the lock that it puts on its image."""
    task = ImageTask(
        id=cloud.streams.uuid("image-task"),
        number=cloud.streams.number("image-task"),
        type=type,
        input=orjson.dumps(content).decode(),
        image_id=image.id if image else None,
        owner=owner,
        user_id=user_id,
        request_id=request_id,
        created_at=cloud.now,
        updated_at=cloud.now,
    )
    if image is not None:
        importing = image.status if trigger == "copy-image" else "importing"
        told = {LOCK: task.id, IMPORTING: ",".join(_targets(content)), FAILED: ""}
        cloud.store.put(with_properties(image, **told).evolve(status=importing, updated_at=cloud.now))
    return TASK.start(cloud, task, trigger)


def is_locked(image: Image) -> bool:
    """Is a task at work on it?"""
    return LOCK in dict(image.properties)


def with_properties(image: Image, **changes: str | None) -> Image:
    """Properties of Glance's own; None takes one away."""
    told = {**dict(image.properties), **changes}
    return image.evolve(properties=tuple((name, value) for name, value in told.items() if value is not None))


def _targets(content: dict[str, Any]) -> list[str]:
    return [name for name in content.get("backend", ()) if name]


def simulated(cloud: Cloud, disk_format: str | None, source: str) -> bytes:
    """What would have been fetched from there: small and true to its checksum; of a size drawn from the source."""
    disk = (1 + int(cloud.streams.uniform_at("image-download", source) * LARGEST)) * GIB
    return made_of(disk_format or "raw", disk, source)


# --- what tasks do ------------------------------------------------------------------------------------------


@TASK.leaving("glance-direct.processing")
def import_staged(cloud: Cloud, task: ImageTask) -> Changes:
    image = _image(cloud, task)
    staged = cloud.store.find(ImageData, image.id)
    if staged is None:
        raise ImportFailed(reason="The staged data is gone")
    return _filled(cloud, task, image, staged.data)


@TASK.leaving("web-download.processing", "glance-download.processing")
def download(cloud: Cloud, task: ImageTask) -> Changes:
    image, method = _image(cloud, task), orjson.loads(task.input)["import_req"]["method"]
    source = str(method.get("uri") or method.get("glance_image_id"))
    return _filled(cloud, task, image, simulated(cloud, image.disk_format, source))


@TASK.leaving("copy-image.processing")
def copy(cloud: Cloud, task: ImageTask) -> Changes:
    image = _image(cloud, task)
    there = stores_of(image)
    new = [location(cloud, image.id, name) for name in _targets(orjson.loads(task.input)) if name not in there]
    cloud.store.put(image.evolve(locations=(*image.locations, *new), updated_at=cloud.now))
    return {"message": f"Copied {(image.size or 0) >> 20} MiB"}


@TASK.leaving("location_import.processing")
def import_location(cloud: Cloud, task: ImageTask) -> Changes:
    content = orjson.loads(task.input)
    if "loc_url" not in content:
        raise EmptyInput(type=task.type)
    image, url = _image(cloud, task), content["loc_url"]
    place = at_address(cloud, url)
    image = cloud.store.put(_stored(cloud, image, simulated(cloud, image.disk_format, url)).evolve(locations=(place,)))
    told = content.get("validation_data") or {}
    hashes = {name: told[name] for name in ("os_hash_algo", "os_hash_value", "checksum") if told.get(name)}
    cloud.store.put(image.evolve(**hashes))
    return {}


def at_address(cloud: Cloud, url: str) -> Location:
    """An address of somebody else's, as a location."""
    scheme = url.partition(":")[0].replace("https", "http")
    name = next((store.name for store in stores(cloud) if store.type == scheme), None)
    return url, orjson.dumps({"store": name} if name else {}).decode()


@TASK.leaving("import.processing")
def import_new(cloud: Cloud, task: ImageTask) -> Changes:
    """An image of what the input says."""
    content = orjson.loads(task.input)
    told = content.get("image_properties") or {}
    image = Image(
        id=cloud.streams.uuid("image"),
        name=told.get("name"),
        owner=task.owner,
        disk_format=told.get("disk_format") or content.get("import_from_format") or "raw",
        container_format=told.get("container_format") or "bare",
        created_at=cloud.now,
        updated_at=cloud.now,
    )
    _stored(cloud, image, simulated(cloud, image.disk_format, content["import_from"]))
    return {"image_id": image.id}


@TASK.leaving("api_image_import.processing")
def refuse_bare(cloud: Cloud, task: ImageTask) -> Changes:
    raise EmptyInput(type=task.type)


def _filled(cloud: Cloud, task: ImageTask, image: Image, data: bytes) -> Changes:
    _stored(cloud, image, data, _targets(orjson.loads(task.input)))
    return {"message": f"Copied {len(data) >> 20} MiB"}


def _stored(cloud: Cloud, image: Image, data: bytes, targets: Sequence[str] = ()) -> Image:
    try:
        check_storage(cloud, image.owner, len(data))
        return store_data(cloud, image, data, targets)
    except (FormatMismatch, StorageQuotaFull) as refused:
        raise ImportFailed(reason=str(refused)) from None


def _image(cloud: Cloud, task: ImageTask) -> Image:
    image = cloud.store.find(Image, task.image_id)
    if image is None:
        raise ImportFailed(reason=f"No image found with ID {task.image_id}")
    return image


# --- how they end ---------------------------------------------------------------------------------------------


@TASK.arriving(*TASK.ways)
def is_done(cloud: Cloud, task: ImageTask) -> Changes:
    image = cloud.store.find(Image, task.image_id)
    if image is not None and is_locked(image):
        cloud.store.put(with_properties(image, **{LOCK: None, IMPORTING: ""}))
    return {"expires_at": cloud.now + TIME_TO_LIVE, "updated_at": cloud.now}


@TASK.failing(*TASK.ways)
def has_failed(cloud: Cloud, task: ImageTask, reason: str) -> Changes:
    """The image is as it was before, without what was staged."""
    image = cloud.store.find(Image, task.image_id)
    if image is not None and is_locked(image):
        failed = ",".join(_targets(orjson.loads(task.input)))
        image = with_properties(image, **{LOCK: None, IMPORTING: "", FAILED: failed})
        if image.status == "importing":
            image = image.evolve(status="queued", size=None)
            if staged := cloud.store.find(ImageData, image.id):
                cloud.store.drop(staged)
        cloud.store.put(image.evolve(updated_at=cloud.now))
    return {"message": reason, "expires_at": cloud.now + TIME_TO_LIVE, "updated_at": cloud.now}


# --- the cache --------------------------------------------------------------------------------------------------


def cache(cloud: Cloud, image: Image) -> None:
    """Fetch it into the cache, unless it is there or on its way."""
    if cloud.store.find(CachedImage, image.id) is None:
        number = cloud.streams.number("image-cache")
        CACHE.start(cloud, CachedImage(id=image.id, number=number), "cache")


@CACHE.arriving("cache")
def is_cached(cloud: Cloud, cached: CachedImage) -> Changes:
    image = cloud.store.find(Image, cached.id)
    return {"size": (image.size or 0) if image else 0, "accessed_at": cloud.now, "modified_at": cloud.now}
