"""POST /v2/images/{id}/actions/...: an image's bytes are withheld, and given out again."""

from __future__ import annotations

from fakecompute.errors import Forbidden
from fakecompute.rest.call import Call
from fakecompute.services.image.policies import image_for
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body


class WrongStatus(Forbidden):
    message = "Not allowed to {action} image in status '{status}'"


# --- handlers -----------------------------------------------------------------------------------------


@routes.post("/images/<image_id>/actions/deactivate", success=204)
def deactivate_image(call: Call, image_id: str) -> None:
    _move(call, image_id, "deactivate", "active", "deactivated")


@routes.post("/images/<image_id>/actions/reactivate", success=204)
def reactivate_image(call: Call, image_id: str) -> None:
    _move(call, image_id, "reactivate", "deactivated", "active")


def _move(call: Call, image_id: str, action: str, before: str, after: str) -> None:
    """Twice does no harm."""
    refuse_body(call)
    image = image_for(call, image_id, action)
    if image.status not in (before, after):
        raise WrongStatus(action=action, status=image.status)
    if image.status == before:
        call.cloud.store.put(image.evolve(status=after, updated_at=call.cloud.now))
