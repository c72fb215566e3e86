"""POST /v2/images/{id}/import: staged bytes become the image's.  Nothing is ever fetched from elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fakecompute.domain.image_formats import FormatMismatch
from fakecompute.domain.images import store_data
from fakecompute.domain.records.image import Image, ImageData, ImageTask
from fakecompute.errors import BadRequest, Conflict, NotImplementedHere
from fakecompute.kernel.clock import SECOND
from fakecompute.rest.call import Call
from fakecompute.services.image.info import IMPORT_METHODS
from fakecompute.services.image.policies import authorize, look_up
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import sent_body

TIME_TO_LIVE = 48 * 3600 * SECOND  # [task]task_time_to_live
PORTS = (None, 80, 443)  # [import_filtering_opts]allowed_ports


class NoField(BadRequest):
    message = "Import request requires a '{name}' field."


class UnknownMethod(BadRequest):
    message = "Unknown import method name '{name}'."


class NotBoolean(BadRequest):
    message = "'{name}' must be boolean value only"


class AlreadyActive(Conflict):
    message = "Image with status active cannot be target for import"


class OnlyActive(Conflict):
    message = "Only images with status active can be targeted for copying"


class NotQueued(Conflict):
    message = "Image needs to be in 'queued' state to use '{method}' method"


class NotStaged(Conflict):
    message = "Image needs to be staged before 'glance-direct' method can be used"


class FormatUnset(Conflict):
    message = "'{name}' needs to be set before import"


class BadUri(BadRequest):
    message = "URI for web-download does not pass filtering: {uri}"


# --- request schemas ----------------------------------------------------------------------------------


def _method(body: Any) -> dict[str, Any]:
    """The `method` of the body, which is named."""
    if not isinstance(body, dict) or not isinstance(body.get("method"), dict):
        raise NoField(name="method")
    method: dict[str, Any] = body["method"]
    if "name" not in method:
        raise NoField(name="name")
    if method["name"] not in IMPORT_METHODS:
        raise UnknownMethod(name=method["name"])
    for name in ("all_stores_must_succeed", "all_stores"):
        if not isinstance(body.get(name, False), bool):
            raise NotBoolean(name=name)
    return method


def _check_uri(uri: Any) -> None:
    """Glance's filter, as far as it can be told without asking the network."""
    try:
        parts = urlsplit(uri) if isinstance(uri, str) else None
        fine = (
            parts is not None
            and parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port in PORTS
        )
    except ValueError:
        fine = False
    if not fine:
        raise BadUri(uri=uri)


def _check_state(image: Image, method: str) -> None:
    if image.status == "active" and method != "copy-image":
        raise AlreadyActive
    if image.status != "active" and method == "copy-image":
        raise OnlyActive
    if image.status != "queued" and method == "web-download":
        raise NotQueued(method=method)
    if image.status != "uploading" and method == "glance-direct":
        raise NotStaged
    for name in ("container_format", "disk_format"):
        if not getattr(image, name):
            raise FormatUnset(name=name)


# --- handlers -----------------------------------------------------------------------------------------


@routes.post("/images/<image_id>/import", success=202, lacks=["the import methods but glance-direct"])
def import_image(call: Call, image_id: str) -> None:
    method = _method(sent_body(call))
    image = look_up(call, image_id)
    _check_state(image, method["name"])
    authorize(call, "copy_image" if method["name"] == "copy-image" else "modify_image", image)
    if method["name"] == "web-download":
        _check_uri(method.get("uri"))
    if method["name"] != "glance-direct":
        raise NotImplementedHere(operation=f"the import method {method['name']}")
    _import_staged(call, image, method)


def _import_staged(call: Call, image: Image, method: dict[str, Any]) -> None:
    """The task is done at once: importing, then active; or queued again where the bytes are not what they should be."""
    staged = call.cloud.store.get(ImageData, image.id)
    status, message = "success", f"Copied {len(staged.data) >> 20} MiB"
    told = {**dict(image.properties), "os_glance_importing_to_stores": "", "os_glance_failed_import": ""}
    image = image.evolve(properties=tuple(told.items()))
    try:
        store_data(call.cloud, image, staged.data)
    except FormatMismatch as mismatch:
        status, message = "failure", str(mismatch)
        call.cloud.store.drop(staged)
        call.cloud.store.put(image.evolve(status="queued", size=None, updated_at=call.cloud.now))
    number = call.cloud.streams.number("image-task")
    call.cloud.store.put(
        ImageTask(
            id=call.cloud.streams.uuid("image-task"),
            number=number,
            image_id=image.id,
            owner=call.project_id,
            user_id=call.user_id,
            request_id=call.request_id,
            request=tuple((key, str(value)) for key, value in method.items()),
            status=status,
            message=message,
            created_at=call.cloud.now,
            updated_at=call.cloud.now,
            expires_at=call.cloud.now + TIME_TO_LIVE,
        )
    )
