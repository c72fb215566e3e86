"""POST /v2/images/{id}/import: staged bytes become the image's, or those of elsewhere, which are simulated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from fakecompute.domain.image_quota import check_size_total
from fakecompute.domain.image_stores import find_store, stores, stores_of
from fakecompute.domain.image_tasks import is_locked, start_task
from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest, Conflict
from fakecompute.rest.call import Call
from fakecompute.services.image.policies import authorize, look_up
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import sent_body

UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
LOCAL = re.compile(r"0\.0\.0\.0|127\..*|169\.254\..*|::1?")  # never let through
ADDRESS = re.compile(r"[\d.]+|[\da-f:]+:[\da-f:.]*")
NAME = re.compile(r"([\w-]+\.)+(?!invalid|test|example|local|localhost)([a-z]{2,}|xn--[\w-]+)")


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
    message = "URI for {what} does not pass filtering: {uri}"


class RegionUnset(BadRequest):
    message = "'{name}' needs to be set for glance-download import method"


class RemoteIdWrong(BadRequest):
    message = "Remote image id does not look like a UUID: {id}"


class Locked(Conflict):
    message = "Image has active task"


class AllAndSome(BadRequest):
    message = "All_stores parameter can't be used with x-image-meta-store header or stores parameter"


class StoreUnknown(Conflict):
    message = "Store for identifier {name} not found"


class AlreadyThere(BadRequest):
    message = "Image is already present at store '{name}'"


class OneStoreAlone(BadRequest):
    message = "All_stores_must_succeed can only be set with enabled_backends {uri}"


class NothingToCopyTo(BadRequest):
    """With one store Glance fails with a 500."""

    message = "Multi backend is not supported at this site."


# --- request schemas ----------------------------------------------------------------------------------


def _method(call: Call, body: Any) -> dict[str, Any]:
    """The `method` of the body, which is one that this cloud has."""
    if not isinstance(body, dict) or not isinstance(body.get("method"), dict):
        raise NoField(name="method")
    method: dict[str, Any] = body["method"]
    if "name" not in method:
        raise NoField(name="name")
    if method["name"] not in call.cloud.settings.enabled_import_methods:
        raise UnknownMethod(name=method["name"])
    for name in ("all_stores_must_succeed", "all_stores"):
        if not isinstance(body.get(name, False), bool):
            raise NotBoolean(name=name)
    return method


def check_uri(call: Call, uri: Any, what: str) -> None:
    """Glance's filter, as far as it can be told without asking the network: hosts are taken by their looks."""
    try:
        parts = urlsplit(uri) if isinstance(uri, str) else None
        fine = parts is not None and parts.scheme in ("http", "https") and _passes(call, parts)
    except ValueError:
        fine = False
    if not fine:
        raise BadUri(uri=uri, what=what)


def _passes(call: Call, parts: SplitResult) -> bool:
    settings, host = call.cloud.settings, parts.hostname or ""
    if parts.port is not None and str(parts.port) not in settings.allowed_ports:
        return False
    if settings.allowed_hosts:
        return host in settings.allowed_hosts
    if ADDRESS.fullmatch(host):
        return not LOCAL.fullmatch(host)
    return NAME.fullmatch(host) is not None


def _check_state(image: Image, method: str) -> None:
    if image.status == "active" and method != "copy-image":
        raise AlreadyActive
    if image.status != "active" and method == "copy-image":
        raise OnlyActive
    if image.status != "queued" and method in ("web-download", "glance-download"):
        raise NotQueued(method=method)
    if image.status != "uploading" and method == "glance-direct":
        raise NotStaged
    for name in ("container_format", "disk_format"):
        if not getattr(image, name):
            raise FormatUnset(name=name)


def _check_remote(method: Mapping[str, Any]) -> None:
    """Where another Glance has the image."""
    for name in ("glance_region", "glance_image_id"):
        if name not in method:
            raise RegionUnset(name=name)
    if not UUID.fullmatch(str(method["glance_image_id"])):
        raise RemoteIdWrong(id=method["glance_image_id"])


def _targets(call: Call, body: Mapping[str, Any], image: Image, copies: bool) -> list[str | None]:
    """The stores that the bytes shall go to; [None] where there is but one."""
    if not stores(call.cloud):
        if copies:
            raise NothingToCopyTo
        return [None]
    named, header = body.get("stores") or [], call.header("X-Image-Meta-Store")
    if body.get("all_stores"):
        if named or header:
            raise AllAndSome
        wanted = [store.name for store in stores(call.cloud) if not store.read_only]
        return [name for name in wanted if not (copies and name in stores_of(image))]
    wanted = [str(name) for name in named] or [header or stores(call.cloud)[0].name]
    for name in wanted:
        store = find_store(call.cloud, name)
        if store is None or store.read_only:
            raise StoreUnknown(name=name)
        if copies and name in stores_of(image):
            raise AlreadyThere(name=name)
    return list(dict.fromkeys(wanted))


# --- handlers -----------------------------------------------------------------------------------------


@routes.post("/images/<image_id>/import", success=202)
def import_image(call: Call, image_id: str) -> None:
    """202 when the task is set off; its end is seen on the image."""
    body = sent_body(call)
    method = _method(call, body)
    name = method["name"]
    check_size_total(call.cloud, call.context.project_id)
    image = look_up(call, image_id)
    _check_state(image, name)
    if name == "glance-download":
        _check_remote(method)
    authorize(call, "copy_image" if name == "copy-image" else "modify_image", image)
    if is_locked(image):
        raise Locked
    targets = _targets(call, body, image, name == "copy-image")
    if not targets:
        return  # it is everywhere
    if not body.get("all_stores_must_succeed", True) and not stores(call.cloud):
        raise OneStoreAlone(uri=method.get("uri"))
    if name == "web-download":
        check_uri(call, method.get("uri"), "web-download")
    start_task(
        call.cloud,
        name,
        {"image_id": image.id, "import_req": body, "backend": targets},
        type="api_image_import",
        image=image,
        owner=call.project_id,
        user_id=call.user_id,
        request_id=call.request_id,
    )
