"""/v2/images/{id}/tags/{tag}: one tag at a time.  All of them at once: PATCH of the image."""

from __future__ import annotations

from fakecompute.errors import NotFound, TooLarge
from fakecompute.rest.call import Call
from fakecompute.services.image.policies import ImageMissing, image_for
from fakecompute.services.image.schemas import validate
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body


class TooManyTags(TooLarge):
    message = (
        "Image tag limit exceeded for image {id}: The limit has been exceeded on the number of allowed image tags."
        " Attempted: {attempted}, Maximum: {maximum}:"
    )


# --- handlers -----------------------------------------------------------------------------------------


@routes.put("/images/<image_id>/tags/<tag>", success=204)
def add_image_tag(call: Call, image_id: str, tag: str) -> None:
    refuse_body(call)
    validate({"tags": [tag]})
    image = image_for(call, image_id, "modify_image", ImageMissing)
    tags = tuple(dict.fromkeys((*image.tags, tag)))
    most = call.cloud.settings.image_tag_quota
    if 0 <= most < len(tags):
        raise TooManyTags(id=image.id, attempted=len(tags), maximum=most)
    call.cloud.store.put(image.evolve(tags=tags, updated_at=call.cloud.now))


@routes.delete("/images/<image_id>/tags/<tag>", success=204)
def delete_image_tag(call: Call, image_id: str, tag: str) -> None:
    refuse_body(call)
    image = image_for(call, image_id, "modify_image", ImageMissing)
    if tag not in image.tags:
        raise NotFound
    tags = tuple(other for other in image.tags if other != tag)
    call.cloud.store.put(image.evolve(tags=tags, updated_at=call.cloud.now))
