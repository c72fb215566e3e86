"""/v2/images/{id}/file and /stage: the bytes."""

from __future__ import annotations

import re
from hashlib import sha512

from fakecompute.domain.image_formats import FormatMismatch
from fakecompute.domain.image_quota import (
    check_count_uploading,
    check_stage_total,
    check_storage,
    check_upload,
)
from fakecompute.domain.image_stores import StoreReadOnly, find_store, stores
from fakecompute.domain.images import store_data
from fakecompute.domain.records.image import Image, ImageData
from fakecompute.errors import BadRequest, Conflict, FakeError, Forbidden
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.image.policies import image_for, look_up
from fakecompute.services.image.service import Detail, WrongType, refuse_body
from fakecompute.services.image.service import image as routes

BYTES = "application/octet-stream"


class WrongStatus(Conflict):
    message = "Image status transition from {before} to {after} is not allowed"


class StoreUnknown(BadRequest):
    message = "Store for identifier {name} not found"


class FormatsMissing(BadRequest):
    message = "{which} must be set prior to saving data."


class BadSize(BadRequest):
    message = "Invalid or missing image size in request headers."


class SizeMismatch(BadRequest):
    message = "Size mismatch: expected {expected} bytes, got {got} bytes"


class Deactivated(Forbidden):
    message = "The requested image has been deactivated. Image data download is forbidden."


class SeveralRanges(BadRequest):
    message = (
        "Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests"
        " instead."
    )


class BadRange(Detail, FakeError):
    status = 416
    message = "Invalid Range header."


class RangeOutside(BadRange):
    message = (
        "Invalid start position in Range header. Start position MUST be in the inclusive range [0, {last}]."
    )


# --- request schemas ----------------------------------------------------------------------------------


def _check_type(call: Call) -> None:
    sent = call.environ.get("CONTENT_TYPE")
    content_type = (sent or "").split(";")[0].strip().lower()
    if content_type != BYTES:
        raise WrongType(content_type=content_type, reason=f"Invalid content type {sent and content_type}")


def _check_size(call: Call) -> None:
    """`X-OpenStack-Image-Size` may tell how long a body in chunks has to be."""
    told = call.header("X-OpenStack-Image-Size")
    if told is None:
        return
    if not re.fullmatch(r"\s*\d{1,18}\s*", told, re.ASCII):
        raise BadSize
    if int(told) and int(told) != len(call.raw):
        raise SizeMismatch(expected=int(told), got=len(call.raw))


def _range(text: str, size: int) -> tuple[int, int]:
    """First and last byte of the one range that is asked for."""
    if "," in text:
        raise SeveralRanges
    match = re.fullmatch(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", text, re.ASCII | re.IGNORECASE)
    if match is None or match[1] == match[2] == "":
        raise BadRange
    first, last = match[1], match[2]
    if first == "":
        return max(0, size - int(last)) if int(last) else 0, size - 1
    if last and int(last) < int(first):
        raise BadRange
    if int(first) >= size:
        raise RangeOutside(last=size - 1)
    return int(first), min(int(last), size - 1) if last else size - 1


# --- handlers -----------------------------------------------------------------------------------------


@routes.put("/images/<image_id>/file", raw=True, success=204)
def upload_image(call: Call, image_id: str) -> None:
    """queued, saving, active: Glance answers when all is stored, so that nobody sees it saving."""
    _check_type(call)
    image = image_for(call, image_id, "upload_image")
    if image.status != "queued":
        raise WrongStatus(before=image.status, after="saving")
    check_formats(image)
    _check_size(call)
    check_upload(call.cloud, image.owner)
    check_storage(call.cloud, image.owner, len(call.raw))
    save(call, image, call.raw, _store(call))


@routes.put("/images/<image_id>/stage", raw=True, success=204)
def stage_image(call: Call, image_id: str) -> None:
    """The bytes wait for an import."""
    _check_type(call)
    image = image_for(call, image_id, "modify_image")
    if image.status != "queued":
        raise WrongStatus(before=image.status, after="uploading")
    check_stage_total(call.cloud, image.owner)
    check_count_uploading(call.cloud, image.owner)
    check_storage(call.cloud, image.owner, len(call.raw))
    digest = sha512(call.raw, usedforsecurity=False).hexdigest()
    call.cloud.store.put(ImageData(id=image.id, data=call.raw, sha512=digest))
    call.cloud.store.put(image.evolve(status="uploading", size=len(call.raw), updated_at=call.cloud.now))


@routes.get("/images/<image_id>/file")
def download_image(call: Call, image_id: str) -> Answer:
    refuse_body(call)
    image = look_up(call, image_id)
    if image.status == "deactivated" and not call.is_admin:
        raise Deactivated
    image = image_for(call, image_id, "download_image")
    stored = call.cloud.store.find(ImageData, image.id)
    if stored is None or image.status not in ("active", "deactivated"):
        return Answer(204)
    headers = {"Content-MD5": image.checksum or ""}
    text = call.header("Range")
    if text is None:
        return Answer(200, stored.data, headers, BYTES)
    first, last = _range(text, len(stored.data))
    headers["Content-Range"] = f"bytes {first}-{last}/{len(stored.data)}"
    return Answer(206, stored.data[first : last + 1], headers, BYTES)


def check_formats(image: Image) -> None:
    missing = [name for name in ("disk_format", "container_format") if not getattr(image, name)]
    if missing:
        raise FormatsMissing(which=f"{'Properties' if len(missing) > 1 else 'Property'} {', '.join(missing)}")


def save(call: Call, image: Image, data: bytes, store: str | None = None) -> Image:
    """The bytes into the image, in Glance's words if they do not fit."""
    try:
        return store_data(call.cloud, image, data, [store] if store else ())
    except FormatMismatch as mismatch:
        raise WrongType(content_type=BYTES, reason=str(mismatch)) from None


def _store(call: Call) -> str | None:
    """Which of several stores the client wants the bytes in."""
    name = call.header("X-Image-Meta-Store")
    if name is None or not stores(call.cloud):
        return None
    store = find_store(call.cloud, name)
    if store is None:
        raise StoreUnknown(name=name)
    if store.read_only:
        raise StoreReadOnly
    return name
