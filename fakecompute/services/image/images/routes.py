"""/v2/images and /v2/images/{id}: list, create, show, change, delete."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fakecompute.domain import images
from fakecompute.domain.image_stores import stores
from fakecompute.errors import Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.image.images.create import new_image
from fakecompute.services.image.images.listing import listed
from fakecompute.services.image.images.patch import apply, form_of, read_patch
from fakecompute.services.image.images.views import image_detail
from fakecompute.services.image.policies import image_for, look_up
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body, sent_body


class NothingToDelete(NotFound):
    message = "Failed to find image {id} to delete"


class Protected(Forbidden):
    message = "Image {id} is protected and cannot be deleted."


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/images", policy="get_images")
def list_images(call: Call) -> dict[str, Any]:
    page, full = listed(call)
    query = {name: value for name, value in call.query_pairs if name != "marker"}
    answer = {"images": [image_detail(image, call) for image in page], "schema": "/v2/schemas/images"}
    answer["first"] = "/v2/images" + (f"?{urlencode(query)}" if query else "")
    if full:
        answer["next"] = f"/v2/images?{urlencode({**query, 'marker': page[-1].id})}"
    return answer


@routes.post("/images")
def create_image(call: Call) -> Answer:
    image = new_image(call, sent_body(call))
    headers = {"Location": f"{call.url}/images/{image.id}"}
    if methods := call.cloud.settings.enabled_import_methods:
        headers["OpenStack-image-import-methods"] = ",".join(methods)
    if found := stores(call.cloud):
        headers["OpenStack-image-store-ids"] = ",".join(store.name for store in found)
    return Answer(201, image_detail(image, call), headers)


@routes.get("/images/<image_id>")
def show_image(call: Call, image_id: str) -> dict[str, Any]:
    refuse_body(call)
    return image_detail(image_for(call, image_id, "get_image"), call)


@routes.patch("/images/<image_id>")
def update_image(call: Call, image_id: str) -> dict[str, Any]:
    form = form_of(call)
    changes = read_patch(sent_body(call), form)
    image = apply(call, look_up(call, image_id), changes)
    return image_detail(image, call)


@routes.delete("/images/<image_id>", success=204)
def delete_image(call: Call, image_id: str) -> None:
    refuse_body(call)
    image = image_for(call, image_id, "delete_image", NothingToDelete)
    if image.protected:
        raise Protected(id=image.id)
    images.delete_image(call.cloud, image)
