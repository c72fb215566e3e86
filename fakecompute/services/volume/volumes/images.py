"""Which image a new volume means: an id, an address that ends in one, or a name.

Facts: `_image_uuid_from_ref` and `_get_image_snapshot` of cinder/api/v3/volumes.py.
"""

from __future__ import annotations

import json
from typing import Any

from fakecompute.domain.images import find_visible, listable
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Snapshot
from fakecompute.domain.volume.visibility import SnapshotNotFound, visible_snapshot
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import FORMS


class NoSuchImage(BadRequest):
    message = "Invalid image identifier or unable to access requested image."


class SeveralImages(Conflict):
    message = "Multiple matches found for '{name}', use an ID to be more specific."


class ImageSnapshotNotFound(NotFound):
    message = "Nova specific image is found, but boot volume snapshot id:{id} not found."


def find_image(call: Call, told: str) -> Image:
    id = told.rpartition("/")[2]
    if FORMS["uuid"](id):
        found = find_visible(call.cloud, id, call.project_id, call.is_admin)
        if found is not None:
            return found
    named = [image for image in listable(call.cloud, call.project_id, call.is_admin) if image.name == told]
    if len(named) > 1:
        raise SeveralImages(name=told)
    if not named:
        raise NoSuchImage
    return named[0]


def boot_snapshot(call: Call, image: Image) -> Snapshot | None:
    """The snapshot that holds the root disk, if the image is that of a server which boots from a volume."""
    for entry in _mapping(image):
        if entry.get("source_type") == "snapshot" and entry.get("boot_index") == 0:
            id = str(entry.get("snapshot_id"))
            try:
                return visible_snapshot(call.cloud, call.project_id, call.is_admin, id)
            except SnapshotNotFound:
                raise ImageSnapshotNotFound(id=id) from None
    return None


def _mapping(image: Image) -> list[dict[str, Any]]:
    """What the image says of disks; users may have written anything."""
    try:
        entries = json.loads(dict(image.properties).get("block_device_mapping") or "[]")
    except (ValueError, RecursionError):
        return []
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
