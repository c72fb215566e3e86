"""GET, DELETE /images (to 2.35), /images/{id}/metadata (to 2.38): Glance's images, as Nova once told of its own."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import quota
from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest, FakeError, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.page import links as next_page
from fakecompute.rest.schema import Anything, Integer, Schema
from fakecompute.rest.view import ABSENT, View, field, mapped, moment
from fakecompute.services.compute.links import links
from fakecompute.services.compute.neighbours import at, glances_words
from fakecompute.services.compute.servers.schemas import Metadata, MetadataItem
from fakecompute.services.compute.service import compute
from fakecompute.services.image.images.listing import MOST, listed
from fakecompute.services.image.images.patch import apply, read_patch
from fakecompute.services.image.images.routes import delete_image as delete_glances
from fakecompute.services.image.policies import look_up
from fakecompute.services.image.service import image as glance

METADATA = "/images/<image_id>/metadata"


class ImageNotFound(NotFound):
    message = "Image not found."


class DeletionForbidden(Forbidden):
    message = "You are not allowed to delete the image."


class ImageNotAuthorized(Forbidden):
    message = "Not authorized for image {id}."


class ImageBadRequest(BadRequest):
    message = "Request of image {id} got BadRequest response: {response}"


class TooMuchMetadata(Forbidden):
    message = "Image metadata limit exceeded"


class InvalidKey(NotFound):
    message = "Invalid metadata key"


# --- request schemas ----------------------------------------------------------------------------------


def _amount() -> Integer:
    return Integer(min=1, pattern="^[0-9]*$")


class ListImages(Schema):
    limit = _amount()
    page_size = _amount()
    marker = Anything()
    offset = _amount()


FILTERS = {
    "name": "name",
    "status": "status",
    "changes-since": "updated_at",
    "server": "instance_uuid",
    "type": "image_type",
    "minRam": "min_ram",
    "minDisk": "min_disk",
}  # Nova's words, and Glance's


# --- response views -----------------------------------------------------------------------------------

STATUSES = {"active": "ACTIVE", "queued": "SAVING", "saving": "SAVING"}
PROGRESS = {"queued": 25, "saving": 50, "active": 100}
TRUE = frozenset("1 t true on y yes".split())


def _links(image: Image, call: Call) -> list[dict[str, str]]:
    alternate = {
        "rel": "alternate",
        "type": "application/vnd.openstack.image",
        "href": f"{call.base}{glance.mount}/images/{image.id}",
    }
    return [*links(call, "images", image.id), alternate]


def _server(image: Image, call: Call) -> Any:
    """The one that it is a snapshot of."""
    id = dict(image.properties).get("instance_uuid")
    return ABSENT if id is None else {"id": id, "links": links(call, "servers", id)}


def _disk_config(image: Image, call: Call) -> Any:
    word = dict(image.properties).get("auto_disk_config")
    return ABSENT if word is None else "AUTO" if word.strip().lower() in TRUE else "MANUAL"


image_brief = View(field("id"), field("name"), field("links", _links))
image_detail = View(
    field("id"),
    field("name"),
    field("minRam", "min_ram"),
    field("minDisk", "min_disk"),
    field("metadata", mapped("properties")),
    field("created", moment("created_at")),
    field("updated", moment("updated_at")),
    field("status", lambda image, call: STATUSES.get(image.status, "UNKNOWN")),
    field("progress", lambda image, call: PROGRESS.get(image.status, 0)),
    field("OS-EXT-IMG-SIZE:size", lambda image, call: image.size or 0),
    field("links", _links),
    field("server", _server),
    field("OS-DCF:diskConfig", _disk_config),
)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/images", until="2.35", query=ListImages)
def list_images(call: Call) -> dict[str, Any]:
    return _page(call, image_brief, "/images")


@compute.get("/images/detail", until="2.35", query=ListImages)
def list_images_detail(call: Call) -> dict[str, Any]:
    return _page(call, image_detail, "/images/detail")


@compute.get("/images/<id>", until="2.35")
def show_image(call: Call, id: str) -> dict[str, Any]:
    return {"image": image_detail(_found(call, id), call)}


@compute.delete("/images/<id>", until="2.35", success=204)
def delete_image(call: Call, id: str) -> None:
    try:
        delete_glances(at(call, glance), id)
    except NotFound:
        raise ImageNotFound from None
    except Forbidden:
        raise DeletionForbidden from None


@compute.get(METADATA, until="2.38")
def list_image_metadata(call: Call, image_id: str) -> dict[str, Any]:
    return {"metadata": dict(_found(call, image_id).properties)}


@compute.post(METADATA, until="2.38", body=Metadata)
def merge_image_metadata(call: Call, image_id: str) -> dict[str, Any]:
    image = _found(call, image_id)
    return {"metadata": _write(call, image, {**dict(image.properties), **call.body["metadata"]})}


@compute.put(METADATA, until="2.38", body=Metadata)
def replace_image_metadata(call: Call, image_id: str) -> dict[str, Any]:
    _write(call, _found(call, image_id), call.body["metadata"])
    return {"metadata": call.body["metadata"]}


@compute.get(f"{METADATA}/<item>", until="2.38")
def show_image_metadata_item(call: Call, image_id: str, item: str) -> dict[str, Any]:
    metadata = dict(_found(call, image_id).properties)
    if item not in metadata:
        raise NotFound
    return {"meta": {item: metadata[item]}}


@compute.put(f"{METADATA}/<item>", until="2.38", body=MetadataItem)
def set_image_metadata_item(call: Call, image_id: str, item: str) -> dict[str, Any]:
    meta = call.body["meta"]
    if item not in meta:
        raise BadRequest(reason="Request body and URI mismatch")
    image = _found(call, image_id)
    _write(call, image, {**dict(image.properties), **meta})
    return {"meta": meta}


@compute.delete(f"{METADATA}/<item>", until="2.38", success=204)
def delete_image_metadata_item(call: Call, image_id: str, item: str) -> None:
    image = _found(call, image_id)
    metadata = dict(image.properties)
    if metadata.pop(item, None) is None:
        raise InvalidKey
    _write(call, image, metadata, checked=False)


def _found(call: Call, id: str) -> Image:
    try:
        return look_up(at(call, glance), id)
    except NotFound:
        raise ImageNotFound from None
    except Forbidden:
        raise ImageNotAuthorized(id=id) from None


# --- lists


def _page(call: Call, view: View, path: str) -> dict[str, Any]:
    try:
        images = _listed(call)
    except FakeError as refused:
        raise BadRequest(reason=glances_words(refused)) from None
    most = call.cloud.settings.max_limit
    limit = min(call.query.get("limit", most), most)
    shown = next_page("images", call.url + path, call.query_pairs, images, limit, lambda image: image.id)
    return {"images": view.all(images, call), **shown}


def _listed(call: Call) -> list[Image]:
    """Glance's pages, one after the other, up to the limit."""
    asked = dict(call.query_pairs)
    query = {
        _filter(name): value
        for name, value in asked.items()
        if name in FILTERS or name.startswith("property-")
    }
    if "changes-since" in asked:
        query["updated_at"] = f"gte:{asked['changes-since']}"
    if "server" in asked:
        query["instance_uuid"] = asked["server"].rpartition("/")[2]  # it may be an address
    if "status" in asked:
        query["status"] = asked["status"].lower()
    limit, marker = call.query.get("limit"), asked.get("marker")
    images: list[Image] = []
    more = True
    while more and (limit is None or len(images) < limit):
        size = MOST if limit is None else min(MOST, limit - len(images))
        begin = {"marker": marker} if marker else {}
        page, more = listed(at(call, glance, **query, **begin, limit=str(size)))
        images += page
        marker = images[-1].id if images else None
    return images


def _filter(name: str) -> str:
    """Nova takes the letters of `property-` off the front, however many there are."""
    return FILTERS.get(name) or name.lstrip("-eoprty")  # nova/image/glance.py: _extract_query_params_v2


# --- metadata


def _write(call: Call, image: Image, metadata: dict[str, str], checked: bool = True) -> dict[str, str]:
    """Have Glance change the image's properties to these."""
    if checked and len(metadata) > quota.limit(call.cloud, call.project_id, "metadata_items") >= 0:
        raise TooMuchMetadata
    old = dict(image.properties)
    patch: list[dict[str, Any]] = [
        {"op": "remove", "path": _pointer(key)} for key in old if key not in metadata
    ]
    for key, value in metadata.items():
        if old.get(key) != value:
            patch.append({"op": "replace" if key in old else "add", "path": _pointer(key), "value": value})
    try:
        return dict(apply(at(call, glance), image, read_patch(patch, 10)).properties)
    except Forbidden:
        raise ImageNotAuthorized(id=image.id) from None
    except FakeError as refused:
        raise ImageBadRequest(id=image.id, response=glances_words(refused)) from None


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")
