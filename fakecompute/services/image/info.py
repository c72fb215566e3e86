"""/v2/info/...: what this cloud's Glance is able to; and DELETE of the copy in one of several stores."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.image_quota import usage
from fakecompute.domain.image_stores import ImageStore, find_store, store_of, stores
from fakecompute.errors import Conflict, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.image.policies import image_for, look_up
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body


class OneStore(NotFound):
    message = "Multi backend is not supported at this site."


class StoreNotHere(Conflict):
    message = "The selected store {name} is not available on this node."


class ImageGone(NotFound):
    message = "Failed to find image {id}"


class NotActive(Conflict):
    message = "It's not allowed to remove image data from store if image status is not 'active'"


class LastCopy(Forbidden):
    message = (
        "Cannot delete image data from the only store containing it. Consider deleting the image instead."
    )


class NotInStore(NotFound):
    message = "Image {id} is not stored in store {store}."


# --- response views -----------------------------------------------------------------------------------


def _brief(store: ImageStore) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": store.name}
    if store.default:
        shown["default"] = "true"
    if store.read_only:
        shown["read-only"] = "true"
    return shown


def _detail(store: ImageStore) -> dict[str, Any]:
    return {**_brief(store), "type": store.type, "properties": store.details(), "weight": 0}


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/info/import")
def show_import_methods(call: Call) -> dict[str, Any]:
    refuse_body(call)
    methods = list(call.cloud.settings.enabled_import_methods)
    told = {"description": "Import methods available.", "type": "array", "value": methods}
    return {"import-methods": told}


@routes.get("/info/stores")
def list_stores(call: Call) -> dict[str, Any]:
    refuse_body(call)
    return {"stores": [_brief(store) for store in _several(call)]}


@routes.get("/info/stores/detail")
def list_stores_detail(call: Call) -> dict[str, Any]:
    refuse_body(call)
    found = _several(call)
    call.demand("stores_info_detail")
    return {"stores": [_detail(store) for store in found]}


def _several(call: Call) -> tuple[ImageStore, ...]:
    found = stores(call.cloud)
    if not found:
        raise OneStore
    return found


@routes.get("/info/usage")
def show_usage(call: Call) -> dict[str, Any]:
    """What the project has of each of Keystone's limits; nothing where Glance does not ask for them."""
    refuse_body(call)
    return {"usage": usage(call.cloud, call.context.project_id)}


@routes.delete("/stores/<store_id>/<image_id>", success=204)
def delete_from_store(call: Call, store_id: str, image_id: str) -> None:
    refuse_body(call)
    if not stores(call.cloud):
        raise NotFound
    if find_store(call.cloud, store_id) is None:
        raise StoreNotHere(name=store_id)
    look_up(call, image_id, ImageGone)
    image = image_for(call, image_id, "delete_image_location")
    if image.status != "active":
        raise NotActive
    if len(image.locations) == 1:
        raise LastCopy
    kept = tuple(place for place in image.locations if store_of(place) != store_id)
    if len(kept) == len(image.locations):
        raise NotInStore(id=image.id, store=store_id)
    call.cloud.store.put(image.evolve(locations=kept, updated_at=call.cloud.now))
