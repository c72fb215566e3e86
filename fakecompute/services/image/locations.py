"""/v2/images/{id}/locations and /v2/cache: where the bytes lie.  Ours lie in no store, so this is not there."""

from __future__ import annotations

from fakecompute.errors import NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.services.image.service import image as routes

# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/images/<image_id>/locations", policy="fetch_image_location")
def list_image_locations(call: Call, image_id: str) -> None:
    raise NotImplementedHere(operation="GET /v2/images/{id}/locations")


@routes.post("/images/<image_id>/locations", policy="add_image_location")
def add_image_location(call: Call, image_id: str) -> None:
    raise NotImplementedHere(operation="POST /v2/images/{id}/locations")


@routes.get("/cache", policy="manage_image_cache")
def show_cache(call: Call) -> None:
    raise NotImplementedHere(operation="GET /v2/cache")
